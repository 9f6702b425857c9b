/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync/helio-live.h"

static void
test_doubles (void)
{
  g_assert_cmpint (helio_backoff_next (1, 0, 1.0), ==, 10);
  g_assert_cmpint (helio_backoff_next (1, 0, 0.0), ==, 5);
  g_assert_cmpint (helio_backoff_next (2, 0, 1.0), ==, 20);
  g_assert_cmpint (helio_backoff_next (7, 0, 1.0), ==, 640);
  g_assert_cmpint (helio_backoff_next (8, 0, 1.0), ==, 900);
  g_assert_cmpint (helio_backoff_next (1000, 0, 1.0), ==, 900);
}

static void
test_honours_retry_after (void)
{
  g_assert_cmpint (helio_backoff_next (1, 3600, 1.0), ==, 3600);
  g_assert_cmpint (helio_backoff_next (8, 5, 1.0), ==, 900);
  g_assert_cmpint (helio_backoff_next (1, G_MAXINT, 1.0), ==, 86400);
  g_assert_cmpint (helio_backoff_next (1, -7, 1.0), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/backoff/doubles-up-to-a-quarter-hour", test_doubles);
  g_test_add_func ("/sync/backoff/honours-retry-after", test_honours_retry_after);
  return g_test_run ();
}
