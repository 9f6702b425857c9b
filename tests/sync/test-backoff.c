/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync/helio-live.h"

/* The second at which the last of @n waits ends. */
static int
wait_for (guint n, double random)
{
  int seconds = 0;

  for (guint attempt = 1; attempt <= n; attempt++)
    seconds += helio_backoff_next (attempt, 0, random);
  return seconds;
}

static void
test_finds_who_was_gone_for_a_minute (void)
{
  for (int i = 0; i <= 10; i++)
    {
      guint n = 1;

      while (wait_for (n, i / 10.0) < 70)
        n++;
      g_assert_cmpint (helio_backoff_next (n, 0, 1.0), <=, 8);
      g_assert_cmpint (helio_backoff_next (n, 0, 0.0), >=, 4);
    }
}

static void
test_doubles (void)
{
  g_assert_cmpint (helio_backoff_next (20, 0, 1.0), ==, 8);
  g_assert_cmpint (helio_backoff_next (21, 0, 1.0), ==, 16);
  g_assert_cmpint (helio_backoff_next (21, 0, 0.0), ==, 8);
  g_assert_cmpint (helio_backoff_next (26, 0, 1.0), ==, 512);
  g_assert_cmpint (helio_backoff_next (27, 0, 1.0), ==, 900);
  g_assert_cmpint (helio_backoff_next (G_MAXUINT, 0, 1.0), ==, 900);
}

static void
test_honours_retry_after (void)
{
  g_assert_cmpint (helio_backoff_next (1, 3600, 1.0), ==, 3600);
  g_assert_cmpint (helio_backoff_next (28, 5, 1.0), ==, 900);
  g_assert_cmpint (helio_backoff_next (1, G_MAXINT, 1.0), ==, 86400);
  g_assert_cmpint (helio_backoff_next (1, -7, 1.0), ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/backoff/finds-who-was-gone-for-a-minute",
                   test_finds_who_was_gone_for_a_minute);
  g_test_add_func ("/sync/backoff/doubles-up-to-a-quarter-hour", test_doubles);
  g_test_add_func ("/sync/backoff/honours-retry-after", test_honours_retry_after);
  return g_test_run ();
}
