/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"

static void
print_question (GVariant *question)
{
  const char *id = helio_dict_get_text (question, "id");
  g_autofree const char **choices = NULL;
  g_autofree char *text = helio_text_clean (helio_dict_get_text (question, "text"));

  g_print ("%s\n", text);
  g_variant_lookup (question, "choices", "^a&s", &choices);
  for (gsize i = 0; choices != NULL && choices[i] != NULL; i++)
    g_print ("    heliographctl answer %s %s%s\n", id, choices[i],
             i == 0 ? _ ("    (as long as you say nothing)") : "");
}

HelioExit
helio_cli_questions (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, N_ ("For programs"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!helio_cli_parse (cli, entries, args, 0, 0))
    return HELIO_EXIT_USAGE;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;

  GVariant *questions = helio_agent1_get_questions (cli->agent);
  gsize count = questions != NULL ? g_variant_n_children (questions) : 0;
  if (is_json)
    helio_json_print (questions);
  else if (count == 0)
    g_print ("%s", _ ("No questions.\n"));
  for (gsize i = 0; !is_json && i < count; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (questions, i);
      print_question (one);
    }
  return HELIO_EXIT_OK;
}

static GVariant *
find_question (HelioCli *cli, const char *id)
{
  GVariant *questions = helio_agent1_get_questions (cli->agent);

  for (gsize i = 0; questions != NULL && i < g_variant_n_children (questions); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (questions, i);

      if (strcmp (helio_dict_get_text (one, "id"), id) == 0)
        return g_steal_pointer (&one);
    }
  return NULL;
}

HelioExit
helio_cli_answer (HelioCli *cli, char ***args)
{
  g_autofree const char **choices = NULL;
  g_autoptr (GError) error = NULL;

  if (!helio_cli_parse (cli, NULL, args, 2, 2))
    return HELIO_EXIT_USAGE;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;

  g_autoptr (GVariant) question = find_question (cli, (*args)[1]);
  if (question == NULL)
    {
      helio_cli_complain (_ ("there is no question “%s”; see heliographctl questions"), (*args)[1]);
      return HELIO_EXIT_FAILED;
    }
  if (g_variant_lookup (question, "choices", "^a&s", &choices)
      && !g_strv_contains (choices, (*args)[2]))
    {
      g_autofree char *all = g_strjoinv (", ", (char **) choices);
      return helio_cli_misused (cli, _ ("“%s” is no choice here, but: %s"), (*args)[2], all);
    }

  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "Answer", g_variant_new ("(ss)", (*args)[1], (*args)[2]), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_print (_ ("Answered %s: %s.\n"), (*args)[1], (*args)[2]);
  return HELIO_EXIT_OK;
}
