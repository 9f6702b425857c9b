/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-complete.h"

#include <string.h>

#include "cli/helio-cli-rules-file.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"

static void
print_words (GVariant *list)
{
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (list, i);
      const char *id = helio_dict_get_text (one, "id");

      /* A word of the shell, one to a line. */
      if (*id != '\0' && strpbrk (id, " \t\n\"'`$\\") == NULL)
        g_print ("%s\n", id);
    }
}

static void
print_rules (HelioAgent1 *agent)
{
  g_autofree char *json = NULL;
  g_autoptr (GPtrArray) rules = NULL;

  if (helio_agent1_call_get_rules_sync (agent, &json, NULL, NULL, NULL))
    rules = helio_rules_json_parse (json);
  for (guint i = 0; rules != NULL && i < rules->len; i++)
    g_print ("%s\n", helio_rule_json_get (rules->pdata[i], "id"));
}

static void
print_presets (HelioAgent1 *agent)
{
  g_autoptr (GVariant) presets = NULL;

  if (helio_agent1_call_list_presets_sync (agent, &presets, NULL, NULL))
    print_words (presets);
}

void
helio_cli_complete (const char *what)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  if (bus == NULL)
    return;
  g_autoptr (HelioAgent1) agent
      = helio_agent1_proxy_new_sync (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, APP_ID ".Agent",
                                     "/io/github/heliograph/Heliograph/Agent", NULL, NULL);

  if (agent == NULL)
    return;
  if (strcmp (what, "buckets") == 0)
    print_words (helio_agent1_get_buckets (agent));
  else if (strcmp (what, "destinations") == 0)
    print_words (helio_agent1_get_destinations (agent));
  else if (strcmp (what, "questions") == 0)
    print_words (helio_agent1_get_questions (agent));
  else if (strcmp (what, "rules") == 0)
    print_rules (agent);
  else if (strcmp (what, "presets") == 0)
    print_presets (agent);
}
