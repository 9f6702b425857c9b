/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "agent/helio-outage.h"

#define SECOND G_USEC_PER_SEC
#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* Looks every five seconds for so long; returns what was said last. */
static gboolean
look (HelioOutage *outage, gboolean is_missing, gboolean is_used, int64_t *now_us, int64_t span_us)
{
  gboolean is_told = FALSE;

  for (int64_t end = *now_us + span_us; *now_us < end; *now_us += 5 * SECOND)
    is_told = helio_outage_note (outage, is_missing, is_used, *now_us);
  return is_told;
}

static void
test_after_an_hour (void)
{
  HelioOutage outage = { 0 };
  int64_t now = 7 * SECOND;

  g_assert_false (look (&outage, TRUE, TRUE, &now, 60 * MINUTE));
  g_assert_true (look (&outage, TRUE, TRUE, &now, MINUTE));
  g_assert_false (look (&outage, FALSE, TRUE, &now, 5 * SECOND));
  g_assert_false (look (&outage, TRUE, TRUE, &now, 59 * MINUTE));
  g_assert_true (look (&outage, TRUE, TRUE, &now, 2 * MINUTE));
}

static void
test_only_while_used (void)
{
  HelioOutage outage = { 0 };
  int64_t now = 7 * SECOND;

  g_assert_false (look (&outage, TRUE, TRUE, &now, 40 * MINUTE));
  /* A night. */
  g_assert_false (look (&outage, TRUE, FALSE, &now, 600 * MINUTE));
  g_assert_false (look (&outage, TRUE, TRUE, &now, 19 * MINUTE));
  g_assert_true (look (&outage, TRUE, TRUE, &now, 2 * MINUTE));
  /* What was said stays true in the pause after it. */
  g_assert_true (look (&outage, TRUE, FALSE, &now, 10 * MINUTE));
}

static void
test_a_gap_is_no_use (void)
{
  HelioOutage outage = { 0 };
  int64_t now = 7 * SECOND;

  g_assert_false (look (&outage, TRUE, TRUE, &now, MINUTE));
  now += 600 * MINUTE;
  g_assert_false (look (&outage, TRUE, TRUE, &now, 58 * MINUTE));
  g_assert_true (look (&outage, TRUE, TRUE, &now, 2 * MINUTE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent/outage/told-after-an-hour", test_after_an_hour);
  g_test_add_func ("/agent/outage/counts-only-while-used", test_only_while_used);
  g_test_add_func ("/agent/outage/a-gap-is-no-use", test_a_gap_is_no_use);
  return g_test_run ();
}
