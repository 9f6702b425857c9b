/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rule-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-text.h"
#include "window/helio-label.h"
#include "window/helio-rule-dialog.h"
#include "model/helio-rule-words.h"
#include "window/helio-toast.h"

struct _HelioRuleRow
{
  AdwPreferencesRow parent_instance;

  /* owned */
  HelioRuleBook *book;
  GCancellable *cancellable;
  JsonNode *rule;

  /* values */
  guint index;
  gboolean is_on; /* as the agent says */
  gboolean is_in_hand;
  gboolean is_updating;

  /* template widgets */
  GtkLabel *title;
  GtkLabel *words;
  GtkLabel *error;
  GtkSwitch *toggle;
  GtkWidget *more;
};

G_DEFINE_FINAL_TYPE (HelioRuleRow, helio_rule_row, ADW_TYPE_PREFERENCES_ROW)

static void
show_on (HelioRuleRow *row)
{
  row->is_updating = TRUE;
  gtk_switch_set_active (row->toggle, row->is_on);
  gtk_switch_set_state (row->toggle, row->is_on);
  row->is_updating = FALSE;
}

/* What is seen of the row is told with it. */
static void
describe (HelioRuleRow *row)
{
  const char *words = gtk_label_get_text (row->words);
  const char *error = gtk_label_get_text (row->error);
  g_autofree char *text
      = g_strdup_printf ("%s%s%s", words, *words != '\0' && *error != '\0' ? ", " : "", error);
  /* Translators: %s is the name of a privacy rule */
  g_autofree char *more = g_strdup_printf (_ ("More about “%s”"), gtk_label_get_text (row->title));

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->more), GTK_ACCESSIBLE_PROPERTY_LABEL, more,
                                  -1);
  gtk_widget_set_tooltip_text (row->more, more);
}

/* -- changing it -------------------------------------------------------------------------- */

static void
on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioRuleRow) row = data;
  g_autoptr (GError) error = NULL;

  /* If it is done, the book tells what the rule is now. */
  row->is_in_hand = FALSE;
  if (helio_rule_book_change_finish (HELIO_RULE_BOOK (source), result, &error))
    return;
  helio_toast_error (GTK_WIDGET (row), error);
  if (row->toggle != NULL)
    show_on (row);
}

/* @change: (transfer full) */
static void
change (HelioRuleRow *row, HelioRuleChange *change)
{
  row->is_in_hand = TRUE;
  helio_rule_book_change_async (row->book, change, row->cancellable, on_changed,
                                g_object_ref (row));
}

/* The state follows once the agent has done it. */
static gboolean
on_state_set (HelioRuleRow *row, gboolean is_on)
{
  if (row->is_updating)
    return FALSE;
  if (!row->is_in_hand && is_on != row->is_on)
    change (row, helio_rule_change_switch (row->rule, is_on));
  return TRUE;
}

static void
on_response (HelioRuleRow *row, const char *response)
{
  if (g_str_equal (response, "remove") && row->rule != NULL)
    change (row, helio_rule_change_remove (row->rule));
}

/* -- actions ------------------------------------------------------------------------------ */

static void
edit_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioRuleRow *row = HELIO_RULE_ROW (widget);

  if (row->rule != NULL && JSON_NODE_HOLDS_OBJECT (row->rule))
    gtk_window_present (
        helio_rule_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), row->book, row->rule));
}

static void
up_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioRuleRow *row = HELIO_RULE_ROW (widget);

  change (row, helio_rule_change_move (row->rule, -1));
}

static void
down_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioRuleRow *row = HELIO_RULE_ROW (widget);

  change (row, helio_rule_change_move (row->rule, 1));
}

static void
remove_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioRuleRow *row = HELIO_RULE_ROW (widget);
  /* Translators: %s is the name of a privacy rule */
  g_autofree char *heading = g_strdup_printf (_ ("Remove “%s”?"), gtk_label_get_text (row->title));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), heading,
                              _ ("What it kept back is published then, also of the past.")));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "remove", _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), row, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_rule_row_dispose (GObject *object)
{
  HelioRuleRow *row = HELIO_RULE_ROW (object);

  g_cancellable_cancel (row->cancellable);
  g_clear_object (&row->book);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_RULE_ROW);
  G_OBJECT_CLASS (helio_rule_row_parent_class)->dispose (object);
}

static void
helio_rule_row_finalize (GObject *object)
{
  HelioRuleRow *row = HELIO_RULE_ROW (object);

  g_clear_object (&row->cancellable);
  g_clear_pointer (&row->rule, json_node_unref);
  G_OBJECT_CLASS (helio_rule_row_parent_class)->finalize (object);
}

static void
helio_rule_row_class_init (HelioRuleRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_rule_row_dispose;
  object_class->finalize = helio_rule_row_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-rule-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioRuleRow, title);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleRow, words);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleRow, error);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleRow, toggle);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleRow, more);
  gtk_widget_class_bind_template_callback (widget_class, on_state_set);
  gtk_widget_class_install_action (widget_class, "rule.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "rule.up", NULL, up_action);
  gtk_widget_class_install_action (widget_class, "rule.down", NULL, down_action);
  gtk_widget_class_install_action (widget_class, "rule.remove", NULL, remove_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "rule.up", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "rule.down", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "rule.remove", NULL);
}

static void
helio_rule_row_init (HelioRuleRow *row)
{
  row->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioRuleRow *
helio_rule_row_new (HelioRuleBook *book)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);

  HelioRuleRow *row = g_object_new (HELIO_TYPE_RULE_ROW, NULL);

  row->book = g_object_ref (book);
  return row;
}

/* (transfer full): what is wrong, and what comes of it. */
static char *
make_error (HelioRuleRow *row)
{
  g_autofree char *error = helio_rule_book_get_error (row->book, (int) row->index);
  g_autofree char *clean = error != NULL ? helio_text_clean (error) : NULL;

  if (clean == NULL)
    return g_strdup ("");
  if (!row->is_on)
    /* Translators: %s is what is wrong with a privacy rule that is switched off */
    return g_strdup_printf (_ ("Broken: %s."), clean);
  /* Translators: %s is what is wrong with a privacy rule */
  return g_strdup_printf (_ ("Broken: %s. The buckets it concerns are not published until it is "
                             "mended, switched off or removed."),
                          clean);
}

void
helio_rule_row_update (HelioRuleRow *row, guint index)
{
  g_return_if_fail (HELIO_IS_RULE_ROW (row));

  GPtrArray *rules = helio_rule_book_get_rules (row->book);
  JsonNode *rule = helio_rule_json_copy (rules->pdata[index]);
  g_autofree char *title = helio_rule_get_title (rule);
  g_autofree char *words = helio_rule_get_words (rule);
  gboolean is_rule = JSON_NODE_HOLDS_OBJECT (rule);

  g_clear_pointer (&row->rule, json_node_unref);
  row->rule = rule;
  row->index = index;
  row->is_on = helio_rule_json_is_on (rule);
  g_autofree char *error = make_error (row);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_text (row->title, title);
  helio_label_show (row->words, words);
  helio_label_show (row->error, error);
  if (row->is_on)
    gtk_widget_remove_css_class (GTK_WIDGET (row->title), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (row->title), "dim-label");
  gtk_widget_set_sensitive (GTK_WIDGET (row->toggle), is_rule);
  gtk_widget_action_set_enabled (GTK_WIDGET (row), "rule.edit", is_rule);
  gtk_widget_action_set_enabled (GTK_WIDGET (row), "rule.up", index > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (row), "rule.down", index + 1 < rules->len);
  describe (row);
  if (!row->is_in_hand)
    show_on (row);
}

guint
helio_rule_row_get_index (HelioRuleRow *row)
{
  g_return_val_if_fail (HELIO_IS_RULE_ROW (row), 0);

  return row->index;
}
