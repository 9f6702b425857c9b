/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-destination-group.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-browser.h"
#include "window/helio-destination-dialog.h"
#include "window/helio-keep-dialog.h"
#include "window/helio-level-row.h"
#include "window/helio-live-page.h"
#include "window/helio-rejected-window.h"
#include "window/helio-toast.h"

struct _HelioDestinationGroup
{
  AdwPreferencesGroup parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GVariant *destination; /* as the agent told it last */
  GCancellable *cancellable;
  char *test_error; /* until the state is another one, or the next test */

  /* values */
  gboolean is_testing;
  gboolean is_updating;
  guint in_hand; /* changes that the agent is at */

  /* template widgets */
  AdwActionRow *state_row;
  GtkImage *state_icon;
  GtkSpinner *spinner;
  GtkWidget *error_row;
  GtkLabel *error;
  GtkWidget *mend_button;
  HelioLevelRow *level_row;
  GtkSwitch *history;
  GtkWidget *rejected_row;
};

G_DEFINE_FINAL_TYPE (HelioDestinationGroup, helio_destination_group, ADW_TYPE_PREFERENCES_GROUP)

static const char *
get_text (HelioDestinationGroup *group, const char *key)
{
  return helio_dict_get_text (group->destination, key);
}

static gboolean
is_in_state (HelioDestinationGroup *group, const char *state)
{
  return strcmp (get_text (group, "state"), state) == 0;
}

static GtkWindow *
get_window (HelioDestinationGroup *group)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (group)));
}

/* -- how it is ---------------------------------------------------------------------------- */

/* Where it is, unless its name says that already. (transfer full) */
static char *
describe_place (HelioDestinationGroup *group)
{
  g_autofree char *device = helio_text_clean (get_text (group, "device"));
  g_autofree char *address = helio_text_clean (helio_dict_get_flag (group->destination, "bundled")
                                                   ? _ ("The receiver on this computer")
                                                   : get_text (group, "address"));

  if (!helio_dict_get_flag (group->destination, "bundled")
      && g_str_equal (get_text (group, "name"), get_text (group, "address")))
    g_clear_pointer (&address, g_free);
  if (*device == '\0')
    return address != NULL ? g_steal_pointer (&address) : g_strdup ("");
  if (address == NULL)
    /* Translators: the name of this device at a server */
    return g_strdup_printf (_ ("Knows this device as “%s”"), device);
  /* Translators: an address, and the name of this device at the server there */
  return g_strdup_printf (_ ("%s · knows this device as “%s”"), address, device);
}

static void
show_head (HelioDestinationGroup *group)
{
  g_autofree char *name = helio_text_clean (get_text (group, "name"));
  g_autofree char *text = describe_place (group);
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *description = g_markup_escape_text (text, -1);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
}

static char *
get_state_title (HelioDestinationGroup *group, int64_t now)
{
  int64_t retry_at = helio_dict_get_number (group->destination, "retry-at");

  if (is_in_state (group, "publishing"))
    return g_strdup (_ ("Publishing"));
  if (is_in_state (group, "idle"))
    return g_strdup (_ ("Everything is published"));
  if (is_in_state (group, "paused"))
    return g_strdup (_ ("Paused"));
  if (is_in_state (group, "stopped"))
    return g_strdup (_ ("Stopped: it needs you"));
  if (is_in_state (group, "waiting") && retry_at > now)
    {
      g_autofree char *time = helio_text_time (retry_at, now);
      /* Translators: %s is a time */
      return g_strdup_printf (_ ("Trying again at %s"), time);
    }
  if (is_in_state (group, "waiting"))
    return g_strdup (_ ("Trying again…"));
  return g_strdup (_ ("Connecting…"));
}

static void
show_state (HelioDestinationGroup *group, int64_t now)
{
  static const struct
  {
    const char *state;
    const char *icon;
    const char *css[2];
  } looks[] = {
    { "publishing", "view-refresh-symbolic", { "accent", NULL } },
    { "idle", "object-select-symbolic", { "success", NULL } },
    { "waiting", "dialog-warning-symbolic", { "warning", NULL } },
    { "stopped", "dialog-error-symbolic", { "error", NULL } },
    { "paused", "media-playback-pause-symbolic", { "dim-label", NULL } },
    { "connecting", "process-working-symbolic", { "dim-label", NULL } },
  };
  int64_t success = helio_dict_get_number (group->destination, "last-success");
  g_autofree char *title = get_state_title (group, now);
  g_autofree char *ago = helio_text_ago (success, now);
  /* Translators: %s is "12 min ago" or a day and time */
  g_autofree char *subtitle
      = success > 0 ? g_strdup_printf (_ ("Last answer %s"), ago) : g_strdup (_ ("No answer yet"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group->state_row), title);
  adw_action_row_set_subtitle (group->state_row, subtitle);
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      if (!is_in_state (group, looks[i].state))
        continue;
      gtk_image_set_from_icon_name (group->state_icon, looks[i].icon);
      gtk_widget_set_css_classes (GTK_WIDGET (group->state_icon), (const char **) looks[i].css);
    }
}

/* What a test found out comes before what the agent found: it is newer. */
static void
show_error (HelioDestinationGroup *group)
{
  const char *error = group->test_error != NULL ? group->test_error : get_text (group, "error");
  g_autofree char *clean = helio_text_clean (error);

  if (*clean != '\0')
    gtk_label_set_text (group->error, clean);
  gtk_widget_set_visible (group->error_row, *clean != '\0');
  gtk_widget_set_visible (group->mend_button, !helio_dict_get_flag (group->destination, "bundled"));
}

static void
show_settings (HelioDestinationGroup *group)
{
  gboolean has_history = helio_dict_get_flag (group->destination, "history");

  if (group->in_hand > 0)
    return;
  group->is_updating = TRUE;
  helio_level_row_set_level (group->level_row, get_text (group, "level"));
  gtk_switch_set_active (group->history, has_history);
  gtk_switch_set_state (group->history, has_history);
  group->is_updating = FALSE;
}

static void
show_rejected (HelioDestinationGroup *group)
{
  int64_t rejected = helio_dict_get_number (group->destination, "rejected");
  g_autofree char *count = helio_text_count (rejected);
  /* Translators: %s is a number */
  g_autofree char *title
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The server refused %s event",
                                      "The server refused %s events", (gulong) rejected),
                         count);

  if (rejected > 0)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group->rejected_row), title);
  gtk_widget_set_visible (group->rejected_row, rejected > 0);
}

/* -- changes ------------------------------------------------------------------------------ */

static void
on_destination_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationGroup) group = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_set_destination_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (group), error);
  group->in_hand--;
  if (group->level_row != NULL)
    show_settings (group);
}

static void
set_option (HelioDestinationGroup *group, const char *key, GVariant *value)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", key, value);
  group->in_hand++;
  helio_agent1_call_set_destination (group->agent, get_text (group, "id"),
                                     g_variant_builder_end (&options), group->cancellable,
                                     on_destination_set, g_object_ref (group));
}

static void
on_level_selected (HelioDestinationGroup *group)
{
  const char *level = helio_level_row_get_level (group->level_row);

  if (!group->is_updating && group->agent != NULL
      && (group->in_hand > 0 || strcmp (level, get_text (group, "level")) != 0))
    set_option (group, "level", g_variant_new_string (level));
}

/* The state follows once the agent has done it. */
static gboolean
on_history_set (HelioDestinationGroup *group, gboolean is_on)
{
  if (group->is_updating)
    return FALSE;
  if (group->agent != NULL)
    set_option (group, "history", g_variant_new_boolean (is_on));
  return TRUE;
}

static void
on_rejected_activated (HelioDestinationGroup *group)
{
  gtk_window_present (
      helio_rejected_window_new (get_window (group), group->agent, get_text (group, "id")));
}

static void
on_page_activated (HelioDestinationGroup *group)
{
  helio_live_page_open (GTK_WIDGET (group), group->agent, get_text (group, "id"),
                        group->cancellable);
}

/* -- actions ------------------------------------------------------------------------------ */

static void
set_testing (HelioDestinationGroup *group, gboolean is_testing)
{
  group->is_testing = is_testing;
  if (group->spinner != NULL)
    gtk_spinner_set_spinning (group->spinner, is_testing);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioDestinationGroup) group = data;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good
      = helio_agent1_call_test_destination_finish (HELIO_AGENT1 (source), &found, result, &error);

  set_testing (group, FALSE);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || group->error == NULL)
    return;
  if (is_good)
    {
      g_autofree char *device = helio_text_clean (helio_dict_get_text (found, "device"));
      /* Translators: %s is the name of this device at the server */
      g_autofree char *text
          = g_strdup_printf (_ ("It works: the server knows this device as “%s”"), device);
      helio_toast (GTK_WIDGET (group), text);
    }
  else
    {
      g_autofree char *text = helio_error_get_text (error);
      /* Translators: %s is a sentence that says why */
      group->test_error = g_strdup_printf (_ ("The test failed. %s"), text);
    }
  show_error (group);
}

static void
test_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioDestinationGroup *group = HELIO_DESTINATION_GROUP (widget);

  if (group->is_testing || group->agent == NULL)
    return;
  g_clear_pointer (&group->test_error, g_free);
  set_testing (group, TRUE);
  helio_agent1_call_test_destination (group->agent, get_text (group, "id"), group->cancellable,
                                      on_tested, g_object_ref (group));
}

static void
change_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioDestinationGroup *group = HELIO_DESTINATION_GROUP (widget);

  gtk_window_present (
      helio_destination_dialog_new_change (get_window (group), group->agent, group->destination));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) window = data;
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_remove_destination_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast (window, _ ("The destination is removed"));
  else
    helio_toast_error (window, error);
}

static void
on_response (HelioDestinationGroup *group, const char *response)
{
  /* The window hears the answer: the group is gone by then. */
  if (!g_str_equal (response, "cancel") && group->agent != NULL)
    helio_agent1_call_remove_destination (group->agent, get_text (group, "id"), response, NULL,
                                          on_removed, g_object_ref (get_window (group)));
}

static void
remove_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioDestinationGroup *group = HELIO_DESTINATION_GROUP (widget);
  g_autofree char *clean = helio_text_clean (get_text (group, "name"));
  /* Translators: %s is the name of a destination */
  g_autofree char *heading = g_strdup_printf (_ ("Remove “%s”?"), clean);
  GtkWindow *dialog = helio_keep_dialog_new (
      widget, heading,
      _ ("Nothing more is published there, and its token is forgotten. What it holds of this "
         "device can stay, or be deleted there first."));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), group, G_CONNECT_SWAPPED);
  gtk_window_present (dialog);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_destination_group_dispose (GObject *object)
{
  HelioDestinationGroup *group = HELIO_DESTINATION_GROUP (object);

  g_cancellable_cancel (group->cancellable);
  g_clear_object (&group->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_DESTINATION_GROUP);
  G_OBJECT_CLASS (helio_destination_group_parent_class)->dispose (object);
}

static void
helio_destination_group_finalize (GObject *object)
{
  HelioDestinationGroup *group = HELIO_DESTINATION_GROUP (object);

  g_clear_object (&group->cancellable);
  g_clear_pointer (&group->destination, g_variant_unref);
  g_clear_pointer (&group->test_error, g_free);
  G_OBJECT_CLASS (helio_destination_group_parent_class)->finalize (object);
}

static void
helio_destination_group_class_init (HelioDestinationGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_destination_group_dispose;
  object_class->finalize = helio_destination_group_finalize;

  g_type_ensure (HELIO_TYPE_LEVEL_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-destination-group.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, state_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, state_icon);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, error_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, error);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, mend_button);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, level_row);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, history);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationGroup, rejected_row);
  gtk_widget_class_bind_template_callback (widget_class, on_level_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_history_set);
  gtk_widget_class_bind_template_callback (widget_class, on_rejected_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_page_activated);

  gtk_widget_class_install_action (widget_class, "destination.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "destination.change", NULL, change_action);
  gtk_widget_class_install_action (widget_class, "destination.remove", NULL, remove_action);
}

static void
helio_destination_group_init (HelioDestinationGroup *group)
{
  group->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (group));
}

HelioDestinationGroup *
helio_destination_group_new (void)
{
  return g_object_new (HELIO_TYPE_DESTINATION_GROUP, NULL);
}

void
helio_destination_group_update (HelioDestinationGroup *group,
                                HelioAgent1 *agent,
                                GVariant *destination,
                                int64_t now)
{
  g_return_if_fail (HELIO_IS_DESTINATION_GROUP (group));
  g_return_if_fail (HELIO_IS_AGENT1 (agent));
  g_autoptr (GVariant) old = g_steal_pointer (&group->destination);

  g_set_object (&group->agent, agent);
  group->destination = g_variant_ref (destination);
  if (old != NULL && !is_in_state (group, helio_dict_get_text (old, "state")))
    g_clear_pointer (&group->test_error, g_free);
  show_state (group, now);
  show_error (group);
  if (old != NULL && g_variant_equal (old, destination))
    return;
  show_head (group);
  show_settings (group);
  show_rejected (group);
}
