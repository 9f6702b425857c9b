/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "aw-fixture.h"
#include "model/helio-error.h"
#include "source/helio-tail.h"

#define NOW G_GINT64_CONSTANT (1793527200000)
#define DEAR G_GINT64_CONSTANT (300000)

static const char *const flavours[] = { "python", "rust" };

static gboolean
poll_at (AwFixture *fixture, HelioTail *tail, int64_t now)
{
  gboolean is_changed = FALSE;
  g_autoptr (GError) error = NULL;

  g_assert_true (helio_tail_poll (fixture->client, "b", tail, now, &is_changed, NULL, &error));
  g_assert_no_error (error);
  return is_changed;
}

/* A bucket with one event, polled once. */
static void
begin (AwFixture *fixture, const char *flavour, HelioTail *tail)
{
  aw_fixture_start (fixture, flavour, NULL);
  aw_fixture_create (fixture, "b");
  aw_fixture_insert (fixture, "b", NOW - 5000, 1, "{\"a\":1}");
  g_assert_true (poll_at (fixture, tail, NOW));
}

/* Polls 5 s later, as if a read by limit cost much. */
static gboolean
poll_dear (AwFixture *fixture, HelioTail *tail, int64_t *now)
{
  tail->limit_us = DEAR;
  return poll_at (fixture, tail, *now += 5000);
}

/* As if it cost little, however slow this machine is. */
static gboolean
poll_cheap (AwFixture *fixture, HelioTail *tail, int64_t now)
{
  tail->limit_us = 0;
  return poll_at (fixture, tail, now);
}

/* The page says about its authority what is true. */
static void
check_page (AwFixture *fixture, const HelioTail *tail)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) truth = aw_fixture_truth (fixture, "b", tail->page->lo, tail->page->hi);

  aw_fixture_add_page (lines, tail->page);
  aw_fixture_assert_same (lines, truth);
}

static void
heartbeat (AwFixture *fixture, int64_t start, double duration)
{
  g_autofree char *body = NULL;
  g_autofree char *text = g_strdup_printf ("%.3f", duration);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (start / 1000);
  g_autofree char *iso = g_date_time_format (time, "%FT%TZ");

  body = g_strdup_printf ("{\"timestamp\":\"%s\",\"duration\":%s,\"data\":{\"a\":1}}", iso, text);
  g_free (aw_fixture_call (fixture, "POST", "/api/0/buckets/b/heartbeat?pulsetime=60", body));
}

static void
test_cheap (gconstpointer flavour)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  HelioTail copy;

  aw_fixture_start (&fixture, flavour, NULL);
  aw_fixture_create (&fixture, "b");
  g_assert_true (poll_cheap (&fixture, &tail, NOW));
  g_assert_cmpuint (tail.page->events->len, ==, 0);
  g_assert_cmpint (tail.page->lo, ==, HELIO_TIME_MIN);
  g_assert_cmpint (tail.page->hi, ==, NOW);
  g_assert_false (poll_cheap (&fixture, &tail, NOW + 1));

  for (int i = 0; i < 200; i++)
    aw_fixture_insert (&fixture, "b", NOW - 400 * HELIO_MINUTE + i * HELIO_MINUTE, 10, "{\"a\":1}");
  g_assert_true (poll_cheap (&fixture, &tail, NOW + 2));
  g_assert_cmpint (tail.read_at, ==, NOW + 2);
  g_assert_cmpint (tail.changed_at, ==, NOW + 2);
  g_assert_true (tail.page->proves_absence);
  check_page (&fixture, &tail);
  g_assert_false (poll_cheap (&fixture, &tail, NOW + 3));
  g_assert_cmpint (tail.read_at, ==, NOW + 3);
  g_assert_cmpint (tail.changed_at, ==, NOW + 2);

  /* More came than a first read returns: it reaches what was known. */
  for (int i = 200; i < 300; i++)
    aw_fixture_insert (&fixture, "b", NOW - 400 * HELIO_MINUTE + i * HELIO_MINUTE, 10, "{\"a\":1}");
  helio_tail_copy (&tail, &copy);
  g_assert_true (poll_cheap (&fixture, &tail, NOW + 4));
  g_assert_cmpint (tail.page->lo, <=, helio_page_event (copy.page, 0)->start);
  check_page (&fixture, &tail);
  helio_tail_clear (&copy);

  /* Future events hide nothing, and are none yet. */
  for (int i = 0; i < 40; i++)
    aw_fixture_insert (&fixture, "b", NOW + HELIO_DAY + i, 10, "{\"a\":1}");
  g_assert_false (poll_cheap (&fixture, &tail, NOW + 5) && tail.page->events->len == 0);
  g_assert_cmpuint (tail.page->events->len, >, 0);
  check_page (&fixture, &tail);
  g_assert_cmpint (aw_fixture_stat (&fixture, "without_limit"), ==, 0);
  g_assert_cmpint (aw_fixture_stat (&fixture, "max_limit"), <=, 1024);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

static void
test_dear (gconstpointer flavour)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  int64_t now = NOW;
  int64_t reads;

  aw_fixture_start (&fixture, flavour, NULL);
  aw_fixture_create (&fixture, "b");
  for (int i = 0; i < 50; i++)
    aw_fixture_insert (&fixture, "b", NOW - 100 * HELIO_MINUTE + i * HELIO_MINUTE, 70, "{\"a\":2}");
  /* A read by time begins in the midst of it, and gets it cut to its own beginning. */
  aw_fixture_insert (&fixture, "b", NOW - 20 * HELIO_MINUTE, 900, "{\"a\":5}");
  heartbeat (&fixture, NOW - 10 * HELIO_SECOND, 0);
  g_assert_true (poll_at (&fixture, &tail, now));

  /* From here on as if a read by limit cost much, and one by time less. */
  tail.limit_us = DEAR;
  poll_at (&fixture, &tail, now += 5000);
  g_assert_false (tail.page->proves_absence);
  g_assert_cmpint (tail.start_us, >, 0);
  tail.limit_us = DEAR;
  check_page (&fixture, &tail);
  reads = aw_fixture_stat (&fixture, "events");

  /* Nothing new: no tail is read, yet it is known to be true. */
  g_assert_false (poll_at (&fixture, &tail, now += 5000));
  g_assert_cmpint (tail.read_at, ==, now);
  g_assert_cmpint (aw_fixture_stat (&fixture, "events"), ==, reads);

  /* It grows. */
  heartbeat (&fixture, NOW, 5);
  g_assert_true (poll_at (&fixture, &tail, now += 5000));
  g_assert_cmpint (tail.read_at, ==, now);
  g_assert_cmpint (helio_page_event (tail.page, 0)->duration, ==, 15000);
  g_assert_false (tail.page->proves_absence);
  g_assert_cmpint (aw_fixture_stat (&fixture, "events"), ==, reads);

  /* It grows, and another begins: both are seen at once. */
  heartbeat (&fixture, NOW + 6000, 0);
  aw_fixture_insert (&fixture, "b", NOW + 7000, 1, "{\"a\":3}");
  g_assert_true (poll_at (&fixture, &tail, now += 5000));
  g_assert_cmpint (helio_page_event (tail.page, 0)->start, ==, NOW + 7000);
  g_assert_cmpint (helio_page_event (tail.page, 1)->duration, ==, 16000);
  check_page (&fixture, &tail);

  /* The budget is used up: the page stays, and does not claim to be fresh. */
  aw_fixture_insert (&fixture, "b", NOW + 9000, 1, "{\"a\":4}");
  tail.limit_us = DEAR;
  tail.budget_us = -1000000;
  g_assert_false (poll_at (&fixture, &tail, now + 5000));
  g_assert_cmpint (tail.read_at, ==, now);
  g_assert_true (poll_at (&fixture, &tail, now += 300000));
  g_assert_cmpint (helio_page_event (tail.page, 0)->start, ==, NOW + 9000);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

/* The next @count counts take longer, as if the server had another's question to answer first. */
static void
slow_down (AwFixture *fixture, int delay_ms, int count)
{
  g_autofree char *body = g_strdup_printf (
      "{\"path\":\"/events/count\",\"delay_ms\":%d,\"count\":%d}", delay_ms, count);

  g_free (aw_fixture_call (fixture, "POST", "/_test/fault", body));
}

static void
test_stall (gconstpointer flavour)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  int64_t now = NOW;

  begin (&fixture, flavour, &tail);

  /* One slow answer hides nothing, though it be the first. */
  for (int i = 0; i < 2; i++)
    {
      slow_down (&fixture, 700, 1);
      poll_dear (&fixture, &tail, &now);
      aw_fixture_insert (&fixture, "b", now, 1, i == 0 ? "{\"a\":2}" : "{\"a\":3}");
      g_assert_true (poll_dear (&fixture, &tail, &now));
      g_assert_cmpint (helio_page_event (tail.page, 0)->start, ==, now - 5000);
      for (int j = 0; j < 30; j++)
        poll_dear (&fixture, &tail, &now);
    }
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

/* A server that is slow each time, or each second time, is spared: 1 % of 150 s, and what was saved
 * before. */
static void
test_slow (gconstpointer steps)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  int64_t now = NOW;

  begin (&fixture, "python", &tail);
  for (int i = 0; i < 30; i++)
    {
      if (i % GPOINTER_TO_INT (steps) == 0)
        slow_down (&fixture, 300, 1);
      poll_dear (&fixture, &tail, &now);
    }
  g_assert_cmpint (aw_fixture_stat (&fixture, "count"), >, 3);
  g_assert_cmpint (300 / GPOINTER_TO_INT (steps) * aw_fixture_stat (&fixture, "count"), <=,
                   1500 + 600 + 300);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

static void
test_vanished (gconstpointer flavour)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  g_autofree char *path = NULL;

  aw_fixture_start (&fixture, flavour, NULL);
  aw_fixture_create (&fixture, "b");
  aw_fixture_insert (&fixture, "b", NOW - 5000, 1, "{\"a\":1}");
  aw_fixture_insert (&fixture, "b", NOW - 1000, 1, "{\"a\":2}");
  g_assert_true (poll_at (&fixture, &tail, NOW));
  tail.limit_us = DEAR;
  path = g_strdup_printf ("/api/0/buckets/b/events/%" G_GINT64_FORMAT,
                          helio_page_event (tail.page, 0)->id);
  g_free (aw_fixture_call (&fixture, "DELETE", path, NULL));
  g_assert_true (poll_at (&fixture, &tail, NOW + 5000));
  g_assert_cmpint (helio_page_event (tail.page, 0)->start, ==, NOW - 5000);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

/* The Python server gives the id of an event that was deleted to the next one: as many events as
 * before, and the id is there. */
static void
test_given_away (void)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  int64_t id;
  g_autofree char *path = NULL;

  aw_fixture_start (&fixture, "python", NULL);
  aw_fixture_create (&fixture, "b");
  aw_fixture_insert (&fixture, "b", NOW - 5000, 1, "{\"a\":1}");
  aw_fixture_insert (&fixture, "b", NOW - 1000, 1, "{\"a\":2}");
  g_assert_true (poll_at (&fixture, &tail, NOW));
  for (int i = 1; i <= 2; i++)
    {
      tail.limit_us = DEAR;
      poll_at (&fixture, &tail, NOW + i);
    }
  id = helio_page_event (tail.page, 0)->id;
  path = g_strdup_printf ("/api/0/buckets/b/events/%" G_GINT64_FORMAT, id);
  g_free (aw_fixture_call (&fixture, "DELETE", path, NULL));
  aw_fixture_insert (&fixture, "b", NOW - 500, 3, "{\"a\":3}");
  tail.limit_us = DEAR;
  g_assert_true (poll_at (&fixture, &tail, NOW + 5000));
  g_assert_cmpint (helio_page_event (tail.page, 0)->id, ==, id);
  g_assert_cmpint (helio_page_event (tail.page, 0)->start, ==, NOW - 500);
  check_page (&fixture, &tail);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

static void
test_error (void)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  HelioTail before;
  gboolean is_changed;
  g_autoptr (GError) error = NULL;

  begin (&fixture, "rust", &tail);
  before = tail;
  g_free (aw_fixture_call (&fixture, "DELETE", "/api/0/buckets/b?force=1", NULL));
  g_assert_false (helio_tail_poll (fixture.client, "b", &tail, NOW + 5, &is_changed, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_NO_BUCKET);
  g_assert_true (memcmp (&before, &tail, sizeof tail) == 0);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

/* A second of an idle reader with a large bucket, in the server's own costs. */
static void
test_idle_cost (void)
{
  AwFixture fixture;
  HelioTail tail = { 0 };
  int64_t before;

  aw_fixture_start (&fixture, "python", "--pace", "python", "--events-in", "b=200000", "--now",
                    "1793527200000", NULL);
  for (int i = 0; i < 5; i++)
    poll_at (&fixture, &tail, NOW + i * 5000);
  before = aw_fixture_stat (&fixture, "us");
  for (int i = 5; i < 25; i++)
    poll_at (&fixture, &tail, NOW + i * 5000);
  /* 1 % of a core over 100 s. */
  g_assert_cmpint (aw_fixture_stat (&fixture, "us") - before, <, 1000000);
  helio_tail_clear (&tail);
  aw_fixture_stop (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (flavours); i++)
    {
      g_autofree char *cheap = g_strdup_printf ("/source/tail/reads-by-limit/%s", flavours[i]);
      g_autofree char *dear = g_strdup_printf ("/source/tail/spares-a-dear-server/%s", flavours[i]);
      g_autofree char *stall
          = g_strdup_printf ("/source/tail/sees-what-follows-a-stall/%s", flavours[i]);
      g_autofree char *vanished
          = g_strdup_printf ("/source/tail/notices-a-vanished-event/%s", flavours[i]);

      g_test_add_data_func (cheap, flavours[i], test_cheap);
      g_test_add_data_func (dear, flavours[i], test_dear);
      g_test_add_data_func (stall, flavours[i], test_stall);
      g_test_add_data_func (vanished, flavours[i], test_vanished);
    }
  g_test_add_data_func ("/source/tail/spares-a-slow-server/always", GINT_TO_POINTER (1), test_slow);
  g_test_add_data_func ("/source/tail/spares-a-slow-server/at-times", GINT_TO_POINTER (2),
                        test_slow);
  g_test_add_func ("/source/tail/trusts-no-id-that-was-given-away", test_given_away);
  g_test_add_func ("/source/tail/stays-as-it-was-after-an-error", test_error);
  g_test_add_func ("/source/tail/costs-little-when-idle", test_idle_cost);
  return g_test_run ();
}
