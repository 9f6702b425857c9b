/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"

/* Which destination a word of the user means, and what is told of it elsewhere. */

char *
helio_cli_find_destination (HelioCli *cli, const char *word)
{
  GVariant *destinations = helio_agent1_get_destinations (cli->agent);
  g_autofree char *by_name = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  guint same = 0;

  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *id = helio_dict_get_text (one, "id");
      const char *name = helio_dict_get_text (one, "name");

      if (strcmp (id, word) == 0)
        return g_strdup (id);
      if (strcmp (name, word) == 0)
        {
          g_free (by_name);
          by_name = g_strdup (id);
          same++;
        }
      g_string_append_printf (all, "%s%s (%s)", i > 0 ? ", " : "", id, name);
    }
  if (same == 1)
    return g_steal_pointer (&by_name);

  if (same > 1)
    helio_cli_complain (_ ("several destinations are called “%s”, use the id: %s"), word, all->str);
  else if (all->len == 0)
    helio_cli_complain (_ ("there is no destination yet: heliographctl destination add URL "
                           "--token-file FILE"));
  else
    helio_cli_complain (_ ("there is no destination “%s”, but: %s"), word, all->str);
  return NULL;
}

GPtrArray *
helio_cli_choose_destinations (HelioCli *cli, const char *word)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GVariant *destinations = helio_agent1_get_destinations (cli->agent);

  if (word != NULL)
    {
      char *id = helio_cli_find_destination (cli, word);

      if (id == NULL)
        return NULL;
      g_ptr_array_add (ids, id);
      return g_steal_pointer (&ids);
    }
  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      g_ptr_array_add (ids, g_strdup (helio_dict_get_text (one, "id")));
    }
  return g_steal_pointer (&ids);
}

const char *
helio_cli_destination_name (HelioCli *cli, const char *id)
{
  g_autoptr (GVariant) one
      = helio_dicts_find (helio_agent1_get_destinations (cli->agent), "id", id);
  const char *name = one != NULL ? helio_dict_get_text (one, "name") : "";

  return *name != '\0' ? name : id;
}

char *
helio_cli_get_page (HelioCli *cli, const char *id)
{
  g_autoptr (GVariant) answer = helio_cli_call (cli, "GetPage", g_variant_new ("(s)", id), NULL);
  const char *page = "";

  if (answer != NULL)
    g_variant_get (answer, "(&s)", &page);
  if (!g_str_has_prefix (page, "http://") && !g_str_has_prefix (page, "https://"))
    return NULL;
  return helio_text_clean (page);
}
