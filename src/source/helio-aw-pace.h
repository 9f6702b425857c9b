/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* How much to read at once, learned from what the reads before took: large enough to be quick
 * where every read scans the whole bucket, small enough that ActivityWatch's own recording never
 * waits long. For this folder only. */

#include "source/helio-page-walker.h"

G_BEGIN_DECLS

/**
 * HelioAwPace:
 * @cost: (transfer none): what stays from one walk to the next
 * @sample_limit: limit of the last whole page but one size, to tell what more events cost
 * @sample_us: what it took
 * @sample_age: for how many pages it was not renewed
 * @expected_us: what the next read will take at least, or 0 if that is not known
 * @byte_limit: the limit where events are large, or 0
 * @is_scanning: whether a read costs much, however few events it asks for
 */
typedef struct
{
  HelioAwCost *cost;
  guint sample_limit;
  int64_t sample_us;
  guint sample_age;
  int64_t expected_us;
  guint byte_limit;
  gboolean is_scanning;
} HelioAwPace;

void helio_aw_pace_init (HelioAwPace *pace, HelioAwCost *cost);

/* Fails with HELIO_ERROR_AW_SLOW if the next read would harm; the one after is tried. */
gboolean helio_aw_pace_check (HelioAwPace *pace, GError **error);

/* The limit of the next read. */
guint helio_aw_pace_get_limit (const HelioAwPace *pace);

/* How many ms before @hi the next read is to begin, or 0 if it needs no beginning. */
int64_t helio_aw_pace_get_window (const HelioAwPace *pace, int64_t lo, int64_t hi);

/* An answer with more events than @limit would be too large. */
void helio_aw_pace_limit_bytes (HelioAwPace *pace, guint limit);

/**
 * helio_aw_pace_learn:
 * @read: what was read
 * @is_whole: whether as many events came as the limit allows
 * @bytes: about how large the answer was
 * @us: what it took
 */
void helio_aw_pace_learn (
    HelioAwPace *pace, const HelioAwRead *read, gboolean is_whole, gsize bytes, int64_t us);

/* How long to leave the server alone after a page that took @us. */
int64_t helio_aw_pace_get_pause (const HelioAwPace *pace, int64_t us);

G_END_DECLS
