/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-source"

#include "config.h"

#include "source/helio-aw-pace.h"

#include <glib/gi18n-lib.h>

#include "model/helio-error.h"

#define MS G_GINT64_CONSTANT (1000)

/* The Python server loses its user's recording at 5 s. */
#define GROW_BELOW_US (2000 * MS)
#define SHRINK_ABOVE_US (2500 * MS)
#define HARM_US (4000 * MS)
#define CHEAP_US (100 * MS)

#define FIRST_LIMIT 2000
#define SMALLEST_LIMIT 1000
#define CHEAP_LIMIT 10000
#define LARGEST_LIMIT 50000
#define SAMPLE_PAGES 6
#define COMFORTABLE_BYTES (4 * 1024 * 1024)

#define FIRST_WINDOW (7 * HELIO_DAY)
#define SMALLEST_WINDOW HELIO_HOUR
#define LARGEST_WINDOW (365 * HELIO_DAY)

/* A range up to this long is read by time where each read scans the bucket anyway. */
#define SHORT_RANGE (8 * HELIO_DAY)

void
helio_aw_pace_init (HelioAwPace *pace, HelioAwCost *cost)
{
  *pace = (HelioAwPace){ .cost = cost, .is_scanning = cost->limit > CHEAP_LIMIT };
  if (cost->limit == 0)
    cost->limit = FIRST_LIMIT;
  if (cost->uses_windows && cost->window < SMALLEST_WINDOW)
    cost->window = FIRST_WINDOW;
}

gboolean
helio_aw_pace_check (HelioAwPace *pace, GError **error)
{
  if (pace->expected_us <= HARM_US)
    return TRUE;
  pace->expected_us = 0;
  g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_AW_SLOW,
                       _ ("ActivityWatch answers so slowly that reading on would disturb its own "
                          "recording: history waits until it is faster"));
  return FALSE;
}

guint
helio_aw_pace_get_limit (const HelioAwPace *pace)
{
  guint limit = pace->cost->uses_windows ? CHEAP_LIMIT : pace->cost->limit;

  return pace->byte_limit > 0 ? MIN (limit, pace->byte_limit) : limit;
}

int64_t
helio_aw_pace_get_window (const HelioAwPace *pace, int64_t lo, int64_t hi)
{
  if (pace->cost->uses_windows)
    return pace->cost->window;
  if (lo != HELIO_TIME_MIN && hi - lo < SHORT_RANGE && pace->cost->page_us > CHEAP_US)
    return hi - lo + 1;
  return 0;
}

void
helio_aw_pace_limit_bytes (HelioAwPace *pace, guint limit)
{
  pace->byte_limit = MAX (limit, 1);
}

static void
learn_window (HelioAwPace *pace, gboolean is_whole, int64_t us)
{
  HelioAwCost *cost = pace->cost;

  pace->expected_us = us;
  if (us > SHRINK_ABOVE_US && cost->window > SMALLEST_WINDOW)
    {
      cost->window = MAX (cost->window / 2, SMALLEST_WINDOW);
      pace->expected_us = us / 2;
    }
  else if (us < GROW_BELOW_US / 2 && !is_whole)
    cost->window = MIN (cost->window * 2, LARGEST_WINDOW);
}

/* What a page of @limit would take, by the last two sizes. */
static int64_t
expect (const HelioAwPace *pace, guint limit, guint new_limit, int64_t us)
{
  int64_t slope_us = us;
  guint slope_limit = limit;

  if (pace->sample_limit > 0 && pace->sample_limit != limit)
    {
      gboolean is_larger = limit > pace->sample_limit;

      slope_us = MAX (0, is_larger ? us - pace->sample_us : pace->sample_us - us);
      slope_limit = is_larger ? limit - pace->sample_limit : pace->sample_limit - limit;
    }
  return us + slope_us * ((int64_t) new_limit - limit) / slope_limit;
}

static void
grow (HelioAwPace *pace, guint limit, int64_t us)
{
  guint new_limit = limit * 2;

  /* What no event costs: if it is the most of it, more events per page are nearly free. */
  if (limit <= CHEAP_LIMIT && us > CHEAP_US && pace->sample_limit > 0
      && pace->sample_limit != limit)
    pace->is_scanning = expect (pace, limit, 0, us) > us / 3;
  if (!pace->is_scanning)
    new_limit = MIN (new_limit, CHEAP_LIMIT);
  new_limit = MIN (new_limit, LARGEST_LIMIT);
  if (new_limit <= limit)
    return;
  /* Nothing known: twice of what took less than 2 s does no harm yet. */
  if (pace->sample_limit > 0 && expect (pace, limit, new_limit, us) > SHRINK_ABOVE_US)
    return;
  pace->cost->limit = new_limit;
}

void
helio_aw_pace_learn (
    HelioAwPace *pace, const HelioAwRead *read, gboolean is_whole, gsize bytes, int64_t us)
{
  HelioAwCost *cost = pace->cost;

  if (pace->byte_limit > 0 && bytes < COMFORTABLE_BYTES)
    pace->byte_limit = MIN (pace->byte_limit * 2, LARGEST_LIMIT);

  pace->expected_us = 0;
  if (read->start != HELIO_TIME_MIN)
    {
      if (cost->uses_windows)
        {
          cost->page_us = us;
          learn_window (pace, is_whole, us);
        }
      else if (us > SHRINK_ABOVE_US)
        {
          cost->limit = MAX (cost->limit / 2, SMALLEST_LIMIT);
          pace->expected_us = is_whole ? us / 2 : us;
        }
      return;
    }

  if (is_whole)
    cost->page_us = us;
  if (us > SHRINK_ABOVE_US)
    {
      guint limit = MIN (read->limit, cost->limit);

      if (limit <= SMALLEST_LIMIT)
        {
          cost->uses_windows = TRUE;
          cost->window = FIRST_WINDOW;
        }
      else
        {
          cost->limit = MAX (limit / 2, SMALLEST_LIMIT);
          pace->expected_us = us / 2;
        }
    }
  else if (is_whole && read->limit == cost->limit && us < GROW_BELOW_US
           && bytes < COMFORTABLE_BYTES)
    grow (pace, read->limit, us);

  /* Older pages cost less: what a size took some pages ago says nothing any more. */
  if (++pace->sample_age > SAMPLE_PAGES)
    pace->sample_limit = 0;
  if (is_whole && read->limit != cost->limit)
    {
      pace->sample_age = 0;
      pace->sample_limit = read->limit;
      pace->sample_us = us;
    }
}

int64_t
helio_aw_pace_get_pause (const HelioAwPace *pace, int64_t us)
{
  /* A server that keeps its connections and answers at once has other things to do meanwhile. */
  if (us < (pace->cost->closes_connections ? CHEAP_US : 5 * CHEAP_US / 2))
    return 0;
  return MAX (300 * MS, us / 4);
}
