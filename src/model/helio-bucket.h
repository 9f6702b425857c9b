/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioBucket:
 * @id: the id in ActivityWatch
 * @type: `currentwindow`, `afkstatus`, …
 * @client: the watcher
 * @hostname: the host it watches
 * @created: verbatim time of creation, or "" where unknown: a change means another bucket
 * @last: end of the newest event in ms as far as the list of buckets says it, else
 *   HELIO_TIME_MIN. A future-dated event pins it for months: never use it as a cursor
 * @is_synced_copy: TRUE if aw-sync copied it from another device
 */
typedef struct
{
  char *id;
  char *type;
  char *client;
  char *hostname;
  char *created;
  int64_t last;
  gboolean is_synced_copy;
} HelioBucket;

/* Missing (NULL) texts become "". */
HelioBucket *helio_bucket_new (const char *id,
                               const char *type,
                               const char *client,
                               const char *hostname,
                               const char *created);
HelioBucket *helio_bucket_copy (const HelioBucket *bucket);
void helio_bucket_free (HelioBucket *bucket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioBucket, helio_bucket_free)

G_END_DECLS
