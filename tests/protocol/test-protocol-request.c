/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "model/helio-error.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-request.h"
#include "protocol/helio-protocol-write.h"

#define BUCKET "\"bucket\":{\"id\":\"b\",\"type\":\"t\",\"client\":\"c\",\"hostname\":\"h\"}"

static HelioEventsRequest *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  HelioEventsRequest *request = helio_events_request_parse (text, strlen (text), 100, &error);

  g_assert_no_error (error);
  g_assert_nonnull (request);
  return request;
}

static void
test_round_trip (void)
{
  g_autoptr (HelioBucket) bucket
      = helio_bucket_new ("win\"dow_ü\\", "currentwindow", NULL, "höst", NULL);
  g_autoptr (HelioEventsBody) body = helio_events_body_new (bucket);
  g_autoptr (HelioEventsRequest) request = NULL;
  g_autoptr (HelioEventsRequest) part = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) part_bytes = NULL;
  const HelioWireUpsert *upserts;
  const HelioWireDelete *deletes;
  gsize size;
  const char *text;

  helio_events_body_add_delete (body, HELIO_TIME_MIN, 0);
  helio_events_body_add_delete (body, 77, 3);
  helio_events_body_add_upsert (body, HELIO_TIME_MAX, 0, HELIO_TIME_MAX, G_MAXUINT32,
                                "{\"a\":\"}]\"}", 10);
  helio_events_body_add_upsert (body, 0, HELIO_MAX_N, 0, 0, "{}", 2);
  helio_events_body_add_upsert (body, -1, 0, 5, 6, "{\"x\":[1]}", 9);
  g_assert_cmpuint (helio_events_body_get_n_deletes (body), ==, 2);
  g_assert_cmpuint (helio_events_body_get_n_upserts (body), ==, 3);

  bytes = helio_events_body_build (body, 4711, 0, 2, 0, 3);
  text = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, <=, helio_events_body_get_size (body));
  request = helio_events_request_parse (text, size, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpint (request->seq, ==, 4711);
  g_assert_cmpstr (request->bucket_id, ==, "win\"dow_ü\\");
  g_assert_cmpstr (request->bucket_type, ==, "currentwindow");
  g_assert_cmpstr (request->bucket_client, ==, "");
  g_assert_cmpstr (request->bucket_hostname, ==, "höst");
  g_assert_cmpuint (request->deletes->len, ==, 2);
  deletes = (const HelioWireDelete *) request->deletes->data;
  g_assert_cmpint (deletes[0].start, ==, HELIO_TIME_MIN);
  g_assert_cmpuint (deletes[0].n, ==, 0);
  g_assert_cmpint (deletes[1].start, ==, 77);
  g_assert_cmpuint (deletes[1].n, ==, 3);
  g_assert_cmpuint (request->upserts->len, ==, 3);
  upserts = (const HelioWireUpsert *) request->upserts->data;
  for (guint i = 0; i < 3; i++)
    g_assert_null (upserts[i].rejection);
  g_assert_cmpint (upserts[0].start, ==, HELIO_TIME_MAX);
  g_assert_cmpint (upserts[0].duration, ==, HELIO_TIME_MAX);
  g_assert_cmpuint (upserts[0].check, ==, G_MAXUINT32);
  g_assert_cmpmem (upserts[0].data, upserts[0].data_len, "{\"a\":\"}]\"}", 10);
  g_assert_cmpuint (upserts[1].n, ==, HELIO_MAX_N);
  g_assert_cmpint (upserts[2].start, ==, -1);

  /* A part, as halving sends it. */
  part_bytes = helio_events_body_build (body, 4712, 1, 0, 1, 1);
  text = g_bytes_get_data (part_bytes, &size);
  part = helio_events_request_parse (text, size, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (part->deletes->len, ==, 0);
  g_assert_cmpuint (part->upserts->len, ==, 1);
  g_assert_cmpuint (g_array_index (part->upserts, HelioWireUpsert, 0).n, ==, HELIO_MAX_N);
}

static void
test_defaults (void)
{
  g_autoptr (HelioEventsRequest) request
      = parse_good ("{\"later\":[{}],\"bucket\":{\"id\":\"b\",\"color\":1},\"seq\":0}");

  g_assert_cmpint (request->seq, ==, 0);
  g_assert_cmpstr (request->bucket_type, ==, "");
  g_assert_cmpuint (request->upserts->len, ==, 0);
  g_assert_cmpuint (request->deletes->len, ==, 0);
}

static void
test_rejections (void)
{
  static const struct
  {
    const char *event;
    const char *reason;
  } cases[] = {
    { "{\"start\":1,\"duration\":2,\"check\":3,\"data\":{},\"extra\":[[]]}", NULL },
    { "{\"st\\u0061rt\":2,\"n\":0,\"duration\":2,\"check\":3,\"d\\u0061ta\":{}}", NULL },
    { "{\"start\":-9007199254740991,\"duration\":0,\"check\":4294967295,\"data\":{}}", NULL },
    { "{\"start\":9007199254740992,\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"start\":-9007199254740992,\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"start\":99999999999999999999999,\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"start\":1.0,\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"start\":1e3,\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"start\":\"now\",\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"start\":null,\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{\"duration\":2,\"check\":3,\"data\":{}}", "start" },
    { "{}", "start" },
    { "17", "start" },
    { "null", "start" },
    { "[{\"start\":1}]", "start" },
    { "{\"start\":11,\"n\":-1,\"duration\":2,\"check\":3,\"data\":{}}", "n" },
    { "{\"start\":11,\"n\":1000001,\"duration\":2,\"check\":3,\"data\":{}}", "n" },
    { "{\"start\":11,\"n\":null,\"duration\":2,\"check\":3,\"data\":{}}", "n" },
    { "{\"start\":11,\"n\":true,\"duration\":2,\"check\":3,\"data\":{}}", "n" },
    { "{\"start\":11,\"duration\":-2,\"check\":3,\"data\":{}}", "duration" },
    { "{\"start\":11,\"duration\":2.5,\"check\":3,\"data\":{}}", "duration" },
    { "{\"start\":11,\"duration\":9007199254740992,\"check\":3,\"data\":{}}", "duration" },
    { "{\"start\":11,\"check\":3,\"data\":{}}", "duration" },
    { "{\"start\":11,\"duration\":2,\"check\":4294967296,\"data\":{}}", "check" },
    { "{\"start\":11,\"duration\":2,\"check\":-1,\"data\":{}}", "check" },
    { "{\"start\":11,\"duration\":2,\"data\":{}}", "check" },
    { "{\"start\":11,\"duration\":2,\"check\":3}", "data" },
    { "{\"start\":11,\"duration\":2,\"check\":3,\"data\":[]}", "data" },
    { "{\"start\":11,\"duration\":2,\"check\":3,\"data\":\"{}\"}", "data" },
    { "{\"start\":11,\"duration\":2,\"check\":3,\"data\":null}", "data" },
  };
  g_autoptr (GString) text = g_string_new ("{\"seq\":1," BUCKET ",\"upsert\":[");
  g_autoptr (HelioEventsRequest) request = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " , " : "", cases[i].event);
  g_string_append (text, "]}");
  request = parse_good (text->str);
  g_assert_cmpuint (request->upserts->len, ==, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].event);
      g_assert_cmpstr (g_array_index (request->upserts, HelioWireUpsert, i).rejection, ==,
                       cases[i].reason);
    }
}

static void
test_too_large_event (void)
{
  g_autoptr (GString) text
      = g_string_new ("{\"seq\":1," BUCKET ",\"upsert\":[{\"start\":1,\"duration\":1,\"check\":1,"
                      "\"data\":{\"a\":\"");
  g_autoptr (HelioEventsRequest) request = NULL;

  for (guint i = 0; i < HELIO_MAX_DATA_BYTES; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "\"}},{\"start\":0,\"duration\":1,\"check\":1,\"data\":{}}]}");
  request = parse_good (text->str);
  g_assert_cmpstr (g_array_index (request->upserts, HelioWireUpsert, 0).rejection, ==, "too-large");
  g_assert_null (g_array_index (request->upserts, HelioWireUpsert, 1).rejection);
}

#define EVENT(start, n) "{\"start\":" start ",\"n\":" n ",\"duration\":1,\"check\":1,\"data\":{}}"

static void
test_refused (void)
{
  static const char *const bodies[] = {
    "",
    " ",
    "hello",
    "null",
    "[]",
    "{",
    "{}",
    "{\"seq\":1}",
    "{" BUCKET "}",
    "{\"seq\":1,\"bucket\":null}",
    "{\"seq\":1,\"bucket\":\"b\"}",
    "{\"seq\":1,\"bucket\":{}}",
    "{\"seq\":1,\"bucket\":{\"id\":\"\"}}",
    "{\"seq\":1,\"bucket\":{\"id\":7}}",
    "{\"seq\":1,\"bucket\":{\"id\":\"a\\u0000b\"}}",
    "{\"seq\":1,\"bucket\":{\"id\":\"a\",\"id\":\"b\"}}",
    "{\"seq\":1,\"bucket\":{\"id\":\"a\",\"type\":null}}",
    "{\"seq\":1," BUCKET "," BUCKET "}",
    "{\"seq\":1,\"seq\":2," BUCKET "}",
    "{\"seq\":-1," BUCKET "}",
    "{\"seq\":1.5," BUCKET "}",
    "{\"seq\":\"1\"," BUCKET "}",
    "{\"seq\":9007199254740992," BUCKET "}",
    "{\"seq\":1," BUCKET "} x",
    "{\"seq\":1," BUCKET ",}",
    "{\"seq\":1," BUCKET ",\"upsert\":{}}",
    "{\"seq\":1," BUCKET ",\"upsert\":null}",
    "{\"seq\":1," BUCKET ",\"upsert\":[],\"upsert\":[]}",
    "{\"seq\":1," BUCKET ",\"delete\":[],\"delete\":[]}",
    "{\"seq\":1," BUCKET ",\"delete\":7}",
    "{\"seq\":1," BUCKET ",\"delete\":[7]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{}]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":1.5}]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":9007199254740992}]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":1,\"n\":-1}]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":1,\"start\":1}]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":1},{\"start\":1,\"n\":0}]}",
    "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":1}],\"upsert\":[" EVENT ("1", "0") "]}",
    "{\"seq\":1," BUCKET ",\"upsert\":[" EVENT ("1", "0") "," EVENT ("1", "0") "]}",
    "{\"seq\":1," BUCKET
    ",\"upsert\":[" EVENT ("1", "1") "," EVENT ("3", "0") "," EVENT ("1", "1") "]}",
    "{\"seq\":1," BUCKET ",\"upsert\":[{\"start\":1,\"start\":2,\"duration\":1,\"check\":1,"
    "\"data\":{}}]}",
    "{\"seq\":1," BUCKET ",\"upsert\":[{\"start\":1,\"duration\":1,\"check\":1,\"data\":{\"a\"}}]}",
    "{\"seq\":1," BUCKET ",\"upsert\":[{\"start\":1,\"duration\":01,\"check\":1,\"data\":{}}]}",
    "{\"seq\":1," BUCKET ",\"upsert\":[{\"start\":1,\"duration\":1,\"check\":1,"
    "\"data\":{\"a\":\"\xff\"}}]}",
    "{\"seq\":1," BUCKET
    ",\"upsert\":[{\"start\":1,\"duration\":1,\"check\":1,\"data\":{\"a\":NaN}}]}",
    "{\"seq\":1," BUCKET ",\"upsert\":[" EVENT ("1", "0"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("body %u", i);
      g_assert_null (helio_events_request_parse (bodies[i], strlen (bodies[i]), 100, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_REFUSED);
      g_assert_cmpuint (strlen (error->message), >, 20);
    }
}

static void
test_cut_anywhere (void)
{
  static const char whole[]
      = "{\"seq\":1," BUCKET ",\"delete\":[{\"start\":9,\"n\":1}],\"upsert\":[" EVENT (
          "2", "0") "," EVENT ("1", "0") "]}";

  for (gsize length = 0; length < strlen (whole); length++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *exact = g_memdup2 (whole, length); /* the sanitizer sees a read beyond */

      g_assert_null (helio_events_request_parse (exact, length, 100, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_REFUSED);
    }
}

static void
test_too_many (void)
{
  static const char *const text
      = "{\"seq\":1," BUCKET
        ",\"delete\":[{\"start\":9}],\"upsert\":[" EVENT ("2", "0") "," EVENT ("1", "0") "]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsRequest) request
      = helio_events_request_parse (text, strlen (text), 3, &error);

  g_assert_no_error (error);
  g_assert_nonnull (request);
  g_assert_null (helio_events_request_parse (text, strlen (text), 2, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE);
}

static void
test_status_round_trip (void)
{
  g_autoptr (HelioPresence) presence = helio_presence_new (HELIO_STATE_ACTIVE, -5);
  g_autoptr (HelioStatusRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *bare = NULL;
  g_autoptr (HelioStatusRequest) bare_request = NULL;

  presence->app = g_strdup ("fire\"fox");
  presence->title = g_strdup ("<b>\n ü");
  presence->activity_since = 12;
  presence->media_title = g_strdup ("Song");
  presence->media_artist = g_strdup ("Band");
  text = helio_status_encode (presence, 1000, 90);
  request = helio_status_request_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpint (request->now, ==, 1000);
  g_assert_cmpint (request->ttl, ==, 90);
  g_assert_true (helio_presence_equal (presence, request->presence));

  presence->title = (g_free (presence->title), NULL);
  presence->media_artist = (g_free (presence->media_artist), NULL);
  bare = helio_status_encode (presence, 1000, 90);
  bare_request = helio_status_request_parse (bare, strlen (bare), &error);
  g_assert_no_error (error);
  g_assert_true (helio_presence_equal (presence, bare_request->presence));
}

static void
test_status_refused (void)
{
  static const char *const bodies[] = {
    "",
    "[]",
    "{}",
    "{\"now\":1,\"state\":\"active\",\"since\":1}",
    "{\"now\":1,\"state\":\"active\",\"ttl\":1}",
    "{\"now\":1,\"since\":1,\"ttl\":1}",
    "{\"state\":\"active\",\"since\":1,\"ttl\":1}",
    "{\"now\":1.5,\"state\":\"active\",\"since\":1,\"ttl\":1}",
    "{\"now\":1,\"state\":\"asleep\",\"since\":1,\"ttl\":1}",
    "{\"now\":1,\"state\":3,\"since\":1,\"ttl\":1}",
    "{\"now\":1,\"state\":\"active\",\"since\":\"1\",\"ttl\":1}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":0}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":86401}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1,\"activity\":7}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1,\"activity\":{}}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1,\"activity\":{\"app\":\"a\"}}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1,\"activity\":{\"app\":null,\"since\":1}"
    "}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1,\"media\":{}}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1,\"media\":[]}",
    "{\"now\":1,\"state\":\"active\",\"since\":1,\"ttl\":1} {}",
    "{\"now\":1,\"state\":\"active\",\"since\":9007199254740992,\"ttl\":1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bodies[i]);
      g_assert_null (helio_status_request_parse (bodies[i], strlen (bodies[i]), &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_REFUSED);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/protocol/request/reads-what-the-agent-writes", test_round_trip);
  g_test_add_func ("/protocol/request/fills-in-what-may-be-left-out", test_defaults);
  g_test_add_func ("/protocol/request/rejects-single-events-with-a-reason", test_rejections);
  g_test_add_func ("/protocol/request/rejects-a-single-huge-event", test_too_large_event);
  g_test_add_func ("/protocol/request/refuses-malformed-bodies", test_refused);
  g_test_add_func ("/protocol/request/refuses-a-body-cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/protocol/request/counts-deletes-and-upserts-together", test_too_many);
  g_test_add_func ("/protocol/status/reads-what-the-agent-writes", test_status_round_trip);
  g_test_add_func ("/protocol/status/refuses-malformed-bodies", test_status_refused);
  return g_test_run ();
}
