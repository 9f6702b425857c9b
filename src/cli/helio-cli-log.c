/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/helio-cli-call.h"
#include "cli/helio-cli.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"

static const char *const levels[] = { "debug", "info", "message", "warning", NULL };

typedef struct
{
  HelioCli *cli;
  guint least;       /* index in levels */
  guint32 shown;     /* serial of the last entry shown */
  gboolean is_ready; /* what came before was shown */
  gboolean is_over;
  GPtrArray *early; /* (element-type GVariant) entries that came meanwhile */
} Log;

static guint
rank (const char *level)
{
  for (guint i = 0; levels[i] != NULL; i++)
    {
      if (strcmp (levels[i], level) == 0)
        return i;
    }
  /* An unknown level is not hidden. */
  return G_N_ELEMENTS (levels);
}

static void
show (Log *log, GVariant *entry)
{
  guint32 serial;
  int64_t time;
  const char *level;
  const char *domain;
  const char *message;

  g_variant_get (entry, "(ux&s&s&s)", &serial, &time, &level, &domain, &message);
  if (serial <= log->shown)
    return;
  log->shown = serial;
  if (rank (level) < log->least)
    return;

  g_autofree char *moment = helio_text_moment (time);
  g_autofree char *clean = helio_text_clean (message);
  g_print ("%s  %-7s  %s: %s\n", moment, level, domain, clean);
}

static void
on_log_added (HelioAgent1 *agent, GVariant *entry, Log *log)
{
  (void) agent;

  if (log->is_ready)
    {
      show (log, entry);
      fflush (stdout);
    }
  else
    g_ptr_array_add (log->early, g_variant_ref (entry));
}

static void
on_owner_changed (HelioAgent1 *agent, GParamSpec *pspec, Log *log)
{
  (void) pspec;
  log->is_over = !helio_has_owner (agent);
}

HelioExit
helio_cli_log (HelioCli *cli, char ***args)
{
  gboolean is_following = FALSE;
  g_autofree char *level = NULL;
  const GOptionEntry entries[] = {
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &is_following, N_ ("Go on as entries come"), NULL },
    { "level", 'l', 0, G_OPTION_ARG_STRING, &level,
      N_ ("The least level shown: debug, info, message or warning; else info"), N_ ("LEVEL") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) early = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);

  if (!helio_cli_parse (cli, entries, args, 0, 0))
    return HELIO_EXIT_USAGE;
  if (level != NULL && !g_strv_contains (levels, level))
    return helio_cli_misused (cli, _ ("“%s” is no level: debug, info, message or warning"), level);
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_ONLY_RUNNING);
  if (code != HELIO_EXIT_OK)
    return code;

  Log log = { cli, rank (level != NULL ? level : "info"), 0, FALSE, FALSE, early };
  if (is_following)
    {
      g_signal_connect (cli->agent, "log-added", G_CALLBACK (on_log_added), &log);
      g_signal_connect (cli->agent, "notify::g-name-owner", G_CALLBACK (on_owner_changed), &log);
    }
  g_autoptr (GVariant) answer = helio_cli_call (cli, "ListLog", g_variant_new ("(u)", 0u), &error);
  if (answer == NULL)
    return helio_cli_failed (error);

  g_autoptr (GVariant) past = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (past); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (past, i);
      show (&log, entry);
    }
  for (guint i = 0; i < early->len; i++)
    show (&log, early->pdata[i]);
  log.is_ready = TRUE;
  fflush (stdout);
  while (is_following && !log.is_over)
    g_main_context_iteration (NULL, TRUE);
  if (is_following)
    {
      g_signal_handlers_disconnect_by_data (cli->agent, &log);
      helio_cli_complain (_ ("the agent has ended"));
      return HELIO_EXIT_NO_AGENT;
    }
  return HELIO_EXIT_OK;
}
