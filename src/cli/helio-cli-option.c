/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli-secret.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-text.h"

/* A day for people, ms for the agent. */
#define FROM_KEY "history-from"

static GVariant *
get_options (HelioCli *cli, GError **error)
{
  g_autoptr (GVariant) answer = helio_cli_call (cli, "GetOptions", NULL, error);

  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

/* Sorted, NULL at the end. */
static const char **
list_keys (GVariant *options)
{
  gsize count = g_variant_n_children (options);
  const char **keys = g_new0 (const char *, count + 1);

  for (gsize i = 0; i < count; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (options, i);
      g_variant_get_child (entry, 0, "&s", &keys[i]);
    }
  for (gsize i = 1; i < count; i++)
    for (gsize j = i; j > 0 && strcmp (keys[j - 1], keys[j]) > 0; j--)
      {
        const char *key = keys[j];
        keys[j] = keys[j - 1];
        keys[j - 1] = key;
      }
  return keys;
}

static char *
show_value (const char *key, GVariant *value)
{
  if (strcmp (key, FROM_KEY) == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    {
      int64_t from = g_variant_get_int64 (value);
      return from != 0 ? helio_text_typed_day (from) : g_strdup ("all");
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "on" : "off");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);
      return g_strjoinv (",", (char **) words);
    }
  return g_variant_print (value, FALSE);
}

HelioExit
helio_cli_option_list (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin_list (cli, args, 0, &is_json);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GVariant) options = get_options (cli, &error);
  if (options == NULL)
    return helio_cli_failed (error);

  if (is_json)
    {
      helio_json_print (options);
      return HELIO_EXIT_OK;
    }
  g_autoptr (HelioTable) table = helio_table_new ("", _ ("OPTION"), _ ("VALUE"), NULL);
  g_autofree const char **keys = list_keys (options);
  for (gsize i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (options, keys[i], NULL);
      g_autofree char *text = show_value (keys[i], value);

      helio_table_add (table, keys[i]);
      helio_table_add (table, text);
    }
  helio_table_print (table);
  return HELIO_EXIT_OK;
}

/* A value of the type that the option has now; NULL has been reported. */
static GVariant *
parse_value (HelioCli *cli, const char *key, const char *text, GVariant *now)
{
  int64_t ms = 0;
  guint64 number = 0;

  if (strcmp (key, FROM_KEY) == 0)
    {
      if (strcmp (text, "all") == 0 || helio_text_parse_day (text, &ms))
        return g_variant_new_int64 (ms);
      helio_cli_misused (cli, _ ("%s is a day like 2026-03-01, or all; not “%s”"), key, text);
      return NULL;
    }
  if (g_variant_is_of_type (now, G_VARIANT_TYPE_BOOLEAN))
    {
      if (strcmp (text, "on") == 0 || strcmp (text, "off") == 0)
        return g_variant_new_boolean (strcmp (text, "on") == 0);
      helio_cli_misused (cli, _ ("%s is on or off, not “%s”"), key, text);
      return NULL;
    }
  if (g_variant_is_of_type (now, G_VARIANT_TYPE_UINT32))
    {
      if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
        return g_variant_new_uint32 ((guint32) number);
      helio_cli_misused (cli, _ ("%s is a whole number, not “%s”"), key, text);
      return NULL;
    }
  if (g_variant_is_of_type (now, G_VARIANT_TYPE_INT64))
    {
      if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &ms, NULL))
        return g_variant_new_int64 (ms);
      helio_cli_misused (cli, _ ("%s is a whole number, not “%s”"), key, text);
      return NULL;
    }
  if (g_variant_is_of_type (now, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_auto (GStrv) words = g_strsplit (text, ",", -1);
      return g_variant_new_strv ((const char *const *) words, -1);
    }
  return g_variant_new_string (text);
}

static HelioExit
set_option (HelioCli *cli, const char *key, GVariant *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "SetOption", g_variant_new ("(sv)", key, value), &error);

  if (answer != NULL)
    return HELIO_EXIT_OK;
  HelioExit code = helio_cli_failed (error);
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE))
    g_printerr (_ ("Without a secret store: --key-file FILE --keep-key-file, and keep FILE, with "
                   "mode 0600\n"));
  return code;
}

HelioExit
helio_cli_option_set (HelioCli *cli, char ***args)
{
  g_autoptr (GError) error = NULL;

  if (!helio_cli_parse (cli, NULL, args, 2, 2))
    return HELIO_EXIT_USAGE;
  const char *key = (*args)[1];
  if (g_str_has_prefix (key, "aw-key"))
    return helio_cli_misused (cli, "%s",
                              _ ("a key is never given as a word, others could read it: "
                                 "heliographctl source key --key-file FILE"));
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GVariant) options = get_options (cli, &error);
  if (options == NULL)
    return helio_cli_failed (error);

  g_autoptr (GVariant) now = g_variant_lookup_value (options, key, NULL);
  if (now == NULL)
    {
      g_autofree const char **keys = list_keys (options);
      const char *nearest = helio_text_nearest (key, keys);

      if (nearest != NULL)
        return helio_cli_misused (cli, _ ("there is no option “%s”; did you mean %s?"), key,
                                  nearest);
      return helio_cli_misused (cli, _ ("there is no option “%s”; see heliographctl option list"),
                                key);
    }
  GVariant *value = parse_value (cli, key, (*args)[2], now);
  if (value == NULL)
    return HELIO_EXIT_USAGE;
  code = set_option (cli, key, value);
  if (code == HELIO_EXIT_OK)
    g_print (_ ("%s is %s.\n"), key, (*args)[2]);
  return code;
}

HelioExit
helio_cli_source_test (HelioCli *cli, char ***args)
{
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin (cli, NULL, args, 0, 0);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GVariant) answer = helio_cli_call (cli, "TestSource", NULL, &error);
  if (answer == NULL)
    return helio_cli_failed (error);

  g_autoptr (GVariant) result = g_variant_get_child_value (answer, 0);
  guint buckets = (guint) helio_dict_get_number (result, "buckets");
  g_autofree char *version = helio_text_clean (helio_dict_get_text (result, "version"));
  g_autofree char *host = helio_text_clean (helio_dict_get_text (result, "hostname"));
  g_print (g_dngettext (GETTEXT_PACKAGE, "ActivityWatch %s on %s answers: %u bucket.\n",
                        "ActivityWatch %s on %s answers: %u buckets.\n", buckets),
           version, host, buckets);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_source_url (HelioCli *cli, char ***args)
{
  HelioExit code = helio_cli_begin (cli, NULL, args, 1, 1);

  if (code == HELIO_EXIT_OK)
    code = set_option (cli, "aw-url", g_variant_new_string ((*args)[1]));
  if (code == HELIO_EXIT_OK)
    g_print ("%s", _ ("Changed. Try it: heliographctl source test\n"));
  return code;
}

HelioExit
helio_cli_source_key (HelioCli *cli, char ***args)
{
  g_autofree char *file = NULL;
  gboolean is_file_kept = FALSE;
  gboolean is_removed = FALSE;
  const GOptionEntry entries[] = {
    { "key-file", 'k', 0, G_OPTION_ARG_FILENAME, &file,
      N_ ("Where the key is; - reads standard input, from a terminal without echo"), N_ ("FILE") },
    { "keep-key-file", 0, 0, G_OPTION_ARG_NONE, &is_file_kept,
      N_ ("The agent reads the key from FILE, mode 0600, instead of the secret store"), NULL },
    { "remove", 0, 0, G_OPTION_ARG_NONE, &is_removed, N_ ("Forget the key"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;

  if (!helio_cli_parse (cli, entries, args, 0, 0))
    return HELIO_EXIT_USAGE;
  if ((file != NULL) == is_removed)
    return helio_cli_misused (cli, "%s", _ ("either --key-file FILE or --remove"));
  if (is_file_kept && (file == NULL || strcmp (file, "-") == 0))
    return helio_cli_misused (cli, "%s", _ ("--keep-key-file needs --key-file FILE"));
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;

  if (is_file_kept)
    {
      g_autofree char *path = g_canonicalize_filename (file, NULL);

      code = set_option (cli, "aw-key-file", g_variant_new_string (path));
      if (code == HELIO_EXIT_OK)
        g_print (_ ("The key is read from %s.\n"), path);
      return code;
    }
  g_autoptr (HelioSecret) key
      = is_removed ? g_strdup ("") : helio_cli_read_secret (file, _ ("API key: "), &error);
  if (key == NULL)
    return helio_cli_failed (error);
  code = set_option (cli, "aw-key", g_variant_new_string (key));
  if (code == HELIO_EXIT_OK)
    g_print ("%s", is_removed ? _ ("The key is forgotten.\n") : _ ("The key is stored.\n"));
  return code;
}
