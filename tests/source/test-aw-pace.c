/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-error.h"
#include "source/helio-aw-pace.h"

#define EVENT_BYTES 100

/* What a read of @limit events takes at a server, µs. */
typedef int64_t (*Server) (guint limit);

/* As measured with 1,000,000 events in the bucket. */
static int64_t
python_server (guint limit)
{
  return 1270000 + 28 * (int64_t) limit;
}

static int64_t
rust_server (guint limit)
{
  return 500 + 26 * (int64_t) limit / 10;
}

static int64_t
slow_rust_server (guint limit)
{
  return 5000 + 40 * (int64_t) limit;
}

static int64_t
overloaded_server (guint limit)
{
  return 3000000 + 10 * (int64_t) limit;
}

static int64_t
dying_server (guint limit)
{
  return 4500000 + 10 * (int64_t) limit;
}

/* Reads @pages whole pages; the longest time of one after the first two. */
static int64_t
read_pages (HelioAwCost *cost, Server server, int pages)
{
  HelioAwPace pace;
  int64_t longest = 0;

  helio_aw_pace_init (&pace, cost);
  for (int i = 0; i < pages && !cost->uses_windows; i++)
    {
      HelioAwRead read = { .start = HELIO_TIME_MIN, .end = 0 };
      int64_t us;

      g_assert_true (helio_aw_pace_check (&pace, NULL));
      read.limit = helio_aw_pace_get_limit (&pace);
      us = server (read.limit);
      helio_aw_pace_learn (&pace, &read, TRUE, read.limit * EVENT_BYTES, us);
      if (i > 1)
        longest = MAX (longest, us);
    }
  return longest;
}

static void
test_python (void)
{
  HelioAwCost cost = { 0 };

  g_assert_cmpint (read_pages (&cost, python_server, 30), <, 2800000);
  g_assert_cmpuint (cost.limit, >=, 25000);
  g_assert_cmpuint (cost.limit, <=, 50000);
  g_assert_false (cost.uses_windows);

  /* What was learned stays for the next walk, and stays good. */
  guint limit = cost.limit;

  g_assert_cmpint (read_pages (&cost, python_server, 30), <, 2600000);
  g_assert_cmpuint (cost.limit, >=, limit / 2);
}

static void
test_rust (void)
{
  HelioAwCost cost = { 0 };

  read_pages (&cost, rust_server, 30);
  g_assert_cmpuint (cost.limit, ==, 10000);
  cost = (HelioAwCost){ 0 };
  read_pages (&cost, slow_rust_server, 30);
  g_assert_cmpuint (cost.limit, ==, 10000);
}

static void
test_windows (void)
{
  HelioAwCost cost = { 0 };
  HelioAwPace pace;
  HelioAwRead read = { .start = 0, .end = 1 };
  int64_t window;

  read_pages (&cost, overloaded_server, 30);
  g_assert_true (cost.uses_windows);
  helio_aw_pace_init (&pace, &cost);
  window = helio_aw_pace_get_window (&pace, HELIO_TIME_MIN, 0);
  g_assert_cmpint (window, >, 0);
  helio_aw_pace_learn (&pace, &read, FALSE, 100, 3000000);
  g_assert_cmpint (helio_aw_pace_get_window (&pace, HELIO_TIME_MIN, 0), <, window);
  for (int i = 0; i < 100; i++)
    helio_aw_pace_learn (&pace, &read, FALSE, 100, 3000000);
  g_assert_cmpint (helio_aw_pace_get_window (&pace, HELIO_TIME_MIN, 0), ==, HELIO_HOUR);
  for (int i = 0; i < 100; i++)
    helio_aw_pace_learn (&pace, &read, FALSE, 100, 30000);
  g_assert_cmpint (helio_aw_pace_get_window (&pace, HELIO_TIME_MIN, 0), ==, 365 * HELIO_DAY);
}

static void
test_harm (void)
{
  HelioAwCost cost = { .uses_windows = TRUE, .window = HELIO_HOUR };
  HelioAwPace pace;
  HelioAwRead read = { .start = 0, .end = 1, .limit = 1 };
  g_autoptr (GError) error = NULL;

  helio_aw_pace_init (&pace, &cost);
  g_assert_true (helio_aw_pace_check (&pace, NULL));
  helio_aw_pace_learn (&pace, &read, FALSE, 100, dying_server (1));
  g_assert_false (helio_aw_pace_check (&pace, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_SLOW);

  /* Later it is tried once more. */
  g_assert_true (helio_aw_pace_check (&pace, NULL));
}

static void
test_bytes (void)
{
  HelioAwCost cost = { .limit = 8000 };
  HelioAwPace pace;
  HelioAwRead read = { .start = HELIO_TIME_MIN, .end = 1, .limit = 4000 };

  helio_aw_pace_init (&pace, &cost);
  helio_aw_pace_limit_bytes (&pace, 4000);
  g_assert_cmpuint (helio_aw_pace_get_limit (&pace), ==, 4000);
  helio_aw_pace_learn (&pace, &read, TRUE, 12 << 20, 1000);
  g_assert_cmpuint (helio_aw_pace_get_limit (&pace), ==, 4000);
  helio_aw_pace_learn (&pace, &read, TRUE, 1 << 20, 1000);
  g_assert_cmpuint (helio_aw_pace_get_limit (&pace), ==, 8000);
}

static void
test_pause (void)
{
  HelioAwCost cost = { .closes_connections = TRUE };
  HelioAwPace pace;

  helio_aw_pace_init (&pace, &cost);
  g_assert_cmpint (helio_aw_pace_get_pause (&pace, 5000), ==, 0);
  g_assert_cmpint (helio_aw_pace_get_pause (&pace, 500000), ==, 300000);
  g_assert_cmpint (helio_aw_pace_get_pause (&pace, 2000000), ==, 500000);

  /* An older Rust server keeps its connections, and scans all the same. */
  cost.closes_connections = FALSE;
  g_assert_cmpint (helio_aw_pace_get_pause (&pace, 200000), ==, 0);
  g_assert_cmpint (helio_aw_pace_get_pause (&pace, 500000), ==, 300000);
}

static void
test_short_range (void)
{
  HelioAwCost cost = { .limit = 32000, .page_us = 2000000 };
  HelioAwPace pace;

  helio_aw_pace_init (&pace, &cost);
  g_assert_cmpint (helio_aw_pace_get_window (&pace, 1000, HELIO_DAY), ==, HELIO_DAY - 999);
  g_assert_cmpint (helio_aw_pace_get_window (&pace, 0, 30 * HELIO_DAY), ==, 0);
  g_assert_cmpint (helio_aw_pace_get_window (&pace, HELIO_TIME_MIN, 5), ==, 0);

  /* A dense range is read in smaller pieces; what helps no more is said. */
  HelioAwRead read = { .start = 1, .end = HELIO_DAY, .limit = 32000 };

  helio_aw_pace_learn (&pace, &read, TRUE, 100, 3000000);
  g_assert_cmpuint (cost.limit, ==, 16000);
  g_assert_true (helio_aw_pace_check (&pace, NULL));
  helio_aw_pace_learn (&pace, &read, FALSE, 100, 4500000);
  g_assert_false (helio_aw_pace_check (&pace, NULL));

  cost.page_us = 20000;
  g_assert_cmpint (helio_aw_pace_get_window (&pace, 1000, HELIO_DAY), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/source/aw-pace/reads-much-where-each-read-scans", test_python);
  g_test_add_func ("/source/aw-pace/reads-ten-thousand-where-pages-are-cheap", test_rust);
  g_test_add_func ("/source/aw-pace/reads-windows-where-pages-are-dear", test_windows);
  g_test_add_func ("/source/aw-pace/stops-before-it-harms", test_harm);
  g_test_add_func ("/source/aw-pace/stays-below-the-bytes", test_bytes);
  g_test_add_func ("/source/aw-pace/leaves-the-server-alone", test_pause);
  g_test_add_func ("/source/aw-pace/reads-short-ranges-by-time", test_short_range);
  return g_test_run ();
}
