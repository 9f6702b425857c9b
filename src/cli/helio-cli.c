/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-text.h"
#include "model/helio-error.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"

#define BUS_NAME APP_ID ".Agent"
#define OBJECT_PATH "/io/github/heliograph/Heliograph/Agent"

/* An agent that waits for a dead ActivityWatch stays "starting" no longer than its time-out. */
#define START_SECONDS 15

void
helio_cli_complain (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);

  g_autofree char *masked = helio_text_mask_tokens (message);
  g_autofree char *clean = helio_text_clean (masked);
  g_printerr ("heliographctl: %s\n", clean);
}

HelioExit
helio_cli_misused (HelioCli *cli, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);

  helio_cli_complain ("%s", message);
  if (cli->command != NULL)
    g_printerr (_ ("See: heliographctl %s --help\n"), cli->command->name);
  else
    g_printerr (_ ("See: heliographctl --help\n"));
  return HELIO_EXIT_USAGE;
}

gboolean
helio_cli_parse (HelioCli *cli, const GOptionEntry *entries, char ***args, guint least, guint most)
{
  g_autoptr (GOptionContext) context = g_option_context_new (cli->command->arguments);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("heliographctl %s", cli->command->name);

  /* The usage line of GOption begins with the program's name. */
  g_set_prgname (name);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ (cli->command->summary));
  if (cli->command->details != NULL)
    g_option_context_set_description (context, _ (cli->command->details));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);

  if (!g_option_context_parse_strv (context, args, &error))
    {
      helio_cli_misused (cli, "%s", error->message);
      return FALSE;
    }

  /* GOption leaves the "--" that keeps a word like "-5m" from being an option. */
  if (g_strcmp0 ((*args)[1], "--") == 0)
    {
      g_free ((*args)[1]);
      memmove (*args + 1, *args + 2, (g_strv_length (*args + 2) + 1) * sizeof (char *));
    }
  guint count = g_strv_length (*args) - 1;
  if (count < least)
    {
      helio_cli_misused (cli, _ ("something is missing: %s %s"), cli->command->name,
                         cli->command->arguments);
      return FALSE;
    }
  if (count > most)
    {
      helio_cli_misused (cli, _ ("“%s” is one word too many"), (*args)[most + 1]);
      return FALSE;
    }
  return TRUE;
}

static HelioExit
report_not_running (void)
{
  helio_cli_complain (_ ("the agent is not running"));
  g_printerr (_ ("Start it: heliograph-agent, or systemctl --user start heliograph-agent; "
                 "“heliographctl sync” starts it too\n"));
  return HELIO_EXIT_NO_AGENT;
}

static HelioExit
report_no_bus (const GError *error)
{
  helio_cli_complain (_ ("there is no session bus here, so no agent can be reached: %s"),
                      error->message);
  g_printerr (_ ("Without one, as from cron: heliograph-agent --once --settings FILE publishes "
                 "everything and ends.\n"));
  return HELIO_EXIT_NO_AGENT;
}

static HelioExit
start_agent (GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "StartServiceByName", g_variant_new ("(su)", BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  if (reply != NULL)
    return HELIO_EXIT_OK;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    {
      helio_cli_complain (_ ("the agent is not running, and the bus knows none to start"));
      g_printerr (_ ("Start it: heliograph-agent\n"));
      return HELIO_EXIT_NO_AGENT;
    }
  g_dbus_error_strip_remote_error (error);
  helio_cli_complain (_ ("the agent could not be started: %s"), error->message);
  g_printerr (_ ("Start it in a terminal to see why: heliograph-agent\n"));
  return HELIO_EXIT_NO_AGENT;
}

HelioExit
helio_cli_connect (HelioCli *cli, HelioCliStart start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);

  if (bus == NULL)
    return report_no_bus (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);

  for (;;)
    {
      cli->agent = helio_agent1_proxy_new_sync (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, BUS_NAME,
                                                OBJECT_PATH, NULL, &error);
      if (cli->agent == NULL)
        return helio_cli_failed (error);
      if (helio_has_owner (cli->agent))
        break;
      g_clear_object (&cli->agent);
      if (start == HELIO_CLI_ONLY_RUNNING)
        return report_not_running ();
      HelioExit code = start_agent (bus);
      if (code != HELIO_EXIT_OK)
        return code;
      /* If it ended at once, this was the only try. */
      start = HELIO_CLI_ONLY_RUNNING;
    }

  /* Reading a million events again takes as long as it takes. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (cli->agent), G_MAXINT);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_begin (HelioCli *cli, const GOptionEntry *entries, char ***args, guint least, guint most)
{
  return helio_cli_parse (cli, entries, args, least, most)
             ? helio_cli_connect (cli, HELIO_CLI_START)
             : HELIO_EXIT_USAGE;
}

HelioExit
helio_cli_begin_list (HelioCli *cli, char ***args, guint most, gboolean *is_json)
{
  const GOptionEntry entries[] = {
    HELIO_CLI_JSON_ENTRY (is_json),
    G_OPTION_ENTRY_NULL,
  };

  return helio_cli_begin (cli, entries, args, 0, most);
}

static gboolean
on_start_timeout (gpointer data)
{
  gboolean *is_over = data;

  *is_over = TRUE;
  return G_SOURCE_REMOVE;
}

void
helio_cli_wait_started (HelioCli *cli)
{
  gboolean is_over = FALSE;
  guint timeout = g_timeout_add_seconds (START_SECONDS, on_start_timeout, &is_over);

  while (!is_over && g_strcmp0 (helio_agent1_get_state (cli->agent), "starting") == 0)
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    g_source_remove (timeout);
}

HelioExit
helio_cli_failed (const GError *error)
{
  g_autoptr (GError) plain = g_error_copy (error);

  g_dbus_error_strip_remote_error (plain);
  if (g_error_matches (plain, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (plain, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    return report_not_running ();
  if (g_error_matches (plain, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (plain, G_IO_ERROR, G_IO_ERROR_CLOSED))
    {
      helio_cli_complain (_ ("the agent ended before it answered"));
      return HELIO_EXIT_NO_AGENT;
    }
  if (g_error_matches (plain, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    {
      helio_cli_complain (_ ("the running agent does not know this command: it is of another "
                             "version. Restart it: heliographctl quit"));
      return HELIO_EXIT_FAILED;
    }

  helio_cli_complain ("%s", plain->message);
  return HELIO_EXIT_FAILED;
}
