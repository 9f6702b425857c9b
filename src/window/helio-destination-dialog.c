/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-destination-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-text.h"
#include "window/helio-entry.h"
#include "window/helio-level-row.h"
#include "window/helio-toast.h"
#include "window/helio-web-address.h"

typedef enum
{
  FOR_SERVER,
  FOR_THIS_COMPUTER,
  FOR_CHANGE,
} Purpose;

struct _HelioDestinationDialog
{
  AdwWindow parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GVariant *destination; /* that is changed, or NULL */
  char *present;         /* its address, or NULL while it is not known */
  GCancellable *cancellable;
  GCancellable *testing; /* what the form says; NULL: no such test is under way */

  /* values */
  Purpose purpose;
  gboolean is_tested; /* what the form says now */
  gboolean is_busy;

  /* template widgets */
  GtkButton *apply_button;
  GtkSpinner *spinner;
  GtkWidget *form;
  AdwPreferencesGroup *server_group;
  AdwPreferencesGroup *shown_group;
  GtkEditable *address_row;
  GtkEditable *token_row;
  GtkEditable *file_row;
  GtkWidget *plain_row;
  GtkSwitch *plain;
  AdwActionRow *test_row;
  GtkImage *test_icon;
  GtkWidget *test_button;
  GtkEditable *name_row;
  HelioLevelRow *level_row;
  GtkWidget *history_row;
  GtkSwitch *history;
  GtkWidget *keep_row;
  GtkSwitch *keep;
  GtkWidget *error_box;
  GtkLabel *error;
};

G_DEFINE_FINAL_TYPE (HelioDestinationDialog, helio_destination_dialog, ADW_TYPE_WINDOW)

/* In a form for changes: what is empty stays, too. */
static gboolean
has_new_address (HelioDestinationDialog *dialog)
{
  g_autofree char *url = helio_entry_get_address (dialog->address_row);

  return *url != '\0'
         && (dialog->present == NULL || !helio_web_address_is_same (url, dialog->present));
}

/* A token in a file and one in the form would be two. */
static char *
get_token (HelioDestinationDialog *dialog)
{
  return helio_entry_is_filled (dialog->file_row) ? g_strdup ("")
                                                  : helio_entry_get_text (dialog->token_row);
}

static GVariant *
make_options (HelioDestinationDialog *dialog)
{
  gboolean is_change = dialog->purpose == FOR_CHANGE;
  gboolean is_moved = is_change && has_new_address (dialog);
  g_autofree char *name = helio_entry_get_text (dialog->name_row);
  g_autofree char *url = helio_entry_get_address (dialog->address_row);
  g_autofree char *token = get_token (dialog);
  g_autofree char *file = helio_entry_get_path (dialog->file_row);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (*name != '\0'
      && (!is_change || strcmp (name, helio_dict_get_text (dialog->destination, "name")) != 0))
    g_variant_dict_insert (&options, "name", "s", name);
  if (!is_change)
    {
      g_variant_dict_insert (&options, "level", "s", helio_level_row_get_level (dialog->level_row));
      g_variant_dict_insert (&options, "history", "b", gtk_switch_get_active (dialog->history));
    }
  if (is_moved)
    g_variant_dict_insert (&options, "url", "s", url);
  if (is_moved && *token != '\0')
    g_variant_dict_insert (&options, "token", "s", token);
  /* The leave that the old address had must not go over to a new one. */
  if (is_moved || gtk_widget_get_visible (dialog->plain_row))
    g_variant_dict_insert (&options, "allow-plain-http", "b",
                           gtk_switch_get_active (dialog->plain));
  if (*file != '\0')
    g_variant_dict_insert (&options, "token-file", "s", file);
  if (dialog->purpose == FOR_THIS_COMPUTER && gtk_switch_get_active (dialog->keep))
    g_variant_dict_insert (&options, "keep-token-file", "b", TRUE);
  return g_variant_dict_end (&options);
}

/* -- what the form says ------------------------------------------------------------------- */

static void
show_buttons (HelioDestinationDialog *dialog)
{
  gboolean has_token
      = helio_entry_is_filled (dialog->token_row) || helio_entry_is_filled (dialog->file_row);

  gtk_widget_set_sensitive (dialog->test_button, !dialog->is_busy
                                                     && helio_entry_is_filled (dialog->address_row)
                                                     && has_token);
  gtk_widget_set_sensitive (GTK_WIDGET (dialog->apply_button),
                            !dialog->is_busy
                                && (dialog->purpose != FOR_SERVER || dialog->is_tested));
  gtk_spinner_set_spinning (dialog->spinner, dialog->is_busy);
}

static void
set_busy (HelioDestinationDialog *dialog, gboolean is_busy)
{
  dialog->is_busy = is_busy;
  if (dialog->form != NULL)
    show_buttons (dialog);
}

static void
show_verdict (HelioDestinationDialog *dialog, const char *icon, const char *css, const char *text)
{
  const char *classes[] = { css, NULL };

  gtk_widget_set_visible (GTK_WIDGET (dialog->test_icon), icon != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (dialog->test_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (dialog->test_icon), classes);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (dialog->test_row), text);
}

/* An error, and the way out of it. */
static void
show_error (HelioDestinationDialog *dialog, const GError *error)
{
  g_autofree char *text = error != NULL ? helio_error_get_text (error) : g_strdup ("");
  g_autofree char *clean = helio_text_clean (text);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || dialog->form == NULL)
    return;
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_INSECURE))
    gtk_widget_set_visible (dialog->plain_row, TRUE);
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE))
    gtk_widget_set_visible (dialog->purpose == FOR_THIS_COMPUTER ? dialog->keep_row
                                                                 : GTK_WIDGET (dialog->file_row),
                            TRUE);
  gtk_label_set_text (dialog->error, clean);
  gtk_widget_set_visible (dialog->error_box, error != NULL);
  if (error != NULL)
    gtk_window_set_default_size (GTK_WINDOW (dialog), gtk_widget_get_width (GTK_WIDGET (dialog)),
                                 -1);
}

static void
finish (HelioDestinationDialog *dialog, const char *format, const char *device)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));
  g_autofree char *clean = helio_text_clean (device);
  g_autoptr (GString) text = g_string_new (format);

  g_string_replace (text, "%s", clean, 1);
  if (parent != NULL)
    helio_toast (GTK_WIDGET (parent), text->str);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* -- test --------------------------------------------------------------------------------- */

static void
stop_test (HelioDestinationDialog *dialog)
{
  if (dialog->testing == NULL)
    return;
  g_cancellable_cancel (dialog->testing);
  g_clear_object (&dialog->testing);
  set_busy (dialog, FALSE);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good = helio_agent1_call_test_new_destination_finish (HELIO_AGENT1 (source), &found,
                                                                    result, &error);

  /* The form has changed since, or is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&dialog->testing);
  dialog->is_tested = is_good;
  set_busy (dialog, FALSE);
  if (is_good)
    {
      g_autofree char *device = helio_text_clean (helio_dict_get_text (found, "device"));
      /* Translators: %s is the name of this device at the server */
      g_autofree char *text
          = g_strdup_printf (_ ("It works: the server knows this device as “%s”"), device);

      show_verdict (dialog, "object-select-symbolic", "success", text);
      return;
    }

  show_error (dialog, error);
  gtk_widget_set_visible (dialog->error_box, FALSE);
  show_verdict (dialog, "dialog-error-symbolic", "error", gtk_label_get_text (dialog->error));
}

static void
on_test_clicked (HelioDestinationDialog *dialog)
{
  g_autofree char *url = helio_entry_get_address (dialog->address_row);
  g_autofree char *token = get_token (dialog);

  if (dialog->purpose != FOR_SERVER || !gtk_widget_get_sensitive (dialog->test_button))
    return;
  show_error (dialog, NULL);
  show_verdict (dialog, NULL, NULL, _ ("Testing…"));
  set_busy (dialog, TRUE);
  dialog->testing = g_cancellable_new ();
  helio_agent1_call_test_new_destination (dialog->agent, url, token, make_options (dialog),
                                          dialog->testing, on_tested, g_object_ref (dialog));
}

/* -- add ---------------------------------------------------------------------------------- */

static void
take_added (HelioDestinationDialog *dialog, gboolean is_added, const char *device, GError *error)
{
  set_busy (dialog, FALSE);
  if (dialog->form == NULL)
    return;
  if (is_added)
    /* Translators: %s is the name of this device at the server */
    finish (dialog, _ ("Added: this device is published as “%s”"), device);
  else
    show_error (dialog, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;
  g_autofree char *id = NULL;
  g_autofree char *device = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_added = helio_agent1_call_add_destination_finish (HELIO_AGENT1 (source), &id, &device,
                                                                result, &error);

  take_added (dialog, is_added, device, error);
}

static void
on_this_computer_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;
  g_autofree char *id = NULL;
  g_autofree char *device = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_added = helio_agent1_call_add_this_computer_finish (HELIO_AGENT1 (source), &id,
                                                                  &device, result, &error);

  take_added (dialog, is_added, device, error);
}

/* -- change ------------------------------------------------------------------------------- */

static void
on_change_tested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good
      = helio_agent1_call_test_destination_finish (HELIO_AGENT1 (source), &found, result, &error);

  set_busy (dialog, FALSE);
  if (dialog->form == NULL)
    return;
  if (is_good)
    /* Translators: %s is the name of this device at the server */
    finish (dialog, _ ("Changed, and it works: the server knows this device as “%s”"),
            helio_dict_get_text (found, "device"));
  else
    {
      g_autofree char *text = error != NULL ? helio_error_get_text (error) : g_strdup ("");
      /* Translators: %s is a sentence that says why */
      g_autofree char *whole = g_strdup_printf (_ ("Changed, but the test failed. %s"), text);
      g_autoptr (GError) told
          = error != NULL ? g_error_new_literal (error->domain, error->code, whole) : NULL;

      show_error (dialog, told);
    }
}

static void
test_change (HelioDestinationDialog *dialog)
{
  helio_agent1_call_test_destination (dialog->agent,
                                      helio_dict_get_text (dialog->destination, "id"),
                                      dialog->cancellable, on_change_tested, g_object_ref (dialog));
}

static void
on_token_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_set_token_finish (HELIO_AGENT1 (source), result, &error))
    {
      test_change (dialog);
      return;
    }
  set_busy (dialog, FALSE);
  show_error (dialog, error);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;
  g_autoptr (GError) error = NULL;
  gboolean is_set
      = helio_agent1_call_set_destination_finish (HELIO_AGENT1 (source), result, &error);
  g_autofree char *token = is_set && dialog->form != NULL ? get_token (dialog) : NULL;

  if (token == NULL)
    {
      set_busy (dialog, FALSE);
      show_error (dialog, error);
      return;
    }
  /* With a new address it went along. */
  if (*token != '\0' && !has_new_address (dialog))
    helio_agent1_call_set_token (dialog->agent, helio_dict_get_text (dialog->destination, "id"),
                                 token, dialog->cancellable, on_token_set, g_object_ref (dialog));
  else if (has_new_address (dialog) || helio_entry_is_filled (dialog->file_row))
    test_change (dialog);
  else
    finish (dialog, _ ("Changed"), "");
}

/* A leave for one address is none for another. */
static void
show_leave (HelioDestinationDialog *dialog)
{
  gboolean is_allowed = dialog->destination != NULL && !has_new_address (dialog)
                        && helio_dict_get_flag (dialog->destination, "allow-plain-http");

  gtk_switch_set_active (dialog->plain, is_allowed);
  gtk_widget_set_visible (dialog->plain_row, is_allowed);
}

/* The form begins with the present address, unless the person was quicker. */
static void
on_page_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationDialog) dialog = data;

  helio_agent1_call_get_page_finish (HELIO_AGENT1 (source), &dialog->present, result, NULL);
  if (dialog->present != NULL && dialog->form != NULL
      && !helio_entry_is_filled (dialog->address_row))
    gtk_editable_set_text (dialog->address_row, dialog->present);
}

/* -- callbacks ---------------------------------------------------------------------------- */

/* What was tested is no longer what the form says. */
static void
on_server_changed (HelioDestinationDialog *dialog)
{
  if (dialog->form == NULL)
    return;
  stop_test (dialog);
  show_verdict (dialog, NULL, NULL, _ ("Not tested yet"));
  dialog->is_tested = FALSE;
  show_error (dialog, NULL);
  show_buttons (dialog);
}

static void
on_address_changed (HelioDestinationDialog *dialog)
{
  if (dialog->form == NULL)
    return;
  show_leave (dialog);
  on_server_changed (dialog);
}

static void
on_keep_changed (HelioDestinationDialog *dialog)
{
  show_error (dialog, NULL);
}

static void
on_apply_clicked (HelioDestinationDialog *dialog)
{
  g_autofree char *url = helio_entry_get_address (dialog->address_row);
  g_autofree char *token = get_token (dialog);

  if (!gtk_widget_get_sensitive (GTK_WIDGET (dialog->apply_button)))
    return;
  show_error (dialog, NULL);
  set_busy (dialog, TRUE);
  switch (dialog->purpose)
    {
    case FOR_SERVER:
      helio_agent1_call_add_destination (dialog->agent, url, token, make_options (dialog),
                                         dialog->cancellable, on_added, g_object_ref (dialog));
      break;
    case FOR_THIS_COMPUTER:
      helio_agent1_call_add_this_computer (dialog->agent, make_options (dialog),
                                           dialog->cancellable, on_this_computer_added,
                                           g_object_ref (dialog));
      break;
    case FOR_CHANGE:
    default:
      helio_agent1_call_set_destination (
          dialog->agent, helio_dict_get_text (dialog->destination, "id"), make_options (dialog),
          dialog->cancellable, on_changed, g_object_ref (dialog));
    }
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_destination_dialog_dispose (GObject *object)
{
  HelioDestinationDialog *dialog = HELIO_DESTINATION_DIALOG (object);

  g_cancellable_cancel (dialog->cancellable);
  stop_test (dialog);
  g_clear_object (&dialog->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_DESTINATION_DIALOG);
  G_OBJECT_CLASS (helio_destination_dialog_parent_class)->dispose (object);
}

static void
helio_destination_dialog_finalize (GObject *object)
{
  HelioDestinationDialog *dialog = HELIO_DESTINATION_DIALOG (object);

  g_clear_object (&dialog->cancellable);
  g_clear_pointer (&dialog->destination, g_variant_unref);
  g_clear_pointer (&dialog->present, g_free);
  G_OBJECT_CLASS (helio_destination_dialog_parent_class)->finalize (object);
}

static void
helio_destination_dialog_class_init (HelioDestinationDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_destination_dialog_dispose;
  object_class->finalize = helio_destination_dialog_finalize;

  /* Before the first error comes over the bus. */
  (void) HELIO_ERROR;
  g_type_ensure (HELIO_TYPE_LEVEL_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-destination-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, apply_button);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, form);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, server_group);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, shown_group);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, token_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, plain_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, plain);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, test_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, test_icon);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, test_button);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, level_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, history_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, history);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, keep_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, keep);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, error_box);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationDialog, error);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_test_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_apply_clicked);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
helio_destination_dialog_init (HelioDestinationDialog *dialog)
{
  dialog->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (dialog));
}

static HelioDestinationDialog *
make (GtkWindow *parent, HelioAgent1 *agent, Purpose purpose)
{
  HelioDestinationDialog *dialog
      = g_object_new (HELIO_TYPE_DESTINATION_DIALOG, "transient-for", parent, NULL);

  dialog->agent = g_object_ref (agent);
  dialog->purpose = purpose;
  return dialog;
}

GtkWindow *
helio_destination_dialog_new (GtkWindow *parent, HelioAgent1 *agent)
{
  g_return_val_if_fail (HELIO_IS_AGENT1 (agent), NULL);

  HelioDestinationDialog *dialog = make (parent, agent, FOR_SERVER);

  gtk_widget_grab_focus (GTK_WIDGET (dialog->address_row));
  return GTK_WINDOW (dialog);
}

GtkWindow *
helio_destination_dialog_new_this_computer (GtkWindow *parent, HelioAgent1 *agent)
{
  g_return_val_if_fail (HELIO_IS_AGENT1 (agent), NULL);

  HelioDestinationDialog *dialog = make (parent, agent, FOR_THIS_COMPUTER);

  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Use this computer"));
  gtk_widget_set_visible (GTK_WIDGET (dialog->server_group), FALSE);
  adw_preferences_group_set_description (
      dialog->shown_group,
      _ ("Heliograph runs a receiver here, which this computer alone can reach. Its live page "
         "shows what is published."));
  gtk_editable_set_text (dialog->name_row, _ ("This computer"));
  show_buttons (dialog);
  gtk_widget_grab_focus (GTK_WIDGET (dialog->level_row));
  return GTK_WINDOW (dialog);
}

GtkWindow *
helio_destination_dialog_new_change (GtkWindow *parent, HelioAgent1 *agent, GVariant *destination)
{
  g_return_val_if_fail (HELIO_IS_AGENT1 (agent), NULL);
  g_return_val_if_fail (destination != NULL, NULL);

  HelioDestinationDialog *dialog = make (parent, agent, FOR_CHANGE);
  gboolean is_bundled = helio_dict_get_flag (destination, "bundled");

  dialog->destination = g_variant_ref (destination);
  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Change the destination"));
  gtk_button_set_label (dialog->apply_button, _ ("Save"));
  adw_preferences_group_set_description (dialog->server_group,
                                         _ ("Enter a token only to replace the one in use."));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (dialog->token_row), _ ("New token"));
  /* The agent makes address and token of its own receiver. */
  gtk_widget_set_visible (GTK_WIDGET (dialog->server_group), !is_bundled);
  gtk_widget_set_visible (GTK_WIDGET (dialog->test_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (dialog->level_row), FALSE);
  gtk_widget_set_visible (dialog->history_row, FALSE);
  show_leave (dialog);
  if (!is_bundled)
    helio_agent1_call_get_page (agent, helio_dict_get_text (destination, "id"), dialog->cancellable,
                                on_page_told, g_object_ref (dialog));
  gtk_editable_set_text (dialog->name_row, helio_dict_get_text (destination, "name"));
  show_buttons (dialog);
  gtk_widget_grab_focus (GTK_WIDGET (is_bundled ? dialog->name_row : dialog->address_row));
  return GTK_WINDOW (dialog);
}
