/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What the page says of one bucket, made of the agent's properties. */

/**
 * HelioBucketPublished:
 * @is_known: there is a destination that keeps its history
 * @is_done: all of it is at every destination
 * @is_held: any destination holds anything of it
 * @held: events at the destination that lacks most
 * @in_aw: events in ActivityWatch, or -1
 * @fraction: how far that destination is, 0 .. 1; -1 if that can't be told
 */
typedef struct
{
  gboolean is_known;
  gboolean is_done;
  gboolean is_held;
  int64_t held;
  int64_t in_aw;
  double fraction;
} HelioBucketPublished;

/**
 * helio_bucket_find_published:
 * @progress: (nullable): the agent's Progress
 * @bucket: an id
 *
 * With several destinations the least complete one counts: who reads "published" may rely on it.
 */
HelioBucketPublished helio_bucket_find_published (GVariant *progress, const char *bucket);

/**
 * helio_bucket_get_status:
 * @bucket: one dictionary of the agent's Buckets
 *
 * Returns: (transfer full): "3,400 of 12,345 events published · last event 12 min ago"
 */
char *
helio_bucket_get_status (GVariant *bucket, const HelioBucketPublished *published, int64_t now);

G_END_DECLS
