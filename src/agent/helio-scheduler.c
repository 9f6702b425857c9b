/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "model/helio-time.h"

/* How often the ongoing event is published while it only grows. */
#define GROW_US (30 * G_USEC_PER_SEC)

/* Whether nothing but the newest event's duration differs. */
static gboolean
only_grows (const HelioPage *old, const HelioPage *page)
{
  if (old->events->len != page->events->len)
    return FALSE;
  for (guint i = 0; i < page->events->len; i++)
    {
      const HelioEvent *a = helio_page_event (old, i);
      const HelioEvent *b = helio_page_event (page, i);

      if (a->start != b->start || a->data_len != b->data_len
          || (i > 0 && a->duration != b->duration)
          || memcmp (helio_page_event_data (old, a), helio_page_event_data (page, b), a->data_len)
                 != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_keep_up_due (HelioAgent *agent, HelioAgentTrack *track, int64_t now_us)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  const HelioPage *page = watch != NULL && watch->live != NULL ? watch->live->tail.page : NULL;

  if (page == NULL || page == track->kept || watch->is_gone
      || helio_agent_is_stopped (agent, watch))
    return FALSE;
  return track->kept == NULL || now_us - track->kept_at_us >= GROW_US
         || !only_grows (track->kept, page);
}

static gboolean
may_send (HelioAgent *agent, HelioTarget *target, int64_t now_us)
{
  return target->state == HELIO_TARGET_OPEN && target->token != NULL
         && now_us >= target->retry_at_us && helio_agent_can_reach (agent, target)
         && !helio_scheduler_is_metered (agent, target);
}

/* What is due at one destination besides history. Returns TRUE if it is busy with it. */
static gboolean
serve (HelioAgent *agent, HelioTarget *target, int64_t now_us)
{
  g_autofree char *deletion = NULL;

  if (target->is_adopting && target->events_work == NULL)
    {
      helio_step_start (agent, target, HELIO_STEP_ADOPT, NULL, NULL);
      return TRUE;
    }
  deletion = helio_agent_find_deletion (agent, target);
  if (deletion != NULL && target->events_work == NULL)
    {
      helio_step_start (agent, target, HELIO_STEP_DELETE,
                        helio_target_find_track (target, deletion), deletion);
      return TRUE;
    }
  for (guint i = 0; i < target->tracks->len; i++)
    {
      HelioAgentTrack *track = target->tracks->pdata[i];

      if (track->is_left || !is_keep_up_due (agent, track, now_us))
        continue;
      /* History makes room after its page. */
      if (target->events_work != NULL)
        g_cancellable_cancel (target->yield);
      else
        helio_step_start (agent, target, HELIO_STEP_KEEP_UP, track, track->bucket);
      return TRUE;
    }
  return target->events_work != NULL;
}

/* Repairs and counts whose time has come. */
static void
look_again (HelioAgent *agent, HelioTarget *target, int64_t now)
{
  for (guint i = 0; i < target->tracks->len; i++)
    {
      HelioAgentTrack *track = target->tracks->pdata[i];
      int64_t from;

      if (track->needs_history || track->is_left || helio_agent_is_gone (agent, track))
        continue;
      if (helio_repair_is_due (&track->repair, now, &from)
          && !helio_scheduler_uncover (agent, target, track, from,
                                       from == HELIO_TIME_MIN ? HELIO_TIME_MAX : now))
        return;
      if (!track->needs_history && helio_repair_is_count_due (&track->repair, now))
        track->needs_count = TRUE;
    }
}

static gboolean
may_read (HelioAgent *agent, HelioAgentTrack *track, int64_t now_us)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

  /* Before ActivityWatch was asked for its list nobody knows what is gone. */
  return watch != NULL
         && ((watch->is_gone && agent->is_source_known)
             || ((watch->is_enabled || track->is_left) && agent->is_source_reachable))
         && now_us >= track->retry_at_us && !helio_agent_is_stopped (agent, watch);
}

/* The newest uncovered range of all comes first: a website is useful at once. */
static gboolean
start_history (HelioAgent *agent, int64_t now_us)
{
  HelioTarget *best_target = NULL;
  HelioAgentTrack *best = NULL;

  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (target->events_work != NULL || !may_send (agent, target, now_us))
        continue;
      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];

          if (!may_read (agent, track, now_us))
            continue;
          if (track->needs_history && (best == NULL || track->gap_hi > best->gap_hi))
            {
              best = track;
              best_target = target;
            }
        }
    }
  if (best != NULL)
    helio_step_start (agent, best_target, HELIO_STEP_HISTORY, best, best->bucket);
  return best != NULL;
}

/* Questions to ActivityWatch and the destination that wait until nothing is uncovered. */
static void
start_checks (HelioAgent *agent, int64_t now_us)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (target->events_work != NULL || !may_send (agent, target, now_us))
        continue;
      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];

          if (track->needs_history || helio_agent_is_gone (agent, track)
              || !may_read (agent, track, now_us))
            continue;
          if (track->verify != NULL)
            {
              helio_step_start (agent, target,
                                track->verify->is_read ? HELIO_STEP_COMPARE : HELIO_STEP_READ,
                                track, track->bucket);
              return;
            }
          if (track->needs_count)
            {
              helio_step_start (agent, target, HELIO_STEP_COUNT, track, track->bucket);
              return;
            }
        }
    }
}

static gboolean
on_retry_due (gpointer data)
{
  HelioAgent *agent = data;

  agent->retry_id = 0;
  helio_status_kick (agent);
  helio_scheduler_kick (agent);
  return G_SOURCE_REMOVE;
}

/* A destination that waits is asked again when its time has come, not at the next tick. */
static void
wake_in_time (HelioAgent *agent, int64_t now_us)
{
  int64_t next_us = G_MAXINT64;

  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (target->retry_at_us > now_us)
        next_us = MIN (next_us, target->retry_at_us);
      if (target->status_retry_at_us > now_us)
        next_us = MIN (next_us, target->status_retry_at_us);
    }
  g_clear_handle_id (&agent->retry_id, g_source_remove);
  if (next_us < G_MAXINT64)
    agent->retry_id = g_timeout_add ((guint) ((next_us - now_us) / 1000 + 1), on_retry_due, agent);
}

static void
work (HelioAgent *agent, int64_t now_us)
{
  int64_t now = helio_time_now ();

  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (!may_send (agent, target, now_us))
        continue;
      serve (agent, target, now_us);
      if (agent->is_source_reachable && agent->ledger_error == NULL)
        look_again (agent, target, now);
    }
  if (agent->history_work == NULL && agent->ledger_error == NULL && !start_history (agent, now_us))
    start_checks (agent, now_us);
}

void
helio_scheduler_kick (HelioAgent *agent)
{
  int64_t now_us = g_get_monotonic_time ();

  if (!helio_works_is_held (agent->works) && !agent->is_asleep && agent->rules != NULL
      && !agent->is_paused)
    {
      if (agent->ledger_error == NULL)
        work (agent, now_us);
      wake_in_time (agent, now_us);
    }
  helio_waiter_check (agent);
}

gboolean
helio_scheduler_is_metered (HelioAgent *agent, const HelioTarget *target)
{
  return !target->is_local && helio_settings_get_options (agent->settings)->pause_on_metered
         && helio_network_is_metered (agent->network);
}

gboolean
helio_scheduler_uncover (
    HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track, int64_t lo, int64_t hi)
{
  g_autoptr (HelioJob) job = helio_agent_make_job (agent, target);
  g_autoptr (GError) error = NULL;

  if (!helio_history_uncover (job, track->bucket, lo, hi, &error))
    {
      helio_agent_fail_ledger (agent, error);
      return FALSE;
    }
  track->needs_history = TRUE;
  track->gap_hi = MIN (hi, helio_time_now ());
  return TRUE;
}

/* Only what is held is looked at, and only if it was published under other rules or its coverage
 * was cut. */
static gboolean
read_left (HelioAgent *agent,
           HelioTarget *target,
           HelioAgentTrack *track,
           const HelioTrack *row,
           GError **error)
{
  int64_t from = helio_settings_get_options (agent->settings)->history_from;
  int64_t first, last;
  gboolean has_any;

  track->needs_history = FALSE;
  if (row->held_rows == 0)
    return TRUE;
  if (!helio_ledger_get_extent (agent->ledger, row->id, &has_any, &first, &last, error))
    return FALSE;
  if (!has_any)
    return TRUE;
  track->known_hi = track->gap_hi = last;
  if (!helio_agent_is_gone (agent, track))
    first = MAX (first, from);
  if (first > last)
    return TRUE;
  if (!helio_rest_read (agent, target, track, row, first, last, error))
    return FALSE;
  track->needs_history = track->rest.rows > 0 || track->rest.is_of_other_rules;
  return TRUE;
}

static gboolean
read_published (HelioAgent *agent,
                HelioTarget *target,
                HelioAgentTrack *track,
                const HelioTrack *row,
                GError **error)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  int64_t from = helio_settings_get_options (agent->settings)->history_from;
  gboolean has_gap, has_any = FALSE;
  int64_t gap_lo, gap_hi, first = 0, last;

  if (track->known_hi <= from)
    return TRUE;
  if (!helio_ledger_get_gap (agent->ledger, row->id, from, track->known_hi,
                             helio_rules_get_hash (agent->rules, watch->bucket), &has_gap, &gap_lo,
                             &gap_hi, error))
    return FALSE;
  if (has_gap)
    {
      track->needs_history = TRUE;
      track->gap_hi = gap_hi;
      track->oldest = gap_hi + 1;
      return helio_rest_read (agent, target, track, row, from, track->known_hi, error);
    }
  track->gap_hi = HELIO_TIME_MIN;
  track->counted = 0;
  /* Among a million that are dropped it would be looked for long. */
  if (row->held_rows > 0
      && !helio_ledger_get_extent (agent->ledger, row->id, &has_any, &first, &last, error))
    return FALSE;
  track->oldest = has_any ? first : 0;
  return TRUE;
}

/* What was published before the date that history begins with now stays, and obeys rules. */
static gboolean
read_before (HelioAgent *agent, HelioAgentTrack *track, const HelioTrack *row, GError **error)
{
  int64_t from = helio_settings_get_options (agent->settings)->history_from;
  HelioLedgerRest rest = { 0 };
  gboolean has_any;
  int64_t first, last;

  if (from == HELIO_TIME_MIN || row->held_rows == 0 || track->needs_history)
    return TRUE;
  if (!helio_ledger_get_extent (agent->ledger, row->id, &has_any, &first, &last, error))
    return FALSE;
  if (has_any && first < from
      && !helio_ledger_get_rest (agent->ledger, row->id, first, MIN (last, from - 1),
                                 helio_agent_get_hash (agent, track) | HELIO_LEDGER_OWN, 1, &rest,
                                 error))
    return FALSE;
  track->needs_history = rest.rows > 0 || rest.is_of_other_rules;
  return TRUE;
}

static gboolean
read_track (HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track, GError **error)
{
  g_auto (HelioTrack) row = { 0 };

  if (!helio_ledger_get_track (agent->ledger, target->ledger_id, track->bucket, &row, error))
    return FALSE;
  track->held = row.held_rows;
  track->rows = row.rows;
  track->missing = row.missing;
  track->is_asking = row.held == HELIO_HELD_ASKING;
  track->rest = (HelioLedgerRest){ 0 };
  if (track->is_left || helio_agent_is_gone (agent, track)
          ? !read_left (agent, target, track, &row, error)
          : !read_published (agent, target, track, &row, error))
    return FALSE;
  return read_before (agent, track, &row, error);
}

void
helio_scheduler_refresh (HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track)
{
  g_autoptr (GError) error = NULL;

  if (agent->ledger == NULL || agent->rules == NULL
      || helio_agent_find_watch (agent, track->bucket) == NULL)
    return;
  if (!read_track (agent, target, track, &error))
    helio_agent_fail_ledger (agent, error);
}
