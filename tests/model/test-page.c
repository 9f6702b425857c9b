/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-page.h"

static void
check_sorted (HelioPage *page)
{
  for (guint i = 1; i < page->events->len; i++)
    g_assert_cmpint (helio_page_event (page, i)->start, <=, helio_page_event (page, i - 1)->start);
  for (guint i = 0; i < page->events->len; i++)
    {
      const HelioEvent *event = helio_page_event (page, i);
      g_autofree char *expected = g_strdup_printf ("{\"id\":%" G_GINT64_FORMAT "}", event->id);

      g_assert_cmpmem (helio_page_event_data (page, event), event->data_len, expected,
                       strlen (expected));
    }
}

static void
add (HelioPage *page, int64_t start, int64_t id)
{
  g_autofree char *data = g_strdup_printf ("{\"id\":%" G_GINT64_FORMAT "}", id);

  helio_page_add (page, start, 1, id, data, strlen (data));
}

static void
test_sort (void)
{
  g_autoptr (HelioPage) page = helio_page_new ();

  helio_page_sort (page);
  for (int64_t i = 0; i < 1000; i++)
    add (page, g_test_rand_int_range (-50, 50) * (G_GINT64_CONSTANT (1) << 40), i);
  helio_page_sort (page);
  g_assert_cmpuint (page->events->len, ==, 1000);
  check_sorted (page);
}

static void
test_sorted_stays (void)
{
  g_autoptr (HelioPage) page = helio_page_new ();

  for (int64_t i = 0; i < 100; i++)
    add (page, (100 - i) / 3, i);
  helio_page_sort (page);
  check_sorted (page);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (helio_page_event (page, i)->id, ==, i);
}

static void
test_clear (void)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (HelioPage) other = helio_page_ref (page);

  g_assert_cmpint (page->hi, <, page->lo);
  add (page, 5, 1);
  page->lo = 1;
  page->hi = 9;
  page->proves_absence = FALSE;
  helio_page_clear (other);
  g_assert_cmpuint (page->events->len, ==, 0);
  g_assert_cmpuint (page->data->len, ==, 0);
  g_assert_cmpint (page->hi, <, page->lo);
  g_assert_true (page->proves_absence);
}

static int64_t
find_ongoing (const HelioPage *page, int64_t now)
{
  int index = helio_page_find_ongoing (page, now);

  return index < 0 ? -1 : helio_page_event (page, (guint) index)->id;
}

static void
test_ongoing (void)
{
  const int64_t now = 100 * HELIO_DAY;
  g_autoptr (HelioPage) page = helio_page_new ();

  g_assert_cmpint (find_ongoing (page, now), ==, -1);
  helio_page_add (page, now - 10, 5, 1, "{}", 2);
  helio_page_add (page, now - 10, 8, 2, "{}", 2);
  helio_page_add (page, now - 10, 0, 3, "{}", 2);
  helio_page_add (page, now - 9000, 9000, 4, "{}", 2);
  g_assert_cmpint (find_ongoing (page, now), ==, 2);
  /* Clocks differ a little. */
  g_assert_cmpint (find_ongoing (page, now - 30 * HELIO_SECOND), ==, 2);

  /* What a clock that was ahead recorded. */
  helio_page_add (page, now - 5, HELIO_HOUR, 5, "{}", 2);
  helio_page_add (page, now - 10, HELIO_HOUR, 6, "{}", 2);
  helio_page_sort (page);
  g_assert_cmpint (find_ongoing (page, now), ==, 2);
  g_assert_cmpint (find_ongoing (page, now + HELIO_HOUR), ==, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/model/page/sorts-newest-first", test_sort);
  g_test_add_func ("/model/page/leaves-sorted-events-alone", test_sorted_stays);
  g_test_add_func ("/model/page/clears-what-it-claims", test_clear);
  g_test_add_func ("/model/page/finds-what-may-be-going-on", test_ongoing);
  return g_test_run ();
}
