/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-pace.h"

#include <errno.h>
#include <time.h>

/* What the server needs to make one event into text. */
#define PYTHON_EVENT_US 36.0
#define RUST_EVENT_US 2.6

static int64_t
count_newer (AwServer *server, AwBucket *bucket, int64_t oldest)
{
  AwRange range = { .start = INT64_MIN, .end = INT64_MAX, .oldest = oldest };

  return aw_store_count (server->store, bucket, &range);
}

static int64_t
count_older (AwServer *server, AwBucket *bucket, const AwRange *range)
{
  AwRange older = { .start = INT64_MIN, .end = range->end, .oldest = INT64_MIN };

  return range->has_end ? aw_store_count (server->store, bucket, &older) : bucket->count;
}

/* µs to sort one row, by the limit: few are kept in order one by one, many are sorted at once. */
static double
get_sort_cost (int64_t limit, double one, double some, double many)
{
  if (limit == 1)
    return one;
  return limit >= 0 && limit < 25000 ? some : many;
}

int64_t
aw_pace_events (AwServer *server, AwBucket *bucket, const AwRange *range, int64_t returned)
{
  double rows = (double) bucket->count;
  double us = 0;

  if (range->limit == 0)
    return 0;
  switch (server->pace)
    {
    case AW_PACE_NONE:
      return 0;
    case AW_PACE_PYTHON:
      us = 1100 + 0.1 * rows + PYTHON_EVENT_US * (double) returned;
      if (range->has_start)
        us += 0.5 * (double) count_newer (server, bucket, range->start - AW_DAY);
      else
        us += get_sort_cost (range->limit, 0.3, 1.1, 0.75)
              * (double) count_older (server, bucket, range);
      break;
    case AW_PACE_V4:
      us = 90 + 0.08 * rows + RUST_EVENT_US * (double) returned;
      if (!range->has_start)
        us += get_sort_cost (range->limit, 0.12, 0.6, 0.6)
              * (double) count_older (server, bucket, range);
      break;
    case AW_PACE_RUST:
      us = RUST_EVENT_US * (double) returned;
      if (range->has_start)
        us += (range->has_end ? 0.06 : 0.15) * rows;
      break;
    }
  return (int64_t) us;
}

int64_t
aw_pace_event (AwServer *server)
{
  return server->pace == AW_PACE_PYTHON ? 1100 : server->pace == AW_PACE_NONE ? 0 : 90;
}

int64_t
aw_pace_count (AwServer *server, AwBucket *bucket)
{
  double us = server->pace == AW_PACE_PYTHON ? 0.03 : server->pace == AW_PACE_NONE ? 0 : 0.06;

  return (int64_t) (us * (double) bucket->count);
}

int64_t
aw_pace_buckets (AwServer *server)
{
  const GPtrArray *buckets = aw_store_list (server->store);
  double us = 0;

  for (guint i = 0; server->pace == AW_PACE_PYTHON && i < buckets->len; i++)
    us += 0.23 * (double) ((AwBucket *) buckets->pdata[i])->count;
  return (int64_t) us;
}

int64_t
aw_pace_export (AwServer *server, AwBucket *bucket)
{
  double us = server->pace == AW_PACE_PYTHON ? PYTHON_EVENT_US : RUST_EVENT_US;

  return server->pace == AW_PACE_NONE ? 0 : (int64_t) (us * (double) bucket->count);
}

int64_t
aw_pace_write (AwServer *server)
{
  return server->pace == AW_PACE_PYTHON ? 3000 : server->pace == AW_PACE_NONE ? 0 : 500;
}

void
aw_pace_wait (int64_t since, int64_t us)
{
  int64_t until = since + us;
  struct timespec at = { until / G_USEC_PER_SEC, (until % G_USEC_PER_SEC) * 1000 };

  if (us <= 0 || until <= g_get_monotonic_time ())
    return;
  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
    ;
}
