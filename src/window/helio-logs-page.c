/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-logs-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "window/helio-log-entry.h"
#include "window/helio-log-feed.h"
#include "window/helio-log-row.h"
#include "window/helio-toast.h"

/* The feed's entries pass a filter and a selection on their way into the list, which makes widgets
 * for those in sight only. */

/* How near to the end counts as the end, in pixels. */
#define END 8

/* After so many frames the list is where it is. */
#define MAX_FRAMES 12

struct _HelioLogsPage
{
  HelioView view;

  /* owned */
  HelioLogFeed *feed;
  GtkFilterListModel *shown;
  GtkCustomFilter *filter;
  GtkSelectionModel *selection;
  GPtrArray *bound; /* (element-type GtkListItem), borrowed: those that have a row */
  char *searched;   /* folded */
  GtkFileChooserNative *chooser;

  /* values */
  gboolean is_following; /* the newest entry is in sight and stays there */
  guint frame_id;
  guint frames; /* since the list last changed */

  /* template widgets */
  GtkDropDown *levels;
  GtkLabel *count;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkStack *views;
  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkRevealer *end_revealer;
  GtkRevealer *stopped_revealer;
};

G_DEFINE_FINAL_TYPE (HelioLogsPage, helio_logs_page, HELIO_TYPE_VIEW)

static gboolean
is_shown (gpointer item, gpointer data)
{
  HelioLogsPage *page = data;
  static const HelioLogLevel least[]
      = { HELIO_LOG_LEVEL_DEBUG, HELIO_LOG_LEVEL_MESSAGE, HELIO_LOG_LEVEL_WARNING };
  guint selected = gtk_drop_down_get_selected (page->levels);

  if (selected < G_N_ELEMENTS (least) && helio_log_entry_get_level (item) < least[selected])
    return FALSE;
  return helio_log_entry_matches (item, page->searched);
}

static gboolean
is_at_end (HelioLogsPage *page)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (page->scroller);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) + END
         >= gtk_adjustment_get_upper (adjustment);
}

static void
show_end_button (HelioLogsPage *page)
{
  gtk_revealer_set_reveal_child (page->end_revealer, !page->is_following);
  gtk_widget_set_visible (GTK_WIDGET (page->end_revealer), !page->is_following);
}

/* The list can't scroll to what it has not laid out yet, and knows the heights of rows only when
 * they were in sight: frame by frame, until the end is there. */
static gboolean
on_frame (GtkWidget *widget G_GNUC_UNUSED, GdkFrameClock *clock G_GNUC_UNUSED, gpointer data)
{
  HelioLogsPage *page = data;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (page->selection));

  page->frames++;
  if (page->frames > 1 && n > 0 && !(page->frames > 2 && is_at_end (page)))
    gtk_widget_activate_action (GTK_WIDGET (page->list), "list.scroll-to-item", "u", n - 1);
  if (n > 0 && (page->frames <= 2 || !is_at_end (page)) && page->frames < MAX_FRAMES)
    return G_SOURCE_CONTINUE;
  page->frame_id = 0;
  return G_SOURCE_REMOVE;
}

static void
go_to_end (HelioLogsPage *page)
{
  page->is_following = TRUE;
  page->frames = 0;
  if (page->frame_id == 0)
    page->frame_id = gtk_widget_add_tick_callback (GTK_WIDGET (page->list), on_frame, page, NULL);
  show_end_button (page);
}

static void
keep_end (HelioLogsPage *page)
{
  if (page->is_following)
    go_to_end (page);
}

/* -- what is seen ------------------------------------------------------------------------- */

static void
update_view (HelioLogsPage *page)
{
  guint held = g_list_model_get_n_items (helio_log_feed_get_entries (page->feed));
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (page->shown));
  const char *view = "list";
  g_autofree char *count = NULL;

  if (held == 0)
    view = helio_has_owner (page->view.agent) ? "empty" : "stopped";
  else if (shown == 0)
    view = "nothing-found";
  if (shown != held)
    {
      g_autofree char *some = helio_text_count (shown);
      g_autofree char *all = helio_text_count (held);

      /* Translators: so many of all entries of the log are shown. */
      count = g_strdup_printf (_ ("%s of %s"), some, all);
    }
  gtk_label_set_text (page->count, count != NULL ? count : "");
  gtk_stack_set_visible_child_name (page->views, view);
  gtk_revealer_set_reveal_child (page->stopped_revealer,
                                 held > 0 && !helio_has_owner (page->view.agent));
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "logs.copy", shown > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "logs.save", shown > 0);
}

/* Nothing is asked of the agent before the page is first seen. */
static void
update (HelioLogsPage *page)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    helio_log_feed_set_agent (page->feed, page->view.agent);
  update_view (page);
}

/* Whether a day is named above a row depends on the one before. */
static void
update_day (HelioLogsPage *page, GtkListItem *list_item)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);
  guint position = gtk_list_item_get_position (list_item);
  g_autoptr (HelioLogEntry) before = NULL;

  if (position > 0)
    before = g_list_model_get_item (G_LIST_MODEL (page->selection), position - 1);
  helio_log_row_set_before (HELIO_LOG_ROW (row), before);
}

static void
on_row_setup (HelioLogsPage *page G_GNUC_UNUSED, GtkListItem *list_item)
{
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_child (list_item, GTK_WIDGET (helio_log_row_new ()));
}

static void
on_row_bind (HelioLogsPage *page, GtkListItem *list_item)
{
  HelioLogRow *row = HELIO_LOG_ROW (gtk_list_item_get_child (list_item));

  helio_log_row_set_entry (row, gtk_list_item_get_item (list_item));
  g_ptr_array_add (page->bound, list_item);
  update_day (page, list_item);
}

static void
on_row_unbind (HelioLogsPage *page, GtkListItem *list_item)
{
  g_ptr_array_remove_fast (page->bound, list_item);
}

/* -- callbacks ---------------------------------------------------------------------------- */

/* Comes after the list has heard of the change: its rows have their new positions. */
static void
on_items_changed (HelioLogsPage *page)
{
  for (guint i = 0; i < page->bound->len; i++)
    update_day (page, page->bound->pdata[i]);
  keep_end (page);
  update_view (page);
}

/* By a person; while the list scrolls to its end by itself it passes other places. */
static void
on_scrolled (HelioLogsPage *page)
{
  if (page->frame_id != 0)
    return;
  page->is_following = is_at_end (page);
  show_end_button (page);
}

static void
on_filter_changed (HelioLogsPage *page)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (page->search_entry));

  g_free (page->searched);
  page->searched = helio_log_fold (text);

  gtk_filter_changed (GTK_FILTER (page->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_show_all_clicked (HelioLogsPage *page)
{
  gtk_search_bar_set_search_mode (page->search_bar, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (page->search_entry), "");
  gtk_drop_down_set_selected (page->levels, 0);
  gtk_widget_grab_focus (GTK_WIDGET (page->list));
}

static void
on_end_clicked (HelioLogsPage *page)
{
  go_to_end (page);
  gtk_widget_grab_focus (GTK_WIDGET (page->list));
}

/* -- copy and save ------------------------------------------------------------------------ */

/* The entries that are selected, or all that are shown. */
static char *
get_text (HelioLogsPage *page, gboolean only_selected, guint *count)
{
  GString *text = g_string_new (NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (page->selection));

  *count = 0;
  for (guint i = 0; i < n; i++)
    {
      if (only_selected && !gtk_selection_model_is_selected (page->selection, i))
        continue;
      g_autoptr (HelioLogEntry) entry = g_list_model_get_item (G_LIST_MODEL (page->selection), i);
      g_autofree char *line = helio_log_entry_dup_line (entry);

      g_string_append (text, line);
      (*count)++;
    }
  return g_string_free (text, FALSE);
}

static void
copy_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (widget);
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (page->selection);
  guint count;
  g_autofree char *text = get_text (page, !gtk_bitset_is_empty (selected), &count);
  g_autofree char *number = helio_text_count (count);
  g_autofree char *told = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s entry copied", "%s entries copied", count), number);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  helio_toast (widget, told);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioLogsPage) page = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *told = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    /* Translators: %s is the name of a file. */
    told = g_strdup_printf (_ ("Saved as “%s”"), shown);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    told = g_strdup_printf (_ ("“%s” can’t be saved: %s"), shown, error->message);
  if (told != NULL)
    helio_toast (GTK_WIDGET (page), told);
}

static void
on_file_chosen (HelioLogsPage *page, int response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (page->chooser));
      guint count;
      g_autofree char *text = get_text (page, FALSE, &count);
      gsize length = strlen (text);
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), length);

      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE,
                                           page->view.cancellable, on_saved, g_object_ref (page));
    }
  g_clear_object (&page->chooser);
}

static void
save_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (widget);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *proposed = g_date_time_format (now, "heliograph-log-%Y-%m-%d.txt");
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autoptr (GFile) folder
      = g_file_new_for_path (documents != NULL ? documents : g_get_home_dir ());

  if (page->chooser != NULL)
    return;
  page->chooser
      = gtk_file_chooser_native_new (_ ("Save the log"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (page->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (page->chooser), folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (page->chooser), proposed);
  g_signal_connect_object (page->chooser, "response", G_CALLBACK (on_file_chosen), page,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (page->chooser));
}

static gboolean
on_search_shortcut (GtkWidget *widget, GVariant *args G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (widget);

  gtk_search_bar_set_search_mode (page->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (page->search_entry));
  return TRUE;
}

/* -- class -------------------------------------------------------------------------------- */

/* What is typed anywhere in the window is searched for while the page is seen. */
static void
helio_logs_page_map (GtkWidget *widget)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (widget);

  GTK_WIDGET_CLASS (helio_logs_page_parent_class)->map (widget);
  gtk_search_bar_set_key_capture_widget (page->search_bar,
                                         GTK_WIDGET (gtk_widget_get_root (widget)));
}

static void
helio_logs_page_unmap (GtkWidget *widget)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (widget);

  gtk_search_bar_set_key_capture_widget (page->search_bar, NULL);
  GTK_WIDGET_CLASS (helio_logs_page_parent_class)->unmap (widget);
}

static void
helio_logs_page_dispose (GObject *object)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (object);

  if (page->frame_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (page->list), page->frame_id);
  page->frame_id = 0;
  g_clear_object (&page->chooser);
  g_clear_object (&page->selection);
  g_clear_object (&page->shown);
  g_clear_object (&page->filter);
  g_clear_object (&page->feed);
  G_OBJECT_CLASS (helio_logs_page_parent_class)->dispose (object);
}

static void
helio_logs_page_finalize (GObject *object)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (object);

  g_ptr_array_unref (page->bound);
  g_free (page->searched);
  G_OBJECT_CLASS (helio_logs_page_parent_class)->finalize (object);
}

static void
helio_logs_page_class_init (HelioLogsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_logs_page_dispose;
  object_class->finalize = helio_logs_page_finalize;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;
  widget_class->map = helio_logs_page_map;
  widget_class->unmap = helio_logs_page_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-logs-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, levels);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, count);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, views);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, list);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, end_revealer);
  gtk_widget_class_bind_template_child (widget_class, HelioLogsPage, stopped_revealer);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_end_clicked);

  gtk_widget_class_install_action (widget_class, "logs.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "logs.save", NULL, save_action);
}

/* For the whole window, while the page is seen. */
static void
add_shortcuts (HelioLogsPage *page)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcutController *shortcuts = GTK_SHORTCUT_CONTROLLER (controller);

  gtk_shortcut_controller_set_scope (shortcuts, GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (
      shortcuts, gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_f, GDK_CONTROL_MASK),
                                   gtk_callback_action_new (on_search_shortcut, NULL, NULL)));
  gtk_shortcut_controller_add_shortcut (
      shortcuts, gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_s, GDK_CONTROL_MASK),
                                   gtk_named_action_new ("logs.save")));
  gtk_widget_add_controller (GTK_WIDGET (page), controller);

  /* Within the list only: elsewhere Ctrl+C copies what is marked in an entry. */
  controller = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_c, GDK_CONTROL_MASK),
                        gtk_named_action_new ("logs.copy")));
  gtk_widget_add_controller (GTK_WIDGET (page->list), controller);
}

static void
add_models (HelioLogsPage *page)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GListModel *entries = helio_log_feed_get_entries (page->feed);

  page->filter = gtk_custom_filter_new (is_shown, page, NULL);
  page->shown = gtk_filter_list_model_new (g_object_ref (entries),
                                           GTK_FILTER (g_object_ref (page->filter)));
  page->selection
      = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (page->shown))));

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_row_setup), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_row_bind), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_row_unbind), page, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (page->list, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (page->list, page->selection);

  g_signal_connect_object (page->selection, "items-changed", G_CALLBACK (on_items_changed), page,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  /* The number held counts, too, where the filter hides what comes. */
  g_signal_connect_object (entries, "items-changed", G_CALLBACK (update_view), page,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  GtkAdjustment *along = gtk_scrolled_window_get_vadjustment (page->scroller);
  GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (page->scroller);
  g_signal_connect_object (along, "value-changed", G_CALLBACK (on_scrolled), page,
                           G_CONNECT_SWAPPED);
  /* The window has another size. */
  g_signal_connect_object (along, "notify::page-size", G_CALLBACK (keep_end), page,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (across, "notify::page-size", G_CALLBACK (keep_end), page,
                           G_CONNECT_SWAPPED);
}

static void
helio_logs_page_init (HelioLogsPage *page)
{
  page->feed = helio_log_feed_new ();
  page->bound = g_ptr_array_new ();
  page->searched = g_strdup ("");
  page->is_following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_search_bar_connect_entry (page->search_bar, GTK_EDITABLE (page->search_entry));
  /* What has the focus is a button within, which GTK leaves without a name. */
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (page->levels))),
      GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Which entries are shown"), -1);
  add_models (page);
  add_shortcuts (page);
}
