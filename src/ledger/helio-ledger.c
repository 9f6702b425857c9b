/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/helio-error.h"

/* Opening and upgrading the file. Nothing is written before the file is known to be ours and not
 * newer than we are; and we never open it by ourselves where SQLite may have it open too, for
 * closing such a descriptor would take SQLite's locks from the whole process. */

#define APPLICATION_ID 0x48656c69 /* "Heli"; also in sql/version-1.sql */
#define VERSION 2
#define N_TABLES 8
/* Of version 1. */
#define N_TABLES_1 7
#define BUSY_MS 10000
#define RETRY_MS 10

static gboolean
fail_read_only (const char *path, GError **error)
{
  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_LEDGER,
      _ ("The ledger “%s” is read-only: make the file and its folder writable for this user"),
      path);
  return FALSE;
}

static gboolean
make_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  /* SQLite would leave a -shm beside it that is as read-only as the ledger was. */
  if (g_access (path, F_OK) == 0)
    return g_access (path, W_OK) == 0 || fail_read_only (path, error);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_LEDGER,
          _ ("The folder “%s” of the ledger can't be made (%s): make it, writable for this "
             "user"),
          folder, g_strerror (errno));
      return FALSE;
    }

  /* Made here and not by SQLite for its mode, which the -wal and -shm files inherit. */
  fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno != EEXIST)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER,
                   _ ("The ledger “%s” can't be made (%s): make its folder writable for this user"),
                   path, g_strerror (errno));
      return FALSE;
    }

  if (fd >= 0)
    close (fd);
  return TRUE;
}

static gboolean
read_int (HelioLedger *ledger, const char *sql, int64_t *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean has_value;

  if (sqlite3_prepare_v2 (ledger->db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      helio_ledger_set_error (ledger, error);
      return FALSE;
    }

  has_value = helio_ledger_step (ledger, statement, error) > 0;
  if (has_value)
    *value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return has_value;
}

static gboolean
run_script (HelioLedger *ledger, const char *sql, GError **error)
{
  if (sqlite3_exec (ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  helio_ledger_set_error (ledger, error);
  return FALSE;
}

/* Reads the version of a file that is ours; 0 if nothing was ever written to it. In a transaction,
 * for another handle may be making the file between two of the reads. */
static gboolean
read_version (HelioLedger *ledger, int64_t *version, GError **error)
{
  g_autofree char *check_tables = helio_ledger_load_sql ("check-tables.sql");
  int64_t id = 0, n_objects = 0, n_tables = 0;

  if (!read_int (ledger, "SELECT count(*) FROM sqlite_schema", &n_objects, error)
      || !read_int (ledger, "PRAGMA application_id", &id, error)
      || !read_int (ledger, "PRAGMA user_version", version, error))
    return FALSE;

  if (id == 0 && *version == 0 && n_objects == 0)
    return TRUE;

  if (id != APPLICATION_ID)
    {
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_LEDGER_DAMAGED,
          _ ("The file “%s” is not a ledger of Heliograph but a database of another program. "
             "It was left as it is: move it away to begin with a new ledger"),
          ledger->path);
      return FALSE;
    }

  if (*version > VERSION)
    {
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_LEDGER_NEWER,
          _ ("The ledger “%s” was written by a newer version of Heliograph. It was left as it "
             "is: install the newer version"),
          ledger->path);
      return FALSE;
    }

  if (!read_int (ledger, check_tables, &n_tables, error))
    return FALSE;

  if (*version < 1 || n_tables != (*version == 1 ? N_TABLES_1 : N_TABLES))
    {
      g_set_error (
          error, HELIO_ERROR, HELIO_ERROR_LEDGER_DAMAGED,
          _ ("The ledger “%s” is damaged (tables are missing). It was left as it is: restore "
             "it from a backup, or move it away to begin with a new one"),
          ledger->path);
      return FALSE;
    }

  return TRUE;
}

/* In a transaction, for another handle may be at the same thing. */
static gboolean
migrate (HelioLedger *ledger, GError **error)
{
  g_autofree char *version_1 = helio_ledger_load_sql ("version-1.sql");
  g_autofree char *version_2 = helio_ledger_load_sql ("version-2.sql");
  int64_t version = 0;

  if (!read_version (ledger, &version, error))
    return FALSE;

  switch (version)
    {
    case 0:
      if (!run_script (ledger, version_1, error))
        return FALSE;
      G_GNUC_FALLTHROUGH;
    case 1:
      if (!run_script (ledger, version_2, error))
        return FALSE;
      G_GNUC_FALLTHROUGH;
    case VERSION:
    default:
      return TRUE;
    }
}

/* SQLite does not wait for its lock here, lest two that both wait block one another. */
static gboolean
use_wal (HelioLedger *ledger, GError **error)
{
  int64_t deadline_us = g_get_monotonic_time () + BUSY_MS * G_GINT64_CONSTANT (1000);

  while (TRUE)
    {
      int rc = sqlite3_exec (ledger->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

      if (rc == SQLITE_OK)
        return TRUE;
      if ((rc & 0xff) != SQLITE_BUSY || g_get_monotonic_time () >= deadline_us)
        break;
      sqlite3_sleep (RETRY_MS);
    }

  helio_ledger_set_error (ledger, error);
  return FALSE;
}

static gboolean
prepare_file (HelioLedger *ledger, GError **error)
{
  int64_t version = 0;

  /* A file that is refused below must stay as it is, its -wal included. */
  sqlite3_db_config (ledger->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);

  if (!run_script (ledger,
                   "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                   "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; BEGIN",
                   error)
      || !read_version (ledger, &version, error) || !run_script (ledger, "END", error))
    return FALSE;

  if (sqlite3_db_readonly (ledger->db, "main") == 1)
    return fail_read_only (ledger->path, error);

  sqlite3_db_config (ledger->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  if (!use_wal (ledger, error))
    return FALSE;

  /* A big deletion leaves a big -wal; this cuts it when it is used again from its beginning. */
  if (!run_script (ledger, "PRAGMA journal_size_limit = 4194304", error))
    return FALSE;
  if (version == VERSION)
    return TRUE;

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, migrate (ledger, error), error);
}

HelioLedger *
helio_ledger_open (const char *path, GError **error)
{
  g_autoptr (HelioLedger) ledger = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!make_file (path, error))
    return NULL;

  ledger = g_new0 (HelioLedger, 1);
  ledger->path = g_strdup (path);

  if (sqlite3_open_v2 (path, &ledger->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      helio_ledger_set_error (ledger, error);
      return NULL;
    }

  sqlite3_extended_result_codes (ledger->db, 1);
  sqlite3_busy_timeout (ledger->db, BUSY_MS);
  sqlite3_create_function (ledger->db, "take_row", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY, ledger,
                           helio_ledger_take_row, NULL, NULL);

  if (!prepare_file (ledger, error))
    return NULL;
  return g_steal_pointer (&ledger);
}

void
helio_ledger_close (HelioLedger *ledger)
{
  if (ledger == NULL)
    return;

  for (int i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (ledger->statements[i]);
  sqlite3_close (ledger->db);
  g_free (ledger->path);
  g_free (ledger);
}
