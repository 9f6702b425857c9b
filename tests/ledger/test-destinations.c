/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "ledger-fixture.h"

#include "model/helio-error.h"

/* Destinations with store and seqs, tracks, pauses. */

static void
test_seqs_grow (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int64_t id = fixture->destination.id;

  g_assert_cmpstr (fixture->destination.store, ==, "");
  g_assert_cmpint (helio_ledger_reserve_seq (fixture->ledger, id, &error), ==, 1);
  g_assert_cmpint (helio_ledger_reserve_seq (fixture->ledger, id, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_true (helio_ledger_set_acked (fixture->ledger, id, 2, &error));
  ledger_fixture_reopen (fixture);
  g_assert_cmpint (fixture->destination.id, ==, id);
  g_assert_cmpint (fixture->destination.reserved_seq, ==, 2);
  g_assert_cmpint (fixture->destination.acked_seq, ==, 2);

  g_assert_true (helio_ledger_set_acked (fixture->ledger, id, 50, &error));
  g_assert_true (helio_ledger_set_acked (fixture->ledger, id, 40, &error));
  g_assert_no_error (error);
  ledger_fixture_reopen (fixture);
  g_assert_cmpint (fixture->destination.reserved_seq, ==, 50);
  g_assert_cmpint (fixture->destination.acked_seq, ==, 40);
  g_assert_cmpint (helio_ledger_reserve_seq (fixture->ledger, id, &error), ==, 51);
}

static void
test_unknown_destination (LedgerFixture *fixture, gconstpointer data)
{
  int64_t id = fixture->destination.id + 1;
  HelioTrack track;
  GError *error = NULL;

  g_assert_cmpint (helio_ledger_reserve_seq (fixture->ledger, id, &error), ==, -1);
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (helio_ledger_set_acked (fixture->ledger, id, 1, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (helio_ledger_set_store (fixture->ledger, id, "s", TRUE, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (helio_ledger_get_track (fixture->ledger, id, "b", &track, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (helio_ledger_remove_destination (fixture->ledger, id, &error));
  g_assert_no_error (error);
}

static void
fill (LedgerFixture *fixture)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  g_autoptr (GError) error = NULL;
  HelioRow bad = { .start = 5, .check = 1 };

  ledger_rows_add (put, 10, 0, 1, HELIO_ROW_HELD);
  ledger_fixture_put (fixture, put);
  ledger_fixture_cover (fixture, 0, 99, 1);
  helio_ledger_add_rejected (fixture->ledger, fixture->track.id, &bad, "data", 1, &error);
  g_assert_no_error (error);
}

static void
check_is_empty (LedgerFixture *fixture)
{
  g_autoptr (GArray) all = ledger_fixture_read_all (fixture);
  g_autoptr (GPtrArray) rejected = NULL;
  g_autoptr (GError) error = NULL;
  int64_t covered;

  g_assert_cmpuint (all->len, ==, 0);
  ledger_fixture_check_counts (fixture);
  covered = ledger_fixture_get_covered (fixture, fixture->track.id, 0, 99, 1);
  g_assert_cmpint (covered, ==, 0);
  rejected = helio_ledger_list_rejected (fixture->ledger, fixture->destination.id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rejected->len, ==, 0);
}

static void
test_store (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fill (fixture);
  helio_ledger_set_acked (fixture->ledger, fixture->destination.id, 9, &error);
  g_assert_no_error (error);
  helio_ledger_set_store (fixture->ledger, fixture->destination.id, "one", FALSE, &error);
  g_assert_no_error (error);
  ledger_fixture_reopen (fixture);
  g_assert_cmpstr (fixture->destination.store, ==, "one");
  g_assert_cmpint (fixture->destination.acked_seq, ==, 9);
  g_assert_cmpint (fixture->track.held_rows, ==, 1);

  helio_ledger_set_store (fixture->ledger, fixture->destination.id, "two", TRUE, &error);
  g_assert_no_error (error);
  ledger_fixture_reopen (fixture);
  g_assert_cmpstr (fixture->destination.store, ==, "two");
  g_assert_cmpint (fixture->destination.acked_seq, ==, 0);
  g_assert_cmpint (fixture->destination.reserved_seq, ==, 9);
  check_is_empty (fixture);
}

static void
test_remove (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int64_t old_destination = fixture->destination.id;
  int64_t old_track = fixture->track.id;
  g_autoptr (GArray) old_rows = ledger_rows_new ();

  fill (fixture);
  helio_ledger_remove_track (fixture->ledger, old_track, &error);
  g_assert_no_error (error);
  ledger_fixture_refresh (fixture);
  g_assert_cmpint (fixture->track.id, !=, old_track);
  check_is_empty (fixture);

  old_track = fixture->track.id;
  fill (fixture);
  helio_ledger_remove_destination (fixture->ledger, old_destination, &error);
  g_assert_no_error (error);
  ledger_fixture_refresh (fixture);
  g_assert_cmpint (fixture->destination.id, !=, old_destination);
  g_assert_cmpint (fixture->track.id, !=, old_track);
  check_is_empty (fixture);

  helio_ledger_read_rows (fixture->ledger, old_track, HELIO_TIME_MIN, HELIO_TIME_MAX, old_rows,
                          &error);
  g_assert_no_error (error);
  g_assert_cmpuint (old_rows->len, ==, 0);
}

static void
test_track_persists (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  HelioTrack track = { .id = fixture->track.id,
                       .created = (char *) "2026-01-01",
                       .held = HELIO_HELD_DELETE,
                       .is_suspicious = TRUE,
                       .swept_at = 1763680000123 };

  g_assert_cmpstr (fixture->track.created, ==, "");
  g_assert_cmpint (fixture->track.held, ==, HELIO_HELD_NO);
  g_assert_false (fixture->track.is_suspicious);
  g_assert_cmpint (fixture->track.swept_at, ==, 0);

  helio_ledger_set_track (fixture->ledger, &track, &error);
  g_assert_no_error (error);
  ledger_fixture_reopen (fixture);
  g_assert_cmpint (fixture->track.id, ==, track.id);
  g_assert_cmpstr (fixture->track.created, ==, "2026-01-01");
  g_assert_cmpint (fixture->track.held, ==, HELIO_HELD_DELETE);
  g_assert_true (fixture->track.is_suspicious);
  g_assert_cmpint (fixture->track.swept_at, ==, 1763680000123);

  track.id++;
  g_assert_false (helio_ledger_set_track (fixture->ledger, &track, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND);
}

static void
test_tracks_are_listed (LedgerFixture *fixture, gconstpointer data)
{
  static const char *const buckets[] = { "zebra", "Zebra", "a\"; DROP TABLE track; --", "ä" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tracks = NULL;
  g_autoptr (GPtrArray) none = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (buckets); i++)
    {
      g_auto (HelioTrack) track = { 0 };

      helio_ledger_get_track (fixture->ledger, fixture->destination.id, buckets[i], &track, &error);
      g_assert_no_error (error);
    }

  tracks = helio_ledger_list_tracks (fixture->ledger, fixture->destination.id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tracks->len, ==, 5);
  for (guint i = 1; i < tracks->len; i++)
    g_assert_cmpstr (g_ptr_array_index (tracks, i - 1), <, g_ptr_array_index (tracks, i));

  none = helio_ledger_list_tracks (fixture->ledger, fixture->destination.id + 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_pauses (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  HelioPause late = { 500, HELIO_TIME_MAX };
  HelioPause early = { 100, 200 };

  g_array_append_val (pauses, late);
  g_array_append_val (pauses, early);
  helio_ledger_set_pauses (fixture->ledger, pauses, &error);
  g_assert_no_error (error);
  helio_ledger_set_pauses (fixture->ledger, pauses, &error);
  g_assert_no_error (error);

  ledger_fixture_reopen (fixture);
  g_clear_pointer (&pauses, g_array_unref);
  pauses = helio_ledger_list_pauses (fixture->ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pauses->len, ==, 2);
  g_assert_cmpint (g_array_index (pauses, HelioPause, 0).start, ==, 100);
  g_assert_cmpint (g_array_index (pauses, HelioPause, 0).end, ==, 200);
  g_assert_cmpint (g_array_index (pauses, HelioPause, 1).start, ==, 500);
  g_assert_cmpint (g_array_index (pauses, HelioPause, 1).end, ==, HELIO_TIME_MAX);

  g_array_set_size (pauses, 0);
  helio_ledger_set_pauses (fixture->ledger, pauses, &error);
  g_assert_no_error (error);
  g_clear_pointer (&pauses, g_array_unref);
  pauses = helio_ledger_list_pauses (fixture->ledger, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pauses->len, ==, 0);
}

#define ADD(name, test)                                                                            \
  g_test_add ("/ledger/" name, LedgerFixture, NULL, ledger_fixture_set_up, test,                   \
              ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("destinations/hand-out-growing-seqs", test_seqs_grow);
  ADD ("destinations/say-when-one-is-not-there", test_unknown_destination);
  ADD ("destinations/forget-what-an-older-store-held", test_store);
  ADD ("destinations/are-removed-with-all-they-have", test_remove);
  ADD ("tracks/persist", test_track_persists);
  ADD ("tracks/are-listed-in-order", test_tracks_are_listed);
  ADD ("pauses/are-written-anew-and-read-oldest-first", test_pauses);
  return g_test_run ();
}
