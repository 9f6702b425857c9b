/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "ledger-fixture.h"

/* Covered ranges: by hand, and against a model with one cell per millisecond. */

#define N_CELLS 200
#define MODEL_LO (-100)
#define MODEL_HI (MODEL_LO + N_CELLS - 1)

static void
assert_gap (
    LedgerFixture *fixture, int64_t lo, int64_t hi, uint64_t hash, int64_t gap_lo, int64_t gap_hi)
{
  g_autoptr (GError) error = NULL;
  gboolean has_gap;
  int64_t found_lo, found_hi;

  helio_ledger_get_gap (fixture->ledger, fixture->track.id, lo, hi, hash, &has_gap, &found_lo,
                        &found_hi, &error);
  g_assert_no_error (error);
  g_assert_true (has_gap);
  g_assert_cmpint (found_lo, ==, gap_lo);
  g_assert_cmpint (found_hi, ==, gap_hi);
}

static void
assert_no_gap (LedgerFixture *fixture, int64_t lo, int64_t hi, uint64_t hash)
{
  g_autoptr (GError) error = NULL;
  gboolean has_gap;
  int64_t gap_lo, gap_hi;

  helio_ledger_get_gap (fixture->ledger, fixture->track.id, lo, hi, hash, &has_gap, &gap_lo,
                        &gap_hi, &error);
  g_assert_no_error (error);
  g_assert_false (has_gap);
}

static int64_t
get_covered (LedgerFixture *fixture, int64_t lo, int64_t hi, uint64_t hash)
{
  return ledger_fixture_get_covered (fixture, fixture->track.id, lo, hi, hash);
}

static void
uncover (LedgerFixture *fixture, int64_t lo, int64_t hi)
{
  g_autoptr (GError) error = NULL;

  helio_ledger_uncover (fixture->ledger, fixture->track.id, lo, hi, &error);
  g_assert_no_error (error);
}

static void
forget (LedgerFixture *fixture, int64_t lo, int64_t hi)
{
  g_autoptr (GError) error = NULL;

  helio_ledger_forget (fixture->ledger, fixture->track.id, lo, hi, &error);
  g_assert_no_error (error);
}

static void
test_newest_gap_first (LedgerFixture *fixture, gconstpointer data)
{
  assert_gap (fixture, HELIO_TIME_MIN, 1000, 1, HELIO_TIME_MIN, 1000);

  ledger_fixture_cover (fixture, 100, 200, 1);
  ledger_fixture_cover (fixture, 400, 500, 1);
  assert_gap (fixture, HELIO_TIME_MIN, 1000, 1, 501, 1000);
  assert_gap (fixture, HELIO_TIME_MIN, 500, 1, 201, 399);
  assert_gap (fixture, HELIO_TIME_MIN, 450, 1, 201, 399);
  assert_gap (fixture, 300, 450, 1, 300, 399);
  assert_gap (fixture, HELIO_TIME_MIN, 200, 1, HELIO_TIME_MIN, 99);
  assert_no_gap (fixture, 100, 200, 1);
  assert_no_gap (fixture, 450, 450, 1);
  assert_no_gap (fixture, 10, 9, 1);
}

static void
test_neighbours_join (LedgerFixture *fixture, gconstpointer data)
{
  ledger_fixture_cover (fixture, 10, 19, 1);
  ledger_fixture_cover (fixture, 30, 39, 1);
  ledger_fixture_cover (fixture, 20, 29, 1);
  assert_no_gap (fixture, 10, 39, 1);
  g_assert_cmpint (get_covered (fixture, HELIO_TIME_MIN, HELIO_TIME_MAX, 1), ==, 30);
}

static void
test_whole_time_is_no_overflow (LedgerFixture *fixture, gconstpointer data)
{
  ledger_fixture_cover (fixture, G_MININT64, 0, 1);
  ledger_fixture_cover (fixture, 1, G_MAXINT64, 1);
  assert_no_gap (fixture, G_MININT64, G_MAXINT64, 1);
  g_assert_cmpint (get_covered (fixture, G_MININT64, G_MAXINT64, 1), ==,
                   HELIO_TIME_MAX - HELIO_TIME_MIN + 1);
  uncover (fixture, G_MININT64, G_MAXINT64);
  g_assert_cmpint (get_covered (fixture, G_MININT64, G_MAXINT64, 1), ==, 0);
}

static void
test_other_hash_is_replaced (LedgerFixture *fixture, gconstpointer data)
{
  const uint64_t big = G_MAXUINT64 - 1;

  ledger_fixture_cover (fixture, 0, 99, 1);
  ledger_fixture_cover (fixture, 40, 59, big);
  g_assert_cmpint (get_covered (fixture, 0, 99, 1), ==, 80);
  g_assert_cmpint (get_covered (fixture, 0, 99, big), ==, 20);
  assert_gap (fixture, 0, 99, 1, 40, 59);
  assert_gap (fixture, 0, 99, big, 60, 99);
  assert_gap (fixture, 0, 59, big, 0, 39);
}

static void
test_tracks_are_apart (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (HelioTrack) other = { 0 };
  int64_t covered;

  helio_ledger_get_track (fixture->ledger, fixture->destination.id, "other", &other, &error);
  g_assert_no_error (error);
  ledger_fixture_cover (fixture, 0, 99, 1);
  covered = ledger_fixture_get_covered (fixture, other.id, 0, 99, 1);
  g_assert_cmpint (covered, ==, 0);
}

/* Which rules were at work is still known where ActivityWatch is to be asked again. */
static void
test_uncovered_is_not_forgotten (LedgerFixture *fixture, gconstpointer data)
{
  ledger_fixture_cover (fixture, 0, 99, 1);
  uncover (fixture, 20, 39);
  assert_gap (fixture, 0, 99, 1, 20, 39);
  assert_no_gap (fixture, 0, 99, 1 | HELIO_LEDGER_OWN);
  assert_gap (fixture, 0, 99, 1 | HELIO_LEDGER_LEFT, 20, 39);
  forget (fixture, 30, 49);
  assert_gap (fixture, 0, 99, 1, 20, 49);
  assert_gap (fixture, 0, 99, 1 | HELIO_LEDGER_OWN, 30, 49);
}

static void
test_knows_rules (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) digests = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr (GArray) known = NULL;
  g_autoptr (GError) error = NULL;
  const uint64_t digest = G_MAXUINT64 - 5;

  g_array_append_val (digests, digest);
  g_assert_true (helio_ledger_get_rules (fixture->ledger, 7, &known, &error));
  g_assert_null (known);
  g_assert_true (helio_ledger_note_rules (fixture->ledger, 7, digests, &error)
                 && helio_ledger_note_rules (fixture->ledger, 7, digests, &error)
                 && helio_ledger_note_rules (fixture->ledger, 1, none, &error));
  ledger_fixture_reopen (fixture);
  g_assert_true (helio_ledger_get_rules (fixture->ledger, 7 | HELIO_LEDGER_LEFT, &known, &error));
  g_assert_cmpuint (known->len, ==, 1);
  g_assert_true (g_array_index (known, uint64_t, 0) == digest);
  g_clear_pointer (&known, g_array_unref);
  g_assert_true (helio_ledger_get_rules (fixture->ledger, 1, &known, &error));
  g_assert_cmpuint (known->len, ==, 0);
}

/* Every third cell of the model has a row. */
static gboolean
has_row (int64_t at)
{
  return (at - MODEL_LO) % 3 == 0;
}

/* How much is known of a cell: less with each. */
static int
get_level (uint64_t hash)
{
  return (hash & HELIO_LEDGER_OWN) != 0 ? 2 : (hash & HELIO_LEDGER_LEFT) != 0 ? 1 : 0;
}

static gboolean
serves (uint64_t cell, uint64_t hash)
{
  return cell != 0 && (cell & HELIO_LEDGER_RULES) == (hash & HELIO_LEDGER_RULES)
         && get_level (cell) <= get_level (hash);
}

static uint64_t
pick_hash (GRand *random, int32_t from)
{
  uint64_t hash = (uint64_t) g_rand_int_range (random, from, 4);

  if (hash == 0)
    return 0;
  switch (g_rand_int_range (random, 0, 5))
    {
    case 0:
      return hash | HELIO_LEDGER_LEFT;
    case 1:
      return hash | HELIO_LEDGER_OWN;
    default:
      return hash;
    }
}

static void
check_rest (LedgerFixture *fixture,
            const uint64_t *cells,
            int64_t lo,
            int64_t hi,
            uint64_t hash,
            GRand *random)
{
  g_autoptr (GError) error = NULL;
  HelioLedgerRest rest;
  int64_t rows = 0, most;
  gboolean is_of_other_rules = FALSE;

  for (int64_t at = lo; at <= hi; at++)
    {
      rows += !serves (cells[at - MODEL_LO], hash) && has_row (at) ? 1 : 0;
      is_of_other_rules
          |= cells[at - MODEL_LO] != 0
             && (cells[at - MODEL_LO] & HELIO_LEDGER_RULES) != (hash & HELIO_LEDGER_RULES);
    }
  most = g_rand_int_range (random, 1, 40);
  helio_ledger_get_rest (fixture->ledger, fixture->track.id, lo, hi, hash, most, &rest, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rest.rows, ==, MIN (rows, most));
  g_assert_cmpint (rest.is_of_other_rules, ==, is_of_other_rules);
}

static void
check_newest (LedgerFixture *fixture, const uint64_t *cells)
{
  g_autoptr (GError) error = NULL;
  int64_t expected = MODEL_HI, newest;

  while (
      expected >= MODEL_LO
      && (cells[expected - MODEL_LO] == 0 || (cells[expected - MODEL_LO] & HELIO_LEDGER_OWN) != 0))
    expected--;
  helio_ledger_get_newest (fixture->ledger, fixture->track.id, &newest, &error);
  g_assert_no_error (error);
  g_assert_cmpint (newest, ==, expected >= MODEL_LO ? expected : HELIO_TIME_MIN);
}

/* Of one kind, down to where the next one begins. */
static void
check_piece (LedgerFixture *fixture, const uint64_t *cells, int64_t lo, int64_t hi, uint64_t hash)
{
  g_autoptr (GError) error = NULL;
  HelioLedgerPiece piece;
  int64_t piece_hi, piece_lo;

  helio_ledger_get_piece (fixture->ledger, fixture->track.id, lo, hi, hash, &piece, &error);
  g_assert_no_error (error);
  for (piece_hi = hi; piece_hi >= lo && serves (cells[piece_hi - MODEL_LO], hash); piece_hi--)
    ;
  g_assert_cmpint (piece.is_there, ==, piece_hi >= lo);
  if (!piece.is_there)
    return;
  for (piece_lo = piece_hi;
       piece_lo > lo && cells[piece_lo - 1 - MODEL_LO] == cells[piece_hi - MODEL_LO]; piece_lo--)
    ;
  g_assert_cmpint (piece.lo, ==, piece_lo);
  g_assert_cmpint (piece.hi, ==, piece_hi);
  g_assert_cmpuint (piece.rules_hash, ==, cells[piece_hi - MODEL_LO]);
}

static void
check_model (LedgerFixture *fixture, const uint64_t *cells, GRand *random)
{
  int64_t lo = g_rand_int_range (random, MODEL_LO, MODEL_HI + 1);
  int64_t hi = g_rand_int_range (random, MODEL_LO, MODEL_HI + 1);
  uint64_t hash = pick_hash (random, 1);
  int64_t covered = 0, gap_hi, gap_lo;

  for (int64_t at = lo; at <= hi; at++)
    covered += serves (cells[at - MODEL_LO], hash) ? 1 : 0;
  g_assert_cmpint (get_covered (fixture, lo, hi, hash), ==, covered);

  for (gap_hi = hi; gap_hi >= lo && serves (cells[gap_hi - MODEL_LO], hash); gap_hi--)
    ;
  for (gap_lo = gap_hi; gap_lo > lo && !serves (cells[gap_lo - 1 - MODEL_LO], hash); gap_lo--)
    ;
  if (gap_hi >= lo)
    assert_gap (fixture, lo, hi, hash, gap_lo, gap_hi);
  else
    assert_no_gap (fixture, lo, hi, hash);
  check_rest (fixture, cells, lo, hi, hash, random);
  check_piece (fixture, cells, lo, hi, hash);
  check_newest (fixture, cells);
}

static void
test_agrees_with_model (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261121);
  g_autoptr (GArray) rows = ledger_rows_new ();
  uint64_t cells[N_CELLS] = { 0 };

  for (int64_t at = MODEL_LO; at <= MODEL_HI; at++)
    if (has_row (at))
      ledger_rows_add (rows, at, 0, 7, HELIO_ROW_HELD);
  ledger_fixture_put (fixture, rows);
  for (int step = 0; step < 2000; step++)
    {
      int64_t lo = g_rand_int_range (random, MODEL_LO, MODEL_HI + 1);
      int64_t length = g_rand_int_range (random, -1, step % 20 == 0 ? 150 : 20);
      int64_t hi = MIN (lo + length, MODEL_HI);
      uint64_t hash = pick_hash (random, 0);

      gboolean forgets = g_rand_boolean (random);

      if (hash != 0)
        ledger_fixture_cover (fixture, lo, hi, hash);
      else if (forgets)
        forget (fixture, lo, hi);
      else
        uncover (fixture, lo, hi);
      for (int64_t at = lo; at <= hi; at++)
        {
          uint64_t *cell = &cells[at - MODEL_LO];

          *cell = hash != 0 || forgets || *cell == 0
                      ? hash
                      : (*cell & HELIO_LEDGER_RULES) | HELIO_LEDGER_OWN;
        }

      for (int i = 0; i < 3; i++)
        check_model (fixture, cells, random);
      if (step % 200 == 199)
        ledger_fixture_reopen (fixture);
    }
}

#define ADD(name, test)                                                                            \
  g_test_add ("/ledger/ranges/" name, LedgerFixture, NULL, ledger_fixture_set_up, test,            \
              ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("gives-the-newest-gap-first", test_newest_gap_first);
  ADD ("joins-neighbours-of-one-hash", test_neighbours_join);
  ADD ("covers-the-whole-time-without-overflow", test_whole_time_is_no_overflow);
  ADD ("replaces-what-another-hash-covered", test_other_hash_is_replaced);
  ADD ("remembers-rules-where-it-is-uncovered", test_uncovered_is_not_forgotten);
  ADD ("knows-what-a-hash-stands-for", test_knows_rules);
  ADD ("keeps-tracks-apart", test_tracks_are_apart);
  ADD ("agrees-with-a-model-over-2000-steps", test_agrees_with_model);
  return g_test_run ();
}
