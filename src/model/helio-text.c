/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "config.h"

#include "model/helio-text.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "model/helio-event.h"

/* The agent tells times in steps of a minute. */
#define JUST_NOW (2 * HELIO_MINUTE)

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
    /* Translators: a time as people write it, for g_date_time_format(): 14:05 */
    return format_time (ms, _ ("%H:%M"));
  if (ABS (now - ms) < 6 * HELIO_DAY)
    /* Translators: a day of the week and a time: Mon 14:05 */
    return format_time (ms, _ ("%a %H:%M"));
  /* Translators: a day and a time: 2026-03-01 14:05 */
  return format_time (ms, _ ("%Y-%m-%d %H:%M"));
}

char *
helio_text_day (int64_t ms)
{
  /* Translators: a day in numbers as people write it, with its year: 2026-03-01 */
  return format_time (ms, _ ("%Y-%m-%d"));
}

char *
helio_text_typed_day (int64_t ms)
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
  int days = (int) (span / HELIO_DAY);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) days), days);
}

char *
helio_text_ago (int64_t ms, int64_t now)
{
  g_autofree char *span = NULL;

  if (ABS (now - ms) < JUST_NOW)
    return g_strdup (_ ("just now"));
  if (ms > now || now - ms >= HELIO_DAY)
    return helio_text_time (ms, now);
  span = helio_text_span (now - ms < HELIO_HOUR ? now - ms : now - ms - (now - ms) % HELIO_HOUR);
  /* Translators: %s is "12 min" or "3 h" */
  return g_strdup_printf (_ ("%s ago"), span);
}

char *
helio_text_count (int64_t count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  g_autofree char *separator
      = g_locale_to_utf8 (localeconv ()->thousands_sep, -1, NULL, NULL, NULL);
  gsize length = strlen (digits);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
        g_string_append (text, separator != NULL ? separator : "");
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

char *
helio_text_percent (int64_t part, int64_t whole)
{
  int percent;

  if (whole < 0)
    return g_strdup ("-");
  if (part >= whole)
    percent = 100;
  else
    percent = (int) (100.0 * (double) MAX (part, 0) / (double) whole);
  /* Translators: a part in a hundred: 42 % */
  return g_strdup_printf (_ ("%d %%"), percent);
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

gboolean
helio_text_is_web_address (const char *text)
{
  return g_str_has_prefix (text, "http://") || g_str_has_prefix (text, "https://");
}
