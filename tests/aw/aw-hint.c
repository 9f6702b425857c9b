/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The Python server's 404 guesses which path was meant: up to three of its routes whose text, with
 * the placeholders left out, is at least 0.6 alike. Alike is twice the number of characters in
 * common blocks, longest block first, over the number of all characters. */

#include "aw-answers.h"

#include <string.h>

static const struct
{
  const char *key;
  const char *rule;
} routes[] = {
  { "/api/0/info", "/api/0/info" },
  { "/api/0/buckets/", "/api/0/buckets/<string:bucket_id>/events/<int:event_id>" },
  { "/api/0/buckets//events", "/api/0/buckets/<string:bucket_id>/events" },
  { "/api/0/buckets//events/count", "/api/0/buckets/<string:bucket_id>/events/count" },
  { "/api/0/buckets//heartbeat", "/api/0/buckets/<string:bucket_id>/heartbeat" },
  { "/api/0/buckets//export", "/api/0/buckets/<string:bucket_id>/export" },
  { "/api/0/query/", "/api/0/query/" },
  { "/api/0/export", "/api/0/export" },
  { "/api/0/import", "/api/0/import" },
  { "/api/0/log", "/api/0/log" },
  { "/api/0/settings", "/api/0/settings" },
  { "/api/0/settings/", "/api/0/settings/<string:key>" },
};

static int
count_common (const char *a, int a_len, const char *b, int b_len)
{
  int best = 0, best_a = 0, best_b = 0;

  for (int i = 0; i < a_len; i++)
    for (int j = 0; j < b_len; j++)
      {
        int length = 0;

        while (i + length < a_len && j + length < b_len && a[i + length] == b[j + length])
          length++;
        if (length > best)
          {
            best = length;
            best_a = i;
            best_b = j;
          }
      }
  if (best == 0)
    return 0;
  return best + count_common (a, best_a, b, best_b)
         + count_common (a + best_a + best, a_len - best_a - best, b + best_b + best,
                         b_len - best_b - best);
}

typedef struct
{
  double score;
  guint route;
} Match;

static int
compare_matches (gconstpointer a, gconstpointer b)
{
  const Match *left = a;
  const Match *right = b;

  if (left->score != right->score)
    return left->score < right->score ? 1 : -1;
  return strcmp (routes[right->route].key, routes[left->route].key);
}

void
aw_reply_python_hint (AwExchange *exchange)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) body = g_string_new ("{\"message\": ");
  int length = (int) strlen (exchange->path);
  Match matches[G_N_ELEMENTS (routes)];
  guint count = 0;

  g_string_printf (text, "There's no bucket named %s", exchange->bucket_id);
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      int key_length = (int) strlen (routes[i].key);
      int common = count_common (routes[i].key, key_length, exchange->path, length);
      double score = 2.0 * common / (key_length + length);

      if (score >= 0.6)
        matches[count++] = (Match){ score, i };
    }
  qsort (matches, count, sizeof *matches, compare_matches);
  if (count > 0)
    {
      g_string_append_printf (text, ". You have requested this URI [%s] but did you mean ",
                              exchange->path);
      for (guint i = 0; i < MIN (count, 3); i++)
        g_string_append_printf (text, "%s%s", i > 0 ? " or " : "", routes[matches[i].route].rule);
      g_string_append (text, " ?");
    }
  aw_json_write_string (text->str, text->len, AW_FLAVOUR_PYTHON, body);
  g_string_append (body, "}\n");
  aw_reply (exchange->response, 404, "application/json", body->str);
}
