/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-protocol"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "json/helio-json-canonical.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "protocol/helio-protocol-answer.h"
#include "protocol/helio-protocol-fields.h"

/* The answer of `GET base/events`: one's own data back. */

static gboolean
take_data (HelioJson *json, HelioHeldEvents *held, HelioHeldEvent *event)
{
  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "data is no object");
  event->at = held->data->len;
  if (!helio_json_take_canonical (json, held->data))
    return FALSE;
  event->length = held->data->len - event->at;
  return TRUE;
}

static gboolean
parse_event (HelioJson *json, HelioHeldEvents *held)
{
  const char *key;
  gsize length;
  HelioHeldEvent event = { 0 };
  int64_t n = 0, check = 0;
  gboolean has_start = FALSE, has_duration = FALSE, has_check = FALSE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    return helio_fields_fail (json, "an event is no object");
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &length))
    {
      if (helio_json_key_is (key, length, "start"))
        has_start = helio_fields_take_integer (json, HELIO_TIME_MIN, HELIO_TIME_MAX, &event.start,
                                               "start is no time");
      else if (helio_json_key_is (key, length, "n"))
        helio_fields_take_integer (json, 0, G_MAXUINT32, &n, "n is no ordinal");
      else if (helio_json_key_is (key, length, "duration"))
        has_duration = helio_fields_take_integer (json, 0, HELIO_TIME_MAX, &event.duration,
                                                  "duration is no duration");
      else if (helio_json_key_is (key, length, "check"))
        has_check = helio_fields_take_integer (json, 0, G_MAXUINT32, &check, "check is no number");
      else if (helio_json_key_is (key, length, "data"))
        take_data (json, held, &event);
      else
        helio_fields_skip (json);
    }
  if (helio_json_failed (json))
    return FALSE;
  if (!has_start || !has_duration || !has_check || event.length == 0)
    return helio_fields_fail (json, "start, duration, check or data of an event is missing");
  event.n = (uint32_t) n;
  event.check = (uint32_t) check;
  g_array_append_val (held->events, event);
  return TRUE;
}

void
helio_held_events_free (HelioHeldEvents *held)
{
  g_array_unref (held->events);
  g_byte_array_unref (held->data);
  g_free (held);
}

HelioHeldEvents *
helio_held_events_parse (const char *text, gsize length, char **next, GError **error)
{
  g_autoptr (HelioHeldEvents) held = g_new0 (HelioHeldEvents, 1);
  g_autofree char *cursor = NULL;
  gboolean has_events = FALSE;
  HelioJson json;
  const char *key;
  gsize key_length;

  held->events = g_array_new (FALSE, FALSE, sizeof (HelioHeldEvent));
  held->data = g_byte_array_new ();
  helio_json_init (&json, text, length);
  helio_json_enter_object (&json);
  while (helio_json_next_member (&json, &key, &key_length))
    {
      if (helio_json_key_is (key, key_length, "events"))
        {
          has_events = helio_json_enter_array (&json);
          while (helio_json_next_element (&json) && parse_event (&json, held))
            ;
        }
      else if (helio_json_key_is (key, key_length, "next"))
        helio_fields_take_text_or_null (&json, &cursor, "next is no text");
      else
        helio_fields_skip (&json);
    }
  if (helio_json_finish (&json) && !has_events)
    helio_fields_fail (&json, "events is missing");
  if (helio_json_failed (&json))
    {
      helio_fields_set_error (&json, HELIO_ERROR_FAILED, _ ("The backend's events can't be read"),
                              error);
      return NULL;
    }
  *next = g_steal_pointer (&cursor);
  return g_steal_pointer (&held);
}
