/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "agent/helio-autostart.h"
#include "agent/helio-portal.h"
#include "agent/helio-secrets.h"
#include "model/helio-error.h"
#include "model/helio-headline.h"
#include "model/helio-time.h"

/* What the agent has to do with the desktop it runs on. Without a session bus: nothing. */

static GDBusConnection *
get_bus (HelioAgent *agent)
{
  return g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
}

/* In a sandbox only the desktop knows; its last answer counts. */
static gboolean
starts_at_login (HelioAgent *agent)
{
  return helio_autostart_is_sandboxed ()
             ? helio_settings_get_options (agent->settings)->starts_at_login
             : helio_autostart_is_on ();
}

GVariant *
helio_agent_make_machine (HelioAgent *agent)
{
  GVariantBuilder builder;
  const char *error = agent->autostart_error;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (
      &builder, "{sv}", "tray-host",
      g_variant_new_boolean (agent->tray != NULL && helio_tray_child_has_host (agent->tray)));
  g_variant_builder_add (
      &builder, "{sv}", "tray",
      g_variant_new_boolean (agent->tray != NULL && helio_tray_child_has_icon (agent->tray)));
  g_variant_builder_add (&builder, "{sv}", "secret-store",
                         g_variant_new_string (helio_secrets_get_state ()));
  g_variant_builder_add (&builder, "{sv}", "network",
                         g_variant_new_boolean (agent->network != NULL
                                                && helio_network_is_available (agent->network)));
  g_variant_builder_add (
      &builder, "{sv}", "metered",
      g_variant_new_boolean (agent->network != NULL && helio_network_is_metered (agent->network)));
  g_variant_builder_add (&builder, "{sv}", "start-at-login",
                         g_variant_new_boolean (starts_at_login (agent)));
  g_variant_builder_add (&builder, "{sv}", "start-at-login-error",
                         g_variant_new_string (error != NULL ? error : ""));
  return g_variant_builder_end (&builder);
}

/* -- options ------------------------------------------------------------------------------ */

void
helio_agent_add_desktop_options (HelioAgent *agent, GVariantBuilder *options)
{
  gboolean shows_icon = helio_settings_get_options (agent->settings)->shows_tray_icon;

  g_variant_builder_add (options, "{sv}", "tray-icon", g_variant_new_boolean (shows_icon));
  g_variant_builder_add (options, "{sv}", "start-at-login",
                         g_variant_new_boolean (starts_at_login (agent)));
}

typedef struct
{
  HelioAgent *agent;
  GDBusMethodInvocation *invocation;
} Reply;

static void
answer (HelioAgent *agent, GDBusMethodInvocation *invocation, GError *error)
{
  helio_agent_update_now (agent);
  if (error != NULL)
    g_dbus_method_invocation_take_error (invocation, error);
  else
    helio_agent1_complete_set_option (agent->skeleton, invocation);
}

/* What was arranged, or why not: both are kept. */
static void
take_autostart (HelioAgent *agent,
                GDBusMethodInvocation *invocation,
                gboolean is_on,
                GError *problem)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_boolean (is_on));
  GError *error = problem;

  g_free (agent->autostart_error);
  agent->autostart_error = problem != NULL ? g_strdup (problem->message) : NULL;
  if (problem != NULL)
    g_message ("%s", problem->message);
  else
    helio_settings_set_option (agent->settings, "start-at-login", value, &error);
  answer (agent, invocation, error);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Reply *reply = data;
  GError *error = NULL;
  gboolean is_on;

  helio_autostart_ask_finish (result, &is_on, &error);
  take_autostart (reply->agent, reply->invocation, is_on, error);
}

static void
set_autostart (HelioAgent *agent, GDBusMethodInvocation *invocation, gboolean is_on)
{
  GError *error = NULL;
  Reply *reply;

  if (!helio_autostart_is_sandboxed ())
    {
      helio_autostart_write (is_on, &error);
      take_autostart (agent, invocation, is_on, error);
      return;
    }
  reply = g_new0 (Reply, 1);
  reply->agent = agent;
  reply->invocation = invocation;
  helio_autostart_ask (get_bus (agent), is_on, NULL, on_asked, reply);
}

static void
match_tray (HelioAgent *agent)
{
  gboolean is_wanted = helio_settings_get_options (agent->settings)->shows_tray_icon;

  if (agent->tray != NULL)
    helio_tray_child_set_wanted (agent->tray, is_wanted && !agent->is_quitting);
}

gboolean
helio_agent_set_desktop_option (HelioAgent *agent,
                                GDBusMethodInvocation *invocation,
                                const char *key,
                                GVariant *value)
{
  GError *error = NULL;

  if (strcmp (key, "tray-icon") == 0)
    {
      if (helio_settings_set_option (agent->settings, key, value, &error))
        match_tray (agent);
      answer (agent, invocation, error);
      return TRUE;
    }
  if (strcmp (key, "start-at-login") != 0 || !g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return FALSE;
  set_autostart (agent, invocation, g_variant_get_boolean (value));
  return TRUE;
}

/* -- background --------------------------------------------------------------------------- */

void
helio_agent_tell_background (HelioAgent *agent)
{
  const HelioSituation situation = {
    .state = helio_agent1_get_state (agent->skeleton),
    .trouble = helio_agent1_get_trouble (agent->skeleton),
    .paused_until = helio_agent1_get_paused_until (agent->skeleton),
    .presence = helio_agent1_get_presence (agent->skeleton),
  };
  g_autofree char *title = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (get_bus (agent) == NULL || !helio_autostart_is_sandboxed ())
    return;
  title = helio_situation_get_title (&situation, helio_time_now ());
  if (g_strcmp0 (title, agent->background) == 0)
    return;
  g_free (agent->background);
  agent->background = g_steal_pointer (&title);
  g_variant_dict_insert (&options, "message", "s", agent->background);
  /* An older desktop does not know it: nothing is lost. */
  g_dbus_connection_call (get_bus (agent), HELIO_PORTAL_NAME, HELIO_PORTAL_PATH,
                          "org.freedesktop.portal.Background", "SetStatus",
                          g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

/* -- life --------------------------------------------------------------------------------- */

static void
on_changed (gpointer data)
{
  helio_agent_update (data);
}

void
helio_agent_begin_desktop (HelioAgent *agent)
{
  GDBusConnection *bus = get_bus (agent);

  if (bus == NULL)
    return;
  agent->notifier = helio_notifier_new (bus, helio_autostart_is_sandboxed ());
  agent->tray = helio_tray_child_new (bus, on_changed, agent);
  match_tray (agent);
}

void
helio_agent_end_desktop (HelioAgent *agent)
{
  match_tray (agent);
  helio_agent_show_notices (agent);
}

void
helio_agent_free_desktop (HelioAgent *agent)
{
  g_clear_pointer (&agent->notifier, helio_notifier_free);
  g_clear_pointer (&agent->tray, helio_tray_child_free);
  g_clear_pointer (&agent->autostart_error, g_free);
  g_clear_pointer (&agent->background, g_free);
}
