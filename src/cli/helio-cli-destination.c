/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli-published.h"
#include "cli/helio-cli-secret.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-text.h"

static const char *const levels[] = { "nothing", "state", "app", "title", NULL };

/* Of SetDestination, and whether each is a switch. */
static const char *const keys[]
    = { "url", "name", "level", "history", "allow-plain-http", "token-file", NULL };

static gboolean
check_level (HelioCli *cli, const char *level)
{
  if (g_strv_contains (levels, level))
    return TRUE;
  helio_cli_misused (cli, _ ("“%s” is no level: nothing, state, app or title"), level);
  return FALSE;
}

/* What is meant to be read by the agent must not depend on where this program was started. */
static char *
absolute (const char *file)
{
  return g_canonicalize_filename (file, NULL);
}

static HelioExit
add (HelioCli *cli, const char *url, const char *token, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);

  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GVariant) answer = helio_cli_call (
      cli, "AddDestination", g_variant_new ("(ss@a{sv})", url, token, g_variant_dict_end (options)),
      &error);
  if (answer == NULL)
    {
      HelioExit failed = helio_cli_failed (error);

      if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE))
        g_printerr (
            _ ("Without a secret store: --token-file FILE --keep-token-file, and keep FILE, "
               "with mode 0600\n"));
      else if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_INSECURE))
        g_printerr (_ ("If the network is yours: --allow-plain-http\n"));
      return failed;
    }

  const char *id;
  const char *device;
  g_variant_get (answer, "(&s&s)", &id, &device);
  g_print (_ ("Added %s: publishing as device “%s”.\n"), id, device);
  return HELIO_EXIT_OK;
}

static HelioExit
add_this_computer (HelioCli *cli, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);

  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GVariant) answer = helio_cli_call (
      cli, "AddThisComputer", g_variant_new ("(@a{sv})", g_variant_dict_end (options)), &error);
  if (answer == NULL)
    {
      HelioExit failed = helio_cli_failed (error);

      if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE))
        g_printerr (_ ("Without a secret store: --this-computer --keep-token-file; the agent then "
                       "keeps a file\nwith mode 0600\n"));
      return failed;
    }

  const char *id;
  const char *device;
  g_variant_get (answer, "(&s&s)", &id, &device);
  g_print (_ ("Added %s: this computer, as device “%s”.\n"), id, device);
  g_autofree char *page = helio_cli_get_page (cli, id);
  if (page != NULL)
    g_print (_ ("Its live page: %s\n"), page);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_destination_add (HelioCli *cli, char ***args)
{
  g_autofree char *file = NULL;
  g_autofree char *name = NULL;
  g_autofree char *level = NULL;
  gboolean is_file_kept = FALSE;
  gboolean has_no_history = FALSE;
  gboolean is_plain = FALSE;
  gboolean is_here = FALSE;
  const GOptionEntry entries[] = {
    { "this-computer", 0, 0, G_OPTION_ARG_NONE, &is_here,
      N_ ("Instead of URL: a receiver that the agent runs here, with a token made for it"), NULL },
    { "token-file", 't', 0, G_OPTION_ARG_FILENAME, &file,
      N_ ("Where the token is; - reads standard input, from a terminal without echo"),
      N_ ("FILE") },
    { "keep-token-file", 0, 0, G_OPTION_ARG_NONE, &is_file_kept,
      N_ ("The agent reads the token from FILE, mode 0600, instead of the secret store"), NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("How you call it"), N_ ("NAME") },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level,
      N_ ("What its live status shows: nothing, state, app or title"), N_ ("LEVEL") },
    { "no-history", 0, 0, G_OPTION_ARG_NONE, &has_no_history,
      N_ ("Only the live status, no events"), NULL },
    { "allow-plain-http", 0, 0, G_OPTION_ARG_NONE, &is_plain,
      N_ ("Even if others on the network can read everything, the token too"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (!helio_cli_parse (cli, entries, args, 0, 1))
    return HELIO_EXIT_USAGE;
  if ((*args)[1] == NULL && !is_here)
    return helio_cli_misused (cli, _ ("something is missing: %s %s"), cli->command->name,
                              cli->command->arguments);
  if (level != NULL && !check_level (cli, level))
    return HELIO_EXIT_USAGE;
  if (name != NULL)
    g_variant_dict_insert (&options, "name", "s", name);
  if (level != NULL)
    g_variant_dict_insert (&options, "level", "s", level);
  g_variant_dict_insert (&options, "history", "b", !has_no_history);
  if (is_here)
    {
      if ((*args)[1] != NULL || file != NULL || is_plain)
        return helio_cli_misused (
            cli, "%s",
            _ ("--this-computer takes no URL, no --token-file and no --allow-plain-http"));
      g_variant_dict_insert (&options, "keep-token-file", "b", is_file_kept);
      return add_this_computer (cli, &options);
    }
  if (file == NULL && !isatty (STDIN_FILENO))
    return helio_cli_misused (cli, "%s",
                              _ ("where is the token? --token-file FILE, or - for standard input"));
  if (is_file_kept && (file == NULL || strcmp (file, "-") == 0))
    return helio_cli_misused (cli, "%s", _ ("--keep-token-file needs --token-file FILE"));

  g_variant_dict_insert (&options, "allow-plain-http", "b", is_plain);
  if (is_file_kept)
    {
      g_autofree char *path = absolute (file);

      g_variant_dict_insert (&options, "token-file", "s", path);
      return add (cli, (*args)[1], "", &options);
    }

  g_autoptr (HelioSecret) token
      = helio_cli_read_secret (file != NULL ? file : "-", _ ("Token: "), &error);
  if (token == NULL)
    return helio_cli_failed (error);
  if (g_str_has_prefix (token, "hgr_"))
    {
      helio_cli_complain (_ ("that is a read-only token; publishing needs the token of a device"));
      return HELIO_EXIT_FAILED;
    }
  return add (cli, (*args)[1], token, &options);
}

static const char *
describe_level (const char *level)
{
  if (strcmp (level, "nothing") == 0)
    return _ ("nothing");
  if (strcmp (level, "state") == 0)
    return _ ("state");
  if (strcmp (level, "app") == 0)
    return _ ("app");
  if (strcmp (level, "title") == 0)
    return _ ("app and title");
  return level;
}

HelioExit
helio_cli_destination_list (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  HelioExit code = helio_cli_begin_list (cli, args, 0, &is_json);

  if (code != HELIO_EXIT_OK)
    return code;

  GVariant *destinations = helio_agent1_get_destinations (cli->agent);
  if (is_json)
    {
      helio_json_print (destinations);
      return HELIO_EXIT_OK;
    }
  g_autoptr (HelioTable) table
      = helio_table_new ("", _ ("ID"), _ ("NAME"), _ ("ADDRESS"), _ ("DEVICE"), _ ("SHOWS"),
                         _ ("HISTORY"), _ ("STATE"), NULL);
  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);

      helio_table_add (table, helio_dict_get_text (one, "id"));
      helio_table_add (table, helio_dict_get_text (one, "name"));
      helio_table_add (table, helio_dict_get_text (one, "address"));
      helio_table_add (table, helio_dict_get_text (one, "device"));
      helio_table_add (table, describe_level (helio_dict_get_text (one, "level")));
      helio_table_add (table, helio_dict_get_flag (one, "history") ? _ ("yes") : _ ("no"));
      helio_table_add (table, helio_dict_get_text (one, "state"));
    }
  if (helio_table_rows (table) == 0)
    g_print ("%s", _ ("There is no destination yet: heliographctl destination add URL "
                      "--token-file FILE\n"));
  else
    helio_table_print (table);
  return HELIO_EXIT_OK;
}

/* @answer: (nullable) (transfer full): of TestDestination or TestNewDestination */
static HelioExit
print_test (const char *id, GVariant *owned, GError *error)
{
  g_autoptr (GVariant) answer = owned;

  if (answer == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_prefix_error (&error, "%s: ", id);
      return helio_cli_failed (error);
    }
  g_autoptr (GVariant) result = g_variant_get_child_value (answer, 0);
  g_autofree char *events = helio_text_count (helio_dict_get_number (result, "max-events"));
  g_autofree char *server = helio_text_clean (helio_dict_get_text (result, "server"));
  g_autofree char *device = helio_text_clean (helio_dict_get_text (result, "device"));
  g_print (_ ("%s: %s knows this device as “%s”; up to %s events at once%s.\n"), id, server, device,
           events, helio_dict_get_flag (result, "gzip") ? _ (", compressed") : "");
  return HELIO_EXIT_OK;
}

static HelioExit
test_one (HelioCli *cli, const char *id)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = helio_cli_call (cli, "TestDestination", g_variant_new ("(s)", id), &error);

  return print_test (id, answer, error);
}

/* One that is not added yet. */
static HelioExit
test_new (HelioCli *cli, const char *url, const char *file, gboolean is_plain)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioSecret) token = helio_cli_read_secret (file, _ ("Token: "), &error);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  HelioExit code;

  if (token == NULL)
    return helio_cli_failed (error);
  code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;
  g_variant_dict_insert (&options, "allow-plain-http", "b", is_plain);
  GVariant *answer = helio_cli_call (
      cli, "TestNewDestination",
      g_variant_new ("(ss@a{sv})", url, token, g_variant_dict_end (&options)), &error);
  return print_test (url, answer, error);
}

HelioExit
helio_cli_destination_test (HelioCli *cli, char ***args)
{
  g_autofree char *file = NULL;
  gboolean is_plain = FALSE;
  const GOptionEntry entries[] = {
    { "token-file", 't', 0, G_OPTION_ARG_FILENAME, &file,
      N_ ("Try a URL that is not added yet, with the token that is there; - reads standard input"),
      N_ ("FILE") },
    { "allow-plain-http", 0, 0, G_OPTION_ARG_NONE, &is_plain,
      N_ ("Even if others on the network can read everything, the token too"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!helio_cli_parse (cli, entries, args, 0, 1))
    return HELIO_EXIT_USAGE;
  if (file != NULL && (*args)[1] == NULL)
    return helio_cli_misused (cli, "%s", _ ("--token-file needs the URL to try"));
  if (file != NULL)
    return test_new (cli, (*args)[1], file, is_plain);
  if (is_plain || ((*args)[1] != NULL && strstr ((*args)[1], "://") != NULL))
    return helio_cli_misused (cli, "%s",
                              _ ("where is the token? --token-file FILE, or - for standard input"));
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;
  if ((*args)[1] != NULL)
    {
      g_autofree char *id = helio_cli_find_destination (cli, (*args)[1]);
      return id != NULL ? test_one (cli, id) : HELIO_EXIT_FAILED;
    }

  g_autoptr (GVariant) destinations
      = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (cli->agent), "Destinations");
  if (destinations == NULL || g_variant_n_children (destinations) == 0)
    {
      helio_cli_complain (_ ("there is no destination yet: heliographctl destination add URL "
                             "--token-file FILE"));
      return HELIO_EXIT_FAILED;
    }
  for (gsize i = 0; i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      if (test_one (cli, helio_dict_get_text (one, "id")) != HELIO_EXIT_OK)
        code = HELIO_EXIT_FAILED;
    }
  return code;
}

HelioExit
helio_cli_destination_remove (HelioCli *cli, char ***args)
{
  HelioPublished published = { FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "keep", 0, 0, G_OPTION_ARG_NONE, &published.keep, N_ ("It keeps what was published to it"),
      NULL },
    { "delete", 0, 0, G_OPTION_ARG_NONE, &published.is_deleted,
      N_ ("It deletes what was published to it by this device"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;

  if (!helio_cli_parse (cli, entries, args, 1, 1))
    return HELIO_EXIT_USAGE;
  if (published.keep && published.is_deleted)
    return helio_cli_misused (cli, "%s", _ ("--keep or --delete, not both"));
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autofree char *id = helio_cli_find_destination (cli, (*args)[1]);
  if (id == NULL)
    return HELIO_EXIT_FAILED;

  const char *choice = helio_published_choose (&published, (*args)[1], TRUE);
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "RemoveDestination", g_variant_new ("(ss)", id, choice), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  if (strcmp (choice, "delete") == 0)
    g_print (_ ("Removed %s, and what was published there.\n"), id);
  else
    g_print (_ ("Removed %s; what was published there stays.\n"), id);
  return HELIO_EXIT_OK;
}

static HelioExit
set (HelioCli *cli, const char *word, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);

  if (code != HELIO_EXIT_OK)
    return code;
  g_autofree char *id = helio_cli_find_destination (cli, word);
  if (id == NULL)
    return HELIO_EXIT_FAILED;
  g_autoptr (GVariant) answer = helio_cli_call (
      cli, "SetDestination", g_variant_new ("(s@a{sv})", id, g_variant_dict_end (options)), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_print (_ ("Changed %s.\n"), id);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_destination_level (HelioCli *cli, char ***args)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (!helio_cli_parse (cli, NULL, args, 2, 2) || !check_level (cli, (*args)[2]))
    return HELIO_EXIT_USAGE;
  g_variant_dict_insert (&options, "level", "s", (*args)[2]);
  return set (cli, (*args)[1], &options);
}

HelioExit
helio_cli_destination_set (HelioCli *cli, char ***args)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (!helio_cli_parse (cli, NULL, args, 3, G_MAXUINT - 1))
    return HELIO_EXIT_USAGE;
  for (guint i = 2; (*args)[i] != NULL; i += 2)
    {
      const char *key = (*args)[i];
      const char *value = (*args)[i + 1];

      if (!g_strv_contains (keys, key))
        return helio_cli_misused (
            cli,
            _ ("“%s” is nothing a destination has: url, name, level, history, "
               "allow-plain-http or token-file"),
            key);
      if (value == NULL)
        return helio_cli_misused (cli, _ ("%s needs a value"), key);
      if (strcmp (key, "history") == 0 || strcmp (key, "allow-plain-http") == 0)
        {
          if (strcmp (value, "on") != 0 && strcmp (value, "off") != 0)
            return helio_cli_misused (cli, _ ("%s is on or off, not “%s”"), key, value);
          g_variant_dict_insert (&options, key, "b", strcmp (value, "on") == 0);
        }
      else if (strcmp (key, "token-file") == 0 && value[0] != '\0')
        {
          g_autofree char *path = absolute (value);
          g_variant_dict_insert (&options, key, "s", path);
        }
      else if (strcmp (key, "level") == 0 && !check_level (cli, value))
        return HELIO_EXIT_USAGE;
      else
        g_variant_dict_insert (&options, key, "s", value);
    }
  return set (cli, (*args)[1], &options);
}

HelioExit
helio_cli_destination_token (HelioCli *cli, char ***args)
{
  g_autofree char *file = NULL;
  const GOptionEntry entries[] = {
    { "token-file", 't', 0, G_OPTION_ARG_FILENAME, &file,
      N_ ("Where the token is; - reads standard input, from a terminal without echo"),
      N_ ("FILE") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;

  if (!helio_cli_parse (cli, entries, args, 1, 1))
    return HELIO_EXIT_USAGE;
  if (file == NULL && !isatty (STDIN_FILENO))
    return helio_cli_misused (cli, "%s",
                              _ ("where is the token? --token-file FILE, or - for standard input"));
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autofree char *id = helio_cli_find_destination (cli, (*args)[1]);
  if (id == NULL)
    return HELIO_EXIT_FAILED;

  g_autoptr (HelioSecret) token
      = helio_cli_read_secret (file != NULL ? file : "-", _ ("Token: "), &error);
  if (token == NULL)
    return helio_cli_failed (error);
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "SetToken", g_variant_new ("(ss)", id, token), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_print (_ ("%s has a new token.\n"), id);
  return HELIO_EXIT_OK;
}
