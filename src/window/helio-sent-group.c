/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-sent-group.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "model/helio-time.h"
#include "window/helio-label.h"
#include "window/helio-sent-words.h"
#include "window/helio-toast.h"

/* Several things that the agent tells come from one request, and while a history is sent it tells
 * something all the time: no more is read than a person can. */
#define TOGETHER_MS 1000
/* So many are shown until more are asked for. */
#define FEW 10

struct _HelioSentGroup
{
  HelioView view;

  /* owned */
  GCancellable *asking;
  GPtrArray *ids;    /* destinations, in the order of the choice */
  char *destination; /* that is chosen; NULL for none yet */
  GHashTable *rows;  /* id of an item -> AdwPreferencesRow, borrowed from the list */
  guint ask_id;

  /* values */
  gboolean is_filling;
  gboolean is_all; /* all are shown */

  /* template widgets */
  GtkWidget *choice;
  AdwComboRow *destination_row;
  GtkListBox *list;
  GtkLabel *note;
  GtkWidget *more_button;
};

G_DEFINE_FINAL_TYPE (HelioSentGroup, helio_sent_group, HELIO_TYPE_VIEW)

/* The place of a row in the list, from 0. */
#define PLACE "helio-place"

static int
get_place (GtkListBoxRow *row)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), PLACE));
}

static int
compare_rows (GtkListBoxRow *row, GtkListBoxRow *other, gpointer data G_GNUC_UNUSED)
{
  return get_place (row) - get_place (other);
}

static void
show_note (HelioSentGroup *group, const char *text)
{
  helio_label_show (group->note, text);
  gtk_widget_set_visible (GTK_WIDGET (group->list), *text == '\0');
  if (*text != '\0')
    gtk_widget_set_visible (group->more_button, FALSE);
}

/* One label for a row: many are shown, and each widget costs. */
static GtkWidget *
row_new (void)
{
  GtkWidget *row = adw_preferences_row_new ();
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "sent");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  return row;
}

static void
show_texts (GtkWidget *row, const char *title, const char *subtitle)
{
  GtkWidget *label = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));
  g_autofree char *markup = g_markup_printf_escaped (
      "%s\n<span size=\"smaller\" alpha=\"60%%\">%s</span>", title, subtitle);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
}

static void
update_row (HelioSentGroup *group, GVariant *item, int place, int64_t now)
{
  int64_t id = helio_dict_get_number (item, "id");
  GtkWidget *row = g_hash_table_lookup (group->rows, &id);
  gboolean is_new = row == NULL;
  g_autofree char *title = helio_sent_get_title (item);
  g_autofree char *subtitle
      = helio_sent_get_subtitle (item, helio_agent1_get_buckets (group->view.agent), now);

  if (is_new)
    {
      row = row_new ();
      g_hash_table_insert (group->rows, g_memdup2 (&id, sizeof id), row);
    }
  g_object_set_data (G_OBJECT (row), PLACE, GINT_TO_POINTER (place));
  show_texts (row, title, subtitle);
  if (is_new)
    gtk_list_box_append (group->list, row);
}

static void
show_items (HelioSentGroup *group, GVariant *items)
{
  gsize n = g_variant_n_children (items);
  gsize n_shown = group->is_all ? n : MIN (n, FEW);
  int64_t now = helio_time_now ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id, row;

  for (gsize i = 0; i < n_shown; i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (items, i);
      int64_t number = helio_dict_get_number (item, "id");

      g_hash_table_add (seen, g_memdup2 (&number, sizeof number));
      update_row (group, item, (int) i, now);
    }
  g_hash_table_iter_init (&iter, group->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    if (!g_hash_table_contains (seen, id))
      {
        gtk_list_box_remove (group->list, row);
        g_hash_table_iter_remove (&iter);
      }
  gtk_list_box_invalidate_sort (group->list);
  gtk_widget_set_visible (group->more_button, n > n_shown);
  show_note (group, n == 0 ? _ ("The destination took nothing since Heliograph was started.") : "");
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioSentGroup) group = data;
  g_autoptr (GVariant) items = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good
      = helio_agent1_call_list_sent_finish (HELIO_AGENT1 (source), &items, result, &error);

  if (group->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (is_good)
    {
      show_items (group, items);
      return;
    }
  g_autofree char *text = helio_error_get_text (error);
  show_note (group, text);
}

static gboolean
on_ask (gpointer data)
{
  HelioSentGroup *group = data;

  group->ask_id = 0;
  g_cancellable_cancel (group->asking);
  g_clear_object (&group->asking);
  if (group->list == NULL || !gtk_widget_get_mapped (GTK_WIDGET (group))
      || !helio_has_owner (group->view.agent))
    return G_SOURCE_REMOVE;
  if (group->destination == NULL)
    show_note (group, _ ("There is no destination: nothing leaves this computer."));
  else
    {
      group->asking = g_cancellable_new ();
      helio_agent1_call_list_sent (group->view.agent, group->destination, group->asking, on_listed,
                                   g_object_ref (group));
    }
  return G_SOURCE_REMOVE;
}

/* What is told of the agent's work changes with what it sends; the list itself is in no property.
 */
static void
ask_soon (HelioSentGroup *group)
{
  if (group->ask_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (group)))
    group->ask_id = g_timeout_add (TOGETHER_MS, on_ask, group);
}

static void
ask_now (HelioSentGroup *group)
{
  g_clear_handle_id (&group->ask_id, g_source_remove);
  on_ask (group);
}

/* -- the choice of a destination ---------------------------------------------------------- */

static void
choose (HelioSentGroup *group, const char *id)
{
  if (g_strcmp0 (group->destination, id) == 0)
    return;
  g_free (group->destination);
  group->destination = g_strdup (id);
  /* Ids of items are those of their destination. */
  g_hash_table_remove_all (group->rows);
  for (GtkListBoxRow *row; (row = gtk_list_box_get_row_at_index (group->list, 0)) != NULL;)
    gtk_list_box_remove (group->list, GTK_WIDGET (row));
  ask_now (group);
}

static void
fill_destinations (HelioSentGroup *group)
{
  GVariant *all
      = group->view.agent != NULL ? helio_agent1_get_destinations (group->view.agent) : NULL;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;
  gsize n = all != NULL ? g_variant_n_children (all) : 0;

  if (all == NULL)
    return;
  g_ptr_array_set_size (group->ids, 0);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (all, i);
      const char *id = helio_dict_get_text (one, "id");

      if (g_strcmp0 (id, group->destination) == 0)
        selected = (guint) i;
      g_ptr_array_add (group->ids, g_strdup (id));
      gtk_string_list_take (names, helio_sent_get_destination (one));
    }
  group->is_filling = TRUE;
  adw_combo_row_set_model (group->destination_row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (group->destination_row, selected);
  group->is_filling = FALSE;
  gtk_widget_set_visible (group->choice, n > 1);
  choose (group, n > 0 ? group->ids->pdata[selected] : NULL);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_destination_selected (HelioSentGroup *group)
{
  guint selected = adw_combo_row_get_selected (group->destination_row);

  if (!group->is_filling && selected < group->ids->len)
    choose (group, group->ids->pdata[selected]);
}

static void
on_more_clicked (HelioSentGroup *group)
{
  group->is_all = TRUE;
  ask_now (group);
}

/* A choice that is open must not be made anew under a person's hand. */
static void
fill_if_changed (HelioSentGroup *group)
{
  GVariant *all
      = group->view.agent != NULL ? helio_agent1_get_destinations (group->view.agent) : NULL;
  gboolean is_same = all != NULL && g_variant_n_children (all) == group->ids->len;

  for (guint i = 0; is_same && i < group->ids->len; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (all, i);
      g_autofree char *name = helio_sent_get_destination (one);
      GListModel *model = adw_combo_row_get_model (group->destination_row);

      is_same = strcmp (helio_dict_get_text (one, "id"), group->ids->pdata[i]) == 0
                && g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (model), i), name) == 0;
    }
  if (!is_same)
    fill_destinations (group);
}

static void
on_destinations_changed (HelioSentGroup *group)
{
  fill_if_changed (group);
  ask_soon (group);
}

static void
update (HelioSentGroup *group)
{
  fill_if_changed (group);
  ask_now (group);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_sent_group_dispose (GObject *object)
{
  HelioSentGroup *group = HELIO_SENT_GROUP (object);

  g_cancellable_cancel (group->asking);
  g_clear_object (&group->asking);
  g_clear_handle_id (&group->ask_id, g_source_remove);
  g_hash_table_remove_all (group->rows);
  G_OBJECT_CLASS (helio_sent_group_parent_class)->dispose (object);
}

static void
helio_sent_group_finalize (GObject *object)
{
  HelioSentGroup *group = HELIO_SENT_GROUP (object);

  g_clear_pointer (&group->ids, g_ptr_array_unref);
  g_clear_pointer (&group->destination, g_free);
  g_clear_pointer (&group->rows, g_hash_table_unref);
  G_OBJECT_CLASS (helio_sent_group_parent_class)->finalize (object);
}

static void
helio_sent_group_class_init (HelioSentGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_sent_group_dispose;
  object_class->finalize = helio_sent_group_finalize;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-sent-group.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioSentGroup, choice);
  gtk_widget_class_bind_template_child (widget_class, HelioSentGroup, destination_row);
  gtk_widget_class_bind_template_child (widget_class, HelioSentGroup, list);
  gtk_widget_class_bind_template_child (widget_class, HelioSentGroup, note);
  gtk_widget_class_bind_template_child (widget_class, HelioSentGroup, more_button);
  gtk_widget_class_bind_template_callback (widget_class, on_destination_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
}

static void
helio_sent_group_init (HelioSentGroup *group)
{
  group->ids = g_ptr_array_new_with_free_func (g_free);
  group->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (group));
  gtk_list_box_set_sort_func (group->list, compare_rows, NULL, NULL);
  helio_view_watch (HELIO_VIEW (group), G_CALLBACK (on_destinations_changed), "destinations", NULL);
  helio_view_watch (HELIO_VIEW (group), G_CALLBACK (ask_soon), "progress", "presence", NULL);
}
