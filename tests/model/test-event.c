/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <string.h>

#include "model/helio-event.h"

static void
test_start (void)
{
  g_assert_cmpint (helio_event_start (0, 0), ==, 0);
  g_assert_cmpint (helio_event_start (0, 999999), ==, 0);
  g_assert_cmpint (helio_event_start (1, 1000000), ==, 1001);
  g_assert_cmpint (helio_event_start (-1, 999999999), ==, -1);
  g_assert_cmpint (helio_event_start (-1, 1), ==, -1000);
  g_assert_cmpint (helio_event_start (1763680000, 123999999), ==, 1763680000123);
}

static void
test_duration (void)
{
  g_assert_cmpint (helio_event_duration (0), ==, 0);
  g_assert_cmpint (helio_event_duration (-0.0), ==, 0);
  g_assert_cmpint (helio_event_duration (-5.5), ==, 0);
  g_assert_cmpint (helio_event_duration (NAN), ==, 0);
  g_assert_cmpint (helio_event_duration (-INFINITY), ==, 0);
  g_assert_cmpint (helio_event_duration (INFINITY), ==, HELIO_TIME_MAX);
  g_assert_cmpint (helio_event_duration (1e300), ==, HELIO_TIME_MAX);
  g_assert_cmpint (helio_event_duration (10.1234567), ==, 10123);
  g_assert_cmpint (helio_event_duration (0.0009994), ==, 0);
  g_assert_cmpint (helio_event_duration (0.0009996), ==, 1);
  /* In floating point these are a little less than they say; all three digits must survive. */
  g_assert_cmpint (helio_event_duration (0.001), ==, 1);
  g_assert_cmpint (helio_event_duration (1.001), ==, 1001);
  g_assert_cmpint (helio_event_duration (4.035), ==, 4035);
  g_assert_cmpint (helio_event_duration (86400.001), ==, 86400001);
  for (int64_t ms = 0; ms < 200000; ms += 7)
    g_assert_cmpint (helio_event_duration ((double) ms / 1000.0), ==, ms);
}

static void
test_check (void)
{
  /* From an independent SipHash-2-4 that gives the published test vector. */
  g_autofree char *long_text = g_strnfill (300, 'x');
  const struct
  {
    int64_t start;
    int64_t duration;
    const char *data;
    uint32_t check;
  } cases[] = {
    { 0, 0, "", 0x412137c7 },
    { 0, 0, "{}", 0xaac1317e },
    { 1, 0, "{}", 0x67532457 },
    { 0, 1, "{}", 0x27347a7c },
    { -1, -1, "{}", 0x8315e18d },
    { 1763680000123, 5321, "{\"a\":1}", 0xffa26892 },
    { 1763680000123, 5321, "{\"a\":12}", 0x46c4040e },
    { 1763680000124, 86400000, "{\"app\":\"firefox\",\"title\":\"caf\xc3\xa9\"}", 0x709280c5 },
    { HELIO_TIME_MIN, HELIO_TIME_MAX, long_text, 0x0f5c8712 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (helio_event_check (cases[i].start, cases[i].duration, cases[i].data,
                                        strlen (cases[i].data)),
                     ==, cases[i].check);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/model/event/floors-the-start", test_start);
  g_test_add_func ("/model/event/floors-the-duration", test_duration);
  g_test_add_func ("/model/event/checks-with-siphash", test_check);
  return g_test_run ();
}
