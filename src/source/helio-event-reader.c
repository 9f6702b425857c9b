/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-source"

#include "config.h"

#include "source/helio-event-reader.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json/helio-json-canonical.h"
#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-time.h"

#define CHUNK (64 * 1024)

typedef enum
{
  AT_BEGIN,
  AT_FIRST,   /* after the opening bracket */
  AT_ELEMENT, /* after a comma */
  AT_COMMA,   /* after an event */
  AT_END,
} Place;

struct _HelioEventReader
{
  /* borrowed */
  HelioPage *page;

  /* owned */
  char *buffer;

  /* the part of the buffer that is not read yet */
  gsize size;
  gsize begin;
  gsize end;

  /* an event that was cut is not looked at again before this much of it is there, so that an
   * event of many chunks is not scanned many times */
  gsize wanted;

  gboolean is_list;
  Place place;
};

HelioEventReader *
helio_event_reader_new (HelioPage *page, gboolean is_list)
{
  HelioEventReader *reader = g_new0 (HelioEventReader, 1);

  reader->page = page;
  reader->size = 2 * CHUNK;
  reader->buffer = g_malloc (reader->size);
  reader->is_list = is_list;
  return reader;
}

void
helio_event_reader_free (HelioEventReader *reader)
{
  g_free (reader->buffer);
  g_free (reader);
}

char *
helio_event_reader_get_room (HelioEventReader *reader, gsize *room)
{
  if (reader->begin > 0)
    {
      reader->end -= reader->begin;
      memmove (reader->buffer, reader->buffer + reader->begin, reader->end);
      reader->begin = 0;
    }
  if (reader->size - reader->end < CHUNK)
    {
      reader->size *= 2;
      reader->buffer = g_realloc (reader->buffer, reader->size);
    }
  *room = MIN (reader->size - reader->end, CHUNK);
  return reader->buffer + reader->end;
}

static gboolean
fail (GError **error, const char *problem)
{
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER,
               _ ("ActivityWatch answered events that can't be read: %s"), _ (problem));
  return FALSE;
}

/* Reads one event; the cursor says what went wrong. */
static gboolean
read_event (HelioEventReader *reader, HelioJson *json, const char **problem)
{
  GByteArray *arena = reader->page->data;
  const guint begin = arena->len;
  guint data = begin; /* where it begins in the arena: the last one that was written counts */
  const char *key, *timestamp = NULL;
  gsize key_length, timestamp_length = 0;
  gboolean has_id = FALSE, has_data = FALSE;
  int64_t id = 0, seconds;
  int32_t nanoseconds;
  double duration = 0;

  if (!helio_json_enter_object (json))
    return FALSE;
  while (helio_json_next_member (json, &key, &key_length))
    {
      const char *value;
      gsize length;

      /* The longest first: a key is searched for escapes only where it is longer than the name. */
      if (helio_json_key_is (key, key_length, "timestamp"))
        helio_json_take_raw_string (json, &timestamp, &timestamp_length);
      else if (helio_json_key_is (key, key_length, "duration"))
        helio_json_take_double (json, &duration);
      else if (helio_json_key_is (key, key_length, "data"))
        {
          data = arena->len;
          has_data = helio_json_take_canonical (json, arena);
        }
      else if (helio_json_key_is (key, key_length, "id"))
        has_id = helio_json_take_int64 (json, &id);
      else
        helio_json_take_value (json, &value, &length);
    }
  if (helio_json_failed (json))
    {
      g_byte_array_set_size (arena, begin);
      return FALSE;
    }

  if (!has_id)
    *problem = N_ ("an event has no id");
  else if (timestamp == NULL
           || !helio_time_parse (timestamp, timestamp_length, &seconds, &nanoseconds))
    *problem = N_ ("an event has no valid time");
  else if (!has_data)
    *problem = N_ ("an event has no data");
  if (*problem != NULL)
    return FALSE;

  helio_page_add_written (reader->page, helio_event_start (seconds, nanoseconds),
                          helio_event_duration (duration), id, data);
  return TRUE;
}

/* Reads on until an event is cut or the buffer is used up. */
static gboolean
read_buffer (HelioEventReader *reader, GError **error)
{
  for (;;)
    {
      const char *at = reader->buffer + reader->begin;
      const char *end = reader->buffer + reader->end;
      const char *problem = NULL;
      HelioJson json;

      while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
      reader->begin = (gsize) (at - reader->buffer);
      if (at == end)
        return TRUE;

      switch (reader->place)
        {
        case AT_END:
          return fail (error, N_ ("there is more after their end"));

        case AT_COMMA:
          if (*at != ',' && *at != ']')
            return fail (error, N_ ("a comma is missing"));
          reader->place = *at == ',' ? AT_ELEMENT : AT_END;
          reader->begin++;
          continue;

        case AT_BEGIN:
          if (!reader->is_list)
            break;
          if (*at != '[')
            return fail (error, N_ ("they are no list"));
          reader->place = AT_FIRST;
          reader->begin++;
          continue;

        case AT_FIRST:
          if (*at != ']')
            break;
          reader->place = AT_END;
          reader->begin++;
          continue;

        case AT_ELEMENT:
        default:
          break;
        }

      if ((gsize) (end - at) < reader->wanted)
        return TRUE;
      helio_json_init (&json, at, (gsize) (end - at));
      json.allows_nan = TRUE;
      if (!read_event (reader, &json, &problem))
        {
          if (!json.is_cut)
            return fail (error, problem != NULL ? problem : json.problem);
          reader->wanted = 2 * (gsize) (end - at);
          return TRUE;
        }
      reader->begin = (gsize) (json.at - reader->buffer);
      reader->wanted = 0;
      reader->place = reader->is_list ? AT_COMMA : AT_END;
    }
}

gboolean
helio_event_reader_take (HelioEventReader *reader, gsize length, GError **error)
{
  g_assert (length <= reader->size - reader->end);
  reader->end += length;
  return read_buffer (reader, error);
}

gboolean
helio_event_reader_finish (HelioEventReader *reader, GError **error)
{
  reader->wanted = 0;
  if (!read_buffer (reader, error))
    return FALSE;
  if (reader->place != AT_END)
    return fail (error, N_ ("the answer was cut"));
  return TRUE;
}
