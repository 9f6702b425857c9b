/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-text.h"

#include <string.h>

#include "model/helio-event.h"

#define LONGEST_PAUSE (366 * HELIO_DAY)

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
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (now / HELIO_SECOND);

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

guint
helio_text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}
