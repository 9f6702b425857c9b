/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli-published.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "model/helio-time.h"

static void
print_table (GVariant *buckets)
{
  int64_t now = helio_time_now ();
  g_autoptr (HelioTable) table = helio_table_new (
      "", _ ("ON"), _ ("BUCKET"), _ ("TYPE"), _ ("HOST"), _ (">IN AW"), _ ("LAST EVENT"), "", NULL);

  for (gsize i = 0; buckets != NULL && i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (buckets, i);
      int64_t count = helio_dict_get_number (one, "in-aw");
      int64_t last = helio_dict_get_number (one, "last-event");
      g_autofree char *events = count < 0 ? g_strdup ("?") : helio_text_count (count);
      g_autofree char *time = last > 0 ? helio_text_time (last, now) : g_strdup ("-");
      g_autoptr (GString) note = g_string_new (NULL);

      if (helio_dict_get_flag (one, "new"))
        g_string_append (note, _ ("new; "));
      if (helio_dict_get_flag (one, "synced-copy"))
        g_string_append (note, _ ("copy of another device; "));
      if (helio_dict_get_flag (one, "gone"))
        g_string_append (note, _ ("gone from ActivityWatch; "));
      if (helio_dict_get_text (one, "error")[0] != '\0')
        g_string_append_printf (note, "%s; ", helio_dict_get_text (one, "error"));
      if (note->len > 0)
        g_string_truncate (note, note->len - strlen ("; "));

      helio_table_add (table, helio_dict_get_flag (one, "enabled") ? _ ("on") : "-");
      helio_table_add (table, helio_dict_get_text (one, "id"));
      helio_table_add (table, helio_dict_get_text (one, "type"));
      helio_table_add (table, helio_dict_get_text (one, "hostname"));
      helio_table_add (table, events);
      helio_table_add (table, time);
      helio_table_add (table, note->str);
    }
  if (helio_table_rows (table) == 0)
    g_print ("%s", _ ("No buckets are known. Is ActivityWatch there? heliographctl source test\n"));
  else
    helio_table_print (table);
}

HelioExit
helio_cli_buckets (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  HelioExit code = helio_cli_begin_list (cli, args, 0, &is_json);

  if (code != HELIO_EXIT_OK)
    return code;

  helio_cli_wait_started (cli);
  GVariant *buckets = helio_agent1_get_buckets (cli->agent);
  if (!is_json)
    print_table (buckets);
  else
    helio_json_print (buckets);
  return HELIO_EXIT_OK;
}

static HelioExit
set_bucket (HelioCli *cli, const char *bucket, gboolean is_enabled, const char *published)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = helio_cli_call (
      cli, "SetBucket", g_variant_new ("(sbs)", bucket, is_enabled, published), &error);

  if (answer == NULL)
    return helio_cli_failed (error);
  if (is_enabled)
    g_print (_ ("%s is on.\n"), bucket);
  else if (strcmp (published, "delete") == 0)
    g_print (_ ("%s is off; what was published of it is being deleted.\n"), bucket);
  else
    g_print (_ ("%s is off; what was published of it stays.\n"), bucket);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_bucket_enable (HelioCli *cli, char ***args)
{
  HelioExit code = helio_cli_begin (cli, NULL, args, 1, G_MAXUINT - 1);

  for (guint i = 1; code == HELIO_EXIT_OK && (*args)[i] != NULL; i++)
    code = set_bucket (cli, (*args)[i], TRUE, "keep");
  return code;
}

static gboolean
is_held (HelioCli *cli, const char *bucket)
{
  GVariant *progress = helio_agent1_get_progress (cli->agent);

  for (gsize i = 0; progress != NULL && i < g_variant_n_children (progress); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);

      if (strcmp (helio_dict_get_text (one, "bucket"), bucket) == 0
          && helio_dict_get_number (one, "held") > 0)
        return TRUE;
    }
  return FALSE;
}

HelioExit
helio_cli_bucket_disable (HelioCli *cli, char ***args)
{
  HelioPublished published = { FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "keep", 0, 0, G_OPTION_ARG_NONE, &published.keep,
      N_ ("Destinations keep what was published of it"), NULL },
    { "delete", 0, 0, G_OPTION_ARG_NONE, &published.is_deleted,
      N_ ("Destinations delete what was published of it"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!helio_cli_parse (cli, entries, args, 1, G_MAXUINT - 1))
    return HELIO_EXIT_USAGE;
  if (published.keep && published.is_deleted)
    return helio_cli_misused (cli, "%s", _ ("--keep or --delete, not both"));
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);

  for (guint i = 1; code == HELIO_EXIT_OK && (*args)[i] != NULL; i++)
    code = set_bucket (cli, (*args)[i], FALSE,
                       helio_published_choose (&published, (*args)[i], is_held (cli, (*args)[i])));
  return code;
}
