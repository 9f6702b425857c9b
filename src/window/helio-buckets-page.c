/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-buckets-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-bucket-row.h"
#include "window/helio-history-group.h"
#include "window/helio-toast.h"

/* Every bucket, by host. Rows are kept by the id of their bucket and updated in place: nothing
 * moves under a person's hand. Hidden, the page does nothing. */

/* More than these are searched rather than read. */
#define SEARCH_FROM 12

/* The buckets of one host. */
typedef struct
{
  char *key;
  AdwPreferencesGroup *group; /* in the page */
  GtkListBox *list;           /* in the group */
} Host;

struct _HelioBucketsPage
{
  HelioView view;

  /* owned */
  GHashTable *rows; /* id -> HelioBucketRow, borrowed from the lists */
  GPtrArray *known; /* of Host, in their order */

  /* template widgets */
  GtkStack *views;
  AdwStatusPage *empty;
  GtkButton *empty_button;
  GtkWidget *notice;
  GtkImage *notice_icon;
  GtkLabel *notice_text;
  GtkWidget *leave_button;
  GtkWidget *settings_button;
  GtkEditable *search;
  GtkBox *hosts;
  GtkWidget *nothing_found;
};

G_DEFINE_FINAL_TYPE (HelioBucketsPage, helio_buckets_page, HELIO_TYPE_VIEW)

static void
host_free (gpointer data)
{
  Host *host = data;

  g_free (host->key);
  g_free (host);
}

/* -- what is said instead of a list, or above it ------------------------------------------- */

static void
show_empty (HelioBucketsPage *page,
            const char *icon,
            const char *title,
            const char *description,
            const char *button,
            const char *action)
{
  g_autofree char *markup = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (page->empty, icon);
  adw_status_page_set_title (page->empty, title);
  adw_status_page_set_description (page->empty, markup);
  gtk_widget_set_visible (GTK_WIDGET (page->empty_button), button != NULL);
  if (button != NULL)
    {
      gtk_button_set_label (page->empty_button, button);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (page->empty_button), action);
      if (g_str_equal (action, "win.start-agent"))
        gtk_widget_add_css_class (GTK_WIDGET (page->empty_button), "suggested-action");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (page->empty_button), "suggested-action");
    }
  gtk_stack_set_visible_child_name (page->views, "empty");
}

static void
explain_empty (HelioBucketsPage *page, GVariant *source)
{
  g_autofree char *error
      = source != NULL ? helio_text_clean (helio_dict_get_text (source, "error")) : g_strdup ("");

  if (!helio_has_owner (page->view.agent))
    show_empty (page, "helio-offline-symbolic", _ ("Heliograph is not running"),
                _ ("Nothing is published."), _ ("_Start again"), "win.start-agent");
  else if (*error != '\0')
    show_empty (page, "helio-offline-symbolic", _ ("ActivityWatch can’t be read"), error,
                _ ("Settings"), "win.show-page('settings')");
  else if (source != NULL && helio_dict_get_flag (source, "reachable"))
    show_empty (page, "helio-list-symbolic", _ ("No buckets yet"),
                _ ("ActivityWatch has recorded nothing so far. Its buckets appear here as soon as "
                   "one of its watchers runs."),
                NULL, NULL);
  else
    show_empty (page, "helio-list-symbolic", _ ("Looking for buckets…"), "", NULL, NULL);
}

static guint
count_new (GVariant *buckets, char **name)
{
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) bucket = g_variant_get_child_value (buckets, i);

      if (!helio_dict_get_flag (bucket, "new") || helio_dict_get_flag (bucket, "gone"))
        continue;
      n++;
      if (*name == NULL)
        *name = helio_text_clean (helio_dict_get_text (bucket, "id"));
    }
  return n;
}

static void
update_notice (HelioBucketsPage *page, GVariant *buckets, GVariant *source)
{
  g_autofree char *error
      = source != NULL ? helio_text_clean (helio_dict_get_text (source, "error")) : g_strdup ("");
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  guint n_new = count_new (buckets, &name);
  gboolean is_broken = *error != '\0';

  if (is_broken)
    /* Translators: %s is a sentence that says why */
    text = g_strdup_printf (_ ("What you see may be old. %s"), error);
  else if (n_new == 1)
    /* Translators: %s is the id of a bucket */
    text = g_strdup_printf (_ ("%s is new. It stays private until you switch it on."), name);
  else if (n_new > 1)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                         "%u bucket is new. It stays private until you switch it "
                                         "on.",
                                         "%u buckets are new. They stay private until you switch "
                                         "them on.",
                                         n_new),
                            n_new);
  if (text != NULL)
    gtk_label_set_text (page->notice_text, text);
  gtk_image_set_from_icon_name (page->notice_icon, is_broken ? "dialog-warning-symbolic"
                                                             : "dialog-information-symbolic");
  gtk_widget_set_visible (page->leave_button, !is_broken);
  gtk_widget_set_visible (page->settings_button, is_broken);
  gtk_widget_set_visible (page->notice, text != NULL);
}

/* -- hosts -------------------------------------------------------------------------------- */

static int
compare_rows (GtkListBoxRow *row, GtkListBoxRow *other, gpointer data G_GNUC_UNUSED)
{
  return helio_bucket_row_compare (HELIO_BUCKET_ROW (row), HELIO_BUCKET_ROW (other));
}

static void
on_row_activated (GtkListBox *list G_GNUC_UNUSED, GtkListBoxRow *row)
{
  helio_bucket_row_toggle (HELIO_BUCKET_ROW (row));
}

/* "0" for this computer, which comes first; then other hosts, then copies: all by name. Some
 * watchers do not know their host. */
static char *
make_key (GVariant *bucket, GVariant *source)
{
  const char *name = helio_dict_get_text (bucket, "hostname");
  gboolean is_copy = helio_dict_get_flag (bucket, "synced-copy");

  if (!is_copy
      && (*name == '\0' || g_str_equal (name, "unknown")
          || (source != NULL && g_str_equal (name, helio_dict_get_text (source, "hostname")))))
    return g_strdup ("0");
  return g_strconcat (is_copy ? "2" : "1", name, NULL);
}

static Host *
get_host (HelioBucketsPage *page, const char *key)
{
  g_autofree char *name = helio_text_clean (key + 1);
  g_autofree char *title = g_markup_escape_text (*name != '\0' ? name : _ ("Unnamed device"), -1);
  GtkWidget *before = NULL;
  guint at = 0;

  for (; at < page->known->len; at++)
    {
      Host *host = page->known->pdata[at];
      int order = strcmp (host->key, key);

      if (order == 0)
        return host;
      if (order > 0)
        break;
      before = GTK_WIDGET (host->group);
    }
  Host *host = g_new0 (Host, 1);
  host->key = g_strdup (key);
  host->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  host->list = GTK_LIST_BOX (gtk_list_box_new ());
  adw_preferences_group_set_title (host->group, *key == '0' ? _ ("This computer") : title);
  if (*key == '1')
    adw_preferences_group_set_description (host->group,
                                           _ ("Recorded here under another host name"));
  if (*key == '2')
    adw_preferences_group_set_description (
        host->group, _ ("Copies from another device, which may publish them itself"));
  gtk_list_box_set_selection_mode (host->list, GTK_SELECTION_NONE);
  gtk_list_box_set_sort_func (host->list, compare_rows, NULL, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (host->list), "boxed-list");
  g_signal_connect (host->list, "row-activated", G_CALLBACK (on_row_activated), NULL);
  adw_preferences_group_add (host->group, GTK_WIDGET (host->list));
  gtk_box_insert_child_after (page->hosts, GTK_WIDGET (host->group), before);
  g_ptr_array_insert (page->known, (int) at, host);
  return host;
}

/* -- buckets ------------------------------------------------------------------------------ */

static GtkListBox *
get_list (HelioBucketRow *row)
{
  return GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (row)));
}

static void
update_row (HelioBucketsPage *page, GVariant *bucket, GVariant *source, int64_t now)
{
  const char *id = helio_dict_get_text (bucket, "id");
  g_autofree char *key = make_key (bucket, source);
  Host *host = get_host (page, key);
  HelioBucketRow *row = g_hash_table_lookup (page->rows, id);
  gboolean is_placed = row != NULL && get_list (row) == host->list;
  gboolean is_named = FALSE;

  if (row == NULL)
    {
      row = helio_bucket_row_new ();
      g_hash_table_insert (page->rows, g_strdup (id), row);
    }
  g_object_ref_sink (row);
  is_named = helio_bucket_row_update (row, page->view.agent, bucket, now);
  if (!is_placed)
    {
      if (gtk_widget_get_parent (GTK_WIDGET (row)) != NULL)
        gtk_list_box_remove (get_list (row), GTK_WIDGET (row));
      gtk_list_box_append (host->list, GTK_WIDGET (row));
    }
  else if (is_named)
    gtk_list_box_row_changed (GTK_LIST_BOX_ROW (row));
  g_object_unref (row);
}

static void
remove_old (HelioBucketsPage *page, GVariant *buckets)
{
  GHashTableIter iter;
  gpointer id;
  gpointer row;

  g_hash_table_iter_init (&iter, page->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    {
      g_autoptr (GVariant) bucket = helio_dicts_find (buckets, "id", id);

      if (bucket != NULL)
        continue;
      gtk_list_box_remove (get_list (row), row);
      g_hash_table_iter_remove (&iter);
    }
  for (guint i = page->known->len; i-- > 0;)
    {
      Host *host = page->known->pdata[i];

      if (gtk_list_box_get_row_at_index (host->list, 0) != NULL)
        continue;
      gtk_box_remove (page->hosts, GTK_WIDGET (host->group));
      g_ptr_array_remove_index (page->known, i);
    }
}

/* Rows are hidden, not filtered by their list: screen readers still saw those. A host with nothing
 * that was searched for goes, too. */
static void
show_found (HelioBucketsPage *page)
{
  const char *text = gtk_editable_get_text (page->search);
  gboolean is_found = FALSE;

  for (guint i = 0; i < page->known->len; i++)
    {
      Host *host = page->known->pdata[i];
      gboolean is_host_found = FALSE;
      GtkListBoxRow *row;

      for (int r = 0; (row = gtk_list_box_get_row_at_index (host->list, r)) != NULL; r++)
        {
          gboolean is_row_found = helio_bucket_row_matches (HELIO_BUCKET_ROW (row), text);

          gtk_widget_set_visible (GTK_WIDGET (row), is_row_found);
          is_host_found |= is_row_found;
        }
      gtk_widget_set_visible (GTK_WIDGET (host->group), is_host_found);
      is_found |= is_host_found;
    }
  gtk_widget_set_visible (page->nothing_found, !is_found);
}

static void
update (HelioBucketsPage *page)
{
  GVariant *buckets = page->view.agent != NULL ? helio_agent1_get_buckets (page->view.agent) : NULL;
  GVariant *source = page->view.agent != NULL ? helio_agent1_get_source (page->view.agent) : NULL;
  gsize n = buckets != NULL ? g_variant_n_children (buckets) : 0;
  int64_t now = helio_time_now ();

  if (!gtk_widget_get_mapped (GTK_WIDGET (page)))
    return;
  if (n == 0)
    {
      explain_empty (page, source);
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) bucket = g_variant_get_child_value (buckets, i);

      update_row (page, bucket, source, now);
    }
  remove_old (page, buckets);
  /* It goes only with what was typed into it. */
  gtk_widget_set_visible (GTK_WIDGET (page->search),
                          n > SEARCH_FROM || *gtk_editable_get_text (page->search) != '\0');
  show_found (page);
  update_notice (page, buckets, source);
  gtk_stack_set_visible_child_name (page->views, "buckets");
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_left (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioBucketsPage) page = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_set_bucket_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (page), error);
}

static void
on_leave_clicked (HelioBucketsPage *page)
{
  GVariant *buckets = page->view.agent != NULL ? helio_agent1_get_buckets (page->view.agent) : NULL;

  for (gsize i = 0; buckets != NULL && i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) bucket = g_variant_get_child_value (buckets, i);

      if (helio_dict_get_flag (bucket, "new"))
        helio_agent1_call_set_bucket (page->view.agent, helio_dict_get_text (bucket, "id"), FALSE,
                                      "keep", page->view.cancellable, on_left, g_object_ref (page));
    }
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_buckets_page_finalize (GObject *object)
{
  HelioBucketsPage *page = HELIO_BUCKETS_PAGE (object);

  g_clear_pointer (&page->rows, g_hash_table_unref);
  g_clear_pointer (&page->known, g_ptr_array_unref);
  G_OBJECT_CLASS (helio_buckets_page_parent_class)->finalize (object);
}

static void
helio_buckets_page_class_init (HelioBucketsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = helio_buckets_page_finalize;
  HELIO_VIEW_CLASS (klass)->is_dated = TRUE;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  g_type_ensure (HELIO_TYPE_HISTORY_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-buckets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, views);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, empty);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, notice);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, notice_icon);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, notice_text);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, leave_button);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, settings_button);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, search);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, hosts);
  gtk_widget_class_bind_template_child (widget_class, HelioBucketsPage, nothing_found);
  gtk_widget_class_bind_template_callback (widget_class, show_found);
  gtk_widget_class_bind_template_callback (widget_class, on_leave_clicked);
}

static void
helio_buckets_page_init (HelioBucketsPage *page)
{
  page->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->known = g_ptr_array_new_with_free_func (host_free);
  gtk_widget_init_template (GTK_WIDGET (page));
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (update), "buckets", "progress", "source", NULL);
}
