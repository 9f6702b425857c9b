/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/helio-event.h"
#include "protocol/helio-protocol-answer.h"
#include "sync/helio-sent-list.h"

typedef struct
{
  HelioBucket *bucket;
  HelioEventsBody *body;
  GArray *rejected;
  HelioSentList *list;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  fixture->body = helio_events_body_new (fixture->bucket);
  fixture->rejected = g_array_new (FALSE, TRUE, sizeof (HelioRejection));
  fixture->list = helio_sent_list_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  helio_bucket_free (fixture->bucket);
  helio_events_body_free (fixture->body);
  g_array_unref (fixture->rejected);
  helio_sent_list_free (fixture->list);
}

static void
add_upsert (Fixture *fixture, int64_t start, int64_t duration, const char *data)
{
  helio_events_body_add_upsert (fixture->body, start, 0, duration, 7, data, strlen (data));
}

static void
send_events (Fixture *fixture, guint first, guint n, int64_t at)
{
  helio_sent_list_add_events (fixture->list, "b", fixture->body, first, n, fixture->rejected, at);
}

static const HelioSentItem *
item_at (Fixture *fixture, guint index)
{
  g_autoptr (GPtrArray) items = helio_sent_list_get_items (fixture->list);

  g_assert_cmpuint (index, <, items->len);
  return items->pdata[index];
}

static guint
count (Fixture *fixture)
{
  g_autoptr (GPtrArray) items = helio_sent_list_get_items (fixture->list);

  return items->len;
}

static void
test_newest_first (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  add_upsert (fixture, 300, 5, "{\"title\":\"c\"}");
  add_upsert (fixture, 200, 0, "{\"title\":\"b\"}");
  add_upsert (fixture, 100, 0, "{\"title\":\"a\"}");
  send_events (fixture, 0, 2, 1000);
  send_events (fixture, 2, 1, 1001);
  g_assert_cmpuint (count (fixture), ==, 3);
  g_assert_cmpint (item_at (fixture, 0)->start, ==, 100);
  g_assert_cmpint (item_at (fixture, 1)->start, ==, 300);
  g_assert_cmpint (item_at (fixture, 1)->duration, ==, 5);
  g_assert_cmpint (item_at (fixture, 1)->at, ==, 1000);
  g_assert_cmpstr (item_at (fixture, 1)->data, ==, "{\"title\":\"c\"}");
  g_assert_cmpstr (item_at (fixture, 2)->bucket, ==, "b");
}

static void
test_once_more (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  uint64_t id;

  add_upsert (fixture, 100, 5, "{\"title\":\"a\"}");
  add_upsert (fixture, 90, 1, "{\"title\":\"b\"}");
  add_upsert (fixture, 100, 8, "{\"title\":\"a\"}");
  send_events (fixture, 0, 2, 1000);
  id = item_at (fixture, 0)->id;
  send_events (fixture, 2, 1, 2000);
  g_assert_cmpuint (count (fixture), ==, 2);
  g_assert_cmpuint (item_at (fixture, 0)->id, ==, id);
  g_assert_cmpint (item_at (fixture, 0)->duration, ==, 8);
  g_assert_cmpint (item_at (fixture, 0)->at, ==, 2000);
}

static void
test_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioRejection rejection = { .index = 1 };

  add_upsert (fixture, 300, 0, "{}");
  add_upsert (fixture, 200, 0, "{}");
  add_upsert (fixture, 100, 0, "{}");
  g_array_append_val (fixture->rejected, rejection);
  send_events (fixture, 1, 2, 1000);
  g_assert_false (item_at (fixture, 0)->is_refused);
  g_assert_true (item_at (fixture, 1)->is_refused);
  g_assert_cmpint (item_at (fixture, 1)->start, ==, 100);
}

static void
test_bounded (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *title = g_strnfill (3 * HELIO_SENT_MAX_DATA, 'x');
  g_autofree char *large = g_strdup_printf ("{\"title\":\"é%s\"}", title);

  for (int i = 0; i < 5000; i++)
    add_upsert (fixture, 10000 - i, 0, large);
  send_events (fixture, 0, 5000, 1000);
  g_assert_cmpuint (count (fixture), ==, HELIO_SENT_MAX);
  g_assert_cmpint (item_at (fixture, 0)->start, ==, 10000);
  g_assert_true (item_at (fixture, 0)->is_cut);
  g_assert_cmpuint (strlen (item_at (fixture, 0)->data), <=, HELIO_SENT_MAX_DATA);
  g_assert_true (g_utf8_validate (item_at (fixture, 0)->data, -1, NULL));
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (HelioPresence) presence = helio_presence_new (HELIO_STATE_ACTIVE, i);

      helio_sent_list_add_presence (fixture->list, presence, 2000 + i);
    }
  g_assert_cmpuint (count (fixture), ==, 2 * HELIO_SENT_MAX);
}

static void
test_deletions_together (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  helio_sent_list_add_deletions (fixture->list, "b", 0, 1000);
  g_assert_cmpuint (count (fixture), ==, 0);
  helio_sent_list_add_deletions (fixture->list, "b", 5000, 1000);
  helio_sent_list_add_deletions (fixture->list, "b", 20, 1500);
  helio_sent_list_add_deletions (fixture->list, "c", 1, 1600);
  helio_sent_list_add_deletions (fixture->list, "c", 1, 1600 + HELIO_HOUR);
  g_assert_cmpuint (count (fixture), ==, 3);
  g_assert_cmpint (item_at (fixture, 2)->count, ==, 5020);
  g_assert_cmpint (item_at (fixture, 2)->at, ==, 1500);
}

static void
test_presence_repeated (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) active = helio_presence_new (HELIO_STATE_ACTIVE, 1);
  g_autoptr (HelioPresence) away = helio_presence_new (HELIO_STATE_AWAY, 2);
  uint64_t id;

  active->app = g_strdup ("Editor");
  helio_sent_list_add_presence (fixture->list, active, 1000);
  id = item_at (fixture, 0)->id;
  helio_sent_list_add_presence (fixture->list, active, 61000);
  g_assert_cmpuint (count (fixture), ==, 1);
  g_assert_cmpuint (item_at (fixture, 0)->id, ==, id);
  g_assert_cmpint (item_at (fixture, 0)->at, ==, 61000);
  helio_sent_list_add_presence (fixture->list, away, 62000);
  helio_sent_list_add_presence (fixture->list, active, 63000);
  g_assert_cmpuint (count (fixture), ==, 3);
  g_assert_cmpstr (item_at (fixture, 0)->presence->app, ==, "Editor");
}

static void
test_taken_over (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioSentList) newer = helio_sent_list_new ();

  add_upsert (fixture, 200, 1, "{\"title\":\"b\"}");
  add_upsert (fixture, 100, 1, "{\"title\":\"a\"}");
  send_events (fixture, 0, 2, 1000);
  uint64_t id = item_at (fixture, 1)->id;
  helio_sent_list_add_events (newer, "b", fixture->body, 1, 1, fixture->rejected, 2000);
  helio_sent_list_add_deletions (newer, "b", 3, 3000);
  helio_sent_list_take (fixture->list, newer);
  g_assert_cmpuint (count (fixture), ==, 3);
  g_assert_cmpint (item_at (fixture, 0)->count, ==, 3);
  g_assert_cmpuint (item_at (fixture, 1)->id, ==, id);
  g_assert_cmpint (item_at (fixture, 2)->start, ==, 200);
  g_autoptr (GPtrArray) left = helio_sent_list_get_items (newer);
  g_assert_cmpuint (left->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/sync/sent-list/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("is-newest-first", test_newest_first);
  ADD ("has-what-is-sent-again-once", test_once_more);
  ADD ("tells-what-was-refused", test_refused);
  ADD ("is-bounded", test_bounded);
  ADD ("counts-deletions-together", test_deletions_together);
  ADD ("has-repeated-presence-once", test_presence_repeated);
  ADD ("takes-over-another", test_taken_over);
#undef ADD
  return g_test_run ();
}
