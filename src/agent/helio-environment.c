/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-environment.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-error.h"
#include "model/helio-time.h"

/* An empty variable counts as unset. */
static char *
get (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && *value != '\0' ? g_strdup (value) : NULL;
}

static gboolean
wrong (const char *name, const char *wanted, GError **error)
{
  /* Translators: a variable, and "1 or 0" or the like. */
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, _ ("%s must be %s"), name, wanted);
  return FALSE;
}

static gboolean
parse_from (const char *text, int64_t *ms)
{
  g_autofree char *day = g_strconcat (text, "T00:00:00Z", NULL);
  int64_t seconds;
  int32_t nanoseconds;

  if (strcmp (text, "all") == 0)
    {
      *ms = 0;
      return TRUE;
    }
  if (!helio_time_parse (text, strlen (text), &seconds, &nanoseconds)
      && !helio_time_parse (day, strlen (day), &seconds, &nanoseconds))
    return FALSE;
  *ms = seconds * 1000 + nanoseconds / 1000000;
  return TRUE;
}

static GStrv
split_list (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (GStrv word = words; *word != NULL; word++)
    if (*g_strstrip (*word) != '\0')
      g_strv_builder_add (builder, *word);
  return g_strv_builder_end (builder);
}

static gboolean
read_flag (const char *name, gboolean *flag, GError **error)
{
  g_autofree char *text = get (name);

  if (text == NULL || strcmp (text, "0") == 0 || strcmp (text, "no") == 0)
    return TRUE;
  if (strcmp (text, "1") != 0 && strcmp (text, "yes") != 0)
    return wrong (name, _ ("1 or 0"), error);
  *flag = TRUE;
  return TRUE;
}

HelioEnvironment *
helio_environment_read (GError **error)
{
  g_autoptr (HelioEnvironment) environment = g_new0 (HelioEnvironment, 1);
  g_autofree char *from = get ("HELIOGRAPH_HISTORY_FROM");
  g_autofree char *buckets = get ("HELIOGRAPH_BUCKETS");
  g_autofree char *level = get ("HELIOGRAPH_LEVEL");

  environment->aw_url = get ("HELIOGRAPH_AW_URL");
  environment->aw_key_file = get ("HELIOGRAPH_AW_KEY_FILE");
  environment->url = get ("HELIOGRAPH_URL");
  environment->token_file = get ("HELIOGRAPH_TOKEN_FILE");
  environment->buckets = buckets != NULL ? split_list (buckets) : NULL;
  environment->level = HELIO_LEVEL_STATE;

  if (level != NULL && !helio_level_from_string (level, &environment->level))
    return wrong ("HELIOGRAPH_LEVEL", _ ("nothing, state, app or title"), error), NULL;
  if (from != NULL && !parse_from (from, &environment->history_from))
    return wrong ("HELIOGRAPH_HISTORY_FROM", _ ("a day as 2026-01-31, a full time, or “all”"),
                  error),
           NULL;
  environment->has_history_from = from != NULL;
  if (!read_flag ("HELIOGRAPH_ALLOW_PLAIN_HTTP", &environment->allows_plain_http, error))
    return NULL;
  if (environment->url != NULL && environment->token_file == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   _ ("HELIOGRAPH_URL is set, but HELIOGRAPH_TOKEN_FILE is not: name a file that "
                      "holds the token and that only you may read"));
      return NULL;
    }
  return g_steal_pointer (&environment);
}

void
helio_environment_free (HelioEnvironment *environment)
{
  g_free (environment->aw_url);
  g_free (environment->aw_key_file);
  g_free (environment->url);
  g_free (environment->token_file);
  g_strfreev (environment->buckets);
  g_free (environment);
}
