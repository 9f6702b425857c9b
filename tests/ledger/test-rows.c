/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "ledger-fixture.h"

#include "model/helio-error.h"

/* Rows, the counts of a track, sums, and the transaction that holds them together. */

static void
assert_row (
    const GArray *rows, guint index, int64_t start, uint32_t n, uint32_t check, HelioRowKind kind)
{
  const HelioRow *row = &g_array_index (rows, HelioRow, index);

  g_assert_cmpuint (index, <, rows->len);
  g_assert_cmpint (row->start, ==, start);
  g_assert_cmpuint (row->n, ==, n);
  g_assert_cmpuint (row->check, ==, check);
  g_assert_cmpint (row->kind, ==, kind);
}

static void
test_rows_come_back (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GArray) some = ledger_rows_new ();
  g_autoptr (GArray) all = NULL;
  g_autoptr (GError) error = NULL;

  ledger_rows_add (put, -5, 0, 0, HELIO_ROW_HELD);
  ledger_rows_add (put, 100, 1, G_MAXUINT32, HELIO_ROW_HELD);
  ledger_rows_add (put, 100, 0, 0x80000000u, HELIO_ROW_HELD);
  ledger_rows_add (put, 100, 2, 0, HELIO_ROW_DROPPED);
  ledger_rows_add (put, 200, G_MAXUINT32, 0, HELIO_ROW_KEPT);
  ledger_rows_add (put, 300, 0, G_MAXUINT32, HELIO_ROW_KEPT);
  ledger_rows_add (put, HELIO_TIME_MAX, 0, 0, HELIO_ROW_REJECTED);
  ledger_rows_add (put, HELIO_TIME_MIN, 0, G_MAXUINT32, HELIO_ROW_REJECTED);
  ledger_fixture_put (fixture, put);
  ledger_fixture_reopen (fixture);

  all = ledger_fixture_read_all (fixture);
  g_assert_cmpuint (all->len, ==, 8);
  assert_row (all, 0, HELIO_TIME_MAX, 0, 0, HELIO_ROW_REJECTED);
  assert_row (all, 1, 300, 0, G_MAXUINT32, HELIO_ROW_KEPT);
  assert_row (all, 2, 200, G_MAXUINT32, 0, HELIO_ROW_KEPT);
  assert_row (all, 3, 100, 0, 0x80000000u, HELIO_ROW_HELD);
  assert_row (all, 4, 100, 1, G_MAXUINT32, HELIO_ROW_HELD);
  assert_row (all, 5, 100, 2, 0, HELIO_ROW_DROPPED);
  assert_row (all, 6, -5, 0, 0, HELIO_ROW_HELD);
  assert_row (all, 7, HELIO_TIME_MIN, 0, G_MAXUINT32, HELIO_ROW_REJECTED);

  helio_ledger_read_rows (fixture->ledger, fixture->track.id, -5, 100, some, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (some->len, ==, 4);

  /* Appends. */
  helio_ledger_read_rows (fixture->ledger, fixture->track.id, 300, 300, some, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (some->len, ==, 5);
  assert_row (some, 4, 300, 0, G_MAXUINT32, HELIO_ROW_KEPT);
  ledger_fixture_check_counts (fixture);
}

static void
assert_newest (
    LedgerFixture *fixture, int64_t lo, int64_t hi, guint most, int64_t from, guint n_rows)
{
  g_autoptr (GArray) rows = ledger_rows_new ();
  g_autoptr (GError) error = NULL;
  int64_t read_from;

  helio_ledger_read_newest_rows (fixture->ledger, fixture->track.id, lo, hi, most, rows, &read_from,
                                 &error);
  g_assert_no_error (error);
  g_assert_cmpint (read_from, ==, from);
  g_assert_cmpuint (rows->len, ==, n_rows);
}

static void
test_whole_groups (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) put = ledger_rows_new ();

  for (guint n = 0; n < 3; n++)
    for (int64_t start = 10; start <= 30; start += 10)
      ledger_rows_add (put, start, n, 1, HELIO_ROW_HELD);
  ledger_fixture_put (fixture, put);

  assert_newest (fixture, 0, 99, 1, 30, 3);
  assert_newest (fixture, 0, 99, 3, 30, 3);
  assert_newest (fixture, 0, 99, 4, 20, 6);
  assert_newest (fixture, 0, 99, 7, 0, 9);
  assert_newest (fixture, 0, 99, 9, 0, 9);
  assert_newest (fixture, 0, 29, 2, 20, 3);
  assert_newest (fixture, 5, 9, 1, 5, 0);
  assert_newest (fixture, 15, 29, 1, 15, 3);
}

static void
test_counts_stay_exact (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (int step = 0; step < 300; step++)
    {
      g_autoptr (GArray) put = ledger_rows_new ();
      g_autoptr (GArray) gone = ledger_rows_new ();
      g_autoptr (GError) error = NULL;
      HelioRecord record = { .destination = fixture->destination.id,
                             .track = fixture->track.id,
                             .put = put,
                             .remove = gone,
                             .lo = 1,
                             .hi = 0,
                             .acked_seq = -1 };

      for (int i = g_rand_int_range (random, 0, 10); i > 0; i--)
        ledger_rows_add (put, g_rand_int_range (random, 0, 30), g_rand_int_range (random, 0, 2),
                         g_rand_int_range (random, 0, 3), g_rand_int_range (random, 0, 4));
      for (int i = g_rand_int_range (random, 0, 5); i > 0; i--)
        ledger_rows_add (gone, g_rand_int_range (random, 0, 30), g_rand_int_range (random, 0, 2), 0,
                         HELIO_ROW_HELD);

      helio_ledger_record (fixture->ledger, &record, &error);
      g_assert_no_error (error);
      ledger_fixture_check_counts (fixture);
    }
  g_assert_cmpint (fixture->track.rows, >, 0);
}

static void
test_record_writes_all (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GArray) gone = ledger_rows_new ();
  g_autoptr (GArray) deferred = g_array_new (FALSE, FALSE, sizeof (HelioDeferred));
  g_autoptr (GArray) listed = NULL;
  g_autoptr (GArray) all = NULL;
  g_autoptr (GError) error = NULL;
  HelioDeferred late[] = { { 10, 1 }, { 20, 2 }, { 30, 4 } };
  HelioDeferred back = { 20, 0 };
  HelioRecord record = { .destination = fixture->destination.id,
                         .track = fixture->track.id,
                         .put = put,
                         .lo = 0,
                         .hi = 99,
                         .rules_hash = 5,
                         .deferred = deferred,
                         .acked_seq = 1 };
  int64_t covered;

  g_assert_cmpint (helio_ledger_reserve_seq (fixture->ledger, fixture->destination.id, &error), ==,
                   1);
  ledger_rows_add (put, 10, 0, 1, HELIO_ROW_HELD);
  ledger_rows_add (put, 20, 0, 2, HELIO_ROW_HELD);
  g_array_append_vals (deferred, late, G_N_ELEMENTS (late));
  helio_ledger_record (fixture->ledger, &record, &error);
  g_assert_no_error (error);
  g_assert_cmpint (record.next_seq, ==, 2);

  /* Removes before it puts; what is not there may be removed. */
  g_array_set_size (put, 0);
  ledger_rows_add (put, 10, 0, 7, HELIO_ROW_HELD);
  ledger_rows_add (gone, 10, 0, 0, HELIO_ROW_HELD);
  ledger_rows_add (gone, 20, 0, 0, HELIO_ROW_HELD);
  ledger_rows_add (gone, 30, 0, 0, HELIO_ROW_HELD);
  record.remove = gone;
  g_array_set_size (deferred, 0);
  g_array_append_val (deferred, back);
  record.acked_seq = -1;
  helio_ledger_record (fixture->ledger, &record, &error);
  g_assert_no_error (error);
  g_assert_cmpint (record.next_seq, ==, -1);

  ledger_fixture_reopen (fixture);
  all = ledger_fixture_read_all (fixture);
  g_assert_cmpuint (all->len, ==, 1);
  assert_row (all, 0, 10, 0, 7, HELIO_ROW_HELD);
  g_assert_cmpint (fixture->track.missing, ==, 5);
  listed = helio_ledger_list_deferred (fixture->ledger, fixture->track.id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (listed->len, ==, 2);
  g_assert_cmpint (g_array_index (listed, HelioDeferred, 0).start, ==, 30);
  g_assert_cmpint (g_array_index (listed, HelioDeferred, 1).start, ==, 10);
  g_assert_cmpint (fixture->destination.acked_seq, ==, 1);
  g_assert_cmpint (fixture->destination.reserved_seq, ==, 2);
  ledger_fixture_check_counts (fixture);

  covered = ledger_fixture_get_covered (fixture, fixture->track.id, 0, 1000, 5);
  g_assert_cmpint (covered, ==, 100);
}

static void
test_failed_record_changes_nothing (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GArray) all = NULL;
  g_autoptr (GError) error = NULL;
  HelioRecord record = { .destination = fixture->destination.id + 1,
                         .track = fixture->track.id,
                         .put = put,
                         .lo = 0,
                         .hi = 99,
                         .rules_hash = 5,
                         .acked_seq = 1,
                         .next_seq = 77 };
  int64_t covered;

  ledger_rows_add (put, 10, 0, 1, HELIO_ROW_HELD);
  g_assert_false (helio_ledger_record (fixture->ledger, &record, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (record.next_seq, ==, -1);

  all = ledger_fixture_read_all (fixture);
  g_assert_cmpuint (all->len, ==, 0);
  ledger_fixture_check_counts (fixture);
  covered = ledger_fixture_get_covered (fixture, fixture->track.id, 0, 99, 5);
  g_assert_cmpint (covered, ==, 0);

  record.destination = fixture->destination.id;
  record.track = fixture->track.id + 1;
  g_assert_false (helio_ledger_record (fixture->ledger, &record, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  record.track = fixture->track.id;
  g_assert_true (helio_ledger_record (fixture->ledger, &record, &error));
  g_assert_no_error (error);
}

static void
test_sums_steps (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (HelioLedgerSum));
  g_autoptr (GError) error = NULL;
  const HelioLedgerSum *sum;

  ledger_rows_add (put, -31, 0, 1000, HELIO_ROW_HELD);
  ledger_rows_add (put, -30, 0, G_MAXUINT32, HELIO_ROW_HELD);
  ledger_rows_add (put, -21, 0, G_MAXUINT32, HELIO_ROW_KEPT);
  ledger_rows_add (put, -21, 1, 0, HELIO_ROW_DROPPED);
  ledger_rows_add (put, -21, 2, 9, HELIO_ROW_REJECTED);
  ledger_rows_add (put, -15, 0, 9, HELIO_ROW_REJECTED);
  ledger_rows_add (put, 0, 0, 5, HELIO_ROW_HELD);
  ledger_rows_add (put, 9, 0, 0x80000001u, HELIO_ROW_HELD);
  ledger_rows_add (put, 10, 0, 4, HELIO_ROW_HELD);
  ledger_rows_add (put, 11, 0, 1000, HELIO_ROW_HELD);
  ledger_fixture_put (fixture, put);

  helio_ledger_sum (fixture->ledger, fixture->track.id, -30, 11, 10, sums, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sums->len, ==, 3);

  sum = &g_array_index (sums, HelioLedgerSum, 0);
  g_assert_cmpint (sum->from, ==, -30);
  g_assert_cmpint (sum->count, ==, 2);
  g_assert_cmpuint (sum->check, ==, 2 * (uint64_t) G_MAXUINT32);
  sum = &g_array_index (sums, HelioLedgerSum, 1);
  g_assert_cmpint (sum->from, ==, 0);
  g_assert_cmpint (sum->count, ==, 2);
  g_assert_cmpuint (sum->check, ==, 0x80000006u);
  sum = &g_array_index (sums, HelioLedgerSum, 2);
  g_assert_cmpint (sum->from, ==, 10);
  g_assert_cmpint (sum->count, ==, 1);
  g_assert_cmpuint (sum->check, ==, 4);

  /* A step wider than all; the whole time. */
  g_array_set_size (sums, 0);
  helio_ledger_sum (fixture->ledger, fixture->track.id, HELIO_TIME_MIN, HELIO_TIME_MAX, G_MAXINT64,
                    sums, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sums->len, ==, 1);
  g_assert_cmpint (g_array_index (sums, HelioLedgerSum, 0).from, ==, HELIO_TIME_MIN);
  g_assert_cmpint (g_array_index (sums, HelioLedgerSum, 0).count, ==, 7);
}

static void
test_extent (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GError) error = NULL;
  gboolean has_any = TRUE;
  int64_t first, last;

  ledger_rows_add (put, 10, 0, 0, HELIO_ROW_DROPPED);
  ledger_rows_add (put, 60, 0, 3, HELIO_ROW_REJECTED);
  ledger_fixture_put (fixture, put);
  helio_ledger_get_extent (fixture->ledger, fixture->track.id, &has_any, &first, &last, &error);
  g_assert_no_error (error);
  g_assert_false (has_any);

  ledger_rows_add (put, 20, 0, 1, HELIO_ROW_HELD);
  ledger_rows_add (put, 30, 0, 1, HELIO_ROW_HELD);
  ledger_rows_add (put, 50, 0, 2, HELIO_ROW_KEPT);
  ledger_fixture_put (fixture, put);
  helio_ledger_get_extent (fixture->ledger, fixture->track.id, &has_any, &first, &last, &error);
  g_assert_no_error (error);
  g_assert_true (has_any);
  g_assert_cmpint (first, ==, 20);
  g_assert_cmpint (last, ==, 50);
}

#define ADD(name, test)                                                                            \
  g_test_add ("/ledger/rows/" name, LedgerFixture, NULL, ledger_fixture_set_up, test,              \
              ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("reads-whole-groups-up-to-a-bound", test_whole_groups);
  ADD ("come-back-newest-first", test_rows_come_back);
  ADD ("keep-exact-counts", test_counts_stay_exact);
  ADD ("are-recorded-with-range-and-seq", test_record_writes_all);
  ADD ("stay-when-a-record-fails", test_failed_record_changes_nothing);
  ADD ("are-summed-in-steps", test_sums_steps);
  ADD ("give-first-and-last-start-held", test_extent);
  return g_test_run ();
}
