/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-protocol"

#include "protocol/helio-protocol-request.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-fields.h"

#define MAX_BUCKET_TEXT 1024
#define MAX_TTL 86400

/* -- events ------------------------------------------------------------------------------- */

typedef struct
{
  int64_t start;
  uint32_t n;
} Key;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const Key *one = a;
  const Key *two = b;

  if (one->start != two->start)
    return one->start < two->start ? -1 : 1;
  return one->n < two->n ? -1 : one->n > two->n;
}

/* Reads the member as an integer of the range; FALSE without a failure if it is something else,
 * so that one bad event does not fail the request. */
static gboolean
read_integer (HelioJson *json, int64_t min, int64_t max, int64_t *value)
{
  const char *text;
  gsize length;
  int64_t result = 0;
  gsize i = 0;
  gboolean is_negative;

  if (!helio_json_take_value (json, &text, &length))
    return FALSE;
  is_negative = text[0] == '-';
  i = is_negative;
  if (length - i < 1 || length - i > 16)
    return FALSE;
  for (; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      result = result * 10 + (text[i] - '0');
    }
  *value = is_negative ? -result : result;
  return *value >= min && *value <= max;
}

typedef enum
{
  MEMBER_START = 1 << 0,
  MEMBER_N = 1 << 1,
  MEMBER_DURATION = 1 << 2,
  MEMBER_CHECK = 1 << 3,
  MEMBER_DATA = 1 << 4,
  MEMBER_OTHER = 0,
} Member;

static Member
which_member (const char *key, gsize length)
{
  /* This is asked five times for each of millions of events. */
  switch (length)
    {
    case 1:
      return key[0] == 'n' ? MEMBER_N : MEMBER_OTHER;
    case 4:
      return memcmp (key, "data", 4) == 0 ? MEMBER_DATA : MEMBER_OTHER;
    case 5:
      return memcmp (key, "start", 5) == 0   ? MEMBER_START
             : memcmp (key, "check", 5) == 0 ? MEMBER_CHECK
                                             : MEMBER_OTHER;
    case 8:
      if (memcmp (key, "duration", 8) == 0)
        return MEMBER_DURATION;
      break;
    default:
      break;
    }
  if (memchr (key, '\\', length) == NULL)
    return MEMBER_OTHER;
  return helio_json_key_is (key, length, "start")      ? MEMBER_START
         : helio_json_key_is (key, length, "n")        ? MEMBER_N
         : helio_json_key_is (key, length, "duration") ? MEMBER_DURATION
         : helio_json_key_is (key, length, "check")    ? MEMBER_CHECK
         : helio_json_key_is (key, length, "data")     ? MEMBER_DATA
                                                       : MEMBER_OTHER;
}

static gboolean
take_data (HelioJson *json, HelioWireUpsert *upsert)
{
  HelioJsonKind kind = helio_json_peek (json);

  if (!helio_json_take_value (json, &upsert->data, &upsert->data_len))
    return FALSE;
  return kind == HELIO_JSON_OBJECT;
}

static gboolean
parse_upsert (HelioJson *json, HelioWireUpsert *upsert)
{
  const char *key;
  gsize key_length;
  int64_t value = 0;
  guint seen = 0, good = MEMBER_N;

  *upsert = (HelioWireUpsert){ .rejection = "start" };
  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_skip (json);
  if (!helio_json_enter_object (json))
    return FALSE;
  while (helio_json_next_member (json, &key, &key_length))
    {
      Member member = which_member (key, key_length);
      gboolean is_good = FALSE;

      if (seen & member)
        return helio_fields_fail (json, "an event names a member twice");
      seen |= member;
      switch (member)
        {
        case MEMBER_START:
          is_good = read_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &value);
          upsert->start = value;
          break;
        case MEMBER_N:
          is_good = read_integer (json, 0, HELIO_MAX_N, &value);
          upsert->n = (uint32_t) value;
          break;
        case MEMBER_DURATION:
          is_good = read_integer (json, 0, HELIO_TIME_MAX, &value);
          upsert->duration = value;
          break;
        case MEMBER_CHECK:
          is_good = read_integer (json, 0, G_MAXUINT32, &value);
          upsert->check = (uint32_t) value;
          break;
        case MEMBER_DATA:
          is_good = take_data (json, upsert);
          break;
        case MEMBER_OTHER:
        default:
          helio_fields_skip (json);
          break;
        }
      good = is_good ? good | member : good & ~(guint) member;
    }
  if (helio_json_failed (json))
    return FALSE;

  upsert->rejection = !(good & MEMBER_START)                    ? "start"
                      : !(good & MEMBER_N)                      ? "n"
                      : !(good & MEMBER_DURATION)               ? "duration"
                      : !(good & MEMBER_CHECK)                  ? "check"
                      : !(good & MEMBER_DATA)                   ? "data"
                      : upsert->data_len > HELIO_MAX_DATA_BYTES ? "too-large"
                                                                : NULL;
  return TRUE;
}

static gboolean
parse_delete (HelioJson *json, HelioWireDelete *wanted)
{
  const char *key;
  gsize key_length;
  int64_t start = 0, n = 0;
  guint seen = 0;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "a delete is no object");
  if (!helio_json_enter_object (json))
    return FALSE;
  while (helio_json_next_member (json, &key, &key_length))
    {
      Member member = which_member (key, key_length);

      if (seen & member)
        return helio_fields_fail (json, "a delete names a member twice");
      seen |= member;
      if (member == MEMBER_START)
        helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &start,
                                   "the start of a delete is no time in whole milliseconds");
      else if (member == MEMBER_N)
        helio_fields_take_integer (json, 0, HELIO_MAX_N, &n, "the n of a delete is out of range");
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (!(seen & MEMBER_START))
    return helio_fields_fail (json, "a delete has no start");
  wanted->start = start;
  wanted->n = (uint32_t) n;
  return TRUE;
}

static gboolean
check_bucket_text (HelioJson *json, const char *text)
{
  if (text != NULL && strlen (text) > MAX_BUCKET_TEXT)
    return helio_fields_fail (json, "a text of the bucket is longer than 1024 bytes");
  return TRUE;
}

static gboolean
parse_bucket (HelioJson *json, HelioEventsRequest *request)
{
  const char *key;
  gsize key_length;

  if (request->bucket_id != NULL)
    return helio_fields_fail (json, "bucket is named twice");
  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "bucket is no object");
  if (!helio_json_enter_object (json))
    return FALSE;
  while (helio_json_next_member (json, &key, &key_length))
    {
      char **text = helio_json_key_is (key, key_length, "id")         ? &request->bucket_id
                    : helio_json_key_is (key, key_length, "type")     ? &request->bucket_type
                    : helio_json_key_is (key, key_length, "client")   ? &request->bucket_client
                    : helio_json_key_is (key, key_length, "hostname") ? &request->bucket_hostname
                                                                      : NULL;

      if (text == NULL)
        helio_fields_skip (json);
      else if (helio_fields_take_text (json, text,
                                       "id, type, client and hostname of the bucket are texts, "
                                       "each once"))
        check_bucket_text (json, *text);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (request->bucket_id == NULL || request->bucket_id[0] == '\0')
    return helio_fields_fail (json, "the bucket has no id");
  return TRUE;
}

/* Keys nearly always come in falling order: then no two can be equal and nothing is sorted. */
static gboolean
has_equal_keys (const HelioEventsRequest *request)
{
  gboolean is_falling = request->deletes->len == 0;
  const HelioWireUpsert *upserts = (const HelioWireUpsert *) request->upserts->data;
  g_autoptr (GArray) keys = NULL;

  for (guint i = 1; i < request->upserts->len && is_falling; i++)
    is_falling = upserts[i].start < upserts[i - 1].start
                 || (upserts[i].start == upserts[i - 1].start && upserts[i].n > upserts[i - 1].n);
  if (is_falling)
    return FALSE;

  keys = g_array_sized_new (FALSE, FALSE, sizeof (Key),
                            request->upserts->len + request->deletes->len);
  for (guint i = 0; i < request->upserts->len; i++)
    if (upserts[i].rejection == NULL)
      g_array_append_vals (keys, &(Key){ upserts[i].start, upserts[i].n }, 1);
  for (guint i = 0; i < request->deletes->len; i++)
    {
      const HelioWireDelete *wanted = &g_array_index (request->deletes, HelioWireDelete, i);

      g_array_append_vals (keys, &(Key){ wanted->start, wanted->n }, 1);
    }
  g_array_sort (keys, compare_keys);
  for (guint i = 1; i < keys->len; i++)
    if (compare_keys (&g_array_index (keys, Key, i), &g_array_index (keys, Key, i - 1)) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_full (const HelioEventsRequest *request, guint max_events)
{
  return request->deletes->len + request->upserts->len >= max_events;
}

static gboolean
parse_events (HelioJson *json, HelioEventsRequest *request, guint max_events, gboolean *is_too_many)
{
  const char *key;
  gsize key_length;
  gboolean has_seq = FALSE, has_deletes = FALSE, has_upserts = FALSE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "the body is no JSON object");
  if (!helio_json_enter_object (json))
    return FALSE;
  while (helio_json_next_member (json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "seq"))
        {
          if (has_seq)
            return helio_fields_fail (json, "seq is named twice");
          has_seq = helio_fields_take_integer (json, 0, HELIO_TIME_MAX, &request->seq,
                                               "seq is no whole number from 0 to below 2^53");
        }
      else if (helio_json_key_is (key, key_length, "bucket"))
        parse_bucket (json, request);
      else if (helio_json_key_is (key, key_length, "delete"))
        {
          if (has_deletes)
            return helio_fields_fail (json, "delete is named twice");
          if (helio_json_peek (json) != HELIO_JSON_ARRAY)
            return helio_fields_fail (json, "delete is no list");
          has_deletes = TRUE;
          helio_json_enter_array (json);
          while (helio_json_next_element (json))
            {
              HelioWireDelete wanted;

              if ((*is_too_many = is_full (request, max_events)) || !parse_delete (json, &wanted))
                return FALSE;
              g_array_append_val (request->deletes, wanted);
            }
        }
      else if (helio_json_key_is (key, key_length, "upsert"))
        {
          if (has_upserts)
            return helio_fields_fail (json, "upsert is named twice");
          if (helio_json_peek (json) != HELIO_JSON_ARRAY)
            return helio_fields_fail (json, "upsert is no list");
          has_upserts = TRUE;
          helio_json_enter_array (json);
          while (helio_json_next_element (json))
            {
              HelioWireUpsert upsert;

              if ((*is_too_many = is_full (request, max_events)) || !parse_upsert (json, &upsert))
                return FALSE;
              g_array_append_val (request->upserts, upsert);
            }
        }
      else
        helio_fields_skip (json);
    }
  if (!helio_json_finish (json))
    return FALSE;
  if (!has_seq)
    return helio_fields_fail (json, "seq is missing");
  if (request->bucket_id == NULL)
    return helio_fields_fail (json, "bucket is missing");
  if (has_equal_keys (request))
    return helio_fields_fail (json, "an event (start, n) is named twice");
  return TRUE;
}

HelioEventsRequest *
helio_events_request_parse (const char *text, gsize length, guint max_events, GError **error)
{
  g_autoptr (HelioEventsRequest) request = g_new0 (HelioEventsRequest, 1);
  gboolean is_too_many = FALSE;
  HelioJson json;

  request->deletes = g_array_new (FALSE, FALSE, sizeof (HelioWireDelete));
  request->upserts = g_array_new (FALSE, FALSE, sizeof (HelioWireUpsert));
  helio_json_init (&json, text, length);
  if (!parse_events (&json, request, max_events, &is_too_many))
    {
      if (is_too_many)
        g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE,
                     "More than %u events in one request", max_events);
      else
        helio_fields_set_error (&json, HELIO_ERROR_REFUSED, "The events can't be read", error);
      return NULL;
    }
  if (request->bucket_type == NULL)
    request->bucket_type = g_strdup ("");
  if (request->bucket_client == NULL)
    request->bucket_client = g_strdup ("");
  if (request->bucket_hostname == NULL)
    request->bucket_hostname = g_strdup ("");
  return g_steal_pointer (&request);
}

void
helio_events_request_free (HelioEventsRequest *request)
{
  g_free (request->bucket_id);
  g_free (request->bucket_type);
  g_free (request->bucket_client);
  g_free (request->bucket_hostname);
  g_array_unref (request->deletes);
  g_array_unref (request->upserts);
  g_free (request);
}

/* -- status ------------------------------------------------------------------------------- */

static gboolean
parse_activity (HelioJson *json, HelioPresence *presence)
{
  const char *key;
  gsize key_length;
  gboolean has_since = FALSE;

  if (helio_json_peek (json) == HELIO_JSON_NULL)
    return helio_json_take_null (json);
  if (presence->app != NULL || helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "activity is no object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "app"))
        helio_fields_take_text (json, &presence->app, "app is no text");
      else if (helio_json_key_is (key, key_length, "title"))
        helio_fields_take_text_or_null (json, &presence->title, "title is no text");
      else if (helio_json_key_is (key, key_length, "since"))
        has_since = helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX,
                                               &presence->activity_since,
                                               "since of the activity is no time");
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (presence->app == NULL)
    return helio_fields_fail (json, "the activity has no app");
  if (!has_since)
    return helio_fields_fail (json, "the activity has no since");
  return TRUE;
}

static gboolean
parse_media (HelioJson *json, HelioPresence *presence)
{
  const char *key;
  gsize key_length;

  if (helio_json_peek (json) == HELIO_JSON_NULL)
    return helio_json_take_null (json);
  if (presence->media_title != NULL || helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "media is no object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "title"))
        helio_fields_take_text (json, &presence->media_title, "title of the media is no text");
      else if (helio_json_key_is (key, key_length, "artist"))
        helio_fields_take_text_or_null (json, &presence->media_artist, "artist is no text");
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (presence->media_title == NULL)
    return helio_fields_fail (json, "the media has no title");
  return TRUE;
}

static gboolean
parse_state (HelioJson *json, HelioPresence *presence)
{
  g_autofree char *word = NULL;

  if (!helio_fields_take_text (json, &word, "state is no text"))
    return FALSE;
  if (!helio_state_from_string (word, &presence->state))
    return helio_fields_fail (json,
                              "state is none of active, away, locked, online, paused, offline");
  return TRUE;
}

static gboolean
parse_status (HelioJson *json, HelioStatusRequest *request)
{
  const char *key;
  gsize key_length;
  gboolean has_now = FALSE, has_state = FALSE, has_since = FALSE, has_ttl = FALSE;
  int64_t ttl = 0;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "the body is no JSON object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "now"))
        has_now = helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &request->now,
                                             "now is no time in whole milliseconds");
      else if (helio_json_key_is (key, key_length, "state"))
        has_state = parse_state (json, request->presence);
      else if (helio_json_key_is (key, key_length, "since"))
        has_since = helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX,
                                               &request->presence->since,
                                               "since is no time in whole milliseconds");
      else if (helio_json_key_is (key, key_length, "ttl"))
        has_ttl = helio_fields_take_integer (json, 1, MAX_TTL, &ttl,
                                             "ttl is no whole number from 1 to 86400");
      else if (helio_json_key_is (key, key_length, "activity"))
        parse_activity (json, request->presence);
      else if (helio_json_key_is (key, key_length, "media"))
        parse_media (json, request->presence);
      else
        helio_fields_skip (json);
    }
  if (!helio_json_finish (json))
    return FALSE;
  if (!has_now || !has_state || !has_since || !has_ttl)
    return helio_fields_fail (json, !has_now     ? "now is missing"
                                    : !has_state ? "state is missing"
                                    : !has_since ? "since is missing"
                                                 : "ttl is missing");
  request->ttl = (int) ttl;
  return TRUE;
}

HelioStatusRequest *
helio_status_request_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (HelioStatusRequest) request = g_new0 (HelioStatusRequest, 1);
  HelioJson json;

  request->presence = helio_presence_new (HELIO_STATE_OFFLINE, 0);
  helio_json_init (&json, text, length);
  if (!parse_status (&json, request))
    {
      helio_fields_set_error (&json, HELIO_ERROR_REFUSED, "The status can't be read", error);
      return NULL;
    }
  return g_steal_pointer (&request);
}

void
helio_status_request_free (HelioStatusRequest *request)
{
  helio_presence_free (request->presence);
  g_free (request);
}
