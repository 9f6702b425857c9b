/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-store-private.h"

#include <string.h>

#define COMMIT_CHANGES 100
#define COMMIT_US (15 * G_USEC_PER_SEC)

static void
bucket_free (AwBucket *bucket)
{
  g_free (bucket->id);
  g_free (bucket->type);
  g_free (bucket->client);
  g_free (bucket->hostname);
  g_free (bucket->data);
  g_free (bucket);
}

static void
event_free (AwEvent *event)
{
  aw_event_clear (event);
  g_free (event);
}

void
aw_event_copy (const AwEvent *from, AwEvent *to)
{
  *to = *from;
  to->data = g_strdup (from->data);
}

void
aw_event_clear (AwEvent *event)
{
  g_clear_pointer (&event->data, g_free);
}

void
aw_store_run (AwStore *store, const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (store->db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

sqlite3_stmt *
aw_store_prepare (AwStore *store, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v3 (store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
      != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (store->db));
  return statement;
}

/* Runs a statement that gives no rows and makes it ready for the next time. */
void
aw_store_finish (AwStore *store, sqlite3_stmt *statement)
{
  if (sqlite3_step (statement) != SQLITE_DONE)
    g_error ("%s: %s", sqlite3_sql (statement), sqlite3_errmsg (store->db));
  sqlite3_reset (statement);
}

static void
finalize_statements (AwStore *store)
{
  for (int i = 0; i < N_STATEMENTS; i++)
    g_clear_pointer (&store->statements[i], sqlite3_finalize);
}

static gboolean
has_v5_order (AwStore *store)
{
  return store->flavour == AW_FLAVOUR_RUST && store->db_version >= 5;
}

/* Without the index of DB v5 the real servers sort the whole bucket; here an index gives
 * the same order, ties by id, and the pace adds the cost. The data stand in the index too, so that
 * a page is one scan: the stand-in should not be what a benchmark measures. */
static void
create_index (AwStore *store)
{
  aw_store_run (store, has_v5_order (store) ? "CREATE INDEX IF NOT EXISTS events_order ON events"
                                              " (bucketrow, starttime DESC, endtime, id, data)"
                                            : "CREATE INDEX IF NOT EXISTS events_order ON events"
                                              " (bucketrow, starttime DESC, id, endtime, data)");
}

static void
create_events (AwStore *store, const char *name)
{
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("CREATE TABLE IF NOT EXISTS %s ("
                         "id INTEGER PRIMARY KEY %s, bucketrow INTEGER NOT NULL,"
                         "starttime INTEGER NOT NULL, endtime INTEGER NOT NULL,"
                         "data TEXT NOT NULL)",
                         name, store->flavour == AW_FLAVOUR_RUST ? "AUTOINCREMENT" : "");
  aw_store_run (store, sql);
}

static void
prepare_statements (AwStore *store)
{
  static const char *const sql[N_STATEMENTS] = {
    [INSERT] = "INSERT OR REPLACE INTO events (id, bucketrow, starttime, endtime, data)"
               " VALUES (?1, ?2, ?3, ?4, ?5)",
    [OVERWRITE] = "UPDATE events SET bucketrow = ?2, starttime = ?3, endtime = ?4, data = ?5"
                  " WHERE id = ?1",
    [DELETE_EVENT] = "DELETE FROM events WHERE id = ?1 AND bucketrow = ?2",
    [GET] = "SELECT id, starttime, endtime, data FROM events WHERE id = ?1 AND bucketrow = ?2",
    [GET_ROW] = "SELECT bucketrow FROM events WHERE id = ?1",
    [COUNT] = "SELECT count(*) FROM events WHERE bucketrow = ?1 AND endtime >= ?2"
              " AND starttime <= ?3 AND starttime >= ?4",
    [COUNT_STARTS] = "SELECT count(*) FROM events WHERE bucketrow = ?1 AND starttime <= ?3"
                     " AND starttime >= ?4",
    [COUNT_ALL] = "SELECT count(*) FROM events WHERE bucketrow = ?1",
    [EQUAL] = "SELECT 1 FROM events WHERE bucketrow = ?1 AND starttime = ?2 AND endtime = ?3"
              " AND data = ?4 LIMIT 1",
    [NTH] = "SELECT id, starttime, endtime, data FROM events WHERE bucketrow = ?1"
            " ORDER BY id LIMIT 1 OFFSET ?2",
    [TRUTH] = "SELECT id, starttime, endtime, data FROM events WHERE bucketrow = ?1"
              " ORDER BY starttime, id",
  };

  for (int i = 0; i < N_STATEMENTS; i++)
    if (sql[i] != NULL)
      store->statements[i] = aw_store_prepare (store, sql[i]);
  store->statements[READ] = aw_store_prepare (
      store, has_v5_order (store)
                 ? "SELECT id, starttime, endtime, data FROM events WHERE bucketrow = ?1"
                   " AND endtime >= ?2 AND starttime <= ?3 AND starttime >= ?4"
                   " ORDER BY starttime DESC, endtime, id LIMIT ?5"
                 : "SELECT id, starttime, endtime, data FROM events WHERE bucketrow = ?1"
                   " AND endtime >= ?2 AND starttime <= ?3 AND starttime >= ?4"
                   " ORDER BY starttime DESC, id LIMIT ?5");
}

static void
prepare_bulk (AwStore *store)
{
  g_autoptr (GString) sql = g_string_new ("INSERT INTO events (bucketrow, starttime, endtime, data)"
                                          " VALUES (?, ?, ?, ?)");

  for (int i = 1; i < BULK_ROWS; i++)
    g_string_append (sql, ", (?, ?, ?, ?)");
  store->statements[INSERT_BULK] = aw_store_prepare (store, sql->str);
}

static void
load_buckets (AwStore *store)
{
  sqlite3_stmt *statement;

  g_hash_table_remove_all (store->by_id);
  g_ptr_array_set_size (store->buckets, 0);
  statement
      = aw_store_prepare (store, "SELECT b.id, b.name, b.type, b.client, b.hostname, b.created,"
                                 " b.data, count(e.id), min(e.starttime), max(e.endtime)"
                                 " FROM buckets b LEFT JOIN events e ON e.bucketrow = b.id"
                                 " GROUP BY b.id ORDER BY b.id");
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      AwBucket *bucket = g_new0 (AwBucket, 1);

      bucket->row = sqlite3_column_int64 (statement, 0);
      bucket->id = g_strdup ((const char *) sqlite3_column_text (statement, 1));
      bucket->type = g_strdup ((const char *) sqlite3_column_text (statement, 2));
      bucket->client = g_strdup ((const char *) sqlite3_column_text (statement, 3));
      bucket->hostname = g_strdup ((const char *) sqlite3_column_text (statement, 4));
      bucket->created = sqlite3_column_int64 (statement, 5);
      bucket->data = g_strdup ((const char *) sqlite3_column_text (statement, 6));
      bucket->count = sqlite3_column_int64 (statement, 7);
      bucket->has_range = bucket->count > 0;
      bucket->range_start = sqlite3_column_int64 (statement, 8);
      bucket->range_end = sqlite3_column_int64 (statement, 9);
      g_ptr_array_add (store->buckets, bucket);
      g_hash_table_insert (store->by_id, bucket->id, bucket);
    }
  sqlite3_finalize (statement);
}

AwStore *
aw_store_new (const char *path, AwFlavour flavour, int db_version, GError **error)
{
  AwStore *store = g_new0 (AwStore, 1);

  store->flavour = flavour;
  store->db_version = db_version;
  store->buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) bucket_free);
  store->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  store->last
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) event_free);
  /* No statistics of memory: each would cost a mutex. */
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_open_v2 (path != NULL ? path : ":memory:", &store->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path,
                   sqlite3_errmsg (store->db));
      aw_store_free (store);
      return NULL;
    }
  store->is_memory = path == NULL;
  if (path != NULL)
    aw_store_run (store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  aw_store_run (store,
                "PRAGMA page_size = 16384; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;"
                "CREATE TABLE IF NOT EXISTS buckets (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                "name TEXT UNIQUE NOT NULL, type TEXT NOT NULL, client TEXT NOT NULL,"
                "hostname TEXT NOT NULL, created INTEGER NOT NULL, data TEXT NOT NULL)");
  create_events (store, "events");
  create_index (store);
  prepare_statements (store);
  load_buckets (store);
  return store;
}

void
aw_store_free (AwStore *store)
{
  if (store == NULL)
    return;
  finalize_statements (store);
  sqlite3_close (store->db);
  g_hash_table_unref (store->by_id);
  g_hash_table_unref (store->last);
  g_ptr_array_unref (store->buckets);
  g_free (store);
}

AwFlavour
aw_store_get_flavour (AwStore *store)
{
  return store->flavour;
}

const GPtrArray *
aw_store_list (AwStore *store)
{
  return store->buckets;
}

AwBucket *
aw_store_find (AwStore *store, const char *id)
{
  return g_hash_table_lookup (store->by_id, id);
}

/* Before each change. Python commits each change by itself. */
void
aw_store_change (AwStore *store)
{
  if (store->is_bulk || store->flavour == AW_FLAVOUR_PYTHON)
    return;
  if (store->changes++ > 0)
    return;
  aw_store_run (store, "BEGIN");
  store->changed_at = g_get_monotonic_time ();
}

void
aw_store_commit (AwStore *store)
{
  if (store->changes == 0)
    return;
  aw_store_run (store, "COMMIT");
  store->changes = 0;
}

void
aw_store_request_begins (AwStore *store)
{
  if (store->changes >= COMMIT_CHANGES
      || (store->changes > 0 && g_get_monotonic_time () - store->changed_at >= COMMIT_US))
    aw_store_commit (store);
}

void
aw_store_crash (AwStore *store)
{
  if (store->changes > 0)
    aw_store_run (store, "ROLLBACK");
  store->changes = 0;
  aw_store_restart (store);
}

void
aw_store_restart (AwStore *store)
{
  aw_store_commit (store);
  g_hash_table_remove_all (store->last);
  load_buckets (store);
}

AwBucket *
aw_store_create (AwStore *store,
                 const char *id,
                 const char *type,
                 const char *client,
                 const char *hostname,
                 const char *data,
                 int64_t created)
{
  const char *texts[] = { id, type, client, hostname };
  AwBucket *bucket = g_new0 (AwBucket, 1);
  sqlite3_stmt *statement;

  statement
      = aw_store_prepare (store, "INSERT INTO buckets (name, type, client, hostname, created, data)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  for (int i = 0; i < 4; i++)
    sqlite3_bind_text (statement, i + 1, texts[i], -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 5, created);
  sqlite3_bind_text (statement, 6, data, -1, SQLITE_STATIC);
  aw_store_change (store);
  aw_store_finish (store, statement);
  sqlite3_finalize (statement);
  aw_store_commit (store);

  bucket->row = sqlite3_last_insert_rowid (store->db);
  bucket->id = g_strdup (id);
  bucket->type = g_strdup (type);
  bucket->client = g_strdup (client);
  bucket->hostname = g_strdup (hostname);
  bucket->data = g_strdup (data);
  bucket->created = created;
  g_ptr_array_add (store->buckets, bucket);
  g_hash_table_insert (store->by_id, bucket->id, bucket);
  return bucket;
}

void
aw_store_set_created (AwStore *store, AwBucket *bucket, int64_t created)
{
  sqlite3_stmt *statement;

  statement = aw_store_prepare (store, "UPDATE buckets SET created = ?2 WHERE id = ?1");
  sqlite3_bind_int64 (statement, 1, bucket->row);
  sqlite3_bind_int64 (statement, 2, created);
  aw_store_finish (store, statement);
  sqlite3_finalize (statement);
  bucket->created = created;
}

void
aw_store_delete_bucket (AwStore *store, AwBucket *bucket)
{
  static const char *const sql[]
      = { "DELETE FROM events WHERE bucketrow = ?1", "DELETE FROM buckets WHERE id = ?1" };

  aw_store_change (store);
  for (int i = 0; i < 2; i++)
    {
      sqlite3_stmt *statement = aw_store_prepare (store, sql[i]);

      sqlite3_bind_int64 (statement, 1, bucket->row);
      aw_store_finish (store, statement);
      sqlite3_finalize (statement);
    }
  aw_store_commit (store);
  g_hash_table_remove (store->by_id, bucket->id);
  g_ptr_array_remove (store->buckets, bucket);
}

AwEvent *
aw_store_get_last (AwStore *store, const char *bucket)
{
  return g_hash_table_lookup (store->last, bucket);
}

void
aw_store_set_last (AwStore *store, const char *bucket, const AwEvent *event)
{
  AwEvent *copy;

  if (event == NULL)
    {
      g_hash_table_remove (store->last, bucket);
      return;
    }
  copy = g_new0 (AwEvent, 1);
  aw_event_copy (event, copy);
  g_hash_table_replace (store->last, g_strdup (bucket), copy);
}

void
aw_store_begin_bulk (AwStore *store)
{
  aw_store_commit (store);
  if (store->is_memory)
    aw_store_run (store, "PRAGMA journal_mode = OFF");
  aw_store_run (store, "DROP INDEX IF EXISTS events_order; BEGIN");
  prepare_bulk (store);
  store->is_bulk = TRUE;
}

void
aw_store_end_bulk (AwStore *store)
{
  aw_store_flush_bulk (store);
  g_clear_pointer (&store->statements[INSERT_BULK], sqlite3_finalize);
  store->is_bulk = FALSE;
  aw_store_run (store, "COMMIT");
  create_index (store);
  if (store->is_memory)
    aw_store_run (store, "PRAGMA journal_mode = MEMORY");
}

void
aw_store_clear (AwStore *store)
{
  aw_store_commit (store);
  aw_store_run (store, "BEGIN; DELETE FROM events; DELETE FROM buckets;"
                       "DELETE FROM sqlite_sequence; COMMIT");
  aw_store_restart (store);
}

/* The text of @data as the other server would hold it. */
static char *
restyle (const char *data, AwFlavour flavour)
{
  g_autoptr (AwJson) json = aw_json_parse (data, strlen (data), AW_FLAVOUR_PYTHON);
  GString *out = g_string_new (NULL);

  aw_json_write (json, flavour, out);
  return g_string_free (out, FALSE);
}

static void
renumber (AwStore *store, sqlite3_stmt *put, const AwBucket *bucket)
{
  sqlite3_stmt *read = store->statements[READ];

  sqlite3_bind_int64 (read, 1, bucket->row);
  sqlite3_bind_int64 (read, 2, INT64_MIN);
  sqlite3_bind_int64 (read, 3, INT64_MAX);
  sqlite3_bind_int64 (read, 4, INT64_MIN);
  sqlite3_bind_int64 (read, 5, -1);
  while (sqlite3_step (read) == SQLITE_ROW)
    {
      g_autofree char *data
          = restyle ((const char *) sqlite3_column_text (read, 3), store->flavour);
      int64_t start = sqlite3_column_int64 (read, 1);
      int64_t duration = sqlite3_column_int64 (read, 2) - start;

      if (store->flavour == AW_FLAVOUR_PYTHON)
        {
          start = aw_floor (start, AW_MS) * AW_MS;
          duration = aw_floor (duration + 500, 1000) * 1000;
        }
      sqlite3_bind_int64 (put, 1, bucket->row);
      sqlite3_bind_int64 (put, 2, start);
      sqlite3_bind_int64 (put, 3, start + duration);
      sqlite3_bind_text (put, 4, data, -1, SQLITE_STATIC);
      aw_store_finish (store, put);
    }
  sqlite3_reset (read);
}

void
aw_store_migrate (AwStore *store, AwFlavour flavour, int db_version)
{
  sqlite3_stmt *put;

  aw_store_commit (store);
  store->flavour = flavour;
  store->db_version = db_version;
  aw_store_run (store, "BEGIN");
  create_events (store, "moved");
  put = aw_store_prepare (store, "INSERT INTO moved (bucketrow, starttime, endtime, data)"
                                 " VALUES (?1, ?2, ?3, ?4)");
  for (guint i = 0; i < store->buckets->len; i++)
    {
      AwBucket *bucket = store->buckets->pdata[i];
      g_autofree char *data = restyle (bucket->data, flavour);
      sqlite3_stmt *update = aw_store_prepare (store, "UPDATE buckets SET data = ?2 WHERE id = ?1");

      sqlite3_bind_int64 (update, 1, bucket->row);
      sqlite3_bind_text (update, 2, data, -1, SQLITE_STATIC);
      aw_store_finish (store, update);
      sqlite3_finalize (update);
      renumber (store, put, bucket);
    }
  sqlite3_finalize (put);
  finalize_statements (store);
  aw_store_run (store, "DROP TABLE events; ALTER TABLE moved RENAME TO events; COMMIT");
  create_index (store);
  prepare_statements (store);
  aw_store_restart (store);
}
