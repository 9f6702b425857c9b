/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Stretches of time, and in which of them somebody was at the device. */

#include "server/helio-store.h"

G_BEGIN_DECLS

/**
 * HelioSpan:
 * @start: ms
 * @end: ms, after @start
 * @app: number of an app; 0 where apps don't matter
 */
typedef struct
{
  int64_t start;
  int64_t end;
  guint app;
} HelioSpan;

/* (element-type HelioSpan) */
GArray *helio_spans_new (void);

/* Adds what lies between @from and @to, if anything. */
void helio_spans_add (GArray *spans, int64_t start, int64_t end, int64_t from, int64_t to);

/* Makes them the union of themselves, in order. */
void helio_spans_merge (GArray *spans);

/* Takes away what is also in @others. Both in order, without overlaps. */
void helio_spans_subtract (GArray *spans, const GArray *others);

/* Adds what lies in each day to @sums, ms. Merged @spans; @midnights has one more than there are
 * days. */
void
helio_spans_sum_days (const GArray *spans, const int64_t *midnights, guint n_days, int64_t *sums);

/* Keeps the longest, in order of time. Returns how many were left out. */
guint helio_spans_limit (GArray *spans, guint most);

/* When somebody was at the device, and when it says that nobody was: both merged, and the latter
 * without the former. @away: (nullable) */
gboolean helio_spans_read_presence (HelioStore *store,
                                    int64_t device,
                                    int64_t from,
                                    int64_t to,
                                    GArray *here,
                                    GArray *away,
                                    GError **error);

G_END_DECLS
