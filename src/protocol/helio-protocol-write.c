/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-protocol"

#include "protocol/helio-protocol-write.h"

#include <string.h>

#include "json/helio-json.h"

/* Most digits of an int64_t, with its sign. */
#define INTEGER_TEXT 20

/* Each entry ends with its comma, so that any run of entries is one piece of text. */
typedef struct
{
  GByteArray *text;
  GArray *ends; /* gsize: where entry i ends, comma included */
} Entries;

struct _HelioEventsBody
{
  GString *bucket;
  Entries deletes;
  Entries upserts;
};

static void
entries_init (Entries *entries)
{
  entries->text = g_byte_array_new ();
  entries->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
}

static void
entries_clear (Entries *entries)
{
  g_byte_array_unref (entries->text);
  g_array_unref (entries->ends);
}

static void
append (GByteArray *text, const char *bytes, gsize length)
{
  g_byte_array_append (text, (const guint8 *) bytes, (guint) length);
}

#define append_literal(text, literal) append ((text), (literal), sizeof (literal) - 1)

static void
append_integer (GByteArray *text, int64_t value)
{
  char digits[INTEGER_TEXT];
  char *at = digits + sizeof digits;
  uint64_t rest = value < 0 ? -(uint64_t) value : (uint64_t) value;

  do
    *--at = (char) ('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0)
    *--at = '-';
  append (text, at, (gsize) (digits + sizeof digits - at));
}

/* Bounds an entry without its data: the names and four integers. */
#define ENTRY_TEXT (64 + 4 * INTEGER_TEXT)

#define write_literal(at, literal) write_bytes ((at), (literal), sizeof (literal) - 1)

static inline char *
write_bytes (char *at, const char *bytes, gsize length)
{
  memcpy (at, bytes, length);
  return at + length;
}

static inline char *
write_integer (char *at, int64_t value)
{
  char digits[INTEGER_TEXT];
  char *from = digits + sizeof digits;
  uint64_t rest = value < 0 ? -(uint64_t) value : (uint64_t) value;

  do
    *--from = (char) ('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0)
    *--from = '-';
  return write_bytes (at, from, (gsize) (digits + sizeof digits - from));
}

static void
end_entry (Entries *entries)
{
  gsize end;

  append_literal (entries->text, "},");
  end = entries->text->len;
  g_array_append_val (entries->ends, end);
}

static void
append_entries (GByteArray *text, const Entries *entries, guint first, guint count)
{
  gsize start, end;

  if (count == 0)
    return;
  start = first == 0 ? 0 : g_array_index (entries->ends, gsize, first - 1);
  end = g_array_index (entries->ends, gsize, first + count - 1);
  append (text, (const char *) entries->text->data + start, end - 1 - start);
}

HelioEventsBody *
helio_events_body_new (const HelioBucket *bucket)
{
  HelioEventsBody *body = g_new0 (HelioEventsBody, 1);

  body->bucket = g_string_new ("\"bucket\":{\"id\":");
  helio_json_append_string (body->bucket, bucket->id, -1);
  g_string_append (body->bucket, ",\"type\":");
  helio_json_append_string (body->bucket, bucket->type, -1);
  g_string_append (body->bucket, ",\"client\":");
  helio_json_append_string (body->bucket, bucket->client, -1);
  g_string_append (body->bucket, ",\"hostname\":");
  helio_json_append_string (body->bucket, bucket->hostname, -1);
  g_string_append_c (body->bucket, '}');
  entries_init (&body->deletes);
  entries_init (&body->upserts);
  return body;
}

void
helio_events_body_free (HelioEventsBody *body)
{
  g_string_free (body->bucket, TRUE);
  entries_clear (&body->deletes);
  entries_clear (&body->upserts);
  g_free (body);
}

static void
begin_entry (Entries *entries, int64_t start, uint32_t n)
{
  append_literal (entries->text, "{\"start\":");
  append_integer (entries->text, start);
  if (n != 0)
    {
      append_literal (entries->text, ",\"n\":");
      append_integer (entries->text, n);
    }
}

void
helio_events_body_add_delete (HelioEventsBody *body, int64_t start, uint32_t n)
{
  begin_entry (&body->deletes, start, n);
  end_entry (&body->deletes);
}

void
helio_events_body_add_upsert (HelioEventsBody *body,
                              int64_t start,
                              uint32_t n,
                              int64_t duration,
                              uint32_t check,
                              const char *data,
                              gsize length)
{
  GByteArray *text = body->upserts.text;
  guint before = text->len;
  gsize end;
  char *at;

  /* Room is made once: this is done for each event of a backfill. */
  g_byte_array_set_size (text, before + (guint) length + ENTRY_TEXT);
  at = (char *) text->data + before;
  at = write_literal (at, "{\"start\":");
  at = write_integer (at, start);
  if (n != 0)
    {
      at = write_literal (at, ",\"n\":");
      at = write_integer (at, n);
    }
  at = write_literal (at, ",\"duration\":");
  at = write_integer (at, duration);
  at = write_literal (at, ",\"check\":");
  at = write_integer (at, check);
  at = write_literal (at, ",\"data\":");
  memcpy (at, data, length);
  at = write_literal (at + length, "},");
  end = (gsize) (at - (char *) text->data);
  text->len = (guint) end;
  g_array_append_val (body->upserts.ends, end);
}

guint
helio_events_body_get_n_deletes (const HelioEventsBody *body)
{
  return body->deletes.ends->len;
}

guint
helio_events_body_get_n_upserts (const HelioEventsBody *body)
{
  return body->upserts.ends->len;
}

const char *
helio_events_body_get_upsert (const HelioEventsBody *body, guint index, gsize *length)
{
  const GArray *ends = body->upserts.ends;
  gsize start;

  g_return_val_if_fail (index < ends->len, NULL);

  start = index == 0 ? 0 : g_array_index (ends, gsize, index - 1);
  *length = g_array_index (ends, gsize, index) - 1 - start;
  return (const char *) body->upserts.text->data + start;
}

gsize
helio_events_body_get_size (const HelioEventsBody *body)
{
  return sizeof "{\"seq\":,\"delete\":[],\"upsert\":[]}" + INTEGER_TEXT + body->bucket->len + 1
         + body->deletes.text->len + body->upserts.text->len;
}

GBytes *
helio_events_body_build (const HelioEventsBody *body,
                         int64_t seq,
                         guint first_delete,
                         guint n_deletes,
                         guint first_upsert,
                         guint n_upserts)
{
  GByteArray *text;

  g_return_val_if_fail (first_delete + n_deletes <= body->deletes.ends->len, NULL);
  g_return_val_if_fail (first_upsert + n_upserts <= body->upserts.ends->len, NULL);

  text = g_byte_array_sized_new ((guint) helio_events_body_get_size (body));
  append_literal (text, "{\"seq\":");
  append_integer (text, seq);
  append_literal (text, ",");
  append (text, body->bucket->str, body->bucket->len);
  append_literal (text, ",\"delete\":[");
  append_entries (text, &body->deletes, first_delete, n_deletes);
  append_literal (text, "],\"upsert\":[");
  append_entries (text, &body->upserts, first_upsert, n_upserts);
  append_literal (text, "]}");
  return g_byte_array_free_to_bytes (text);
}

static void
append_text_or_null (GString *json, const char *text)
{
  if (text != NULL)
    helio_json_append_string (json, text, -1);
  else
    g_string_append (json, "null");
}

void
helio_presence_encode (const HelioPresence *presence, GString *json)
{
  g_string_append_printf (json, "\"state\":\"%s\",\"since\":%" G_GINT64_FORMAT ",\"activity\":",
                          helio_state_to_string (presence->state), presence->since);
  if (presence->app != NULL)
    {
      g_string_append (json, "{\"app\":");
      helio_json_append_string (json, presence->app, -1);
      g_string_append (json, ",\"title\":");
      append_text_or_null (json, presence->title);
      g_string_append_printf (json, ",\"since\":%" G_GINT64_FORMAT "}", presence->activity_since);
    }
  else
    g_string_append (json, "null");

  g_string_append (json, ",\"media\":");
  if (presence->media_title != NULL)
    {
      g_string_append (json, "{\"title\":");
      helio_json_append_string (json, presence->media_title, -1);
      g_string_append (json, ",\"artist\":");
      append_text_or_null (json, presence->media_artist);
      g_string_append_c (json, '}');
    }
  else
    g_string_append (json, "null");
}

char *
helio_status_encode (const HelioPresence *presence, int64_t now, int ttl)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"now\":%" G_GINT64_FORMAT ",", now);
  helio_presence_encode (presence, json);
  g_string_append_printf (json, ",\"ttl\":%d}", ttl);
  return g_string_free (json, FALSE);
}
