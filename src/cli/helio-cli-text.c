/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-text.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "model/helio-event.h"

#define LONGEST_PAUSE (366 * HELIO_DAY)

static GDateTime *
local_time (int64_t ms)
{
  int64_t seconds = ms / HELIO_SECOND;

  if (ms % HELIO_SECOND < 0)
    seconds--;
  return g_date_time_new_from_unix_local (seconds);
}

static char *
format_time (int64_t ms, const char *format)
{
  g_autoptr (GDateTime) time = local_time (ms);

  return time != NULL ? g_date_time_format (time, format) : g_strdup ("?");
}

char *
helio_text_time (int64_t ms, int64_t now)
{
  g_autofree char *day = helio_text_day (ms);
  g_autofree char *today = helio_text_day (now);

  if (strcmp (day, today) == 0)
    return format_time (ms, "%H:%M");
  if (ABS (now - ms) < 6 * HELIO_DAY)
    return format_time (ms, "%a %H:%M");
  return format_time (ms, "%Y-%m-%d %H:%M");
}

char *
helio_text_day (int64_t ms)
{
  return format_time (ms, "%Y-%m-%d");
}

char *
helio_text_moment (int64_t ms)
{
  return format_time (ms, "%Y-%m-%d %H:%M:%S");
}

char *
helio_text_span (int64_t ms)
{
  int64_t span = MAX (ms, 0);

  if (span < HELIO_MINUTE)
    return g_strdup_printf (_ ("%d s"), (int) (span / HELIO_SECOND));
  if (span < HELIO_HOUR)
    return g_strdup_printf (_ ("%d min"), (int) (span / HELIO_MINUTE));
  if (span < 2 * HELIO_DAY)
    {
      int minutes = (int) (span % HELIO_HOUR / HELIO_MINUTE);

      if (minutes == 0)
        return g_strdup_printf (_ ("%d h"), (int) (span / HELIO_HOUR));
      return g_strdup_printf (_ ("%d h %d min"), (int) (span / HELIO_HOUR), minutes);
    }
  int64_t days = span / HELIO_DAY;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" G_GINT64_FORMAT " day",
                                       "%" G_GINT64_FORMAT " days", (gulong) days),
                          days);
}

char *
helio_text_count (int64_t count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  const char *separator = localeconv ()->thousands_sep;
  gsize length = strlen (digits);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
        g_string_append (text, separator);
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

char *
helio_text_percent (int64_t part, int64_t whole)
{
  if (whole < 0)
    return g_strdup ("-");
  if (part >= whole)
    return g_strdup ("100 %");
  return g_strdup_printf ("%d %%", (int) (100.0 * (double) MAX (part, 0) / (double) whole));
}

static gboolean
is_unsafe (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
helio_text_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      g_string_append_unichar (clean, is_unsafe (c) ? 0xfffd : c);
    }
  return g_string_free (clean, FALSE);
}

char *
helio_text_mask_tokens (const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new ("hgr?_[A-Za-z0-9_-]+", 0, 0, NULL);

  return g_regex_replace_literal (regex, text, -1, 0, "hg_…", 0, NULL);
}

/* The days, hours and minutes of "1h30m": each at most once, the larger first. */
static gboolean
parse_span (const char *text, int64_t *span)
{
  static const struct
  {
    char unit;
    int64_t ms;
  } units[] = { { 'd', HELIO_DAY }, { 'h', HELIO_HOUR }, { 'm', HELIO_MINUTE } };
  const char *p = text;
  guint next = 0;

  *span = 0;
  while (*p != '\0')
    {
      int64_t number = 0;
      int digits = 0;

      for (; g_ascii_isdigit (*p) && digits < 6; p++, digits++)
        number = number * 10 + (*p - '0');
      while (next < G_N_ELEMENTS (units) && units[next].unit != *p)
        next++;
      if (digits == 0 || next == G_N_ELEMENTS (units))
        return FALSE;
      *span += number * units[next++].ms;
      p++;
    }
  return *span > 0 && *span <= LONGEST_PAUSE;
}

static int64_t
ms_of (GDateTime *time)
{
  return g_date_time_to_unix (time) * HELIO_SECOND;
}

/* The next time after now at which a clock on the wall shows this. */
static gboolean
next_clock_time (int64_t now, int hour, int minute, int64_t *until)
{
  g_autoptr (GDateTime) time = local_time (now);

  for (int days = 0; days <= 2; days++)
    {
      g_autoptr (GDateTime) day = g_date_time_add_days (time, days);
      g_autoptr (GDateTime) candidate
          = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                   g_date_time_get_day_of_month (day), hour, minute, 0);

      if (candidate != NULL && ms_of (candidate) > now)
        {
          *until = ms_of (candidate);
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
helio_text_parse_until (const char *text, int64_t now, int64_t *until)
{
  int64_t span;

  if (strcmp (text, "tomorrow") == 0)
    return next_clock_time (now, 0, 0, until);
  if (strlen (text) == 5 && text[2] == ':' && g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1])
      && g_ascii_isdigit (text[3]) && g_ascii_isdigit (text[4]))
    {
      int hour = (text[0] - '0') * 10 + (text[1] - '0');
      int minute = (text[3] - '0') * 10 + (text[4] - '0');

      return hour < 24 && minute < 60 && next_clock_time (now, hour, minute, until);
    }
  if (!parse_span (text, &span))
    return FALSE;
  *until = now + span;
  return TRUE;
}

gboolean
helio_text_parse_day (const char *text, int64_t *ms)
{
  static const char shape[] = "dddd-dd-dd";

  if (strlen (text) != strlen (shape))
    return FALSE;
  for (gsize i = 0; i < strlen (shape); i++)
    {
      if (shape[i] == 'd' ? !g_ascii_isdigit (text[i]) : text[i] != shape[i])
        return FALSE;
    }

  int year = (int) g_ascii_strtoll (text, NULL, 10);
  int month = (int) g_ascii_strtoll (text + 5, NULL, 10);
  int day = (int) g_ascii_strtoll (text + 8, NULL, 10);
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, 0, 0, 0);
  if (time == NULL)
    return FALSE;
  *ms = ms_of (time);
  return TRUE;
}

/* How many letters must be added, removed or changed. */
static guint
distance (const char *a, const char *b)
{
  gsize width = strlen (b) + 1;
  g_autofree guint *row = g_new (guint, width);

  for (gsize i = 0; i < width; i++)
    row[i] = (guint) i;
  for (const char *p = a; *p != '\0'; p++)
    {
      guint diagonal = row[0];

      row[0]++;
      for (gsize i = 1; i < width; i++)
        {
          guint changed = diagonal + (*p != b[i - 1]);

          diagonal = row[i];
          row[i] = MIN (changed, MIN (row[i], row[i - 1]) + 1);
        }
    }
  return row[width - 1];
}

const char *
helio_text_nearest (const char *word, const char *const *words)
{
  const char *nearest = NULL;
  guint least = G_MAXUINT;

  for (gsize i = 0; words[i] != NULL; i++)
    {
      guint letters = distance (word, words[i]);

      if (strlen (word) >= 2 && g_str_has_prefix (words[i], word))
        letters = 1;
      if (letters < least)
        {
          least = letters;
          nearest = words[i];
        }
    }
  return least <= MAX (1, strlen (word) / 3) ? nearest : NULL;
}
