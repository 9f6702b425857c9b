/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-preview.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-bucket-name.h"
#include "window/helio-columns.h"
#include "window/helio-label.h"
#include "window/helio-preview-row.h"
#include "window/helio-toast.h"

/* What a person looks through. */
#define N_EVENTS 12

struct _HelioPreview
{
  AdwPreferencesGroup parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GCancellable *cancellable; /* of the question under way */
  GPtrArray *ids;            /* buckets, in the order of the choice */
  char *bucket;              /* that is chosen; NULL for none yet */
  char *rules;               /* NULL: none to try yet */

  /* values */
  gboolean is_filling;

  /* template widgets */
  AdwComboRow *bucket_row;
  GtkToggleButton *history;
  GtkToggleButton *presence;
  GtkWidget *heads;
  GtkListBox *list;
  GtkLabel *note;
};

G_DEFINE_FINAL_TYPE (HelioPreview, helio_preview, ADW_TYPE_PREFERENCES_GROUP)

/* Said in place of events, or nothing. */
static void
show_note (HelioPreview *preview, const char *text)
{
  g_autofree char *clean = helio_text_clean (text);

  helio_label_show (preview->note, clean);
  gtk_widget_set_visible (GTK_WIDGET (preview->list), *text == '\0');
  gtk_widget_set_visible (preview->heads, *text == '\0');
}

/* Rows stay where they are, and so does the keyboard. */
static void
show_events (HelioPreview *preview, GVariant *events)
{
  g_autoptr (GPtrArray) rules
      = preview->rules != NULL ? helio_rules_json_parse (preview->rules) : NULL;
  gsize n = g_variant_n_children (events);
  int64_t now = helio_time_now ();
  GtkListBoxRow *row;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);

      row = gtk_list_box_get_row_at_index (preview->list, (int) i);
      if (row == NULL)
        {
          row = GTK_LIST_BOX_ROW (helio_preview_row_new ());
          gtk_list_box_append (preview->list, GTK_WIDGET (row));
        }
      helio_preview_row_show (HELIO_PREVIEW_ROW (row), event, rules, now);
    }
  while ((row = gtk_list_box_get_row_at_index (preview->list, (int) n)) != NULL)
    gtk_list_box_remove (preview->list, GTK_WIDGET (row));
  show_note (preview, n == 0 ? _ ("There are no events in this bucket yet.") : "");
}

static void
on_previewed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioPreview) preview = data;
  g_autoptr (GVariant) events = NULL;
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_preview_finish (HELIO_AGENT1 (source), &events, result, &error))
    {
      if (preview->list != NULL)
        show_events (preview, events);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && preview->list != NULL)
    {
      g_autofree char *text = helio_error_get_text (error);

      show_note (preview, text);
    }
}

void
helio_preview_refresh (HelioPreview *preview)
{
  g_return_if_fail (HELIO_IS_PREVIEW (preview));

  g_cancellable_cancel (preview->cancellable);
  g_clear_object (&preview->cancellable);
  if (preview->list == NULL || !gtk_widget_get_mapped (GTK_WIDGET (preview)))
    return;
  if (preview->rules == NULL)
    show_note (preview, _ ("Shown once the rule is complete."));
  else if (!helio_has_owner (preview->agent) || preview->bucket == NULL)
    show_note (preview, _ ("There are no buckets to look at yet."));
  else
    {
      const char *scope = gtk_toggle_button_get_active (preview->history) ? "history" : "presence";

      preview->cancellable = g_cancellable_new ();
      helio_agent1_call_preview (preview->agent, preview->bucket, scope, N_EVENTS, preview->rules,
                                 preview->cancellable, on_previewed, g_object_ref (preview));
    }
}

/* -- the choice of a bucket --------------------------------------------------------------- */

/* Which to begin with: windows that are published hold what rules are made for. */
static int
get_rank (GVariant *bucket)
{
  return (helio_dict_get_flag (bucket, "enabled") ? 2 : 0)
         + (strcmp (helio_dict_get_text (bucket, "type"), "currentwindow") == 0 ? 1 : 0);
}

static gboolean
is_same_list (HelioPreview *preview, GPtrArray *ids)
{
  if (ids->len != preview->ids->len)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (strcmp (ids->pdata[i], preview->ids->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

static char *
make_label (GVariant *bucket)
{
  const char *id = helio_dict_get_text (bucket, "id");
  g_autofree char *name = helio_bucket_get_plain_name (helio_dict_get_text (bucket, "type"),
                                                       helio_dict_get_text (bucket, "client"), id);
  g_autofree char *label = g_strdup_printf ("%s · %s", name, id);

  return helio_text_clean (label);
}

static void
fill_buckets (HelioPreview *preview)
{
  GVariant *buckets = preview->agent != NULL ? helio_agent1_get_buckets (preview->agent) : NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = GTK_INVALID_LIST_POSITION, best = 0;
  int best_rank = -1;

  for (gsize i = 0; buckets != NULL && i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) bucket = g_variant_get_child_value (buckets, i);
      const char *id = helio_dict_get_text (bucket, "id");

      if (helio_dict_get_flag (bucket, "gone"))
        continue;
      if (g_strcmp0 (id, preview->bucket) == 0)
        selected = ids->len;
      if (get_rank (bucket) > best_rank)
        {
          best_rank = get_rank (bucket);
          best = ids->len;
        }
      g_ptr_array_add (ids, g_strdup (id));
      gtk_string_list_take (labels, make_label (bucket));
    }
  /* Without an agent nothing is known. */
  if (buckets == NULL || is_same_list (preview, ids))
    return;
  if (selected == GTK_INVALID_LIST_POSITION && ids->len > 0)
    selected = best;
  g_ptr_array_unref (preview->ids);
  preview->ids = g_ptr_array_ref (ids);
  preview->is_filling = TRUE;
  adw_combo_row_set_model (preview->bucket_row, G_LIST_MODEL (labels));
  adw_combo_row_set_selected (preview->bucket_row, selected);
  preview->is_filling = FALSE;
  g_free (preview->bucket);
  preview->bucket = ids->len > 0 ? g_strdup (ids->pdata[selected]) : NULL;
  gtk_widget_set_sensitive (GTK_WIDGET (preview->bucket_row), ids->len > 0);
  helio_preview_refresh (preview);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_bucket_selected (HelioPreview *preview)
{
  guint selected = adw_combo_row_get_selected (preview->bucket_row);

  if (preview->is_filling || selected >= preview->ids->len
      || g_strcmp0 (preview->bucket, preview->ids->pdata[selected]) == 0)
    return;
  g_free (preview->bucket);
  preview->bucket = g_strdup (preview->ids->pdata[selected]);
  helio_preview_refresh (preview);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_preview_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (helio_preview_parent_class)->map (widget);
  fill_buckets (HELIO_PREVIEW (widget));
  helio_preview_refresh (HELIO_PREVIEW (widget));
}

static void
helio_preview_dispose (GObject *object)
{
  HelioPreview *preview = HELIO_PREVIEW (object);

  g_cancellable_cancel (preview->cancellable);
  g_clear_object (&preview->cancellable);
  if (preview->agent != NULL)
    g_signal_handlers_disconnect_by_data (preview->agent, preview);
  g_clear_object (&preview->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_PREVIEW);
  G_OBJECT_CLASS (helio_preview_parent_class)->dispose (object);
}

static void
helio_preview_finalize (GObject *object)
{
  HelioPreview *preview = HELIO_PREVIEW (object);

  g_clear_pointer (&preview->ids, g_ptr_array_unref);
  g_clear_pointer (&preview->bucket, g_free);
  g_clear_pointer (&preview->rules, g_free);
  G_OBJECT_CLASS (helio_preview_parent_class)->finalize (object);
}

static void
helio_preview_class_init (HelioPreviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_preview_dispose;
  object_class->finalize = helio_preview_finalize;
  widget_class->map = helio_preview_map;

  g_type_ensure (HELIO_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/heliograph/Heliograph/helio-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioPreview, bucket_row);
  gtk_widget_class_bind_template_child (widget_class, HelioPreview, history);
  gtk_widget_class_bind_template_child (widget_class, HelioPreview, presence);
  gtk_widget_class_bind_template_child (widget_class, HelioPreview, heads);
  gtk_widget_class_bind_template_child (widget_class, HelioPreview, list);
  gtk_widget_class_bind_template_child (widget_class, HelioPreview, note);
  gtk_widget_class_bind_template_callback (widget_class, on_bucket_selected);
  gtk_widget_class_bind_template_callback (widget_class, helio_preview_refresh);
}

static void
helio_preview_init (HelioPreview *preview)
{
  preview->ids = g_ptr_array_new_with_free_func (g_free);
  preview->rules = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (preview));
}

void
helio_preview_set_agent (HelioPreview *preview, HelioAgent1 *agent)
{
  g_return_if_fail (HELIO_IS_PREVIEW (preview));

  if (agent == preview->agent)
    return;
  if (preview->agent != NULL)
    g_signal_handlers_disconnect_by_data (preview->agent, preview);
  g_set_object (&preview->agent, agent);
  if (agent != NULL)
    g_signal_connect_object (agent, "notify::buckets", G_CALLBACK (fill_buckets), preview,
                             G_CONNECT_SWAPPED);
  fill_buckets (preview);
  helio_preview_refresh (preview);
}

void
helio_preview_set_rules (HelioPreview *preview, const char *rules)
{
  g_return_if_fail (HELIO_IS_PREVIEW (preview));

  if (rules != preview->rules)
    {
      g_free (preview->rules);
      preview->rules = g_strdup (rules);
    }
  helio_preview_refresh (preview);
}
