/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rule-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-entry.h"
#include "window/helio-preview.h"
#include "window/helio-toast.h"
#include "window/helio-where-row.h"

/* While somebody types nothing is checked. */
#define CHECK_MS 250

/* In the order of the template. */
static const char *const matches[] = { "exact", "glob", "regex", "any" };
#define MATCH_REGEX 2
#define MATCH_ANY 3
static const char *const actions[] = { "drop", "hide", "keep", "replace", "rename" };
#define ACTION_HIDE 1
#define ACTION_REPLACE 3
#define ACTION_RENAME 4
static const char *const scopes[] = { "both", "history", "presence" };

struct _HelioRuleDialog
{
  AdwWindow parent_instance;

  /* owned */
  HelioRuleBook *book;
  JsonNode *before; /* NULL for a new one */
  GCancellable *cancellable;
  GCancellable *checking; /* what the form says; NULL: no such check is under way */
  guint check_id;

  /* values */
  gboolean is_filling;
  gboolean is_good; /* what the form says now */
  gboolean is_saving;

  /* template widgets */
  GtkWidget *save_button;
  GtkWidget *message_box;
  GtkImage *message_icon;
  GtkLabel *message;
  GtkEditable *name_row;
  AdwComboRow *match_row;
  GtkEditable *field_row;
  GtkMenuButton *field_button;
  GtkEditable *pattern_row;
  GtkWidget *case_row;
  GtkSwitch *matches_case;
  AdwComboRow *action_row;
  GtkEditable *target_row;
  GtkMenuButton *target_button;
  GtkEditable *with_row;
  HelioWhereRow *where_row;
  AdwComboRow *scope_row;
  HelioPreview *preview;
};

G_DEFINE_FINAL_TYPE (HelioRuleDialog, helio_rule_dialog, ADW_TYPE_WINDOW)

/* -- the rule that the form says ---------------------------------------------------------- */

/* A text as it was typed: blanks may be meant. */
static void
set_text (JsonObject *rule, const char *member, gboolean is_wanted, const char *text)
{
  if (is_wanted)
    json_object_set_string_member (rule, member, text);
  else if (json_object_has_member (rule, member))
    json_object_remove_member (rule, member);
}

static gboolean
has_target (HelioRuleDialog *dialog)
{
  guint action = adw_combo_row_get_selected (dialog->action_row);

  return action >= ACTION_HIDE && action <= ACTION_REPLACE;
}

static gboolean
has_with (HelioRuleDialog *dialog)
{
  return adw_combo_row_get_selected (dialog->action_row) >= ACTION_REPLACE;
}

static gboolean
is_any (HelioRuleDialog *dialog)
{
  return adw_combo_row_get_selected (dialog->match_row) == MATCH_ANY;
}

static JsonNode *
make_rule (HelioRuleDialog *dialog)
{
  JsonNode *node = dialog->before != NULL ? helio_rule_json_copy (dialog->before)
                                          : json_node_init_object (json_node_alloc (), NULL);
  guint match = adw_combo_row_get_selected (dialog->match_row);
  guint action = adw_combo_row_get_selected (dialog->action_row);
  guint scope = adw_combo_row_get_selected (dialog->scope_row);
  g_autofree char *name = helio_entry_get_text (dialog->name_row);
  g_autofree char *field = helio_entry_get_text (dialog->field_row);
  g_autofree char *target = helio_entry_get_text (dialog->target_row);
  gboolean is_case = match != MATCH_ANY && gtk_switch_get_active (dialog->matches_case);
  JsonObject *rule;

  if (json_node_get_object (node) == NULL)
    json_node_take_object (node, json_object_new ());
  rule = json_node_get_object (node);
  if (dialog->before == NULL)
    {
      GPtrArray *rules = helio_rule_book_get_rules (dialog->book);
      g_autofree char *id = rules != NULL ? helio_rules_json_make_id (rules) : g_strdup ("rule-1");

      json_object_set_string_member (rule, "id", id);
    }
  set_text (rule, "name", *name != '\0', name);
  set_text (rule, "scope", scope != 0, scopes[scope]);
  helio_where_row_write (dialog->where_row, rule);
  set_text (rule, "field", match != MATCH_ANY, field);
  set_text (rule, "match", TRUE, matches[match]);
  set_text (rule, "pattern", match != MATCH_ANY, gtk_editable_get_text (dialog->pattern_row));
  if (is_case)
    json_object_set_boolean_member (rule, "match_case", TRUE);
  else
    set_text (rule, "match_case", FALSE, NULL);
  set_text (rule, "action", TRUE, actions[action]);
  set_text (rule, "target",
            has_target (dialog) && *target != '\0'
                && (match == MATCH_ANY || strcmp (target, field) != 0),
            target);
  set_text (rule, "with", has_with (dialog), gtk_editable_get_text (dialog->with_row));
  return node;
}

/* (nullable): what is still to be said. */
static const char *
get_missing (HelioRuleDialog *dialog)
{
  if (!is_any (dialog) && !helio_entry_is_filled (dialog->field_row))
    return _ ("Say which field to look at: app, title, url, …");
  if (!is_any (dialog) && *gtk_editable_get_text (dialog->pattern_row) == '\0')
    return _ ("Say what to look for.");
  if (has_target (dialog) && is_any (dialog) && !helio_entry_is_filled (dialog->target_row))
    return _ ("Say which field to change: app, title, url, …");
  if (adw_combo_row_get_selected (dialog->action_row) == ACTION_RENAME
      && *gtk_editable_get_text (dialog->with_row) == '\0')
    return _ ("Say what to call the app.");
  return NULL;
}

/* -- what is wrong with it ---------------------------------------------------------------- */

static void
show_message (HelioRuleDialog *dialog, const char *text, gboolean is_error)
{
  g_autofree char *clean = helio_text_clean (text);

  gtk_label_set_text (dialog->message, clean);
  gtk_image_set_from_icon_name (dialog->message_icon,
                                is_error ? "dialog-error-symbolic" : "dialog-information-symbolic");
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (dialog->message_icon), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (dialog->message_icon), "error");
  gtk_widget_set_visible (dialog->message_box, *text != '\0');
}

static void
set_good (HelioRuleDialog *dialog, gboolean is_good)
{
  dialog->is_good = is_good;
  gtk_widget_set_sensitive (dialog->save_button, is_good && !dialog->is_saving);
}

/* An error of the agent is about members of a file; the way out is here. */
static void
show_problem (HelioRuleDialog *dialog, const char *problem)
{
  const char *way = "";
  g_autofree char *text = NULL;

  if (adw_combo_row_get_selected (dialog->match_row) == MATCH_REGEX)
    way = _ ("To look for a text as it stands, match “Exactly a text” or a pattern.");
  /* Translators: the first is what is wrong, the second what to do, or nothing */
  text = g_strdup_printf (_ ("This can’t be saved: %s. %s"), problem, way);
  g_strchomp (text);
  show_message (dialog, text, TRUE);
  helio_preview_set_rules (dialog->preview, NULL);
}

/* (transfer full) (nullable): all rules, with this one as the form says it, and at work. */
static char *
make_draft (HelioRuleDialog *dialog, char **id, GError **error)
{
  g_autoptr (JsonNode) rule = make_rule (dialog);
  g_autoptr (HelioRuleChange) change = NULL;
  const char *json = helio_rule_book_get_json (dialog->book);

  helio_rule_json_set_on (rule, TRUE);
  *id = g_strdup (helio_rule_json_get (rule, "id"));
  change = helio_rule_change_put (rule, dialog->before);
  return helio_rule_change_apply (change, json != NULL ? json : "", error);
}

typedef struct
{
  HelioRuleDialog *dialog;
  char *id;
  char *draft;
} Check;

static void
check_free (Check *check)
{
  g_object_unref (check->dialog);
  g_free (check->id);
  g_free (check->draft);
  g_free (check);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Check, check_free)

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Check) check = data;
  HelioRuleDialog *dialog = check->dialog;
  g_autoptr (GVariant) problems = NULL;
  g_autoptr (GVariant) problem = NULL;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_check_rules_finish (HELIO_AGENT1 (source), &problems, result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_autofree char *text = helio_error_get_text (error);
          show_message (dialog, text, TRUE);
        }
      return;
    }
  g_clear_object (&dialog->checking);
  problem = helio_dicts_find (problems, "id", check->id);
  if (problem != NULL)
    {
      show_problem (dialog, helio_dict_get_text (problem, "error"));
      return;
    }
  show_message (dialog, "", FALSE);
  set_good (dialog, TRUE);
  helio_preview_set_rules (dialog->preview, check->draft);
}

static gboolean
on_check (gpointer data)
{
  HelioRuleDialog *dialog = data;
  HelioAgent1 *agent = helio_rule_book_get_agent (dialog->book);
  g_autoptr (GError) error = NULL;
  Check *check;

  dialog->check_id = 0;
  if (agent == NULL)
    return G_SOURCE_REMOVE;
  check = g_new0 (Check, 1);
  check->dialog = g_object_ref (dialog);
  check->draft = make_draft (dialog, &check->id, &error);
  if (check->draft == NULL)
    {
      show_message (dialog, error->message, TRUE);
      check_free (check);
      return G_SOURCE_REMOVE;
    }
  dialog->checking = g_cancellable_new ();
  helio_agent1_call_check_rules (agent, check->draft, dialog->checking, on_checked, check);
  return G_SOURCE_REMOVE;
}

static void
stop_check (HelioRuleDialog *dialog)
{
  g_clear_handle_id (&dialog->check_id, g_source_remove);
  g_cancellable_cancel (dialog->checking);
  g_clear_object (&dialog->checking);
}

/* -- save --------------------------------------------------------------------------------- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioRuleDialog) dialog = data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = helio_rule_book_change_finish (HELIO_RULE_BOOK (source), result, &error);

  dialog->is_saving = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || dialog->message == NULL)
    return;
  if (is_saved)
    {
      gtk_window_destroy (GTK_WINDOW (dialog));
      return;
    }
  g_autofree char *text = helio_error_get_text (error);
  show_message (dialog, text, TRUE);
  set_good (dialog, TRUE);
}

static void
on_save_clicked (HelioRuleDialog *dialog)
{
  g_autoptr (JsonNode) rule = NULL;

  if (!dialog->is_good || dialog->is_saving)
    return;
  rule = make_rule (dialog);
  dialog->is_saving = TRUE;
  set_good (dialog, TRUE);
  helio_rule_book_change_async (dialog->book, helio_rule_change_put (rule, dialog->before),
                                dialog->cancellable, on_saved, g_object_ref (dialog));
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
show_rows (HelioRuleDialog *dialog)
{
  static const char *const patterns[]
      = { N_ ("Text"), N_ ("Pattern: * is anything, ? one character"), N_ ("Regular expression"),
          "" };
  gboolean any = is_any (dialog);
  guint match = adw_combo_row_get_selected (dialog->match_row);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (dialog->pattern_row),
                                 any ? "" : _ (patterns[match]));
  gtk_widget_set_visible (GTK_WIDGET (dialog->field_row), !any);
  gtk_widget_set_visible (GTK_WIDGET (dialog->pattern_row), !any);
  gtk_widget_set_visible (dialog->case_row, !any);
  gtk_widget_set_visible (GTK_WIDGET (dialog->target_row), has_target (dialog));
  gtk_widget_set_visible (GTK_WIDGET (dialog->with_row), has_with (dialog));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (dialog->target_row),
                                 any ? _ ("Field to change")
                                     : _ ("Field to change, if not the same"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (dialog->with_row),
                                 adw_combo_row_get_selected (dialog->action_row) == ACTION_RENAME
                                     ? _ ("New name")
                                     : _ ("New text"));
}

/* What was checked is no longer what the form says. */
static void
on_form_changed (HelioRuleDialog *dialog)
{
  const char *missing;

  if (dialog->is_filling || dialog->message == NULL)
    return;
  stop_check (dialog);
  set_good (dialog, FALSE);
  show_rows (dialog);
  missing = get_missing (dialog);
  if (missing != NULL)
    {
      show_message (dialog, missing, FALSE);
      helio_preview_set_rules (dialog->preview, NULL);
      return;
    }
  dialog->check_id = g_timeout_add (CHECK_MS, on_check, dialog);
}

static void
field_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  gtk_editable_set_text (HELIO_RULE_DIALOG (widget)->field_row,
                         g_variant_get_string (parameter, NULL));
}

static void
target_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  gtk_editable_set_text (HELIO_RULE_DIALOG (widget)->target_row,
                         g_variant_get_string (parameter, NULL));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_rule_dialog_dispose (GObject *object)
{
  HelioRuleDialog *dialog = HELIO_RULE_DIALOG (object);

  stop_check (dialog);
  g_cancellable_cancel (dialog->cancellable);
  g_clear_object (&dialog->book);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_RULE_DIALOG);
  G_OBJECT_CLASS (helio_rule_dialog_parent_class)->dispose (object);
}

static void
helio_rule_dialog_finalize (GObject *object)
{
  HelioRuleDialog *dialog = HELIO_RULE_DIALOG (object);

  g_clear_object (&dialog->cancellable);
  g_clear_pointer (&dialog->before, json_node_unref);
  G_OBJECT_CLASS (helio_rule_dialog_parent_class)->finalize (object);
}

static void
helio_rule_dialog_class_init (HelioRuleDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_rule_dialog_dispose;
  object_class->finalize = helio_rule_dialog_finalize;

  g_type_ensure (HELIO_TYPE_PREVIEW);
  g_type_ensure (HELIO_TYPE_WHERE_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-rule-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, message_box);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, message_icon);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, message);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, match_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, field_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, field_button);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, pattern_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, case_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, matches_case);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, action_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, target_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, target_button);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, with_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, where_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, scope_row);
  gtk_widget_class_bind_template_child (widget_class, HelioRuleDialog, preview);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_install_action (widget_class, "rule-form.field", "s", field_action);
  gtk_widget_class_install_action (widget_class, "rule-form.target", "s", target_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

/* Fields of ActivityWatch's own watchers: their names are what they are in every language. */
static void
offer_fields (GtkMenuButton *button, const char *action)
{
  static const char *const fields[] = { "app", "title", "url", "file", "project", "incognito" };
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *detailed = g_strdup_printf ("%s::%s", action, fields[i]);

      g_menu_append (menu, fields[i], detailed);
    }
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
helio_rule_dialog_init (HelioRuleDialog *dialog)
{
  dialog->cancellable = g_cancellable_new ();
  dialog->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (dialog));
  offer_fields (dialog->field_button, "rule-form.field");
  offer_fields (dialog->target_button, "rule-form.target");
  gtk_editable_set_text (dialog->field_row, "title");
}

static void
select_word (AdwComboRow *row, const char *const *words, guint n, const char *word)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (words[i], word) == 0)
      adw_combo_row_set_selected (row, i);
}

/* What of the rule can be said here; the rest is found out by the check. */
static void
fill (HelioRuleDialog *dialog, JsonNode *rule)
{
  select_word (dialog->match_row, matches, G_N_ELEMENTS (matches),
               helio_rule_json_get (rule, "match"));
  select_word (dialog->action_row, actions, G_N_ELEMENTS (actions),
               helio_rule_json_get (rule, "action"));
  select_word (dialog->scope_row, scopes, G_N_ELEMENTS (scopes),
               helio_rule_json_get (rule, "scope"));
  gtk_editable_set_text (dialog->name_row, helio_rule_json_get (rule, "name"));
  gtk_editable_set_text (dialog->field_row, helio_rule_json_get (rule, "field"));
  gtk_editable_set_text (dialog->pattern_row, helio_rule_json_get (rule, "pattern"));
  gtk_editable_set_text (dialog->target_row, helio_rule_json_get (rule, "target"));
  gtk_editable_set_text (dialog->with_row, helio_rule_json_get (rule, "with"));
  gtk_switch_set_active (dialog->matches_case,
                         json_object_get_boolean_member_with_default (json_node_get_object (rule),
                                                                      "match_case", FALSE));
  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Edit rule"));
}

GtkWindow *
helio_rule_dialog_new (GtkWindow *parent, HelioRuleBook *book, JsonNode *rule)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);
  g_return_val_if_fail (rule == NULL || JSON_NODE_HOLDS_OBJECT (rule), NULL);

  HelioRuleDialog *dialog = g_object_new (HELIO_TYPE_RULE_DIALOG, "transient-for", parent, NULL);
  HelioAgent1 *agent = helio_rule_book_get_agent (book);

  dialog->book = g_object_ref (book);
  dialog->before = rule != NULL ? helio_rule_json_copy (rule) : NULL;
  helio_where_row_fill (dialog->where_row, agent != NULL ? helio_agent1_get_buckets (agent) : NULL,
                        rule);
  if (rule != NULL)
    fill (dialog, rule);
  helio_preview_set_agent (dialog->preview, agent);
  dialog->is_filling = FALSE;
  on_form_changed (dialog);
  return GTK_WINDOW (dialog);
}
