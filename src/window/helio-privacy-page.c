/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-privacy-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "window/helio-preset-row.h"
#include "window/helio-preview.h"
#include "window/helio-rows.h"
#include "window/helio-rule-book.h"
#include "window/helio-rule-dialog.h"
#include "window/helio-rule-row.h"
#include "window/helio-sent-group.h"
#include "window/helio-toast.h"

/* The privacy rules, what they make of the newest events, and what left lately. Rows are kept by
 * their rule and updated in place: nothing moves under a person's hand. Hidden, the page asks for
 * nothing but the rules themselves, when they change. */

struct _HelioPrivacyPage
{
  HelioView view;

  /* owned */
  HelioRuleBook *book;
  GHashTable *rows;              /* key -> HelioRuleRow, borrowed from the list */
  GVariant *presets_told;        /* the agent's answer; NULL until then */
  GPtrArray *presets;            /* HelioPresetRow, made when they are first shown */
  GtkFileChooserNative *chooser; /* NULL while none is open */

  /* values */
  gboolean are_presets_asked;
  gboolean are_presets_shown;

  /* template widgets */
  GtkStack *views;
  AdwStatusPage *broken;
  AdwStatusPage *failed;
  GtkListBox *list;
  GtkWidget *none;
  AdwPreferencesGroup *add_group;
  GtkWidget *presets_row;
  GtkImage *presets_icon;
  HelioPreview *preview;
};

G_DEFINE_FINAL_TYPE (HelioPrivacyPage, helio_privacy_page, HELIO_TYPE_VIEW)

static int
compare_rows (GtkListBoxRow *row, GtkListBoxRow *other, gpointer data G_GNUC_UNUSED)
{
  return (int) helio_rule_row_get_index (HELIO_RULE_ROW (row))
         - (int) helio_rule_row_get_index (HELIO_RULE_ROW (other));
}

/* -- rules -------------------------------------------------------------------------------- */

static void
remove_row (gpointer list, GtkWidget *row)
{
  gtk_list_box_remove (list, row);
}

static void
update_rows (HelioPrivacyPage *page, GPtrArray *rules)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < rules->len; i++)
    {
      g_autofree char *key = helio_rule_make_key (rules->pdata[i]);
      HelioRuleRow *row;
      gboolean is_new;

      /* Two with the same id: the second is broken, and is shown all the same. */
      while (g_hash_table_contains (seen, key))
        {
          char *other = g_strconcat (key, "+", NULL);

          g_free (key);
          key = other;
        }
      row = g_hash_table_lookup (page->rows, key);
      is_new = row == NULL;
      if (is_new)
        {
          row = helio_rule_row_new (page->book);
          g_hash_table_insert (page->rows, g_strdup (key), row);
        }
      helio_rule_row_update (row, i);
      if (is_new)
        gtk_list_box_append (page->list, GTK_WIDGET (row));
      g_hash_table_add (seen, g_steal_pointer (&key));
    }
  helio_rows_keep (page->rows, seen, remove_row, page->list);
  gtk_list_box_invalidate_sort (page->list);
  gtk_widget_set_visible (GTK_WIDGET (page->list), rules->len > 0);
  gtk_widget_set_visible (page->none, rules->len == 0);
}

static void
explain_broken (HelioPrivacyPage *page)
{
  g_autofree char *error = helio_rule_book_get_error (page->book, -1);
  g_autofree char *clean = helio_text_clean (error != NULL ? error : "");
  /* Translators: %s is what is wrong with the privacy rules as a whole */
  g_autofree char *text = g_markup_printf_escaped (
      _ ("Nothing is published until they can be, and what was published stays as it is. What is "
         "wrong: %s. Perhaps another version of Heliograph wrote them."),
      clean);

  adw_status_page_set_description (page->broken, text);
}

static void
explain_failed (HelioPrivacyPage *page, const GError *failure)
{
  g_autofree char *text = helio_error_get_text (failure);
  g_autofree char *clean = helio_text_clean (text);
  g_autofree char *markup = g_markup_escape_text (clean, -1);

  adw_status_page_set_description (page->failed, markup);
}

static void
update_presets (HelioPrivacyPage *page, GPtrArray *rules)
{
  for (guint i = 0; i < page->presets->len; i++)
    helio_preset_row_update (page->presets->pdata[i], rules);
}

static void
update (HelioPrivacyPage *page)
{
  const char *json = helio_rule_book_get_json (page->book);
  GPtrArray *rules = helio_rule_book_get_rules (page->book);
  const GError *failure = helio_rule_book_get_failure (page->book);
  g_autofree char *error = json != NULL ? helio_rule_book_get_error (page->book, -1) : NULL;

  if (page->list == NULL || !gtk_widget_get_mapped (GTK_WIDGET (page)))
    return;
  if (!helio_has_owner (page->view.agent))
    gtk_stack_set_visible_child_name (page->views, "away");
  else if (failure != NULL)
    {
      explain_failed (page, failure);
      gtk_stack_set_visible_child_name (page->views, "failed");
    }
  else if (json == NULL)
    gtk_stack_set_visible_child_name (page->views, "loading");
  else if (rules == NULL || error != NULL)
    {
      explain_broken (page);
      gtk_stack_set_visible_child_name (page->views, "broken");
    }
  else
    {
      update_rows (page, rules);
      update_presets (page, rules);
      gtk_stack_set_visible_child_name (page->views, "rules");
    }
}

static void
on_rules_changed (HelioPrivacyPage *page)
{
  const char *json = helio_rule_book_get_json (page->book);

  update (page);
  if (page->preview != NULL)
    helio_preview_set_rules (page->preview, json != NULL ? json : "");
}

/* -- presets ------------------------------------------------------------------------------ */

static void
make_presets (HelioPrivacyPage *page)
{
  GPtrArray *rules = helio_rule_book_get_rules (page->book);

  for (gsize i = 0; page->presets_told != NULL && i < g_variant_n_children (page->presets_told);
       i++)
    {
      g_autoptr (GVariant) preset = g_variant_get_child_value (page->presets_told, i);
      HelioPresetRow *row = helio_preset_row_new (page->book, preset);

      adw_preferences_group_add (page->add_group, GTK_WIDGET (row));
      g_ptr_array_add (page->presets, row);
      helio_preset_row_update (row, rules);
    }
}

/* Their rows are made when somebody asks for them. */
static void
show_presets (HelioPrivacyPage *page, gboolean is_shown)
{
  page->are_presets_shown = is_shown;
  if (is_shown && page->presets->len == 0)
    make_presets (page);
  for (guint i = 0; i < page->presets->len; i++)
    gtk_widget_set_visible (page->presets->pdata[i], is_shown);
  gtk_image_set_from_icon_name (page->presets_icon,
                                is_shown ? "pan-up-symbolic" : "pan-down-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (page->presets_row), GTK_ACCESSIBLE_STATE_EXPANDED,
                               is_shown, -1);
}

static void
on_presets_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioPrivacyPage) page = data;
  g_autoptr (GVariant) presets = NULL;
  GPtrArray *rules = helio_rule_book_get_rules (page->book);

  page->are_presets_asked
      = helio_agent1_call_list_presets_finish (HELIO_AGENT1 (source), &presets, result, NULL);
  if (!page->are_presets_asked || page->list == NULL)
    return;
  page->presets_told = g_steal_pointer (&presets);
  /* Who has none begins with these. */
  show_presets (page, rules != NULL && rules->len == 0);
}

/* They do not change while an agent runs. */
static void
ask_presets (HelioPrivacyPage *page)
{
  if (page->are_presets_asked || !helio_has_owner (page->view.agent)
      || !gtk_widget_get_mapped (GTK_WIDGET (page)))
    return;
  page->are_presets_asked = TRUE;
  helio_agent1_call_list_presets (page->view.agent, page->view.cancellable, on_presets_listed,
                                  g_object_ref (page));
}

/* -- rules that can't be understood ------------------------------------------------------- */

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioPrivacyPage) page = data;
  g_autoptr (GError) error = NULL;

  if (!helio_rule_book_change_finish (HELIO_RULE_BOOK (source), result, &error))
    helio_toast_error (GTK_WIDGET (page), error);
}

static void
on_clear_response (HelioPrivacyPage *page, const char *response)
{
  if (g_str_equal (response, "remove"))
    helio_rule_book_change_async (page->book, helio_rule_change_clear (), page->view.cancellable,
                                  on_cleared, g_object_ref (page));
}

static void
on_copy_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioPrivacyPage) page = data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    helio_toast (GTK_WIDGET (page), _ ("The rules are saved in a file"));
  else
    helio_toast_error (GTK_WIDGET (page), error);
}

static void
on_file_chosen (HelioPrivacyPage *page, int response)
{
  const char *json = helio_rule_book_get_json (page->book);

  if (response == GTK_RESPONSE_ACCEPT && json != NULL)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (page->chooser));
      g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                           page->view.cancellable, on_copy_saved,
                                           g_object_ref (page));
    }
  g_clear_object (&page->chooser);
}

/* -- actions ------------------------------------------------------------------------------ */

static void
add_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioPrivacyPage *page = HELIO_PRIVACY_PAGE (widget);

  gtk_window_present (
      helio_rule_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), page->book, NULL));
}

static void
read_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  helio_rule_book_read (HELIO_PRIVACY_PAGE (widget)->book);
}

static void
save_copy_action (GtkWidget *widget,
                  const char *name G_GNUC_UNUSED,
                  GVariant *parameter G_GNUC_UNUSED)
{
  HelioPrivacyPage *page = HELIO_PRIVACY_PAGE (widget);
  g_autoptr (GFile) home = g_file_new_for_path (g_get_home_dir ());

  g_clear_object (&page->chooser);
  page->chooser
      = gtk_file_chooser_native_new (_ ("Save a copy"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (page->chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (page->chooser), home, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (page->chooser), "privacy-rules.json");
  g_signal_connect_object (page->chooser, "response", G_CALLBACK (on_file_chosen), page,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (page->chooser));
}

static void
clear_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Start without rules?"),
      _ ("The rules that are stored are lost unless you saved a copy. Everything of the buckets "
         "that are on is published then, also of the past.")));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove the rules"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_clear_response), widget,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_presets_activated (HelioPrivacyPage *page)
{
  show_presets (page, !page->are_presets_shown);
}

static void
on_row_activated (HelioPrivacyPage *page G_GNUC_UNUSED, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (row), "rule.edit", NULL);
}

/* -- class -------------------------------------------------------------------------------- */

static void
update_all (HelioPrivacyPage *page)
{
  helio_rule_book_set_agent (page->book, page->view.agent);
  helio_preview_set_agent (page->preview, page->view.agent);
  update (page);
  ask_presets (page);
}

static void
helio_privacy_page_dispose (GObject *object)
{
  HelioPrivacyPage *page = HELIO_PRIVACY_PAGE (object);

  g_clear_object (&page->chooser);
  g_hash_table_remove_all (page->rows);
  g_ptr_array_set_size (page->presets, 0);
  G_OBJECT_CLASS (helio_privacy_page_parent_class)->dispose (object);
}

static void
helio_privacy_page_finalize (GObject *object)
{
  HelioPrivacyPage *page = HELIO_PRIVACY_PAGE (object);

  g_clear_object (&page->book);
  g_clear_pointer (&page->rows, g_hash_table_unref);
  g_clear_pointer (&page->presets_told, g_variant_unref);
  g_clear_pointer (&page->presets, g_ptr_array_unref);
  G_OBJECT_CLASS (helio_privacy_page_parent_class)->finalize (object);
}

static void
helio_privacy_page_class_init (HelioPrivacyPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_privacy_page_dispose;
  object_class->finalize = helio_privacy_page_finalize;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update_all;

  g_type_ensure (HELIO_TYPE_PREVIEW);
  g_type_ensure (HELIO_TYPE_SENT_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-privacy-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, views);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, broken);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, failed);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, list);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, none);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, add_group);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, presets_row);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, presets_icon);
  gtk_widget_class_bind_template_child (widget_class, HelioPrivacyPage, preview);
  gtk_widget_class_bind_template_callback (widget_class, on_presets_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_install_action (widget_class, "privacy.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "privacy.read", NULL, read_action);
  gtk_widget_class_install_action (widget_class, "privacy.save-copy", NULL, save_copy_action);
  gtk_widget_class_install_action (widget_class, "privacy.clear", NULL, clear_action);
}

static void
helio_privacy_page_init (HelioPrivacyPage *page)
{
  page->book = helio_rule_book_new ();
  page->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->presets = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_list_box_set_sort_func (page->list, compare_rows, NULL, NULL);
  g_signal_connect_object (page->book, "changed", G_CALLBACK (on_rules_changed), page,
                           G_CONNECT_SWAPPED);
}
