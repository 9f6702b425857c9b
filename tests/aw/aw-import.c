/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-import.h"

#include "aw-answers.h"

#include <string.h>

gboolean
aw_import_is_bucket (const AwJson *json)
{
  return aw_json_get_string (json, "type") != NULL && aw_json_get_string (json, "client") != NULL
         && aw_json_get_string (json, "hostname") != NULL;
}

AwBucket *
aw_import_bucket (AwServer *server, const char *id, const AwJson *json)
{
  gboolean is_python = server->flavour == AW_FLAVOUR_PYTHON;
  const char *hostname = aw_json_get_string (json, "hostname");
  const char *created_text = aw_json_get_string (json, "created");
  const AwJson *data = aw_json_get (json, "data");
  int64_t created = aw_server_now (server);
  g_autoptr (GString) text = g_string_new ("{}");

  if (!aw_import_is_bucket (json))
    return NULL;
  if (created_text != NULL)
    aw_time_parse (created_text, server->flavour, &created);
  if (strcmp (hostname, "!local") == 0)
    {
      hostname = server->hostname;
      g_string_printf (text, is_python ? "{\"device_id\": \"%s\"}" : "{\"device_id\":\"%s\"}",
                       server->device_id);
    }
  else if (data != NULL && data->kind == AW_JSON_OBJECT)
    {
      g_string_truncate (text, 0);
      aw_json_write (data, server->flavour, text);
    }
  return aw_store_create (server->store, id, aw_json_get_string (json, "type"),
                          aw_json_get_string (json, "client"), hostname, text->str,
                          is_python ? aw_floor (created, 1000) * 1000 : created);
}

static void
import_events (AwServer *server, AwBucket *bucket, const AwJson *events)
{
  gboolean is_python = server->flavour == AW_FLAVOUR_PYTHON;

  if (events == NULL || events->kind != AW_JSON_ARRAY)
    return;
  for (guint i = 0; i < events->items->len; i++)
    {
      g_auto (AwEvent) event = { 0 };

      if (!aw_event_read (events->items->pdata[i], server->flavour, bucket->created, &event))
        continue;
      if (is_python)
        event.id = -1;
      if (is_python || !aw_store_has_equal (server->store, bucket, &event))
        aw_take_insert (server, bucket, &event);
    }
}

static gboolean
import (AwServer *server, const AwJson *json, gboolean merges)
{
  const AwJson *buckets = aw_json_get (json, "buckets");

  if (buckets == NULL || buckets->kind != AW_JSON_OBJECT)
    return FALSE;
  for (guint i = 0; i < buckets->items->len; i++)
    {
      const char *id = ((GString *) buckets->keys->pdata[i])->str;
      const AwJson *from = buckets->items->pdata[i];
      AwBucket *bucket = aw_store_find (server->store, id);

      if (!aw_import_is_bucket (from) || (bucket != NULL && !merges))
        return FALSE;
      if (bucket == NULL)
        bucket = aw_import_bucket (server, id, from);
      import_events (server, bucket, aw_json_get (from, "events"));
    }
  return TRUE;
}

gboolean
aw_import_python (AwServer *server, const AwJson *json)
{
  return import (server, json, FALSE);
}

gboolean
aw_import_rust (AwServer *server, const AwJson *json)
{
  return import (server, json, TRUE);
}
