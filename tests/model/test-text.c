/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-event.h"
#include "model/helio-text.h"

/* 2026-03-02, a Monday, 10:54:30 UTC; the tests run in that zone. */
#define NOW G_GINT64_CONSTANT (1772448870000)

static void
test_time (void)
{
  const struct
  {
    int64_t ms;
    const char *text;
  } cases[] = {
    { NOW, "10:54" },
    { NOW + 13 * HELIO_HOUR, "23:54" },
    { NOW + 14 * HELIO_HOUR, "Tue 00:54" },
    { NOW - 11 * HELIO_HOUR, "Sun 23:54" },
    { NOW - 6 * HELIO_DAY + 1, "Tue 10:54" },
    /* On the same day of the week its name would mislead. */
    { NOW - 7 * HELIO_DAY, "2026-02-23 10:54" },
    { NOW + 7 * HELIO_DAY, "2026-03-09 10:54" },
    { 0, "1970-01-01 00:00" },
    { -1, "1969-12-31 23:59" },
    { G_MAXINT64, "?" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = helio_text_time (cases[i].ms, NOW);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_day_and_moment (void)
{
  g_autofree char *day = helio_text_day (NOW);
  g_autofree char *typed = helio_text_typed_day (NOW);
  g_autofree char *moment = helio_text_moment (NOW);
  g_autofree char *before = helio_text_moment (-1);

  g_assert_cmpstr (day, ==, "2026-03-02");
  g_assert_cmpstr (typed, ==, "2026-03-02");
  g_assert_cmpstr (moment, ==, "2026-03-02 10:54:30");
  g_assert_cmpstr (before, ==, "1969-12-31 23:59:59");
}

static void
test_span (void)
{
  const struct
  {
    int64_t ms;
    const char *text;
  } cases[] = {
    { -5, "0 s" },
    { 0, "0 s" },
    { 12 * HELIO_SECOND, "12 s" },
    { HELIO_MINUTE - 1, "59 s" },
    { HELIO_MINUTE, "1 min" },
    { HELIO_HOUR - 1, "59 min" },
    { HELIO_HOUR, "1 h" },
    { 2 * HELIO_HOUR + 10 * HELIO_MINUTE, "2 h 10 min" },
    { 26 * HELIO_HOUR, "26 h" },
    { 2 * HELIO_DAY, "2 days" },
    { 400 * HELIO_DAY, "400 days" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = helio_text_span (cases[i].ms);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_ago (void)
{
  const struct
  {
    int64_t before;
    const char *text;
  } cases[] = {
    { 0, "just now" },
    { 119 * HELIO_SECOND, "just now" },
    /* The clock was set back a little. */
    { -119 * HELIO_SECOND, "just now" },
    { 12 * HELIO_MINUTE, "12 min ago" },
    /* No minutes beside hours: they would be wrong at once. */
    { 3 * HELIO_HOUR + 50 * HELIO_MINUTE, "3 h ago" },
    { HELIO_DAY, "Sun 10:54" },
    { -HELIO_HOUR, "11:54" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = helio_text_ago (NOW - cases[i].before, NOW);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_numbers (void)
{
  const struct
  {
    int64_t part;
    int64_t whole;
    const char *text;
  } cases[] = {
    { 0, 10, "0 %" },    { 999999, 1000000, "99 %" }, { 10, 10, "100 %" },
    { 11, 10, "100 %" }, { 0, 0, "100 %" },           { 5, -1, "-" },
    { -3, 10, "0 %" },
  };
  /* The C locale groups nothing. */
  g_autofree char *count = helio_text_count (-1234567);

  g_assert_cmpstr (count, ==, "-1234567");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = helio_text_percent (cases[i].part, cases[i].whole);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_clean (void)
{
  const struct
  {
    const char *text;
    const char *clean;
  } cases[] = {
    { "", "" },
    { "A letter “π”", "A letter “π”" },
    { "a\tb\nc", "a\uFFFDb\uFFFDc" },
    { "\033[2Jgone", "\uFFFD[2Jgone" },
    { "exe\u202Etxt", "exe\uFFFDtxt" },
    { "\u2066x\u2069", "\uFFFDx\uFFFD" },
    { "caf\xe9", "caf\uFFFD" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *clean = helio_text_clean (cases[i].text);

      g_assert_cmpstr (clean, ==, cases[i].clean);
    }
}

static void
test_web_address (void)
{
  g_assert_true (helio_text_is_web_address ("https://example.org"));
  g_assert_true (helio_text_is_web_address ("http://127.0.0.1:5680/"));
  g_assert_false (helio_text_is_web_address ("file:///etc/passwd"));
  g_assert_false (helio_text_is_web_address ("httpsomething"));
  g_assert_false (helio_text_is_web_address (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/text/says-a-time-as-short-as-it-is-clear", test_time);
  g_test_add_func ("/model/text/says-days-and-moments", test_day_and_moment);
  g_test_add_func ("/model/text/says-spans", test_span);
  g_test_add_func ("/model/text/says-how-long-ago", test_ago);
  g_test_add_func ("/model/text/says-numbers", test_numbers);
  g_test_add_func ("/model/text/makes-what-comes-from-anywhere-harmless", test_clean);
  g_test_add_func ("/model/text/knows-web-addresses", test_web_address);
  return g_test_run ();
}
