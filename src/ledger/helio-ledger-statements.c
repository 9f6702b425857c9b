/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

#include <glib/gi18n-lib.h>

#include "helio-ledger-sql.h"
#include "model/helio-error.h"

/* Statements are prepared when first wanted and kept with the handle. One line of SQL stands here,
 * more of it in sql/. */

#define SQL_FOLDER "/io/github/heliograph/Heliograph/ledger/"

typedef struct
{
  const char *sql;
  const char *file;
} Source;

static const Source sources[] = {
  [STATEMENT_BEGIN] = { .sql = "BEGIN IMMEDIATE" },
  [STATEMENT_COMMIT] = { .sql = "COMMIT" },
  [STATEMENT_ROLLBACK] = { .sql = "ROLLBACK" },

  [STATEMENT_FIND_DESTINATION] = { .file = "find-destination.sql" },
  [STATEMENT_ADD_DESTINATION] = { .sql = "INSERT OR IGNORE INTO destination (name) VALUES (?1)" },
  [STATEMENT_SET_STORE] = { .sql = "UPDATE destination SET store = ?2 WHERE id = ?1" },
  [STATEMENT_SET_ACKED] = { .file = "set-acked.sql" },
  [STATEMENT_RESERVE_SEQ]
  = { .sql = "UPDATE destination SET reserved_seq = reserved_seq + 1 WHERE id = ?1" },
  [STATEMENT_READ_SEQ] = { .sql = "SELECT reserved_seq FROM destination WHERE id = ?1" },
  [STATEMENT_ACK_SEQ]
  = { .sql = "UPDATE destination SET acked_seq = max(acked_seq, ?2) WHERE id = ?1" },
  [STATEMENT_CLEAR_ACKED] = { .sql = "UPDATE destination SET acked_seq = 0 WHERE id = ?1" },
  [STATEMENT_REMOVE_DESTINATION] = { .sql = "DELETE FROM destination WHERE id = ?1" },

  [STATEMENT_FIND_TRACK] = { .file = "find-track.sql" },
  [STATEMENT_ADD_TRACK]
  = { .sql = "INSERT OR IGNORE INTO track (destination, bucket) VALUES (?1, ?2)" },
  [STATEMENT_HAS_TRACK] = { .sql = "SELECT 1 FROM track WHERE id = ?1" },
  [STATEMENT_SET_TRACK] = { .file = "set-track.sql" },
  [STATEMENT_LIST_TRACKS]
  = { .sql = "SELECT bucket FROM track WHERE destination = ?1 ORDER BY bucket" },
  [STATEMENT_LIST_TRACK_IDS] = { .sql = "SELECT id FROM track WHERE destination = ?1" },
  [STATEMENT_REMOVE_TRACK] = { .sql = "DELETE FROM track WHERE id = ?1" },
  [STATEMENT_ADD_COUNTS] = { .file = "add-counts.sql" },
  [STATEMENT_CLEAR_COUNTS] = { .file = "clear-counts.sql" },

  [STATEMENT_READ_ROWS] = { .file = "read-rows.sql" },
  [STATEMENT_TAKE_ROWS] = { .file = "take-rows.sql" },
  [STATEMENT_FIND_ROW]
  = { .sql = "SELECT start, n, form FROM event WHERE track = ?1 AND start = ?2 AND n = ?3" },
  [STATEMENT_ADD_ROW] = { .sql = "INSERT OR IGNORE INTO event VALUES (?1, ?2, ?3, ?4)" },
  /* Where many come they are added together: the table is opened, and its end found, once. */
  [STATEMENT_ADD_ROWS]
  = { .sql = "INSERT INTO event VALUES (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?),"
             " (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?),"
             " (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?),"
             " (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)" },
  [STATEMENT_HAS_ROWS]
  = { .sql = "SELECT 1 FROM event WHERE track = ?1 AND start BETWEEN ?2 AND ?3 LIMIT 1" },
  [STATEMENT_UPDATE_ROW] = { .file = "update-row.sql" },
  [STATEMENT_REMOVE_ROW]
  = { .sql = "DELETE FROM event WHERE track = ?1 AND start = ?2 AND n = ?3" },
  [STATEMENT_REMOVE_ROWS] = { .sql = "DELETE FROM event WHERE track = ?1" },
  [STATEMENT_SUM_ROWS] = { .file = "sum-rows.sql" },
  [STATEMENT_COUNT_ROWS] = { .file = "count-rows.sql" },
  [STATEMENT_FIRST_START] = { .file = "first-start.sql" },
  [STATEMENT_LAST_START] = { .file = "last-start.sql" },

  [STATEMENT_RANGES_DOWN] = { .file = "ranges-down.sql" },
  [STATEMENT_ADD_RANGE] = { .sql = "INSERT INTO covered VALUES (?1, ?2, ?3, ?4)" },
  [STATEMENT_MOVE_RANGE] = { .file = "move-range.sql" },
  [STATEMENT_REMOVE_RANGE] = { .sql = "DELETE FROM covered WHERE track = ?1 AND lo = ?2" },
  [STATEMENT_REMOVE_RANGES] = { .sql = "DELETE FROM covered WHERE track = ?1" },

  [STATEMENT_ADD_DEFERRED] = { .sql = "INSERT OR REPLACE INTO deferred VALUES (?1, ?2, ?3)" },
  [STATEMENT_REMOVE_DEFERRED] = { .sql = "DELETE FROM deferred WHERE track = ?1 AND start = ?2" },
  [STATEMENT_REMOVE_ALL_DEFERRED] = { .sql = "DELETE FROM deferred WHERE track = ?1" },
  [STATEMENT_LIST_DEFERRED]
  = { .sql = "SELECT start, count FROM deferred WHERE track = ?1 ORDER BY start DESC" },

  [STATEMENT_FORGET_OLDEST_REJECTED] = { .file = "forget-oldest-rejected.sql" },
  [STATEMENT_ADD_REJECTED]
  = { .sql = "INSERT OR REPLACE INTO rejected VALUES (?1, ?2, ?3, ?4, ?6, ?5)" },
  [STATEMENT_LIST_REJECTED] = { .file = "list-rejected.sql" },
  [STATEMENT_REMOVE_REJECTED]
  = { .sql = "DELETE FROM rejected WHERE track = ?1 AND start = ?2 AND n = ?3" },
  [STATEMENT_REMOVE_ALL_REJECTED] = { .sql = "DELETE FROM rejected WHERE track = ?1" },
  [STATEMENT_TRACKS_WITH_REJECTED] = { .file = "tracks-with-rejected.sql" },
  [STATEMENT_FORGET_REJECTED_ROWS] = { .file = "forget-rejected-rows.sql" },

  [STATEMENT_FIND_RULES] = { .sql = "SELECT digests FROM rules WHERE hash = ?1" },
  [STATEMENT_ADD_RULES] = { .sql = "INSERT OR IGNORE INTO rules VALUES (?1, ?2)" },

  [STATEMENT_LIST_PAUSES] = { .sql = "SELECT start, stop FROM pause ORDER BY start, rowid" },
  [STATEMENT_ADD_PAUSE] = { .sql = "INSERT INTO pause VALUES (?1, ?2)" },
  [STATEMENT_REMOVE_PAUSES] = { .sql = "DELETE FROM pause" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (sources) == N_STATEMENTS);

char *
helio_ledger_load_sql (const char *name)
{
  g_autofree char *path = g_strconcat (SQL_FOLDER, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (helio_ledger_sql_get_resource (), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

sqlite3_stmt *
helio_ledger_statement (HelioLedger *ledger, HelioLedgerStatement which, GError **error)
{
  if (ledger->statements[which] != NULL)
    return ledger->statements[which];

  const Source *source = &sources[which];
  g_autofree char *loaded = source->file != NULL ? helio_ledger_load_sql (source->file) : NULL;
  int rc = sqlite3_prepare_v3 (ledger->db, loaded != NULL ? loaded : source->sql, -1,
                               SQLITE_PREPARE_PERSISTENT, &ledger->statements[which], NULL);

  if (rc != SQLITE_OK)
    helio_ledger_set_error (ledger, error);
  return ledger->statements[which];
}

void
helio_ledger_put_back (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

void
helio_ledger_bind_ints (sqlite3_stmt *statement, int n_values, const int64_t *values)
{
  for (int i = 0; i < n_values; i++)
    sqlite3_bind_int64 (statement, i + 1, values[i]);
}

int
helio_ledger_step (HelioLedger *ledger, sqlite3_stmt *statement, GError **error)
{
  switch (sqlite3_step (statement))
    {
    case SQLITE_ROW:
      return 1;
    case SQLITE_DONE:
      return 0;
    default:
      helio_ledger_set_error (ledger, error);
      return -1;
    }
}

gboolean
helio_ledger_run_ints (HelioLedger *ledger,
                       HelioLedgerStatement which,
                       int n_values,
                       const int64_t *values,
                       GError **error)
{
  g_autoptr (sqlite3_stmt) statement = helio_ledger_statement (ledger, which, error);

  if (statement == NULL)
    return FALSE;

  helio_ledger_bind_ints (statement, n_values, values);
  return helio_ledger_step (ledger, statement, error) >= 0;
}

void
helio_ledger_set_error (HelioLedger *ledger, GError **error)
{
  int rc = sqlite3_extended_errcode (ledger->db);
  int saved_errno = sqlite3_system_errno (ledger->db);
  const char *detail = sqlite3_errmsg (ledger->db);

  switch (rc & 0xff)
    {
    case SQLITE_ERROR:
      /* Our own SQL does not fit the file, so its tables are not those we made. */
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER_DAMAGED,
                   _ ("The ledger “%s” is damaged (%s). It was left as it is: restore it from a "
                      "backup, or move it away to begin with a new one"),
                   ledger->path, detail);
      return;

    case SQLITE_FULL:
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER,
                   _ ("No space is left on the disk of the ledger “%s”: free some space, then "
                      "publishing goes on"),
                   ledger->path);
      return;

    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER,
                   _ ("The ledger “%s” can't be opened for writing (%s): make the file and its "
                      "folder writable for this user"),
                   ledger->path, saved_errno != 0 ? g_strerror (saved_errno) : detail);
      return;

    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER,
                   _ ("The ledger “%s” is locked by another program: end that program, then "
                      "publishing goes on"),
                   ledger->path);
      return;

    case SQLITE_IOERR:
      /* Also a quota, or a full disk that is noticed late: SQLite does not tell them apart. */
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_LEDGER,
          _ ("The ledger “%s” can't be read or written (%s): see that its disk is in order "
             "and has space, then publishing goes on"),
          ledger->path, saved_errno != 0 ? g_strerror (saved_errno) : detail);
      return;

    case SQLITE_CONSTRAINT:
      /* The only constraint that data can break is that of the destination or track meant. */
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                   _ ("The destination or bucket was removed from the ledger “%s” meanwhile"),
                   ledger->path);
      return;

    default:
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER, _ ("The ledger “%s” failed: %s (%d)"),
                   ledger->path, detail, rc);
      return;
    }
}

static gboolean
run_plain (HelioLedger *ledger, HelioLedgerStatement which, GError **error)
{
  return helio_ledger_run_ints (ledger, which, 0, NULL, error);
}

gboolean
helio_ledger_begin (HelioLedger *ledger, GError **error)
{
  return run_plain (ledger, STATEMENT_BEGIN, error);
}

gboolean
helio_ledger_end (HelioLedger *ledger, gboolean ok, GError **error)
{
  if (ok && run_plain (ledger, STATEMENT_COMMIT, error))
    return TRUE;

  /* After some errors SQLite has rolled back already. */
  if (!sqlite3_get_autocommit (ledger->db))
    run_plain (ledger, STATEMENT_ROLLBACK, NULL);
  return FALSE;
}
