/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/helio-error.h"
#include "scripted-server.h"
#include "source/helio-aw-client.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

typedef struct
{
  ScriptedServer *server;
  HelioAwClient *client;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->server = scripted_server_new ();
  fixture->client = helio_aw_client_new (scripted_server_get_url (fixture->server), data, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_assert_finalize_object (fixture->client);
  scripted_server_free (fixture->server);
}

static gboolean
read_events (Fixture *fixture, HelioPage *page, GError **error)
{
  const HelioAwRead read
      = { .start = HELIO_TIME_MIN, .end = HELIO_TIME_MAX, .limit = 10, .max_bytes = 16 << 20 };

  return helio_aw_client_read_events (fixture->client, "b", &read, page, NULL, error);
}

static void
test_request (Fixture *fixture, gconstpointer data)
{
  const HelioAwRead read = { .start = -1, .end = 1793527220123, .limit = 5, .max_bytes = 1000 };
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL;
  g_autofree char *host
      = g_strdup_printf ("\r\nHost: %s\r\n", scripted_server_get_url (fixture->server) + 7);

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[]");
  g_assert_true (helio_aw_client_read_events (fixture->client, "a b/c?d#e%f+\xc3\xa9\"..", &read,
                                              page, NULL, &error));
  g_assert_no_error (error);
  head = scripted_server_take_request (fixture->server);
  g_assert_true (g_str_has_prefix (
      head, "GET /api/0/buckets/a%20b%2Fc%3Fd%23e%25f%2B%C3%A9%22../events?limit=5"
            "&start=1969-12-31T23:59:59.999Z&end=2026-11-01T10:00:20.123Z HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (head, host));
  g_assert_nonnull (strstr (head, "\r\nAuthorization: Bearer secret\r\n"));
  g_assert_null (strstr (head, "Origin"));
  g_assert_null (strstr (head, "Accept-Encoding"));
}

static void
test_info (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioAwInfo) info = NULL;
  g_autofree char *head = NULL;

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK",
                               "{\"hostname\":\"vm\",\"version\":\"v0.14.0 (rust)\",\"testing\":"
                               "false,\"device_id\":\"x\"}");
  info = helio_aw_client_get_info (fixture->client, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->hostname, ==, "vm");
  g_assert_cmpstr (info->version, ==, "v0.14.0 (rust)");
  head = scripted_server_take_request (fixture->server);
  g_assert_true (g_str_has_prefix (head, "GET /api/0/info HTTP/1.1\r\n"));
  g_assert_null (strstr (head, "Authorization"));
}

static void
test_buckets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) buckets = NULL;
  g_autofree char *head = NULL;
  const HelioBucket *bucket;

  (void) data;
  scripted_server_answer_json (
      fixture->server, "200 OK",
      "{\"z\":{\"id\":\"z\",\"type\":\"t\",\"client\":\"c\",\"hostname\":\"h\",\"created\":"
      "\"2026\","
      "\"last_updated\":\"2026-11-01T10:00:20.123000+00:00\",\"data\":{}},"
      "\"broken\":7,\"\":{},"
      "\"a\":{\"metadata\":{\"start\":null,\"end\":\"2026-11-01T10:00:00Z\"},\"last_updated\":null,"
      "\"hostname\":null,\"data\":{\"$aw.sync.origin\":\"other\"}},"
      "\"m\":{\"type\":5,\"metadata\":null,\"last_updated\":\"soon\",\"data\":null},"
      "\"w-synced-from-h\":{}}");
  buckets = helio_aw_client_list_buckets (fixture->client, NULL, &error);
  g_assert_no_error (error);
  head = scripted_server_take_request (fixture->server);
  g_assert_true (g_str_has_prefix (head, "GET /api/0/buckets/ HTTP/1.1\r\n"));

  g_assert_cmpuint (buckets->len, ==, 4);
  bucket = buckets->pdata[0];
  g_assert_cmpstr (bucket->id, ==, "a");
  g_assert_cmpstr (bucket->hostname, ==, "");
  g_assert_cmpint (bucket->last, ==, 1793527200000);
  g_assert_true (bucket->is_synced_copy);
  bucket = buckets->pdata[1];
  g_assert_cmpstr (bucket->id, ==, "m");
  g_assert_cmpstr (bucket->type, ==, "");
  g_assert_cmpint (bucket->last, ==, HELIO_TIME_MIN);
  g_assert_false (bucket->is_synced_copy);
  bucket = buckets->pdata[2];
  g_assert_true (bucket->is_synced_copy);
  bucket = buckets->pdata[3];
  g_assert_cmpstr (bucket->id, ==, "z");
  g_assert_cmpstr (bucket->type, ==, "t");
  g_assert_cmpstr (bucket->created, ==, "2026");
  g_assert_cmpint (bucket->last, ==, 1793527220123);
}

static void
test_count (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL;

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "6\n");
  scripted_server_answer_json (fixture->server, "200 OK", "{\"count\":6}");
  g_assert_cmpint (helio_aw_client_count (fixture->client, "b", 0, NULL, &error), ==, 6);
  g_assert_no_error (error);
  head = scripted_server_take_request (fixture->server);
  g_assert_true (g_str_has_prefix (
      head, "GET /api/0/buckets/b/events/count?start=1970-01-01T00:00:00.000Z HTTP/1.1\r\n"));
  g_assert_cmpint (helio_aw_client_count (fixture->client, "b", 0, NULL, &error), ==, -1);
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *text;
    int code;
  } cases[] = {
    { "HTTP/1.1 401 Unauthorized\r\nContent-Length: 24\r\n\r\n{\"message\":\"no api key.\"}",
      HELIO_ERROR_AW_KEY },
    { "HTTP/1.1 400 Bad Request\r\nContent-Length: 38\r\n\r\n"
      "{\"message\":\"host header is not valid.\"}",
      HELIO_ERROR_AW_ADDRESS },
    { "HTTP/1.1 308 Permanent Redirect\r\nLocation: /x/\r\nContent-Length: 0\r\n\r\n",
      HELIO_ERROR_AW_ADDRESS },
    { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
      HELIO_ERROR_AW_ADDRESS },
    { "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
      "6\r\n\r\n<html>",
      HELIO_ERROR_AW_ADDRESS },
    { "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
      HELIO_ERROR_AW_ADDRESS },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n{\"detail\":\"Not Found\"}",
      HELIO_ERROR_AW_ADDRESS },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 49\r\n\r\n"
      "{\"message\":\"The requested bucket does not exist\"}",
      HELIO_ERROR_AW_NO_BUCKET },
    { "HTTP/1.1 500 Oops\r\nContent-Length: 35\r\n\r\n{\"message\":\"Internal Server Error\"}",
      HELIO_ERROR_AW_ANSWER },
    { "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", HELIO_ERROR_AW_ANSWER },
    { OK "Content-Length: 9\r\n\r\n{\"id\":1}]", HELIO_ERROR_AW_ANSWER },
    { OK "Content-Length: 3\r\n\r\n[][", HELIO_ERROR_AW_ANSWER },
    { OK "Content-Length: 0\r\n\r\n", HELIO_ERROR_AW_ANSWER },
    { OK "Content-Length: 100\r\n\r\n[", HELIO_ERROR_AW_ANSWER },
    { OK "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n", HELIO_ERROR_AW_ANSWER },
    { OK "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n0\r\n\r\n", HELIO_ERROR_AW_ANSWER },
    { OK "\r\n[", HELIO_ERROR_AW_ANSWER },
    { "SSH-2.0-OpenSSH_9.2\r\n\r\n", HELIO_ERROR_AW_ADDRESS },
  };

  (void) data;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HelioPage) page = helio_page_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu: %.30s", i, cases[i].text);
      scripted_server_answer (fixture->server, cases[i].text, -1, FALSE);
      g_assert_false (read_events (fixture, page, &error));
      g_assert_error (error, HELIO_ERROR, cases[i].code);
      g_assert_null (strstr (error->message, "secret"));
      g_assert_cmpuint (page->events->len, ==, 0);
      g_assert_cmpuint (scripted_server_count_left (fixture->server), ==, 0);
    }
}

#define ONE_EVENT                                                                                  \
  "{\"id\":3,\"timestamp\":\"2026-11-01T10:00:00Z\",\"duration\":1.5,\"data\":{\"a\":NaN}}"

static void
test_complete (Fixture *fixture, gconstpointer data)
{
  const char *const texts[] = {
    OK "Content-Length: 77\r\n\r\n[" ONE_EVENT "]",
    OK "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n4b\r\n" ONE_EVENT "\r\n2\r\n]\n\r\n0\r\n\r\n",
    OK "\r\n[" ONE_EVENT "]",
  };

  (void) data;
  g_assert_cmpuint (strlen (ONE_EVENT), ==, 75);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (HelioPage) page = helio_page_new ();
      g_autoptr (GError) error = NULL;

      scripted_server_answer (fixture->server, texts[i], -1, FALSE);
      g_assert_true (read_events (fixture, page, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (page->events->len, ==, 1);
      g_assert_cmpint (helio_page_event (page, 0)->duration, ==, 1500);
    }
}

static void
test_keeps_page (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  (void) data;
  helio_page_add (page, 1, 2, 3, "{}", 2);
  scripted_server_answer (fixture->server, OK "\r\n[" ONE_EVENT, -1, FALSE);
  g_assert_false (read_events (fixture, page, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER);
  g_assert_cmpuint (page->events->len, ==, 1);
  g_assert_cmpuint (page->data->len, ==, 2);
}

static void
test_single_event (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *status;
    const char *body;
    gboolean is_ok;
    gboolean is_found;
    int code;
  } cases[] = {
    { "200 OK", ONE_EVENT, TRUE, TRUE, 0 },
    { "404 NOT FOUND", "null\n", TRUE, FALSE, 0 },
    { "500 Internal Server Error",
      "{\"message\":\"Failed to map get_event SQL statement: Query returned no rows\"}", TRUE,
      FALSE, 0 },
    { "500 Internal Server Error", "{\"message\":\"Internal Server Error\"}", FALSE, TRUE,
      HELIO_ERROR_AW_ANSWER },
    { "404 NOT FOUND", "{\"message\":\"There's no bucket named b\"}", FALSE, TRUE,
      HELIO_ERROR_AW_NO_BUCKET },
    { "200 OK", "null", FALSE, TRUE, HELIO_ERROR_AW_ANSWER },
  };

  (void) data;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HelioPage) page = helio_page_new ();
      g_autoptr (GError) error = NULL;
      gboolean is_found = -1;

      g_test_message ("case %zu", i);
      scripted_server_answer_json (fixture->server, cases[i].status, cases[i].body);
      g_assert_cmpint (
          helio_aw_client_read_event (fixture->client, "b", 12, page, &is_found, NULL, &error), ==,
          cases[i].is_ok);
      if (cases[i].is_ok)
        {
          g_assert_no_error (error);
          g_assert_cmpint (is_found, ==, cases[i].is_found);
          g_assert_cmpuint (page->events->len, ==, cases[i].is_found);
        }
      else
        g_assert_error (error, HELIO_ERROR, cases[i].code);
    }
}

static void
test_stale_connection (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  (void) data;
  /* The second request meets a connection that is closed without an answer. */
  scripted_server_answer_json (fixture->server, "200 OK", "[]");
  scripted_server_hang_up (fixture->server);
  scripted_server_answer_json (fixture->server, "200 OK", "[" ONE_EVENT "]");
  g_assert_true (read_events (fixture, page, &error));
  g_assert_true (read_events (fixture, page, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (page->events->len, ==, 1);
  g_assert_cmpuint (scripted_server_count_left (fixture->server), ==, 0);
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  const HelioAwRead read
      = { .start = HELIO_TIME_MIN, .end = HELIO_TIME_MAX, .limit = 1, .max_bytes = 100 };
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[" ONE_EVENT "," ONE_EVENT "]");
  g_assert_false (helio_aw_client_read_events (fixture->client, "b", &read, page, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE);
  g_clear_error (&error);

  /* What was not read to its end does not block the next request. */
  scripted_server_answer_json (fixture->server, "200 OK", "[" ONE_EVENT "]");
  g_assert_true (read_events (fixture, page, &error));
  g_assert_no_error (error);
}

static void
test_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  (void) data;
  helio_aw_client_set_deadline (fixture->client, 0);
  scripted_server_answer_json (fixture->server, "200 OK", "[" ONE_EVENT "]");
  g_assert_false (read_events (fixture, page, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE);
  g_assert_cmpuint (page->events->len, ==, 0);
}

static void
test_large_event (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *title = g_strnfill (5 * 1024 * 1024, 'x');
  g_autofree char *body = g_strdup_printf ("[{\"id\":1,\"timestamp\":\"2026-11-01T10:00:00Z\","
                                           "\"duration\":1,\"data\":{\"t\":\"%s\"}}]",
                                           title);

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", body);
  g_assert_true (read_events (fixture, page, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (helio_page_event (page, 0)->data_len, ==, 5 * 1024 * 1024 + 8);
}

static gpointer
cancel_after_request (gpointer data)
{
  gpointer *both = data;

  g_free (scripted_server_take_request (both[0]));
  g_cancellable_cancel (both[1]);
  return NULL;
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  const char *const texts[] = { "", OK "Content-Length: 100\r\n\r\n[" };
  const HelioAwRead read
      = { .start = HELIO_TIME_MIN, .end = HELIO_TIME_MAX, .limit = 1, .max_bytes = 100 };

  (void) data;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (HelioPage) page = helio_page_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      gpointer both[] = { fixture->server, cancellable };
      GThread *thread;

      scripted_server_hang (fixture->server, texts[i]);
      thread = g_thread_new ("cancel", cancel_after_request, both);
      g_test_timer_start ();
      g_assert_false (
          helio_aw_client_read_events (fixture->client, "b", &read, page, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpfloat (g_test_timer_elapsed (), <, 5);
      g_thread_join (thread);
    }
}

static void
test_unreachable (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new ();
  g_autofree char *url = g_strdup (scripted_server_get_url (server));
  g_autoptr (HelioAwClient) client = helio_aw_client_new (url, NULL, NULL);
  g_autoptr (HelioAwInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  /* Nobody listens there any more. */
  g_clear_pointer (&server, scripted_server_free);
  info = helio_aw_client_get_info (client, NULL, &error);
  g_assert_null (info);
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, url + 7));
}

static void
test_addresses (void)
{
  const char *const bad[] = { "", "127.0.0.1:5600", "ftp://x", "http://", "http://u:p@x/", "x" };
  const char *const good[][2] = {
    { "http://127.0.0.1:5600", "127.0.0.1:5600" },
    { "http://127.0.0.1:5600/", "127.0.0.1:5600" },
    { "http://localhost:5600/aw/", "localhost:5600" },
    { "https://[::1]:5600/#/home", "[::1]:5600" },
    { "http://example.org", "example.org" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_aw_client_new (bad[i], NULL, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HelioAwClient) client = helio_aw_client_new (good[i][0], NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (helio_aw_client_get_name (client), ==, good[i][1]);
    }
}

#define add(name, key, test) g_test_add (name, Fixture, key, set_up, test, tear_down)

/* ms until the main loop has something to do; 0 for at once, -1 for nothing. */
static int
get_wait (void)
{
  GMainContext *context = g_main_context_default ();
  int priority, wait;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  g_main_context_query (context, priority, &wait, NULL, 0);
  g_main_context_release (context);
  return wait;
}

/* What a session has to do later, it does in its own thread: the main thread would do it while
 * another thread uses the session. */
static void
test_main_loop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (GError) error = NULL;

  (void) data;
  scripted_server_answer_json (fixture->server, "200 OK", "[]");
  g_assert_true (read_events (fixture, page, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_wait (), ==, -1);
  scripted_server_answer_json (fixture->server, "500 Internal Server Error", "{}");
  g_assert_false (read_events (fixture, page, &error));
  g_assert_cmpint (get_wait (), ==, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  add ("/source/aw-client/sends-what-both-servers-take", "secret", test_request);
  add ("/source/aw-client/reads-info", NULL, test_info);
  add ("/source/aw-client/lists-buckets-and-skips-broken-ones", NULL, test_buckets);
  add ("/source/aw-client/counts", NULL, test_count);
  add ("/source/aw-client/maps-every-error", "secret", test_errors);
  add ("/source/aw-client/reads-any-whole-body", NULL, test_complete);
  add ("/source/aw-client/keeps-the-page-after-an-error", NULL, test_keeps_page);
  add ("/source/aw-client/tells-an-absent-event-from-an-error", NULL, test_single_event);
  add ("/source/aw-client/tries-again-on-a-stale-connection", NULL, test_stale_connection);
  add ("/source/aw-client/stops-at-the-size-bound", NULL, test_too_large);
  add ("/source/aw-client/stops-at-the-deadline", NULL, test_late);
  add ("/source/aw-client/reads-a-large-event", NULL, test_large_event);
  add ("/source/aw-client/is-cancelled-at-once", NULL, test_cancel);
  add ("/source/aw-client/leaves-the-main-loop-alone", NULL, test_main_loop);
  g_test_add_func ("/source/aw-client/says-when-nobody-listens", test_unreachable);
  g_test_add_func ("/source/aw-client/checks-the-address", test_addresses);
  return g_test_run ();
}
