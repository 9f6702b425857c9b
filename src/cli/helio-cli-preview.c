/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-preview.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-json.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"

#define MAX_LIMIT 500

void
helio_preview_options_clear (HelioPreviewOptions *options)
{
  g_free (options->bucket);
  g_free (options->scope);
}

/* What leaves of it. (transfer full) */
static char *
describe (GVariant *event)
{
  const char *rule = helio_dict_get_text (event, "rule");
  const char *data = helio_dict_get_text (event, "data");
  const char *published = helio_dict_get_text (event, "published");

  if (!helio_dict_get_flag (event, "leaves"))
    return *rule != '\0' ? g_strdup_printf (_ ("nothing leaves (“%s”)"), rule)
                         : g_strdup (_ ("nothing leaves"));
  if (strcmp (data, published) == 0)
    return g_strdup (_ ("leaves as it is"));
  return g_strdup_printf ("%s (“%s”)", published, rule);
}

static void
print_event (GVariant *event)
{
  g_autofree char *start = helio_text_moment (helio_dict_get_number (event, "start"));
  g_autofree char *data = helio_text_clean (helio_dict_get_text (event, "data"));
  g_autofree char *described = describe (event);
  g_autofree char *leaves = helio_text_clean (described);

  g_print ("  %s  %s\n%*s→ %s\n", start, data, (int) strlen (start) + 4, "", leaves);
}

HelioExit
helio_cli_print_preview (HelioCli *cli, const HelioPreviewOptions *options, const char *rules)
{
  const char *scope = options->scope != NULL ? options->scope : "history";
  g_autofree char *bucket = g_strdup ("");
  g_autoptr (GError) error = NULL;

  if (strcmp (scope, "history") != 0 && strcmp (scope, "presence") != 0)
    return helio_cli_misused (cli, _ ("the scope is history or presence, not “%s”"), scope);
  if (options->limit < 1 || options->limit > MAX_LIMIT)
    return helio_cli_misused (cli, _ ("the limit is a number from 1 to %d"), MAX_LIMIT);

  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "Preview",
                        g_variant_new ("(ssus)", options->bucket != NULL ? options->bucket : "",
                                       scope, (guint32) options->limit, rules),
                        &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_autoptr (GVariant) events = g_variant_get_child_value (answer, 0);
  if (options->is_json)
    {
      helio_json_print (events);
      return HELIO_EXIT_OK;
    }
  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);
      const char *of = helio_dict_get_text (event, "bucket");

      if (strcmp (bucket, of) != 0)
        {
          g_autofree char *clean = helio_text_clean (of);

          g_print ("%s\n", clean);
          g_free (bucket);
          bucket = g_strdup (of);
        }
      print_event (event);
    }
  if (g_variant_n_children (events) == 0)
    g_print (_ ("There are no events. Is a bucket on? heliographctl buckets\n"));
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_preview (HelioCli *cli, char ***args)
{
  HelioPreviewOptions options = { .limit = 20 };
  const GOptionEntry entries[] = {
    HELIO_PREVIEW_ENTRIES (options),
    G_OPTION_ENTRY_NULL,
  };
  HelioExit code = HELIO_EXIT_USAGE;

  if (helio_cli_parse (cli, entries, args, 0, 0))
    code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code == HELIO_EXIT_OK)
    {
      helio_cli_wait_started (cli);
      code = helio_cli_print_preview (cli, &options, "");
    }
  helio_preview_options_clear (&options);
  return code;
}
