/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

#include "server/helio-store.h"

#include <glib/gi18n.h>
#include <string.h>

#include "json/helio-json.h"
#include "model/helio-time.h"
#include "server/helio-store-private.h"

#define CSV_HEAD "device,bucket,type,client,hostname,start,n,duration_ms,data\r\n"

static const char *
text_of (sqlite3_stmt *stmt, int column)
{
  return (const char *) sqlite3_column_text (stmt, column);
}

static void
append_jsonl (GString *line, sqlite3_stmt *stmt)
{
  static const char *const members[] = { "device", "bucket", "type", "client", "hostname" };

  for (int i = 0; i < 5; i++)
    {
      g_string_append_printf (line, "%s\"%s\":", i == 0 ? "{" : ",", members[i]);
      helio_json_append_string (line, text_of (stmt, i), -1);
    }
  g_string_append_printf (line,
                          ",\"start\":%lld,\"n\":%lld,\"duration\":%lld,\"check\":%lld,\"data\":",
                          sqlite3_column_int64 (stmt, 5), sqlite3_column_int64 (stmt, 6),
                          sqlite3_column_int64 (stmt, 7), sqlite3_column_int64 (stmt, 8));
  /* Data is verbatim; a line break can only be white space between its values. */
  gsize from = line->len;
  g_string_append_len (line, text_of (stmt, 9), sqlite3_column_bytes (stmt, 9));
  g_strdelimit (line->str + from, "\r\n", ' ');
  g_string_append (line, "}\n");
}

/* A field as RFC 4180 quotes it. */
static void
append_field (GString *line, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (line, text);
      return;
    }
  g_string_append_c (line, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *text);
    }
  g_string_append_c (line, '"');
}

static void
append_csv (GString *line, sqlite3_stmt *stmt)
{
  char time[HELIO_TIME_TEXT];

  for (int i = 0; i < 5; i++)
    {
      append_field (line, text_of (stmt, i));
      g_string_append_c (line, ',');
    }
  helio_time_format (sqlite3_column_int64 (stmt, 5), time);
  g_string_append_printf (line, "%s,%lld,%lld,", time, sqlite3_column_int64 (stmt, 6),
                          sqlite3_column_int64 (stmt, 7));
  append_field (line, text_of (stmt, 9));
  g_string_append (line, "\r\n");
}

gboolean
helio_store_export (HelioStore *store,
                    HelioExportFormat format,
                    const char *device,
                    GOutputStream *out,
                    GError **error)
{
  sqlite3_stmt *stmt;
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean has_row;

  if (device != NULL)
    {
      stmt = helio_store_sql (store, SQL_FIND_DEVICE, error);
      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_text (stmt, 1, device, -1, SQLITE_TRANSIENT);
      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      sqlite3_reset (stmt);
      if (!has_row)
        {
          g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_NOT_FOUND,
                       _ ("There is no device named \"%s\""), device);
          return FALSE;
        }
    }

  stmt = helio_store_sql (store, SQL_LIST_EXPORT, error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, device, -1, SQLITE_TRANSIENT);
  if (format == HELIO_EXPORT_CSV)
    g_string_append (line, CSV_HEAD);
  for (;;)
    {
      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (has_row && format == HELIO_EXPORT_JSONL)
        append_jsonl (line, stmt);
      else if (has_row)
        append_csv (line, stmt);
      if ((!has_row || line->len > 65536)
          && !g_output_stream_write_all (out, line->str, line->len, NULL, NULL, error))
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
      if (!has_row)
        return g_output_stream_flush (out, NULL, error);
      if (line->len > 65536)
        g_string_truncate (line, 0);
    }
}
