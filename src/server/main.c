/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "model/helio-language.h"
#include "server/helio-commands.h"
#include "server/helio-server.h"
#include "server/helio-store.h"

#define DEFAULT_LISTEN "127.0.0.1:5680"

static const char *const help
    = N_ ("Usage: heliograph-server [OPTION...] [COMMAND]\n"
          "\n"
          "Receives what your devices are doing, keeps their history, and shows a live page.\n"
          "Without a command it serves until it is told to stop (Ctrl-C).\n"
          "\n"
          "Options:\n"
          "  --listen ADDRESS:PORT  where to listen (default 127.0.0.1:5680; port 0: any)\n"
          "  --data FOLDER          where to keep the data (default: heliograph-server in the\n"
          "                         user's data folder)\n"
          "  --proxy ADDRESS        believe the addresses that the reverse proxy there forwards\n"
          "  --version              print the version\n"
          "  --help                 print this\n"
          "\n"
          "Commands (they work beside a running server, at once):\n"
          "  token add NAME         make a device and print its token, once\n"
          "  token add --read NAME  make a token that reads all devices and writes nothing\n"
          "  token list\n"
          "  token rotate NAME      a new token; the old one ends, the history stays\n"
          "  token revoke NAME      end a token; the history stays\n"
          "  device list\n"
          "  device set NAME [--public none|state|activity] [--hours on|off]\n"
          "                  [--timezone Area/City]\n"
          "                         what everybody may see (default: none, off)\n"
          "  export --format jsonl|csv [--device NAME]\n"
          "                         print all events\n"
          "\n"
          "Exit codes: 0 good, 1 failed, 2 wrong usage, 65 database damaged or newer,\n"
          "69 address in use, 73 folder not writable, 75 another server uses the folder.\n");

static gboolean
on_stop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static int
serve (const char *dir, const char *listen, const char *proxy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioStore) store = helio_store_open (dir, HELIO_STORE_SERVE, &error);
  g_autoptr (HelioServer) server = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  guint term, interrupt;

  if (store == NULL)
    return helio_command_fail (error);
  server = helio_server_new (store, listen, proxy, &error);
  if (server == NULL)
    {
      int code = helio_command_fail (error);

      return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ? HELIO_EXIT_USAGE
             : error->domain == G_IO_ERROR                                    ? HELIO_EXIT_ADDRESS
                                                                              : code;
    }
  loop = g_main_loop_new (NULL, FALSE);
  term = g_unix_signal_add (SIGTERM, on_stop, loop);
  interrupt = g_unix_signal_add (SIGINT, on_stop, loop);
  printf ("listening on http://%s\n", helio_server_get_address (server));
  fflush (stdout);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  return HELIO_EXIT_GOOD;
}

/* The value after an option, or NULL after saying that it is missing. */
static const char *
option_value (char **argv, int *i)
{
  const char *equals = strchr (argv[*i], '=');

  if (equals != NULL)
    return equals + 1;
  if (argv[*i + 1] == NULL)
    return NULL;
  return argv[++*i];
}

static gboolean
is_option (const char *word, const char *name)
{
  gsize length = strlen (name);

  return strncmp (word, name, length) == 0 && (word[length] == '\0' || word[length] == '=');
}

int
main (int argc, char *argv[])
{
  g_autofree char *dir = helio_store_default_dir ();
  const char *listen = NULL, *proxy = NULL;
  int i;

  helio_language_begin ();
  umask (0077);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error like a full disk */

  for (i = 1; i < argc && argv[i][0] == '-'; i++)
    {
      const char **wanted = is_option (argv[i], "--listen")  ? &listen
                            : is_option (argv[i], "--proxy") ? &proxy
                                                             : NULL;
      gboolean is_data = is_option (argv[i], "--data");
      const char *value;

      if (strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0)
        {
          fputs (_ (help), stdout);
          return HELIO_EXIT_GOOD;
        }
      if (strcmp (argv[i], "--version") == 0)
        {
          puts ("heliograph-server " PACKAGE_VERSION);
          return HELIO_EXIT_GOOD;
        }
      if (wanted == NULL && !is_data)
        return helio_command_usage (_ ("the option %s is unknown"), argv[i]);
      value = option_value (argv, &i);
      if (value == NULL || value[0] == '\0')
        return helio_command_usage (_ ("%s needs a value"), argv[value == NULL ? i : i - 1]);
      if (is_data)
        {
          g_free (dir);
          dir = g_canonicalize_filename (value, NULL);
        }
      else
        *wanted = value;
    }

  if (argv[i] == NULL)
    return serve (dir, listen != NULL ? listen : DEFAULT_LISTEN, proxy);
  if (listen != NULL || proxy != NULL)
    return helio_command_usage (_ ("--listen and --proxy are for the server, not for %s"), argv[i]);
  if (strcmp (argv[i], "token") == 0)
    return helio_command_token (dir, argv + i + 1);
  if (strcmp (argv[i], "device") == 0)
    return helio_command_device (dir, argv + i + 1);
  if (strcmp (argv[i], "export") == 0)
    return helio_command_export (dir, argv + i + 1);
  return helio_command_usage (_ ("the command %s is unknown"), argv[i]);
}
