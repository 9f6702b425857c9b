/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* One bucket with its switch. It asks before anything published is lost. */

#define HELIO_TYPE_BUCKET_ROW (helio_bucket_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioBucketRow, helio_bucket_row, HELIO, BUCKET_ROW, AdwPreferencesRow)

HelioBucketRow *helio_bucket_row_new (void);

/**
 * helio_bucket_row_update:
 * @bucket: one dictionary of the agent's Buckets
 * @now: ms
 *
 * A switch in hand stays as it is.
 *
 * Returns: whether its place among others may be another one now
 */
gboolean
helio_bucket_row_update (HelioBucketRow *row, HelioAgent1 *agent, GVariant *bucket, int64_t now);

/* As if its switch was clicked. */
void helio_bucket_row_toggle (HelioBucketRow *row);

/* What presence needs first, then by name. */
int helio_bucket_row_compare (HelioBucketRow *row, HelioBucketRow *other);

gboolean helio_bucket_row_matches (HelioBucketRow *row, const char *text);

G_END_DECLS
