/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The history job and the keep-up of the live job: both make a destination's events equal to what
 * the rules make of ActivityWatch's. Run in a worker thread; at most one run per destination at a
 * time, and at most one history run at ActivityWatch. */

#include "source/helio-page-walker.h"
#include "sync/helio-job.h"

G_BEGIN_DECLS

/**
 * helio_history_run:
 * @bucket: the bucket as ActivityWatch lists it now
 * @cost: (inout): what reading costs, kept from run to run
 * @now: the clock, ms: nothing later is read or covered
 * @max_us: end after about so long although more is uncovered
 * @yield: (nullable): when cancelled, end after the present page
 * @result: (out caller-allocates): what was done
 *
 * Covers the newest uncovered range of what the job is about, then the next, until nothing is
 * uncovered.
 *
 * Errors: HELIO_ERROR_CONFLICT if somebody else writes with this token or the ledger is old: ask,
 * and on the user's word helio_adopt_run().
 */
gboolean helio_history_run (const HelioJob *job,
                            const HelioBucket *bucket,
                            HelioAwCost *cost,
                            int64_t now,
                            int64_t max_us,
                            GCancellable *yield,
                            GCancellable *cancellable,
                            HelioResult *result,
                            GError **error);

/**
 * helio_keep_up_run:
 * @page: the newest events, as the live job read them
 *
 * Applies one tail page. What it can't prove is left uncovered for history: then
 * @result->is_done is FALSE.
 */
gboolean helio_keep_up_run (const HelioJob *job,
                            const HelioBucket *bucket,
                            const HelioPage *page,
                            GCancellable *cancellable,
                            HelioResult *result,
                            GError **error);

/* -- reasons to uncover ------------------------------------------------------------------- */

/* Makes all starts from @lo to @hi of the bucket uncovered. */
gboolean helio_history_uncover (
    const HelioJob *job, const char *bucket, int64_t lo, int64_t hi, GError **error);

/**
 * HelioRepair:
 * @day_at: when the last 24 h were last looked at again, ms: every 10 min
 * @week_at: the last 7 days: daily
 * @all_at: all: weekly; begin it with the track's swept_at
 * @count_at: the count: hourly
 * @count_strikes: how often in a row the counts differed
 * @count_residue: a difference that a whole sweep did not mend: ActivityWatch counts events that
 *   it never gives out
 *
 * When a bucket was last looked at again; zeroed: never.
 */
typedef struct
{
  int64_t day_at;
  int64_t week_at;
  int64_t all_at;
  int64_t count_at;
  int count_strikes;
  int64_t count_residue;
} HelioRepair;

/* What is due now: TRUE with the first start to uncover. Marks it done; a clock that was set back
 * makes everything due. */
gboolean helio_repair_is_due (HelioRepair *repair, int64_t now, int64_t *from);

/* Whether the count is due; marks it done. */
gboolean helio_repair_is_count_due (HelioRepair *repair, int64_t now);

/**
 * helio_history_check_count:
 * @repair: (inout): copied in and out by the caller
 * @now: ms
 * @in_aw: (out): ActivityWatch's count
 * @is_equal: (out): whether it is what the ledger says. At the first difference the last day is
 *   uncovered and the count is due again at once; at the second everything is
 */
gboolean helio_history_check_count (const HelioJob *job,
                                    const char *bucket,
                                    HelioRepair *repair,
                                    int64_t now,
                                    int64_t *in_aw,
                                    gboolean *is_equal,
                                    GCancellable *cancellable,
                                    GError **error);

/* -- the user's choices ------------------------------------------------------------------- */

/* The answer to held deletions; uncovers all, so that the next runs act on it. */
gboolean
helio_history_answer (const HelioJob *job, const char *bucket, gboolean deletes, GError **error);

/* Deletes the bucket's events at the destination and forgets its track. */
gboolean helio_history_delete_bucket (const HelioJob *job,
                                      const char *bucket,
                                      GCancellable *cancellable,
                                      HelioResult *result,
                                      GError **error);

G_END_DECLS
