/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-sent-text.h"
#include "model/helio-text.h"

static void
print_item (GVariant *item)
{
  g_autofree char *at = helio_text_moment (helio_dict_get_number (item, "at"));
  g_autofree char *bucket = helio_text_clean (helio_dict_get_text (item, "bucket"));
  g_autofree char *text = helio_sent_text (item);

  if (text != NULL)
    g_print ("  %s  %s%s%s\n", at, bucket, *bucket != '\0' ? ": " : "", text);
  else
    {
      g_autofree char *data = helio_text_clean (helio_dict_get_text (item, "data"));
      g_autofree char *start = helio_text_moment (helio_dict_get_number (item, "start"));

      g_print ("  %s  %s: %s  %s%s%s\n", at, bucket, start, data,
               helio_dict_get_flag (item, "cut") ? "…" : "",
               helio_dict_get_flag (item, "refused") ? _ (" (refused)") : "");
    }
}

static void
print_items (HelioCli *cli, const char *id, GVariant *items)
{
  g_autofree char *name = helio_text_clean (helio_cli_destination_name (cli, id));

  g_print ("%s\n", name);
  for (gsize i = 0; i < g_variant_n_children (items); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (items, i);

      print_item (item);
    }
  if (g_variant_n_children (items) == 0)
    g_print (_ ("  It took nothing since the agent began.\n"));
}

HelioExit
helio_cli_sent (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  g_autoptr (GString) json = g_string_new ("{");

  HelioExit code = helio_cli_begin_list (cli, args, 1, &is_json);
  if (code != HELIO_EXIT_OK)
    return code;
  helio_cli_wait_started (cli);
  g_autoptr (GPtrArray) ids = helio_cli_choose_destinations (cli, (*args)[1]);
  if (ids == NULL)
    return HELIO_EXIT_FAILED;

  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = ids->pdata[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) answer
          = helio_cli_call (cli, "ListSent", g_variant_new ("(s)", id), &error);

      if (answer == NULL)
        return helio_cli_failed (error);
      g_autoptr (GVariant) items = g_variant_get_child_value (answer, 0);
      if (is_json)
        {
          helio_json_append_name (json, id);
          helio_json_append (json, items);
        }
      else
        print_items (cli, id, items);
    }
  if (is_json)
    g_print ("%s}\n", json->str);
  else if (ids->len == 0)
    g_print (_ ("There is no destination: nothing leaves.\n"));
  return HELIO_EXIT_OK;
}
