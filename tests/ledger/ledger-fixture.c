/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "ledger-fixture.h"

#include <glib/gstdio.h>

void
ledger_fixture_set_up (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("helio-ledger-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "ledger.sqlite", NULL);
  fixture->ledger = helio_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  ledger_fixture_refresh (fixture);
}

void
ledger_fixture_tear_down (LedgerFixture *fixture, gconstpointer data)
{
  helio_ledger_destination_clear (&fixture->destination);
  helio_track_clear (&fixture->track);
  g_clear_pointer (&fixture->ledger, helio_ledger_close);
  ledger_fixture_remove_folder (fixture->folder);
  g_clear_pointer (&fixture->folder, g_free);
  g_clear_pointer (&fixture->path, g_free);
}

void
ledger_fixture_reopen (LedgerFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  helio_ledger_close (fixture->ledger);
  fixture->ledger = helio_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  ledger_fixture_refresh (fixture);
}

void
ledger_fixture_refresh (LedgerFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  helio_ledger_destination_clear (&fixture->destination);
  helio_track_clear (&fixture->track);
  helio_ledger_get_destination (fixture->ledger, "home", &fixture->destination, &error);
  g_assert_no_error (error);
  helio_ledger_get_track (fixture->ledger, fixture->destination.id, "aw-watcher-window_laptop",
                          &fixture->track, &error);
  g_assert_no_error (error);
}

void
ledger_fixture_remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        ledger_fixture_remove_folder (path);
      else
        g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

GArray *
ledger_rows_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (HelioRow));
}

void
ledger_rows_add (GArray *rows, int64_t start, uint32_t n, uint32_t check, HelioRowKind kind)
{
  HelioRow row = { .start = start, .n = n, .check = check, .kind = kind };

  g_array_append_val (rows, row);
}

GArray *
ledger_fixture_read_all (LedgerFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GArray *rows = ledger_rows_new ();

  helio_ledger_read_rows (fixture->ledger, fixture->track.id, HELIO_TIME_MIN, HELIO_TIME_MAX, rows,
                          &error);
  g_assert_no_error (error);
  return rows;
}

void
ledger_fixture_check_counts (LedgerFixture *fixture)
{
  g_autoptr (GArray) rows = ledger_fixture_read_all (fixture);
  int64_t by_kind[4] = { 0 };

  for (guint i = 0; i < rows->len; i++)
    by_kind[g_array_index (rows, HelioRow, i).kind]++;

  ledger_fixture_refresh (fixture);
  g_assert_cmpint (fixture->track.held_rows, ==, by_kind[HELIO_ROW_HELD] + by_kind[HELIO_ROW_KEPT]);
  g_assert_cmpint (fixture->track.rows, ==, rows->len - by_kind[HELIO_ROW_KEPT]);
  g_assert_cmpint (fixture->track.kept_rows, ==, by_kind[HELIO_ROW_KEPT]);
}

void
ledger_fixture_put (LedgerFixture *fixture, const GArray *rows)
{
  g_autoptr (GError) error = NULL;
  HelioRecord record = { .destination = fixture->destination.id,
                         .track = fixture->track.id,
                         .put = rows,
                         .lo = 1,
                         .hi = 0,
                         .acked_seq = -1 };

  helio_ledger_record (fixture->ledger, &record, &error);
  g_assert_no_error (error);
}

int64_t
ledger_fixture_get_covered (
    LedgerFixture *fixture, int64_t track, int64_t lo, int64_t hi, uint64_t rules_hash)
{
  int64_t covered;

  lo = MAX (lo, HELIO_TIME_MIN);
  hi = MIN (hi, HELIO_TIME_MAX);
  covered = MAX (hi - lo + 1, 0);
  while (lo <= hi)
    {
      g_autoptr (GError) error = NULL;
      gboolean has_gap;
      int64_t gap_lo, gap_hi;

      helio_ledger_get_gap (fixture->ledger, track, lo, hi, rules_hash, &has_gap, &gap_lo, &gap_hi,
                            &error);
      g_assert_no_error (error);
      if (!has_gap)
        break;
      covered -= gap_hi - gap_lo + 1;
      hi = gap_lo - 1;
    }
  return covered;
}

void
ledger_fixture_cover (LedgerFixture *fixture, int64_t lo, int64_t hi, uint64_t rules_hash)
{
  g_autoptr (GError) error = NULL;
  HelioRecord record = { .destination = fixture->destination.id,
                         .track = fixture->track.id,
                         .lo = lo,
                         .hi = hi,
                         .rules_hash = rules_hash,
                         .acked_seq = -1 };

  helio_ledger_record (fixture->ledger, &record, &error);
  g_assert_no_error (error);
}
