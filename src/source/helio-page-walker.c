/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-source"

#include "config.h"

#include "source/helio-page-walker.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/helio-error.h"
#include "source/helio-aw-pace.h"

/* How often a page is read again because the events changed under the read. */
#define MAX_TRIES 5

/* What one answer may hold; more only if a single event is larger. */
#define PAGE_BYTES (16 * 1024 * 1024)
#define LARGEST_BYTES (256 * 1024 * 1024)

/* A run of equal starts longer than this can't be told from a fault. */
#define MAX_LIMIT 1000000

/* How much earlier than its authority a read by time begins: `start` is compared with the end of
 * an event, and the end of one with a negative duration lies before its start.
 *
 * An event whose duration is below minus this is missed by a read by time, and taken for deleted
 * where it was published before; a watcher makes one only when the clock is set back by more than
 * a day under it. Where only short ranges are read by time, the count check notices it once and
 * the weekly sweep finds it for good when repairs of the last days no longer reach it: both read
 * by limit. Where even the smallest page by limit takes too long, so that all is read by time,
 * there is no cure that the server could bear: no question finds such an event but one without
 * `start`. The count check then takes the difference as given. */
#define START_SLACK HELIO_DAY

struct _HelioPageWalker
{
  /* borrowed */
  HelioAwClient *client;
  HelioAwCost *cost;

  /* owned */
  char *bucket;
  HelioPage *raw;
  HelioPage *whole;

  int64_t lo;
  int64_t hi;
  gboolean is_done;
  gsize max_bytes;
  int64_t page_us;
  HelioAwPace pace;
};

HelioPageWalker *
helio_page_walker_new (
    HelioAwClient *client, const char *bucket, int64_t lo, int64_t hi, HelioAwCost *cost)
{
  HelioPageWalker *walker;

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), NULL);
  g_return_val_if_fail (bucket != NULL && cost != NULL, NULL);

  walker = g_new0 (HelioPageWalker, 1);
  walker->client = client;
  walker->cost = cost;
  walker->bucket = g_strdup (bucket);
  walker->raw = helio_page_new ();
  walker->whole = helio_page_new ();
  walker->lo = lo;
  walker->hi = hi;
  walker->is_done = lo > hi;
  walker->max_bytes = PAGE_BYTES;
  helio_aw_pace_init (&walker->pace, cost);
  return walker;
}

void
helio_page_walker_free (HelioPageWalker *walker)
{
  g_free (walker->bucket);
  helio_page_unref (walker->raw);
  helio_page_unref (walker->whole);
  g_free (walker);
}

typedef enum
{
  READ_OK,
  READ_AGAIN, /* the events changed meanwhile */
  READ_FAILED,
} ReadResult;

/* One answer. Where it would be too large the limit is halved; only an event that is too large on
 * its own may be longer. */
static gboolean
read_raw (HelioPageWalker *walker, HelioAwRead *read, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      g_autoptr (GError) problem = NULL;

      helio_page_clear (walker->raw);
      read->max_bytes = read->limit == 1 ? LARGEST_BYTES : walker->max_bytes;
      if (helio_aw_client_read_events (walker->client, walker->bucket, read, walker->raw,
                                       cancellable, &problem))
        {
          helio_page_sort (walker->raw);
          return TRUE;
        }
      if (!g_error_matches (problem, HELIO_ERROR, HELIO_ERROR_TOO_LARGE))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (read->max_bytes == LARGEST_BYTES)
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
                       _ ("Bucket %s has an event, or events of one start, too large to be read"),
                       walker->bucket);
          return FALSE;
        }
      read->limit /= 2;
      helio_aw_pace_limit_bytes (&walker->pace, read->limit);
    }
}

/* Reads an event whole by its id; it must be the one that was seen clipped, with @data. */
static ReadResult
read_whole (HelioPageWalker *walker,
            const HelioEvent *clipped,
            const char *data,
            gboolean is_start_clipped,
            GCancellable *cancellable,
            GError **error)
{
  gboolean is_found;
  const HelioEvent *whole;

  helio_page_clear (walker->whole);
  if (!helio_aw_client_read_event (walker->client, walker->bucket, clipped->id, walker->whole,
                                   &is_found, cancellable, error))
    return READ_FAILED;
  if (!is_found || walker->whole->events->len != 1)
    return READ_AGAIN;
  whole = helio_page_event (walker->whole, 0);
  if (whole->start != clipped->start && !(is_start_clipped && whole->start < clipped->start))
    return READ_AGAIN;
  if (whole->data_len != clipped->data_len
      || memcmp (helio_page_event_data (walker->whole, whole), data, whole->data_len) != 0)
    return READ_AGAIN;
  return READ_OK;
}

/* Moves the events of the answer that start in [@lo, hi] into the page, which takes over the
 * arena: nearly none has to be copied. */
static ReadResult
fill_page (
    HelioPageWalker *walker, HelioPage *page, int64_t lo, GCancellable *cancellable, GError **error)
{
  GByteArray *arena = page->data;

  helio_page_clear (page);
  page->data = walker->raw->data;
  walker->raw->data = arena;
  for (guint i = 0; i < walker->raw->events->len; i++)
    {
      const HelioEvent *event = helio_page_event (walker->raw, i);
      /* The Rust server begins each read at 1970, and clips what began before. */
      gboolean is_start_clipped = event->start == 0;

      if (event->start > walker->hi || event->start < lo)
        continue;
      /* The read ended at hi + 1 ms and the Python server rounds up by another; start and
       * duration are floored: whatever was clipped ends at hi - 1 or later. */
      if (event->start + event->duration >= walker->hi - 1 || is_start_clipped)
        {
          ReadResult result = read_whole (walker, event, helio_page_event_data (page, event),
                                          is_start_clipped, cancellable, error);

          if (result != READ_OK)
            return result;
          event = helio_page_event (walker->whole, 0);
          if (event->start >= lo)
            helio_page_add (page, event->start, event->duration, event->id,
                            helio_page_event_data (walker->whole, event), event->data_len);
          continue;
        }
      g_array_append_vals (page->events, event, 1);
    }
  helio_page_sort (page);
  page->lo = lo;
  page->hi = walker->hi;
  page->proves_absence = TRUE;
  return READ_OK;
}

/* After an empty window: the newest start before @before, so that years without events are not
 * walked in windows; HELIO_TIME_MIN if there is none. */
static gboolean
find_older (HelioPageWalker *walker,
            int64_t before,
            int64_t *start,
            GCancellable *cancellable,
            GError **error)
{
  HelioAwRead read = { .start = HELIO_TIME_MIN, .end = before, .limit = 1 };

  if (!read_raw (walker, &read, cancellable, error))
    return FALSE;
  *start = walker->raw->events->len > 0 ? helio_page_event (walker->raw, 0)->start : HELIO_TIME_MIN;
  return TRUE;
}

/* Reads one page. A run of equal starts that fills the answer leaves no authority: the limit is
 * doubled for this page until it is passed. */
static ReadResult
read_page (HelioPageWalker *walker, HelioPage *page, GCancellable *cancellable, GError **error)
{
  HelioAwRead read = { .start = HELIO_TIME_MIN, .end = walker->hi + 1 };
  int64_t floor = walker->lo;
  int64_t window;
  gboolean is_whole;

  read.limit = helio_aw_pace_get_limit (&walker->pace);
  window = helio_aw_pace_get_window (&walker->pace, walker->lo, walker->hi);
  if (window > 0)
    {
      floor = MAX (walker->lo, walker->hi - window + 1);
      read.start = floor - START_SLACK;
    }

  for (;;)
    {
      guint count;
      int64_t lo = floor;

      if (!read_raw (walker, &read, cancellable, error))
        return READ_FAILED;
      walker->page_us = helio_aw_client_get_last_time (walker->client);
      walker->cost->closes_connections = helio_aw_client_closes_connections (walker->client);
      count = walker->raw->events->len;
      is_whole = count >= read.limit;
      if (is_whole)
        lo = MAX (floor, helio_page_event (walker->raw, count - 1)->start + 1);
      helio_aw_pace_learn (&walker->pace, &read, is_whole, walker->raw->data->len, walker->page_us);
      if (lo <= walker->hi)
        {
          ReadResult result = fill_page (walker, page, lo, cancellable, error);

          if (result != READ_OK || is_whole)
            return result;
          break;
        }
      if (read.limit >= MAX_LIMIT)
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
                       _ ("Bucket %s has more than %u events of one start, which can't be read"),
                       walker->bucket, read.limit);
          return READ_FAILED;
        }
      read.limit *= 2;
      walker->max_bytes = MIN (walker->max_bytes * 2, LARGEST_BYTES);
    }

  if (window > 0 && page->events->len == 0 && page->lo > walker->lo)
    {
      int64_t older;

      if (!find_older (walker, page->lo, &older, cancellable, error))
        return READ_FAILED;
      if (older < page->lo)
        page->lo = MAX (walker->lo, older == HELIO_TIME_MIN ? older : older + 1);
    }
  return READ_OK;
}

gboolean
helio_page_walker_next (HelioPageWalker *walker,
                        HelioPage *page,
                        GCancellable *cancellable,
                        GError **error)
{
  g_return_val_if_fail (!walker->is_done, FALSE);

  if (!helio_aw_pace_check (&walker->pace, error))
    return FALSE;
  for (int tries = 0; tries < MAX_TRIES; tries++)
    {
      ReadResult result = read_page (walker, page, cancellable, error);

      walker->max_bytes = PAGE_BYTES;
      if (result == READ_FAILED)
        {
          helio_page_clear (page);
          return FALSE;
        }
      if (result == READ_AGAIN)
        continue;
      if (page->lo <= walker->lo)
        walker->is_done = TRUE;
      walker->hi = page->lo - 1;
      return TRUE;
    }
  helio_page_clear (page);
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_CHANGED,
               _ ("The events of bucket %s change faster than they can be read"), walker->bucket);
  return FALSE;
}

gboolean
helio_page_walker_is_done (HelioPageWalker *walker)
{
  return walker->is_done;
}

int64_t
helio_page_walker_get_pause (HelioPageWalker *walker)
{
  return helio_aw_pace_get_pause (&walker->pace, walker->page_us);
}
