/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"

static void
add_rows (HelioTable *table, const char *destination, GVariant *events)
{
  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (events, i);
      g_autofree char *start = helio_text_moment (helio_dict_get_number (one, "start"));
      g_autofree char *at = helio_text_moment (helio_dict_get_number (one, "at"));

      helio_table_add (table, destination);
      helio_table_add (table, helio_dict_get_text (one, "bucket"));
      helio_table_add (table, start);
      helio_table_add (table, helio_dict_get_text (one, "reason"));
      helio_table_add (table, at);
    }
}

HelioExit
helio_cli_rejected (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  HelioExit code = helio_cli_begin_list (cli, args, 1, &is_json);

  if (code != HELIO_EXIT_OK)
    return code;
  g_autoptr (GPtrArray) ids = helio_cli_choose_destinations (cli, (*args)[1]);
  if (ids == NULL)
    return HELIO_EXIT_FAILED;

  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (HelioTable) table = helio_table_new ("", _ ("DESTINATION"), _ ("BUCKET"), _ ("START"),
                                                  _ ("REASON"), _ ("REFUSED AT"), NULL);
  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = ids->pdata[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer
          = helio_cli_call (cli, "ListRejected", g_variant_new ("(s)", id), &error);

      if (answer == NULL)
        return helio_cli_failed (error);
      g_autoptr (GVariant) events = g_variant_get_child_value (answer, 0);
      helio_json_append_name (json, id);
      helio_json_append (json, events);
      add_rows (table, id, events);
    }
  if (is_json)
    g_print ("%s}\n", json->str);
  else if (helio_table_rows (table) == 0)
    g_print ("%s", _ ("Nothing was refused.\n"));
  else
    helio_table_print (table);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_retry (HelioCli *cli, char ***args)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin (cli, NULL, args, 0, 1);
  if (code != HELIO_EXIT_OK)
    return code;
  if ((*args)[1] != NULL)
    {
      id = helio_cli_find_destination (cli, (*args)[1]);
      if (id == NULL)
        return HELIO_EXIT_FAILED;
    }

  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "Retry", g_variant_new ("(s)", id != NULL ? id : ""), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_print ("%s", _ ("What was refused is sent again.\n"));
  return HELIO_EXIT_OK;
}
