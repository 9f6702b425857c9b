/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "aw-fixture.h"
#include "model/helio-error.h"
#include "source/helio-page-walker.h"

#define NOW G_GINT64_CONSTANT (1793527200000)
#define NOW_TEXT "1793527200000"

/* What is held in memory at once: an answer, and border events that are read again. */
#define PAGE_BYTES (2 * 16 * 1024 * 1024)

typedef struct
{
  const char *flavour;
  guint limit;
  int64_t window;
} Way;

static const Way ways[] = {
  { "python", 50, 0 }, { "python", 0, 0 }, { "python", 0, HELIO_DAY },
  { "rust", 50, 0 },   { "rust", 0, 0 },   { "rust", 0, HELIO_DAY },
};

/* Reads the bucket in the given way: pages must join, and hold the truth. */
static void
walk (AwFixture *fixture, const char *bucket, int64_t lo, int64_t hi, const Way *way)
{
  HelioAwCost cost
      = { .limit = way->limit, .uses_windows = way->window > 0, .window = way->window };
  g_autoptr (HelioPageWalker) walker
      = helio_page_walker_new (fixture->client, bucket, lo, hi, &cost);
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) truth = aw_fixture_truth (fixture, bucket, lo, hi);
  int64_t next_hi = hi;
  guint pages = 0;

  while (!helio_page_walker_is_done (walker))
    {
      g_autoptr (GError) error = NULL;

      /* So small that there are many borders. */
      if (way->limit > 0)
        cost.limit = way->limit;
      if (way->window > 0)
        cost.window = way->window;
      g_assert_true (helio_page_walker_next (walker, page, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (page->hi, ==, next_hi);
      g_assert_cmpint (page->lo, <=, page->hi);
      g_assert_true (page->proves_absence);
      g_assert_cmpuint (page->data->len, <=, PAGE_BYTES);
      next_hi = page->lo - 1;
      aw_fixture_add_page (lines, page);
      g_assert_cmpuint (++pages, <, 100000);
    }
  g_assert_cmpint (page->lo, ==, lo);
  aw_fixture_assert_same (lines, truth);
}

static void
check_manners (AwFixture *fixture)
{
  g_assert_cmpint (aw_fixture_stat (fixture, "without_limit"), ==, 0);
  g_assert_cmpint (aw_fixture_stat (fixture, "origins"), ==, 0);
  g_assert_cmpint (aw_fixture_stat (fixture, "max_limit"), <=, 10000);
  g_assert_cmpint (aw_fixture_stat (fixture, "export"), ==, 0);
}

static void
test_odd_history (gconstpointer data)
{
  const Way *way = data;
  AwFixture fixture;
  g_autoptr (GPtrArray) buckets = NULL;
  g_autoptr (GError) error = NULL;

  aw_fixture_start (&fixture, way->flavour, "--generate", "2000", "--odd", "--seed", "7", "--now",
                    NOW_TEXT, NULL);
  buckets = helio_aw_client_list_buckets (fixture.client, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (buckets->len, >, 1);
  for (guint i = 0; i < buckets->len; i++)
    {
      const HelioBucket *bucket = buckets->pdata[i];

      g_test_message ("%s", bucket->id);
      walk (&fixture, bucket->id, HELIO_TIME_MIN, NOW, way);
      walk (&fixture, bucket->id, NOW - 9 * HELIO_DAY - 1234, NOW - 2 * HELIO_DAY - 77, way);
    }
  check_manners (&fixture);
  aw_fixture_stop (&fixture);
}

/* What real watchers do not record but the servers hold. */
static void
test_hard_events (gconstpointer data)
{
  const Way *way = data;
  AwFixture fixture;

  aw_fixture_start (&fixture, way->flavour, NULL);
  aw_fixture_create (&fixture, "b");
  walk (&fixture, "b", HELIO_TIME_MIN, NOW, way);

  for (int i = 0; i < 120; i++)
    aw_fixture_insert (&fixture, "b", NOW - HELIO_DAY, i % 3, "{\"n\":\"run of equal starts\"}");
  for (int i = 0; i < 150; i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"i\":%d,\"a\":1.50}", i);
      int64_t start = NOW - g_test_rand_int_range (0, 4 * 86400) * HELIO_SECOND;
      double duration = g_test_rand_int_range (0, 4) == 0 ? g_test_rand_int_range (-300, 200000)
                                                          : g_test_rand_double_range (0, 30);

      aw_fixture_insert (&fixture, "b", start, duration, text);
    }
  aw_fixture_insert (&fixture, "b", NOW - 40 * HELIO_DAY, 3 * 86400, "{\"three\":\"days\"}");
  aw_fixture_insert (&fixture, "b", NOW - 39 * HELIO_DAY, 0, "{\"inside\":true}");
  aw_fixture_insert (&fixture, "b", NOW, 60, "{\"ends\":\"beyond now\"}");
  aw_fixture_insert (&fixture, "b", NOW + 1, 60, "{\"begins\":\"beyond now\"}");
  aw_fixture_insert (&fixture, "b", NOW + 2, 0, "{\"begins\":\"beyond now\"}");
  aw_fixture_insert (&fixture, "b", NOW + HELIO_DAY, 60, "{\"future\":true}");
  aw_fixture_insert (&fixture, "b", 1000, 5, "{\"old\":1970}");
  aw_fixture_insert (&fixture, "b", -5000, 60, "{\"crosses\":1970}");
  walk (&fixture, "b", HELIO_TIME_MIN, NOW, way);
  walk (&fixture, "b", NOW - HELIO_DAY, NOW - HELIO_DAY, way);
  walk (&fixture, "b", NOW - HELIO_DAY + 1, NOW - 1, way);
  check_manners (&fixture);
  aw_fixture_stop (&fixture);
}

/* Between two pages anything may change: a page holds the truth of its own moment. */
static void
test_changes (gconstpointer data)
{
  const Way *way = data;
  HelioAwCost cost = { .limit = 100 };
  AwFixture fixture;
  g_autoptr (HelioPage) page = helio_page_new ();

  aw_fixture_start (&fixture, way->flavour, "--generate", "2000", "--odd", "--seed", "3", "--now",
                    NOW_TEXT, NULL);
  g_autoptr (HelioPageWalker) walker = helio_page_walker_new (
      fixture.client, "aw-watcher-window_laptop", HELIO_TIME_MIN, NOW, &cost);

  for (int i = 1; !helio_page_walker_is_done (walker); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) truth = NULL;
      g_autofree char *change = g_strdup_printf (
          "{\"seed\":%d,\"steps\":40,\"bucket\":\"aw-watcher-window_laptop\"}", i);

      cost.limit = 100;
      g_assert_true (helio_page_walker_next (walker, page, NULL, &error));
      g_assert_no_error (error);
      truth = aw_fixture_truth (&fixture, "aw-watcher-window_laptop", page->lo, page->hi);
      aw_fixture_add_page (lines, page);
      aw_fixture_assert_same (lines, truth);
      g_free (aw_fixture_call (&fixture, "POST", "/_test/mutate", change));
    }
  g_clear_pointer (&walker, helio_page_walker_free);
  aw_fixture_stop (&fixture);
}

/* An answer too large is asked for in smaller pieces. */
static void
test_large_events (void)
{
  const Way way = { "rust", 0, 0 };
  AwFixture fixture;
  g_autofree char *title = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *text = g_strdup_printf ("{\"t\":\"%s\"}", title);

  aw_fixture_start (&fixture, "rust", NULL);
  aw_fixture_create (&fixture, "b");
  for (int i = 0; i < 20; i++)
    aw_fixture_insert (&fixture, "b", NOW - i / 3 * HELIO_MINUTE, 30, text);
  walk (&fixture, "b", HELIO_TIME_MIN, NOW, &way);
  check_manners (&fixture);
  aw_fixture_stop (&fixture);
}

static void
test_missing_bucket (void)
{
  HelioAwCost cost = { 0 };
  AwFixture fixture;
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  aw_fixture_start (&fixture, "rust", NULL);
  g_autoptr (HelioPageWalker) walker
      = helio_page_walker_new (fixture.client, "none", HELIO_TIME_MIN, NOW, &cost);
  g_assert_false (helio_page_walker_next (walker, page, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_NO_BUCKET);
  g_assert_false (helio_page_walker_is_done (walker));
  g_clear_pointer (&walker, helio_page_walker_free);
  aw_fixture_stop (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *way
          = g_strdup_printf ("%s%s%s", ways[i].flavour, ways[i].limit > 0 ? "-in-small-pages" : "",
                             ways[i].window > 0 ? "-in-windows" : "");
      g_autofree char *odd = g_strdup_printf ("/source/page-walker/reads-odd-history/%s", way);
      g_autofree char *hard = g_strdup_printf ("/source/page-walker/reads-hard-events/%s", way);
      g_autofree char *changes = g_strdup_printf ("/source/page-walker/bears-changes/%s", way);

      g_test_add_data_func (odd, &ways[i], test_odd_history);
      g_test_add_data_func (hard, &ways[i], test_hard_events);
      if (ways[i].limit > 0)
        g_test_add_data_func (changes, &ways[i], test_changes);
    }
  g_test_add_func ("/source/page-walker/halves-what-is-too-large", test_large_events);
  g_test_add_func ("/source/page-walker/says-that-the-bucket-is-missing", test_missing_bucket);
  return g_test_run ();
}
