/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-protocol"

#include "config.h"

#include "protocol/helio-protocol-answer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-fields.h"

#define COUNT_MAX HELIO_TIME_MAX

/* -- GET base ----------------------------------------------------------------------------- */

static gboolean
parse_encodings (HelioJson *json, HelioBackendInfo *info)
{
  if (helio_json_peek (json) != HELIO_JSON_ARRAY)
    return helio_fields_fail (json, "encodings is no list");
  helio_json_enter_array (json);
  while (helio_json_next_element (json))
    {
      g_autofree char *name = NULL;

      if (helio_fields_take_text (json, &name, "an encoding is no text")
          && g_ascii_strcasecmp (name, "gzip") == 0)
        info->accepts_gzip = TRUE;
    }
  return !helio_json_failed (json);
}

static gboolean
parse_info (HelioJson *json, HelioBackendInfo *info)
{
  const char *key;
  gsize length;
  int64_t protocol = 0, max_events = 0, max_bytes = 0;
  gboolean has_now = FALSE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "the answer is no JSON object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &length))
    {
      if (helio_json_key_is (key, length, "server"))
        helio_fields_take_text (json, &info->server, "server is no text");
      else if (helio_json_key_is (key, length, "protocol"))
        helio_fields_take_integer (json, 1, G_MAXINT, &protocol, "protocol is no whole number");
      else if (helio_json_key_is (key, length, "max_events"))
        helio_fields_take_integer (json, 1, G_MAXUINT, &max_events, "max_events is out of range");
      else if (helio_json_key_is (key, length, "max_bytes"))
        helio_fields_take_integer (json, 1024, COUNT_MAX, &max_bytes, "max_bytes is out of range");
      else if (helio_json_key_is (key, length, "encodings"))
        parse_encodings (json, info);
      else if (helio_json_key_is (key, length, "now"))
        has_now = helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &info->now,
                                             "now is no time");
      else if (helio_json_key_is (key, length, "device"))
        helio_fields_take_text_or_null (json, &info->device, "device is no text");
      else if (helio_json_key_is (key, length, "store"))
        helio_fields_take_text_or_null (json, &info->store, "store is no text");
      else if (helio_json_key_is (key, length, "seq"))
        helio_fields_take_integer (json, 0, HELIO_TIME_MAX, &info->seq, "seq is no whole number");
      else
        helio_fields_skip (json);
    }
  if (!helio_json_finish (json))
    return FALSE;
  if (info->server == NULL || protocol == 0 || max_events == 0 || max_bytes == 0 || !has_now)
    return helio_fields_fail (json, "server, protocol, max_events, max_bytes or now is missing");
  info->protocol = (int) protocol;
  info->max_events = (guint) max_events;
  info->max_bytes = (gsize) max_bytes;
  return TRUE;
}

HelioBackendInfo *
helio_backend_info_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (HelioBackendInfo) info = g_new0 (HelioBackendInfo, 1);
  HelioJson json;

  helio_json_init (&json, text, length);
  if (!parse_info (&json, info))
    {
      helio_fields_set_error (&json, HELIO_ERROR_NOT_A_BACKEND,
                              _ ("No Heliograph backend answers here"), error);
      return NULL;
    }
  return g_steal_pointer (&info);
}

void
helio_backend_info_free (HelioBackendInfo *info)
{
  g_free (info->server);
  g_free (info->device);
  g_free (info->store);
  g_free (info);
}

/* -- POST base/events --------------------------------------------------------------------- */

static const char *
known_reason (const char *reason)
{
  static const char *const reasons[] = { "start", "n", "duration", "check", "data", "too-large" };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_strcmp0 (reason, reasons[i]) == 0)
      return reasons[i];
  return "other";
}

static gboolean
parse_rejection (HelioJson *json, GArray *rejected)
{
  const char *key;
  gsize length;
  int64_t index = -1;
  g_autofree char *reason = NULL;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "a rejection is no object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &length))
    {
      if (helio_json_key_is (key, length, "index"))
        helio_fields_take_integer (json, 0, G_MAXUINT, &index, "index is out of range");
      else if (helio_json_key_is (key, length, "reason"))
        helio_fields_take_text (json, &reason, "reason is no text");
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (index < 0)
    return helio_fields_fail (json, "a rejection has no index");
  g_array_append_vals (rejected, &(HelioRejection){ (guint) index, known_reason (reason) }, 1);
  return TRUE;
}

static int
compare_rejections (gconstpointer a, gconstpointer b)
{
  guint one = ((const HelioRejection *) a)->index;
  guint two = ((const HelioRejection *) b)->index;

  return one < two ? -1 : one > two;
}

static gboolean
parse_events_answer (HelioJson *json, HelioEventsAnswer *answer)
{
  const char *key;
  gsize length;
  gboolean has_stored = FALSE, has_unchanged = FALSE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "the answer is no JSON object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &length))
    {
      if (helio_json_key_is (key, length, "stored"))
        has_stored
            = helio_fields_take_integer (json, 0, COUNT_MAX, &answer->stored, "stored is no count");
      else if (helio_json_key_is (key, length, "unchanged"))
        has_unchanged = helio_fields_take_integer (json, 0, COUNT_MAX, &answer->unchanged,
                                                   "unchanged is no count");
      else if (helio_json_key_is (key, length, "deleted"))
        helio_fields_take_integer (json, 0, COUNT_MAX, &answer->deleted, "deleted is no count");
      else if (helio_json_key_is (key, length, "rejected"))
        {
          if (helio_json_peek (json) != HELIO_JSON_ARRAY)
            return helio_fields_fail (json, "rejected is no list");
          helio_json_enter_array (json);
          while (helio_json_next_element (json))
            if (!parse_rejection (json, answer->rejected))
              return FALSE;
        }
      else
        helio_fields_skip (json);
    }
  if (!helio_json_finish (json))
    return FALSE;
  if (!has_stored || !has_unchanged)
    return helio_fields_fail (json, "stored or unchanged is missing");
  g_array_sort (answer->rejected, compare_rejections);
  return TRUE;
}

HelioEventsAnswer *
helio_events_answer_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (HelioEventsAnswer) answer = g_new0 (HelioEventsAnswer, 1);
  HelioJson json;

  answer->rejected = g_array_new (FALSE, FALSE, sizeof (HelioRejection));
  helio_json_init (&json, text, length);
  if (!parse_events_answer (&json, answer))
    {
      helio_fields_set_error (&json, HELIO_ERROR_FAILED,
                              _ ("The backend's answer to events can't be read"), error);
      return NULL;
    }
  return g_steal_pointer (&answer);
}

void
helio_events_answer_free (HelioEventsAnswer *answer)
{
  g_array_unref (answer->rejected);
  g_free (answer);
}

/* -- errors ------------------------------------------------------------------------------- */

gboolean
helio_conflict_parse (const char *text, gsize length, int64_t *seq)
{
  HelioJson json;
  const char *key;
  gsize key_length;
  gboolean has_seq = FALSE;
  int64_t value = 0;

  helio_json_init (&json, text, length);
  if (!helio_json_enter_object (&json))
    return FALSE;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "seq"))
        has_seq = helio_fields_take_integer (&json, 0, HELIO_TIME_MAX, &value, "seq is no number");
      else
        helio_fields_skip (&json);
    }
  if (!helio_json_finish (&json) || !has_seq)
    return FALSE;
  *seq = value;
  return TRUE;
}

char *
helio_error_message_parse (const char *text, gsize length)
{
  HelioJson json;
  const char *key;
  gsize key_length;
  g_autofree char *message = NULL;

  helio_json_init (&json, text, length);
  if (!helio_json_enter_object (&json))
    return NULL;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "message"))
        helio_fields_take_text (&json, &message, "message is no text");
      else
        helio_fields_skip (&json);
    }
  return helio_json_finish (&json) ? g_steal_pointer (&message) : NULL;
}

/* -- GET base/ranges, keys, buckets ------------------------------------------------------- */

static gboolean
parse_range (HelioJson *json, GArray *ranges)
{
  const char *key;
  gsize length;
  HelioRangeSum sum = { 0 };
  int64_t check = 0;
  gboolean has_from = FALSE, has_count = FALSE, has_check = FALSE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "a range is no object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &length))
    {
      if (helio_json_key_is (key, length, "from"))
        has_from = helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &sum.from,
                                              "from is no time");
      else if (helio_json_key_is (key, length, "count"))
        has_count = helio_fields_take_integer (json, 0, COUNT_MAX, &sum.count, "count is no count");
      else if (helio_json_key_is (key, length, "check"))
        has_check = helio_fields_take_integer (json, 0, G_MAXINT64, &check, "check is no sum");
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (!has_from || !has_count || !has_check)
    return helio_fields_fail (json, "from, count or check of a range is missing");
  sum.check = (uint64_t) check;
  g_array_append_val (ranges, sum);
  return TRUE;
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  int64_t one = ((const HelioRangeSum *) a)->from;
  int64_t two = ((const HelioRangeSum *) b)->from;

  return one < two ? -1 : one > two;
}

GArray *
helio_ranges_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (HelioRangeSum));
  HelioJson json;

  helio_json_init (&json, text, length);
  helio_json_enter_array (&json);
  while (helio_json_next_element (&json) && parse_range (&json, ranges))
    ;
  if (!helio_json_finish (&json))
    {
      helio_fields_set_error (&json, HELIO_ERROR_FAILED, _ ("The backend's ranges can't be read"),
                              error);
      return NULL;
    }
  g_array_sort (ranges, compare_ranges);
  return g_steal_pointer (&ranges);
}

static gboolean
parse_key (HelioJson *json, GArray *keys)
{
  static const char *const problem = "a key is not [start, n, check]";
  int64_t start, n, check;

  if (helio_json_peek (json) != HELIO_JSON_ARRAY)
    return helio_fields_fail (json, problem);
  if (!helio_json_enter_array (json) || !helio_json_next_element (json)
      || !helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &start, problem)
      || !helio_json_next_element (json)
      || !helio_fields_take_integer (json, 0, G_MAXUINT32, &n, problem)
      || !helio_json_next_element (json)
      || !helio_fields_take_integer (json, 0, G_MAXUINT32, &check, problem)
      || helio_json_next_element (json))
    return helio_fields_fail (json, problem);
  g_array_append_vals (keys, &(HelioKey){ start, (uint32_t) n, (uint32_t) check }, 1);
  return !helio_json_failed (json);
}

GArray *
helio_keys_parse (const char *text, gsize length, char **next, GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (HelioKey));
  g_autofree char *cursor = NULL;
  gboolean has_keys = FALSE;
  HelioJson json;
  const char *key;
  gsize key_length;

  helio_json_init (&json, text, length);
  helio_json_enter_object (&json);
  while (helio_json_next_member (&json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "keys"))
        {
          has_keys = helio_json_enter_array (&json);
          while (helio_json_next_element (&json) && parse_key (&json, keys))
            ;
        }
      else if (helio_json_key_is (key, key_length, "next"))
        helio_fields_take_text_or_null (&json, &cursor, "next is no text");
      else
        helio_fields_skip (&json);
    }
  if (helio_json_finish (&json) && !has_keys)
    helio_fields_fail (&json, "keys is missing");
  if (helio_json_failed (&json))
    {
      helio_fields_set_error (&json, HELIO_ERROR_FAILED, _ ("The backend's keys can't be read"),
                              error);
      return NULL;
    }
  *next = g_steal_pointer (&cursor);
  return g_steal_pointer (&keys);
}

static void
held_bucket_free (gpointer data)
{
  HelioHeldBucket *bucket = data;

  g_free (bucket->id);
  g_free (bucket->type);
  g_free (bucket->client);
  g_free (bucket->hostname);
  g_free (bucket);
}

static gboolean
parse_held_bucket (HelioJson *json, HelioHeldBucket *bucket)
{
  static const char *const problem = "a text of a bucket is no text";
  const char *key;
  gsize length;
  gboolean has_count = FALSE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "a bucket is no object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &length))
    {
      if (helio_json_key_is (key, length, "id"))
        helio_fields_take_text (json, &bucket->id, problem);
      else if (helio_json_key_is (key, length, "type"))
        helio_fields_take_text (json, &bucket->type, problem);
      else if (helio_json_key_is (key, length, "client"))
        helio_fields_take_text (json, &bucket->client, problem);
      else if (helio_json_key_is (key, length, "hostname"))
        helio_fields_take_text (json, &bucket->hostname, problem);
      else if (helio_json_key_is (key, length, "count"))
        has_count
            = helio_fields_take_integer (json, 0, COUNT_MAX, &bucket->count, "count is no count");
      else if (helio_json_key_is (key, length, "first"))
        helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &bucket->first,
                                   "first is no time");
      else if (helio_json_key_is (key, length, "last"))
        helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &bucket->last,
                                   "last is no time");
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (bucket->id == NULL || !has_count)
    return helio_fields_fail (json, "id or count of a bucket is missing");
  if (bucket->type == NULL)
    bucket->type = g_strdup ("");
  if (bucket->client == NULL)
    bucket->client = g_strdup ("");
  if (bucket->hostname == NULL)
    bucket->hostname = g_strdup ("");
  return TRUE;
}

GPtrArray *
helio_held_buckets_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) buckets = g_ptr_array_new_with_free_func (held_bucket_free);
  HelioJson json;

  helio_json_init (&json, text, length);
  helio_json_enter_array (&json);
  while (helio_json_next_element (&json))
    {
      HelioHeldBucket *bucket = g_new0 (HelioHeldBucket, 1);

      g_ptr_array_add (buckets, bucket);
      if (!parse_held_bucket (&json, bucket))
        break;
    }
  if (!helio_json_finish (&json))
    {
      helio_fields_set_error (&json, HELIO_ERROR_FAILED,
                              _ ("The backend's list of buckets can't be read"), error);
      return NULL;
    }
  return g_steal_pointer (&buckets);
}
