/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "model/helio-time.h"

void
helio_agent_count_rejected (HelioAgent *agent, HelioTarget *target)
{
  g_autoptr (GPtrArray) rejected
      = agent->ledger != NULL ? helio_ledger_list_rejected (agent->ledger, target->ledger_id, NULL)
                              : NULL;

  target->n_rejected = rejected != NULL ? rejected->len : 0;
}

gboolean
helio_agent_is_gone (HelioAgent *agent, const HelioAgentTrack *track)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

  return watch != NULL && watch->is_gone;
}

uint64_t
helio_agent_get_hash (HelioAgent *agent, const HelioAgentTrack *track)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  uint64_t hash = helio_rules_get_hash (agent->rules, watch->bucket);

  if (watch->is_gone)
    return hash | HELIO_LEDGER_OWN;
  return track->is_left ? hash | HELIO_LEDGER_LEFT : hash;
}

void
helio_agent_load_targets (HelioAgent *agent)
{
  g_autoptr (GPtrArray) wanted = helio_settings_list_destinations (agent->settings);
  g_autoptr (GPtrArray) old = agent->targets;

  agent->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_target_free);
  for (guint i = 0; i < wanted->len; i++)
    {
      const HelioDestinationSettings *settings = wanted->pdata[i];
      HelioTarget *target = NULL;
      guint index;

      for (index = 0; index < old->len && target == NULL; index++)
        if (strcmp (((HelioTarget *) old->pdata[index])->settings->id, settings->id) == 0)
          target = g_ptr_array_steal_index (old, index);
      if (target != NULL)
        helio_target_set_settings (target, settings);
      else
        target = helio_target_new (settings);
      g_ptr_array_add (agent->targets, target);

      if (agent->ledger != NULL)
        {
          g_auto (HelioLedgerDestination) row = { 0 };
          g_autoptr (GError) error = NULL;

          if (helio_ledger_get_destination (agent->ledger, settings->id, &row, &error))
            target->ledger_id = row.id;
          else
            helio_agent_fail_ledger (agent, error);
          helio_agent_count_rejected (agent, target);
        }
      if (target->token == NULL)
        helio_agent_load_token (agent, target, FALSE);
    }
  helio_agent_match_tracks (agent);
}

/* A bucket that a destination holds is shown though ActivityWatch has it no longer. */
static void
watch_held (HelioAgent *agent, HelioTarget *target, const GPtrArray *held)
{
  for (guint i = 0; i < held->len; i++)
    {
      g_auto (HelioTrack) row = { 0 };
      HelioWatch *watch;

      if (helio_agent_find_watch (agent, held->pdata[i]) != NULL
          || !helio_ledger_get_track (agent->ledger, target->ledger_id, held->pdata[i], &row, NULL))
        continue;
      watch = g_new0 (HelioWatch, 1);
      watch->bucket = helio_bucket_new (held->pdata[i], row.type, row.client, row.hostname, NULL);
      watch->is_gone = TRUE;
      watch->in_aw = -1;
      g_ptr_array_add (agent->watches, watch);
    }
}

static gboolean
has_deletion (HelioAgent *agent, HelioTarget *target, const HelioWatch *watch)
{
  return helio_settings_has_deletion (agent->settings, target->settings->id, watch->bucket,
                                      agent->info != NULL ? agent->info->hostname : NULL);
}

char *
helio_agent_find_deletion (HelioAgent *agent, HelioTarget *target)
{
  g_auto (GStrv) wanted = helio_settings_get_deletions (agent->settings, target->settings->id);
  g_autoptr (GPtrArray) held = NULL;

  if (wanted[0] == NULL || agent->ledger == NULL)
    return NULL;
  held = helio_ledger_list_tracks (agent->ledger, target->ledger_id, NULL);
  for (guint i = 0; held != NULL && i < held->len; i++)
    {
      const HelioWatch *watch = helio_agent_find_watch (agent, held->pdata[i]);

      if (watch != NULL && has_deletion (agent, target, watch))
        return g_strdup (held->pdata[i]);
    }
  return NULL;
}

static void
begin_track (HelioAgent *agent, HelioTarget *target, const char *bucket)
{
  g_autoptr (GError) error = NULL;
  g_auto (HelioTrack) row = { 0 };
  HelioAgentTrack *track;
  int64_t now = helio_time_now ();
  int64_t from;

  if (!helio_ledger_get_track (agent->ledger, target->ledger_id, bucket, &row, &error))
    {
      helio_agent_fail_ledger (agent, error);
      return;
    }
  track = helio_target_add_track (target, bucket);
  /* After a start the ledger's gaps and the last day are read; the last week an hour later, so
   * that a machine that is switched off each night has it read too; all, if that is due. */
  track->repair.all_at = row.swept_at > 0 ? row.swept_at : now;
  track->repair.week_at = now - HELIO_DAY + HELIO_HOUR;
  track->repair.count_at = now - HELIO_HOUR + 10 * HELIO_MINUTE;
  if (helio_repair_is_due (&track->repair, now, &from))
    helio_scheduler_uncover (agent, target, track, from,
                             from == HELIO_TIME_MIN ? HELIO_TIME_MAX : now);
  track->known_hi = now;
  helio_scheduler_refresh (agent, target, track);
}

/* What is left at the destination obeys the rules that come later, too. */
static void
begin_left (HelioAgent *agent, HelioTarget *target, const GPtrArray *held)
{
  for (guint i = 0; i < held->len; i++)
    {
      const char *bucket = held->pdata[i];
      const HelioWatch *watch = helio_agent_find_watch (agent, bucket);
      HelioAgentTrack *track;

      if (watch == NULL || helio_target_find_track (target, bucket) != NULL
          || has_deletion (agent, target, watch))
        continue;
      track = helio_target_add_track (target, bucket);
      track->is_left = TRUE;
      helio_scheduler_refresh (agent, target, track);
    }
}

static gboolean
is_wanted (HelioAgent *agent, HelioTarget *target, const HelioAgentTrack *track)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  gboolean is_published = watch != NULL && target->settings->has_history && watch->is_enabled;

  return watch != NULL && is_published == !track->is_left && !has_deletion (agent, target, watch);
}

static void
match_target (HelioAgent *agent, HelioTarget *target)
{
  g_autoptr (GPtrArray) held = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = target->tracks->len; i > 0; i--)
    {
      const HelioAgentTrack *track = target->tracks->pdata[i - 1];

      if (!is_wanted (agent, target, track))
        helio_target_remove_track (target, track->bucket);
    }
  if (agent->ledger == NULL || agent->rules == NULL)
    return;
  for (guint i = 0;
       i < agent->watches->len && target->settings->has_history && agent->ledger != NULL; i++)
    {
      const HelioWatch *watch = agent->watches->pdata[i];

      if (watch->is_enabled && helio_target_find_track (target, watch->bucket->id) == NULL
          && !has_deletion (agent, target, watch))
        begin_track (agent, target, watch->bucket->id);
    }
  if (agent->ledger == NULL)
    return;
  held = helio_ledger_list_tracks (agent->ledger, target->ledger_id, &error);
  if (held == NULL)
    {
      helio_agent_fail_ledger (agent, error);
      return;
    }
  watch_held (agent, target, held);
  begin_left (agent, target, held);
}

void
helio_agent_match_tracks (HelioAgent *agent)
{
  const char *hostname = agent->info != NULL ? agent->info->hostname : NULL;

  for (guint i = 0; i < agent->watches->len; i++)
    {
      HelioWatch *watch = agent->watches->pdata[i];

      watch->is_enabled = helio_settings_is_enabled (agent->settings, watch->bucket, hostname);
      watch->is_new
          = !watch->is_enabled && !helio_settings_is_known (agent->settings, watch->bucket->id);
      if (!watch->is_enabled || watch->is_gone)
        g_clear_pointer (&watch->live, helio_live_bucket_free);
      else if (watch->live == NULL)
        watch->live = helio_live_bucket_new (watch->bucket,
                                             helio_live_is_for_presence (watch->bucket, hostname));
    }
  for (guint i = 0; i < agent->targets->len; i++)
    match_target (agent, agent->targets->pdata[i]);
  helio_agent_update (agent);
}

void
helio_agent_uncover_left_behind (HelioAgent *agent,
                                 HelioTarget *target,
                                 HelioAgentTrack *track,
                                 const HelioPage *page)
{
  const HelioPage *kept = track->kept;
  guint n = kept != NULL ? kept->events->len : 0;

  if (n > 0 && helio_page_event (kept, 0)->start < page->lo)
    helio_scheduler_uncover (agent, target, track, helio_page_event (kept, n - 1)->start,
                             page->lo - 1);
}
