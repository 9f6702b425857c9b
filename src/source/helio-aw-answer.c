/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-source"

#include "config.h"

#include "source/helio-aw-answer.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "model/helio-time.h"

/* The object that @body is, or NULL. */
static JsonObject *
read_object (const char *body, gssize length, JsonParser *parser)
{
  JsonNode *root;
  HelioJson json;
  const char *value;
  gsize value_length;

  /* The other parser recurses as deep as the text is nested. */
  helio_json_init (&json, body, length < 0 ? strlen (body) : (gsize) length);
  if (!helio_json_take_value (&json, &value, &value_length)
      || !json_parser_load_from_data (parser, value, (gssize) value_length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

/* The text of a member, or NULL if it is absent or no text. */
static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

HelioAwInfo *
helio_aw_answer_read_info (const GString *body, const char *server, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = read_object (body->str, (gssize) body->len, parser);
  const char *hostname = object != NULL ? get_text (object, "hostname") : NULL;
  const char *version = object != NULL ? get_text (object, "version") : NULL;
  HelioAwInfo *info;

  if (hostname == NULL || version == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ADDRESS,
                   _ ("What answers at %s is not ActivityWatch: correct its address"), server);
      return NULL;
    }
  info = g_new0 (HelioAwInfo, 1);
  info->hostname = g_strdup (hostname);
  info->version = g_strdup (version);
  return info;
}

static HelioBucket *
read_bucket (const char *id, JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *metadata, *data;
  const char *last;
  HelioBucket *bucket;
  int64_t seconds;
  int32_t nanoseconds;

  if (object == NULL || *id == '\0')
    return NULL;
  bucket = helio_bucket_new (id, get_text (object, "type"), get_text (object, "client"),
                             get_text (object, "hostname"), get_text (object, "created"));
  metadata = get_object (object, "metadata");
  last = get_text (object, "last_updated");
  if (last == NULL && metadata != NULL)
    last = get_text (metadata, "end");
  if (last != NULL && helio_time_parse (last, strlen (last), &seconds, &nanoseconds))
    bucket->last = helio_event_start (seconds, nanoseconds);
  data = get_object (object, "data");
  if (data != NULL && json_object_has_member (data, "$aw.sync.origin"))
    bucket->is_synced_copy = TRUE;
  return bucket;
}

static int
compare_buckets (gconstpointer a, gconstpointer b)
{
  const HelioBucket *const *one = a;
  const HelioBucket *const *two = b;

  return strcmp ((*one)->id, (*two)->id);
}

GPtrArray *
helio_aw_answer_read_buckets (const GString *body, const char *server, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = read_object (body->str, (gssize) body->len, parser);
  GPtrArray *buckets;
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  if (object == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
                   _ ("ActivityWatch at %s answered a list of buckets that can't be read"), server);
      return NULL;
    }
  buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_bucket_free);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &id, &node))
    {
      HelioBucket *bucket = read_bucket (id, node);

      if (bucket != NULL)
        g_ptr_array_add (buckets, bucket);
    }
  g_ptr_array_sort (buckets, compare_buckets);
  return buckets;
}

gboolean
helio_aw_answer_is_no_event (guint status, const char *body)
{
  if (status == 404)
    {
      g_autofree char *text = g_strstrip (g_strdup (body));

      return strcmp (text, "null") == 0;
    }
  return status == 500 && strstr (body, "Query returned no rows") != NULL;
}

void
helio_aw_answer_set_error (
    GError **error, const char *server, gboolean has_key, guint status, const char *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = read_object (body, -1, parser);
  const char *message = object != NULL ? get_text (object, "message") : NULL;

  if (status == 401)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_KEY,
                 has_key
                     ? _ ("ActivityWatch at %s refuses the API key: enter the one of its settings")
                     : _ ("ActivityWatch at %s asks for an API key: enter the one of its settings"),
                 server);
  else if (status == 404 && message != NULL && strstr (message, "bucket") != NULL)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_NO_BUCKET,
                 _ ("ActivityWatch at %s does not have this bucket"), server);
  else if (status >= 300 && status < 400)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ADDRESS,
                 _ ("What answers at %s points to another address: enter the one of ActivityWatch "
                    "itself"),
                 server);
  else if (status == 400)
    g_set_error (
        error, HELIO_ERROR, HELIO_ERROR_AW_ADDRESS,
        _ ("ActivityWatch at %s does not accept this host name: use 127.0.0.1 or localhost"),
        server);
  else if (status < 500)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ADDRESS,
                 _ ("What answers at %s is not ActivityWatch: correct its address"), server);
  else
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
                 _ ("ActivityWatch at %s failed to answer (HTTP %u): try again later"), server,
                 status);
}
