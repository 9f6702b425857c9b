/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-outage.h"

#define LONG_US (G_GINT64_CONSTANT (60) * 60 * G_USEC_PER_SEC)
/* Between two looks that are further apart, the machine stood still. */
#define STEP_US (G_GINT64_CONSTANT (2) * 60 * G_USEC_PER_SEC)

gboolean
helio_outage_note (HelioOutage *outage, gboolean is_missing, gboolean is_used, int64_t now_us)
{
  if (!is_missing)
    {
      *outage = (HelioOutage){ 0 };
      return FALSE;
    }
  if (is_used && outage->noted_us > 0 && now_us - outage->noted_us <= STEP_US)
    outage->used_us += now_us - outage->noted_us;
  outage->noted_us = is_used ? now_us : 0;
  return outage->used_us >= LONG_US;
}
