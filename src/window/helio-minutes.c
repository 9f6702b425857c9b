/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-minutes.h"

/* Far above what any span may be, far below what overflows. */
#define MAX_NUMBER 100000

char *
helio_minutes_format (guint seconds)
{
  return g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);
}

gboolean
helio_minutes_parse (const char *text, guint *seconds)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = g_strsplit (trimmed, ":", -1);
  guint n = g_strv_length (parts);
  guint64 first;
  guint64 second;

  if (n < 1 || n > 2 || !g_ascii_string_to_unsigned (parts[0], 10, 0, MAX_NUMBER, &first, NULL))
    return FALSE;
  if (n == 1)
    {
      *seconds = (guint) first;
      return TRUE;
    }
  if (!g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &second, NULL))
    return FALSE;
  *seconds = (guint) (first * 60 + second);
  return TRUE;
}
