/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-control.h"

#include "aw-answers.h"
#include "aw-mutate.h"

#include <string.h>

static void
reply_missing (AwResponse *response, const char *what)
{
  g_autofree char *body = g_strdup_printf ("{\"error\":\"%s\"}", what);

  aw_reply (response, 404, "application/json", body);
}

static void
get_truth (AwServer *server, const AwRequest *request, AwResponse *response)
{
  g_autofree char *id = aw_request_get (request, "bucket");
  AwBucket *bucket = id != NULL ? aw_store_find (server->store, id) : NULL;

  if (bucket == NULL)
    reply_missing (response, "no such bucket");
  else
    aw_store_write_truth (server->store, bucket, response->body);
}

/* {"flavour":"rust","db_version":5}: as another server started on this database. */
static void
migrate (AwServer *server, const AwJson *json)
{
  const char *flavour = aw_json_get_string (json, "flavour");

  if (flavour != NULL)
    server->flavour = strcmp (flavour, "python") == 0 ? AW_FLAVOUR_PYTHON : AW_FLAVOUR_RUST;
  server->db_version = (int) aw_json_get_int (json, "db_version", 5);
  g_free (server->device_id);
  server->device_id = aw_server_new_device_id ();
  aw_store_migrate (server->store, server->flavour, server->db_version);
}

/* {"bucket":ID,"keep_events":true}: deleted and made again, with another `created`. */
static void
recreate (AwServer *server, const AwJson *json, AwResponse *response)
{
  const char *id = aw_json_get_string (json, "bucket");
  AwBucket *bucket = id != NULL ? aw_store_find (server->store, id) : NULL;
  g_autoptr (GString) kept = g_string_new (NULL);
  g_autoptr (AwJson) events = NULL;
  g_autofree char *name = NULL, *type = NULL, *client = NULL, *hostname = NULL, *data = NULL;

  if (bucket == NULL)
    {
      reply_missing (response, "no such bucket");
      return;
    }
  name = g_strdup (bucket->id);
  type = g_strdup (bucket->type);
  client = g_strdup (bucket->client);
  hostname = g_strdup (bucket->hostname);
  data = g_strdup (bucket->data);
  if (aw_json_get_true (json, "keep_events"))
    {
      aw_store_write_truth (server->store, bucket, kept);
      events = aw_json_parse (kept->str, kept->len, AW_FLAVOUR_PYTHON);
    }
  aw_store_delete_bucket (server->store, bucket);
  bucket
      = aw_store_create (server->store, name, type, client, hostname, data, aw_server_now (server));
  for (guint i = 0; events != NULL && i < events->items->len; i++)
    {
      const AwJson *from = events->items->pdata[i];
      g_autoptr (GString) text = g_string_new (NULL);
      AwEvent event = { .id = -1,
                        .start = aw_json_get_int (from, "start_ns", 0),
                        .duration = aw_json_get_int (from, "duration_ns", 0),
                        .data = NULL };

      aw_json_write (aw_json_get (from, "data"), server->flavour, text);
      event.data = text->str;
      aw_store_insert (server->store, bucket, &event);
    }
}

static void
mutate (AwServer *server, const AwJson *json, AwResponse *response)
{
  AwMutation mutation = {
    .seed = (guint32) aw_json_get_int (json, "seed", 1),
    .steps = aw_json_get_int (json, "steps", 100),
    .bucket = aw_json_get_string (json, "bucket"),
    .recreates = aw_json_get_true (json, "recreate"),
    .days = aw_json_get_int (json, "days", 30),
    .now = aw_json_get_int (json, "now_ms", aw_server_now (server) / AW_MS) * AW_MS,
  };

  aw_mutate (server, &mutation, response->body);
}

static void
set_clock (AwServer *server, const AwJson *json)
{
  int64_t now = aw_json_get_int (json, "now_ms", 0) * AW_MS;

  server->clock_offset = aw_json_get_int (json, "offset_ms", 0) * AW_MS;
  if (now != 0)
    server->clock_offset += now - aw_server_now (server);
}

/* What needs the lock. Returns FALSE if there is no such command. */
static gboolean
run (AwServer *server,
     const char *name,
     const AwRequest *request,
     const AwJson *json,
     AwResponse *response)
{
  if (strcmp (name, "truth") == 0)
    get_truth (server, request, response);
  else if (strcmp (name, "migrate") == 0)
    migrate (server, json);
  else if (strcmp (name, "empty") == 0)
    aw_store_clear (server->store);
  else if (strcmp (name, "recreate") == 0)
    recreate (server, json, response);
  else if (strcmp (name, "mutate") == 0)
    mutate (server, json, response);
  else if (strcmp (name, "clock") == 0)
    set_clock (server, json);
  else if (strcmp (name, "restart") == 0)
    aw_store_restart (server->store);
  else if (strcmp (name, "crash") == 0)
    aw_store_crash (server->store);
  else
    return FALSE;
  return TRUE;
}

void
aw_control_answer (AwServer *server, const AwRequest *request, AwResponse *response)
{
  const char *name = request->path + strlen ("/_test/");
  const GString *body = request->body;
  g_autoptr (AwJson) json = aw_json_parse (body->str, body->len, AW_FLAVOUR_PYTHON);
  gboolean is_known = TRUE;

  response->content_type = "application/json";
  if (strcmp (name, "stats") == 0)
    aw_stats_write (&server->stats, response->body);
  else if (strcmp (name, "stats/reset") == 0)
    aw_stats_reset (&server->stats);
  else if (strcmp (name, "pause") == 0)
    aw_faults_set_paused (&server->faults, TRUE);
  else if (strcmp (name, "resume") == 0)
    aw_faults_set_paused (&server->faults, FALSE);
  else if (strcmp (name, "fault") == 0)
    {
      if (json == NULL || strcmp (request->method, "DELETE") == 0
          || aw_json_get_true (json, "clear"))
        aw_faults_clear (&server->faults);
      else
        aw_faults_add (&server->faults, json);
    }
  else
    {
      aw_lock_take (&server->lock, -1);
      is_known = run (server, name, request, json, response);
      aw_lock_release (&server->lock);
    }
  if (!is_known)
    reply_missing (response, "no such command");
  else if (response->body->len == 0)
    g_string_append (response->body, "{}");
}
