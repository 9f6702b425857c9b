/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "model/helio-error.h"
#include "model/helio-time.h"

/* A server that lists its buckets quickly is asked each minute; listing costs the Python server a
 * scan of every bucket. A slow answer alone may have waited for another's question. */
#define CHEAP_LIST_US 20000
#define MAX_SLOW_LISTS 1
#define LIST_CHEAP_US (60 * G_USEC_PER_SEC)
#define LIST_DEAR_US (600 * G_USEC_PER_SEC)

/* What counts as being recorded just now. */
#define FRESH (2 * HELIO_MINUTE)

typedef struct
{
  char *url;
  char *key;
  GPtrArray *buckets; /* HelioLiveBucket */
  gboolean lists;
  gboolean counts;
  int64_t now;
  /* results */
  HelioAwInfo *info;
  GPtrArray *list;     /* HelioBucket */
  GHashTable *counted; /* id -> int64_t * */
  int64_t list_us;
  gboolean is_polled;
} Poll;

static void
poll_free (gpointer data)
{
  Poll *poll = data;

  g_free (poll->url);
  g_free (poll->key);
  g_clear_pointer (&poll->buckets, g_ptr_array_unref);
  g_clear_pointer (&poll->info, helio_aw_info_free);
  g_clear_pointer (&poll->list, g_ptr_array_unref);
  g_clear_pointer (&poll->counted, g_hash_table_unref);
  g_free (poll);
}

void
helio_watch_free (HelioWatch *watch)
{
  helio_bucket_free (watch->bucket);
  g_clear_pointer (&watch->live, helio_live_bucket_free);
  g_free (watch->error);
  g_free (watch);
}

/* -- in the worker ------------------------------------------------------------------------ */

static gboolean
list (Poll *poll, GCancellable *cancellable, GError **error)
{
  g_autoptr (HelioAwClient) client = helio_aw_client_new (poll->url, poll->key, error);

  if (client == NULL)
    return FALSE;
  poll->info = helio_aw_client_get_info (client, cancellable, error);
  if (poll->info == NULL)
    return FALSE;
  poll->list = helio_aw_client_list_buckets (client, cancellable, error);
  if (poll->list == NULL)
    return FALSE;
  poll->list_us = helio_aw_client_get_last_time (client);
  if (!poll->counts)
    return TRUE;

  poll->counted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < poll->list->len; i++)
    {
      const HelioBucket *bucket = poll->list->pdata[i];
      int64_t count = helio_aw_client_count (client, bucket->id, HELIO_TIME_MIN, cancellable, NULL);

      if (count >= 0)
        g_hash_table_insert (poll->counted, g_strdup (bucket->id),
                             g_memdup2 (&count, sizeof count));
    }
  return TRUE;
}

static void
poll_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Poll *poll = data;

  if (poll->lists && !list (poll, cancellable, error))
    return;
  if (poll->buckets->len > 0)
    poll->is_polled
        = helio_live_poll (poll->url, poll->key, poll->buckets, poll->now, cancellable, error);
}

/* -- in the main thread ------------------------------------------------------------------- */

/* If only a bucket that is switched off is being recorded, the host may have got another name:
 * the user is told. */
static void
look_for_renamed (HelioAgent *agent, int64_t now)
{
  gboolean has_presence = FALSE;
  const HelioWatch *fresh_off = NULL;

  g_clear_pointer (&agent->renamed_bucket, g_free);
  for (guint i = 0; i < agent->watches->len; i++)
    {
      const HelioWatch *watch = agent->watches->pdata[i];
      gboolean is_fresh = !watch->is_gone && watch->bucket->last > now - FRESH
                          && watch->bucket->last < now + FRESH;

      if (watch->bucket->is_synced_copy || strcmp (watch->bucket->type, "currentwindow") != 0)
        continue;
      if (watch->is_enabled)
        {
          if (is_fresh)
            return;
          has_presence = TRUE;
        }
      else if (is_fresh)
        fresh_off = watch;
    }
  if (has_presence && fresh_off != NULL
      && g_strcmp0 (agent->renamed_ignored, fresh_off->bucket->id) != 0)
    agent->renamed_bucket = g_strdup (fresh_off->bucket->id);
}

static void
take_list (HelioAgent *agent, Poll *poll)
{
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);

  g_clear_pointer (&agent->info, helio_aw_info_free);
  agent->info = g_steal_pointer (&poll->info);
  agent->n_slow_lists = poll->list_us < CHEAP_LIST_US ? 0 : agent->n_slow_lists + 1;
  agent->listed_at_us = g_get_monotonic_time ();
  agent->needs_list = poll->now < agent->list_asked_at;

  for (guint i = 0; i < poll->list->len; i++)
    {
      const HelioBucket *bucket = poll->list->pdata[i];
      HelioWatch *watch = helio_agent_find_watch (agent, bucket->id);

      g_hash_table_add (listed, bucket->id);
      if (watch == NULL)
        {
          watch = g_new0 (HelioWatch, 1);
          watch->in_aw = -1;
          g_ptr_array_add (agent->watches, watch);
        }
      g_clear_pointer (&watch->bucket, helio_bucket_free);
      watch->bucket = helio_bucket_copy (bucket);
      watch->is_gone = FALSE;
      if (poll->counted != NULL)
        {
          const int64_t *count = g_hash_table_lookup (poll->counted, bucket->id);

          watch->in_aw = count != NULL ? *count : watch->in_aw;
        }
    }
  /* What could not be counted now is counted with the next list. */
  if (poll->counted != NULL)
    agent->needs_counts = g_hash_table_size (poll->counted) < poll->list->len;
  for (guint i = 0; i < agent->watches->len; i++)
    {
      HelioWatch *watch = agent->watches->pdata[i];

      watch->is_gone = !g_hash_table_contains (listed, watch->bucket->id);
    }
  helio_agent_match_tracks (agent);
  look_for_renamed (agent, poll->now);
}

/* Returns TRUE if a bucket is missing that was there before: only a list tells whether it is gone,
 * and what there is instead. */
static gboolean
take_polled (HelioAgent *agent, Poll *poll)
{
  gboolean misses = FALSE;

  for (guint i = 0; i < poll->buckets->len; i++)
    {
      HelioLiveBucket *polled = poll->buckets->pdata[i];
      HelioWatch *watch = helio_agent_find_watch (agent, polled->bucket->id);

      if (watch == NULL || watch->live == NULL)
        continue;
      misses |= polled->is_missing && !watch->live->is_missing;
      helio_live_bucket_free (watch->live);
      watch->live = helio_live_bucket_copy (polled);
      /* The list that came with this poll may know more of the bucket. */
      helio_bucket_free (watch->live->bucket);
      watch->live->bucket = helio_bucket_copy (watch->bucket);
    }
  return misses;
}

static void
set_source_error (HelioAgent *agent, const GError *error)
{
  gboolean wants_key = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_KEY);
  gboolean has_file = *helio_settings_get_options (agent->settings)->aw_key_file != '\0';

  /* The file may hold another key now. */
  if (wants_key && (has_file || agent->aw_key == NULL))
    helio_agent_load_aw_key (agent, FALSE);

  const char *message
      = wants_key && agent->aw_key_error != NULL ? agent->aw_key_error : error->message;

  if (g_strcmp0 (agent->source_error, message) != 0)
    g_message ("ActivityWatch can't be read: %s", message);
  g_free (agent->source_error);
  agent->source_error = g_strdup (message);
  agent->source_error_word = helio_error_get_word (error);
  agent->is_source_reachable = FALSE;
  agent->is_source_known = TRUE;
  agent->needs_list = TRUE;
}

static void
on_polled (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Poll *poll = data;
  gboolean was_listed = poll->list != NULL;
  gboolean misses = FALSE;

  agent->poll_work = NULL;
  if (helio_error_is_cancelled (error))
    return;

  if (was_listed)
    take_list (agent, poll);
  if (error != NULL)
    set_source_error (agent, error);
  else
    {
      if (agent->source_error != NULL)
        {
          g_message ("ActivityWatch can be read again");
          /* It may have been restarted with other buckets. */
          agent->needs_list |= !was_listed;
        }
      g_clear_pointer (&agent->source_error, g_free);
      agent->is_source_known = agent->is_source_reachable = TRUE;
      agent->source_success = poll->now;
      misses = take_polled (agent, poll);
    }

  helio_status_kick (agent);
  helio_scheduler_kick (agent);
  helio_agent_update (agent);
  if (misses)
    helio_poll_list (agent);
  /* A list brings buckets that were never polled: what is happening now waits for them. */
  if (error == NULL && was_listed && agent->targets->len > 0)
    for (guint i = 0; i < agent->watches->len; i++)
      {
        const HelioWatch *watch = agent->watches->pdata[i];

        if (watch->live != NULL && watch->live->tail.read_at == 0)
          {
            agent->polled_at_us = 0;
            helio_poll_kick (agent);
            return;
          }
      }
}

void
helio_poll_kick (HelioAgent *agent)
{
  const HelioOptions *options = helio_settings_get_options (agent->settings);
  int64_t now_us = g_get_monotonic_time ();
  int64_t list_us = agent->n_slow_lists <= MAX_SLOW_LISTS ? LIST_CHEAP_US : LIST_DEAR_US;

  /* The timer is coarse: half a second early is due. */
  if (agent->poll_work != NULL || helio_works_is_held (agent->works) || agent->is_asleep
      || agent->is_paused
      || (agent->polled_at_us != 0
          && now_us - agent->polled_at_us
                 < (int64_t) options->poll_interval * G_USEC_PER_SEC - G_USEC_PER_SEC / 2))
    return;

  Poll *poll = g_new0 (Poll, 1);

  poll->url = g_strdup (options->aw_url);
  poll->key = g_strdup (agent->aw_key);
  poll->now = helio_time_now ();
  poll->lists = agent->needs_list || now_us - agent->listed_at_us >= list_us;
  poll->counts = agent->needs_counts;
  poll->buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_live_bucket_free);
  if (agent->targets->len > 0)
    for (guint i = 0; i < agent->watches->len; i++)
      {
        const HelioWatch *watch = agent->watches->pdata[i];

        if (watch->live != NULL && !watch->is_gone)
          g_ptr_array_add (poll->buckets, helio_live_bucket_copy (watch->live));
      }
  /* Without anything to publish there is nothing to look at but the list. */
  if (!poll->lists && poll->buckets->len == 0)
    {
      poll_free (poll);
      return;
    }
  agent->polled_at_us = now_us;
  agent->poll_work
      = helio_works_start (agent->works, TRUE, poll_in_thread, on_polled, poll, poll_free);
}

void
helio_poll_list (HelioAgent *agent)
{
  agent->needs_list = TRUE;
  agent->list_asked_at = helio_time_now ();
  agent->polled_at_us = 0;
  helio_poll_kick (agent);
}
