/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a destination refuses, as a whole, in part or for now: nothing is lost by it. */

#include <stdlib.h>
#include <string.h>

#include "ledger/helio-ledger.h"
#include "sync-fixture.h"
#include "sync-proxy.h"

#define RUST "--flavour rust --generate 3000 --odd --seed 7"
#define WINDOW "aw-watcher-window_laptop"

static void
make_small (SyncFixture *fixture)
{
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/small",
                           "{\"type\":\"t\",\"client\":\"c\",\"hostname\":\"laptop\"}"));
}

static void
post_small (SyncFixture *fixture, const char *events)
{
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/small/events", events));
}

/* From here on the destination is behind it. */
static SyncProxy *
put_proxy (SyncFixture *fixture)
{
  SyncProxy *proxy = sync_proxy_new (fixture->server_url);

  g_free (fixture->job->url);
  fixture->job->url = g_strdup (sync_proxy_get_url (proxy));
  return proxy;
}

static void
test_oversized_event_is_rejected (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *big = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *body
      = g_strdup_printf ("[{\"timestamp\":\"2025-11-20T10:00:00Z\",\"duration\":5,"
                         "\"data\":{\"app\":\"%s\"}}]",
                         big);
  g_autoptr (HelioVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  HelioResult sum;

  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" WINDOW "/events", body));
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_rejected, ==, 1);
  sync_fixture_uncover (fixture, WINDOW);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_rejected, ==, 0);
  g_assert_cmpint (sum.n_sent, ==, 0);

  verdict = helio_verify_run (fixture->job, WINDOW, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (verdict->allowed, ==, verdict->held);
  g_assert_cmpint (verdict->differs->len, ==, 0);
}

/* What the destination refuses is not held in its older form either: that may have been forbidden
 * meanwhile. */
static void
test_refused_change_takes_the_old_form_away (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = NULL;
  g_autoptr (GError) error = NULL;
  SyncProxy *proxy;
  g_autofree char *big = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *added = NULL;
  g_autofree char *held = NULL;
  g_autofree char *body = NULL;
  HelioResult sum;

  make_small (fixture);
  added = sync_fixture_aw (fixture, "POST", "/api/0/buckets/small/events",
                           "[{\"timestamp\":\"2025-11-20T10:00:00Z\",\"duration\":5,"
                           "\"data\":{\"app\":\"old\"}}]");
  sync_fixture_run (fixture, "small", &sum);
  g_assert_cmpint (sum.n_sent, ==, 1);
  g_assert_nonnull (strstr (added, "\"id\":"));
  body = g_strdup_printf ("[{\"id\":%d,\"timestamp\":\"2025-11-20T10:00:00Z\",\"duration\":5,"
                          "\"data\":{\"app\":\"%s\"}}]",
                          atoi (strstr (added, "\"id\":") + 5), big);
  post_small (fixture, body);
  sync_fixture_uncover (fixture, "small");
  /* The old form can't be taken away at first. */
  proxy = put_proxy (fixture);
  sync_proxy_add_fault (proxy, SYNC_PROXY_STATUS, 1, TRUE, 503, NULL, NULL);
  bucket = sync_fixture_bucket (fixture, "small");
  g_assert_false (helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now,
                                     10 * G_USEC_PER_SEC, NULL, NULL, &sum, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_RETRY);
  g_assert_cmpuint (sync_proxy_get_n_met (proxy), ==, 1);
  sync_fixture_run (fixture, "small", &sum);
  g_assert_cmpint (sum.n_rejected, ==, 1);
  sync_proxy_free (proxy);
  held = sync_fixture_held (fixture, "small");
  g_assert_cmpstr (held, ==, "");
}

/* A page goes in two requests, the second of which fails: what was not sent is not covered. */
static void
test_half_a_page_is_not_all (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = sync_fixture_bucket (fixture, WINDOW);
  g_autoptr (GError) error = NULL;
  SyncProxy *proxy = put_proxy (fixture);
  HelioResult sum;

  sync_proxy_add_fault (proxy, SYNC_PROXY_TOO_LARGE, 0, TRUE, 0, NULL, NULL);
  sync_proxy_add_fault (proxy, SYNC_PROXY_STATUS, 2, TRUE, 503, NULL, NULL);
  g_assert_false (helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now,
                                     10 * G_USEC_PER_SEC, NULL, NULL, &sum, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_RETRY);
  g_assert_cmpint (sum.n_sent, >, 100);
  g_assert_cmpuint (sync_proxy_get_n_met (proxy), ==, 2);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_sent, >, 100);
  sync_fixture_assert_equal (fixture, WINDOW);
  sync_proxy_free (proxy);
}

/* Two are refused together: each is tried alone. */
static void
test_a_refused_pair_is_halved (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  SyncProxy *proxy = put_proxy (fixture);
  HelioResult sum;

  make_small (fixture);
  post_small (fixture,
              "[{\"timestamp\":\"2025-11-20T10:00:00Z\",\"duration\":5,\"data\":{\"app\":\"a\"}},"
              "{\"timestamp\":\"2025-11-20T11:00:00Z\",\"duration\":5,\"data\":{\"app\":\"b\"}}]");
  sync_proxy_add_fault (proxy, SYNC_PROXY_STATUS, 0, TRUE, 400, NULL, NULL);
  sync_fixture_run (fixture, "small", &sum);
  g_assert_cmpint (sum.n_rejected, ==, 0);
  g_assert_cmpint (sum.n_sent, ==, 2);
  sync_fixture_assert_equal (fixture, "small");
  sync_fixture_run (fixture, "small", &sum);
  g_assert_cmpint (sum.n_read, ==, 0);
  sync_proxy_free (proxy);
}

/* Refuses what is of several events, and of single ones every other. */
static void
refuse_halves (SyncProxy *proxy, guint n, guint *nth, guint *n_single)
{
  if (n > 1 || (*n_single)++ % 2 == 0)
    sync_proxy_add_fault (proxy, SYNC_PROXY_STATUS, *nth, TRUE, 400, NULL, NULL);
  ++*nth;
  if (n == 1)
    return;
  refuse_halves (proxy, n / 2, nth, n_single);
  refuse_halves (proxy, n - n / 2, nth, n_single);
}

static void
test_many_refused_among_others (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  SyncProxy *proxy = put_proxy (fixture);
  g_autoptr (GString) events = g_string_new ("[");
  guint nth = 0, n_single = 0;
  HelioResult sum;

  make_small (fixture);
  for (int i = 0; i < 50; i++)
    g_string_append_printf (events,
                            "%s{\"timestamp\":\"2025-11-20T10:%02d:00Z\",\"duration\":5,"
                            "\"data\":{\"app\":\"a\"}}",
                            i > 0 ? "," : "", i);
  g_string_append_c (events, ']');
  post_small (fixture, events->str);
  refuse_halves (proxy, 50, &nth, &n_single);
  sync_fixture_run (fixture, "small", &sum);
  g_assert_cmpint (sum.n_rejected, ==, 25);
  g_assert_cmpint (sum.n_sent, ==, 25);
  sync_proxy_free (proxy);
}

/* A destination that refuses whatever comes, as a proxy before it may, has nothing against the
 * events: it is stopped before all of them are on the list of what is not sent again. */
static void
test_refusing_everything_stops (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = sync_fixture_bucket (fixture, WINDOW);
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioLedgerDestination) row = { 0 };
  g_autoptr (GError) error = NULL;
  SyncProxy *proxy = put_proxy (fixture);
  HelioResult sum;

  for (guint i = 0; i < 200; i++)
    sync_proxy_add_fault (proxy, SYNC_PROXY_STATUS, i, TRUE, 400, NULL, NULL);
  g_assert_false (helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now,
                                     10 * G_USEC_PER_SEC, NULL, NULL, &sum, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (sum.n_sent, ==, 0);
  g_assert_cmpint (sum.n_rejected, ==, 19);

  sync_proxy_clear (proxy);
  sync_fixture_run (fixture, WINDOW, &sum);
  ledger = helio_ledger_open (fixture->job->ledger_path, &error);
  g_assert_no_error (error);
  helio_ledger_get_destination (ledger, fixture->job->destination, &row, &error);
  helio_ledger_retry_rejected (ledger, row.id, &error);
  g_assert_no_error (error);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_sent, ==, 19);
  sync_fixture_assert_equal (fixture, WINDOW);
  sync_proxy_free (proxy);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/sync/refusals/" name, SyncFixture, RUST, sync_fixture_set_up, function,            \
              sync_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("an-oversized-event-is-rejected", test_oversized_event_is_rejected);
  ADD ("a-refused-change-takes-the-old-form-away", test_refused_change_takes_the_old_form_away);
  ADD ("a-refused-pair-is-halved", test_a_refused_pair_is_halved);
  ADD ("many-refused-among-others", test_many_refused_among_others);
  ADD ("half-a-page-is-not-all", test_half_a_page_is_not_all);
  ADD ("refusing-everything-stops", test_refusing_everything_stops);
  return g_test_run ();
}
