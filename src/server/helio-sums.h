/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The time per app of several days, added up day by day: of days that were counted, and of those
 * whose count was kept. */

#include "server/helio-use.h"

G_BEGIN_DECLS

typedef struct _HelioSums HelioSums;

HelioSums *helio_sums_new (void);
void helio_sums_free (HelioSums *sums);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioSums, helio_sums_free)

/* The count of a day, as it is kept. (transfer full) */
HelioDaySum *helio_sums_make_day (const HelioUse *use);

/* The earliest day first: names are told apart in the order in which they came. */
void helio_sums_add (HelioSums *sums, const HelioDaySum *day);

/* Appends members of an answer: the most used app first. */
void helio_sums_append (const HelioSums *sums, GString *json);

G_END_DECLS
