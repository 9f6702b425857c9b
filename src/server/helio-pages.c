/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

/* What a browser loads, and what a monitor asks. The files of the page are inside the program. */

#include <string.h>

#include "server/helio-exchange.h"

#define WEB "/io/github/heliograph/server/web/"
#define CSP                                                                                        \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "                \
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const char *
type_of (const char *name)
{
  static const struct
  {
    const char *ending;
    const char *type;
  } types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".ico", "image/x-icon" },
    { ".json", "application/json" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".webmanifest", "application/manifest+json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].ending))
      return types[i].type;
  return "application/octet-stream";
}

/* A file of the page. They are packed in the program, and unpacked once. */
typedef struct
{
  GBytes *bytes;
  char *tag;
} WebFile;

static void
web_file_free (gpointer data)
{
  WebFile *file = data;

  g_bytes_unref (file->bytes);
  g_free (file->tag);
  g_free (file);
}

GHashTable *
helio_pages_new_files (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, web_file_free);
}

/* NULL if there is none of that name. */
static const WebFile *
find_file (GHashTable *files, const char *name)
{
  WebFile *file = g_hash_table_lookup (files, name);
  g_autofree char *path = NULL;
  g_autofree char *sum = NULL;
  GBytes *bytes;

  if (file != NULL)
    return file;
  path = g_strconcat (WEB, name, NULL);
  bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    return NULL;
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  file = g_new0 (WebFile, 1);
  file->bytes = bytes;
  file->tag = g_strdup_printf ("\"%.16s\"", sum);
  g_hash_table_insert (files, g_strdup (name), file);
  return file;
}

static gboolean
answer_file (HelioExchange *exchange, const char *name)
{
  const WebFile *file = find_file (exchange->rooms->files, name);
  const char *known;

  if (file == NULL)
    return FALSE;
  known = soup_message_headers_get_list (
      soup_server_message_get_request_headers (exchange->message), "If-None-Match");
  if (known != NULL && strstr (known, file->tag) != NULL)
    helio_exchange_answer_empty (exchange, SOUP_STATUS_NOT_MODIFIED);
  else
    helio_exchange_answer_bytes (exchange, SOUP_STATUS_OK, type_of (name), file->bytes);
  helio_exchange_set_header (exchange, "ETag", file->tag);
  /* Names don't change with their content: it is asked for again each time, and seldom sent. */
  helio_exchange_set_header (exchange, "Cache-Control", "no-cache");
  helio_exchange_set_header (exchange, "Content-Security-Policy", CSP);
  helio_exchange_set_header (exchange, "X-Frame-Options", "DENY");
  helio_exchange_set_header (exchange, "Cross-Origin-Opener-Policy", "same-origin");
  return TRUE;
}

void
helio_pages_file (HelioExchange *exchange)
{
  const char *name = exchange->path + 1;

  if (strcmp (name, "") == 0)
    name = "index.html";
  else if (strcmp (name, "owner") == 0)
    name = "owner.html";
  if (strchr (name, '/') != NULL || !answer_file (exchange, name))
    helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND, "There is nothing here");
}

void
helio_pages_widget (HelioExchange *exchange)
{
  if (!answer_file (exchange, "widget.js"))
    helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND, "There is nothing here");
}

/* -- badge -------------------------------------------------------------------------------- */

/* Close to what common sans-serif letters measure at 11 px; no font is known here. */
static guint
text_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar letter = g_utf8_get_char (text);

      width += g_unichar_iswide (letter)                                        ? 12
               : letter < 128 && strchr ("ijlI.,:;'|! ", (char) letter) != NULL ? 4
                                                                                : 7;
    }
  return width;
}

void
helio_pages_badge (HelioExchange *exchange)
{
  static const char *const colors[] = {
    [HELIO_STATE_OFFLINE] = "#6b6b6b", [HELIO_STATE_ONLINE] = "#2f6f9f",
    [HELIO_STATE_ACTIVE] = "#2d7a3e",  [HELIO_STATE_AWAY] = "#8f6300",
    [HELIO_STATE_LOCKED] = "#6b6b6b",  [HELIO_STATE_PAUSED] = "#6b6b6b",
  };
  const char *file = exchange->path + strlen ("/badge/");
  g_autofree char *name = NULL;
  g_autofree char *label = NULL;
  g_autofree char *escaped = NULL;
  const HelioDevice *device;
  const char *word = "unknown";
  const char *color = colors[HELIO_STATE_OFFLINE];
  guint left, right;
  GString *svg;
  g_autoptr (GBytes) bytes = NULL;

  if (!g_str_has_suffix (file, ".svg"))
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND, "There is nothing here");
      return;
    }
  name = g_strndup (file, strlen (file) - strlen (".svg"));
  device = helio_board_find_name (exchange->rooms->board, name);
  if (device != NULL && device->audience == HELIO_AUDIENCE_NONE)
    device = NULL;
  if (device != NULL)
    {
      HelioState state = helio_board_get_state (exchange->rooms->board, device);

      word = helio_state_to_string (state);
      color = colors[state];
    }
  label = g_strdup (device != NULL ? device->name : "heliograph");
  escaped = g_markup_escape_text (label, -1);
  left = text_width (label) + 12;
  right = text_width (word) + 12;
  svg = g_string_new (NULL);
  g_string_append_printf (
      svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"20\" role=\"img\" "
      "aria-label=\"%s: %s\"><title>%s: %s</title>"
      "<clipPath id=\"r\"><rect width=\"%u\" height=\"20\" rx=\"3\"/></clipPath>"
      "<g clip-path=\"url(#r)\"><rect width=\"%u\" height=\"20\" fill=\"#404040\"/>"
      "<rect x=\"%u\" width=\"%u\" height=\"20\" fill=\"%s\"/></g>"
      "<g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
      "font-size=\"11\"><text x=\"%u\" y=\"14\" textLength=\"%u\">%s</text>"
      "<text x=\"%u\" y=\"14\" textLength=\"%u\">%s</text></g></svg>\n",
      left + right, escaped, word, escaped, word, left + right, left, left, right, color, left / 2,
      left - 12, escaped, left + right / 2, right - 12, word);
  bytes = g_string_free_to_bytes (svg);
  helio_exchange_answer_bytes (exchange, device != NULL ? SOUP_STATUS_OK : SOUP_STATUS_NOT_FOUND,
                               "image/svg+xml", bytes);
  helio_exchange_set_header (exchange, "Cache-Control", "no-cache, max-age=0");
  helio_exchange_set_header (exchange, "Content-Security-Policy", "default-src 'none'");
}

/* -- monitoring --------------------------------------------------------------------------- */

/* The devices that the asker may know of, and those of them whose status is fresh. */
static guint
count_devices (HelioExchange *exchange, gboolean knows_all, guint *n_reporting)
{
  HelioBoard *board = exchange->rooms->board;
  const GPtrArray *devices = helio_board_get_devices (board);
  guint count = 0;

  *n_reporting = 0;
  for (guint i = 0; i < devices->len; i++)
    {
      const HelioDevice *device = g_ptr_array_index (devices, i);

      if (!knows_all && device->audience == HELIO_AUDIENCE_NONE)
        continue;
      count++;
      *n_reporting += helio_board_get_state (board, device) != HELIO_STATE_OFFLINE;
    }
  return count;
}

/* A count that grows with each request tells when somebody's computer is in use, be it as private
 * as can be. So who has no token hears nothing of that kind. */
void
helio_pages_metrics (HelioExchange *exchange)
{
  const HelioRooms *rooms = exchange->rooms;
  const HelioTotals *totals = &rooms->totals;
  gboolean knows_all = exchange->device != NULL || exchange->only_reads;
  guint n_reporting;
  guint n_devices = count_devices (exchange, knows_all, &n_reporting);
  GString *text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  const struct
  {
    const char *name;
    const char *type;
    const char *help;
    uint64_t value;
    gboolean is_public;
  } metrics[] = {
    { "uptime_seconds", "gauge", "Since the start",
      (uint64_t) ((exchange->now - rooms->started) / 1000), TRUE },
    { "devices", "gauge", knows_all ? "Devices known" : "Public devices", n_devices, TRUE },
    { "devices_reporting", "gauge", "Devices of these whose status is fresh", n_reporting, TRUE },
    { "viewers", "gauge", "Open live streams", helio_viewers_get_count (rooms->viewers), TRUE },
    { "viewers_dropped_total", "counter", "Live streams closed because nobody read them",
      helio_viewers_get_dropped (rooms->viewers), TRUE },
    { "connections", "gauge", "Open connections",
      helio_listener_get_n_connections (rooms->listener), FALSE },
    { "requests_total", "counter", "Requests answered", totals->requests, FALSE },
    { "requests_refused_total", "counter", "Requests answered with 4xx", totals->refused, FALSE },
    { "requests_failed_total", "counter", "Requests answered with 5xx", totals->failed, FALSE },
    { "statuses_total", "counter", "Status reports", totals->statuses, FALSE },
    { "events_stored_total", "counter", "Events stored or changed", totals->stored, FALSE },
    { "events_deleted_total", "counter", "Events deleted", totals->deleted, FALSE },
    { "events_rejected_total", "counter", "Events rejected", totals->rejected, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (knows_all || metrics[i].is_public)
      g_string_append_printf (text,
                              "# HELP heliograph_%s %s\n# TYPE heliograph_%s %s\n"
                              "heliograph_%s %" G_GUINT64_FORMAT "\n",
                              metrics[i].name, metrics[i].help, metrics[i].name, metrics[i].type,
                              metrics[i].name, metrics[i].value);
  bytes = g_string_free_to_bytes (text);
  helio_exchange_answer_bytes (exchange, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8",
                               bytes);
  helio_exchange_set_header (exchange, "Cache-Control", "no-store");
}

void
helio_pages_health (HelioExchange *exchange)
{
  helio_exchange_answer_json (exchange, SOUP_STATUS_OK, g_string_new ("{\"status\":\"ok\"}"));
}
