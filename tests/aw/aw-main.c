/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* heliograph-test-aw: stands in for ActivityWatch's Python and Rust servers. */

#include "aw-history.h"
#include "aw-http.h"
#include "aw-live.h"

#include <gio/gio.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static AwServer server;
static int listener;

static gpointer
serve (gpointer data)
{
  (void) data;
  aw_http_serve (&server, listener);
  return NULL;
}

static gboolean
read_pace (const char *text, GError **error)
{
  static const char *const names[] = { "none", "python", "rust", "v4" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text != NULL ? text : "none", names[i]) == 0)
      {
        server.pace = (AwPace) i;
        return TRUE;
      }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--pace is none, python, rust or v4, not %s", text);
  return FALSE;
}

static gboolean
read_flavour (const char *text, GError **error)
{
  if (g_strcmp0 (text, "python") == 0)
    server.flavour = AW_FLAVOUR_PYTHON;
  else if (text == NULL || strcmp (text, "rust") == 0)
    server.flavour = AW_FLAVOUR_RUST;
  else
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--flavour is python or rust, not %s", text);
      return FALSE;
    }
  return TRUE;
}

static gboolean
run (int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *flavour = NULL, *address = NULL;
  g_autofree char *database = NULL, *pace = NULL, *hostname = NULL;
  g_autofree char *api_key = NULL, *device_id = NULL;
  g_auto (GStrv) events_in = NULL;
  gboolean is_live = FALSE, is_odd = FALSE, is_testing = FALSE, is_marked = FALSE;
  gint64 generate = 0, now = 0;
  int db_version = 5, years = 0, seed = 1, lock_timeout = 5050, stopped = 0;
  const GOptionEntry entries[] = {
    { "flavour", 0, 0, G_OPTION_ARG_STRING, &flavour, "Stand for this server", "python|rust" },
    { "db-version", 0, 0, G_OPTION_ARG_INT, &db_version, "Rust: 4 for old servers", "N" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &address, "Address; port 0 takes any", "IP:PORT" },
    { "database", 0, 0, G_OPTION_ARG_FILENAME, &database, "Keep the events here", "FILE" },
    { "hostname", 0, 0, G_OPTION_ARG_STRING, &hostname, "Name of the machine", "NAME" },
    { "device-id", 0, 0, G_OPTION_ARG_STRING, &device_id, "Instead of a random one", "UUID" },
    { "api-key", 0, 0, G_OPTION_ARG_STRING, &api_key, "Rust: ask for this key", "KEY" },
    { "testing", 0, 0, G_OPTION_ARG_NONE, &is_testing, "As --testing of the real ones", NULL },
    { "generate", 0, 0, G_OPTION_ARG_INT64, &generate, "History with N window events", "N" },
    { "years", 0, 0, G_OPTION_ARG_INT, &years, "History of N years", "N" },
    { "events-in", 0, 0, G_OPTION_ARG_STRING_ARRAY, &events_in, "Exactly N events in a bucket",
      "BUCKET=N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "What the history grows from", "S" },
    { "now", 0, 0, G_OPTION_ARG_INT64, &now, "End of the history", "MS" },
    { "odd", 0, 0, G_OPTION_ARG_NONE, &is_odd,
      "With ties, overlaps, long, zero, negative, sub-ms and future events", NULL },
    { "marked", 0, 0, G_OPTION_ARG_NONE, &is_marked,
      "With a mark in each title and URL, and titles in Cherokee of the app Vault", NULL },
    { "live", 0, 0, G_OPTION_ARG_NONE, &is_live, "Go on recording by the wall clock", NULL },
    { "pace", 0, 0, G_OPTION_ARG_STRING, &pace, "Cost of reads", "none|python|rust|v4" },
    { "lock-timeout", 0, 0, G_OPTION_ARG_INT, &lock_timeout,
      "Python: a write that waits longer is lost", "MS" },
    G_OPTION_ENTRY_NULL,
  };
  sigset_t signals;

  g_option_context_set_summary (context,
                                "Stands in for ActivityWatch's Python and Rust servers in tests"
                                " and demonstrations.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error) || !read_flavour (flavour, error)
      || !read_pace (pace, error))
    return FALSE;
  server.db_version = db_version;
  server.hostname = hostname != NULL ? g_steal_pointer (&hostname) : g_strdup ("laptop");
  server.api_key = g_steal_pointer (&api_key);
  server.is_testing = is_testing;
  server.is_marked = is_marked;
  server.lock_timeout_us = lock_timeout * (int64_t) 1000;
  server.device_id = device_id != NULL ? g_steal_pointer (&device_id) : aw_server_new_device_id ();
  server.store = aw_store_new (database, server.flavour, db_version, error);
  if (server.store == NULL)
    return FALSE;
  if (generate > 0 || years > 0 || events_in != NULL)
    {
      AwHistory history = { .seed = (guint32) seed,
                            .now = now != 0 ? now * AW_MS : aw_server_now (&server),
                            .events = generate,
                            .years = years,
                            .events_in = events_in,
                            .is_odd = is_odd };

      if (!aw_history_generate (&server, &history, error))
        return FALSE;
    }

  if (address == NULL)
    address = g_strdup ("127.0.0.1:0");
  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  server.port = aw_http_listen (address, &listener, error);
  if (server.port < 0)
    return FALSE;
  g_thread_unref (g_thread_new ("accept", serve, NULL));
  if (is_live)
    aw_live_start (&server, (guint32) seed);
  address[strcspn (address, ":")] = '\0';
  printf ("listening on http://%s:%d\n", address, server.port);
  fflush (stdout);

  sigwait (&signals, &stopped);
  aw_lock_take (&server.lock, -1);
  aw_store_commit (server.store);
  aw_store_free (server.store);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  if (run (argc, argv, &error))
    return EXIT_SUCCESS;
  g_printerr ("heliograph-test-aw: %s\n", error->message);
  return EXIT_FAILURE;
}
