/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The destination may lose or roll back its data, the ledger may be lost or restored, two agents
 * may share a token: here the ledger learns what the destination really holds. */

#include "destination/helio-destination.h"
#include "ledger/helio-ledger.h"
#include "sync/helio-job.h"

G_BEGIN_DECLS

/**
 * helio_reconcile:
 * @destination: connected; @info is its answer
 *
 * Compares store and seq. Another, empty store: what the ledger knows of the old one is
 * forgotten. The same store with another seq than acknowledged: `/ranges` are compared, what
 * differs is read back and uncovered. A seq that was never ours: HELIO_ERROR_CONFLICT.
 */
gboolean helio_reconcile (HelioLedger *ledger,
                          const char *name,
                          HelioDestination *destination,
                          const HelioBackendInfo *info,
                          GCancellable *cancellable,
                          GError **error);

/* On the user's word: rebuilds the ledger of the destination from `/buckets` and `/keys`, then
 * everything is uncovered. */
gboolean helio_adopt_run (const HelioJob *job, GCancellable *cancellable, GError **error);

/**
 * HelioVerdict:
 * @bucket: id
 * @in_aw: events in ActivityWatch, or -1 if it could not be read
 * @allowed: of them, what the rules allow (and kept ones)
 * @held: what the destination holds
 * @differs: (element-type int64_t): starts of the days (UTC, ms) whose count or check differs
 */
typedef struct
{
  char *bucket;
  int64_t in_aw;
  int64_t allowed;
  int64_t held;
  GArray *differs;
} HelioVerdict;

void helio_verdict_free (HelioVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioVerdict, helio_verdict_free)

/**
 * helio_verify_run:
 * @bucket: id of the bucket
 *
 * Compares what the ledger says with what the destination holds, day by day, and uncovers what
 * differs. Call it when a history run after helio_history_uncover() of all is done: then the
 * ledger is what the rules make of ActivityWatch.
 *
 * Returns: (transfer full): the numbers, or NULL
 */
HelioVerdict *helio_verify_run (const HelioJob *job,
                                const char *bucket,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
