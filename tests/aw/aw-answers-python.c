/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* aw-server, the one in Python. */

#include "aw-answers.h"
#include "aw-import.h"
#include "aw-query.h"

#include <math.h>
#include <string.h>

#define JSON "application/json"
#define HTML "text/html; charset=utf-8"

static void
reply_error (AwExchange *exchange)
{
  aw_reply (exchange->response, 500, JSON, "{\"message\": \"Internal Server Error\"}\n");
}

static void
reply_not_found (AwExchange *exchange)
{
  aw_reply (exchange->response, 404, HTML,
            "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
            "<p>The requested URL was not found on the server. If you entered the URL manually"
            " please check your spelling and try again.</p>\n");
}

static void
reply_no_method (AwExchange *exchange, const char *allowed)
{
  g_string_append_printf (exchange->response->headers, "Allow: %s\r\n", allowed);
  if (exchange->route != AW_ROUTE_NONE)
    aw_reply (exchange->response, 405, JSON,
              "{\"message\": \"The method is not allowed for the requested URL.\"}\n");
  else
    aw_reply (exchange->response, 405, HTML,
              "<!doctype html>\n<html lang=en>\n<title>405 Method Not Allowed</title>\n"
              "<h1>Method Not Allowed</h1>\n"
              "<p>The method is not allowed for the requested URL.</p>\n");
}

static void
reply_redirect (AwExchange *exchange)
{
  const AwRequest *request = exchange->request;
  g_autofree char *url = NULL;
  g_autofree char *body = NULL;

  url = g_strdup_printf ("http://%s%s/%s%s", request->host, request->path,
                         request->query != NULL ? "?" : "",
                         request->query != NULL ? request->query : "");
  body = g_strdup_printf (
      "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n"
      "<p>You should be redirected automatically to the target URL: <a href=\"%s\">%s</a>."
      " If not, click the link.\n",
      url, url);
  g_string_append_printf (exchange->response->headers, "Location: %s\r\n", url);
  aw_reply (exchange->response, 308, HTML, body);
}

static AwBucket *
need_bucket (AwExchange *exchange)
{
  AwBucket *bucket = aw_store_find (exchange->server->store, exchange->bucket_id);

  if (bucket == NULL)
    aw_reply_python_hint (exchange);
  return bucket;
}

static void
write_member (GString *out, const char *name, const char *text)
{
  g_string_append_printf (out, "\"%s\": ", name);
  aw_json_write_string (text, strlen (text), AW_FLAVOUR_PYTHON, out);
  g_string_append (out, ", ");
}

/* Up to, not including, the closing brace. */
static void
write_bucket (const AwBucket *bucket, GString *out)
{
  char created[AW_TIME_TEXT];

  aw_time_format (bucket->created, AW_FLAVOUR_PYTHON, created);
  g_string_append_c (out, '{');
  write_member (out, "id", bucket->id);
  g_string_append_printf (out, "\"created\": \"%s\", \"name\": null, ", created);
  write_member (out, "type", bucket->type);
  write_member (out, "client", bucket->client);
  write_member (out, "hostname", bucket->hostname);
  g_string_append_printf (out, "\"data\": %s", bucket->data);
}

static void
write_export (AwExchange *exchange, AwBucket *bucket, GString *out)
{
  AwRange all = { .start = INT64_MIN, .end = INT64_MAX, .oldest = INT64_MIN, .limit = -1 };

  aw_json_write_string (bucket->id, strlen (bucket->id), AW_FLAVOUR_PYTHON, out);
  g_string_append (out, ": ");
  write_bucket (bucket, out);
  g_string_append (out, ", \"events\": ");
  aw_store_write_events (exchange->server->store, bucket, &all, FALSE, out);
  g_string_append_c (out, '}');
  exchange->cost += aw_pace_export (exchange->server, bucket);
}

static void
get_buckets (AwExchange *exchange)
{
  const GPtrArray *buckets = aw_store_list (exchange->server->store);
  GString *out = exchange->response->body;

  exchange->cost = aw_pace_buckets (exchange->server);
  g_string_append_c (out, '{');
  for (guint i = 0; i < buckets->len; i++)
    {
      AwBucket *bucket = buckets->pdata[i];
      g_auto (AwEvent) newest = { 0 };
      char updated[AW_TIME_TEXT];

      if (i > 0)
        g_string_append (out, ", ");
      aw_json_write_string (bucket->id, strlen (bucket->id), AW_FLAVOUR_PYTHON, out);
      g_string_append (out, ": ");
      write_bucket (bucket, out);
      if (aw_store_get_newest (exchange->server->store, bucket, TRUE, &newest))
        {
          aw_time_format (newest.start + newest.duration, AW_FLAVOUR_PYTHON, updated);
          g_string_append_printf (out, ", \"last_updated\": \"%s\"", updated);
        }
      g_string_append_c (out, '}');
    }
  g_string_append (out, "}\n");
}

/* The start is rounded down to ms, the end up, by one ms more even when it is exact. */
static gboolean
read_range (AwExchange *exchange, gboolean rounds, AwRange *range)
{
  g_autofree char *start = aw_request_get (exchange->request, "start");
  g_autofree char *end = aw_request_get (exchange->request, "end");
  g_autofree char *limit = aw_request_get (exchange->request, "limit");
  gint64 number;

  *range = (AwRange){ .start = INT64_MIN, .end = INT64_MAX, .oldest = INT64_MIN, .limit = -1 };
  if ((start != NULL && !aw_time_parse (start, AW_FLAVOUR_PYTHON, &range->start))
      || (end != NULL && !aw_time_parse (end, AW_FLAVOUR_PYTHON, &range->end)))
    return FALSE;
  range->has_start = start != NULL;
  range->has_end = end != NULL;
  if (rounds && limit != NULL)
    {
      if (!g_ascii_string_to_signed (limit, 10, INT64_MIN, INT64_MAX, &number, NULL))
        return FALSE;
      range->limit = MAX (number, -1);
    }
  if (range->has_start && rounds)
    range->start = aw_floor (range->start, AW_MS) * AW_MS;
  if (range->has_end && rounds)
    range->end = (aw_floor (range->end, AW_MS) + 1) * AW_MS;
  /* What is longer than a day is not looked for. */
  if (range->has_start)
    range->oldest = range->start - AW_DAY;
  return TRUE;
}

static void
get_events (AwExchange *exchange)
{
  AwServer *server = exchange->server;
  AwBucket *bucket;
  AwRange range;
  int64_t count;

  if (!read_range (exchange, TRUE, &range))
    {
      reply_error (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  count = aw_store_write_events (server->store, bucket, &range, TRUE, exchange->response->body);
  g_string_append_c (exchange->response->body, '\n');
  exchange->cost = aw_pace_events (server, bucket, &range, count);
  aw_stats_read (&server->stats, range.limit, count);
}

static void
get_count (AwExchange *exchange)
{
  AwServer *server = exchange->server;
  AwBucket *bucket;
  AwRange range;

  if (!read_range (exchange, FALSE, &range))
    {
      reply_error (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  exchange->cost = aw_pace_count (server, bucket);
  g_string_append_printf (
      exchange->response->body, "%" G_GINT64_FORMAT "\n",
      (gint64) aw_store_count (server->store, bucket,
                               range.has_start || range.has_end ? &range : NULL));
}

static void
reply_bad_json (AwExchange *exchange)
{
  aw_reply (exchange->response, 400, JSON,
            "{\"message\": \"The browser (or proxy) sent a request that this server could not"
            " understand.\"}\n");
}

/* Reads one event, or a list of them, into @events. */
static gboolean
read_events (AwExchange *exchange, const AwJson *json, GArray *events)
{
  int64_t now = aw_server_now (exchange->server);
  guint count = json->kind == AW_JSON_ARRAY ? json->items->len : 1;

  for (guint i = 0; i < count; i++)
    {
      const AwJson *item = json->kind == AW_JSON_ARRAY ? json->items->pdata[i] : json;
      AwEvent event = { 0 };

      if (!aw_event_read (item, AW_FLAVOUR_PYTHON, now, &event))
        return FALSE;
      g_array_append_val (events, event);
    }
  return TRUE;
}

static void
post_events (AwExchange *exchange, const AwJson *json)
{
  g_autoptr (GArray) events = g_array_new (FALSE, TRUE, sizeof (AwEvent));
  AwBucket *bucket;

  g_array_set_clear_func (events, (GDestroyNotify) aw_event_clear);
  if (json->kind != AW_JSON_ARRAY && json->kind != AW_JSON_OBJECT)
    {
      aw_reply (exchange->response, 400, JSON, "{\"message\": \"\"}\n");
      return;
    }
  if (!read_events (exchange, json, events))
    {
      reply_error (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  for (guint i = 0; i < events->len; i++)
    aw_take_insert (exchange->server, bucket, &g_array_index (events, AwEvent, i));
  g_string_append (exchange->response->body, "null\n");
}

static void
post_heartbeat (AwExchange *exchange, const AwJson *json)
{
  g_autofree char *text = aw_request_get (exchange->request, "pulsetime");
  g_auto (AwEvent) event = { 0 };
  AwBucket *bucket;
  char *end = text;
  double pulsetime;

  if (!aw_event_read (json, AW_FLAVOUR_PYTHON, aw_server_now (exchange->server), &event))
    {
      reply_error (exchange);
      return;
    }
  if (text == NULL)
    {
      aw_reply (exchange->response, 400, JSON,
                "{\"message\": \"Missing required parameter pulsetime\"}\n");
      return;
    }
  pulsetime = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0')
    {
      reply_error (exchange);
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  if (!aw_python_heartbeat (exchange->server, bucket, &event, llrint (pulsetime * 1e6) * 1000))
    {
      reply_error (exchange);
      return;
    }
  aw_event_write (&event, AW_FLAVOUR_PYTHON, TRUE, exchange->response->body);
  g_string_append_c (exchange->response->body, '\n');
}

static void
post_bucket (AwExchange *exchange, const AwJson *json)
{
  if (aw_store_find (exchange->server->store, exchange->bucket_id) != NULL)
    {
      aw_reply (exchange->response, 304, NULL, "");
      exchange->response->has_no_length = TRUE;
      return;
    }
  if (aw_import_bucket (exchange->server, exchange->bucket_id, json) == NULL)
    reply_error (exchange);
  else
    g_string_append (exchange->response->body, "{}\n");
}

static void
answer_event (AwExchange *exchange, gboolean is_delete)
{
  AwServer *server = exchange->server;
  AwBucket *bucket = need_bucket (exchange);
  int64_t id = g_ascii_strtoll (exchange->event_id, NULL, 10);
  g_auto (AwEvent) event = { 0 };

  if (bucket == NULL)
    return;
  if (is_delete)
    {
      g_string_printf (exchange->response->body, "{\"success\": %d}\n",
                       aw_store_delete_event (server->store, bucket, id));
      return;
    }
  exchange->cost = aw_pace_event (server);
  if (!aw_store_get_event (server->store, bucket, id, &event))
    {
      aw_reply (exchange->response, 404, JSON, "null\n");
      return;
    }
  aw_event_write (&event, AW_FLAVOUR_PYTHON, TRUE, exchange->response->body);
  g_string_append_c (exchange->response->body, '\n');
}

static void
get_export (AwExchange *exchange, AwBucket *only)
{
  const GPtrArray *buckets = aw_store_list (exchange->server->store);
  AwResponse *response = exchange->response;

  response->content_type = HTML;
  g_string_append (response->body, "{\"buckets\": {");
  if (only != NULL)
    {
      g_string_append_printf (
          response->headers,
          "Content-Disposition: attachment; filename=aw-bucket-export_%s.json\r\n", only->id);
      write_export (exchange, only, response->body);
    }
  else
    g_string_append (response->headers,
                     "Content-Disposition: attachment; filename=aw-buckets-export.json\r\n");
  for (guint i = 0; only == NULL && i < buckets->len; i++)
    {
      if (i > 0)
        g_string_append (response->body, ", ");
      write_export (exchange, buckets->pdata[i], response->body);
    }
  g_string_append (response->body, "}}");
}

static void
answer_get (AwExchange *exchange)
{
  AwServer *server = exchange->server;
  AwResponse *response = exchange->response;
  AwBucket *bucket;

  response->content_type = JSON;
  switch ((int) exchange->route)
    {
    case AW_ROUTE_INFO:
      g_string_printf (response->body,
                       "{\"hostname\": \"%s\", \"version\": \"v0.13.2\", \"testing\": %s,"
                       " \"device_id\": \"%s\"}\n",
                       server->hostname, server->is_testing ? "true" : "false", server->device_id);
      return;
    case AW_ROUTE_BUCKETS:
      get_buckets (exchange);
      return;
    case AW_ROUTE_BUCKET:
      bucket = need_bucket (exchange);
      if (bucket != NULL)
        {
          write_bucket (bucket, response->body);
          g_string_append (response->body, "}\n");
        }
      return;
    case AW_ROUTE_EVENTS:
      get_events (exchange);
      return;
    case AW_ROUTE_EVENT:
      answer_event (exchange, FALSE);
      return;
    case AW_ROUTE_COUNT:
      get_count (exchange);
      return;
    case AW_ROUTE_BUCKET_EXPORT:
      bucket = need_bucket (exchange);
      if (bucket != NULL)
        get_export (exchange, bucket);
      return;
    case AW_ROUTE_EXPORT:
      get_export (exchange, NULL);
      return;
    case AW_ROUTE_SETTINGS:
      g_string_append (response->body, "{}\n");
      return;
    case AW_ROUTE_LOG:
      reply_error (exchange);
      return;
    case AW_ROUTE_NONE:
      reply_not_found (exchange);
      return;
    default:
      reply_no_method (exchange, "POST, OPTIONS");
    }
}

static void
answer_post (AwExchange *exchange)
{
  const GString *body = exchange->request->body;
  g_autoptr (AwJson) json = aw_json_parse (body->str, body->len, AW_FLAVOUR_PYTHON);

  exchange->response->content_type = JSON;
  if (json == NULL && exchange->route != AW_ROUTE_NONE)
    {
      reply_bad_json (exchange);
      return;
    }
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
      if (aw_import_python (exchange->server, json))
        g_string_append (exchange->response->body, "null\n");
      else
        reply_error (exchange);
      return;
    case AW_ROUTE_QUERY:
      if (!aw_query_answer (exchange, json))
        reply_error (exchange);
      return;
    default:
      reply_no_method (exchange, "GET, HEAD, OPTIONS");
    }
}

static void
answer_delete (AwExchange *exchange)
{
  g_autofree char *force = aw_request_get (exchange->request, "force");
  AwBucket *bucket;

  exchange->response->content_type = JSON;
  if (exchange->route == AW_ROUTE_EVENT)
    {
      answer_event (exchange, TRUE);
      return;
    }
  if (exchange->route != AW_ROUTE_BUCKET)
    {
      reply_no_method (exchange, "GET, HEAD, OPTIONS");
      return;
    }
  if (g_strcmp0 (force, "1") != 0 && !exchange->server->is_testing)
    {
      aw_reply (exchange->response, 401, JSON,
                "{\"message\": \"Deleting buckets is only permitted if aw-server is running in"
                " testing mode or if ?force=1\"}\n");
      return;
    }
  bucket = need_bucket (exchange);
  if (bucket == NULL)
    return;
  aw_store_delete_bucket (exchange->server->store, bucket);
  g_string_append (exchange->response->body, "{}\n");
}

/* The part before the first colon must be one of three names, in this case. */
static gboolean
check_host (AwExchange *exchange)
{
  const char *host = exchange->request->host;
  g_autofree char *name = g_strdup (host != NULL ? host : "");
  g_autofree char *body = NULL;

  name[strcspn (name, ":")] = '\0';
  if (strcmp (name, "127.0.0.1") == 0 || strcmp (name, "localhost") == 0)
    return TRUE;
  if (host == NULL)
    body = g_strdup ("{\"message\":\"host header is missing\"}\n");
  else
    body = g_strdup_printf ("{\"message\":\"host header is invalid (was %s)\"}\n", host);
  aw_reply (exchange->response, 400, JSON, body);
  return FALSE;
}

/* Foreign origins are answered like everyone, but the browser is not told that it may read. */
static void
add_cors (AwExchange *exchange, gboolean is_options)
{
  GString *headers = exchange->response->headers;
  const char *origin = exchange->request->origin;

  if (origin == NULL || !g_str_has_prefix (origin, "moz-extension://"))
    return;
  g_string_append_printf (headers, "Access-Control-Allow-Origin: %s\r\n", origin);
  if (is_options)
    g_string_append (headers, "Access-Control-Allow-Methods: DELETE, GET, HEAD, OPTIONS, PATCH,"
                              " POST, PUT\r\n");
  g_string_append (headers, "Vary: Origin\r\n");
}

void
aw_python_answer (AwExchange *exchange)
{
  const char *method = exchange->request->method;
  gboolean is_collection;

  if (!check_host (exchange))
    return;
  is_collection = exchange->route == AW_ROUTE_BUCKETS || exchange->route == AW_ROUTE_QUERY;
  if (strcmp (method, "OPTIONS") == 0)
    {
      g_string_append (exchange->response->headers, "Allow: GET, HEAD, OPTIONS\r\n");
      exchange->response->content_type = HTML;
    }
  else if (is_collection && !exchange->has_slash)
    reply_redirect (exchange);
  else
    {
      if (exchange->has_slash && !is_collection)
        exchange->route = AW_ROUTE_NONE;
      if (strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0)
        answer_get (exchange);
      else if (strcmp (method, "POST") == 0)
        answer_post (exchange);
      else if (strcmp (method, "DELETE") == 0)
        answer_delete (exchange);
      else if (strcmp (method, "PUT") == 0 && exchange->route == AW_ROUTE_BUCKET)
        reply_error (exchange);
      else
        reply_no_method (exchange, "GET, HEAD, OPTIONS");
    }
  add_cors (exchange, strcmp (method, "OPTIONS") == 0);
}
