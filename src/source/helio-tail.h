/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Reads the newest events of a bucket in the cheapest way for its server: the live job's eyes.
 * An idle reader costs ActivityWatch less than 1 % of a core, however large the bucket. */

#include "source/helio-aw-client.h"

G_BEGIN_DECLS

/**
 * HelioTail:
 *
 * What is known of the newest end of one bucket between two polls. Kept by the caller, zeroed at
 * the start; freed with helio_tail_clear().
 *
 * @page: (nullable): the last tail: newest events, none of them in the future. May be missing
 *   older ones: its authority says which
 * @read_at: ms, when it was last known to be true (its page or a cheaper proof), or 0 for never
 * @changed_at: ms, when it last changed
 * @limit_us: what a tail read by `limit` took, µs, or 0 if not tried
 * @start_us: the same by `start=`
 * @event_us: what a read of one event by its id usually takes, µs, or 0 if not tried
 * @count_us: the same of a count
 * @budget_us: how many µs of the server's time finding out whether anything is new may use now:
 *   refilled with 8 ms per second up to 600 ms, so that an idle reader stays below 1 % of a core
 * @refilled_at: ms, when it was last refilled
 * @count: how many events since @count_since the bucket had just before the last tail read, or -1
 * @count_since: ms, from when on they are counted
 * @limit: limit of the next read by `limit`
 */
typedef struct
{
  HelioPage *page;
  int64_t read_at;
  int64_t changed_at;
  int64_t limit_us;
  int64_t start_us;
  int64_t event_us;
  int64_t count_us;
  int64_t budget_us;
  int64_t refilled_at;
  int64_t count;
  int64_t count_since;
  guint limit;
} HelioTail;

void helio_tail_copy (const HelioTail *from, HelioTail *to);
void helio_tail_clear (HelioTail *tail);

/**
 * helio_tail_poll:
 * @bucket: id of the bucket
 * @tail: (inout): what is known; @tail->page is replaced by a new page when anything changed
 * @now: the clock, ms
 * @is_changed: (out): whether @tail->page is another than before
 *
 * Finds out what is new: first the ongoing event by its id where a tail read is dear, then the
 * tail. A page by `limit` proves absence, one by `start=` does not. Events that start after @now
 * are left out, and the authority ends at @now.
 *
 * Returns: FALSE on an error; then @tail is as it was
 */
gboolean helio_tail_poll (HelioAwClient *client,
                          const char *bucket,
                          HelioTail *tail,
                          int64_t now,
                          gboolean *is_changed,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
