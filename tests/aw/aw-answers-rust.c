/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* aw-server-rust. */

#include "aw-answers.h"
#include "aw-import.h"
#include "aw-query.h"

#include <math.h>
#include <string.h>

#define JSON "application/json"

/* The page that Rocket makes of an error. */
static void
reply_page (AwResponse *response, int status, const char *title, const char *words)
{
  g_autofree char *body = NULL;

  body = g_strdup_printf ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                          "    <meta charset=\"utf-8\">\n"
                          "    <meta name=\"color-scheme\" content=\"light dark\">\n"
                          "    <title>%d %s</title>\n</head>\n<body align=\"center\">\n"
                          "    <div role=\"main\" align=\"center\">\n"
                          "        <h1>%d: %s</h1>\n        <p>%s</p>\n        <hr />\n"
                          "    </div>\n    <div role=\"contentinfo\" align=\"center\">\n"
                          "        <small>Rocket</small>\n    </div>\n</body>\n</html>",
                          status, title, status, title, words);
  aw_reply (response, status, "text/html; charset=utf-8", body);
}

static void
reply_not_found (AwExchange *exchange)
{
  reply_page (exchange->response, 404, "Not Found", "The requested resource could not be found.");
}

static void
reply_unprocessable (AwExchange *exchange)
{
  reply_page (exchange->response, 422, "Unprocessable Entity",
              "The request was well-formed but was unable to be followed due to semantic errors.");
}

static void
reply_message (AwExchange *exchange, int status, const char *message)
{
  g_autoptr (GString) body = g_string_new ("{\"message\":");

  aw_json_write_string (message, strlen (message), AW_FLAVOUR_RUST, body);
  g_string_append_c (body, '}');
  aw_reply (exchange->response, status, JSON, body->str);
}

static AwBucket *
need_bucket (AwExchange *exchange)
{
  AwBucket *bucket = aw_store_find (exchange->server->store, exchange->bucket_id);
  g_autofree char *message = NULL;

  if (bucket != NULL)
    return bucket;
  message = g_strdup_printf ("The requested bucket '%s' does not exist", exchange->bucket_id);
  reply_message (exchange, 404, message);
  return NULL;
}

static void
write_member (GString *out, const char *name, const char *text)
{
  g_string_append_printf (out, "\"%s\":", name);
  aw_json_write_string (text, strlen (text), AW_FLAVOUR_RUST, out);
  g_string_append_c (out, ',');
}

static void
write_bucket (AwExchange *exchange, AwBucket *bucket, gboolean with_events, GString *out)
{
  AwRange all = { .start = 0, .end = INT64_MAX, .oldest = INT64_MIN, .limit = -1 };
  char start[AW_TIME_TEXT], end[AW_TIME_TEXT], created[AW_TIME_TEXT];

  aw_time_format (bucket->created, AW_FLAVOUR_RUST, created);
  aw_time_format (bucket->range_start, AW_FLAVOUR_RUST, start);
  aw_time_format (bucket->range_end, AW_FLAVOUR_RUST, end);
  g_string_append_c (out, '{');
  write_member (out, "id", bucket->id);
  write_member (out, "type", bucket->type);
  write_member (out, "client", bucket->client);
  write_member (out, "hostname", bucket->hostname);
  g_string_append_printf (out, "\"created\":\"%s\",\"data\":%s,", created, bucket->data);
  if (bucket->has_range)
    g_string_append_printf (out, "\"metadata\":{\"start\":\"%s\",\"end\":\"%s\"},", start, end);
  else
    g_string_append (out, "\"metadata\":{\"start\":null,\"end\":null},");
  g_string_append (out, "\"events\":");
  if (with_events)
    {
      aw_store_write_events (exchange->server->store, bucket, &all, TRUE, out);
      exchange->cost += aw_pace_export (exchange->server, bucket);
    }
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"last_updated\":null}");
}

static void
write_buckets (AwExchange *exchange, gboolean with_events, GString *out)
{
  const GPtrArray *buckets = aw_store_list (exchange->server->store);

  g_string_append_c (out, '{');
  for (guint i = 0; i < buckets->len; i++)
    {
      AwBucket *bucket = buckets->pdata[i];

      if (i > 0)
        g_string_append_c (out, ',');
      aw_json_write_string (bucket->id, strlen (bucket->id), AW_FLAVOUR_RUST, out);
      g_string_append_c (out, ':');
      write_bucket (exchange, bucket, with_events, out);
    }
  g_string_append_c (out, '}');
}

static gboolean
read_time (
    AwExchange *exchange, const char *name, const char *long_name, gboolean *has, int64_t *ns)
{
  g_autofree char *text = aw_request_get (exchange->request, name);
  g_autofree char *message = NULL;

  *has = text != NULL;
  if (text == NULL || aw_time_parse (text, AW_FLAVOUR_RUST, ns))
    return TRUE;
  message = g_strdup_printf (
      "Failed to parse %s, datetime needs to be in rfc3339 format: %s", long_name,
      strlen (text) < 20 ? "premature end of input" : "input contains invalid characters");
  reply_message (exchange, 400, message);
  return FALSE;
}

static gboolean
read_range (AwExchange *exchange, AwRange *range)
{
  g_autofree char *limit = aw_request_get (exchange->request, "limit");
  guint64 number;

  *range = (AwRange){ .start = 0, .end = INT64_MAX, .oldest = INT64_MIN, .limit = -1 };
  if (!read_time (exchange, "start", "starttime", &range->has_start, &range->start)
      || !read_time (exchange, "end", "endtime", &range->has_end, &range->end))
    return FALSE;
  if (limit != NULL && g_ascii_string_to_unsigned (limit, 10, 0, INT64_MAX, &number, NULL))
    range->limit = (int64_t) number;
  return TRUE;
}

static void
get_events (AwExchange *exchange)
{
  AwServer *server = exchange->server;
  AwBucket *bucket;
  AwRange range;
  int64_t count = 0;

  if (!read_range (exchange, &range))
    return;
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  exchange->response->content_type = JSON;
  if (range.start > range.end)
    g_string_append (exchange->response->body, "[]");
  else
    {
      count = aw_store_write_events (server->store, bucket, &range, TRUE, exchange->response->body);
      exchange->cost = aw_pace_events (server, bucket, &range, count);
    }
  aw_stats_read (&server->stats, range.limit, count);
}

static void
post_events (AwExchange *exchange, const AwJson *json)
{
  AwServer *server = exchange->server;
  g_autoptr (GArray) events = g_array_new (FALSE, TRUE, sizeof (AwEvent));
  AwBucket *bucket;

  g_array_set_clear_func (events, (GDestroyNotify) aw_event_clear);
  if (json == NULL || json->kind != AW_JSON_ARRAY)
    {
      reply_unprocessable (exchange);
      return;
    }
  for (guint i = 0; i < json->items->len; i++)
    {
      AwEvent event = { 0 };

      if (!aw_event_read (json->items->pdata[i], AW_FLAVOUR_RUST, 0, &event))
        {
          reply_unprocessable (exchange);
          return;
        }
      g_array_append_val (events, event);
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  exchange->response->content_type = JSON;
  g_string_append_c (exchange->response->body, '[');
  for (guint i = 0; i < events->len; i++)
    {
      AwEvent *event = &g_array_index (events, AwEvent, i);

      aw_take_insert (server, bucket, event);
      if (i > 0)
        g_string_append_c (exchange->response->body, ',');
      aw_event_write (event, AW_FLAVOUR_RUST, TRUE, exchange->response->body);
    }
  g_string_append_c (exchange->response->body, ']');
}

static void
post_heartbeat (AwExchange *exchange, const AwJson *json)
{
  g_autofree char *text = aw_request_get (exchange->request, "pulsetime");
  g_autofree char *message = NULL;
  g_auto (AwEvent) event = { 0 };
  AwBucket *bucket;
  char *end = text;
  double pulsetime = text != NULL ? g_ascii_strtod (text, &end) : 0;

  if (text == NULL || end == text || *end != '\0'
      || !aw_event_read (json, AW_FLAVOUR_RUST, 0, &event))
    {
      reply_unprocessable (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  if (!aw_rust_heartbeat (exchange->server, bucket, &event, llrint (pulsetime * 1e9), &message))
    {
      reply_message (exchange, 500, message);
      return;
    }
  exchange->response->content_type = JSON;
  aw_event_write (&event, AW_FLAVOUR_RUST, TRUE, exchange->response->body);
}

static void
post_bucket (AwExchange *exchange, const AwJson *json)
{
  g_autofree char *message = NULL;

  if (!aw_import_is_bucket (json))
    reply_unprocessable (exchange);
  else if (aw_store_find (exchange->server->store, exchange->bucket_id) != NULL)
    {
      message = g_strdup_printf ("Bucket '%s' already exists", exchange->bucket_id);
      reply_message (exchange, 304, message);
    }
  else
    aw_import_bucket (exchange->server, exchange->bucket_id, json);
}

static void
answer_event (AwExchange *exchange, gboolean is_delete)
{
  AwServer *server = exchange->server;
  g_auto (AwEvent) event = { 0 };
  AwBucket *bucket;
  gint64 id;

  if (!g_ascii_string_to_signed (exchange->event_id, 10, INT64_MIN, INT64_MAX, &id, NULL))
    {
      reply_unprocessable (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  if (is_delete)
    {
      aw_store_delete_event (server->store, bucket, id);
      return;
    }
  exchange->cost = aw_pace_event (server);
  if (!aw_store_get_event (server->store, bucket, id, &event))
    {
      reply_message (exchange, 500,
                     "Failed to map get_event SQL statement: Query returned no rows");
      return;
    }
  exchange->response->content_type = JSON;
  aw_event_write (&event, AW_FLAVOUR_RUST, TRUE, exchange->response->body);
}

static void
answer_get (AwExchange *exchange)
{
  AwServer *server = exchange->server;
  AwResponse *response = exchange->response;
  AwBucket *bucket;

  response->content_type = JSON;
  switch (exchange->route)
    {
    case AW_ROUTE_INFO:
      g_string_printf (response->body,
                       "{\"hostname\":\"%s\",\"version\":\"%s\",\"testing\":%s,"
                       "\"device_id\":\"%s\"}",
                       server->hostname,
                       server->db_version >= 5 ? "v0.14.0 (rust)" : "v0.13.2 (rust)",
                       server->is_testing ? "true" : "false", server->device_id);
      return;
    case AW_ROUTE_BUCKETS:
      write_buckets (exchange, FALSE, response->body);
      return;
    case AW_ROUTE_BUCKET:
      bucket = need_bucket (exchange);
      if (bucket != NULL)
        write_bucket (exchange, bucket, FALSE, response->body);
      return;
    case AW_ROUTE_EVENTS:
      get_events (exchange);
      return;
    case AW_ROUTE_EVENT:
      answer_event (exchange, FALSE);
      return;
    case AW_ROUTE_COUNT:
      bucket = need_bucket (exchange);
      if (bucket != NULL)
        {
          exchange->cost = aw_pace_count (server, bucket);
          g_string_append_printf (response->body, "%" G_GINT64_FORMAT,
                                  (gint64) aw_store_count (server->store, bucket, NULL));
        }
      return;
    case AW_ROUTE_BUCKET_EXPORT:
      bucket = need_bucket (exchange);
      if (bucket == NULL)
        return;
      response->content_type = NULL;
      g_string_append_printf (
          response->headers,
          "content-disposition: attachment; filename=aw-bucket-export_%s.json\r\n", bucket->id);
      g_string_append (response->body, "{\"buckets\":{");
      aw_json_write_string (bucket->id, strlen (bucket->id), AW_FLAVOUR_RUST, response->body);
      g_string_append_c (response->body, ':');
      write_bucket (exchange, bucket, TRUE, response->body);
      g_string_append (response->body, "}}");
      return;
    case AW_ROUTE_EXPORT:
      response->content_type = NULL;
      g_string_append (response->headers,
                       "content-disposition: attachment; filename=aw-buckets-export.json\r\n");
      g_string_append (response->body, "{\"buckets\":");
      write_buckets (exchange, TRUE, response->body);
      g_string_append_c (response->body, '}');
      return;
    case AW_ROUTE_SETTINGS:
      g_string_append (response->body, "{}");
      return;
    case AW_ROUTE_NONE:
    case AW_ROUTE_HEARTBEAT:
    case AW_ROUTE_IMPORT:
    case AW_ROUTE_QUERY:
    case AW_ROUTE_LOG:
      break;
    }
  reply_not_found (exchange);
}

static void
answer_post (AwExchange *exchange)
{
  const GString *body = exchange->request->body;
  g_autoptr (AwJson) json = aw_json_parse (body->str, body->len, AW_FLAVOUR_RUST);

  switch ((int) exchange->route)
    {
    case AW_ROUTE_BUCKET:
      post_bucket (exchange, json);
      return;
    case AW_ROUTE_EVENTS:
      post_events (exchange, json);
      return;
    case AW_ROUTE_HEARTBEAT:
      post_heartbeat (exchange, json);
      return;
    case AW_ROUTE_IMPORT:
      if (!aw_import_rust (exchange->server, json))
        reply_unprocessable (exchange);
      return;
    case AW_ROUTE_QUERY:
      if (!aw_query_answer (exchange, json))
        reply_unprocessable (exchange);
      return;
    default:
      reply_not_found (exchange);
    }
}

static void
answer_delete (AwExchange *exchange)
{
  AwBucket *bucket;

  if (exchange->route == AW_ROUTE_EVENT)
    {
      answer_event (exchange, TRUE);
      return;
    }
  if (exchange->route != AW_ROUTE_BUCKET)
    {
      reply_not_found (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket != NULL)
    aw_store_delete_bucket (exchange->server->store, bucket);
}

static gboolean
is_host_allowed (const AwRequest *request)
{
  g_autofree char *name = g_strdup (request->host != NULL ? request->host : "");

  name[strcspn (name, ":")] = '\0';
  return strcmp (name, "127.0.0.1") == 0 || strcmp (name, "localhost") == 0;
}

static gboolean
is_origin_allowed (const AwServer *server, const char *origin)
{
  g_autofree char *one = g_strdup_printf ("http://127.0.0.1:%d", server->port);
  g_autofree char *two = g_strdup_printf ("http://localhost:%d", server->port);

  return g_str_has_prefix (origin, "moz-extension://") || strcmp (origin, one) == 0
         || strcmp (origin, two) == 0;
}

/* The word Bearer is case-sensitive, and only the exact path of info is open. */
static gboolean
is_authorised (const AwServer *server, const AwRequest *request)
{
  g_autofree char *expected = NULL;

  if (server->api_key == NULL || strcmp (request->path, "/api/0/info") == 0
      || strcmp (request->method, "OPTIONS") == 0)
    return TRUE;
  expected = g_strdup_printf ("Bearer %s", server->api_key);
  return g_strcmp0 (request->authorization, expected) == 0;
}

void
aw_rust_answer (AwExchange *exchange)
{
  const AwRequest *request = exchange->request;
  AwResponse *response = exchange->response;

  if (!is_host_allowed (request))
    {
      reply_message (exchange, 400, "Host header is invalid");
      return;
    }
  if (request->origin != NULL)
    {
      if (!is_origin_allowed (exchange->server, request->origin))
        {
          reply_page (response, 403, "Forbidden", "The server refused to authorize the request.");
          return;
        }
      g_string_append_printf (response->headers, "access-control-allow-origin: %s\r\n",
                              request->origin);
      if (strcmp (request->method, "OPTIONS") == 0)
        {
          g_string_append (response->headers,
                           "access-control-allow-methods: POST, DELETE, GET\r\n");
          return;
        }
    }
  if (!is_authorised (exchange->server, request))
    reply_message (exchange, 401,
                   "Missing or invalid API key. Set 'Authorization: Bearer <key>' header.");
  else if (strcmp (request->method, "GET") == 0 || strcmp (request->method, "HEAD") == 0)
    answer_get (exchange);
  else if (strcmp (request->method, "POST") == 0)
    answer_post (exchange);
  else if (strcmp (request->method, "DELETE") == 0)
    answer_delete (exchange);
  else
    reply_not_found (exchange);
}
