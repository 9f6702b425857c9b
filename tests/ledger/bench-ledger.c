/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <sys/resource.h>

#include "ledger-fixture.h"

/* The figures of the ledger: 1,000,000 rows, newest first, in batches of 5,000. Bounds are wide
 * enough for a busy machine; the figures are printed. */

#define N_ROWS 1000000
#define BATCH 5000
#define FIRST G_GINT64_CONSTANT (1700000000000)
#define SPACING 7000

static double
cpu_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int64_t
start_of (int index)
{
  return FIRST - (int64_t) index * SPACING;
}

static void
tell (const char *what, int64_t begun_us, double cpu)
{
  g_test_message ("%s: %.3f s wall, %.3f s CPU", what, (g_get_monotonic_time () - begun_us) / 1e6,
                  cpu_now () - cpu);
}

static void
write_all (LedgerFixture *fixture, uint32_t salt)
{
  g_autoptr (GArray) rows = ledger_rows_new ();

  for (int i = 0; i < N_ROWS; i += BATCH)
    {
      g_autoptr (GError) error = NULL;
      HelioRecord record = { .destination = fixture->destination.id,
                             .track = fixture->track.id,
                             .put = rows,
                             .lo = start_of (i + BATCH - 1),
                             .hi = start_of (i - 1) - 1,
                             .rules_hash = 1,
                             .acked_seq = i / BATCH };

      g_array_set_size (rows, 0);
      for (int j = i; j < i + BATCH; j++)
        ledger_rows_add (rows, start_of (j), 0, (uint32_t) j * 2654435761u + salt, HELIO_ROW_HELD);
      helio_ledger_record (fixture->ledger, &record, &error);
      g_assert_no_error (error);
    }
}

static void
test_million (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) rows = ledger_rows_new ();
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (HelioLedgerSum));
  int64_t begun_us = g_get_monotonic_time ();
  double cpu = cpu_now ();
  GStatBuf status;

  write_all (fixture, 0);
  tell ("insert", begun_us, cpu);

  begun_us = g_get_monotonic_time ();
  cpu = cpu_now ();
  ledger_fixture_refresh (fixture);
  tell ("counts", begun_us, cpu);
  g_assert_cmpint (fixture->track.held_rows, ==, N_ROWS);

  begun_us = g_get_monotonic_time ();
  cpu = cpu_now ();
  for (int i = 0; i < N_ROWS; i += 10000)
    {
      g_array_set_size (rows, 0);
      helio_ledger_read_rows (fixture->ledger, fixture->track.id, start_of (i + 9999), start_of (i),
                              rows, &error);
      g_assert_no_error (error);
      g_assert_cmpint (rows->len, ==, 10000);
      for (guint j = 0; j < rows->len; j++)
        if (g_array_index (rows, HelioRow, j).check != ((uint32_t) i + j) * 2654435761u)
          g_assert_not_reached ();
    }
  tell ("read and compare", begun_us, cpu);

  begun_us = g_get_monotonic_time ();
  cpu = cpu_now ();
  helio_ledger_sum (fixture->ledger, fixture->track.id, start_of (N_ROWS), FIRST + 1, HELIO_DAY,
                    sums, &error);
  g_assert_no_error (error);
  tell ("sums by day", begun_us, cpu);

  begun_us = g_get_monotonic_time ();
  cpu = cpu_now ();
  write_all (fixture, 1);
  tell ("change all", begun_us, cpu);

  begun_us = g_get_monotonic_time ();
  cpu = cpu_now ();
  for (int i = 0; i < 1000; i++)
    ledger_fixture_cover (fixture, FIRST + i * SPACING, FIRST + (i + 1) * SPACING, 1);
  tell ("extend the range 1,000 times", begun_us, cpu);

  helio_ledger_close (fixture->ledger);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_test_message ("file: %" G_GINT64_FORMAT " bytes, %.2f per event", (int64_t) status.st_size,
                  (double) status.st_size / N_ROWS);
  g_assert_cmpint (status.st_size, <=, 30 * N_ROWS);

  begun_us = g_get_monotonic_time ();
  cpu = cpu_now ();
  fixture->ledger = helio_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  tell ("open", begun_us, cpu);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/ledger/bench/holds-a-million-rows", LedgerFixture, NULL, ledger_fixture_set_up,
              test_million, ledger_fixture_tear_down);
  return g_test_run ();
}
