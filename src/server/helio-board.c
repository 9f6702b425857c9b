/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-board.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-time.h"
#include "protocol/helio-protocol-write.h"

/* A status costs no write of its own. */
#define SAVE_SECONDS 5

/* One device is told about at most ten times a second. */
#define ANNOUNCE_US (G_USEC_PER_SEC / 10)

/* The same since is told again and again, each time with the delay of another request in it. */
#define SAME_SINCE_MS 2000

#define MAX_TEXT_CHARS 1000

/**
 * Seat:
 * @expires_us: (monotonic) when the status ends, or 0 for never
 * @told_us: (monotonic) when viewers last heard of it
 */
typedef struct
{
  HelioDevice *device;
  int64_t expires_us;
  int64_t told_us;
  gboolean is_expired;
  gboolean is_unsaved;
  gboolean is_untold;
} Seat;

struct _HelioBoard
{
  HelioStore *store;
  HelioAnnounceFunc announce;
  gpointer user_data;
  GPtrArray *seats;
  GPtrArray *devices; /* borrowed from the seats */
  GPtrArray *tokens;
  GBytes *list;
  GBytes *snapshot;
  guint save_id;
  guint tell_id;
  guint expire_id;
  int64_t expire_us;
};

static void
seat_free (gpointer data)
{
  Seat *seat = data;

  helio_device_free (seat->device);
  g_free (seat);
}

/* -- what everybody may see --------------------------------------------------------------- */

static void
append_seat (GString *json, const Seat *seat)
{
  const HelioDevice *device = seat->device;
  HelioPresence shown = *device->presence;

  if (seat->is_expired)
    shown = (HelioPresence){ .state = HELIO_STATE_OFFLINE, .since = device->last_seen };
  else if (device->audience != HELIO_AUDIENCE_ACTIVITY)
    shown = (HelioPresence){ .state = shown.state, .since = shown.since };
  g_string_append (json, "{\"name\":");
  helio_json_append_string (json, device->name, -1);
  g_string_append_c (json, ',');
  helio_presence_encode (&shown, json);
  if (device->last_seen != 0)
    g_string_append_printf (json, ",\"last_seen\":%" G_GINT64_FORMAT "}", device->last_seen);
  else
    g_string_append (json, ",\"last_seen\":null}");
}

static void
tell (HelioBoard *board, Seat *seat)
{
  g_autoptr (GString) text = NULL;

  seat->is_untold = FALSE;
  if (seat->device->audience == HELIO_AUDIENCE_NONE)
    return;
  seat->told_us = g_get_monotonic_time ();
  text = g_string_new ("event: device\ndata: ");
  append_seat (text, seat);
  g_string_append (text, "\n\n");
  board->announce (text->str, text->len, board->user_data);
}

static void
tell_gone (HelioBoard *board, const char *name)
{
  g_autoptr (GString) text = g_string_new ("event: device\ndata: {\"name\":");

  helio_json_append_string (text, name, -1);
  g_string_append (text, ",\"gone\":true}\n\n");
  board->announce (text->str, text->len, board->user_data);
}

static void
forget_texts (HelioBoard *board)
{
  g_clear_pointer (&board->list, g_bytes_unref);
  g_clear_pointer (&board->snapshot, g_bytes_unref);
}

static gboolean
on_tell (gpointer data)
{
  HelioBoard *board = data;

  board->tell_id = 0;
  for (guint i = 0; i < board->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (board->seats, i);

      if (seat->is_untold)
        tell (board, seat);
    }
  return G_SOURCE_REMOVE;
}

/* At once, or a moment later if it was told about a moment ago. */
static void
seat_changed (HelioBoard *board, Seat *seat)
{
  forget_texts (board);
  if (g_get_monotonic_time () - seat->told_us >= ANNOUNCE_US)
    {
      tell (board, seat);
      return;
    }
  seat->is_untold = TRUE;
  if (board->tell_id == 0)
    board->tell_id = g_timeout_add (ANNOUNCE_US / 1000, on_tell, board);
}

/* -- expiry ------------------------------------------------------------------------------- */

static gboolean on_expire (gpointer data);

/* One timer for all: it is set to the earliest end, and finds at worst that it was put off. */
static void
plan_expiry (HelioBoard *board, int64_t expires_us)
{
  int64_t wait_ms = (expires_us - g_get_monotonic_time () + 999) / 1000;

  if (board->expire_id != 0 && board->expire_us <= expires_us)
    return;
  g_clear_handle_id (&board->expire_id, g_source_remove);
  board->expire_us = expires_us;
  board->expire_id = g_timeout_add ((guint) CLAMP (wait_ms, 0, G_MAXINT), on_expire, board);
}

static gboolean
on_expire (gpointer data)
{
  HelioBoard *board = data;
  int64_t now = g_get_monotonic_time ();
  int64_t next = 0;

  board->expire_id = 0;
  for (guint i = 0; i < board->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (board->seats, i);

      if (seat->expires_us == 0)
        continue;
      if (seat->expires_us <= now)
        {
          seat->expires_us = 0;
          seat->is_expired = TRUE;
          seat_changed (board, seat);
        }
      else if (next == 0 || seat->expires_us < next)
        next = seat->expires_us;
    }
  if (next != 0)
    plan_expiry (board, next);
  return G_SOURCE_REMOVE;
}

static void
seat_set_expiry (HelioBoard *board, Seat *seat, int64_t left_ms)
{
  HelioState state = seat->device->presence->state;

  seat->is_expired = FALSE;
  seat->expires_us = 0;
  if (state == HELIO_STATE_PAUSED || state == HELIO_STATE_OFFLINE)
    return;
  if (left_ms <= 0)
    {
      seat->is_expired = TRUE;
      return;
    }
  seat->expires_us = g_get_monotonic_time () + left_ms * 1000;
  plan_expiry (board, seat->expires_us);
}

/* -- loading ------------------------------------------------------------------------------ */

static Seat *
find_seat (HelioBoard *board, int64_t id)
{
  for (guint i = 0; i < board->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (board->seats, i);

      if (seat->device->id == id)
        return seat;
    }
  return NULL;
}

static Seat *
make_seat (HelioBoard *board, HelioDevice *device)
{
  Seat *seat = g_new0 (Seat, 1);

  seat->device = device;
  if (device->last_seen != 0)
    seat_set_expiry (board, seat,
                     device->last_seen + device->ttl * G_GINT64_CONSTANT (1000)
                         - helio_time_now ());
  return seat;
}

/* Settings come from the store; what is happening is known better here. */
static Seat *
renew_seat (Seat *old, HelioDevice *device)
{
  Seat *seat = g_memdup2 (old, sizeof *old);
  HelioPresence *presence = device->presence;

  device->presence = old->device->presence;
  old->device->presence = presence;
  device->last_seen = old->device->last_seen;
  device->ttl = old->device->ttl;
  seat->device = device;
  return seat;
}

static gboolean
load (HelioBoard *board, GError **error)
{
  g_autoptr (GPtrArray) devices = helio_store_list_devices (board->store, error);
  g_autoptr (GPtrArray) tokens
      = devices != NULL ? helio_store_list_tokens (board->store, error) : NULL;
  g_autoptr (GPtrArray) old = NULL;

  if (tokens == NULL)
    return FALSE;
  forget_texts (board);
  old = g_steal_pointer (&board->seats);
  board->seats = g_ptr_array_new_with_free_func (seat_free);
  g_ptr_array_set_size (board->devices, 0);
  g_ptr_array_set_free_func (devices, NULL);
  for (guint i = 0; i < devices->len; i++)
    {
      HelioDevice *device = g_ptr_array_index (devices, i);
      Seat *before = NULL;

      for (guint j = 0; old != NULL && j < old->len && before == NULL; j++)
        if (((Seat *) g_ptr_array_index (old, j))->device->id == device->id)
          before = g_ptr_array_index (old, j);
      g_ptr_array_add (board->seats,
                       before != NULL ? renew_seat (before, device) : make_seat (board, device));
      g_ptr_array_add (board->devices, device);
    }

  g_clear_pointer (&board->tokens, g_ptr_array_unref);
  board->tokens = g_steal_pointer (&tokens);

  /* Who watches hears of every device that was shown, or is, in another way than before. */
  for (guint i = 0; old != NULL && i < old->len; i++)
    {
      const HelioDevice *was = ((Seat *) g_ptr_array_index (old, i))->device;
      Seat *is = find_seat (board, was->id);

      if (was->audience != HELIO_AUDIENCE_NONE
          && (is == NULL || is->device->audience == HELIO_AUDIENCE_NONE))
        tell_gone (board, was->name);
      else if (is != NULL && is->device->audience != was->audience)
        tell (board, is);
    }
  return TRUE;
}

void
helio_board_refresh (HelioBoard *board)
{
  g_autoptr (GError) error = NULL;

  if (helio_store_has_changed (board->store) && !load (board, &error))
    g_warning ("Changed settings can't be read: %s", error->message);
}

/* -- saving ------------------------------------------------------------------------------- */

static void
save (HelioBoard *board)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < board->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (board->seats, i);

      if (seat->is_unsaved)
        g_ptr_array_add (devices, seat->device);
      seat->is_unsaved = FALSE;
    }
  if (devices->len > 0 && !helio_store_save_presences (board->store, devices, &error))
    g_warning ("The status of %u devices was not written: %s", devices->len, error->message);
}

static gboolean
on_save (gpointer data)
{
  HelioBoard *board = data;

  board->save_id = 0;
  save (board);
  return G_SOURCE_REMOVE;
}

/* -- public ------------------------------------------------------------------------------- */

HelioBoard *
helio_board_new (HelioStore *store, HelioAnnounceFunc announce, gpointer user_data, GError **error)
{
  g_autoptr (HelioBoard) board = g_new0 (HelioBoard, 1);

  board->store = store;
  board->announce = announce;
  board->user_data = user_data;
  board->seats = g_ptr_array_new_with_free_func (seat_free);
  board->devices = g_ptr_array_new ();
  if (!load (board, error))
    return NULL;
  return g_steal_pointer (&board);
}

void
helio_board_free (HelioBoard *board)
{
  save (board);
  g_clear_handle_id (&board->save_id, g_source_remove);
  g_clear_handle_id (&board->tell_id, g_source_remove);
  g_clear_handle_id (&board->expire_id, g_source_remove);
  forget_texts (board);
  g_clear_pointer (&board->tokens, g_ptr_array_unref);
  g_ptr_array_unref (board->devices);
  g_ptr_array_unref (board->seats);
  g_free (board);
}

const HelioToken *
helio_board_find_token (HelioBoard *board, const char *text)
{
  uint8_t hash[HELIO_TOKEN_HASH];
  const HelioToken *found = NULL;

  /* All are looked at, and each whole: how long it takes tells nothing of any of them. */
  helio_token_hash (text, hash);
  for (guint i = 0; i < board->tokens->len; i++)
    {
      const HelioToken *token = g_ptr_array_index (board->tokens, i);

      found = helio_token_hashes_equal (token->hash, hash) ? token : found;
    }
  return found;
}

HelioDevice *
helio_board_find_device (HelioBoard *board, int64_t id)
{
  Seat *seat = find_seat (board, id);

  return seat != NULL ? seat->device : NULL;
}

HelioDevice *
helio_board_find_name (HelioBoard *board, const char *name)
{
  for (guint i = 0; i < board->devices->len; i++)
    {
      HelioDevice *device = g_ptr_array_index (board->devices, i);

      if (strcmp (device->name, name) == 0)
        return device;
    }
  return NULL;
}

const GPtrArray *
helio_board_get_devices (HelioBoard *board)
{
  return board->devices;
}

static int64_t
shift (int64_t time, int64_t by, gboolean is_same, int64_t before)
{
  int64_t shifted = time + by;

  return is_same && ABS (shifted - before) < SAME_SINCE_MS ? before : shifted;
}

static void
cut (char *text)
{
  if (text != NULL && g_utf8_strlen (text, -1) > MAX_TEXT_CHARS)
    *g_utf8_offset_to_pointer (text, MAX_TEXT_CHARS) = '\0';
}

void
helio_board_report (HelioBoard *board,
                    HelioDevice *device,
                    const HelioStatusRequest *status,
                    int64_t now)
{
  Seat *seat = find_seat (board, device->id);
  HelioPresence *presence = helio_presence_copy (status->presence);
  const HelioPresence *before = device->presence;
  int64_t by = now - status->now;
  gboolean is_known = device->last_seen != 0 && !seat->is_expired;

  presence->since
      = shift (presence->since, by, is_known && presence->state == before->state, before->since);
  presence->activity_since = shift (presence->activity_since, by,
                                    is_known && g_strcmp0 (presence->app, before->app) == 0
                                        && g_strcmp0 (presence->title, before->title) == 0,
                                    before->activity_since);
  cut (presence->app);
  cut (presence->title);
  cut (presence->media_title);
  cut (presence->media_artist);
  helio_presence_free (device->presence);
  device->presence = presence;
  device->last_seen = now;
  device->ttl = status->ttl;
  seat_set_expiry (board, seat, status->ttl * G_GINT64_CONSTANT (1000));
  seat->is_unsaved = TRUE;
  if (board->save_id == 0)
    board->save_id = g_timeout_add_seconds (SAVE_SECONDS, on_save, board);
  seat_changed (board, seat);
}

HelioState
helio_board_get_state (HelioBoard *board, const HelioDevice *device)
{
  Seat *seat = find_seat (board, device->id);

  return seat == NULL || seat->is_expired ? HELIO_STATE_OFFLINE : device->presence->state;
}

GBytes *
helio_board_get_list (HelioBoard *board)
{
  GString *json;

  if (board->list != NULL)
    return board->list;
  json = g_string_new ("[");
  for (guint i = 0; i < board->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (board->seats, i);

      if (seat->device->audience == HELIO_AUDIENCE_NONE)
        continue;
      if (json->len > 1)
        g_string_append_c (json, ',');
      append_seat (json, seat);
    }
  g_string_append_c (json, ']');
  board->list = g_string_free_to_bytes (json);
  return board->list;
}

GBytes *
helio_board_get_snapshot (HelioBoard *board)
{
  GString *text;

  if (board->snapshot != NULL)
    return board->snapshot;
  text = g_string_new (NULL);
  for (guint i = 0; i < board->seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (board->seats, i);

      if (seat->device->audience == HELIO_AUDIENCE_NONE)
        continue;
      g_string_append (text, "event: device\ndata: ");
      append_seat (text, seat);
      g_string_append (text, "\n\n");
    }
  board->snapshot = g_string_free_to_bytes (text);
  return board->snapshot;
}
