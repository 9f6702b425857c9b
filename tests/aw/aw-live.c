/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Watchers by the wall clock: the window changes every 8 to 40 s and grows every 3 s, presence
 * grows every 5 s, pages follow the browser, music plays now and then. */

#include "aw-live.h"

#include "aw-answers.h"
#include "aw-words.h"

typedef struct
{
  AwServer *server;
  AwDice dice;
  GString *data[AW_N_WATCHERS];
  int64_t change_in[AW_N_WATCHERS];
  gboolean is_playing;
  int64_t seconds;
} Live;

static void
beat (Live *live, AwWatcher watcher, int64_t pulsetime)
{
  AwServer *server = live->server;
  g_autofree char *id = aw_watcher_get_bucket (watcher, server->hostname);
  g_auto (AwEvent) event = { .id = -1, .data = g_strdup (live->data[watcher]->str) };

  event.start = aw_server_now (server) / AW_MS * AW_MS;
  aw_take_heartbeat (server, aw_watcher_make_bucket (server, watcher, id), &event, pulsetime);
}

/* Counts down; returns TRUE when it is time for something else. */
static gboolean
is_due (Live *live, AwWatcher watcher, int least, int most)
{
  if (live->change_in[watcher]-- > 0)
    return FALSE;
  live->change_in[watcher] = least + aw_dice_roll (&live->dice, most - least);
  return TRUE;
}

static void
tick (Live *live)
{
  AwFlavour flavour = live->server->flavour;
  gboolean is_new = is_due (live, AW_WATCHER_WINDOW, 8, 40);

  if (is_new)
    aw_words_window (live->server, &live->dice, TRUE, live->data[AW_WATCHER_WINDOW]);
  if (is_new || live->seconds % 3 == 0)
    beat (live, AW_WATCHER_WINDOW, 60 * AW_SECOND);
  if (is_new && aw_words_is_browser (live->data[AW_WATCHER_WINDOW]))
    {
      aw_words_web (live->server, &live->dice, live->data[AW_WATCHER_WEB]);
      beat (live, AW_WATCHER_WEB, 80 * AW_SECOND);
    }
  if (live->seconds % 5 == 0)
    {
      aw_words_afk (FALSE, flavour, live->data[AW_WATCHER_AFK]);
      beat (live, AW_WATCHER_AFK, 185 * AW_SECOND);
    }
  if (is_due (live, AW_WATCHER_MEDIA, 120, 260))
    {
      live->is_playing = aw_dice_roll (&live->dice, 3) > 0;
      aw_words_media (&live->dice, flavour, live->data[AW_WATCHER_MEDIA]);
    }
  if (live->is_playing && live->seconds % 5 == 0)
    beat (live, AW_WATCHER_MEDIA, 6 * AW_SECOND);
  live->seconds++;
}

static gpointer
run (gpointer data)
{
  Live *live = data;
  int64_t next = g_get_monotonic_time ();

  for (;;)
    {
      AwServer *server = live->server;
      gboolean may_fail = server->flavour == AW_FLAVOUR_PYTHON;

      if (aw_lock_take (&server->lock, may_fail ? server->lock_timeout_us : -1))
        {
          aw_store_request_begins (server->store);
          tick (live);
          aw_lock_release (&server->lock);
        }
      else
        aw_stats_locked (&server->stats, TRUE);
      next += G_USEC_PER_SEC;
      aw_pace_wait (next - G_USEC_PER_SEC, G_USEC_PER_SEC);
    }
  return NULL;
}

void
aw_live_start (AwServer *server, guint32 seed)
{
  Live *live = g_new0 (Live, 1);

  live->server = server;
  aw_dice_seed (&live->dice, seed, aw_server_now (server) / AW_SECOND, 4);
  for (int i = 0; i < AW_N_WATCHERS; i++)
    live->data[i] = g_string_new (NULL);
  g_thread_unref (g_thread_new ("live", run, live));
}
