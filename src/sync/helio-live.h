/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The live job: what is happening now. */

#include "model/helio-presence.h"
#include "source/helio-tail.h"
#include "sync/helio-job.h"

G_BEGIN_DECLS

/**
 * HelioLiveBucket:
 * @bucket: (owned)
 * @tail: what is known of its newest end
 * @is_for_presence: polled each time; others every 30 s
 * @is_changed: (out): whether the last poll brought another page
 * @is_missing: (out): whether ActivityWatch said at the last poll that it has no such bucket
 *
 * One bucket under the eyes of the live job. A worker polls a copy and hands it back.
 */
typedef struct
{
  HelioBucket *bucket;
  HelioTail tail;
  gboolean is_for_presence;
  gboolean is_changed;
  gboolean is_missing;
} HelioLiveBucket;

HelioLiveBucket *helio_live_bucket_new (const HelioBucket *bucket, gboolean is_for_presence);
HelioLiveBucket *helio_live_bucket_copy (const HelioLiveBucket *bucket);
void helio_live_bucket_free (HelioLiveBucket *bucket);

/**
 * helio_live_is_for_presence:
 * @hostname: ActivityWatch's own hostname
 *
 * Presence reads the afk, window and media buckets of ActivityWatch's own host that are no synced
 * copies.
 */
gboolean helio_live_is_for_presence (const HelioBucket *bucket, const char *hostname);

/**
 * helio_live_poll:
 * @buckets: (element-type HelioLiveBucket): updated in place
 *
 * One poll of ActivityWatch. A bucket that is gone is left as it is with an old read_at, and
 * concerns no other: who says so answers.
 *
 * Returns: FALSE if ActivityWatch can't be read
 */
gboolean helio_live_poll (const char *aw_url,
                          const char *aw_key,
                          GPtrArray *buckets,
                          int64_t now,
                          GCancellable *cancellable,
                          GError **error);

/**
 * HelioLiveInput:
 * @now: ms
 * @buckets: (element-type HelioLiveBucket): enabled ones, as polled last
 * @is_aw_readable: whether the last poll succeeded
 * @rules: rules and pauses
 * @level: what this destination may see
 * @is_locked: session locked
 * @locked_since: ms
 * @away_threshold: s, of the afk watcher (180)
 * @media_keeps_active: whether a person is not away while media plays
 * @previous: (nullable): presence decided before, so that `since` stays
 */
typedef struct
{
  int64_t now;
  GPtrArray *buckets;
  gboolean is_aw_readable;
  const HelioRules *rules;
  HelioLevel level;
  gboolean is_locked;
  int64_t locked_since;
  int away_threshold;
  gboolean media_keeps_active;
  const HelioPresence *previous;
} HelioLiveInput;

/* The presence table of DESIGN.md section 6, first line that holds. Pure. Returns: (transfer
 * full), or NULL at HELIO_LEVEL_NOTHING. */
HelioPresence *helio_live_decide (const HelioLiveInput *input);

/* -- backoff ------------------------------------------------------------------------------ */

/**
 * helio_backoff_next:
 * @attempt: how many failures in a row, from 1
 * @retry_after: s, what the destination asked for, or 0
 * @random: 0 .. 1
 *
 * Returns: s to wait: 8 s for the first minute or so, then doubling to 15 min, and between half and
 * all of that; never less than @retry_after, which is believed up to one day
 */
int helio_backoff_next (guint attempt, int retry_after, double random);

G_END_DECLS
