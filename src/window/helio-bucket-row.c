/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-bucket-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-bucket-name.h"
#include "window/helio-bucket-status.h"
#include "window/helio-keep-dialog.h"
#include "window/helio-label.h"
#include "window/helio-log-entry.h"
#include "window/helio-toast.h"

struct _HelioBucketRow
{
  AdwPreferencesRow parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GCancellable *cancellable;
  char *bucket;
  char *type;
  char *description;

  /* values */
  gboolean is_enabled; /* as the agent says */
  gboolean is_held;    /* something of it was published */
  gboolean is_gone;
  gboolean is_in_hand; /* the person is asked, or the agent is at it */
  gboolean is_updating;

  /* template widgets */
  GtkLabel *title;
  GtkLabel *pill;
  GtkLabel *id;
  GtkLabel *status;
  GtkProgressBar *bar;
  GtkLabel *error;
  GtkSwitch *toggle;
};

G_DEFINE_FINAL_TYPE (HelioBucketRow, helio_bucket_row, ADW_TYPE_PREFERENCES_ROW)

static void
show_enabled (HelioBucketRow *row)
{
  row->is_updating = TRUE;
  gtk_switch_set_active (row->toggle, row->is_enabled);
  gtk_switch_set_state (row->toggle, row->is_enabled);
  row->is_updating = FALSE;
}

/* What else is seen of the row is told with it, once it is another text. */
static void
describe (HelioBucketRow *row, const char *const *parts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; *parts != NULL; parts++)
    if (**parts != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", *parts);
  if (g_strcmp0 (text->str, row->description) == 0)
    return;
  g_free (row->description);
  row->description = g_strdup (text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  row->description, -1);
}

static int
get_rank (HelioBucketRow *row)
{
  static const char *const first[]
      = { "currentwindow", "afkstatus", "web.tab.current", "app.editor.activity" };

  for (gsize i = 0; i < G_N_ELEMENTS (first); i++)
    if (g_strcmp0 (row->type, first[i]) == 0)
      return (int) i;
  return G_N_ELEMENTS (first);
}

/* -- the switch --------------------------------------------------------------------------- */

static void
on_bucket_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioBucketRow) row = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_set_bucket_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (row), error);
  row->is_in_hand = FALSE;
  if (row->toggle != NULL)
    show_enabled (row);
}

static void
set_bucket (HelioBucketRow *row, gboolean is_on, const char *published)
{
  row->is_in_hand = TRUE;
  helio_agent1_call_set_bucket (row->agent, row->bucket, is_on, published, row->cancellable,
                                on_bucket_set, g_object_ref (row));
}

static void
on_response (HelioBucketRow *row, const char *response)
{
  row->is_in_hand = FALSE;
  if (g_str_equal (response, "cancel"))
    show_enabled (row);
  else
    set_bucket (row, FALSE, response);
}

static void
ask (HelioBucketRow *row)
{
  /* Translators: %s is the name of a bucket */
  g_autofree char *heading
      = g_strdup_printf (_ ("Stop publishing “%s”?"), gtk_label_get_text (row->title));
  GtkWindow *dialog = helio_keep_dialog_new (
      GTK_WIDGET (row), heading,
      _ ("Nothing new of it leaves this computer. What was published before can stay at your "
         "destinations, or be deleted there. ActivityWatch keeps it in any case."));

  row->is_in_hand = TRUE;
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), row, G_CONNECT_SWAPPED);
  gtk_window_present (dialog);
}

/* The state follows once the agent has done it. */
static gboolean
on_state_set (HelioBucketRow *row, gboolean is_on)
{
  if (row->is_updating)
    return FALSE;
  if (row->is_in_hand || row->agent == NULL || is_on == row->is_enabled)
    return TRUE;
  if (!is_on && row->is_held)
    ask (row);
  else
    set_bucket (row, is_on, "keep");
  return TRUE;
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_bucket_row_dispose (GObject *object)
{
  HelioBucketRow *row = HELIO_BUCKET_ROW (object);

  g_cancellable_cancel (row->cancellable);
  g_clear_object (&row->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_BUCKET_ROW);
  G_OBJECT_CLASS (helio_bucket_row_parent_class)->dispose (object);
}

static void
helio_bucket_row_finalize (GObject *object)
{
  HelioBucketRow *row = HELIO_BUCKET_ROW (object);

  g_clear_object (&row->cancellable);
  g_clear_pointer (&row->bucket, g_free);
  g_clear_pointer (&row->type, g_free);
  g_clear_pointer (&row->description, g_free);
  G_OBJECT_CLASS (helio_bucket_row_parent_class)->finalize (object);
}

static void
helio_bucket_row_class_init (HelioBucketRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_bucket_row_dispose;
  object_class->finalize = helio_bucket_row_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-bucket-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, title);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, pill);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, id);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, status);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, bar);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, error);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketRow, toggle);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
}

static void
helio_bucket_row_init (HelioBucketRow *row)
{
  row->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioBucketRow *
helio_bucket_row_new (void)
{
  return g_object_new (HELIO_TYPE_BUCKET_ROW, NULL);
}

static const char *
get_pill (GVariant *bucket)
{
  if (helio_dict_get_flag (bucket, "gone"))
    /* Translators: of a bucket */
    return _ ("Gone from ActivityWatch");
  if (helio_dict_get_flag (bucket, "new"))
    /* Translators: of a bucket */
    return _ ("New");
  if (helio_dict_get_flag (bucket, "synced-copy"))
    /* Translators: of a bucket that was copied from another device */
    return _ ("Copy");
  return "";
}

gboolean
helio_bucket_row_update (HelioBucketRow *row, HelioAgent1 *agent, GVariant *bucket, int64_t now)
{
  g_return_val_if_fail (HELIO_IS_BUCKET_ROW (row), FALSE);

  const char *id = helio_dict_get_text (bucket, "id");
  HelioBucketPublished published
      = helio_bucket_find_published (helio_agent1_get_progress (agent), id);
  g_autofree char *name = helio_bucket_get_plain_name (helio_dict_get_text (bucket, "type"),
                                                       helio_dict_get_text (bucket, "client"), id);
  g_autofree char *clean_name = helio_text_clean (name);
  g_autofree char *clean_id = helio_text_clean (id);
  g_autofree char *clean_error = helio_text_clean (helio_dict_get_text (bucket, "error"));
  g_autofree char *status = helio_bucket_get_status (bucket, &published, now);
  gboolean is_gone = helio_dict_get_flag (bucket, "gone");
  gboolean is_elsewhere
      = row->is_gone != is_gone || strcmp (gtk_label_get_text (row->title), clean_name) != 0;

  g_set_object (&row->agent, agent);
  g_free (row->bucket);
  row->bucket = g_strdup (id);
  g_free (row->type);
  row->type = g_strdup (helio_dict_get_text (bucket, "type"));
  row->is_enabled = helio_dict_get_flag (bucket, "enabled");
  row->is_held = published.is_held;
  row->is_gone = is_gone;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), clean_name);
  gtk_label_set_text (row->title, clean_name);
  helio_label_show (row->pill, get_pill (bucket));
  gtk_label_set_text (row->id, clean_id);
  helio_label_show (row->status, status);
  helio_label_show (row->error, clean_error);
  /* What is read again now and then is at its end already. */
  gtk_widget_set_visible (GTK_WIDGET (row->bar), row->is_enabled && published.is_known
                                                     && !published.is_done && !row->is_gone
                                                     && published.fraction >= 0
                                                     && published.fraction < 1);
  gtk_progress_bar_set_fraction (row->bar, MAX (published.fraction, 0));
  describe (row, (const char *const[]){ get_pill (bucket), clean_id, status, clean_error, NULL });
  if (!row->is_in_hand)
    show_enabled (row);
  return is_elsewhere;
}

void
helio_bucket_row_toggle (HelioBucketRow *row)
{
  g_return_if_fail (HELIO_IS_BUCKET_ROW (row));

  gtk_switch_set_active (row->toggle, !gtk_switch_get_active (row->toggle));
}

int
helio_bucket_row_compare (HelioBucketRow *row, HelioBucketRow *other)
{
  g_return_val_if_fail (HELIO_IS_BUCKET_ROW (row), 0);
  g_return_val_if_fail (HELIO_IS_BUCKET_ROW (other), 0);

  int rank = row->is_gone - other->is_gone;
  if (rank == 0)
    rank = get_rank (row) - get_rank (other);
  if (rank == 0)
    rank = g_utf8_collate (gtk_label_get_text (row->title), gtk_label_get_text (other->title));
  return rank != 0 ? rank : g_strcmp0 (row->bucket, other->bucket);
}

gboolean
helio_bucket_row_matches (HelioBucketRow *row, const char *text)
{
  g_return_val_if_fail (HELIO_IS_BUCKET_ROW (row), FALSE);

  g_autofree char *wanted = helio_log_fold (text);
  g_autofree char *title = helio_log_fold (gtk_label_get_text (row->title));
  g_autofree char *id = helio_log_fold (gtk_label_get_text (row->id));
  return strstr (title, wanted) != NULL || strstr (id, wanted) != NULL;
}
