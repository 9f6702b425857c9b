/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-live.h"

#include <math.h>

#include "json/helio-json.h"
#include "model/helio-error.h"

/* How long after its end an event still tells what is happening now: watchers hand over every
 * 10 s, we poll every 5 s. */
#define FRESH (30 * HELIO_SECOND)

/* The afk watcher knows late: its poll, the hand-over and our poll come on top of its time-out. */
#define AFK_MARGIN (20 * HELIO_SECOND)

/* Buckets that presence does not need are polled so often. */
#define SLOW_POLL (30 * HELIO_SECOND)

/* Somebody who was gone for a minute is found within 15 s: these, and a poll interval. */
#define BACKOFF_FIRST 8
#define BACKOFF_PATIENT 20 /* so many waits are that short: 80 s at least */
#define BACKOFF_LAST (15 * 60)
#define RETRY_AFTER_MAX (24 * 60 * 60)

HelioLiveBucket *
helio_live_bucket_new (const HelioBucket *bucket, gboolean is_for_presence)
{
  HelioLiveBucket *live = g_new0 (HelioLiveBucket, 1);

  live->bucket = helio_bucket_copy (bucket);
  live->is_for_presence = is_for_presence;
  return live;
}

HelioLiveBucket *
helio_live_bucket_copy (const HelioLiveBucket *bucket)
{
  HelioLiveBucket *copy = helio_live_bucket_new (bucket->bucket, bucket->is_for_presence);

  helio_tail_copy (&bucket->tail, &copy->tail);
  copy->is_changed = bucket->is_changed;
  copy->is_missing = bucket->is_missing;
  return copy;
}

void
helio_live_bucket_free (HelioLiveBucket *bucket)
{
  helio_bucket_free (bucket->bucket);
  helio_tail_clear (&bucket->tail);
  g_free (bucket);
}

static gboolean
is_type (const HelioBucket *bucket, const char *type)
{
  return g_str_equal (bucket->type, type);
}

gboolean
helio_live_is_for_presence (const HelioBucket *bucket, const char *hostname)
{
  if (bucket->is_synced_copy || !g_str_equal (bucket->hostname, hostname))
    return FALSE;
  return is_type (bucket, "afkstatus") || is_type (bucket, "currentwindow")
         || is_type (bucket, "currently-playing");
}

gboolean
helio_live_poll (const char *aw_url,
                 const char *aw_key,
                 GPtrArray *buckets,
                 int64_t now,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (HelioAwClient) client = helio_aw_client_new (aw_url, aw_key, error);
  g_autoptr (GError) first_error = NULL;
  guint n_asked = 0, n_answered = 0;

  if (client == NULL)
    return FALSE;
  for (guint i = 0; i < buckets->len; i++)
    {
      HelioLiveBucket *live = g_ptr_array_index (buckets, i);
      g_autoptr (GError) own_error = NULL;

      live->is_changed = FALSE;
      if (!live->is_for_presence && now >= live->tail.read_at
          && now - live->tail.read_at < SLOW_POLL)
        continue;

      n_asked++;
      helio_tail_poll (client, live->bucket->id, &live->tail, now, &live->is_changed, cancellable,
                       &own_error);
      live->is_missing = g_error_matches (own_error, HELIO_ERROR, HELIO_ERROR_AW_NO_BUCKET);
      if (own_error == NULL || live->is_missing)
        {
          n_answered++;
          continue;
        }
      if (!g_error_matches (own_error, HELIO_ERROR, HELIO_ERROR_AW_ANSWER)
          && !g_error_matches (own_error, HELIO_ERROR, HELIO_ERROR_AW_CHANGED))
        {
          g_propagate_error (error, g_steal_pointer (&own_error));
          return FALSE;
        }
      g_debug ("%s: %s", live->bucket->id, own_error->message);
      if (first_error == NULL)
        first_error = g_steal_pointer (&own_error);
    }

  if (n_asked > 0 && n_answered == 0)
    {
      g_propagate_error (error, g_steal_pointer (&first_error));
      return FALSE;
    }
  if (n_asked == 0)
    {
      g_autoptr (HelioAwInfo) info = helio_aw_client_get_info (client, cancellable, error);

      return info != NULL;
    }
  return TRUE;
}

/* -- the presence table -------------------------------------------------------------------------
 */

/* The newest event of the freshest bucket of a type, as far as it may be shown. */
typedef struct
{
  gboolean exists; /* there is such a bucket */
  gboolean has_event;
  int64_t start;
  int64_t end;
  char *data;
  gsize length;
} Newest;

static void
newest_clear (Newest *newest)
{
  g_clear_pointer (&newest->data, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Newest, newest_clear)

static void
find_newest (const HelioLiveInput *input, const char *type, Newest *newest)
{
  *newest = (Newest){ 0 };
  for (guint i = 0; i < input->buckets->len; i++)
    {
      const HelioLiveBucket *live = g_ptr_array_index (input->buckets, i);
      g_autoptr (GByteArray) scratch = g_byte_array_new ();
      const HelioEvent *event;
      HelioPublished published;
      int ongoing;

      if (!live->is_for_presence || !is_type (live->bucket, type))
        continue;
      newest->exists = TRUE;
      ongoing
          = live->tail.page != NULL ? helio_page_find_ongoing (live->tail.page, input->now) : -1;
      if (ongoing < 0)
        continue;
      event = helio_page_event (live->tail.page, (guint) ongoing);
      if ((newest->has_event && event->start + event->duration <= newest->end)
          || !helio_rules_publish (input->rules, live->bucket, HELIO_SCOPE_PRESENCE, event,
                                   helio_page_event_data (live->tail.page, event), scratch, NULL,
                                   &published))
        continue;
      newest_clear (newest);
      newest->has_event = TRUE;
      newest->start = published.start;
      newest->end = event->start + event->duration;
      newest->data = g_strndup (published.data, published.length);
      newest->length = published.length;
    }
}

static gboolean
is_fresh (const Newest *newest, int64_t now, int64_t span)
{
  return newest->has_event && now - newest->end < span;
}

/* A member of the data that is a text, or NULL. */
static char *
get_text (const Newest *newest, const char *name)
{
  HelioJson json;
  const char *key;
  gsize key_length;

  helio_json_init (&json, newest->data, newest->length);
  if (!helio_json_enter_object (&json))
    return NULL;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      const char *value;
      gsize value_length;

      if (helio_json_key_is (key, key_length, name) && helio_json_peek (&json) == HELIO_JSON_STRING)
        {
          g_autoptr (GString) text = g_string_new (NULL);

          if (!helio_json_take_string (&json, text) || text->len == 0)
            return NULL;
          return g_string_free (g_steal_pointer (&text), FALSE);
        }
      helio_json_take_value (&json, &value, &value_length);
    }
  return NULL;
}

static HelioPresence *
state_since (const HelioLiveInput *input, HelioState state, int64_t since)
{
  if (since == HELIO_TIME_MIN)
    since = input->previous != NULL && input->previous->state == state ? input->previous->since
                                                                       : input->now;
  return helio_presence_new (state, MIN (since, input->now));
}

static void
show_activity (const HelioLiveInput *input,
               HelioPresence *presence,
               const Newest *window,
               const Newest *media)
{
  if (input->level >= HELIO_LEVEL_APP && is_fresh (window, input->now, FRESH))
    {
      presence->app = get_text (window, "app");
      presence->activity_since = presence->app != NULL ? window->start : 0;
    }
  if (input->level < HELIO_LEVEL_TITLE)
    return;
  if (presence->app != NULL)
    presence->title = get_text (window, "title");
  if (is_fresh (media, input->now, FRESH))
    {
      presence->media_title = get_text (media, "title");
      presence->media_artist = presence->media_title != NULL ? get_text (media, "artist") : NULL;
    }
}

HelioPresence *
helio_live_decide (const HelioLiveInput *input)
{
  g_autoptr (HelioPresence) presence = NULL;
  g_auto (Newest) afk = { 0 };
  g_auto (Newest) window = { 0 };
  g_auto (Newest) media = { 0 };
  g_autofree char *status = NULL;
  int64_t afk_span = input->away_threshold * HELIO_SECOND + AFK_MARGIN;
  HelioPause pause;
  gboolean is_playing, is_afk;

  if (input->level == HELIO_LEVEL_NOTHING)
    return NULL;
  if (helio_rules_get_pause (input->rules, input->now, &pause))
    return state_since (input, HELIO_STATE_PAUSED, pause.start);
  if (input->is_locked)
    return state_since (input, HELIO_STATE_LOCKED, input->locked_since);
  if (!input->is_aw_readable)
    return state_since (input, HELIO_STATE_ONLINE, HELIO_TIME_MIN);

  find_newest (input, "afkstatus", &afk);
  find_newest (input, "currentwindow", &window);
  find_newest (input, "currently-playing", &media);
  is_playing = input->media_keeps_active && is_fresh (&media, input->now, FRESH);

  if (!afk.exists)
    {
      if (!is_fresh (&window, input->now, FRESH))
        return state_since (input, HELIO_STATE_ONLINE, HELIO_TIME_MIN);
      presence = state_since (input, HELIO_STATE_ACTIVE, HELIO_TIME_MIN);
    }
  else
    {
      /* What the watcher wrote long ago says nothing about now, neither way. */
      if (!is_fresh (&afk, input->now, afk_span))
        return state_since (input, HELIO_STATE_ONLINE, HELIO_TIME_MIN);
      status = get_text (&afk, "status");
      is_afk = g_strcmp0 (status, "afk") == 0;
      if (!is_afk && g_strcmp0 (status, "not-afk") != 0)
        return state_since (input, HELIO_STATE_ONLINE, HELIO_TIME_MIN);
      if (is_afk && !is_playing)
        return state_since (input, HELIO_STATE_AWAY, afk.start);
      presence = state_since (input, HELIO_STATE_ACTIVE, is_afk ? HELIO_TIME_MIN : afk.start);
    }
  show_activity (input, presence, &window, &media);
  return g_steal_pointer (&presence);
}

/* -- backoff ------------------------------------------------------------------------------------
 */

int
helio_backoff_next (guint attempt, int retry_after, double random)
{
  guint doublings = attempt > BACKOFF_PATIENT ? MIN (attempt - BACKOFF_PATIENT, 16) : 0;
  double longest = MIN (BACKOFF_LAST, BACKOFF_FIRST * exp2 (doublings));
  int seconds = (int) (longest * (0.5 + 0.5 * CLAMP (random, 0.0, 1.0)));

  return MAX (seconds, CLAMP (retry_after, 0, RETRY_AFTER_MAX));
}
