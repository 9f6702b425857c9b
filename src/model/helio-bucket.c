/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-bucket.h"

#include "model/helio-event.h"

HelioBucket *
helio_bucket_new (
    const char *id, const char *type, const char *client, const char *hostname, const char *created)
{
  HelioBucket *bucket = g_new0 (HelioBucket, 1);

  g_return_val_if_fail (id != NULL, NULL);

  bucket->id = g_strdup (id);
  bucket->type = g_strdup (type != NULL ? type : "");
  bucket->client = g_strdup (client != NULL ? client : "");
  bucket->hostname = g_strdup (hostname != NULL ? hostname : "");
  bucket->created = g_strdup (created != NULL ? created : "");
  bucket->last = HELIO_TIME_MIN;
  bucket->is_synced_copy = g_strstr_len (id, -1, "-synced-from-") != NULL;
  return bucket;
}

HelioBucket *
helio_bucket_copy (const HelioBucket *bucket)
{
  HelioBucket *copy = helio_bucket_new (bucket->id, bucket->type, bucket->client, bucket->hostname,
                                        bucket->created);

  copy->last = bucket->last;
  copy->is_synced_copy = bucket->is_synced_copy;
  return copy;
}

void
helio_bucket_free (HelioBucket *bucket)
{
  g_free (bucket->id);
  g_free (bucket->type);
  g_free (bucket->client);
  g_free (bucket->hostname);
  g_free (bucket->created);
  g_free (bucket);
}
