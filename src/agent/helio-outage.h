/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* How long something was missing while the computer was used: nights, locks and pauses do not
 * count. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioOutage:
 * @used_us: how long it is missing while the computer is used
 * @noted_us: when that was looked at last, or 0
 *
 * All zeros: nothing is missing.
 */
typedef struct
{
  int64_t used_us;
  int64_t noted_us;
} HelioOutage;

/**
 * helio_outage_note:
 * @is_missing: whether it is missing now
 * @is_used: whether somebody uses the computer now
 * @now_us: monotonic
 *
 * To be called every few seconds.
 *
 * Returns: whether the user should be told: it is missing for an hour of use
 */
gboolean
helio_outage_note (HelioOutage *outage, gboolean is_missing, gboolean is_used, int64_t now_us);

G_END_DECLS
