/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

/* Opening, upgrading and locking the database, and running statements on it. */

#include "server/helio-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/helio-store-private.h"

#define APPLICATION_ID 0x48656c69 /* "Heli" */
#define VERSION 2
#define BUSY_TIMEOUT_MS 5000
#define STEPS_BETWEEN_LOOKS 10000 /* of SQLite, some milliseconds at most */
#define DATABASE_FILE "receiver.sqlite"
#define LOCK_FILE "receiver.lock"

G_DEFINE_QUARK (helio - store - error - quark, helio_store_error)

/* A name without spaces is a file of sql/. */
static const char *const texts[SQL_LAST] = {
  [SQL_BEGIN] = "BEGIN IMMEDIATE;",
  [SQL_COMMIT] = "COMMIT;",
  [SQL_ROLLBACK] = "ROLLBACK;",
  [SQL_DATA_VERSION] = "PRAGMA data_version;",
  [SQL_LIST_DEVICES] = "list-devices",
  [SQL_LIST_TOKENS] = "list-tokens",
  [SQL_SAVE_PRESENCE] = "save-presence",
  [SQL_FIND_DEVICE] = "SELECT id FROM device WHERE name = ?1;",
  [SQL_ADD_DEVICE] = "INSERT INTO device (name, store, created) VALUES (?1, ?2, ?3);",
  [SQL_FIND_TOKEN] = "SELECT coalesce (device, 0) FROM token WHERE name = ?1;",
  [SQL_ADD_TOKEN] = "INSERT INTO token (name, hash, device, created) VALUES (?1, ?2, ?3, ?4);",
  [SQL_REVOKE_TOKEN] = "DELETE FROM token WHERE name = ?1;",
  [SQL_SET_AUDIENCE] = "UPDATE device SET public = ?2 WHERE name = ?1;",
  [SQL_SET_HOURS] = "UPDATE device SET hours = ?2 WHERE name = ?1;",
  [SQL_SET_TIMEZONE] = "UPDATE device SET timezone = ?2 WHERE name = ?1;",
  [SQL_FIND_SEQ] = "SELECT seq FROM device WHERE id = ?1;",
  [SQL_SET_SEQ] = "UPDATE device SET seq = ?2 WHERE id = ?1;",
  [SQL_FIND_BUCKET] = "SELECT id FROM bucket WHERE device = ?1 AND name = ?2;",
  [SQL_UPSERT_BUCKET] = "upsert-bucket",
  [SQL_DELETE_EVENT] = "DELETE FROM event WHERE bucket = ?1 AND start = ?2 AND n = ?3;",
  [SQL_UPSERT_EVENT] = "upsert-event",
  [SQL_UPSERT_EVENTS] = "upsert-events",
  [SQL_DROP_BUCKET] = "UPDATE bucket SET device = NULL WHERE device = ?1 AND name = ?2;",
  [SQL_FIND_DROPPED] = "SELECT id FROM bucket WHERE device IS NULL LIMIT 1;",
  [SQL_CLEAR_EVENTS] = "clear-events",
  [SQL_REMOVE_BUCKET] = "DELETE FROM bucket WHERE id = ?1;",
  [SQL_LIST_BUCKETS] = "list-buckets",
  [SQL_BUCKET_EXTENT] = "bucket-extent",
  [SQL_LIST_CHECKS] = "list-checks",
  [SQL_LIST_KEYS] = "list-keys",
  [SQL_LIST_EVENTS] = "list-events",
  [SQL_COUNT_BUCKETS] = "SELECT count (*) FROM bucket WHERE device = ?1 AND type = ?2;",
  [SQL_LIST_TOUCHING] = "list-touching",
  [SQL_LIST_SUMS] = "list-sums",
  [SQL_KEEP_SUM] = "keep-sum",
  [SQL_FORGET_SUMS] = "DELETE FROM day_sum WHERE device = ?1 AND until > ?2;",
  [SQL_LIST_EXPORT] = "list-export",
};

/* -- statements --------------------------------------------------------------------------- */

/* NULL at the very end of the process alone, where the resources are gone before the threads that
 * still read. */
static GBytes *
load_sql (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/io/github/heliograph/server/sql/%s.sql", name);

  return g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

gboolean
helio_store_fail (HelioStore *store, const char *what, GError **error)
{
  int code = store->db != NULL ? sqlite3_errcode (store->db) & 0xff : SQLITE_CANTOPEN;
  const char *reason = store->db != NULL ? sqlite3_errmsg (store->db) : _ ("it can't be opened");

  switch (code)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_BUSY,
                   _ ("%s: the database %s is in use by another process; try again"), _ (what),
                   store->path);
      break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_FULL,
                   _ ("%s: the database %s can't be read or written (%s); is the disk full or "
                      "read-only?"),
                   _ (what), store->path, reason);
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_DAMAGED,
                   _ ("%s: the database %s is damaged (%s); put a backup in its place, or move it "
                      "away and let the agents send their history again"),
                   _ (what), store->path, reason);
      break;
    default:
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_FAILED, "%s: %s: %s", _ (what),
                   store->path, reason);
      break;
    }
  return FALSE;
}

sqlite3_stmt *
helio_store_sql (HelioStore *store, HelioSql sql, GError **error)
{
  sqlite3_stmt **stmt = &store->statements[sql];

  if (*stmt == NULL)
    {
      g_autoptr (GBytes) file = NULL;
      const char *text = texts[sql];

      if (strchr (text, ' ') == NULL && strchr (text, ';') == NULL)
        {
          file = load_sql (text);
          if (file == NULL)
            {
              g_set_error_literal (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_BUSY,
                                   _ ("The server ends"));
              return NULL;
            }
          text = g_bytes_get_data (file, NULL);
        }
      if (sqlite3_prepare_v3 (store->db, text, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL)
          != SQLITE_OK)
        {
          helio_store_fail (store, N_ ("Preparing a statement"), error);
          return NULL;
        }
    }
  else
    sqlite3_reset (*stmt);
  return *stmt;
}

gboolean
helio_store_step (HelioStore *store, sqlite3_stmt *stmt, gboolean *has_row, GError **error)
{
  int code = sqlite3_step (stmt);

  *has_row = code == SQLITE_ROW;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    helio_store_fail (store, N_ ("Using the database"), error);
  sqlite3_reset (stmt);
  return code == SQLITE_DONE;
}

gboolean
helio_store_finish (HelioStore *store, sqlite3_stmt *stmt, GError **error)
{
  gboolean has_row;
  gboolean is_good = helio_store_step (store, stmt, &has_row, error);

  sqlite3_reset (stmt);
  return is_good;
}

gboolean
helio_store_run (HelioStore *store, HelioSql sql, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, sql, error);

  return stmt != NULL && helio_store_finish (store, stmt, error);
}

gboolean
helio_store_begin (HelioStore *store, GError **error)
{
  return helio_store_run (store, SQL_BEGIN, error);
}

gboolean
helio_store_end (HelioStore *store, gboolean is_good, GError **error)
{
  if (is_good && helio_store_run (store, SQL_COMMIT, error))
    return TRUE;
  /* SQLite rolls back by itself when the disk is full; then there is nothing left to do. */
  if (!sqlite3_get_autocommit (store->db))
    helio_store_run (store, SQL_ROLLBACK, NULL);
  return FALSE;
}

gboolean
helio_store_find_bucket (
    HelioStore *store, int64_t device, const char *name, int64_t *id, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_FIND_BUCKET, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_text (stmt, 2, name, -1, SQLITE_TRANSIENT);
  if (!helio_store_step (store, stmt, &has_row, error))
    return FALSE;
  *id = has_row ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return TRUE;
}

/* -- opening ------------------------------------------------------------------------------ */

static gboolean
read_pragma (HelioStore *store, const char *pragma, int64_t *value, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  gboolean is_good = sqlite3_prepare_v2 (store->db, pragma, -1, &stmt, NULL) == SQLITE_OK
                     && sqlite3_step (stmt) == SQLITE_ROW;

  if (is_good)
    *value = sqlite3_column_int64 (stmt, 0);
  else
    helio_store_fail (store, N_ ("Opening the database"), error);
  sqlite3_finalize (stmt);
  return is_good;
}

static gboolean
execute (HelioStore *store, const char *text, GError **error)
{
  if (sqlite3_exec (store->db, text, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return helio_store_fail (store, N_ ("Opening the database"), error);
}

static gboolean
execute_file (HelioStore *store, const char *name, GError **error)
{
  g_autoptr (GBytes) text = load_sql (name);

  g_assert (text != NULL);
  return execute (store, g_bytes_get_data (text, NULL), error);
}

/* Brings the tables from @version to VERSION, one version after the other. */
static gboolean
upgrade (HelioStore *store, int64_t version, GError **error)
{
  g_autofree char *stamp = NULL;

  switch (version)
    {
    case 0:
      if (!execute_file (store, "schema-1", error))
        return FALSE;
      G_GNUC_FALLTHROUGH;
    case 1:
      if (!execute_file (store, "schema-2", error))
        return FALSE;
      break;
    default:
      g_assert_not_reached ();
    }
  stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d;", APPLICATION_ID,
                           VERSION);
  return execute (store, stamp, error);
}

/* Refuses what is not ours or newer than we are, and writes nothing. */
static gboolean
read_version (HelioStore *store, int64_t *version, GError **error)
{
  int64_t application = 0, n_tables = 0;

  if (!read_pragma (store, "PRAGMA application_id;", &application, error)
      || !read_pragma (store, "PRAGMA user_version;", version, error)
      || !read_pragma (store, "SELECT count (*) FROM sqlite_schema;", &n_tables, error))
    return FALSE;
  if (n_tables > 0 && application != APPLICATION_ID)
    {
      g_set_error (
          error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_DAMAGED,
          _ ("%s is not a database of heliograph-server; it was left alone. Move it away, or "
             "use another folder with --data"),
          store->path);
      return FALSE;
    }
  if (*version > VERSION)
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_NEWER,
                   _ ("%s was written by a newer version of heliograph-server; it was left alone. "
                      "Install that version, or use another folder with --data"),
                   store->path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_version (HelioStore *store, GError **error)
{
  int64_t version = 0;
  gboolean is_good;

  /* One transaction: two programs may open a new database at the same time. */
  if (!execute (store, "BEGIN IMMEDIATE;", error))
    return FALSE;
  is_good = read_version (store, &version, error);
  if (is_good && version < VERSION)
    is_good = upgrade (store, version, error);
  return helio_store_end (store, is_good, error);
}

/* SQLite does not wait for its lock here, lest two that both wait block one another. */
static gboolean
use_wal (HelioStore *store, GError **error)
{
  int64_t deadline = g_get_monotonic_time () + BUSY_TIMEOUT_MS * G_GINT64_CONSTANT (1000);

  while (TRUE)
    {
      int rc = sqlite3_exec (store->db, "PRAGMA journal_mode = WAL;", NULL, NULL, NULL);

      if (rc == SQLITE_OK)
        return TRUE;
      if ((rc & 0xff) != SQLITE_BUSY || g_get_monotonic_time () >= deadline)
        return helio_store_fail (store, N_ ("Opening the database"), error);
      sqlite3_sleep (10);
    }
}

static gboolean
take_lock (HelioStore *store, const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, LOCK_FILE, NULL);

  store->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (store->lock_fd < 0)
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_FULL, _ ("%s can't be opened: %s"),
                   path, g_strerror (errno));
      return FALSE;
    }
  if (flock (store->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (
          error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_LOCKED,
          _ ("Another heliograph-server uses %s; stop it, or use another folder with --data"), dir);
      return FALSE;
    }
  return TRUE;
}

char *
helio_store_default_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "heliograph-server", NULL);
}

static gboolean
make_files (HelioStore *store, const char *dir, HelioStoreMode mode, GError **error)
{
  int fd;

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_FULL,
                   _ ("The folder %s can't be made: %s"), dir, g_strerror (errno));
      return FALSE;
    }
  if (mode == HELIO_STORE_SERVE && !take_lock (store, dir, error))
    return FALSE;

  /* SQLite gives the files beside it the mode of the database, so that one is made first. */
  fd = open (store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_FULL,
                   _ ("The database %s can't be opened: %s"), store->path, g_strerror (errno));
      return FALSE;
    }
  /* One that came back from a backup may have the mode of any other file. */
  if (fchmod (fd, 0600) != 0)
    g_warning ("Others may be able to read %s: %s", store->path, g_strerror (errno));
  close (fd);
  return TRUE;
}

HelioStore *
helio_store_open (const char *dir, HelioStoreMode mode, GError **error)
{
  g_autoptr (HelioStore) store = g_new0 (HelioStore, 1);
  int access = mode == HELIO_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  gboolean is_moment = mode == HELIO_STORE_READ || mode == HELIO_STORE_COUNT;

  store->lock_fd = -1;
  store->path = g_build_filename (dir, DATABASE_FILE, NULL);
  if (!is_moment && !make_files (store, dir, mode, error))
    return NULL;
  if (sqlite3_open_v2 (store->path, &store->db, access | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      helio_store_fail (store, N_ ("Opening the database"), error);
      return NULL;
    }
  sqlite3_extended_result_codes (store->db, 1);
  sqlite3_busy_timeout (store->db, BUSY_TIMEOUT_MS);
  /* Looked at before the first pragma that writes, and at one moment: another program may be making
   * the database. */
  int64_t version = 0;
  if (!execute (store, "BEGIN;", error) || !read_version (store, &version, error)
      || !execute (store, "END;", error))
    return NULL;
  if (is_moment)
    return execute (store, "BEGIN;", error) ? g_steal_pointer (&store) : NULL;
  if (!use_wal (store, error)
      || !execute (store,
                   "PRAGMA synchronous = NORMAL;"
                   "PRAGMA foreign_keys = ON;"
                   "PRAGMA journal_size_limit = 16777216;",
                   error)
      || !check_version (store, error))
    return NULL;
  helio_store_has_changed (store);
  return g_steal_pointer (&store);
}

void
helio_store_close (HelioStore *store)
{
  for (guint i = 0; i < SQL_LAST; i++)
    sqlite3_finalize (store->statements[i]);
  sqlite3_close (store->db);
  if (store->lock_fd >= 0)
    close (store->lock_fd);
  g_free (store->path);
  g_free (store);
}

static int
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

void
helio_store_set_cancellable (HelioStore *store, GCancellable *cancellable)
{
  sqlite3_progress_handler (store->db, STEPS_BETWEEN_LOOKS, is_cancelled, cancellable);
}

char *
helio_store_get_dir (HelioStore *store)
{
  return g_path_get_dirname (store->path);
}

gboolean
helio_store_has_changed (HelioStore *store)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_DATA_VERSION, NULL);
  int64_t version = store->data_version;
  gboolean has_row;

  if (stmt != NULL && helio_store_step (store, stmt, &has_row, NULL) && has_row)
    version = sqlite3_column_int64 (stmt, 0);
  sqlite3_reset (stmt);
  if (version == store->data_version)
    return FALSE;
  store->data_version = version;
  return TRUE;
}
