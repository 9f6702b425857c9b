/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger-fixture.h"

#include "model/helio-error.h"

/* Files of every kind at the path of the ledger; what is refused stays as it is. */

#define NOBODY 65534

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static char *
read_text (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  char *text;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return text;
}

static GBytes *
read_bytes (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;
  gsize length = 0;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (content, length);
}

static void
write_bytes (const char *path, const void *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

/* Opening is refused with @code, names the file, and leaves it as it is. */
static void
assert_refused (const char *path, int code)
{
  g_autoptr (GBytes) before = read_bytes (path);
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (helio_ledger_open (path, &error));
  g_assert_error (error, HELIO_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
  after = read_bytes (path);
  g_assert_true (g_bytes_equal (before, after));
}

static void
close_fixture (LedgerFixture *fixture)
{
  g_clear_pointer (&fixture->ledger, helio_ledger_close);
}

static void
test_makes_file (LedgerFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "a", "b", NULL);
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autofree char *path = g_build_filename (folder, "ledger.sqlite", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioLedger) ledger = helio_ledger_open (path, &error);
  struct stat status;

  g_assert_no_error (error);
  g_assert_nonnull (ledger);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (wal, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (parent, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
}

static void
test_empty_file (LedgerFixture *fixture, gconstpointer data)
{
  close_fixture (fixture);
  write_bytes (fixture->path, "", 0);
  ledger_fixture_reopen (fixture);
  g_assert_cmpint (fixture->track.rows, ==, 0);
}

static void
test_newer (LedgerFixture *fixture, gconstpointer data)
{
  close_fixture (fixture);
  run_sql (fixture->path, "PRAGMA user_version = 1000");
  assert_refused (fixture->path, HELIO_ERROR_LEDGER_NEWER);
}

static void
test_foreign (LedgerFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "other.db", NULL);
  g_autofree char *text = g_strnfill (5000, 'x');

  run_sql (path, "CREATE TABLE event (id INTEGER); INSERT INTO event VALUES (1)");
  assert_refused (path, HELIO_ERROR_LEDGER_DAMAGED);

  write_bytes (path, text, 5000);
  assert_refused (path, HELIO_ERROR_LEDGER_DAMAGED);
  write_bytes (path, text, 10);
  assert_refused (path, HELIO_ERROR_LEDGER_DAMAGED);
}

static void
test_missing_table (LedgerFixture *fixture, gconstpointer data)
{
  close_fixture (fixture);
  run_sql (fixture->path, "DROP TABLE covered");
  assert_refused (fixture->path, HELIO_ERROR_LEDGER_DAMAGED);
}

static void
test_other_columns (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  close_fixture (fixture);
  run_sql (fixture->path, "DROP TABLE pause; CREATE TABLE pause (what TEXT)");
  fixture->ledger = helio_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_null (helio_ledger_list_pauses (fixture->ledger, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER_DAMAGED);
}

static void
fill (LedgerFixture *fixture)
{
  g_autoptr (GArray) put = ledger_rows_new ();

  for (int i = 0; i < 20000; i++)
    ledger_rows_add (put, 1700000000000 - i * G_GINT64_CONSTANT (7001), 0,
                     (uint32_t) i * 2654435761u, HELIO_ROW_HELD);
  ledger_fixture_put (fixture, put);
  close_fixture (fixture);
}

static void
test_truncated (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) whole = NULL;
  const char *bytes;
  gsize length;

  fill (fixture);
  whole = read_bytes (fixture->path);
  bytes = g_bytes_get_data (whole, &length);

  for (gsize size = 4096; size < length; size += 4096 * 16)
    {
      write_bytes (fixture->path, bytes, size);
      assert_refused (fixture->path, HELIO_ERROR_LEDGER_DAMAGED);
    }
  write_bytes (fixture->path, bytes, 2000);
  assert_refused (fixture->path, HELIO_ERROR_LEDGER_DAMAGED);
}

static void
test_damaged_inside (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) damaged = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GArray) rows = ledger_rows_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  fill (fixture);
  whole = read_bytes (fixture->path);
  length = g_bytes_get_size (whole);
  bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
  memset (bytes + 4096 * 20, 0, length - 4096 * 20);
  write_bytes (fixture->path, bytes, length);
  damaged = read_bytes (fixture->path);

  fixture->ledger = helio_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_false (helio_ledger_read_rows (fixture->ledger, fixture->track.id, HELIO_TIME_MIN,
                                          HELIO_TIME_MAX, rows, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER_DAMAGED);
  g_assert_nonnull (strstr (error->message, fixture->path));
  close_fixture (fixture);
  after = read_bytes (fixture->path);
  g_assert_true (g_bytes_equal (damaged, after));
}

static void
test_damaged_schema (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) whole = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  fill (fixture);
  whole = read_bytes (fixture->path);
  length = g_bytes_get_size (whole);
  bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
  memset (bytes + 100, 0xa5, 3996);
  write_bytes (fixture->path, bytes, length);
  assert_refused (fixture->path, HELIO_ERROR_LEDGER_DAMAGED);
}

static void
test_is_a_folder (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (helio_ledger_open (fixture->folder, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER);
}

/* Root may write anywhere, so a child does it as nobody. Exit code 0: refused as it should be. */
static void
assert_cannot_write (const char *path)
{
  int status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HelioLedger) ledger = NULL;

      if (geteuid () == 0 && (setgid (NOBODY) != 0 || setuid (NOBODY) != 0))
        _exit (2);
      ledger = helio_ledger_open (path, &error);
      if (ledger != NULL)
        _exit (3);
      if (!g_error_matches (error, HELIO_ERROR, HELIO_ERROR_LEDGER))
        _exit (4);
      if (strstr (error->message, path) == NULL || strstr (error->message, "writable") == NULL)
        _exit (5);
      _exit (0);
    }

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
test_read_only (LedgerFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing.sqlite", NULL);
  g_autofree char *second = g_build_filename (fixture->folder, "second.sqlite", NULL);
  g_autofree char *parent = g_path_get_dirname (fixture->folder);
  g_autoptr (GBytes) whole = NULL;

  /* Newer GLib has the folder in one that nobody else may enter. */
  if (g_str_has_prefix (parent, g_get_tmp_dir ()) && strcmp (parent, "/tmp") != 0)
    g_assert_cmpint (g_chmod (parent, 0711), ==, 0);
  close_fixture (fixture);
  whole = read_bytes (fixture->path);
  write_bytes (second, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));

  /* The file, in a folder that may be written. */
  g_assert_cmpint (g_chmod (fixture->folder, 0777), ==, 0);
  g_assert_cmpint (g_chmod (fixture->path, 0444), ==, 0);
  assert_cannot_write (fixture->path);

  /* Not even to be read. */
  if (geteuid () == 0)
    {
      g_assert_cmpint (g_chmod (fixture->path, 0000), ==, 0);
      assert_cannot_write (fixture->path);
    }

  /* The folder. */
  g_assert_cmpint (g_chmod (second, 0666), ==, 0);
  g_assert_cmpint (g_chmod (fixture->folder, 0555), ==, 0);
  assert_cannot_write (second);
  assert_cannot_write (missing);
  g_assert_cmpint (g_chmod (fixture->folder, 0700), ==, 0);
}

/* The first version as it was written, by hand. */
static const char version_1[]
    = "CREATE TABLE destination (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
      " store TEXT NOT NULL DEFAULT '', reserved_seq INTEGER NOT NULL DEFAULT 0,"
      " acked_seq INTEGER NOT NULL DEFAULT 0);"
      "CREATE TABLE track (id INTEGER PRIMARY KEY AUTOINCREMENT,"
      " destination INTEGER NOT NULL REFERENCES destination ON DELETE CASCADE,"
      " bucket TEXT NOT NULL, created TEXT NOT NULL DEFAULT '', held INTEGER NOT NULL DEFAULT 0,"
      " is_suspicious INTEGER NOT NULL DEFAULT 0,"
      " swept_at INTEGER NOT NULL DEFAULT 0, held_count INTEGER NOT NULL DEFAULT 0,"
      " dropped_count INTEGER NOT NULL DEFAULT 0, kept_count INTEGER NOT NULL DEFAULT 0,"
      " rejected_count INTEGER NOT NULL DEFAULT 0, UNIQUE (destination, bucket));"
      "CREATE TABLE event (track INTEGER NOT NULL, start INTEGER NOT NULL, n INTEGER NOT NULL,"
      " form INTEGER, PRIMARY KEY (track, start DESC, n)) WITHOUT ROWID;"
      "CREATE TABLE covered (track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,"
      " lo INTEGER NOT NULL, hi INTEGER NOT NULL, rules_hash INTEGER NOT NULL,"
      " PRIMARY KEY (track, lo)) WITHOUT ROWID;"
      "CREATE TABLE rejected (track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,"
      " start INTEGER NOT NULL, n INTEGER NOT NULL, form_check INTEGER NOT NULL,"
      " reason TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (track, start, n)) WITHOUT ROWID;"
      "CREATE TABLE deferred (track INTEGER NOT NULL REFERENCES track ON DELETE CASCADE,"
      " start INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (track, start)) WITHOUT ROWID;"
      "CREATE TABLE pause (start INTEGER NOT NULL, stop INTEGER NOT NULL);"
      "INSERT INTO destination VALUES (3, 'home', 'abc', 20, 19);"
      "INSERT INTO track VALUES (7, 3, 'aw-watcher-window_laptop', '2026', 2, 1, 5, 1, 1, 1, 1);"
      "INSERT INTO event VALUES (7, 10, 0, -1), (7, 20, 0, NULL), (7, 30, 0, 4294967297),"
      " (7, 40, 0, 8589934595);"
      /* Without rules; with rules, without bit 62 and with it; the same when it was off. */
      "INSERT INTO covered VALUES (7, 0, 99, 1), (7, 100, 199, 0x2000000000000006),"
      " (7, 200, 299, 0x7000000000000008), (7, 300, 399, -9223372036854775807),"
      " (7, 400, 499, -2);"
      "INSERT INTO rejected VALUES (7, 40, 0, 3, 'data', 1000);"
      "INSERT INTO deferred VALUES (7, 30, 2);"
      "INSERT INTO pause VALUES (1, 2);"
      "PRAGMA application_id = 1214606441; PRAGMA user_version = 1";

/* The hash that the same rules have now; nothing is read again. */
static void
check_version_1_ranges (LedgerFixture *fixture)
{
  static const uint64_t hashes[] = {
    1,
    0x1000000000000003,
    0x3800000000000004,
    1 | HELIO_LEDGER_LEFT,
    0x3fffffffffffffff | HELIO_LEDGER_LEFT,
  };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      int64_t covered = ledger_fixture_get_covered (fixture, 7, 100 * i, 100 * i + 99, hashes[i]);

      g_assert_cmpint (covered, ==, 100);
    }
}

static void
test_version_1 (LedgerFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "one.sqlite", NULL);
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GArray) pauses = NULL;
  g_autoptr (GPtrArray) rejected = NULL;
  g_autoptr (GError) error = NULL;
  int64_t newest;

  run_sql (path, version_1);
  g_free (fixture->path);
  fixture->path = g_steal_pointer (&path);
  ledger_fixture_reopen (fixture);

  g_assert_cmpint (fixture->destination.id, ==, 3);
  g_assert_cmpstr (fixture->destination.store, ==, "abc");
  g_assert_cmpint (fixture->destination.reserved_seq, ==, 20);
  g_assert_cmpint (fixture->destination.acked_seq, ==, 19);
  g_assert_cmpint (fixture->track.id, ==, 7);
  g_assert_cmpint (fixture->track.held, ==, HELIO_HELD_ASKING);
  ledger_fixture_check_counts (fixture);

  rows = ledger_fixture_read_all (fixture);
  g_assert_cmpuint (rows->len, ==, 4);
  g_assert_cmpint (g_array_index (rows, HelioRow, 0).kind, ==, HELIO_ROW_REJECTED);
  g_assert_cmpuint (g_array_index (rows, HelioRow, 0).check, ==, 3);
  g_assert_cmpint (g_array_index (rows, HelioRow, 1).kind, ==, HELIO_ROW_KEPT);
  g_assert_cmpuint (g_array_index (rows, HelioRow, 1).check, ==, 1);
  g_assert_cmpint (g_array_index (rows, HelioRow, 2).kind, ==, HELIO_ROW_DROPPED);
  g_assert_cmpint (g_array_index (rows, HelioRow, 3).kind, ==, HELIO_ROW_HELD);
  g_assert_cmpuint (g_array_index (rows, HelioRow, 3).check, ==, G_MAXUINT32);

  check_version_1_ranges (fixture);
  g_assert_true (helio_ledger_get_newest (fixture->ledger, 7, &newest, &error));
  g_assert_cmpint (newest, ==, 499);
  rejected = helio_ledger_list_rejected (fixture->ledger, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rejected->len, ==, 1);
  pauses = helio_ledger_list_pauses (fixture->ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pauses->len, ==, 1);
}

/* Upgraded files have the tables that a new file has. */
static void
test_same_tables (LedgerFixture *fixture, gconstpointer data)
{
  static const char tables[]
      = "SELECT group_concat(m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\""
        " || ' ' || c.pk, x'0a') FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' ORDER BY 1";
  g_autofree char *old_path = g_build_filename (fixture->folder, "one.sqlite", NULL);
  g_autofree char *fresh = NULL;
  g_autofree char *upgraded = NULL;
  g_autofree char *journal = NULL;
  g_autoptr (GError) error = NULL;
  HelioLedger *ledger;

  run_sql (old_path, version_1);
  ledger = helio_ledger_open (old_path, &error);
  g_assert_no_error (error);
  helio_ledger_close (ledger);
  close_fixture (fixture);

  fresh = read_text (fixture->path, tables);
  upgraded = read_text (old_path, tables);
  g_assert_cmpstr (fresh, ==, upgraded);
  journal = read_text (old_path, "PRAGMA journal_mode");
  g_assert_cmpstr (journal, ==, "wal");
}

#define ADD(name, test)                                                                            \
  g_test_add ("/ledger/open/" name, LedgerFixture, NULL, ledger_fixture_set_up, test,              \
              ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("makes-private-file-and-folder", test_makes_file);
  ADD ("takes-an-empty-file", test_empty_file);
  ADD ("refuses-a-newer-file", test_newer);
  ADD ("refuses-what-is-not-ours", test_foreign);
  ADD ("refuses-a-file-without-a-table", test_missing_table);
  ADD ("finds-other-columns-when-used", test_other_columns);
  ADD ("refuses-a-truncated-file", test_truncated);
  ADD ("finds-damaged-pages-when-read", test_damaged_inside);
  ADD ("refuses-a-damaged-schema", test_damaged_schema);
  ADD ("refuses-a-folder", test_is_a_folder);
  ADD ("names-the-way-out-when-read-only", test_read_only);
  ADD ("reads-version-1", test_version_1);
  ADD ("upgrades-to-the-tables-of-a-new-file", test_same_tables);
  return g_test_run ();
}
