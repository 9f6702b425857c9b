/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a backend answers to the agent: whatever comes is an answer of the protocol or an error. */

#include "fuzz/fuzz.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-answer.h"

/* An answer or an error, never both, never none. */
static void
check (gboolean is_there, GError **error)
{
  g_assert_true (is_there == (*error == NULL));
  if (!is_there)
    g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
  g_clear_error (error);
}

static void
check_order (const GArray *ranges)
{
  for (guint i = 1; i < ranges->len; i++)
    g_assert_cmpint (g_array_index (ranges, HelioRangeSum, i - 1).from, <=,
                     g_array_index (ranges, HelioRangeSum, i).from);
}

static void
check_lists (const char *text, gsize size)
{
  GError *error = NULL;
  char *next = NULL;
  g_autoptr (GArray) ranges = helio_ranges_parse (text, size, &error);

  check (ranges != NULL, &error);
  if (ranges != NULL)
    check_order (ranges);

  g_autoptr (GArray) keys = helio_keys_parse (text, size, &next, &error);
  check (keys != NULL, &error);
  g_assert_true (keys != NULL || next == NULL);
  g_free (next);

  g_autoptr (GPtrArray) buckets = helio_held_buckets_parse (text, size, &error);
  check (buckets != NULL, &error);
  for (guint i = 0; buckets != NULL && i < buckets->len; i++)
    {
      const HelioHeldBucket *bucket = buckets->pdata[i];

      g_assert_true (bucket->id != NULL && bucket->type != NULL && bucket->client != NULL
                     && bucket->hostname != NULL);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  GError *error = NULL;
  int64_t seq = -1;
  g_autoptr (HelioBackendInfo) info = helio_backend_info_parse (text, size, &error);

  check (info != NULL, &error);
  if (info != NULL)
    g_assert_true (info->server != NULL && info->max_events > 0 && info->max_bytes >= 1024);

  g_autoptr (HelioEventsAnswer) answer = helio_events_answer_parse (text, size, &error);
  check (answer != NULL, &error);
  for (guint i = 1; answer != NULL && i < answer->rejected->len; i++)
    g_assert_cmpuint (g_array_index (answer->rejected, HelioRejection, i - 1).index, <=,
                      g_array_index (answer->rejected, HelioRejection, i).index);

  if (helio_conflict_parse (text, size, &seq))
    g_assert_true (seq >= 0 && seq <= HELIO_TIME_MAX);
  else
    g_assert_cmpint (seq, ==, -1);

  g_autofree char *message = helio_error_message_parse (text, size);
  if (message != NULL)
    g_assert_true (g_utf8_validate (message, -1, NULL));
  check_lists (text, size);
  return 0;
}
