/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-answers.h"

#include <math.h>
#include <string.h>

void
aw_reply (AwResponse *response, int status, const char *content_type, const char *body)
{
  response->status = status;
  response->content_type = content_type;
  g_string_assign (response->body, body);
}

int64_t
aw_server_now (AwServer *server)
{
  return g_get_real_time () * 1000 + server->clock_offset;
}

char *
aw_server_new_device_id (void)
{
  return g_uuid_string_random ();
}

static gboolean
is_number (const char *text)
{
  if (*text == '-')
    text++;
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* @parts begin after /api/0/. */
static AwRoute
find_route (AwExchange *exchange, char **parts, guint count)
{
  static const struct
  {
    const char *name;
    AwRoute route;
  } tops[] = { { "info", AW_ROUTE_INFO },     { "buckets", AW_ROUTE_BUCKETS },
               { "export", AW_ROUTE_EXPORT }, { "import", AW_ROUTE_IMPORT },
               { "query", AW_ROUTE_QUERY },   { "settings", AW_ROUTE_SETTINGS },
               { "log", AW_ROUTE_LOG } },
    below[] = { { "events", AW_ROUTE_EVENTS },
                { "heartbeat", AW_ROUTE_HEARTBEAT },
                { "export", AW_ROUTE_BUCKET_EXPORT } };

  if (count == 1)
    for (guint i = 0; i < G_N_ELEMENTS (tops); i++)
      if (strcmp (parts[0], tops[i].name) == 0)
        return tops[i].route;
  if (count < 2 || strcmp (parts[0], "buckets") != 0)
    return AW_ROUTE_NONE;
  exchange->bucket_id = g_strdup (parts[1]);
  if (count == 2)
    return AW_ROUTE_BUCKET;
  if (count == 3)
    for (guint i = 0; i < G_N_ELEMENTS (below); i++)
      if (strcmp (parts[2], below[i].name) == 0)
        return below[i].route;
  if (count != 4 || strcmp (parts[2], "events") != 0)
    return AW_ROUTE_NONE;
  if (strcmp (parts[3], "count") == 0)
    return AW_ROUTE_COUNT;
  exchange->event_id = g_strdup (parts[3]);
  if (!is_number (parts[3]) && exchange->server->flavour == AW_FLAVOUR_PYTHON)
    return AW_ROUTE_NONE;
  return AW_ROUTE_EVENT;
}

static char *
decode (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text == '%' && g_ascii_isxdigit (text[1]) && g_ascii_isxdigit (text[2]))
      {
        g_string_append_c (
            out, (char) (g_ascii_xdigit_value (text[1]) * 16 + g_ascii_xdigit_value (text[2])));
        text += 2;
      }
    else
      g_string_append_c (out, *text);
  return g_string_free (out, FALSE);
}

/* Python decodes the path and then takes it apart, so that %2F parts it; Rust the other way. */
static void
route (AwExchange *exchange)
{
  gboolean is_python = exchange->server->flavour == AW_FLAVOUR_PYTHON;
  g_auto (GStrv) parts = NULL;
  guint count;

  exchange->path = decode (exchange->request->path);
  parts = g_strsplit (is_python ? exchange->path : exchange->request->path, "/", -1);
  count = g_strv_length (parts);
  for (guint i = 0; !is_python && i < count; i++)
    {
      char *decoded = decode (parts[i]);

      g_free (parts[i]);
      parts[i] = decoded;
    }
  if (count > 0 && *parts[count - 1] == '\0')
    {
      exchange->has_slash = TRUE;
      count--;
    }
  if (count > 3 && strcmp (parts[1], "api") == 0 && strcmp (parts[2], "0") == 0)
    exchange->route = find_route (exchange, parts + 3, count - 3);
}

static AwKind
get_kind (AwRoute route, const char *method)
{
  gboolean is_delete = strcmp (method, "DELETE") == 0;
  gboolean is_post = strcmp (method, "POST") == 0;

  switch (route)
    {
    case AW_ROUTE_INFO:
      return AW_KIND_INFO;
    case AW_ROUTE_BUCKETS:
      return AW_KIND_BUCKETS;
    case AW_ROUTE_BUCKET:
      return is_delete ? AW_KIND_DELETE_BUCKET : is_post ? AW_KIND_CREATE : AW_KIND_BUCKET;
    case AW_ROUTE_EVENTS:
      return is_post ? AW_KIND_INSERT : AW_KIND_EVENTS;
    case AW_ROUTE_EVENT:
      return is_delete ? AW_KIND_DELETE : AW_KIND_EVENT;
    case AW_ROUTE_COUNT:
      return AW_KIND_COUNT;
    case AW_ROUTE_HEARTBEAT:
      return AW_KIND_HEARTBEAT;
    case AW_ROUTE_BUCKET_EXPORT:
    case AW_ROUTE_EXPORT:
      return AW_KIND_EXPORT;
    case AW_ROUTE_IMPORT:
      return AW_KIND_IMPORT;
    case AW_ROUTE_QUERY:
      return AW_KIND_QUERY;
    case AW_ROUTE_NONE:
    case AW_ROUTE_SETTINGS:
    case AW_ROUTE_LOG:
      break;
    }
  return AW_KIND_OTHER;
}

static gboolean
is_write (AwKind kind)
{
  return kind == AW_KIND_HEARTBEAT || kind == AW_KIND_INSERT || kind == AW_KIND_DELETE
         || kind == AW_KIND_CREATE || kind == AW_KIND_DELETE_BUCKET || kind == AW_KIND_IMPORT;
}

static void
exchange_clear (AwExchange *exchange)
{
  g_clear_pointer (&exchange->path, g_free);
  g_clear_pointer (&exchange->bucket_id, g_free);
  g_clear_pointer (&exchange->event_id, g_free);
}

AwKind
aw_request_get_kind (AwServer *server, const AwRequest *request)
{
  AwExchange exchange = { .server = server, .request = request };
  AwKind kind;

  route (&exchange);
  kind = get_kind (exchange.route, request->method);
  exchange_clear (&exchange);
  return kind;
}

int64_t
aw_answer (AwServer *server, const AwRequest *request, AwResponse *response)
{
  AwExchange exchange = { .server = server, .request = request, .response = response };
  gboolean may_fail;
  int64_t begun, us;
  AwKind kind;

  route (&exchange);
  kind = get_kind (exchange.route, request->method);
  if (request->origin != NULL)
    aw_stats_origin (&server->stats);
  may_fail = is_write (kind) && server->flavour == AW_FLAVOUR_PYTHON;
  if (!aw_lock_take (&server->lock, may_fail ? server->lock_timeout_us : -1))
    {
      aw_stats_locked (&server->stats, kind == AW_KIND_HEARTBEAT);
      aw_reply (response, 500, "application/json", "{\"message\": \"Internal Server Error\"}\n");
      exchange_clear (&exchange);
      return 0;
    }
  begun = g_get_monotonic_time ();
  aw_store_request_begins (server->store);
  if (server->flavour == AW_FLAVOUR_PYTHON)
    aw_python_answer (&exchange);
  else
    aw_rust_answer (&exchange);
  if (is_write (kind))
    exchange.cost += aw_pace_write (server);
  aw_pace_wait (begun, exchange.cost);
  us = g_get_monotonic_time () - begun;
  aw_lock_release (&server->lock);
  exchange_clear (&exchange);
  return us;
}

static gboolean
read_duration (const AwJson *json, AwFlavour flavour, int64_t *duration)
{
  const AwJson *member = aw_json_get (json, "duration");
  double seconds;

  *duration = 0;
  if (member == NULL)
    return TRUE;
  if (member->kind != AW_JSON_NUMBER)
    return FALSE;
  seconds = g_ascii_strtod (member->text->str, NULL);
  if (fabs (seconds) > 9e9)
    return FALSE;
  *duration = flavour == AW_FLAVOUR_PYTHON ? llrint (seconds * 1e6) * 1000 : llrint (seconds * 1e9);
  return TRUE;
}

gboolean
aw_event_read (const AwJson *json, AwFlavour flavour, int64_t now, AwEvent *event)
{
  gboolean is_python = flavour == AW_FLAVOUR_PYTHON;
  const AwJson *id = aw_json_get (json, "id");
  const AwJson *timestamp = aw_json_get (json, "timestamp");
  const AwJson *data = aw_json_get (json, "data");
  g_autoptr (GString) text = g_string_new (NULL);

  if (json == NULL || json->kind != AW_JSON_OBJECT
      || !read_duration (json, flavour, &event->duration))
    return FALSE;
  event->id = -1;
  if (id != NULL && id->kind != AW_JSON_NULL)
    {
      if (id->kind != AW_JSON_NUMBER)
        return FALSE;
      event->id = g_ascii_strtoll (id->text->str, NULL, 10);
    }
  event->start = now;
  if (timestamp != NULL && timestamp->kind == AW_JSON_STRING)
    {
      if (!aw_time_parse (timestamp->text->str, flavour, &event->start))
        return FALSE;
    }
  else if (!is_python)
    return FALSE;
  if (data == NULL && !is_python)
    return FALSE;
  if (data != NULL && data->kind != AW_JSON_OBJECT)
    return FALSE;
  if (is_python)
    event->start = aw_floor (event->start, AW_MS) * AW_MS;
  if (data != NULL)
    aw_json_write (data, flavour, text);
  else
    g_string_assign (text, "{}");
  event->data = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

gboolean
aw_take_heartbeat (AwServer *server, AwBucket *bucket, AwEvent *event, int64_t pulsetime)
{
  g_autofree char *message = NULL;

  if (server->flavour == AW_FLAVOUR_PYTHON)
    return aw_python_heartbeat (server, bucket, event, pulsetime);
  return aw_rust_heartbeat (server, bucket, event, pulsetime, &message);
}

void
aw_take_insert (AwServer *server, AwBucket *bucket, AwEvent *event)
{
  if (server->flavour == AW_FLAVOUR_PYTHON)
    {
      event->start = aw_floor (event->start, AW_MS) * AW_MS;
      event->duration = aw_floor (event->duration, 1000) * 1000;
      if (event->id >= 0)
        {
          aw_store_overwrite (server->store, bucket, event);
          return;
        }
    }
  else
    aw_store_set_last (server->store, bucket->id, NULL);
  aw_store_insert (server->store, bucket, event);
}

AwBucket *
aw_make_bucket (
    AwServer *server, const char *id, const char *type, const char *client, const char *hostname)
{
  AwBucket *bucket = aw_store_find (server->store, id);

  if (bucket != NULL)
    return bucket;
  return aw_store_create (server->store, id, type, client, hostname, "{}", aw_server_now (server));
}
