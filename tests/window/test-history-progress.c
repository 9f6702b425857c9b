/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <locale.h>

#include "window/helio-history-progress.h"

/* 2024-03-03 and 2025-06-01, 12:00 UTC */
#define MARCH "1709467200000"
#define JUNE "1748779200000"

static void
sum_up (const char *text, HelioHistoryProgress *sum)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) progress
      = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), text, NULL, NULL, &error);

  g_assert_no_error (error);
  helio_history_progress_sum (progress, "home", sum);
}

static void
check_texts (const char *progress, double rate, const char *text, const char *detail)
{
  HelioHistoryProgress sum;

  sum_up (progress, &sum);
  g_autofree char *got_text = helio_history_progress_get_text (&sum);
  g_autofree char *got_detail = helio_history_progress_get_detail (&sum, rate);
  g_assert_cmpstr (got_text, ==, text);
  g_assert_cmpstr (got_detail, ==, detail);
}

static void
test_nothing (void)
{
  HelioHistoryProgress sum;

  helio_history_progress_sum (NULL, "home", &sum);
  g_assert_true (sum.is_done);
  g_assert_cmpint (sum.known, ==, 0);
  sum_up ("[{'destination': <'other'>, 'rows': <int64 5>}]", &sum);
  g_assert_cmpint (sum.known, ==, 0);
}

static void
test_done (void)
{
  check_texts ("[{'destination': <'home'>, 'done': <true>, 'held': <int64 900>, "
               "'rows': <int64 900>, 'in-aw': <int64 890>, 'oldest': <int64 " JUNE ">},"
               " {'destination': <'home'>, 'done': <true>, 'held': <int64 100>, "
               "'rows': <int64 100>, 'in-aw': <int64 100>, 'oldest': <int64 " MARCH ">}]",
               0, "All 1000 events are published", "back to 2024-03-03");
}

static void
test_kept_back (void)
{
  check_texts ("[{'destination': <'home'>, 'done': <true>, 'held': <int64 90>, "
               "'rows': <int64 100>, 'in-aw': <int64 100>}]",
               0, "90 of 100 events are published; the others are kept back", "");
}

static void
test_under_way (void)
{
  const char *progress = "[{'destination': <'home'>, 'done': <false>, 'held': <int64 90>, "
                         "'rows': <int64 100>, 'in-aw': <int64 1000>, 'rate': <7.5>, "
                         "'oldest': <int64 " MARCH ">},"
                         " {'destination': <'home'>, 'done': <true>, 'held': <int64 200>, "
                         "'rows': <int64 200>, 'in-aw': <int64 150>, 'oldest': <int64 " JUNE ">}]";
  HelioHistoryProgress sum;

  check_texts (progress, 7.5, "290 of 1200 events are published",
               "25 % · 7 events per second · 2 min left · back to 2024-03-03");
  sum_up (progress, &sum);
  g_assert_cmpfloat (helio_history_progress_get_fraction (&sum), ==, 0.25);
  g_assert_cmpfloat (sum.rate, ==, 7.5);
}

/* A day is said only when every bucket that is not done has come there. */
static void
test_day_of_all (void)
{
  check_texts ("[{'destination': <'home'>, 'rows': <int64 10>, 'in-aw': <int64 20>, "
               "'oldest': <int64 " MARCH ">},"
               " {'destination': <'home'>, 'rows': <int64 10>, 'in-aw': <int64 20>, "
               "'oldest': <int64 " JUNE ">}]",
               0, "0 of 40 events are published", "50 % · back to 2025-06-01");
  check_texts ("[{'destination': <'home'>, 'rows': <int64 10>, 'in-aw': <int64 20>, "
               "'oldest': <int64 " MARCH ">},"
               " {'destination': <'home'>, 'rows': <int64 0>, 'in-aw': <int64 20>}]",
               0, "0 of 40 events are published", "25 %");
}

static void
test_unknown_total (void)
{
  check_texts ("[{'destination': <'home'>, 'held': <int64 10>, 'rows': <int64 10>, "
               "'in-aw': <int64 -1>}]",
               2, "10 events are published so far", "2 events per second");
}

static void
test_never_all_before_done (void)
{
  const char *progress = "[{'destination': <'home'>, 'done': <false>, 'held': <int64 10>, "
                         "'rows': <int64 10>, 'in-aw': <int64 10>, 'oldest': <int64 " JUNE ">}]";
  HelioHistoryProgress sum;

  check_texts (progress, 0, "10 events are published so far", "");
  sum_up (progress, &sum);
  g_assert_true (helio_history_progress_is_checking (&sum));
  g_assert_cmpfloat (helio_history_progress_get_fraction (&sum), <, 1);
}

static void
test_rules (void)
{
  const char *progress
      = "[{'destination': <'home'>, 'done': <false>, 'held': <int64 290>, 'rows': <int64 300>, "
        "'in-aw': <int64 300>, 'oldest': <int64 " JUNE ">, 'rate': <20.0>, 'work': <'rules'>, "
        "'part': <0.25>},"
        " {'destination': <'home'>, 'done': <false>, 'held': <int64 100>, 'rows': <int64 100>, "
        "'in-aw': <int64 100>, 'work': <'rules'>, 'part': <1.0>},"
        " {'destination': <'home'>, 'done': <true>, 'held': <int64 900>, 'rows': <int64 900>, "
        "'in-aw': <int64 900>, 'oldest': <int64 " MARCH ">, 'work': <''>, 'part': <1.0>}]";
  HelioHistoryProgress sum;

  check_texts (progress, 20, "Applying the rules: 43 %", "");
  sum_up (progress, &sum);
  g_assert_true (helio_history_progress_is_applying (&sum));
  g_assert_false (helio_history_progress_is_checking (&sum));
  g_assert_cmpfloat (helio_history_progress_get_fraction (&sum), ==, 0.4375);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/history-progress/nothing", test_nothing);
  g_test_add_func ("/window/history-progress/done", test_done);
  g_test_add_func ("/window/history-progress/says-what-is-kept-back", test_kept_back);
  g_test_add_func ("/window/history-progress/under-way", test_under_way);
  g_test_add_func ("/window/history-progress/day-that-all-buckets-reached", test_day_of_all);
  g_test_add_func ("/window/history-progress/unknown-total", test_unknown_total);
  g_test_add_func ("/window/history-progress/never-all-before-done", test_never_all_before_done);
  g_test_add_func ("/window/history-progress/says-how-far-rules-are-applied", test_rules);
  return g_test_run ();
}
