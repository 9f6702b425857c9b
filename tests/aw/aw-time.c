/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-time.h"

#include <string.h>

int64_t
aw_floor (int64_t value, int64_t unit)
{
  int64_t rest = value % unit;

  return (rest < 0 ? value - rest - unit : value - rest) / unit;
}

static char *
put_digits (char *at, int64_t value, int count)
{
  for (int i = count - 1; i >= 0; i--, value /= 10)
    at[i] = (char) ('0' + value % 10);
  return at + count;
}

/* The date of a day since 1970, with the T. Events of a page share days, so the last is kept. */
static const char *
format_day (int64_t day)
{
  static _Thread_local int64_t kept_day = INT64_MIN;
  static _Thread_local char kept[16];
  g_autoptr (GDateTime) date = NULL;
  char *at = kept;

  if (day == kept_day)
    return kept;
  date = g_date_time_new_from_unix_utc (day * 86400);
  at = put_digits (at, date != NULL ? g_date_time_get_year (date) : 0, 4);
  *at++ = '-';
  at = put_digits (at, date != NULL ? g_date_time_get_month (date) : 0, 2);
  *at++ = '-';
  at = put_digits (at, date != NULL ? g_date_time_get_day_of_month (date) : 0, 2);
  *at++ = 'T';
  *at = '\0';
  kept_day = day;
  return kept;
}

int
aw_time_format (int64_t ns, AwFlavour flavour, char text[AW_TIME_TEXT])
{
  int64_t seconds = aw_floor (ns, AW_SECOND);
  int64_t rest = ns - seconds * AW_SECOND;
  int64_t day = aw_floor (seconds, 86400);
  int64_t clock = seconds - day * 86400;
  char *at = text;

  memcpy (at, format_day (day), 11);
  at = put_digits (at + 11, clock / 3600, 2);
  *at++ = ':';
  at = put_digits (at, clock / 60 % 60, 2);
  *at++ = ':';
  at = put_digits (at, clock % 60, 2);
  if (flavour == AW_FLAVOUR_PYTHON)
    {
      if (rest / 1000 != 0)
        {
          *at++ = '.';
          at = put_digits (at, rest / 1000, 6);
        }
      memcpy (at, "+00:00", 7);
      return (int) (at - text) + 6;
    }
  if (rest != 0)
    {
      *at++ = '.';
      if (rest % AW_MS == 0)
        at = put_digits (at, rest / AW_MS, 3);
      else if (rest % 1000 == 0)
        at = put_digits (at, rest / 1000, 6);
      else
        at = put_digits (at, rest, 9);
    }
  memcpy (at, "Z", 2);
  return (int) (at - text) + 1;
}

int
aw_duration_format (int64_t ns, AwFlavour flavour, char text[AW_TIME_TEXT])
{
  int64_t size = ns < 0 ? -ns : ns;
  int64_t seconds = size / AW_SECOND;
  int64_t rest = size % AW_SECOND;
  char whole[24];
  char *at = text;
  int count = 0;
  g_autoptr (GString) rare = NULL;

  /* Decimals of at most 15 digits are their own shortest form; the others are rare. */
  if (seconds >= 1000000 || (seconds == 0 && rest != 0 && rest < 100000))
    {
      rare = g_string_new (NULL);
      aw_json_write_double ((double) ns / 1e9, flavour, rare);
      memcpy (text, rare->str, rare->len + 1);
      return (int) rare->len;
    }
  if (ns < 0)
    *at++ = '-';
  do
    {
      whole[count++] = (char) ('0' + seconds % 10);
      seconds /= 10;
    }
  while (seconds != 0);
  while (count > 0)
    *at++ = whole[--count];
  *at++ = '.';
  if (rest == 0)
    *at++ = '0';
  else
    {
      at = put_digits (at, rest, 9);
      while (at[-1] == '0')
        at--;
    }
  *at = '\0';
  return (int) (at - text);
}

static gboolean
take_digits (const char **at, int most, int least, int *value)
{
  int count = 0;

  for (*value = 0; count < most && g_ascii_isdigit (**at); count++, (*at)++)
    *value = *value * 10 + (**at - '0');
  return count >= least;
}

static gboolean
take (const char **at, const char *any_of)
{
  if (**at == '\0' || strchr (any_of, **at) == NULL)
    return FALSE;
  (*at)++;
  return TRUE;
}

static gboolean
read_clock (const char **at, AwFlavour flavour, int *hour, int *minute, int *second, int64_t *nanos)
{
  gboolean is_strict = flavour == AW_FLAVOUR_RUST;
  int digits = 0;

  if (!take_digits (at, 2, 2, hour) || (!take (at, ":") && is_strict)
      || !take_digits (at, 2, 2, minute))
    return FALSE;
  if (!take (at, ":") && is_strict)
    return FALSE;
  if (!take_digits (at, 2, is_strict ? 2 : 1, second))
    {
      if (is_strict)
        return FALSE;
      *second = 0;
    }
  if (!take (at, is_strict ? "." : ".,"))
    return TRUE;
  for (; g_ascii_isdigit (**at); (*at)++, digits++)
    if (digits < 9)
      *nanos = *nanos * 10 + (**at - '0');
  if (digits == 0)
    return FALSE;
  for (; digits < 9; digits++)
    *nanos *= 10;
  return TRUE;
}

static gboolean
read_zone (const char **at, AwFlavour flavour, int *offset)
{
  int hours = 0, minutes = 0, sign;

  if (take (at, "Zz"))
    return TRUE;
  if (**at == '\0')
    return flavour == AW_FLAVOUR_PYTHON;
  sign = **at == '-' ? -1 : 1;
  if (!take (at, "+-") || !take_digits (at, 2, 2, &hours))
    return FALSE;
  take (at, ":");
  if (!take_digits (at, 2, 2, &minutes) && flavour == AW_FLAVOUR_RUST)
    return FALSE;
  *offset = sign * (hours * 3600 + minutes * 60);
  return TRUE;
}

gboolean
aw_time_parse (const char *text, AwFlavour flavour, int64_t *ns)
{
  gboolean is_strict = flavour == AW_FLAVOUR_RUST;
  const char *at = text;
  int year, month = 1, day = 1, hour = 0, minute = 0, second = 0, offset = 0;
  int64_t nanos = 0, seconds;
  g_autoptr (GDateTime) date = NULL;

  if (!take_digits (&at, 4, 4, &year))
    return FALSE;
  if (take (&at, "-") ? !take_digits (&at, 2, is_strict ? 2 : 1, &month) : is_strict)
    return FALSE;
  if (take (&at, "-") ? !take_digits (&at, 2, is_strict ? 2 : 1, &day) : is_strict)
    return FALSE;
  if (*at != '\0' || is_strict)
    if (!take (&at, is_strict ? "Tt " : "T ")
        || !read_clock (&at, flavour, &hour, &minute, &second, &nanos)
        || !read_zone (&at, flavour, &offset))
      return FALSE;
  if (*at != '\0' || hour > 23 || minute > 59 || second > 59)
    return FALSE;
  date = g_date_time_new_utc (year, month, day, hour, minute, 0);
  if (date == NULL)
    return FALSE;
  seconds = g_date_time_to_unix (date) + second - offset;
  if (seconds < -9000000000 || seconds > 9000000000)
    return FALSE;
  *ns = seconds * AW_SECOND + nanos;
  return TRUE;
}
