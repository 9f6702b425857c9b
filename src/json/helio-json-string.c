/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-json"

#include "json/helio-json.h"

#include "json/helio-json-scan.h"

static void
undo_string (const char *at, const char *end, GString *text)
{
  while (at < end)
    {
      const char *escape = memchr (at, '\\', (size_t) (end - at));

      if (escape == NULL)
        escape = end;
      g_string_append_len (text, at, escape - at);
      at = escape;
      if (at < end)
        g_string_append_unichar (text, helio_json_undo_escape (&at, end));
    }
}

gboolean
helio_json_escaped_key_is (const char *key, gsize key_length, const char *name)
{
  gsize length = strlen (name);

  /* An escaped NUL may not make a longer key equal to the name. */
  g_autoptr (GString) undone = g_string_new (NULL);

  undo_string (key, key + key_length, undone);
  return undone->len == length && memcmp (undone->str, name, undone->len) == 0;
}

gboolean
helio_json_take_string (HelioJson *json, GString *text)
{
  const char *raw;
  gsize length;

  if (!helio_json_take_raw_string (json, &raw, &length))
    return FALSE;
  undo_string (raw, raw + length, text);
  return TRUE;
}

void
helio_json_append_string (GString *json, const char *text, gssize length)
{
  const char *at = text;
  const char *end = text + (length < 0 ? strlen (text) : (gsize) length);

  g_string_append_c (json, '"');
  while (at < end)
    {
      const char *plain = helio_json_skip_plain (at, end);
      int bytes;

      g_string_append_len (json, at, plain - at);
      at = plain;
      if (at >= end)
        break;
      bytes = helio_json_utf8_length (at, end);
      if (bytes > 1)
        g_string_append_len (json, at, bytes);
      else if (bytes < 1)
        g_string_append (json, "\xef\xbf\xbd");
      else if (*at == '"' || *at == '\\')
        {
          g_string_append_c (json, '\\');
          g_string_append_c (json, *at);
        }
      else
        {
          const char *letter = strchr ("\bb\ff\nn\rr\tt", *at);

          if (*at != '\0' && letter != NULL)
            {
              g_string_append_c (json, '\\');
              g_string_append_c (json, letter[1]);
            }
          else
            g_string_append_printf (json, "\\u%04x", (guint) (uint8_t) *at);
        }
      at += bytes < 1 ? 1 : bytes;
    }
  g_string_append_c (json, '"');
}
