/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What the last verification found at one destination, and below it bucket by bucket. */

#define HELIO_TYPE_PROOF_ROW (helio_proof_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioProofRow, helio_proof_row, HELIO, PROOF_ROW, AdwExpanderRow)

HelioProofRow *helio_proof_row_new (void);

/**
 * helio_proof_row_show:
 * @destination: one of the agent's Destinations
 * @progress: (nullable): all of its Progress
 * @verdicts: (nullable): all of its Verdicts
 * @buckets: (nullable): its Buckets
 * @names_it: whether the name of the destination is shown, too
 */
void helio_proof_row_show (HelioProofRow *row,
                           GVariant *destination,
                           GVariant *progress,
                           GVariant *verdicts,
                           GVariant *buckets,
                           gboolean names_it);

G_END_DECLS
