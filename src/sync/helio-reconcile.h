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
 * @set_back: (nullable): takes the local days of what differs, a set by bucket
 *
 * Compares store and seq. Another, empty store: what the ledger knows of the old one is
 * forgotten. The same store with another seq than acknowledged: `/ranges` are compared, what
 * differs is read back and uncovered. A seq that was never ours: HELIO_ERROR_CONFLICT.
 */
gboolean helio_reconcile (HelioLedger *ledger,
                          const char *name,
                          HelioDestination *destination,
                          const HelioBackendInfo *info,
                          GHashTable *set_back,
                          GCancellable *cancellable,
                          GError **error);

/* On the user's word: rebuilds the ledger of the destination from `/buckets` and `/keys`, then
 * everything is uncovered. */
gboolean helio_adopt_run (const HelioJob *job, GCancellable *cancellable, GError **error);

/**
 * helio_reconcile_bucket:
 * @held: (element-type HelioHeldBucket): all that the destination says it holds
 * @names: (nullable): takes the local days ("2026-03-01", owned) of the events that differ
 * @n_held: (out): how many events of the bucket the destination holds
 *
 * Compares what the ledger says with what the destination holds, by counts and checks of each day
 * (UTC). Where they differ the keys of the destination are read back and the day is uncovered: the
 * next history run makes it equal.
 */
gboolean helio_reconcile_bucket (HelioLedger *ledger,
                                 int64_t destination_id,
                                 const char *bucket,
                                 HelioDestination *destination,
                                 const GPtrArray *held,
                                 GHashTable *names,
                                 int64_t *n_held,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
