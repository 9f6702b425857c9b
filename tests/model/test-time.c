/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/helio-event.h"
#include "model/helio-time.h"

static void
test_parse (void)
{
  const struct
  {
    const char *text;
    int64_t seconds;
    int32_t nanoseconds;
  } cases[] = {
    { "1970-01-01T00:00:00Z", 0, 0 },
    { "1970-01-01T00:00:00.000000001Z", 0, 1 },
    { "1970-01-01T00:00:00.1Z", 0, 100000000 },
    { "1970-01-01T00:00:00.123456Z", 0, 123456000 },
    { "1970-01-01T00:00:00.1234567899Z", 0, 123456789 },
    { "1969-12-31T23:59:59.999Z", -1, 999000000 },
    { "1969-12-31T00:00:00+00:00", -86400, 0 },
    { "0001-01-01T00:00:00Z", -62135596800, 0 },
    { "1600-02-29T00:00:00Z", -11670998400, 0 },
    { "1900-03-01T00:00:00Z", -2203891200, 0 },
    { "2000-02-29T00:00:00Z", 951782400, 0 },
    { "2024-02-29T12:00:00Z", 1709164800 + 43200, 0 },
    { "2100-03-01T00:00:00Z", 4107542400, 0 },
    { "9999-12-31T00:00:00Z", 253402214400, 0 },
    { "2024-02-29T00:00:00+01:00", 1709164800 - 3600, 0 },
    { "2024-02-29T00:00:00-05:30", 1709164800 + 19800, 0 },
    { "2024-02-29T00:00:00.5-0530", 1709164800 + 19800, 500000000 },
    { "2024-02-29t00:00:00z", 1709164800, 0 },
    { "2024-02-29 00:00:00Z", 1709164800, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *copy = g_memdup2 (cases[i].text, strlen (cases[i].text));
      int64_t seconds = 0;
      int32_t nanoseconds = -1;

      g_test_message ("%s", cases[i].text);
      g_assert_true (helio_time_parse (copy, strlen (cases[i].text), &seconds, &nanoseconds));
      g_assert_cmpint (seconds, ==, cases[i].seconds);
      g_assert_cmpint (nanoseconds, ==, cases[i].nanoseconds);
    }
}

static void
test_garbage (void)
{
  const char *const texts[] = {
    "",
    "now",
    "2024-02-29",
    "2024-02-29T00:00:00",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-32T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:61Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00,5Z",
    "2024-01-01T00:00:00Z ",
    " 2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00ZZ",
    "2024-01-01T00:00:00+",
    "2024-01-01T00:00:00+1:00",
    "2024-01-01T00:00:00+01:60",
    "2024-1-1T00:00:00Z",
    "+2024-01-01T00:00:00Z",
    "20240101T000000Z",
    "2024-01-01T00:00:00.\xff"
    "Z",
  };
  int64_t seconds;
  int32_t nanoseconds;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_false (helio_time_parse (texts[i], strlen (texts[i]), &seconds, &nanoseconds));
    }
  g_assert_false (helio_time_parse ("2024-01-01T00:00:00\0Z", 21, &seconds, &nanoseconds));

  /* Cut anywhere it is no time. */
  for (gsize length = 0; length < 29; length++)
    g_assert_false (
        helio_time_parse ("2024-01-01T00:00:00.123+00:00", length, &seconds, &nanoseconds)
        && length != 29);
}

static void
test_format (void)
{
  const struct
  {
    int64_t ms;
    const char *text;
  } cases[] = {
    { 0, "1970-01-01T00:00:00.000Z" },
    { -1, "1969-12-31T23:59:59.999Z" },
    { -86400000, "1969-12-31T00:00:00.000Z" },
    { 1763681794367, "2025-11-20T23:36:34.367Z" },
    { 951782400000, "2000-02-29T00:00:00.000Z" },
    { -62135596800000, "0001-01-01T00:00:00.000Z" },
    { 253402300799999, "9999-12-31T23:59:59.999Z" },
  };
  char text[HELIO_TIME_TEXT];

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      helio_time_format (cases[i].ms, text);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
  /* Years of more than four digits fit as well. */
  helio_time_format (HELIO_TIME_MAX, text);
  helio_time_format (HELIO_TIME_MIN, text);
}

static void
test_round_trip (void)
{
  for (int i = 0; i < 100000; i++)
    {
      int64_t ms = (int64_t) ((double) g_test_rand_double () * 315537897599999.0) - 62135596800000;
      char text[HELIO_TIME_TEXT];
      int64_t seconds;
      int32_t nanoseconds;

      helio_time_format (ms, text);
      g_assert_true (helio_time_parse (text, strlen (text), &seconds, &nanoseconds));
      g_assert_cmpint (helio_event_start (seconds, nanoseconds), ==, ms);
    }
}

/* Zones as rules, so that no list of zones need be installed. */
static void
test_next_midnight (void)
{
  const struct
  {
    const char *zone;
    int64_t now;
    int64_t midnight;
  } cases[] = {
    /* 2026-03-02 10:54:30.250, and the midnight itself. */
    { "UTC0", 1772448870250, 1772496000000 },
    { "UTC0", 1772496000000, 1772582400000 },
    { "UTC0", 1772495999999, 1772496000000 },
    /* Berlin: the days of 2026-03-29 and 2026-10-25 have 23 and 25 hours. */
    { "CET-1CEST,M3.5.0,M10.5.0/3", 1774738800000, 1774738800000 + 23 * HELIO_HOUR },
    { "CET-1CEST,M3.5.0,M10.5.0/3", 1792879200000, 1792879200000 + 25 * HELIO_HOUR },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_setenv ("TZ", cases[i].zone, TRUE);
      g_assert_cmpint (helio_time_next_midnight (cases[i].now), ==, cases[i].midnight);
    }
  g_setenv ("TZ", "UTC", TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/model/time/parses-rfc-3339", test_parse);
  g_test_add_func ("/model/time/refuses-garbage", test_garbage);
  g_test_add_func ("/model/time/formats", test_format);
  g_test_add_func ("/model/time/gives-back-what-it-wrote", test_round_trip);
  g_test_add_func ("/model/time/finds-the-next-midnight", test_next_midnight);
  return g_test_run ();
}
