/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "destination/helio-destination.h"
#include "model/helio-error.h"

#include "peer.h"

#define TOKEN "hg_0123456789012345678901234567890123456789012"
#define JSON "application/json"
#define INFO                                                                                       \
  "{\"server\":\"test 1\",\"protocol\":1,\"max_events\":5000,\"max_bytes\":100000,"                \
  "\"encodings\":[\"gzip\"],\"now\":1763680000000,\"device\":\"laptop\",\"store\":\"s1\",\"seq\":" \
  "7}"
#define TAKEN "{\"stored\":1,\"unchanged\":2,\"deleted\":3,\"rejected\":[]}"
#define BODY "{\"seq\":41,\"bucket\":{\"id\":\"b\"},\"delete\":[],\"upsert\":[]}"

typedef struct
{
  Peer *peer;
  HelioDestination *destination;
  GBytes *body;
} Fixture;

static HelioDestination *
destination_at (const char *host, guint port, const char *path)
{
  g_autofree char *url = g_strdup_printf ("http://%s:%u%s", host, port, path);
  g_autoptr (GError) error = NULL;
  HelioDestination *destination = helio_destination_new (url, TOKEN, TRUE, &error);

  g_assert_no_error (error);
  return destination;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  (void) data;
  fixture->peer = peer_new (NULL);
  fixture->destination = destination_at ("127.0.0.1", peer_get_port (fixture->peer), "/my/site/");
  fixture->body = g_bytes_new_static (BODY, strlen (BODY));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  (void) data;
  g_assert_finalize_object (fixture->destination);
  peer_free (fixture->peer);
  g_bytes_unref (fixture->body);
}

static void
send_expecting (Fixture *fixture, HelioError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsAnswer) answer
      = helio_destination_send_events (fixture->destination, fixture->body, NULL, &error);

  g_assert_null (answer);
  g_assert_error (error, HELIO_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, helio_destination_get_name (fixture->destination)));
  g_assert_null (strstr (error->message, TOKEN));
  g_assert_null (strstr (error->message, "my/site"));
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
}

static void
test_connect (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  (void) data;
  peer_answer (fixture->peer, 200, JSON, INFO, NULL);
  g_autoptr (HelioBackendInfo) info
      = helio_destination_connect (fixture->destination, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->server, ==, "test 1");
  g_assert_cmpstr (info->store, ==, "s1");
  g_assert_cmpint (info->seq, ==, 7);

  const Said *said = peer_get_said (fixture->peer);
  g_assert_cmpstr (said->method, ==, "GET");
  g_assert_cmpstr (said->path, ==, "/my/site/api/heliograph/v1");
  g_assert_null (said->query);
  g_assert_cmpstr (said_header (said, "authorization"), ==, "Bearer " TOKEN);
  g_assert_cmpstr (said_header (said, "accept-encoding"), ==, "identity");
  g_assert_true (g_str_has_prefix (said_header (said, "user-agent"), "Heliograph/"));
  g_assert_null (said_header (said, "cookie"));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  (void) data;
  peer_answer (fixture->peer, 200, JSON,
               "{\"stored\":1,\"unchanged\":2,\"deleted\":3,"
               "\"rejected\":[{\"index\":4,\"reason\":\"data\"}]}",
               "Set-Cookie: a=b");
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (HelioEventsAnswer) answer
          = helio_destination_send_events (fixture->destination, fixture->body, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (answer->stored, ==, 1);
      g_assert_cmpint (answer->deleted, ==, 3);
      g_assert_cmpuint (answer->rejected->len, ==, 1);
    }

  const Said *said = peer_get_said (fixture->peer);
  g_assert_cmpstr (said->method, ==, "POST");
  g_assert_cmpstr (said->path, ==, "/my/site/api/heliograph/v1/events");
  g_assert_cmpstr (said_header (said, "content-type"), ==, JSON);
  g_assert_null (said_header (said, "cookie"));
  g_assert_null (said_header (said, "content-encoding"));
  g_assert_true (g_bytes_equal (said->body, fixture->body));
}

static void
test_statuses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    HelioError code;
  } cases[] = {
    { 400, HELIO_ERROR_REFUSED },       { 415, HELIO_ERROR_REFUSED },
    { 422, HELIO_ERROR_REFUSED },       { 401, HELIO_ERROR_TOKEN },
    { 403, HELIO_ERROR_TOKEN },         { 404, HELIO_ERROR_NOT_A_BACKEND },
    { 405, HELIO_ERROR_NOT_A_BACKEND }, { 408, HELIO_ERROR_RETRY },
    { 409, HELIO_ERROR_CONFLICT },      { 413, HELIO_ERROR_TOO_LARGE },
    { 429, HELIO_ERROR_RETRY },         { 500, HELIO_ERROR_RETRY },
    { 502, HELIO_ERROR_RETRY },         { 503, HELIO_ERROR_RETRY },
    { 504, HELIO_ERROR_RETRY },         { 418, HELIO_ERROR_FAILED },
    { 301, HELIO_ERROR_REDIRECT },      { 304, HELIO_ERROR_REDIRECT },
  };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean has_message = cases[i].code != HELIO_ERROR_NOT_A_BACKEND
                             && cases[i].code != HELIO_ERROR_CONFLICT
                             && cases[i].code != HELIO_ERROR_REDIRECT;

      peer_answer (fixture->peer, cases[i].status, JSON,
                   cases[i].status == 304 ? NULL : "{\"status\":1,\"message\":\"because\"}", NULL);
      send_expecting (fixture, cases[i].code, has_message ? ": because" : NULL);
      g_assert_cmpint (helio_destination_get_retry_after (fixture->destination), ==, 0);

      /* A proxy's page says the same as the backend's JSON. */
      peer_answer (fixture->peer, cases[i].status, "text/html",
                   cases[i].status == 304 ? NULL : "<h1>no</h1>", NULL);
      send_expecting (fixture, cases[i].code, NULL);
    }
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_requests, ==, 2 * G_N_ELEMENTS (cases));
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  static const guint statuses[] = { 301, 302, 303, 307, 308 };
  g_autoptr (Peer) other = peer_new (NULL);
  g_autofree char *location
      = g_strdup_printf ("Location: http://127.0.0.1:%u/hidden/place?x", peer_get_port (other));
  g_autofree char *host = g_strdup_printf ("http://127.0.0.1:%u,", peer_get_port (other));

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *status = g_strdup_printf ("(%u)", statuses[i]);

      peer_answer (fixture->peer, statuses[i], JSON, "{}", location);
      send_expecting (fixture, HELIO_ERROR_REDIRECT, host);
      send_expecting (fixture, HELIO_ERROR_REDIRECT, status);
    }
  peer_answer (fixture->peer, 301, JSON, "{}", "Location: /hidden");
  send_expecting (fixture, HELIO_ERROR_REDIRECT, "to http://127.0.0.1:");

  g_autoptr (GError) error = NULL;
  g_assert_null (helio_destination_connect (fixture->destination, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_REDIRECT);
  g_assert_null (strstr (error->message, "hidden"));
  g_assert_cmpuint (peer_get_said (other)->n_requests, ==, 0);
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_requests, ==, 12);
}

static void
test_redirect_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (300, 'a');
  g_autofree char *long_name = g_strconcat ("http://", name, ".example/", NULL);
  const char *const locations[] = { "https://" TOKEN ".example/",
                                    "https://x." TOKEN,
                                    "x:/.//a",
                                    "httx://somewhere/",
                                    long_name,
                                    "mailto:a",
                                    "http://[",
                                    "http:///x",
                                    "" };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      g_autofree char *location = g_strconcat ("Location: ", locations[i], NULL);

      peer_answer (fixture->peer, 302, JSON, "{}", location);
      send_expecting (fixture, HELIO_ERROR_REDIRECT,
                      *locations[i] != '\0' ? "without saying" : NULL);
    }
}

static void
test_no_backend (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *type;
    const char *body;
  } cases[] = {
    { 200, "text/html; charset=utf-8", "<!doctype html><title>Hello</title>" },
    { 200, JSON, "[]" },
    { 200, JSON, "{\"ok\":true}" },
    { 200, "text/plain", "hello" },
    { 200, "text/plain", "" },
    { 404, JSON, "{\"status\":404,\"message\":\"no\"}" },
    { 404, "text/html", "<h1>nginx</h1>" },
    { 200, JSON,
      "{\"server\":\"x\",\"protocol\":2,\"max_events\":5000,\"max_bytes\":100000,"
      "\"encodings\":[],\"now\":1}" },
  };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      peer_answer (fixture->peer, cases[i].status, cases[i].type, cases[i].body, NULL);
      g_assert_null (helio_destination_connect (fixture->destination, NULL, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "127.0.0.1:"));
      g_assert_null (strstr (error->message, "my/site"));
      if (cases[i].status == 404)
        g_assert_nonnull (strstr (error->message, "the Heliograph add-on is missing"));
    }

  /* A sign-in page of a network that is not ours yet must not count as a success. */
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioPresence) presence = helio_presence_new (HELIO_STATE_ONLINE, 1);
  peer_answer (fixture->peer, 200, "text/html", "<form>", NULL);
  send_expecting (fixture, HELIO_ERROR_NOT_A_BACKEND, "web page");
  g_assert_false (
      helio_destination_put_status (fixture->destination, presence, 2, 90, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND);
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *headers;
    int seconds;
  } cases[] = {
    { "Retry-After: 17", 17 },
    { "Retry-After: 0", 0 },
    { "Retry-After: 99999999999", 86400 },
    { "Retry-After: 99999999999999999999999999", 0 },
    { "Retry-After: -5", 0 },
    { "Retry-After: soon", 0 },
    { "Retry-After: 12 s", 0 },
    { "Retry-After: Fri, 21 Nov 2025 10:00:30 GMT\nDate: Fri, 21 Nov 2025 10:00:00 GMT", 30 },
    { "Retry-After: Fri, 21 Nov 2025 09:00:00 GMT\nDate: Fri, 21 Nov 2025 10:00:00 GMT", 0 },
    { "Retry-After: Fri, 21 Nov 2299 09:00:00 GMT\nDate: Fri, 21 Nov 2025 10:00:00 GMT", 86400 },
    { NULL, 0 },
  };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].headers);
      peer_answer (fixture->peer, i % 2 == 0 ? 429 : 503, JSON, "{}", cases[i].headers);
      send_expecting (fixture, HELIO_ERROR_RETRY, NULL);
      g_assert_cmpint (helio_destination_get_retry_after (fixture->destination), ==,
                       cases[i].seconds);
    }

  /* It belongs to the last call only. */
  peer_answer (fixture->peer, 503, JSON, "{}", "Retry-After: 17");
  send_expecting (fixture, HELIO_ERROR_RETRY, NULL);
  peer_answer (fixture->peer, 400, JSON, "{}", "Retry-After: 17");
  send_expecting (fixture, HELIO_ERROR_REFUSED, NULL);
  g_assert_cmpint (helio_destination_get_retry_after (fixture->destination), ==, 0);
}

static void
test_conflict (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  (void) data;
  peer_answer (fixture->peer, 409, JSON, "{\"seq\":4711}", NULL);
  send_expecting (fixture, HELIO_ERROR_CONFLICT, NULL);

  /* Our own seq: this request came twice, and whether the first was taken is not known. */
  peer_answer (fixture->peer, 409, JSON, "{\"seq\":41}", NULL);
  send_expecting (fixture, HELIO_ERROR_RETRY, "not known");

  g_assert_false (helio_destination_delete_bucket (fixture->destination, "b", 41, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_RETRY);
  g_clear_error (&error);
  g_assert_false (helio_destination_delete_bucket (fixture->destination, "b", 40, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
}

static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) body = g_string_new ("{\"message\":\"a\\u0007b\\nc\\u202ed");

  (void) data;
  for (int i = 0; i < 500; i++)
    g_string_append (body, "é");
  g_string_append (body, "\"}");
  peer_answer (fixture->peer, 400, JSON, body->str, NULL);

  g_autoptr (GError) error = NULL;
  g_assert_null (helio_destination_send_events (fixture->destination, fixture->body, NULL, &error));
  const char *told = strstr (error->message, ": ");
  g_assert_nonnull (told);
  g_assert_true (g_str_has_prefix (told, ": a b cdé"));
  g_assert_true (g_utf8_validate (told, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (told + 2, -1), ==, 200);

  peer_answer (fixture->peer, 400, JSON, "{\"message\":\"you sent " TOKEN "\"}", NULL);
  send_expecting (fixture, HELIO_ERROR_REFUSED, NULL);
  peer_answer (fixture->peer, 400, JSON, "{\"message\":17}", NULL);
  send_expecting (fixture, HELIO_ERROR_REFUSED, "(400)");
}

static void
test_one_connection (Fixture *fixture, gconstpointer data)
{
  (void) data;
  peer_answer (fixture->peer, 200, JSON, TAKEN, NULL);
  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HelioEventsAnswer) answer
          = helio_destination_send_events (fixture->destination, fixture->body, NULL, &error);

      g_assert_no_error (error);
    }
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_requests, ==, 1000);
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_connections, ==, 1);
}

static GBytes *
inflate (GBytes *wire)
{
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (wire);
  g_autoptr (GZlibDecompressor) decompressor
      = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) stream
      = g_converter_input_stream_new (memory, G_CONVERTER (decompressor));
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_input_stream_read_bytes (stream, 1024 * 1024, NULL, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
test_gzip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("{\"seq\":1,\"upsert\":[");

  (void) data;
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (text, "{\"start\":%d,\"data\":{\"app\":\"firefox\"}},", i);
  g_string_append (text, "{}]}");
  g_autoptr (GBytes) body = g_bytes_new (text->str, text->len);

  /* Linux takes 0.0.0.0 for this machine; the program, rightly, does not. */
  g_autoptr (HelioDestination) remote
      = destination_at ("0.0.0.0", peer_get_port (fixture->peer), "");
  peer_answer (fixture->peer, 200, JSON, TAKEN, NULL);
  g_autoptr (HelioEventsAnswer) before = helio_destination_send_events (remote, body, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (said_header (peer_get_said (fixture->peer), "content-encoding"));

  peer_answer (fixture->peer, 200, JSON, INFO, NULL);
  g_autoptr (HelioBackendInfo) info = helio_destination_connect (remote, NULL, &error);
  g_assert_no_error (error);
  peer_answer (fixture->peer, 200, JSON, TAKEN, NULL);
  g_autoptr (HelioEventsAnswer) after = helio_destination_send_events (remote, body, NULL, &error);
  g_assert_no_error (error);

  const Said *said = peer_get_said (fixture->peer);
  g_assert_cmpstr (said_header (said, "content-encoding"), ==, "gzip");
  g_assert_cmpuint (g_bytes_get_size (said->body), <, g_bytes_get_size (body) / 4);
  g_autoptr (GBytes) inflated = inflate (said->body);
  g_assert_true (g_bytes_equal (inflated, body));

  /* Not for this machine, though it is offered. */
  peer_answer (fixture->peer, 200, JSON, INFO, NULL);
  g_autoptr (HelioBackendInfo) local
      = helio_destination_connect (fixture->destination, NULL, &error);
  peer_answer (fixture->peer, 200, JSON, TAKEN, NULL);
  g_autoptr (HelioEventsAnswer) plain
      = helio_destination_send_events (fixture->destination, body, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (said_header (peer_get_said (fixture->peer), "content-encoding"));
  g_assert_true (g_bytes_equal (peer_get_said (fixture->peer)->body, body));
}

static void
test_max_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (100001, ' ');
  g_autoptr (GBytes) body = g_bytes_new (large, 100001);

  (void) data;
  peer_answer (fixture->peer, 200, JSON, INFO, NULL);
  g_autoptr (HelioBackendInfo) info
      = helio_destination_connect (fixture->destination, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (helio_destination_send_events (fixture->destination, body, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE);
  g_assert_cmpuint (peer_get_said (fixture->peer)->n_requests, ==, 1);
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioPresence) presence = helio_presence_new (HELIO_STATE_ACTIVE, 5);
  g_autofree char *expected = helio_status_encode (presence, 1763680000000, 90);

  (void) data;
  peer_answer (fixture->peer, 204, NULL, NULL, NULL);
  g_assert_true (helio_destination_put_status (fixture->destination, presence, 1763680000000, 90,
                                               NULL, &error));
  g_assert_no_error (error);

  const Said *said = peer_get_said (fixture->peer);
  gsize length;
  const char *text = g_bytes_get_data (said->body, &length);
  g_assert_cmpstr (said->method, ==, "PUT");
  g_assert_cmpstr (said->path, ==, "/my/site/api/heliograph/v1/status");
  g_assert_cmpmem (text, length, expected, strlen (expected));
}

static void
test_queries (Fixture *fixture, gconstpointer data)
{
  const char *bucket = "aw&x=1 /é#?%";
  const char *encoded = "bucket=aw%26x%3D1%20%2F%C3%A9%23%3F%25";
  g_autoptr (GError) error = NULL;
  const Said *said;

  (void) data;
  peer_answer (fixture->peer, 204, NULL, NULL, NULL);
  g_assert_true (helio_destination_delete_bucket (fixture->destination, bucket, 9, NULL, &error));
  g_assert_no_error (error);
  said = peer_get_said (fixture->peer);
  g_autofree char *deletion = g_strconcat (encoded, "&seq=9", NULL);
  g_assert_cmpstr (said->method, ==, "DELETE");
  g_assert_cmpstr (said->path, ==, "/my/site/api/heliograph/v1/events");
  g_assert_cmpstr (said->query, ==, deletion);

  peer_answer (fixture->peer, 200, JSON, "[{\"from\":-10,\"count\":2,\"check\":4294967296}]", NULL);
  g_autoptr (GArray) ranges
      = helio_destination_get_ranges (fixture->destination, bucket, -10, 90, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ranges->len, ==, 1);
  said = peer_get_said (fixture->peer);
  g_autofree char *range = g_strconcat (encoded, "&from=-10&to=90&step=100", NULL);
  g_assert_cmpstr (said->path, ==, "/my/site/api/heliograph/v1/ranges");
  g_assert_cmpstr (said->query, ==, range);

  peer_answer (fixture->peer, 200, JSON, "[]", NULL);
  g_autoptr (GPtrArray) buckets
      = helio_destination_get_buckets (fixture->destination, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (buckets->len, ==, 0);
  g_assert_cmpstr (peer_get_said (fixture->peer)->path, ==, "/my/site/api/heliograph/v1/buckets");
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cursor = NULL;

  (void) data;
  peer_answer (fixture->peer, 200, JSON, "{\"keys\":[[1,0,5],[2,0,6]],\"next\":\"a/b&c\"}", NULL);
  g_autoptr (GArray) first
      = helio_destination_get_keys (fixture->destination, "b", &cursor, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_cmpstr (cursor, ==, "a/b&c");

  /* The same cursor again would never end. */
  g_assert_null (helio_destination_get_keys (fixture->destination, "b", &cursor, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_FAILED);
  g_assert_cmpstr (cursor, ==, "a/b&c");
  g_clear_error (&error);

  peer_answer (fixture->peer, 200, JSON, "{\"keys\":[],\"next\":null}", NULL);
  g_autoptr (GArray) last
      = helio_destination_get_keys (fixture->destination, "b", &cursor, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (last->len, ==, 0);
  g_assert_null (cursor);
  g_assert_nonnull (strstr (peer_get_said (fixture->peer)->query, "&cursor=a%2Fb%26c"));

  /* Of events, too. */
  peer_answer (fixture->peer, 200, JSON, "{\"events\":[],\"next\":\"a\"}", NULL);
  g_assert_null (
      helio_destination_get_events (fixture->destination, "b", 1, 9, &cursor, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_FAILED);
  g_assert_null (cursor);
  g_assert_nonnull (strstr (peer_get_said (fixture->peer)->query, "bucket=b&from=1&to=9&limit="));
}

static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *spaces = g_strnfill (1024 * 1024, ' ');
  g_autofree char *text = g_strconcat (spaces, INFO, NULL);
  g_autoptr (GError) error = NULL;

  (void) data;
  peer_answer (fixture->peer, 200, JSON, text, NULL);
  g_assert_null (helio_destination_connect (fixture->destination, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND);
  g_assert_nonnull (strstr (error->message, "1024 KiB"));
  send_expecting (fixture, HELIO_ERROR_FAILED, "1024 KiB");
  peer_answer (fixture->peer, 502, "text/html", text, NULL);
  send_expecting (fixture, HELIO_ERROR_RETRY, "(502)");

  /* The session is as good as before. */
  peer_answer (fixture->peer, 200, JSON, INFO, NULL);
  g_clear_error (&error);
  g_autoptr (HelioBackendInfo) info
      = helio_destination_connect (fixture->destination, NULL, &error);
  g_assert_no_error (error);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/destination/answers/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  /* The desktop's proxy settings are not there in a test's own folders. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("reads-what-the-backend-is", test_connect);
  ADD ("sends-events-and-keeps-no-cookies", test_events);
  ADD ("maps-every-status", test_statuses);
  ADD ("follows-no-redirect-and-names-its-host", test_redirect);
  ADD ("names-no-place-that-is-none-or-holds-the-token", test_redirect_nowhere);
  ADD ("knows-what-is-no-backend", test_no_backend);
  ADD ("honours-retry-after", test_retry_after);
  ADD ("tells-a-conflict-from-a-request-that-came-twice", test_conflict);
  ADD ("cleans-what-the-server-tells", test_told);
  ADD ("keeps-one-connection-for-a-thousand-posts", test_one_connection);
  ADD ("sends-gzip-to-other-machines-only", test_gzip);
  ADD ("sends-nothing-larger-than-the-limit", test_max_bytes);
  ADD ("puts-the-status", test_status);
  ADD ("encodes-bucket-ids", test_queries);
  ADD ("walks-the-keys-by-cursor", test_keys);
  ADD ("bounds-answers", test_too_long);
  return g_test_run ();
}
