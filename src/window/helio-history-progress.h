/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioHistoryProgress:
 * @published: events that the destination holds
 * @known: events of ActivityWatch that were looked at
 * @total: events in ActivityWatch, or -1 while that is not known of each bucket
 * @oldest: ms, down to here all is published; 0 unknown
 * @rate: events per second, 0 while nothing runs
 * @is_done: nothing is left to do
 * @ruled: events that other rules are applied to, and
 * @unruled: those of them that are still as the old rules made them
 * @is_asking: some of it waits for an answer of the user
 *
 * How far the history of all buckets has come at one destination.
 */
typedef struct
{
  int64_t published;
  int64_t known;
  int64_t total;
  int64_t oldest;
  double rate;
  int64_t ruled;
  int64_t unruled;
  gboolean is_done;
  gboolean is_asking;
} HelioHistoryProgress;

/**
 * helio_history_progress_sum:
 * @progress: (nullable): the agent's Progress
 * @destination: its id
 * @sum: (out):
 */
void
helio_history_progress_sum (GVariant *progress, const char *destination, HelioHistoryProgress *sum);

/* All that was known is published: only what changed lately is looked at again. */
gboolean helio_history_progress_is_checking (const HelioHistoryProgress *sum);

/* What was published under other rules is made equal to those in force. */
gboolean helio_history_progress_is_applying (const HelioHistoryProgress *sum);

/* From 0 to 1, and only 1 when all is done. */
double helio_history_progress_get_fraction (const HelioHistoryProgress *sum);

/* (transfer full): "All 336,596 events are published", "1,200 of 336,596 events are published",
 * "Applying the rules: 43 %". */
char *helio_history_progress_get_text (const HelioHistoryProgress *sum);

/**
 * helio_history_progress_get_detail:
 * @rate: events per second, smoothed by the caller
 *
 * Returns: (transfer full): "35 % · 8,200 events per second · 1 min left · back to 3 March 2024"
 */
char *helio_history_progress_get_detail (const HelioHistoryProgress *sum, double rate);

G_END_DECLS
