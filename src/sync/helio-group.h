/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A group of events of equal start: what the rules make of them, against what the ledger says that
 * the destination holds. For this folder only. */

#include "ledger/helio-ledger.h"

G_BEGIN_DECLS

/* What the rules make of one event. */
typedef struct
{
  const char *data;
  gsize length;
  int64_t duration;
  uint32_t check;
} HelioGroupForm;

/* The order of ordinals. */
int helio_group_compare_forms (gconstpointer a, gconstpointer b);

/* Whether the destination holds something under that key. */
gboolean helio_group_has_row (const HelioRow *row);
gboolean helio_group_has_any (const HelioRow *rows, guint n_rows);

/* -- of a bucket that is switched off --------------------------------------------------------- */

/* What was under way at @left_at (ms) ends so for the destination: how long it took in the end is
 * no more told than what came after it. */
void
helio_group_cut (GArray *forms, int64_t start, int64_t left_at, const HelioRow *rows, guint n_rows);

/**
 * helio_group_drop_unknown:
 * @has_more: whether an event may be one that was kept without ActivityWatch, and is back
 *
 * Of more events than the destination holds nothing tells which it was sent, but the form, if that
 * is the same as before: only such stay.
 */
void
helio_group_drop_unknown (GArray *forms, const HelioRow *rows, guint n_rows, gboolean has_more);

G_END_DECLS
