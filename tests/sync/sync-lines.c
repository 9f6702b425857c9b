/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync-lines.h"

#include <string.h>

#include "json/helio-json-canonical.h"

static void
sync_line_clear (gpointer data)
{
  g_free (((SyncLine *) data)->data);
}

int
sync_line_compare (gconstpointer a, gconstpointer b)
{
  const SyncLine *one = a;
  const SyncLine *two = b;
  int order;

  if (one->start != two->start)
    return one->start < two->start ? -1 : 1;
  order = strcmp (one->data, two->data);
  if (order != 0)
    return order;
  return one->duration < two->duration ? -1 : one->duration > two->duration;
}

SyncLine
sync_line_read (HelioJson *json, GByteArray *scratch)
{
  SyncLine line = { 0 };
  const char *key, *text;
  gsize key_length, length;

  g_assert_true (helio_json_enter_object (json));
  while (helio_json_next_member (json, &key, &key_length))
    {
      int64_t value = 0;

      if (helio_json_key_is (key, key_length, "data"))
        {
          g_byte_array_set_size (scratch, 0);
          g_assert_true (helio_json_take_canonical (json, scratch));
          line.data = g_strndup ((char *) scratch->data, scratch->len);
        }
      else if (helio_json_key_is (key, key_length, "start_ns"))
        {
          g_assert_true (helio_json_take_int64 (json, &value));
          line.start = value / 1000000 - (value % 1000000 < 0);
        }
      else if (helio_json_key_is (key, key_length, "duration_ns"))
        {
          g_assert_true (helio_json_take_int64 (json, &value));
          line.duration = value <= 0 ? 0 : (value + 500) / 1000 / 1000;
        }
      else if (helio_json_key_is (key, key_length, "start"))
        g_assert_true (helio_json_take_int64 (json, &line.start));
      else if (helio_json_key_is (key, key_length, "n"))
        g_assert_true (helio_json_take_int64 (json, &line.n));
      else if (helio_json_key_is (key, key_length, "duration"))
        g_assert_true (helio_json_take_int64 (json, &line.duration));
      else
        g_assert_true (helio_json_take_value (json, &text, &length));
    }
  g_assert_false (helio_json_failed (json));
  g_assert_nonnull (line.data);
  return line;
}

char *
sync_lines_write (GArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const SyncLine *line = &g_array_index (lines, SyncLine, i);
      char numbers[80];

      g_snprintf (numbers, sizeof numbers,
                  "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " ", line->start,
                  line->n, line->duration);
      g_string_append (text, numbers);
      g_string_append (text, line->data);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

GArray *
sync_lines_read_truth (SyncFixture *fixture, const char *bucket)
{
  g_autofree char *escaped = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/_test/truth?bucket=%s", escaped);
  g_autofree char *body = sync_fixture_aw (fixture, "GET", path, NULL);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (SyncLine));
  HelioJson json;

  g_array_set_clear_func (lines, sync_line_clear);
  helio_json_init (&json, body, strlen (body));
  g_assert_true (helio_json_enter_array (&json));
  while (helio_json_next_element (&json))
    {
      SyncLine line = sync_line_read (&json, scratch);

      g_array_append_val (lines, line);
    }
  g_assert_false (helio_json_failed (&json));
  return lines;
}

GArray *
sync_lines_read_held (SyncFixture *fixture, const char *bucket)
{
  g_autofree char *escaped = g_uri_escape_string (bucket, NULL, FALSE);
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (SyncLine));
  g_autoptr (GString) cursor = g_string_new (NULL);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();

  g_array_set_clear_func (lines, sync_line_clear);
  do
    {
      g_autofree char *after = g_uri_escape_string (cursor->str, NULL, FALSE);
      g_autofree char *path
          = g_strdup_printf ("/events?bucket=%s&from=-9007199254740991&to=9007199254740991"
                             "&limit=1000%s%s",
                             escaped, cursor->len > 0 ? "&cursor=" : "", after);
      g_autofree char *body = sync_fixture_server (fixture, path);
      HelioJson json;
      const char *key;
      gsize length;

      g_string_truncate (cursor, 0);
      helio_json_init (&json, body, strlen (body));
      g_assert_true (helio_json_enter_object (&json));
      while (helio_json_next_member (&json, &key, &length))
        if (helio_json_key_is (key, length, "events"))
          {
            g_assert_true (helio_json_enter_array (&json));
            while (helio_json_next_element (&json))
              {
                SyncLine line = sync_line_read (&json, scratch);

                g_array_append_val (lines, line);
              }
          }
        else if (helio_json_peek (&json) == HELIO_JSON_STRING)
          g_assert_true (helio_json_take_string (&json, cursor));
        else
          g_assert_true (helio_json_take_null (&json));
      g_assert_false (helio_json_failed (&json));
    }
  while (cursor->len > 0);
  return lines;
}

void
sync_lines_give_ordinals (GArray *lines)
{
  g_array_sort (lines, sync_line_compare);
  for (guint i = 0; i < lines->len; i++)
    {
      SyncLine *line = &g_array_index (lines, SyncLine, i);

      line->n = i > 0 && (line - 1)->start == line->start ? (line - 1)->n + 1 : 0;
    }
}

void
sync_lines_assert_same (const char *bucket, const char *truth, const char *held)
{
  if (strcmp (truth, held) == 0)
    return;

  g_auto (GStrv) one = g_strsplit (truth, "\n", -1);
  g_auto (GStrv) two = g_strsplit (held, "\n", -1);

  for (guint i = 0; one[i] != NULL || two[i] != NULL; i++)
    {
      if (g_strcmp0 (one[i], two[i]) != 0)
        g_printerr ("%s, line %u of %u and %u:\n  truth %s\n  held  %s\n", bucket, i,
                    g_strv_length (one), g_strv_length (two), one[i], two[i]);
      g_assert_cmpstr (one[i], ==, two[i]);
    }
}
