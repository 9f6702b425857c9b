/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "model/helio-time.h"

HelioExit
helio_cli_pause (HelioCli *cli, char ***args)
{
  g_autoptr (GError) error = NULL;
  int64_t now = helio_time_now ();
  int64_t until = 0;

  if (!helio_cli_parse (cli, NULL, args, 0, 1))
    return HELIO_EXIT_USAGE;
  if ((*args)[1] != NULL && !helio_text_parse_until ((*args)[1], now, &until))
    return helio_cli_misused (
        cli, _ ("“%s” is no span or time: 30m, 1h, 1h30m, 2d, tomorrow or 14:30"), (*args)[1]);
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_START);
  if (code != HELIO_EXIT_OK)
    return code;

  g_autoptr (GVariant) answer = helio_cli_call (cli, "Pause", g_variant_new ("(x)", until), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_autofree char *end = helio_text_time (until, now);
  if (until == 0)
    g_print ("%s", _ ("Paused until you say: heliographctl resume\n"));
  else
    g_print (_ ("Paused until %s. Sooner: heliographctl resume\n"), end);
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_resume (HelioCli *cli, char ***args)
{
  gboolean is_gap = FALSE;
  const GOptionEntry entries[] = {
    { "publish-gap", 0, 0, G_OPTION_ARG_NONE, &is_gap,
      N_ ("Publish what happened in the pause after all"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;

  HelioExit code = helio_cli_begin (cli, entries, args, 0, 0);
  if (code != HELIO_EXIT_OK)
    return code;

  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "Resume", g_variant_new ("(b)", is_gap), &error);
  if (answer == NULL)
    return helio_cli_failed (error);
  g_print ("%s", is_gap ? _ ("Publishing again, the pause included.\n")
                        : _ ("Publishing again; what happened in the pause stays here.\n"));
  return HELIO_EXIT_OK;
}

HelioExit
helio_cli_quit (HelioCli *cli, char ***args)
{
  g_autoptr (GError) error = NULL;

  if (!helio_cli_parse (cli, NULL, args, 0, 0))
    return HELIO_EXIT_USAGE;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_ONLY_RUNNING);
  if (code != HELIO_EXIT_OK)
    return code;

  g_autoptr (GVariant) answer = helio_cli_call (cli, "Quit", NULL, &error);
  /* An agent may end between its goodbye and its answer: it did as it was told. */
  if (answer == NULL && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return helio_cli_failed (error);
  while (helio_has_owner (cli->agent))
    g_main_context_iteration (NULL, TRUE);
  g_print ("%s", _ ("The agent has ended.\n"));
  return HELIO_EXIT_OK;
}
