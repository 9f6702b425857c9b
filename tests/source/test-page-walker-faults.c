/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What may happen between the page and the second look at its border event. */

#include "model/helio-error.h"
#include "scripted-server.h"
#include "source/helio-page-walker.h"

/* 2026-11-01T10:00:00Z */
#define HI G_GINT64_CONSTANT (1793527200000)

#define EVENT(id, second, duration, data)                                                          \
  "{\"id\":" #id ",\"timestamp\":\"2026-11-01T09:59:" #second "Z\",\"duration\":" #duration        \
  ",\"data\":" data "}"
#define CLIPPED EVENT (7, 50, 10.001, "{\"a\":1}")
#define WHOLE EVENT (7, 50, 99, "{\"a\": 1}")
#define GONE "500 Internal Server Error", "{\"message\":\"Query returned no rows\"}"

typedef struct
{
  ScriptedServer *server;
  HelioAwClient *client;
  HelioPageWalker *walker;
  HelioAwCost cost;
  HelioPage *page;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  (void) data;
  fixture->server = scripted_server_new ();
  fixture->client = helio_aw_client_new (scripted_server_get_url (fixture->server), NULL, NULL);
  fixture->walker
      = helio_page_walker_new (fixture->client, "b", HELIO_TIME_MIN, HI, &fixture->cost);
  fixture->page = helio_page_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_assert_cmpuint (scripted_server_count_left (fixture->server), ==, 0);
  helio_page_walker_free (fixture->walker);
  helio_page_unref (fixture->page);
  g_assert_finalize_object (fixture->client);
  scripted_server_free (fixture->server);
}

static void
check_page (Fixture *fixture, int64_t duration)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (helio_page_walker_next (fixture->walker, fixture->page, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (helio_page_walker_is_done (fixture->walker));
  g_assert_cmpint (fixture->page->lo, ==, HELIO_TIME_MIN);
  g_assert_cmpint (fixture->page->hi, ==, HI);
  if (duration < 0)
    {
      g_assert_cmpuint (fixture->page->events->len, ==, 0);
      return;
    }
  g_assert_cmpuint (fixture->page->events->len, ==, 1);
  g_assert_cmpint (helio_page_event (fixture->page, 0)->duration, ==, duration);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
  scripted_server_answer_json (fixture->server, "200 OK", WHOLE);
  check_page (fixture, 99000);
}

/* What is clipped ends at a whole ms; of its start and duration, floored each, nothing is left that
 * would tell. */
static void
test_whole_between_ms (Fixture *fixture, gconstpointer data)
{
  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK",
                               "[" EVENT (7, 50.0009, 10.0001, "{\"a\":1}") "]");
  scripted_server_answer_json (fixture->server, "200 OK", EVENT (7, 50.0009, 99, "{\"a\":1}"));
  check_page (fixture, 99000);
}

static void
test_inner (Fixture *fixture, gconstpointer data)
{
  (void) data;
  /* It ends before the border, so it needs no second look. */
  scripted_server_answer_json (fixture->server, "200 OK", "[" EVENT (7, 50, 9.99, "{\"a\":1}") "]");
  check_page (fixture, 9990);
}

static void
test_vanished (Fixture *fixture, gconstpointer data)
{
  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
  scripted_server_answer_json (fixture->server, GONE);
  scripted_server_answer_json (fixture->server, "200 OK", "[]");
  check_page (fixture, -1);
}

static void
test_other (Fixture *fixture, gconstpointer data)
{
  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
  scripted_server_answer_json (fixture->server, "200 OK", EVENT (7, 50, 99, "{\"a\":2}"));
  scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
  scripted_server_answer_json (fixture->server, "200 OK", EVENT (7, 51, 99, "{\"a\":1}"));
  scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
  scripted_server_answer_json (fixture->server, "200 OK", WHOLE);
  check_page (fixture, 99000);
}

static void
test_restless (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  (void) data;
  for (int i = 0; i < 5; i++)
    {
      scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
      scripted_server_answer_json (fixture->server, GONE);
    }
  g_assert_false (helio_page_walker_next (fixture->walker, fixture->page, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_CHANGED);
  g_assert_cmpuint (fixture->page->events->len, ==, 0);
  g_assert_false (helio_page_walker_is_done (fixture->walker));

  /* The same page may be asked for again. */
  test_whole (fixture, NULL);
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[" CLIPPED "]");
  scripted_server_answer_json (fixture->server, "500 Oops", "{\"message\":\"locked\"}");
  g_assert_false (helio_page_walker_next (fixture->walker, fixture->page, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER);
  g_assert_cmpuint (fixture->page->events->len, ==, 0);
  test_whole (fixture, NULL);
}

#define add(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  add ("/source/page-walker/reads-border-events-whole", test_whole);
  add ("/source/page-walker/reads-border-events-whole-that-begin-between-ms",
       test_whole_between_ms);
  add ("/source/page-walker/trusts-inner-events", test_inner);
  add ("/source/page-walker/reads-again-when-an-event-vanished", test_vanished);
  add ("/source/page-walker/reads-again-when-an-id-is-another-event", test_other);
  add ("/source/page-walker/gives-up-on-restless-events", test_restless);
  add ("/source/page-walker/keeps-its-place-after-an-error", test_failed);
  return g_test_run ();
}
