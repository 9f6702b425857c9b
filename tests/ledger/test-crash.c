/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger-fixture.h"

#include "model/helio-error.h"

/* Killed, out of space, and two handles at once: rows and ranges always agree. */

#define ROWS_PER_RECORD 500

/* Record @index covers [index * 1000, index * 1000 + 999], with a row at every second ms. */
static gboolean
write_record (
    HelioLedger *ledger, int64_t destination, int64_t track, int64_t index, GError **error)
{
  g_autoptr (GArray) put = ledger_rows_new ();
  HelioRecord record = { .destination = destination,
                         .track = track,
                         .put = put,
                         .lo = index * 1000,
                         .hi = index * 1000 + 999,
                         .rules_hash = 1,
                         .acked_seq = 0 };

  for (int i = 0; i < ROWS_PER_RECORD; i++)
    ledger_rows_add (put, record.hi - 1 - 2 * i, 0, (uint32_t) (index * 31 + i), HELIO_ROW_HELD);
  return helio_ledger_record (ledger, &record, error);
}

/* Every covered thousand has all its rows, every other one none. Returns how many are covered. */
static int64_t
check_rows_are_ranges (LedgerFixture *fixture, int64_t track, int64_t n_records)
{
  int64_t n_covered = 0;

  for (int64_t index = 0; index < n_records; index++)
    {
      g_autoptr (GArray) rows = ledger_rows_new ();
      g_autoptr (GError) error = NULL;
      int64_t covered;

      helio_ledger_read_rows (fixture->ledger, track, index * 1000, index * 1000 + 999, rows,
                              &error);
      g_assert_no_error (error);
      covered = ledger_fixture_get_covered (fixture, track, index * 1000, index * 1000 + 999, 1);
      g_assert_true (covered == 0 || covered == 1000);
      g_assert_cmpuint (rows->len, ==, covered == 1000 ? ROWS_PER_RECORD : 0);
      n_covered += covered / 1000;
    }
  return n_covered;
}

/* Tells its parent after each record, and goes on until killed. */
static void
write_until_killed (const char *path, int tell_fd)
{
  g_autoptr (HelioLedger) ledger = helio_ledger_open (path, NULL);
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_auto (HelioTrack) track = { 0 };

  if (ledger == NULL || !helio_ledger_get_destination (ledger, "home", &destination, NULL)
      || !helio_ledger_get_track (ledger, destination.id, "aw-watcher-window_laptop", &track, NULL))
    _exit (1);

  for (int64_t index = 0;; index++)
    if (!write_record (ledger, destination.id, track.id, index, NULL)
        || write (tell_fd, "r", 1) != 1)
      _exit (2);
}

static void
test_killed (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new ();

  for (int round = 0; round < 5; round++)
    {
      g_autofree char *path = g_strdup_printf ("%s-%d", fixture->path, round);
      int64_t n_told = 0, n_covered;
      int n_wanted = g_rand_int_range (random, 1, 40);
      int n_spins = g_rand_int_range (random, 0, 2000000);
      volatile int spun = 0;
      int fds[2];
      int status;
      char told;
      pid_t child;

      helio_ledger_close (g_steal_pointer (&fixture->ledger));
      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        {
          close (fds[0]);
          write_until_killed (path, fds[1]);
        }
      close (fds[1]);

      /* After a record, and then anywhere in a later one. */
      while (n_told < n_wanted && read (fds[0], &told, 1) == 1)
        n_told++;
      for (spun = 0; spun < n_spins;)
        spun = spun + 1;
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFSIGNALED (status));
      while (read (fds[0], &told, 1) == 1)
        n_told++;
      close (fds[0]);

      g_free (fixture->path);
      fixture->path = g_steal_pointer (&path);
      ledger_fixture_reopen (fixture);
      n_covered = check_rows_are_ranges (fixture, fixture->track.id, n_told + 2);
      g_assert_cmpint (n_told, >=, n_wanted);
      g_assert_cmpint (n_covered, >=, n_told);
      g_assert_cmpint (n_covered, <=, n_told + 1);
      g_assert_cmpint (fixture->destination.reserved_seq, ==, n_covered);
      ledger_fixture_check_counts (fixture);
    }
}

typedef struct
{
  const char *path;
  const char *bucket;
  int64_t n_records;
} Writer;

static gpointer
write_in_thread (gpointer data)
{
  const Writer *writer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioLedger) ledger = helio_ledger_open (writer->path, &error);
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_auto (HelioTrack) track = { 0 };

  g_assert_no_error (error);
  helio_ledger_get_destination (ledger, "home", &destination, &error);
  g_assert_no_error (error);
  helio_ledger_get_track (ledger, destination.id, writer->bucket, &track, &error);
  g_assert_no_error (error);

  for (int64_t index = 0; index < writer->n_records; index++)
    {
      write_record (ledger, destination.id, track.id, index, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

/* On a file that none of them has made yet. */
static void
test_two_handles (LedgerFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "shared.sqlite", NULL);
  Writer writers[] = { { path, "a", 100 }, { path, "b", 100 }, { path, "c", 100 } };
  GThread *threads[G_N_ELEMENTS (writers)];

  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    threads[i] = g_thread_new ("writer", write_in_thread, &writers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    g_thread_join (threads[i]);

  g_free (fixture->path);
  fixture->path = g_steal_pointer (&path);
  ledger_fixture_reopen (fixture);
  g_assert_cmpint (fixture->destination.reserved_seq, ==, 300);
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    {
      g_auto (HelioTrack) track = { 0 };
      g_autoptr (GError) error = NULL;

      helio_ledger_get_track (fixture->ledger, fixture->destination.id, writers[i].bucket, &track,
                              &error);
      g_assert_no_error (error);
      g_assert_cmpint (track.held_rows, ==, 100 * ROWS_PER_RECORD);
      g_assert_cmpint (check_rows_are_ranges (fixture, track.id, 100), ==, 100);
    }
}

static void
set_file_limit (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (bytes, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* A bound on the size of files stands in for a full disk. */
static void
test_full_disk (LedgerFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
  gboolean ok = TRUE;
  int64_t index, n_written;

  g_assert_cmpint (sigaction (SIGXFSZ, &ignore, &old), ==, 0);
  set_file_limit (200000);
  for (index = 0; ok && index < 1000; index++)
    ok = write_record (fixture->ledger, fixture->destination.id, fixture->track.id, index, &error);
  n_written = index - 1;
  set_file_limit (RLIM_INFINITY);
  g_assert_cmpint (sigaction (SIGXFSZ, &old, NULL), ==, 0);

  g_assert_false (ok);
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, "space"));
  g_clear_error (&error);

  /* The handle goes on; nothing of the failed record is there. */
  g_assert_cmpint (check_rows_are_ranges (fixture, fixture->track.id, n_written + 2), ==,
                   n_written);
  ledger_fixture_check_counts (fixture);
  g_assert_cmpint (fixture->destination.reserved_seq, ==, n_written);
  write_record (fixture->ledger, fixture->destination.id, fixture->track.id, n_written, &error);
  g_assert_no_error (error);
  ledger_fixture_reopen (fixture);
  g_assert_cmpint (check_rows_are_ranges (fixture, fixture->track.id, n_written + 2), ==,
                   n_written + 1);
}

static void
test_full_disk_from_the_start (LedgerFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "new.sqlite", NULL);
  g_autoptr (GError) error = NULL;
  struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
  HelioLedger *ledger;

  g_assert_cmpint (sigaction (SIGXFSZ, &ignore, &old), ==, 0);
  set_file_limit (1000);
  ledger = helio_ledger_open (path, &error);
  set_file_limit (RLIM_INFINITY);
  g_assert_cmpint (sigaction (SIGXFSZ, &old, NULL), ==, 0);
  g_assert_null (ledger);
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER);
  g_clear_error (&error);

  ledger = helio_ledger_open (path, &error);
  g_assert_no_error (error);
  helio_ledger_close (ledger);
}

#define ADD(name, test)                                                                            \
  g_test_add ("/ledger/crash/" name, LedgerFixture, NULL, ledger_fixture_set_up, test,             \
              ledger_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("keeps-rows-and-ranges-equal-when-killed", test_killed);
  ADD ("keeps-rows-and-ranges-equal-on-a-full-disk", test_full_disk);
  ADD ("opens-once-there-is-space", test_full_disk_from_the_start);
  ADD ("lets-several-handles-write", test_two_handles);
  return g_test_run ();
}
