/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli-preview.h"
#include "cli/helio-cli-rules-file.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-rule-words.h"

/* -- list --------------------------------------------------------------------------------- */

/* Its name, what it does, and where. */
static char *
describe (JsonNode *rule)
{
  g_autofree char *title = helio_rule_get_title (rule);
  g_autofree char *words = helio_rule_get_words (rule);

  return g_strconcat (title, *words != '\0' ? " · " : "", words, NULL);
}

static void
print_table (GPtrArray *rules)
{
  g_autoptr (HelioTable) table
      = helio_table_new ("", ">#", _ ("RULE"), _ ("ON"), _ ("WHAT IT DOES"), NULL);

  for (guint i = 0; i < rules->len; i++)
    {
      JsonNode *rule = rules->pdata[i];
      g_autofree char *number = g_strdup_printf ("%u", i + 1);
      g_autofree char *what = describe (rule);

      helio_table_add (table, number);
      helio_table_add (table, helio_rule_json_get (rule, "id"));
      helio_table_add (table, helio_rule_json_is_on (rule) ? _ ("on") : _ ("off"));
      helio_table_add (table, what);
    }
  helio_table_print (table);
}

HelioExit
helio_cli_rules_list (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  g_autoptr (GVariant) problems = NULL;

  HelioExit code = helio_cli_begin_list (cli, args, 0, &is_json);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autofree char *json = helio_cli_get_rules (cli, &problems);
  if (json == NULL)
    return HELIO_EXIT_FAILED;

  g_autoptr (GPtrArray) rules = helio_rules_json_parse (json);
  if (is_json)
    {
      g_autoptr (GString) line = g_string_new ("{\"rules\": ");
      /* Of what a rule says twice only one would be told, though the rule is broken. */
      gboolean is_clear = rules != NULL && helio_rules_json_is_clear (json, -1);
      g_autofree char *written = is_clear ? helio_rules_json_write (rules, FALSE) : NULL;

      g_string_append (line, written != NULL ? written : "null");
      helio_json_append_member (line, "problems", problems);
      g_print ("%s}\n", line->str);
      return HELIO_EXIT_OK;
    }
  if (rules != NULL && rules->len > 0)
    print_table (rules);
  else if (rules != NULL)
    g_print (_ ("There are no privacy rules. For ready ones: heliographctl rules preset\n"));
  helio_cli_print_problems (problems);
  return g_variant_n_children (problems) == 0 ? HELIO_EXIT_OK : HELIO_EXIT_ATTENTION;
}

/* -- files -------------------------------------------------------------------------------- */

HelioExit
helio_cli_rules_export (HelioCli *cli, char ***args)
{
  HelioExit code = helio_cli_begin (cli, NULL, args, 0, 0);

  if (code != HELIO_EXIT_OK)
    return code;
  g_autofree char *json = helio_cli_get_rules (cli, NULL);
  if (json == NULL)
    return HELIO_EXIT_FAILED;

  /* What can't be read is given as it is: then it can be mended. */
  g_autoptr (GPtrArray) rules = helio_rules_json_parse (json);
  g_autofree char *pretty = *json == '\0' ? helio_rules_json_write (rules, TRUE) : NULL;

  g_print ("%s\n", pretty != NULL ? pretty : json);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_rules_import (HelioCli *cli, char ***args)
{
  if (!helio_cli_parse (cli, NULL, args, 1, 1))
    return HELIO_EXIT_USAGE;
  g_autofree char *json = helio_cli_read_rules_file ((*args)[1]);
  if (json == NULL)
    return HELIO_EXIT_FAILED;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;
  code = helio_cli_set_rules (cli, json);
  if (code == HELIO_EXIT_OK)
    g_print (_ ("These rules are in force now. What was published is made equal to them.\n"));
  return code;
}

HelioExit
helio_cli_rules_test (HelioCli *cli, char ***args)
{
  HelioPreviewOptions options = { .limit = 20 };
  const GOptionEntry entries[] = {
    HELIO_PREVIEW_ENTRIES (options),
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  HelioExit code = HELIO_EXIT_USAGE;

  if (helio_cli_parse (cli, entries, args, 0, 1))
    code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code == HELIO_EXIT_OK)
    {
      json = (*args)[1] != NULL ? helio_cli_read_rules_file ((*args)[1])
                                : helio_cli_get_rules (cli, NULL);
      if (json == NULL)
        code = HELIO_EXIT_FAILED;
    }
  if (code == HELIO_EXIT_OK)
    {
      g_autoptr (GVariant) answer
          = helio_cli_call (cli, "CheckRules", g_variant_new ("(s)", json), &error);
      g_autoptr (GVariant) problems = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;

      if (answer == NULL)
        code = helio_cli_failed (error);
      else if (g_variant_n_children (problems) > 0)
        {
          helio_cli_print_problems (problems);
          code = HELIO_EXIT_FAILED;
        }
      else
        code = helio_cli_print_preview (cli, &options, json);
    }
  helio_preview_options_clear (&options);
  return code;
}

/* -- presets ------------------------------------------------------------------------------ */

static HelioExit
list_presets (GVariant *presets)
{
  g_autoptr (HelioTable) table = helio_table_new ("", _ ("PRESET"), _ ("WHAT IT DOES"), NULL);

  for (gsize i = 0; i < g_variant_n_children (presets); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (presets, i);

      helio_table_add (table, helio_dict_get_text (one, "id"));
      helio_table_add (table, helio_dict_get_text (one, "summary"));
    }
  helio_table_print (table);
  return HELIO_EXIT_OK;
}

/* Adds the rules of the preset; those that are there already are put right. */
static HelioExit
add_preset (HelioCli *cli, GVariant *preset)
{
  g_autofree char *json = helio_cli_get_rules (cli, NULL);
  g_autoptr (GPtrArray) rules = json != NULL ? helio_cli_parse_rules (json) : NULL;
  g_autoptr (GPtrArray) added = helio_rules_json_parse (helio_dict_get_text (preset, "rules"));

  if (rules == NULL || added == NULL)
    return HELIO_EXIT_FAILED;
  helio_rules_json_merge (rules, added);
  g_autofree char *written = helio_rules_json_write (rules, FALSE);
  HelioExit code = helio_cli_replace_rules (cli, json, written);
  if (code == HELIO_EXIT_OK)
    g_print ("%s\n", helio_dict_get_text (preset, "summary"));
  return code;
}

HelioExit
helio_cli_rules_preset (HelioCli *cli, char ***args)
{
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin (cli, NULL, args, 0, 1);
  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GVariant) answer = helio_cli_call (cli, "ListPresets", NULL, &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_autoptr (GVariant) presets = g_variant_get_child_value (answer, 0);
  if ((*args)[1] == NULL)
    return list_presets (presets);
  g_autoptr (GVariant) preset = helio_dicts_find (presets, "id", (*args)[1]);
  if (preset == NULL)
    return helio_cli_misused (cli, _ ("there is no preset “%s”"), (*args)[1]);
  return add_preset (cli, preset);
}
