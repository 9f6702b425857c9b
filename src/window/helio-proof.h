/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioProof:
 * @part: of the verification that runs, 0 to 1, or -1 if none runs
 * @at: ms, the oldest of the verdicts, or 0 if there is none
 * @is_whole: each bucket that is published has a verdict
 * @is_outdated: the rules changed since one of them
 * @is_equal: all said that the destination is equal
 * @is_mended: it was not, and was mended
 * @in_aw: events in ActivityWatch then, or -1 if that is not known of each bucket
 * @allowed: of them, what the rules allow
 * @held: what the destination held
 *
 * What the last verification of all buckets found at one destination.
 */
typedef struct
{
  double part;
  int64_t at;
  gboolean is_whole;
  gboolean is_outdated;
  gboolean is_equal;
  gboolean is_mended;
  int64_t in_aw;
  int64_t allowed;
  int64_t held;
} HelioProof;

/**
 * helio_proof_sum:
 * @progress: (nullable): the agent's Progress
 * @verdicts: (nullable): its Verdicts
 * @destination: its id
 * @proof: (out):
 */
void helio_proof_sum (GVariant *progress,
                      GVariant *verdicts,
                      const char *destination,
                      HelioProof *proof);

/* (transfer full): "Verified 3 min ago: equal", "Verifying: 43 %", "Not verified yet". */
char *helio_proof_get_title (const HelioProof *proof, int64_t now);

/* (transfer full): "12,345 in ActivityWatch · 12,000 allowed by the rules · 12,000 held"; while
 * another verification runs, what came out of the last one; "" if it was never verified. */
char *helio_proof_get_detail (const HelioProof *proof, int64_t now);

/* (transfer full): the numbers of one bucket, and a line with what came out. */
char *helio_proof_get_verdict (GVariant *verdict);

G_END_DECLS
