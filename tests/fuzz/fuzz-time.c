/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Timestamps, against a reader that is as slow and as simple as can be: a regular expression, and
 * days that are counted one year and one month at a time. */

#include "fuzz/fuzz.h"
#include "model/helio-time.h"

static gboolean
is_leap (int year)
{
  return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

static int
length_of_month (int year, int month)
{
  switch (month)
    {
    case 2:
      return is_leap (year) ? 29 : 28;
    case 4:
    case 6:
    case 9:
    case 11:
      return 30;
    default:
      return 31;
    }
}

static int64_t
count_days (int year, int month, int day)
{
  int64_t days = day - 1;

  for (int each = 1; each < month; each++)
    days += length_of_month (year, each);
  for (int each = 1970; each < year; each++)
    days += is_leap (each) ? 366 : 365;
  for (int each = year; each < 1970; each++)
    days -= is_leap (each) ? 366 : 365;
  return days;
}

static int
fetch (GMatchInfo *match, const char *name)
{
  g_autofree char *text = g_match_info_fetch_named (match, name);

  return text != NULL ? (int) g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
parse_slowly (const char *text, gsize length, int64_t *seconds, int32_t *nanoseconds)
{
  static GRegex *regex;
  g_autoptr (GMatchInfo) match = NULL;

  if (regex == NULL)
    regex = g_regex_new ("\\A(?<Y>[0-9]{4})-(?<M>[0-9]{2})-(?<D>[0-9]{2})[Tt ]"
                         "(?<h>[0-9]{2}):(?<m>[0-9]{2}):(?<s>[0-9]{2})"
                         "(?:[.](?<f>[0-9]+))?"
                         "(?:[Zz]|(?<sign>[+-])(?<oh>[0-9]{2}):?(?<om>[0-9]{2}))\\z",
                         G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
  if (!g_regex_match_full (regex, text, (gssize) length, 0, 0, &match, NULL))
    return FALSE;

  int year = fetch (match, "Y"), month = fetch (match, "M"), day = fetch (match, "D");
  int hour = fetch (match, "h"), minute = fetch (match, "m"), second = fetch (match, "s");
  int offset = fetch (match, "oh") * 3600 + fetch (match, "om") * 60;
  g_autofree char *fraction = g_match_info_fetch_named (match, "f");
  g_autofree char *sign = g_match_info_fetch_named (match, "sign");

  if (month == 0 || month > 12 || day == 0 || day > length_of_month (year, month) || hour >= 24
      || minute >= 60 || second > 60 || fetch (match, "om") >= 60)
    return FALSE;
  g_autofree char *nanos = g_strdup_printf ("%s000000000", fraction != NULL ? fraction : "");
  nanos[9] = '\0';
  *nanoseconds = (int32_t) g_ascii_strtoll (nanos, NULL, 10);
  *seconds = count_days (year, month, day) * 86400 + hour * 3600 + minute * 60 + second
             + (g_strcmp0 (sign, "-") == 0 ? offset : -offset);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  int64_t seconds = 0, slow_seconds = 0, again;
  int32_t nanoseconds = 0, slow_nanoseconds = 0;
  gboolean is_time = helio_time_parse (text, size, &seconds, &nanoseconds);
  char written[HELIO_TIME_TEXT];

  g_assert_true (parse_slowly (text, size, &slow_seconds, &slow_nanoseconds) == is_time);
  if (!is_time)
    return 0;
  g_assert_cmpint (seconds, ==, slow_seconds);
  g_assert_cmpint (nanoseconds, ==, slow_nanoseconds);

  /* What is written reads back, as long as the year has four digits. */
  if (seconds < count_days (0, 1, 1) * 86400 || seconds >= count_days (10000, 1, 1) * 86400)
    return 0;
  helio_time_format (seconds * 1000 + nanoseconds / 1000000, written);
  g_assert_true (helio_time_parse (written, strlen (written), &again, &slow_nanoseconds));
  g_assert_cmpint (again, ==, seconds);
  g_assert_cmpint (slow_nanoseconds, ==, nanoseconds / 1000000 * 1000000);
  return 0;
}
