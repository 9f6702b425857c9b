/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the history job and the keep-up share: opening ledger and destination, comparing them,
 * and applying pages of one bucket through a sender. Internal to sync/. */

#include "ledger/helio-ledger.h"
#include "sync/helio-apply.h"
#include "sync/helio-sender.h"

G_BEGIN_DECLS

typedef struct
{
  const HelioJob *job;
  const HelioBucket *bucket;
  HelioLedger *ledger;
  HelioTrack track;
  int64_t destination_id;
  HelioBackendInfo *info;
  HelioApply apply;
  HelioSender *sender;
  GArray *rows;
  HelioResult *result;
  GError *error;
  GCancellable *cancellable; /* borrowed */
  GCancellable *yield;       /* (nullable) (borrowed): when cancelled, it is to make room */
  int64_t deadline_us;
  HelioDestination *reader; /* (nullable): reads back what the destination holds */
  gboolean is_stopped;      /* it made room before it had come to an end */
  gboolean is_broken;       /* nothing more can be pushed */
  gboolean is_checked;      /* store and seq were compared in this run */
  gboolean needs_check;     /* out: there is something to send, and they were not: run again */
} HelioRun;

/* Opens the ledger and the destination and compares store and seq. */
gboolean helio_run_open (const HelioJob *job,
                         HelioLedger **ledger,
                         HelioLedgerDestination *row,
                         HelioDestination **destination,
                         HelioBackendInfo **info,
                         GCancellable *cancellable,
                         HelioResult *result,
                         GError **error);

/**
 * helio_run_begin:
 * @checks: whether to compare store and seq at once. If FALSE the run makes no request: it records
 *   what is unchanged, and ends with @run->needs_check at the first thing to be sent. For a write
 *   raises the seq, and then nothing tells any more that the destination was set back or written
 *   to by somebody else
 *
 * Begins a run over one bucket; helio_run_end() must follow if it returns TRUE.
 */
gboolean helio_run_begin (HelioRun *run,
                          const HelioJob *job,
                          const HelioBucket *bucket,
                          gboolean checks,
                          int64_t now,
                          GCancellable *cancellable,
                          HelioResult *result,
                          GError **error);

/* Hands over a batch (transfer full). FALSE: as below. */
gboolean helio_run_push (HelioRun *run, HelioBatch *batch);

/* Applies a page. FALSE: the run can't go on: it is stopped, or helio_run_end() tells why. */
gboolean helio_run_page (HelioRun *run, const HelioPage *page);

/* Sends and records what is under way, frees the run. */
gboolean helio_run_end (HelioRun *run, GError **error);

/* Opens the ledger at the track of a bucket, which is made if it is not there. */
gboolean helio_run_open_track (const HelioJob *job,
                               const char *bucket,
                               HelioLedger **ledger,
                               HelioTrack *track,
                               GError **error);

/* Tells @apply which deletions are put off. */
gboolean
helio_run_load_deferred (HelioLedger *ledger, int64_t track, HelioApply *apply, GError **error);

/* To a run of a stopped bucket all its events would be forbidden. FALSE with the reason. */
gboolean helio_run_check_rules (const HelioJob *job, const HelioBucket *bucket, GError **error);

/* Leaves ActivityWatch alone for a while; ends early when there is no reason to go on. */
void helio_run_wait (int64_t us, GCancellable *cancellable, GCancellable *yield);

/* Whether the time is over or somebody else wants to run. */
gboolean helio_run_should_stop (GCancellable *yield, int64_t deadline_us);

/* How many events of a track may vanish without a question. */
int64_t helio_run_get_threshold (const HelioTrack *track);

G_END_DECLS
