/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The events of the store: written, read, and put into text. */

#include "aw-store-private.h"

#include <string.h>

static void
grow_range (AwBucket *bucket, const AwEvent *event)
{
  int64_t end = event->start + event->duration;

  if (!bucket->has_range || event->start < bucket->range_start)
    bucket->range_start = event->start;
  if (!bucket->has_range || end > bucket->range_end)
    bucket->range_end = end;
  bucket->has_range = TRUE;
}

static AwBucket *
find_owner (AwStore *store, int64_t id)
{
  sqlite3_stmt *statement = store->statements[GET_ROW];
  AwBucket *owner = NULL;

  sqlite3_bind_int64 (statement, 1, id);
  if (sqlite3_step (statement) == SQLITE_ROW)
    {
      int64_t row = sqlite3_column_int64 (statement, 0);

      for (guint i = 0; i < store->buckets->len && owner == NULL; i++)
        if (((AwBucket *) store->buckets->pdata[i])->row == row)
          owner = store->buckets->pdata[i];
    }
  sqlite3_reset (statement);
  return owner;
}

static void
bind_event (sqlite3_stmt *statement, const AwBucket *bucket, const AwEvent *event)
{
  if (event->id >= 0)
    sqlite3_bind_int64 (statement, 1, event->id);
  else
    sqlite3_bind_null (statement, 1);
  sqlite3_bind_int64 (statement, 2, bucket->row);
  sqlite3_bind_int64 (statement, 3, event->start);
  sqlite3_bind_int64 (statement, 4, event->start + event->duration);
  sqlite3_bind_text (statement, 5, event->data, -1, SQLITE_STATIC);
}

void
aw_store_flush_bulk (AwStore *store)
{
  sqlite3_stmt *many = store->statements[INSERT_BULK];
  sqlite3_stmt *one = store->statements[INSERT];

  for (int i = 0, at = 1; i < store->bulk_count; i++)
    {
      AwEvent *event = &store->bulk[i];
      gboolean is_full = store->bulk_count == BULK_ROWS;
      sqlite3_stmt *statement = is_full ? many : one;

      if (!is_full)
        {
          sqlite3_bind_null (one, 1);
          at = 2;
        }
      sqlite3_bind_int64 (statement, at++, store->bulk_rows[i]);
      sqlite3_bind_int64 (statement, at++, event->start);
      sqlite3_bind_int64 (statement, at++, event->start + event->duration);
      sqlite3_bind_text (statement, at++, event->data, -1, SQLITE_STATIC);
      if (!is_full || i == BULK_ROWS - 1)
        aw_store_finish (store, statement);
    }
  for (int i = 0; i < store->bulk_count; i++)
    aw_event_clear (&store->bulk[i]);
  store->bulk_count = 0;
}

static void
insert_bulk (AwStore *store, AwBucket *bucket, const AwEvent *event)
{
  store->bulk_rows[store->bulk_count] = bucket->row;
  aw_event_copy (event, &store->bulk[store->bulk_count++]);
  if (store->bulk_count == BULK_ROWS)
    aw_store_flush_bulk (store);
  bucket->count++;
  grow_range (bucket, event);
}

void
aw_store_insert (AwStore *store, AwBucket *bucket, AwEvent *event)
{
  sqlite3_stmt *statement = store->statements[INSERT];
  AwBucket *owner = event->id >= 0 ? find_owner (store, event->id) : NULL;

  if (store->is_bulk && event->id < 0)
    {
      insert_bulk (store, bucket, event);
      return;
    }
  aw_store_change (store);
  bind_event (statement, bucket, event);
  aw_store_finish (store, statement);
  if (event->id < 0)
    event->id = sqlite3_last_insert_rowid (store->db);
  if (owner != NULL)
    owner->count--;
  bucket->count++;
  grow_range (bucket, event);
}

gboolean
aw_store_overwrite (AwStore *store, AwBucket *bucket, const AwEvent *event)
{
  sqlite3_stmt *statement = store->statements[OVERWRITE];
  AwBucket *owner = find_owner (store, event->id);

  if (owner == NULL)
    return FALSE;
  aw_store_change (store);
  bind_event (statement, bucket, event);
  aw_store_finish (store, statement);
  owner->count--;
  bucket->count++;
  grow_range (bucket, event);
  return TRUE;
}

gboolean
aw_store_delete_event (AwStore *store, AwBucket *bucket, int64_t id)
{
  sqlite3_stmt *statement = store->statements[DELETE_EVENT];

  aw_store_change (store);
  sqlite3_bind_int64 (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, bucket->row);
  aw_store_finish (store, statement);
  if (sqlite3_changes (store->db) == 0)
    return FALSE;
  bucket->count--;
  return TRUE;
}

static gboolean
take_event (sqlite3_stmt *statement, AwEvent *event)
{
  gboolean is_found = sqlite3_step (statement) == SQLITE_ROW;

  if (is_found)
    {
      event->id = sqlite3_column_int64 (statement, 0);
      event->start = sqlite3_column_int64 (statement, 1);
      event->duration = sqlite3_column_int64 (statement, 2) - event->start;
      event->data = g_strdup ((const char *) sqlite3_column_text (statement, 3));
    }
  sqlite3_reset (statement);
  return is_found;
}

gboolean
aw_store_get_event (AwStore *store, AwBucket *bucket, int64_t id, AwEvent *event)
{
  sqlite3_stmt *statement = store->statements[GET];

  sqlite3_bind_int64 (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, bucket->row);
  return take_event (statement, event);
}

gboolean
aw_store_get_nth (AwStore *store, AwBucket *bucket, int64_t nth, AwEvent *event)
{
  sqlite3_stmt *statement = store->statements[NTH];

  sqlite3_bind_int64 (statement, 1, bucket->row);
  sqlite3_bind_int64 (statement, 2, nth);
  return take_event (statement, event);
}

static sqlite3_stmt *
bind_read (AwStore *store, const AwBucket *bucket, const AwRange *range)
{
  sqlite3_stmt *statement = store->statements[READ];

  sqlite3_bind_int64 (statement, 1, bucket->row);
  sqlite3_bind_int64 (statement, 2, range->start);
  sqlite3_bind_int64 (statement, 3, range->end);
  sqlite3_bind_int64 (statement, 4, range->oldest);
  sqlite3_bind_int64 (statement, 5, range->limit);
  return statement;
}

gboolean
aw_store_get_newest (AwStore *store, AwBucket *bucket, gboolean sees_all, AwEvent *event)
{
  AwRange range = { FALSE, FALSE, sees_all ? INT64_MIN : 0, INT64_MAX, INT64_MIN, 1 };

  return take_event (bind_read (store, bucket, &range), event);
}

gboolean
aw_store_has_equal (AwStore *store, AwBucket *bucket, const AwEvent *event)
{
  sqlite3_stmt *statement = store->statements[EQUAL];
  gboolean is_found;

  sqlite3_bind_int64 (statement, 1, bucket->row);
  sqlite3_bind_int64 (statement, 2, event->start);
  sqlite3_bind_int64 (statement, 3, event->start + event->duration);
  sqlite3_bind_text (statement, 4, event->data, -1, SQLITE_STATIC);
  is_found = sqlite3_step (statement) == SQLITE_ROW;
  sqlite3_reset (statement);
  return is_found;
}

int64_t
aw_store_count (AwStore *store, AwBucket *bucket, const AwRange *range)
{
  sqlite3_stmt *statement = store->statements[COUNT];
  int64_t count;

  if (range == NULL)
    statement = store->statements[COUNT_ALL];
  else if (range->start == INT64_MIN)
    statement = store->statements[COUNT_STARTS];
  sqlite3_bind_int64 (statement, 1, bucket->row);
  if (range != NULL)
    {
      if (range->start != INT64_MIN)
        sqlite3_bind_int64 (statement, 2, range->start);
      sqlite3_bind_int64 (statement, 3, range->end);
      sqlite3_bind_int64 (statement, 4, range->oldest);
    }
  count = sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return count;
}

static char *
put (char *at, const char *text, gsize length)
{
  memcpy (at, text, length);
  return at + length;
}

#define PUT(at, text) put (at, text, sizeof text - 1)

static char *
put_id (char *at, int64_t id)
{
  char digits[24];
  int count = 0;

  do
    {
      digits[count++] = (char) ('0' + id % 10);
      id /= 10;
    }
  while (id != 0);
  while (count > 0)
    *at++ = digits[--count];
  return at;
}

/* A page is a million of these: written by pointer into room made once per event. */
static void
write_event (int64_t id,
             int64_t start,
             int64_t duration,
             const char *data,
             gsize length,
             AwFlavour flavour,
             gboolean with_id,
             GString *out)
{
  gsize used = out->len;
  char *at;

  g_string_set_size (out, used + length + 2 * AW_TIME_TEXT + 96);
  at = out->str + used;
  if (flavour == AW_FLAVOUR_RUST)
    {
      at = PUT (at, "{");
      if (with_id)
        at = PUT (put_id (PUT (at, "\"id\":"), id), ",");
      at = PUT (at, "\"timestamp\":\"");
      at += aw_time_format (start, flavour, at);
      at = PUT (at, "\",\"duration\":");
      at += aw_duration_format (duration, flavour, at);
      at = PUT (at, ",\"data\":");
    }
  else
    {
      at = PUT (at, "{");
      if (with_id)
        at = PUT (put_id (PUT (at, "\"id\": "), id), ", ");
      at = PUT (at, "\"timestamp\": \"");
      at += aw_time_format (start, flavour, at);
      at = PUT (at, "\", \"duration\": ");
      at += aw_duration_format (duration, flavour, at);
      at = PUT (at, ", \"data\": ");
    }
  at = PUT (put (at, data, length), "}");
  g_string_truncate (out, (gsize) (at - out->str));
}

void
aw_event_write (const AwEvent *event, AwFlavour flavour, gboolean with_id, GString *out)
{
  write_event (event->id, event->start, event->duration, event->data, strlen (event->data), flavour,
               with_id, out);
}

/* Both servers move a start before the range to its beginning and cut an end behind it; nothing in
 * the answer tells. */
static void
read_clipped (sqlite3_stmt *statement, const AwRange *range, int64_t *start, int64_t *duration)
{
  int64_t end = sqlite3_column_int64 (statement, 2);

  *start = MAX (sqlite3_column_int64 (statement, 1), range->start);
  *duration = MIN (end, range->end) - *start;
}

int64_t
aw_store_write_events (
    AwStore *store, AwBucket *bucket, const AwRange *range, gboolean with_ids, GString *out)
{
  sqlite3_stmt *statement = bind_read (store, bucket, range);
  int64_t count = 0;

  g_string_append_c (out, '[');
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      int64_t start, duration;

      if (count++ > 0)
        g_string_append (out, store->flavour == AW_FLAVOUR_PYTHON ? ", " : ",");
      read_clipped (statement, range, &start, &duration);
      write_event (sqlite3_column_int64 (statement, 0), start, duration,
                   (const char *) sqlite3_column_text (statement, 3),
                   (gsize) sqlite3_column_bytes (statement, 3), store->flavour, with_ids, out);
    }
  sqlite3_reset (statement);
  g_string_append_c (out, ']');
  return count;
}

void
aw_store_write_query (AwStore *store, AwBucket *bucket, const AwRange *range, GString *out)
{
  sqlite3_stmt *statement = bind_read (store, bucket, range);
  gboolean is_first = TRUE;

  g_string_append_c (out, '[');
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      const char *data = (const char *) sqlite3_column_text (statement, 3);
      g_autoptr (AwJson) json = aw_json_parse (data, strlen (data), AW_FLAVOUR_PYTHON);
      char start_text[AW_TIME_TEXT], duration_text[AW_TIME_TEXT];
      int64_t start, duration;

      read_clipped (statement, range, &start, &duration);
      aw_time_format (start, store->flavour, start_text);
      aw_duration_format (duration, store->flavour, duration_text);
      g_string_append (out, is_first ? "{\"data\":" : ",{\"data\":");
      aw_json_write_sorted (json, store->flavour, out);
      g_string_append_printf (
          out, ",\"duration\":%s,\"id\":%" G_GINT64_FORMAT ",\"timestamp\":\"%s\"}", duration_text,
          (gint64) sqlite3_column_int64 (statement, 0), start_text);
      is_first = FALSE;
    }
  sqlite3_reset (statement);
  g_string_append_c (out, ']');
}

void
aw_store_write_truth (AwStore *store, AwBucket *bucket, GString *out)
{
  sqlite3_stmt *statement = store->statements[TRUTH];
  gboolean is_first = TRUE;

  g_string_append_c (out, '[');
  sqlite3_bind_int64 (statement, 1, bucket->row);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      int64_t start = sqlite3_column_int64 (statement, 1);

      g_string_append_printf (out,
                              "%s{\"id\":%" G_GINT64_FORMAT ",\"start_ns\":%" G_GINT64_FORMAT
                              ",\"duration_ns\":%" G_GINT64_FORMAT ",\"data\":%s}",
                              is_first ? "" : ",", (gint64) sqlite3_column_int64 (statement, 0),
                              (gint64) start,
                              (gint64) (sqlite3_column_int64 (statement, 2) - start),
                              (const char *) sqlite3_column_text (statement, 3));
      is_first = FALSE;
    }
  sqlite3_reset (statement);
  g_string_append_c (out, ']');
}
