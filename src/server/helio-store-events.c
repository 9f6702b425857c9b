/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

/* Writing events: one transaction per request, in the order of its seq. */

#include "server/helio-store.h"

#include <glib/gi18n.h>

#include "server/helio-store-private.h"

/* So many events of a deleted bucket are cleared away at once: a few milliseconds. */
#define SWEEP_EVENTS 4000

gboolean
helio_store_find_seq (HelioStore *store, int64_t device, int64_t *seq, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_FIND_SEQ, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  if (!helio_store_step (store, stmt, &has_row, error))
    return FALSE;
  *seq = has_row ? sqlite3_column_int64 (stmt, 0) : -1;
  sqlite3_reset (stmt);
  return TRUE;
}

/* Takes the seq for this write unless it is late. */
static gboolean
take_seq (HelioStore *store, int64_t device, int64_t seq, HelioApplied *applied, GError **error)
{
  sqlite3_stmt *stmt;

  if (!helio_store_find_seq (store, device, &applied->seq, error))
    return FALSE;
  if (applied->seq < 0)
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_NOT_FOUND, "The device is gone");
      return FALSE;
    }
  applied->is_late = seq <= applied->seq;
  if (applied->is_late)
    return TRUE;

  stmt = helio_store_sql (store, SQL_SET_SEQ, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_int64 (stmt, 2, seq);
  if (!helio_store_finish (store, stmt, error))
    return FALSE;
  applied->seq = seq;
  return TRUE;
}

static gboolean
make_bucket (HelioStore *store,
             int64_t device,
             const HelioEventsRequest *request,
             int64_t *id,
             GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_UPSERT_BUCKET, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_text (stmt, 2, request->bucket_id, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 3, request->bucket_type, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 4, request->bucket_client, -1, SQLITE_STATIC);
  sqlite3_bind_text (stmt, 5, request->bucket_hostname, -1, SQLITE_STATIC);
  if (!helio_store_finish (store, stmt, error))
    return FALSE;
  /* Which buckets there are, and of which type, matters to all days. */
  if (sqlite3_changes (store->db) > 0
      && !helio_store_forget_sums (store, device, G_MININT64, error))
    return FALSE;
  return helio_store_find_bucket (store, device, request->bucket_id, id, error);
}

static gboolean
delete_events (
    HelioStore *store, int64_t bucket, const GArray *deletes, HelioApplied *applied, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_DELETE_EVENT, error);

  if (stmt == NULL)
    return FALSE;
  for (guint i = 0; i < deletes->len; i++)
    {
      const HelioWireDelete *wanted = &g_array_index (deletes, HelioWireDelete, i);

      sqlite3_bind_int64 (stmt, 1, bucket);
      sqlite3_bind_int64 (stmt, 2, wanted->start);
      sqlite3_bind_int64 (stmt, 3, wanted->n);
      if (!helio_store_finish (store, stmt, error))
        return FALSE;
      applied->deleted += sqlite3_changes (store->db);
    }
  return TRUE;
}

/* Writes @n events by the statement for so many. */
static gboolean
write_events (HelioStore *store,
              int64_t bucket,
              const HelioWireUpsert *const *events,
              guint n,
              HelioApplied *applied,
              GError **error)
{
  sqlite3_stmt *stmt
      = helio_store_sql (store, n == 1 ? SQL_UPSERT_EVENT : SQL_UPSERT_EVENTS, error);
  int at = 1;
  int changes;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, at++, bucket);
  for (guint i = 0; i < n; i++)
    {
      sqlite3_bind_int64 (stmt, at++, events[i]->start);
      sqlite3_bind_int64 (stmt, at++, events[i]->n);
      sqlite3_bind_int64 (stmt, at++, events[i]->duration);
      sqlite3_bind_int64 (stmt, at++, events[i]->check);
      sqlite3_bind_text (stmt, at++, events[i]->data, (int) events[i]->data_len, SQLITE_STATIC);
    }
  if (sqlite3_step (stmt) != SQLITE_DONE)
    {
      helio_store_fail (store, N_ ("Writing events"), error);
      sqlite3_reset (stmt);
      sqlite3_clear_bindings (stmt);
      return FALSE;
    }
  sqlite3_reset (stmt);
  changes = sqlite3_changes (store->db);
  applied->stored += changes;
  applied->unchanged += (int64_t) n - changes;
  return TRUE;
}

static gboolean
upsert_events (
    HelioStore *store, int64_t bucket, const GArray *upserts, HelioApplied *applied, GError **error)
{
  const HelioWireUpsert *events[HELIO_STORE_ROWS_AT_ONCE];
  guint n = 0;

  for (guint i = 0; i < upserts->len; i++)
    {
      const HelioWireUpsert *upsert = &g_array_index (upserts, HelioWireUpsert, i);

      if (upsert->rejection != NULL)
        continue;
      events[n++] = upsert;
      if (n < HELIO_STORE_ROWS_AT_ONCE)
        continue;
      if (!write_events (store, bucket, events, n, applied, error))
        return FALSE;
      n = 0;
    }
  for (guint i = 0; i < n; i++)
    if (!write_events (store, bucket, events + i, 1, applied, error))
      return FALSE;
  return TRUE;
}

static gboolean
has_upserts (const HelioEventsRequest *request)
{
  for (guint i = 0; i < request->upserts->len; i++)
    if (g_array_index (request->upserts, HelioWireUpsert, i).rejection == NULL)
      return TRUE;
  return FALSE;
}

/* The earliest start that the request names. */
static int64_t
find_first (const HelioEventsRequest *request)
{
  int64_t first = G_MAXINT64;

  for (guint i = 0; i < request->upserts->len; i++)
    {
      const HelioWireUpsert *upsert = &g_array_index (request->upserts, HelioWireUpsert, i);

      if (upsert->rejection == NULL)
        first = MIN (first, upsert->start);
    }
  for (guint i = 0; i < request->deletes->len; i++)
    first = MIN (first, g_array_index (request->deletes, HelioWireDelete, i).start);
  return first;
}

static gboolean
apply (HelioStore *store,
       int64_t device,
       const HelioEventsRequest *request,
       HelioApplied *applied,
       GError **error)
{
  int64_t bucket = 0;

  if (!take_seq (store, device, request->seq, applied, error))
    return FALSE;
  if (applied->is_late)
    return TRUE;
  if (has_upserts (request))
    {
      if (!make_bucket (store, device, request, &bucket, error))
        return FALSE;
    }
  else if (!helio_store_find_bucket (store, device, request->bucket_id, &bucket, error))
    return FALSE;
  if (bucket == 0)
    return TRUE;
  if (!delete_events (store, bucket, request->deletes, applied, error)
      || !upsert_events (store, bucket, request->upserts, applied, error))
    return FALSE;
  return applied->stored + applied->deleted == 0
         || helio_store_forget_sums (store, device, find_first (request), error);
}

gboolean
helio_store_apply (HelioStore *store,
                   int64_t device,
                   const HelioEventsRequest *request,
                   HelioApplied *applied,
                   GError **error)
{
  *applied = (HelioApplied){ 0 };
  if (!helio_store_begin (store, error))
    return FALSE;
  return helio_store_end (store, apply (store, device, request, applied, error), error);
}

static gboolean
drop_bucket (HelioStore *store, int64_t device, const char *bucket, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_DROP_BUCKET, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_text (stmt, 2, bucket, -1, SQLITE_TRANSIENT);
  return helio_store_finish (store, stmt, error);
}

gboolean
helio_store_drop_bucket (HelioStore *store,
                         int64_t device,
                         const char *bucket,
                         int64_t seq,
                         HelioApplied *applied,
                         GError **error)
{
  gboolean is_good;

  *applied = (HelioApplied){ 0 };
  if (!helio_store_begin (store, error))
    return FALSE;
  is_good = take_seq (store, device, seq, applied, error)
            && (applied->is_late
                || (drop_bucket (store, device, bucket, error)
                    && helio_store_forget_sums (store, device, G_MININT64, error)));
  return helio_store_end (store, is_good, error);
}

static gboolean
sweep (HelioStore *store, gboolean *has_more, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_FIND_DROPPED, error);
  gboolean has_row;
  int64_t bucket;

  if (stmt == NULL || !helio_store_step (store, stmt, &has_row, error))
    return FALSE;
  *has_more = has_row;
  if (!has_row)
    return TRUE;
  bucket = sqlite3_column_int64 (stmt, 0);
  sqlite3_reset (stmt);

  stmt = helio_store_sql (store, SQL_CLEAR_EVENTS, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, bucket);
  sqlite3_bind_int64 (stmt, 2, SWEEP_EVENTS);
  if (!helio_store_finish (store, stmt, error))
    return FALSE;
  if (sqlite3_changes (store->db) > 0)
    return TRUE;

  stmt = helio_store_sql (store, SQL_REMOVE_BUCKET, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, bucket);
  return helio_store_finish (store, stmt, error);
}

gboolean
helio_store_sweep (HelioStore *store)
{
  g_autoptr (GError) error = NULL;
  gboolean has_more = FALSE;

  if (!helio_store_begin (store, &error)
      || !helio_store_end (store, sweep (store, &has_more, &error), &error))
    {
      /* It goes on after the next start, or after the next bucket is deleted. */
      g_message ("Clearing away a deleted bucket was put off: %s", error->message);
      return FALSE;
    }
  return has_more;
}
