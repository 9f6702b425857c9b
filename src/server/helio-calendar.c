/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-calendar.h"

#include <string.h>

#include "model/helio-event.h"

GTimeZone *
helio_calendar_get_zone (const char *name)
{
  GTimeZone *zone = g_time_zone_new_identifier (name);

  return zone != NULL ? zone : g_time_zone_new_utc ();
}

static guint32
day_of (GDateTime *time)
{
  int year, month, day;
  GDate date;

  g_date_time_get_ymd (time, &year, &month, &day);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return g_date_get_julian (&date);
}

guint32
helio_calendar_get_day (GTimeZone *zone, int64_t time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / HELIO_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);

  return day_of (local);
}

/* In some zones a clock is set at midnight, which then is left out, or comes twice. */
int64_t
helio_calendar_get_midnight (GTimeZone *zone, guint32 day)
{
  GDate date;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GDateTime) hour_before = NULL;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day);
  time = g_date_time_new (zone, g_date_get_year (&date), (int) g_date_get_month (&date),
                          g_date_get_day (&date), 0, 0, 0);
  hour_before = g_date_time_add_hours (time, -1);
  if (day_of (hour_before) == day)
    return g_date_time_to_unix (hour_before) * HELIO_SECOND;
  return g_date_time_to_unix (time) * HELIO_SECOND;
}

int64_t *
helio_calendar_list_midnights (GTimeZone *zone, guint32 first, guint n_days)
{
  int64_t *midnights = g_new (int64_t, n_days + 1);

  for (guint i = 0; i <= n_days; i++)
    midnights[i] = helio_calendar_get_midnight (zone, first + i);
  return midnights;
}

gboolean
helio_calendar_parse (const char *text, guint32 *day)
{
  static const char form[] = "0000-00-00";
  int year, month, number;
  GDate date;

  if (strlen (text) != strlen (form))
    return FALSE;
  for (guint i = 0; form[i] != '\0'; i++)
    if (form[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
      return FALSE;
  year = (int) g_ascii_strtoull (text, NULL, 10);
  month = (int) g_ascii_strtoull (text + 5, NULL, 10);
  number = (int) g_ascii_strtoull (text + 8, NULL, 10);
  if (year < 1 || month < 1 || number < 1
      || !g_date_valid_dmy ((GDateDay) number, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  /* GDateTime knows nothing before the first and after the last day, which both have an edge. */
  if (strcmp (text, "0001-01-01") == 0 || strcmp (text, "9999-12-31") == 0)
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) number, (GDateMonth) month, (GDateYear) year);
  *day = g_date_get_julian (&date);
  return TRUE;
}

void
helio_calendar_append (GString *text, guint32 day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day);
  g_string_append_printf (text, "%04d-%02d-%02d", g_date_get_year (&date),
                          (int) g_date_get_month (&date), g_date_get_day (&date));
}
