/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

/* The calls of the protocol. Who may ask, and how much, was settled before. */

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-error.h"
#include "model/helio-event.h"
#include "server/helio-apps.h"
#include "server/helio-calendar.h"
#include "server/helio-exchange.h"
#include "server/helio-reading.h"
#include "server/helio-timeline.h"

#define DEFAULT_LIMIT 1000
#define DEFAULT_DAYS 14
#define REFRESH_MS 500

/* -- whose data --------------------------------------------------------------------------- */

/* A device's own, or with a read token that of the device it names. */
static HelioDevice *
find_device (HelioExchange *exchange)
{
  const char *name = helio_exchange_get_text (exchange, "device");
  HelioDevice *device;

  if (exchange->device != NULL)
    return exchange->device;
  if (name == NULL)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST,
                                   "A token that reads needs device=NAME");
      return NULL;
    }
  device = helio_board_find_name (exchange->rooms->board, name);
  if (device == NULL)
    helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND, "There is no such device");
  return device;
}

static const char *
find_bucket (HelioExchange *exchange)
{
  const char *bucket = helio_exchange_get_text (exchange, "bucket");

  if (bucket == NULL || bucket[0] == '\0')
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST, "bucket is missing");
      return NULL;
    }
  return bucket;
}

/* A read of the bucket that is asked for, or NULL when an answer was given. */
static HelioReading *
begin_reading (HelioExchange *exchange, HelioReadFunc func)
{
  HelioDevice *device = find_device (exchange);
  const char *bucket = device != NULL ? find_bucket (exchange) : NULL;

  return bucket != NULL ? helio_reading_new (func, device->id, bucket) : NULL;
}

/* -- base --------------------------------------------------------------------------------- */

void
helio_api_base (HelioExchange *exchange)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json,
                          "{\"server\":\"heliograph-server " PACKAGE_VERSION "\",\"protocol\":1,"
                          "\"max_events\":%d,\"max_bytes\":%d,\"encodings\":[\"gzip\"],"
                          "\"now\":%" G_GINT64_FORMAT,
                          HELIO_MAX_EVENTS, HELIO_MAX_BYTES, exchange->now);
  if (exchange->device != NULL)
    {
      g_string_append (json, ",\"device\":");
      helio_json_append_string (json, exchange->device->name, -1);
      g_string_append_printf (json, ",\"store\":\"%s\",\"seq\":%" G_GINT64_FORMAT,
                              exchange->device->store, exchange->device->seq);
    }
  else if (exchange->only_reads)
    {
      const GPtrArray *devices = helio_board_get_devices (exchange->rooms->board);

      g_string_append (json, ",\"devices\":[");
      for (guint i = 0; i < devices->len; i++)
        {
          const HelioDevice *device = g_ptr_array_index (devices, i);

          if (i > 0)
            g_string_append_c (json, ',');
          helio_json_append_string (json, device->name, -1);
        }
      g_string_append_c (json, ']');
    }
  g_string_append_c (json, '}');
  helio_exchange_answer_json (exchange, SOUP_STATUS_OK, json);
}

/* -- events ------------------------------------------------------------------------------- */

static gboolean
on_sweep (gpointer data)
{
  HelioRooms *rooms = data;

  if (helio_store_sweep (rooms->store))
    return G_SOURCE_CONTINUE;
  rooms->sweep_id = 0;
  return G_SOURCE_REMOVE;
}

static void
answer_late (HelioExchange *exchange, int64_t seq)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json,
                          "{\"status\":409,\"message\":\"A later write came before this one\","
                          "\"seq\":%" G_GINT64_FORMAT "}",
                          seq);
  helio_exchange_answer_json (exchange, SOUP_STATUS_CONFLICT, json);
}

static void
delete_bucket (HelioExchange *exchange)
{
  HelioRooms *rooms = exchange->rooms;
  const char *bucket = find_bucket (exchange);
  HelioApplied applied;
  g_autoptr (GError) error = NULL;
  int64_t seq;

  if (bucket == NULL || !helio_exchange_get_integer (exchange, "seq", NULL, &seq))
    return;
  if (!helio_store_drop_bucket (rooms->store, exchange->device->id, bucket, seq, &applied, &error))
    {
      helio_exchange_answer_store_error (exchange, error);
      return;
    }
  if (applied.is_late)
    {
      answer_late (exchange, applied.seq);
      return;
    }
  exchange->device->seq = applied.seq;
  helio_days_forget (rooms->days, exchange->device->id);
  if (rooms->sweep_id == 0)
    rooms->sweep_id = g_idle_add (on_sweep, rooms);
  helio_exchange_answer_empty (exchange, SOUP_STATUS_NO_CONTENT);
}

static void
answer_applied (HelioExchange *exchange,
                const HelioEventsRequest *request,
                const HelioApplied *applied)
{
  GString *json = g_string_new (NULL);
  guint n_rejected = 0;

  g_string_append_printf (json,
                          "{\"stored\":%" G_GINT64_FORMAT ",\"unchanged\":%" G_GINT64_FORMAT
                          ",\"deleted\":%" G_GINT64_FORMAT ",\"rejected\":[",
                          applied->stored, applied->unchanged, applied->deleted);
  for (guint i = 0; i < request->upserts->len; i++)
    {
      const char *reason = g_array_index (request->upserts, HelioWireUpsert, i).rejection;

      if (reason != NULL)
        g_string_append_printf (json, "%s{\"index\":%u,\"reason\":\"%s\"}",
                                n_rejected++ > 0 ? "," : "", i, reason);
    }
  g_string_append (json, "]}");
  exchange->rooms->totals.rejected += n_rejected;
  helio_exchange_answer_json (exchange, SOUP_STATUS_OK, json);
}

static void
post_events (HelioExchange *exchange)
{
  HelioRooms *rooms = exchange->rooms;
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioEventsRequest) request = NULL;
  HelioApplied applied;
  gsize length;
  const char *text = helio_request_body_get (exchange->body, &length);

  request = helio_events_request_parse (text, length, HELIO_MAX_EVENTS, &error);
  if (request == NULL)
    {
      helio_exchange_answer_error (exchange,
                                   g_error_matches (error, HELIO_ERROR, HELIO_ERROR_TOO_LARGE)
                                       ? SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE
                                       : SOUP_STATUS_BAD_REQUEST,
                                   "%s", error->message);
      return;
    }
  if (!helio_store_apply (rooms->store, exchange->device->id, request, &applied, &error))
    {
      helio_exchange_answer_store_error (exchange, error);
      return;
    }
  if (applied.is_late)
    {
      answer_late (exchange, applied.seq);
      return;
    }
  exchange->device->seq = applied.seq;
  rooms->totals.stored += (uint64_t) applied.stored;
  rooms->totals.deleted += (uint64_t) applied.deleted;
  if (strcmp (request->bucket_type, "afkstatus") == 0)
    helio_days_forget (rooms->days, exchange->device->id);
  answer_applied (exchange, request, &applied);
}

static gboolean
read_events (HelioStore *store, const HelioReading *reading, GString *json, GError **error)
{
  return helio_store_read_events (store, reading->device, reading->bucket, reading->from,
                                  reading->to, reading->limit, reading->cursor, json, error);
}

static void
get_events (HelioExchange *exchange)
{
  static const int64_t limit_otherwise = DEFAULT_LIMIT, from_otherwise = HELIO_TIME_MIN,
                       to_otherwise = HELIO_TIME_MAX + 1;
  g_autoptr (HelioReading) reading = begin_reading (exchange, read_events);

  if (reading == NULL
      || !helio_exchange_get_integer (exchange, "from", &from_otherwise, &reading->from)
      || !helio_exchange_get_integer (exchange, "to", &to_otherwise, &reading->to)
      || !helio_exchange_get_integer (exchange, "limit", &limit_otherwise, &reading->limit))
    return;
  reading->cursor = g_strdup (helio_exchange_get_text (exchange, "cursor"));
  helio_reading_start (g_steal_pointer (&reading), exchange);
}

void
helio_api_events (HelioExchange *exchange)
{
  if (exchange->method == HELIO_METHOD_POST)
    post_events (exchange);
  else if (exchange->method == HELIO_METHOD_DELETE)
    delete_bucket (exchange);
  else
    get_events (exchange);
}

static gboolean
read_buckets (HelioStore *store, const HelioReading *reading, GString *json, GError **error)
{
  return helio_store_read_buckets (store, reading->device, json, error);
}

void
helio_api_buckets (HelioExchange *exchange)
{
  HelioDevice *device = find_device (exchange);

  if (device != NULL)
    helio_reading_start (helio_reading_new (read_buckets, device->id, NULL), exchange);
}

static gboolean
read_ranges (HelioStore *store, const HelioReading *reading, GString *json, GError **error)
{
  return helio_store_read_ranges (store, reading->device, reading->bucket, reading->from,
                                  reading->to, reading->step, json, error);
}

void
helio_api_ranges (HelioExchange *exchange)
{
  static const int64_t from_otherwise = HELIO_TIME_MIN, to_otherwise = HELIO_TIME_MAX + 1,
                       step_otherwise = HELIO_TIME_MAX;
  g_autoptr (HelioReading) reading = begin_reading (exchange, read_ranges);

  if (reading != NULL
      && helio_exchange_get_integer (exchange, "from", &from_otherwise, &reading->from)
      && helio_exchange_get_integer (exchange, "to", &to_otherwise, &reading->to)
      && helio_exchange_get_integer (exchange, "step", &step_otherwise, &reading->step))
    helio_reading_start (g_steal_pointer (&reading), exchange);
}

static gboolean
read_keys (HelioStore *store, const HelioReading *reading, GString *json, GError **error)
{
  return helio_store_read_keys (store, reading->device, reading->bucket, reading->limit,
                                reading->cursor, json, error);
}

void
helio_api_keys (HelioExchange *exchange)
{
  static const int64_t limit_otherwise = DEFAULT_LIMIT;
  g_autoptr (HelioReading) reading = begin_reading (exchange, read_keys);

  if (reading == NULL
      || !helio_exchange_get_integer (exchange, "limit", &limit_otherwise, &reading->limit))
    return;
  reading->cursor = g_strdup (helio_exchange_get_text (exchange, "cursor"));
  helio_reading_start (g_steal_pointer (&reading), exchange);
}

/* -- what it was used for ----------------------------------------------------------------- */

/* A day of the query; an answer is given and FALSE returned if it is none. */
static gboolean
get_day (HelioExchange *exchange, const char *name, guint32 otherwise, guint32 *day)
{
  const char *text = helio_exchange_get_text (exchange, name);

  *day = otherwise;
  if (text == NULL || helio_calendar_parse (text, day))
    return TRUE;
  helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST, "%s is no day like 2026-01-31",
                               name);
  return FALSE;
}

/* A read about days, with today in both of them; or NULL when an answer was given. */
static HelioReading *
begin_reading_days (HelioExchange *exchange, HelioReadFunc func)
{
  HelioDevice *device = find_device (exchange);
  g_autoptr (GTimeZone) zone = NULL;
  HelioReading *reading;

  if (device == NULL)
    return NULL;
  zone = helio_calendar_get_zone (device->timezone);
  reading = helio_reading_new (func, device->id, NULL);
  reading->timezone = g_strdup (device->timezone);
  reading->now = exchange->now;
  reading->first_day = helio_calendar_get_day (zone, exchange->now);
  reading->last_day = reading->first_day;
  return reading;
}

static gboolean
read_apps (HelioStore *store, const HelioReading *reading, GString *json, GError **error)
{
  return helio_apps_read (store, reading->device, reading->timezone, reading->first_day,
                          reading->last_day, reading->now, json, error);
}

void
helio_api_apps (HelioExchange *exchange)
{
  g_autoptr (HelioReading) reading = begin_reading_days (exchange, read_apps);

  if (reading != NULL)
    reading->mode = HELIO_STORE_COUNT;
  if (reading == NULL || !get_day (exchange, "to", reading->last_day, &reading->last_day)
      || !get_day (exchange, "from", reading->last_day, &reading->first_day))
    return;
  if (reading->first_day > reading->last_day
      || reading->last_day - reading->first_day >= HELIO_APPS_DAYS_MAX)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST,
                                   "from must not lie after to, nor more than %d days before it",
                                   HELIO_APPS_DAYS_MAX);
      return;
    }
  helio_reading_start (g_steal_pointer (&reading), exchange);
}

static gboolean
read_timeline (HelioStore *store, const HelioReading *reading, GString *json, GError **error)
{
  return helio_timeline_read (store, reading->device, reading->timezone, reading->first_day,
                              reading->now, json, error);
}

void
helio_api_timeline (HelioExchange *exchange)
{
  g_autoptr (HelioReading) reading = begin_reading_days (exchange, read_timeline);

  if (reading != NULL && get_day (exchange, "date", reading->first_day, &reading->first_day))
    helio_reading_start (g_steal_pointer (&reading), exchange);
}

/* -- live --------------------------------------------------------------------------------- */

/* Whether what was told is a time by our clock, too. */
static gboolean
can_shift (const HelioStatusRequest *status, int64_t now)
{
  int64_t by = now - status->now;

  return ABS (status->presence->since + by) <= HELIO_TIME_MAX
         && (status->presence->app == NULL
             || ABS (status->presence->activity_since + by) <= HELIO_TIME_MAX);
}

void
helio_api_status (HelioExchange *exchange)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioStatusRequest) status = NULL;
  g_autofree char *state = NULL;
  gsize length;
  const char *text = helio_request_body_get (exchange->body, &length);

  status = helio_status_request_parse (text, length, &error);
  if (status == NULL)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST, "%s", error->message);
      return;
    }
  if (!can_shift (status, exchange->now))
    {
      helio_exchange_answer_error (
          exchange, SOUP_STATUS_BAD_REQUEST,
          "The status can't be read: since is no time by the clock of this server");
      return;
    }
  exchange->rooms->totals.statuses++;
  helio_board_report (exchange->rooms->board, exchange->device, status, exchange->now);
  helio_exchange_answer_empty (exchange, SOUP_STATUS_NO_CONTENT);

  /* So that an agent notices within a minute that this receiver was set back to a backup. */
  state = g_strdup_printf ("%s %" G_GINT64_FORMAT, exchange->device->store, exchange->device->seq);
  helio_exchange_set_header (exchange, "Heliograph-State", state);
}

void
helio_api_devices (HelioExchange *exchange)
{
  helio_exchange_answer_bytes (exchange, SOUP_STATUS_OK, "application/json",
                               helio_board_get_list (exchange->rooms->board));
  helio_exchange_set_header (exchange, "Cache-Control", "no-store");
}

/* Soon after a command made a device private, those who watch hear it. */
static gboolean
on_refresh (gpointer data)
{
  HelioRooms *rooms = data;

  helio_board_refresh (rooms->board);
  if (helio_viewers_get_count (rooms->viewers) > 0)
    return G_SOURCE_CONTINUE;
  rooms->refresh_id = 0;
  return G_SOURCE_REMOVE;
}

void
helio_api_live (HelioExchange *exchange)
{
  HelioRooms *rooms = exchange->rooms;
  HelioConnection *connection = helio_listener_find (exchange->message);
  g_autofree char *address = helio_exchange_get_address (exchange);
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *date = NULL;
  g_autoptr (GString) head = NULL;
  g_autoptr (GIOStream) stream = NULL;
  GBytes *snapshot;

  if (connection == NULL || !helio_viewers_has_room (rooms->viewers, address))
    {
      helio_exchange_set_header (exchange, "Retry-After", "30");
      helio_exchange_answer_error (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE,
                                   "Too many watch already; try again later");
      return;
    }
  if (strcmp (soup_server_message_get_method (exchange->message), "HEAD") == 0)
    {
      helio_exchange_answer_empty (exchange, SOUP_STATUS_OK);
      helio_exchange_set_header (exchange, "Content-Type", "text/event-stream");
      helio_exchange_set_header (exchange, "Connection", "close");
      return;
    }

  rooms->totals.requests++;
  now = g_date_time_new_now_utc ();
  date = soup_date_time_to_string (now, SOUP_DATE_HTTP);
  head = g_string_new ("HTTP/1.1 200 OK\r\n"
                       "Content-Type: text/event-stream\r\n"
                       "Cache-Control: no-store\r\n"
                       "X-Accel-Buffering: no\r\n" /* a proxy must not wait for more */
                       "X-Content-Type-Options: nosniff\r\n"
                       "Referrer-Policy: no-referrer\r\n"
                       "Cross-Origin-Resource-Policy: cross-origin\r\n"
                       "Access-Control-Allow-Origin: *\r\n"
                       "Connection: close\r\n");
  g_string_append_printf (head, "Date: %s\r\n\r\n: hello\n\n", date);
  snapshot = helio_board_get_snapshot (rooms->board);
  g_string_append_len (head, g_bytes_get_data (snapshot, NULL),
                       (gssize) g_bytes_get_size (snapshot));
  stream = soup_server_message_steal_connection (exchange->message);
  helio_viewers_add (rooms->viewers, stream, connection, address, head->str, head->len);
  if (rooms->refresh_id == 0)
    rooms->refresh_id = g_timeout_add (REFRESH_MS, on_refresh, rooms);
}

void
helio_api_days (HelioExchange *exchange)
{
  static const int64_t days_otherwise = DEFAULT_DAYS;
  HelioRooms *rooms = exchange->rooms;
  const char *name = helio_exchange_get_text (exchange, "device");
  HelioDevice *device;
  g_autoptr (GError) error = NULL;
  GString *json;
  int64_t days;

  if (!helio_exchange_get_integer (exchange, "days", &days_otherwise, &days))
    return;
  if (days < 1 || days > HELIO_DAYS_MAX)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_BAD_REQUEST, "days is not 1 to %d",
                                   HELIO_DAYS_MAX);
      return;
    }
  device = name != NULL ? helio_board_find_name (rooms->board, name) : NULL;
  if (device == NULL || device->audience == HELIO_AUDIENCE_NONE || !device->shows_hours)
    {
      helio_exchange_answer_error (exchange, SOUP_STATUS_NOT_FOUND,
                                   "There is no such device, or its hours are private");
      return;
    }
  json = g_string_new (NULL);
  if (helio_days_read (rooms->days, device, exchange->now, (guint) days, json, &error))
    {
      helio_exchange_answer_json (exchange, SOUP_STATUS_OK, json);
      return;
    }
  g_string_free (json, TRUE);
  helio_exchange_answer_store_error (exchange, error);
}
