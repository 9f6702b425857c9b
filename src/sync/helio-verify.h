/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The proof that a destination holds what the rules make of ActivityWatch's events. First all of
 * them are read anew and compared with the ledger, then the ledger with what the destination says
 * it holds, by counts and checks. Nothing is sent: what differs is uncovered, history mends it, and
 * then it is compared again. */

#include "source/helio-page-walker.h"
#include "sync/helio-job.h"

G_BEGIN_DECLS

/**
 * HelioVerify:
 * @id: of this verification
 * @now: ms, when it began: what begins later is not read
 * @next: ms, what begins later was read
 * @is_read: all of ActivityWatch was
 * @n_read: events read
 * @named_before: ms, differences from there on are no news: keep-up and repair look at them anyway
 * @days: (element-type utf8): local days ("2026-03-01") of what differed
 *
 * How far the reading of one bucket has come; it goes in steps.
 */
typedef struct
{
  int64_t id;
  int64_t now;
  int64_t next;
  gboolean is_read;
  int64_t n_read;
  int64_t named_before;
  GHashTable *days;
} HelioVerify;

HelioVerify *helio_verify_new (int64_t now);
HelioVerify *helio_verify_copy (const HelioVerify *verify);
void helio_verify_free (HelioVerify *verify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioVerify, helio_verify_free)

/**
 * helio_verify_read:
 * @verify: (inout): how far it has come
 * @cost: (inout): what reading costs, kept from run to run
 * @max_us: end after about so long
 * @yield: (nullable): when cancelled, end after the present page
 *
 * Reads on, applies the rules, compares with the ledger, and uncovers what differs. Call it while
 * nothing is uncovered, again and again until @verify->is_read.
 */
gboolean helio_verify_read (const HelioJob *job,
                            const HelioBucket *bucket,
                            HelioVerify *verify,
                            HelioAwCost *cost,
                            int64_t max_us,
                            GCancellable *yield,
                            GCancellable *cancellable,
                            GError **error);

/**
 * HelioVerdict:
 * @bucket: id
 * @in_aw: events in ActivityWatch, or -1 if it could not be read
 * @allowed: what the destination should hold: of ActivityWatch's events those that the rules
 *   allow and the destination did not refuse, and @kept
 * @kept: of them, those that ActivityWatch has no longer and the user keeps
 * @refused: events that the rules allow and the destination refused for good
 * @waiting: of @allowed, those that ActivityWatch has no longer: the user is asked
 * @held: what the destination holds
 * @differs: (element-type utf8): local days in which count or check differed, oldest first; they
 *   are uncovered now
 * @set_back: (nullable): as that of a HelioResult
 */
typedef struct
{
  char *bucket;
  int64_t in_aw;
  int64_t allowed;
  int64_t kept;
  int64_t refused;
  int64_t waiting;
  int64_t held;
  GPtrArray *differs;
  GHashTable *set_back;
} HelioVerdict;

void helio_verdict_free (HelioVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioVerdict, helio_verdict_free)

/**
 * helio_verify_run:
 * @bucket: id of the bucket
 *
 * Compares what the ledger says with what the destination holds, and uncovers what differs. Call
 * it when nothing is uncovered after helio_verify_read(): then the ledger is what the rules make
 * of ActivityWatch.
 *
 * Returns: (transfer full): the numbers, or NULL
 */
HelioVerdict *helio_verify_run (const HelioJob *job,
                                const char *bucket,
                                GCancellable *cancellable,
                                GError **error);

/* (transfer full): the days of a set, oldest first. */
GPtrArray *helio_verify_sort_days (GHashTable *days);

G_END_DECLS
