/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/helio-agent.h"
#include "agent/helio-environment.h"
#include "agent/helio-log.h"
#include "agent/helio-once.h"
#include "agent/helio-settings.h"
#include "model/helio-error.h"
#include "model/helio-language.h"

/* How long a replacement waits for the ledger of the one before, which says goodbye. */
#define REPLACE_TRIES 50
#define REPLACE_WAIT_MS 100

typedef struct
{
  HelioAgent *agent;
  HelioLog *log;
  char *folder;
  int lock;
  gboolean replaces;
  gboolean is_started;
  int exit_code;
  guint name_id;
  guint tries;
} Program;

static gboolean
on_signal (gpointer data)
{
  helio_agent_quit (((Program *) data)->agent, 0);
  return G_SOURCE_CONTINUE;
}

/* One agent per ledger. Kept until the process ends. */
static gboolean
lock_ledger (Program *program, GError **error)
{
  g_autofree char *path = g_build_filename (program->folder, "ledger.lock", NULL);

  if (g_mkdir_with_parents (program->folder, 0700) != 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER, _ ("The folder %s can't be made: %s"),
                   program->folder, g_strerror (errno));
      return FALSE;
    }
  if (program->lock < 0)
    program->lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (program->lock < 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER,
                   _ ("%s can't be opened (%s): make it and its folder writable for this user"),
                   path, g_strerror (errno));
      return FALSE;
    }
  if (flock (program->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_BUSY,
      _ ("Another heliograph-agent uses the ledger in %s. End it first (heliographctl quit)"),
      program->folder);
  return FALSE;
}

static void
open_log (Program *program)
{
  g_autofree char *path
      = g_build_filename (g_get_user_state_dir (), "heliograph", "agent.log", NULL);
  g_autoptr (GError) error = NULL;

  if (!helio_log_open_file (program->log, path, &error))
    g_warning ("%s", error->message);
  malloc_trim (0);
}

static void
start (Program *program)
{
  g_autoptr (GError) error = NULL;

  if (program->is_started)
    return;
  if (!lock_ledger (program, &error))
    {
      g_printerr ("heliograph-agent: %s\n", error->message);
      helio_agent_quit (program->agent, g_error_matches (error, HELIO_ERROR, HELIO_ERROR_BUSY)
                                            ? HELIO_EXIT_BUSY
                                            : HELIO_EXIT_FAILED);
      return;
    }
  program->is_started = TRUE;
  open_log (program);
  g_message ("heliograph-agent %s begins", PACKAGE_VERSION);
  helio_agent_start (program->agent);
}

/* -- on the bus --------------------------------------------------------------------------- */

static gboolean
on_try_start (gpointer data)
{
  Program *program = data;
  g_autoptr (GError) error = NULL;

  if (++program->tries < REPLACE_TRIES && !lock_ledger (program, &error)
      && g_error_matches (error, HELIO_ERROR, HELIO_ERROR_BUSY))
    return G_SOURCE_CONTINUE;
  start (program);
  return G_SOURCE_REMOVE;
}

static void
on_bus_acquired (GDBusConnection *bus, const char *name, gpointer data)
{
  Program *program = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent_export (program->agent, bus, &error))
    g_warning ("The agent can't be put on the bus: %s", error->message);
}

static void
on_name_acquired (GDBusConnection *bus, const char *name, gpointer data)
{
  Program *program = data;

  if (program->replaces && !program->is_started)
    g_timeout_add (REPLACE_WAIT_MS, on_try_start, program);
  else
    start (program);
}

static void
on_name_lost (GDBusConnection *bus, const char *name, gpointer data)
{
  Program *program = data;

  if (program->is_started && bus != NULL && !g_dbus_connection_is_closed (bus))
    {
      g_message ("Another agent takes over");
      helio_agent_quit (program->agent, 0);
    }
  else if (program->is_started)
    {
      g_message ("The session bus is gone");
      helio_agent_quit (program->agent, 0);
    }
  else
    {
      g_print ("%s\n", _ ("heliograph-agent is already running"));
      helio_agent_quit (program->agent, 0);
    }
}

/* Without a bus the agent works all the same, but nobody can ask it anything. */
static void
begin (Program *program)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);

  if (bus == NULL)
    {
      g_message ("There is no session bus, so nobody can steer the agent; it goes on");
      start (program);
      return;
    }
  /* The end of the bus is the end of the session: there is a goodbye to say. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  on_bus_acquired (bus, HELIO_AGENT_NAME, program);
  program->name_id = g_bus_own_name_on_connection (
      bus, HELIO_AGENT_NAME,
      G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE | G_BUS_NAME_OWNER_FLAGS_ALLOW_REPLACEMENT
          | (program->replaces ? G_BUS_NAME_OWNER_FLAGS_REPLACE : 0),
      on_name_acquired, on_name_lost, program, NULL);
}

static gboolean
on_begin (gpointer data)
{
  begin (data);
  return G_SOURCE_REMOVE;
}

static int
run_resident (Program *program, HelioSettings *settings)
{
  g_autofree char *ledger = g_build_filename (program->folder, "ledger.db", NULL);
  g_autoptr (HelioAgent) agent = helio_agent_new (settings, program->log, ledger);
  int exit_code;

  program->agent = agent;
  g_unix_signal_add (SIGTERM, on_signal, program);
  g_unix_signal_add (SIGINT, on_signal, program);
  g_unix_signal_add (SIGHUP, on_signal, program);
  g_idle_add (on_begin, program);
  exit_code = helio_agent_run (agent);
  /* Who waits for the name to go may use the ledger then. */
  g_clear_pointer (&agent, helio_agent_free);
  if (program->lock >= 0)
    close (program->lock);
  if (program->name_id != 0)
    g_bus_unown_name (program->name_id);
  return exit_code;
}

static int
run_once (Program *program, HelioSettings *owned)
{
  g_autoptr (HelioSettings) settings = owned;
  g_autofree char *ledger = g_build_filename (program->folder, "ledger.db", NULL);
  g_autoptr (GError) error = NULL;
  int exit_code;

  if (!lock_ledger (program, &error))
    exit_code = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_BUSY) ? HELIO_EXIT_BUSY
                                                                       : HELIO_EXIT_FAILED;
  else
    {
      open_log (program);
      exit_code = helio_once_run (settings, ledger, &error);
    }
  if (error != NULL)
    g_printerr ("heliograph-agent: %s\n", error->message);
  return exit_code;
}

int
main (int argc, char *argv[])
{
  g_autofree char *file = NULL;
  gboolean is_once = FALSE, shows_version = FALSE;
  Program program = { .lock = -1 };
  const GOptionEntry entries[] = {
    { "once", 0, 0, G_OPTION_ARG_NONE, &is_once,
      N_ ("Publish everything that is switched on, then exit (for cron and timers)"), NULL },
    { "settings", 0, 0, G_OPTION_ARG_FILENAME, &file,
      N_ ("Keep the settings in a file instead of the desktop's settings"), N_ ("FILE") },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &program.replaces, N_ ("Take over from a running agent"),
      NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &shows_version, N_ ("Print the version"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *description = NULL;
  g_autoptr (GError) error = NULL;
  HelioSettings *settings;

  helio_language_begin ();
  description = g_strconcat (
      _ (HELIO_ENVIRONMENT_HELP),
      _ ("\nExit codes: 0 fine, 1 failed (--once: not everything is published), 75 another agent\n"
         "uses the ledger, 78 the configuration must be corrected.\n"),
      NULL);
  g_option_context_set_summary (
      context, _ ("Publishes what ActivityWatch records to the backends of your choice."));
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_autofree char *text = g_strdup_printf (
          _ ("%s. See --help"), error != NULL ? error->message : _ ("Too many arguments"));

      g_printerr ("heliograph-agent: %s\n", text);
      return HELIO_EXIT_SETTINGS;
    }
  if (shows_version)
    {
      g_print ("heliograph-agent %s\n", PACKAGE_VERSION);
      return 0;
    }

  /* The name of the error domain on the bus. */
  (void) helio_error_quark ();
  program.log = helio_log_install ();
  settings = helio_settings_new (file, &error);
  if (settings == NULL)
    {
      g_printerr ("heliograph-agent: %s\n", error->message);
      g_free (program.folder);
      return HELIO_EXIT_SETTINGS;
    }
  program.folder = g_build_filename (g_get_user_data_dir (), "heliograph", NULL);
  int exit_code = is_once ? run_once (&program, settings) : run_resident (&program, settings);
  g_free (program.folder);
  return exit_code;
}
