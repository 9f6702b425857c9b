/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-tray"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <signal.h>

#include "model/helio-language.h"
#include "tray/helio-tray.h"

#define TRAY_NAME APP_ID ".Tray"
#define PATIENCE 30

typedef struct
{
  GDBusConnection *bus; /* NULL until the name is ours */
  HelioTray *tray;
  guint patience;
  int exit_code;
} Program;

static void
on_name_acquired (GDBusConnection *bus, const char *name G_GNUC_UNUSED, gpointer data)
{
  Program *program = data;

  if (program->tray != NULL)
    return;
  program->bus = g_object_ref (bus);
  program->tray = helio_tray_new (bus, program->patience);
}

static void
on_name_lost (GDBusConnection *bus, const char *name G_GNUC_UNUSED, gpointer data)
{
  Program *program = data;

  /* With a bus, another one shows the icon: that is what was wanted. */
  if (bus == NULL)
    {
      g_printerr ("heliograph-tray: %s\n", _ ("There is no session bus here"));
      program->exit_code = 1;
    }
  gtk_main_quit ();
}

static gboolean
on_signal (gpointer data G_GNUC_UNUSED)
{
  gtk_main_quit ();
  return G_SOURCE_CONTINUE;
}

/* Nothing here is drawn but by the panel: neither GL (60 MiB, measured) nor a bridge for screen
 * readers is of use in this process, unless the user wants them. */
static void
save_memory (void)
{
  g_setenv ("GDK_GL", "disable", FALSE);
  g_setenv ("NO_AT_BRIDGE", "1", FALSE);
}

int
main (int argc, char **argv)
{
  gboolean asks_version = FALSE;
  int patience = PATIENCE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &asks_version, N_ ("Print the version"), NULL },
    { "patience", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &patience,
      "How long an agent that vanished may stay away, for tests", "SECONDS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  save_memory ();
  helio_language_begin ();
  g_set_prgname ("heliograph-tray");

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("Shows Heliograph in the tray of the desktop. "
                                            "The agent starts it where there is one."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("heliograph-tray: %s\n", error->message);
      return 2;
    }
  if (asks_version)
    {
      g_print ("heliograph-tray %s\n", PACKAGE_VERSION);
      return 0;
    }
  if (!gtk_init_check (&argc, &argv))
    {
      g_printerr ("heliograph-tray: %s\n", _ ("There is no display here"));
      return 1;
    }

  Program program = { .patience = (guint) MAX (patience, 1) };
  /* It may outlive the agent that reads its standard output. */
  signal (SIGPIPE, SIG_IGN);
  g_unix_signal_add (SIGTERM, on_signal, NULL);
  g_unix_signal_add (SIGINT, on_signal, NULL);
  g_bus_own_name (G_BUS_TYPE_SESSION, TRAY_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                  on_name_acquired, on_name_lost, &program, NULL);
  gtk_main ();
  g_clear_object (&program.tray);
  /* The panel that says that "Quit" was chosen waits for an answer. */
  if (program.bus != NULL)
    g_dbus_connection_flush_sync (program.bus, NULL, NULL);
  g_clear_object (&program.bus);
  return program.exit_code;
}
