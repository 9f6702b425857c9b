/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

/* One's own data back: buckets, sums, keys and events. */

#include "server/helio-store.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"
#include "server/helio-store-private.h"

#define MAX_STEPS 100000
#define MAX_KEYS 50000
#define MAX_EVENTS 10000

/* An answer with events ends when it has grown to this. */
#define MAX_ANSWER_BYTES (4 * 1024 * 1024)

static gboolean
set_invalid (GError **error, const char *message)
{
  g_set_error_literal (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_INVALID, message);
  return FALSE;
}

/* -- buckets ------------------------------------------------------------------------------ */

static gboolean
append_bucket (HelioStore *store, sqlite3_stmt *bucket, GString *json, GError **error)
{
  static const char *const members[] = { "id", "type", "client", "hostname" };
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_BUCKET_EXTENT, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, sqlite3_column_int64 (bucket, 0));
  if (!helio_store_step (store, stmt, &has_row, error))
    return FALSE;
  if (sqlite3_column_int64 (stmt, 0) > 0)
    {
      g_string_append (json, json->str[json->len - 1] == '[' ? "{" : ",{");
      for (int i = 0; i < 4; i++)
        {
          g_string_append_printf (json, "\"%s\":", members[i]);
          helio_json_append_string (json, (const char *) sqlite3_column_text (bucket, i + 1), -1);
          g_string_append_c (json, ',');
        }
      g_string_append_printf (json, "\"count\":%lld,\"first\":%lld,\"last\":%lld}",
                              sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1),
                              sqlite3_column_int64 (stmt, 2));
    }
  sqlite3_reset (stmt);
  return TRUE;
}

gboolean
helio_store_read_buckets (HelioStore *store, int64_t device, GString *json, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_LIST_BUCKETS, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  g_string_append_c (json, '[');
  for (;;)
    {
      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      if (!append_bucket (store, stmt, json, error))
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
    }
  g_string_append_c (json, ']');
  return TRUE;
}

/* -- ranges ------------------------------------------------------------------------------- */

typedef struct
{
  int64_t from;
  int64_t count;
  int64_t check;
} Sum;

static void
append_sum (GString *json, const Sum *sum)
{
  if (sum->count == 0)
    return;
  g_string_append_printf (json,
                          "%s{\"from\":%" G_GINT64_FORMAT ",\"count\":%" G_GINT64_FORMAT
                          ",\"check\":%" G_GINT64_FORMAT "}",
                          json->str[json->len - 1] == '[' ? "" : ",", sum->from, sum->count,
                          sum->check);
}

gboolean
helio_store_read_ranges (HelioStore *store,
                         int64_t device,
                         const char *bucket,
                         int64_t from,
                         int64_t to,
                         int64_t step,
                         GString *json,
                         GError **error)
{
  sqlite3_stmt *stmt;
  int64_t id;
  gboolean has_row;
  Sum sum = { 0 };
  guint n_steps = 0;

  if (from > to || step <= 0)
    return set_invalid (error, "from must not lie after to, and step must be larger than 0");
  if (!helio_store_find_bucket (store, device, bucket, &id, error))
    return FALSE;
  stmt = helio_store_sql (store, SQL_LIST_CHECKS, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, from);
  sqlite3_bind_int64 (stmt, 3, to);
  g_string_append_c (json, '[');
  for (;;)
    {
      int64_t start;

      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      start = sqlite3_column_int64 (stmt, 0);
      if (sum.count == 0 || start - sum.from >= step)
        {
          append_sum (json, &sum);
          sum = (Sum){ .from = start - (start - from) % step };
          if (++n_steps > MAX_STEPS)
            {
              sqlite3_reset (stmt);
              return set_invalid (error, "More than 100000 steps hold events; ask for larger steps "
                                         "or a shorter range");
            }
        }
      sum.count++;
      sum.check += sqlite3_column_int64 (stmt, 1);
    }
  append_sum (json, &sum);
  g_string_append_c (json, ']');
  return TRUE;
}

/* -- keys and events ---------------------------------------------------------------------- */

/* A cursor is the last key that was given: "start.n". */
static gboolean
read_cursor (const char *cursor, int64_t *start, int64_t *n, GError **error)
{
  const char *point;
  g_autofree char *first = NULL;

  if (cursor == NULL)
    return TRUE;
  point = strchr (cursor, '.');
  first = point != NULL ? g_strndup (cursor, (gsize) (point - cursor)) : NULL;
  if (first == NULL
      || !g_ascii_string_to_signed (first, 10, HELIO_TIME_MIN, HELIO_TIME_MAX, start, NULL)
      || !g_ascii_string_to_signed (point + 1, 10, 0, G_MAXUINT32, n, NULL))
    return set_invalid (error, "The cursor is none that was given here");
  return TRUE;
}

static void
append_next (GString *json, gboolean has_more, int64_t start, int64_t n)
{
  if (has_more)
    g_string_append_printf (json, "],\"next\":\"%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT "\"}",
                            start, n);
  else
    g_string_append (json, "],\"next\":null}");
}

gboolean
helio_store_read_keys (HelioStore *store,
                       int64_t device,
                       const char *bucket,
                       int64_t limit,
                       const char *cursor,
                       GString *json,
                       GError **error)
{
  sqlite3_stmt *stmt;
  int64_t id, start = G_MAXINT64, n = -1;
  gboolean has_row;
  int64_t count = 0;

  if (limit < 1)
    return set_invalid (error, "limit must be larger than 0");
  limit = MIN (limit, MAX_KEYS);
  if (!read_cursor (cursor, &start, &n, error)
      || !helio_store_find_bucket (store, device, bucket, &id, error))
    return FALSE;
  stmt = helio_store_sql (store, SQL_LIST_KEYS, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, start);
  sqlite3_bind_int64 (stmt, 3, n);
  sqlite3_bind_int64 (stmt, 4, limit + 1);
  g_string_append (json, "{\"keys\":[");
  for (;;)
    {
      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (!has_row || count == limit)
        break;
      start = sqlite3_column_int64 (stmt, 0);
      n = sqlite3_column_int64 (stmt, 1);
      g_string_append_printf (json, "%s[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%lld]",
                              count++ == 0 ? "" : ",", start, n, sqlite3_column_int64 (stmt, 2));
    }
  sqlite3_reset (stmt);
  append_next (json, has_row, start, n);
  return TRUE;
}

gboolean
helio_store_read_events (HelioStore *store,
                         int64_t device,
                         const char *bucket,
                         int64_t from,
                         int64_t to,
                         int64_t limit,
                         const char *cursor,
                         GString *json,
                         GError **error)
{
  sqlite3_stmt *stmt;
  int64_t id, start = from, n = -1;
  gboolean has_row;
  int64_t count = 0;

  if (limit < 1 || from > to)
    return set_invalid (error, "from must not lie after to, and limit must be larger than 0");
  limit = MIN (limit, MAX_EVENTS);
  if (!read_cursor (cursor, &start, &n, error)
      || !helio_store_find_bucket (store, device, bucket, &id, error))
    return FALSE;
  if (start < from)
    return set_invalid (error, "The cursor belongs to another range");
  stmt = helio_store_sql (store, SQL_LIST_EVENTS, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, start);
  sqlite3_bind_int64 (stmt, 3, n);
  sqlite3_bind_int64 (stmt, 4, to);
  sqlite3_bind_int64 (stmt, 5, limit + 1);
  g_string_append (json, "{\"events\":[");
  for (;;)
    {
      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (!has_row || count == limit || json->len > MAX_ANSWER_BYTES)
        break;
      start = sqlite3_column_int64 (stmt, 0);
      n = sqlite3_column_int64 (stmt, 1);
      g_string_append_printf (json,
                              "%s{\"start\":%" G_GINT64_FORMAT ",\"n\":%" G_GINT64_FORMAT
                              ",\"duration\":%lld,\"check\":%lld,\"data\":",
                              count++ == 0 ? "" : ",", start, n, sqlite3_column_int64 (stmt, 2),
                              sqlite3_column_int64 (stmt, 3));
      g_string_append_len (json, (const char *) sqlite3_column_text (stmt, 4),
                           sqlite3_column_bytes (stmt, 4));
      g_string_append_c (json, '}');
    }
  sqlite3_reset (stmt);
  append_next (json, has_row, start, n);
  return TRUE;
}

gboolean
helio_store_each_touching (HelioStore *store,
                           int64_t device,
                           const char *type,
                           int n_buckets,
                           int64_t from,
                           int64_t to,
                           HelioEventFunc func,
                           gpointer user_data,
                           GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_LIST_TOUCHING, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_text (stmt, 2, type, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int (stmt, 3, n_buckets);
  sqlite3_bind_int64 (stmt, 4, from);
  sqlite3_bind_int64 (stmt, 5, to);
  for (;;)
    {
      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      func (sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1),
            (const char *) sqlite3_column_text (stmt, 2), (gsize) sqlite3_column_bytes (stmt, 2),
            user_data);
    }
}

gboolean
helio_store_count_buckets (
    HelioStore *store, int64_t device, const char *type, int64_t *count, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_COUNT_BUCKETS, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_text (stmt, 2, type, -1, SQLITE_TRANSIENT);
  if (!helio_store_step (store, stmt, &has_row, error))
    return FALSE;
  *count = has_row ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return TRUE;
}
