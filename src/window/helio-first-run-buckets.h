/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_FIRST_RUN_BUCKETS (helio_first_run_buckets_get_type ())
G_DECLARE_FINAL_TYPE (
    HelioFirstRunBuckets, helio_first_run_buckets, HELIO, FIRST_RUN_BUCKETS, HelioView)

/* The ids of the buckets to switch on. (transfer full) */
GStrv helio_first_run_buckets_list_chosen (HelioFirstRunBuckets *step);

/* "nothing", "state", "app" or "title" */
const char *helio_first_run_buckets_get_level (HelioFirstRunBuckets *step);

gboolean helio_first_run_buckets_has_history (HelioFirstRunBuckets *step);
gboolean helio_first_run_buckets_starts_at_login (HelioFirstRunBuckets *step);

/* What is shown is asked only for a destination that is yet to be added. */
void helio_first_run_buckets_ask_level (HelioFirstRunBuckets *step, gboolean asks);

/* Goes to what a person does next here. */
void helio_first_run_buckets_focus (HelioFirstRunBuckets *step);

G_END_DECLS
