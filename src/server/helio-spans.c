/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-spans.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"

static const HelioSpan *
span_at (const GArray *spans, guint i)
{
  return &g_array_index (spans, HelioSpan, i);
}

GArray *
helio_spans_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (HelioSpan));
}

void
helio_spans_add (GArray *spans, int64_t start, int64_t end, int64_t from, int64_t to)
{
  HelioSpan span = { .start = MAX (start, from), .end = MIN (end, to) };

  if (span.end > span.start)
    g_array_append_val (spans, span);
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  int64_t one = ((const HelioSpan *) a)->start;
  int64_t two = ((const HelioSpan *) b)->start;

  return one < two ? -1 : one > two;
}

/* Longest first; of two the earlier. */
static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  const HelioSpan *one = a;
  const HelioSpan *two = b;
  int64_t difference = (two->end - two->start) - (one->end - one->start);

  return difference != 0 ? (difference < 0 ? -1 : 1) : compare_starts (a, b);
}

void
helio_spans_merge (GArray *spans)
{
  guint n_merged = 0;

  g_array_sort (spans, compare_starts);
  for (guint i = 0; i < spans->len; i++)
    {
      const HelioSpan *next = span_at (spans, i);
      HelioSpan *last = &g_array_index (spans, HelioSpan, MAX (n_merged, 1) - 1);

      if (n_merged > 0 && next->start <= last->end)
        last->end = MAX (last->end, next->end);
      else
        g_array_index (spans, HelioSpan, n_merged++) = *next;
    }
  g_array_set_size (spans, n_merged);
}

void
helio_spans_subtract (GArray *spans, const GArray *others)
{
  g_autoptr (GArray) left = helio_spans_new ();
  guint first = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      HelioSpan rest = *span_at (spans, i);

      while (first < others->len && span_at (others, first)->end <= rest.start)
        first++;
      for (guint j = first; j < others->len && span_at (others, j)->start < rest.end; j++)
        {
          const HelioSpan *other = span_at (others, j);

          helio_spans_add (left, rest.start, other->start, rest.start, rest.end);
          rest.start = MAX (rest.start, other->end);
        }
      helio_spans_add (left, rest.start, rest.end, rest.start, rest.end);
    }
  g_array_set_size (spans, 0);
  g_array_append_vals (spans, left->data, left->len);
}

void
helio_spans_sum_days (const GArray *spans, const int64_t *midnights, guint n_days, int64_t *sums)
{
  guint first = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      const HelioSpan *span = span_at (spans, i);

      while (first + 1 < n_days && midnights[first + 1] <= span->start)
        first++;
      for (guint day = first; day < n_days && midnights[day] < span->end; day++)
        {
          int64_t start = MAX (span->start, midnights[day]);
          int64_t end = MIN (span->end, midnights[day + 1]);

          if (end > start)
            sums[day] += end - start;
        }
    }
}

guint
helio_spans_limit (GArray *spans, guint most)
{
  guint n_left_out = spans->len > most ? spans->len - most : 0;

  if (n_left_out > 0)
    {
      g_array_sort (spans, compare_lengths);
      g_array_set_size (spans, most);
      g_array_sort (spans, compare_starts);
    }
  return n_left_out;
}

/* -- who is there ------------------------------------------------------------------------- */

typedef struct
{
  GArray *here;
  GArray *away;
  int64_t from;
  int64_t to;
} Presence;

/* The status of an afk event, with its quotes; "" if there is none. */
static const char *
find_status (const char *data, gsize length, gsize *status_length)
{
  HelioJson json;
  const char *key;
  gsize key_length;
  const char *status = "";

  *status_length = 0;
  helio_json_init (&json, data, length);
  if (!helio_json_enter_object (&json))
    return status;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      const char *text;
      gsize text_length;

      if (!helio_json_take_value (&json, &text, &text_length))
        return "";
      if (helio_json_key_is (key, key_length, "status"))
        {
          status = text;
          *status_length = text_length;
        }
    }
  return status;
}

static void
collect (int64_t start, int64_t duration, const char *data, gsize length, gpointer user_data)
{
  Presence *presence = user_data;
  gsize status_length;
  const char *status = find_status (data, length, &status_length);

  if (status_length == strlen ("\"not-afk\"") && memcmp (status, "\"not-afk\"", status_length) == 0)
    helio_spans_add (presence->here, start, start + duration, presence->from, presence->to);
  else if (presence->away != NULL && status_length == strlen ("\"afk\"")
           && memcmp (status, "\"afk\"", status_length) == 0)
    helio_spans_add (presence->away, start, start + duration, presence->from, presence->to);
}

gboolean
helio_spans_read_presence (HelioStore *store,
                           int64_t device,
                           int64_t from,
                           int64_t to,
                           GArray *here,
                           GArray *away,
                           GError **error)
{
  Presence presence = { here, away, from, to };

  if (!helio_store_each_touching (store, device, "afkstatus", -1, from, to, collect, &presence,
                                  error))
    return FALSE;
  helio_spans_merge (here);
  if (away != NULL)
    {
      helio_spans_merge (away);
      helio_spans_subtract (away, here);
    }
  return TRUE;
}
