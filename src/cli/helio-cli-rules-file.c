/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-rules-file.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/helio-cli-call.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"

/* The agent refuses longer ones. */
#define MAX_BYTES (1024 * 1024)

char *
helio_cli_get_rules (HelioCli *cli, GVariant **problems)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = helio_cli_call (cli, "GetRules", NULL, &error);
  char *json = NULL;

  if (answer == NULL)
    {
      helio_cli_failed (error);
      return NULL;
    }
  g_variant_get_child (answer, 0, "s", &json);
  if (problems != NULL)
    *problems = g_variant_get_child_value (answer, 1);
  return json;
}

HelioExit
helio_cli_set_rules (HelioCli *cli, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "SetRules", g_variant_new ("(s)", json), &error);

  return answer != NULL ? HELIO_EXIT_OK : helio_cli_failed (error);
}

HelioExit
helio_cli_replace_rules (HelioCli *cli, const char *before, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "ReplaceRules", g_variant_new ("(ss)", before, json), &error);

  return answer != NULL ? HELIO_EXIT_OK : helio_cli_failed (error);
}

GPtrArray *
helio_cli_parse_rules (const char *json)
{
  g_autoptr (GPtrArray) rules = helio_rules_json_parse (json);

  if (rules == NULL)
    helio_cli_complain (_ ("the rules that are stored can't be understood; put others in their "
                           "place: heliographctl rules import FILE"));
  else if (!helio_rules_json_is_clear (json, -1))
    helio_cli_complain (_ ("a broken rule says one thing twice; mend it in the file of "
                           "heliographctl rules export, then: heliographctl rules import FILE"));
  else
    return g_steal_pointer (&rules);
  return NULL;
}

gboolean
helio_cli_rule_find (GPtrArray *rules, const char *word, guint *index)
{
  guint64 number;

  if (helio_rules_json_find (rules, word, index))
    return TRUE;
  if (rules->len == 0 || !g_ascii_string_to_unsigned (word, 10, 1, rules->len, &number, NULL))
    return FALSE;
  *index = (guint) number - 1;
  return TRUE;
}

static char *
read_input (GError **error)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autofree char *text = g_malloc (MAX_BYTES + 1);
  gsize length;

  if (!g_input_stream_read_all (input, text, MAX_BYTES, &length, NULL, error))
    return NULL;
  text[length] = '\0';
  return g_steal_pointer (&text);
}

char *
helio_cli_read_rules_file (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (strcmp (name, "-") == 0)
    text = read_input (&error);
  else
    g_file_get_contents (name, &text, NULL, &error);
  if (text == NULL)
    {
      helio_cli_complain ("%s", error->message);
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > MAX_BYTES)
    {
      helio_cli_complain (_ ("%s is no file of rules: it is too long or no UTF-8"), name);
      return NULL;
    }
  return g_steal_pointer (&text);
}

void
helio_cli_print_problems (GVariant *problems)
{
  for (gsize i = 0; i < g_variant_n_children (problems); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (problems, i);
      const char *name = helio_dict_get_text (one, "name");

      if (*name == '\0')
        helio_cli_complain (_ ("the privacy rules are broken, so nothing is published: %s"),
                            helio_dict_get_text (one, "error"));
      else if (helio_dict_get_flag (one, "stops"))
        helio_cli_complain (_ ("the rule “%s” is broken, so what it concerns is not published: %s"),
                            name, helio_dict_get_text (one, "error"));
      else
        helio_cli_complain (_ ("the rule “%s” is broken, but switched off: %s"), name,
                            helio_dict_get_text (one, "error"));
    }
}
