/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>

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
  HelioExit code = helio_cli_begin_list (cli, args, 0, &is_json);

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

HelioExit
helio_cli_answer (HelioCli *cli, char ***args)
{
  g_autofree const char **choices = NULL;
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin (cli, NULL, args, 2, 2);
  if (code != HELIO_EXIT_OK)
    return code;

  g_autoptr (GVariant) question
      = helio_dicts_find (helio_agent1_get_questions (cli->agent), "id", (*args)[1]);
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
