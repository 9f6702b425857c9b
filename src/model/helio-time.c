/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-time.h"

/* Days from 1970-01-01 to the given day of the proleptic Gregorian calendar; the year is 0 .. 9999.
 */
static inline int64_t
days_from_civil (int year, int month, int day)
{
  static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
  /* Leap days are counted up to the last whole February; 400 years keep the divisions positive. */
  unsigned last = (unsigned) (year + 400 - (month <= 2));

  return 365 * ((int64_t) year - 1970) + last / 4 - last / 100 + last / 400 + before[month - 1]
         + day - 1 - (2369 / 4 - 2369 / 100 + 2369 / 400);
}

static int
days_of_month (int year, int month)
{
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  gboolean is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  return days[month - 1] + (month == 2 && is_leap);
}

void
helio_time_format (int64_t ms, char text[HELIO_TIME_TEXT])
{
  int64_t seconds = ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
  int64_t days = seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
  int rest = (int) (seconds - days * 86400);
  int64_t z = days + 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  int month = (int) (mp < 10 ? mp + 3 : mp - 9);
  int year = (int) (yoe + era * 400 + (month <= 2));

  g_snprintf (text, HELIO_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
              (int) (doy - (153 * mp + 2) / 5 + 1), rest / 3600, rest / 60 % 60, rest % 60,
              (int) (ms - seconds * 1000));
}

static inline gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Reads two digits. */
static inline gboolean
take_two (const char **at, const char *end, int *value)
{
  const char *digits = *at;

  if (end - digits < 2 || !is_digit (digits[0]) || !is_digit (digits[1]))
    return FALSE;
  *value = (digits[0] - '0') * 10 + (digits[1] - '0');
  *at += 2;
  return TRUE;
}

static inline gboolean
take (const char **at, const char *end, char wanted)
{
  if (*at >= end || **at != wanted)
    return FALSE;
  (*at)++;
  return TRUE;
}

gboolean
helio_time_parse (const char *text, gsize length, int64_t *seconds, int32_t *nanoseconds)
{
  const char *at = text;
  const char *end = text + length;
  int century, year, month, day, hour, minute, second;
  int offset_hours = 0, offset_minutes = 0, sign = 1;
  int32_t nanos = 0;

  if (!take_two (&at, end, &century) || !take_two (&at, end, &year) || !take (&at, end, '-')
      || !take_two (&at, end, &month) || !take (&at, end, '-') || !take_two (&at, end, &day)
      || !(take (&at, end, 'T') || take (&at, end, 't') || take (&at, end, ' '))
      || !take_two (&at, end, &hour) || !take (&at, end, ':') || !take_two (&at, end, &minute)
      || !take (&at, end, ':') || !take_two (&at, end, &second))
    return FALSE;
  year += century * 100;
  if (month < 1 || month > 12 || day < 1 || day > days_of_month (year, month) || hour > 23
      || minute > 59 || second > 60)
    return FALSE;

  if (take (&at, end, '.'))
    {
      int digits = 0;

      for (; at < end && is_digit (*at); at++, digits++)
        if (digits < 9)
          nanos = nanos * 10 + (*at - '0');
      if (digits == 0)
        return FALSE;
      for (; digits < 9; digits++)
        nanos *= 10;
    }

  if (!take (&at, end, 'Z') && !take (&at, end, 'z'))
    {
      if (at >= end || (*at != '+' && *at != '-'))
        return FALSE;
      sign = *at++ == '-' ? -1 : 1;
      if (!take_two (&at, end, &offset_hours))
        return FALSE;
      take (&at, end, ':');
      if (!take_two (&at, end, &offset_minutes) || offset_minutes > 59)
        return FALSE;
    }
  if (at != end)
    return FALSE;

  *seconds = days_from_civil (year, month, day) * 86400 + hour * 3600 + minute * 60 + second
             - sign * (offset_hours * 3600 + offset_minutes * 60);
  *nanoseconds = nanos;
  return TRUE;
}

int64_t
helio_time_now (void)
{
  return g_get_real_time () / 1000;
}

int64_t
helio_time_next_midnight (int64_t now)
{
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now / 1000);
  g_autoptr (GDateTime) tomorrow = today != NULL ? g_date_time_add_days (today, 1) : NULL;

  g_return_val_if_fail (tomorrow != NULL, now);
  /* Where a clock is put forward at midnight, GLib takes the first time there is. */
  g_autoptr (GDateTime) midnight
      = g_date_time_new_local (g_date_time_get_year (tomorrow), g_date_time_get_month (tomorrow),
                               g_date_time_get_day_of_month (tomorrow), 0, 0, 0);
  return g_date_time_to_unix (midnight) * 1000;
}
