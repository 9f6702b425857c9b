/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "model/helio-verdict-text.h"

/* Days named in a row; the JSON form has all. */
#define DAYS 3

static void
print_verdicts (HelioCli *cli, GVariant *verdicts, guint differing, guint mended)
{
  g_autoptr (HelioTable) table = helio_table_new ("", _ ("BUCKET"), _ ("DESTINATION"), _ (">IN AW"),
                                                  _ (">ALLOWED"), _ (">HELD"), _ ("VERDICT"), NULL);
  int64_t events = 0;
  guint count = helio_dicts_count (verdicts);

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (verdicts, i);
      g_autofree char *in_aw = helio_text_count (helio_dict_get_number (one, "in-aw"));
      g_autofree char *allowed = helio_text_count (helio_dict_get_number (one, "allowed"));
      g_autofree char *held = helio_text_count (helio_dict_get_number (one, "held"));
      g_autofree char *result = helio_verdict_text_result (one, DAYS);

      events += helio_dict_get_number (one, "held");
      helio_table_add (table, helio_dict_get_text (one, "bucket"));
      helio_table_add (table,
                       helio_cli_destination_name (cli, helio_dict_get_text (one, "destination")));
      helio_table_add (table, in_aw);
      helio_table_add (table, allowed);
      helio_table_add (table, held);
      helio_table_add (table, result);
    }
  helio_table_print (table);

  g_autofree char *total = helio_text_count (events);
  if (differing == 0)
    {
      g_autofree char *what = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u bucket", "%u buckets", count), count);
      /* Translators: "2 buckets", and a number of events. */
      g_print (g_dngettext (GETTEXT_PACKAGE, "Equal: %s, %s event.\n", "Equal: %s, %s events.\n",
                            (gulong) MAX (0, events)),
               what, total);
    }
  else
    g_print (g_dngettext (GETTEXT_PACKAGE, "Not equal: %u of %u differs.\n",
                          "Not equal: %u of %u differ.\n", differing),
             differing, count);
  if (mended > 0)
    g_print (g_dngettext (GETTEXT_PACKAGE, "%u of them differed before, and was mended.\n",
                          "%u of them differed before, and were mended.\n", mended),
             mended);
}

/* Ctrl-C: the call fails then. */
static gboolean
on_interrupted (gpointer data)
{
  HelioCli *cli = data;

  helio_agent1_call_stop_verify (cli->agent, NULL, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

HelioExit
helio_cli_verify (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin_list (cli, args, 1, &is_json);
  if (code != HELIO_EXIT_OK)
    return code;

  const char *bucket = (*args)[1] != NULL ? (*args)[1] : "";
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupted, cli);
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "Verify", g_variant_new ("(s)", bucket), &error);
  g_source_remove (interrupt);
  if (answer == NULL)
    return helio_cli_failed (error);

  g_autoptr (GVariant) verdicts = g_variant_get_child_value (answer, 0);
  guint differing = helio_dicts_count (verdicts) - helio_dicts_count_flags (verdicts, "equal");
  guint mended = helio_dicts_count_flags (verdicts, "mended");
  gboolean has_none = helio_dicts_count (verdicts) == 0;

  if (is_json)
    {
      g_autoptr (GString) json = g_string_new ("{");
      g_autoptr (GVariant) equal
          = g_variant_ref_sink (g_variant_new_boolean (differing == 0 && !has_none));
      g_autoptr (GVariant) was_mended = g_variant_ref_sink (g_variant_new_boolean (mended > 0));

      helio_json_append_member (json, "equal", equal);
      helio_json_append_member (json, "mended", was_mended);
      helio_json_append_member (json, "verdicts", verdicts);
      g_print ("%s}\n", json->str);
    }
  else if (!has_none)
    print_verdicts (cli, verdicts, differing, mended);
  if (has_none)
    {
      helio_cli_complain (_ ("there is nothing to compare: no bucket is on, or no destination "
                             "keeps history"));
      return HELIO_EXIT_ATTENTION;
    }
  if (differing > 0)
    return HELIO_EXIT_DIFFERENT;
  return mended > 0 ? HELIO_EXIT_MENDED : HELIO_EXIT_OK;
}

HelioExit
helio_cli_sync (HelioCli *cli, char ***args)
{
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin (cli, NULL, args, 0, 0);
  if (code != HELIO_EXIT_OK)
    return code;

  g_autoptr (GVariant) answer = helio_cli_call (cli, "SyncNow", NULL, &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  if (helio_agent1_get_paused_since (cli->agent) != 0)
    g_print ("%s", _ ("Paused: nothing was sent. Publish again: heliographctl resume\n"));
  else
    g_print ("%s", _ ("ActivityWatch was read; what was new, or changed in the last 24 hours, is "
                      "published.\n"));
  return HELIO_EXIT_OK;
}
