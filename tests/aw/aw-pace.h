/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What requests cost on the real servers, measured with 1,000,000 events and scaled by rows; µs. */

#include "aw-server.h"

G_BEGIN_DECLS

int64_t aw_pace_events (AwServer *server, AwBucket *bucket, const AwRange *range, int64_t returned);
int64_t aw_pace_event (AwServer *server);
int64_t aw_pace_count (AwServer *server, AwBucket *bucket);
int64_t aw_pace_buckets (AwServer *server);
int64_t aw_pace_export (AwServer *server, AwBucket *bucket);
int64_t aw_pace_write (AwServer *server);
/* Sleeps until @us after @since. */
void aw_pace_wait (int64_t since, int64_t us);

G_END_DECLS
