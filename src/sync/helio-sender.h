/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The second thread of a run: sends batches in the order they come and records each after its
 * 2xx. It has its own ledger handle and its own connection; the two threads share a bounded
 * queue and nothing else. */

#include "destination/helio-destination.h"
#include "sync/helio-apply.h"
#include "sync/helio-job.h"

G_BEGIN_DECLS

/* Most changes in one request, whatever the destination allows: larger ones gain nothing, and the
 * receiver's other clients wait longer (measured: 18 ms at 5,000). */
#define HELIO_MAX_BATCH 5000

typedef struct _HelioSender HelioSender;

/**
 * helio_sender_new:
 * @destination: (transfer full): connected; only the sender uses it from now on
 * @info: its limits (borrowed until the sender ends)
 * @destination_id: row of the ledger
 * @track: row of the ledger
 * @now: ms, noted with what is refused
 */
HelioSender *helio_sender_new (const HelioJob *job,
                               const HelioBucket *bucket,
                               HelioDestination *destination,
                               const HelioBackendInfo *info,
                               int64_t destination_id,
                               int64_t track,
                               int64_t now,
                               GCancellable *cancellable);

/* Hands over a batch; waits while four are under way. FALSE if the sender failed: then
 * helio_sender_finish() tells why. */
gboolean helio_sender_push (HelioSender *sender, HelioBatch *batch);

/* How many changes a batch should have: less after the destination found one too large. */
guint helio_sender_get_max_events (HelioSender *sender);

/* Waits until all that was pushed is sent, and recorded unless it changes nothing. FALSE if the
 * sender failed. */
gboolean helio_sender_flush (HelioSender *sender);

/* Waits until all that was pushed is sent and recorded. Frees the sender, adds to @result. */
gboolean helio_sender_finish (HelioSender *sender, HelioResult *result, GError **error);

G_END_DECLS
