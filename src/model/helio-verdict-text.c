/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "config.h"

#include "model/helio-verdict-text.h"

#include <glib/gi18n-lib.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"

/* A day of a verdict as the language writes it. */
static char *
describe_day (const char *day)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *noon = g_strconcat (day, "T12:00:00", NULL);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (noon, zone);

  return time != NULL ? helio_text_day (g_date_time_to_unix (time) * 1000) : g_strdup (day);
}

char *
helio_verdict_text_days (GVariant *verdict, guint most)
{
  g_autofree const char **days = NULL;
  gsize count = 0;

  if (g_variant_lookup (verdict, "differing-days", "^a&s", &days))
    count = g_strv_length ((char **) days);
  if (count == 0)
    return g_strdup ("");

  g_autoptr (GString) text = g_string_new (NULL);
  gsize n_shown = MIN (count, most);
  gsize all = MAX (count, (gsize) helio_dict_get_number (verdict, "days"));

  for (gsize i = 0; i < n_shown; i++)
    {
      g_autofree char *day = describe_day (days[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", day);
    }
  if (all > n_shown)
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE, " and %u more day", " and %u more days",
                                         (gulong) (all - n_shown)),
                            (guint) (all - n_shown));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (transfer full) (nullable) */
static char *
describe_days (GVariant *verdict, guint most)
{
  g_autofree char *days = helio_verdict_text_days (verdict, most);

  if (*days == '\0')
    return NULL;
  if (helio_dict_get_flag (verdict, "mended"))
    /* Translators: %s is a list of days */
    return g_strdup_printf (_ ("mended, it differed on %s"), days);
  /* Translators: %s is a list of days */
  return g_strdup_printf (_ ("differs on %s"), days);
}

static char *
describe_refused (GVariant *verdict)
{
  int64_t refused = helio_dict_get_number (verdict, "refused");
  g_autofree char *count = helio_text_count (refused);

  if (refused == 0)
    return NULL;
  /* Translators: %s is a number */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event was refused for good",
                                       "%s events were refused for good", (gulong) refused),
                          count);
}

static char *
describe_waiting (GVariant *verdict)
{
  int64_t waiting = helio_dict_get_number (verdict, "waiting");
  g_autofree char *count = helio_text_count (waiting);

  if (waiting == 0)
    return NULL;
  /* Translators: %s is a number */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s deletion waits for your answer",
                                       "%s deletions wait for your answer", (gulong) waiting),
                          count);
}

char *
helio_verdict_text_result (GVariant *verdict, guint most)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  char *some[]
      = { describe_days (verdict, most), describe_refused (verdict), describe_waiting (verdict) };

  for (gsize i = 0; i < G_N_ELEMENTS (some); i++)
    if (some[i] != NULL)
      g_ptr_array_add (parts, some[i]);
  if (helio_dict_get_flag (verdict, "equal"))
    g_ptr_array_insert (parts, 0, g_strdup (_ ("equal")));
  else if (parts->len == 0)
    g_ptr_array_add (parts, g_strdup (_ ("differs")));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv ("; ", (char **) parts->pdata);
}
