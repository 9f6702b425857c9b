/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "ledger-fixture.h"

/* What a destination refused for good. */

static void
reject (LedgerFixture *fixture, int64_t start, uint32_t n, uint32_t check, int64_t at)
{
  g_autoptr (GError) error = NULL;
  HelioRow row = { .start = start, .n = n, .check = check, .kind = HELIO_ROW_HELD };

  helio_ledger_add_rejected (fixture->ledger, fixture->track.id, &row, "too-large", at, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list (LedgerFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *all = helio_ledger_list_rejected (fixture->ledger, fixture->destination.id, &error);

  g_assert_no_error (error);
  return all;
}

static void
test_listed (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GArray) rows = NULL;
  const HelioRejected *rejected;

  reject (fixture, 10, 0, 1, 100);
  reject (fixture, 20, 3, G_MAXUINT32, 200);
  reject (fixture, 10, 0, 2, 300);
  ledger_fixture_reopen (fixture);

  all = list (fixture);
  g_assert_cmpuint (all->len, ==, 2);
  rejected = g_ptr_array_index (all, 0);
  g_assert_cmpstr (rejected->bucket, ==, "aw-watcher-window_laptop");
  g_assert_cmpstr (rejected->reason, ==, "too-large");
  g_assert_cmpint (rejected->start, ==, 10);
  g_assert_cmpuint (rejected->check, ==, 2);
  g_assert_cmpint (rejected->at, ==, 300);
  rejected = g_ptr_array_index (all, 1);
  g_assert_cmpint (rejected->start, ==, 20);
  g_assert_cmpuint (rejected->n, ==, 3);
  g_assert_cmpuint (rejected->check, ==, G_MAXUINT32);

  rows = ledger_fixture_read_all (fixture);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (g_array_index (rows, HelioRow, 0).kind, ==, HELIO_ROW_REJECTED);
  g_assert_cmpint (g_array_index (rows, HelioRow, 1).kind, ==, HELIO_ROW_REJECTED);
  ledger_fixture_check_counts (fixture);
}

static void
test_changed_row_leaves_the_list (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
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

  for (int start = 0; start < 4; start++)
    reject (fixture, start, 0, 1, 100);

  /* As it was: it stays. */
  ledger_rows_add (put, 0, 0, 1, HELIO_ROW_REJECTED);
  ledger_fixture_put (fixture, put);
  before = list (fixture);
  g_assert_cmpuint (before->len, ==, 4);

  ledger_rows_add (put, 1, 0, 2, HELIO_ROW_HELD);
  ledger_rows_add (put, 2, 0, 0, HELIO_ROW_DROPPED);
  ledger_rows_add (gone, 3, 0, 0, HELIO_ROW_REJECTED);
  helio_ledger_record (fixture->ledger, &record, &error);
  g_assert_no_error (error);
  after = list (fixture);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpint (((HelioRejected *) g_ptr_array_index (after, 0))->start, ==, 0);
  ledger_fixture_check_counts (fixture);
}

static void
test_list_is_bounded (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;

  for (int i = 0; i < HELIO_MAX_REJECTED + 5; i++)
    reject (fixture, i, 0, 1, 1000 + i);
  reject (fixture, HELIO_MAX_REJECTED, 0, 1, 5000);

  all = list (fixture);
  g_assert_cmpuint (all->len, ==, HELIO_MAX_REJECTED);
  g_assert_cmpint (((HelioRejected *) g_ptr_array_index (all, 0))->at, ==, 5000);
  g_assert_cmpint (((HelioRejected *) g_ptr_array_index (all, all->len - 1))->at, ==, 1005);
  ledger_fixture_refresh (fixture);
  g_assert_cmpint (fixture->track.rows, ==, HELIO_MAX_REJECTED + 5);
}

static void
test_retry (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_gap;
  int64_t covered, lo, hi;

  ledger_rows_add (put, 100, 0, 1, HELIO_ROW_HELD);
  ledger_rows_add (put, 200, 0, 1, HELIO_ROW_HELD);
  ledger_rows_add (put, 200, 1, 0, HELIO_ROW_DROPPED);
  ledger_fixture_put (fixture, put);
  ledger_fixture_cover (fixture, 0, 999, 1);
  reject (fixture, 50, 0, 1, 1);
  reject (fixture, 140, 0, 1, 1);
  reject (fixture, 140, 1, 1, 1);
  reject (fixture, 160, 0, 1, 1);
  reject (fixture, 200, 2, 1, 1);

  helio_ledger_retry_rejected (fixture->ledger, fixture->destination.id, &error);
  g_assert_no_error (error);

  all = list (fixture);
  g_assert_cmpuint (all->len, ==, 0);
  rows = ledger_fixture_read_all (fixture);
  g_assert_cmpuint (rows->len, ==, 3);
  ledger_fixture_check_counts (fixture);

  /* Uncovered: 50, and 140 to 200, where no other row lies between. */
  covered = ledger_fixture_get_covered (fixture, fixture->track.id, 0, 999, 1);
  g_assert_cmpint (covered, ==, 1000 - 1 - 61);
  helio_ledger_get_gap (fixture->ledger, fixture->track.id, 0, 999, 1, &has_gap, &lo, &hi, &error);
  g_assert_no_error (error);
  g_assert_true (has_gap);
  g_assert_cmpint (lo, ==, 140);
  g_assert_cmpint (hi, ==, 200);

  helio_ledger_retry_rejected (fixture->ledger, fixture->destination.id, &error);
  g_assert_no_error (error);
}

#define ADD(name, test)                                                                            \
  g_test_add ("/ledger/rejected/" name, LedgerFixture, NULL, ledger_fixture_set_up, test,          \
              ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("events-are-listed-newest-first", test_listed);
  ADD ("events-leave-the-list-when-their-row-changes", test_changed_row_leaves_the_list);
  ADD ("list-is-bounded", test_list_is_bounded);
  ADD ("events-are-tried-again-on-demand", test_retry);
  return g_test_run ();
}
