/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <malloc.h>

#include "destination/helio-destination.h"
#include "model/helio-error.h"
#include "model/helio-time.h"

/* One step of the job of events: in a thread, by copied inputs; its result is taken here. */

/* How long one bucket is read before the next has its turn. */
#define STEP_US (15 * G_USEC_PER_SEC)
/* The same for one that is only looked at: so often it is told how far that is. */
#define READ_US (2 * G_USEC_PER_SEC)
/* How long ActivityWatch is left alone when reading would harm it. */
#define SLOW_WAIT_US (60 * G_USEC_PER_SEC)

typedef struct
{
  HelioStepKind kind;
  HelioTarget *target;
  char *bucket_id; /* NULL for HELIO_STEP_ADOPT */
  HelioJob *job;
  HelioBucket *bucket;
  HelioAwCost cost;
  HelioPage *page;
  HelioRepair repair;
  HelioVerify *verify;
  GCancellable *yield;
  int64_t now;
  int64_t started_us;
  /* results */
  HelioResult result;
  HelioVerdict *verdict;
  int64_t in_aw;
  gboolean is_equal;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->bucket_id);
  helio_job_free (step->job);
  g_clear_pointer (&step->bucket, helio_bucket_free);
  g_clear_pointer (&step->page, helio_page_unref);
  g_clear_object (&step->yield);
  g_clear_pointer (&step->verify, helio_verify_free);
  g_clear_pointer (&step->verdict, helio_verdict_free);
  g_clear_pointer (&step->result.sent, helio_sent_list_free);
  g_clear_pointer (&step->result.set_back, g_hash_table_unref);
  g_free (step);
}

static void
step_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Step *step = data;

  switch (step->kind)
    {
    case HELIO_STEP_HISTORY:
      helio_history_run (step->job, step->bucket, &step->cost, step->now, STEP_US, step->yield,
                         cancellable, &step->result, error);
      break;
    case HELIO_STEP_KEEP_UP:
      helio_keep_up_run (step->job, step->bucket, step->page, cancellable, &step->result, error);
      break;
    case HELIO_STEP_COUNT:
      helio_history_check_count (step->job, step->bucket_id, &step->repair, step->now, &step->in_aw,
                                 &step->is_equal, cancellable, error);
      break;
    case HELIO_STEP_DELETE:
      helio_history_delete_bucket (step->job, step->bucket_id, cancellable, &step->result, error);
      break;
    case HELIO_STEP_ADOPT:
      helio_adopt_run (step->job, cancellable, error);
      break;
    case HELIO_STEP_READ:
      helio_verify_read (step->job, step->bucket, step->verify, &step->cost, READ_US, step->yield,
                         cancellable, error);
      break;
    case HELIO_STEP_COMPARE:
      step->verdict = helio_verify_run (step->job, step->bucket_id, cancellable, error);
      if (step->verdict != NULL)
        step->result.set_back = g_steal_pointer (&step->verdict->set_back);
      break;
    }
}

/* -- results ------------------------------------------------------------------------------ */

/* An error that ActivityWatch is the reason of: the bucket waits, the destination does not. */
static void
take_source_error (HelioAgent *agent, HelioAgentTrack *track, const GError *error)
{
  HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  int64_t wait_us = helio_backoff_next (++track->attempt, 0, g_random_double ()) * G_USEC_PER_SEC;

  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_NO_BUCKET))
    helio_poll_list (agent);
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_SLOW))
    wait_us = SLOW_WAIT_US;
  /* Whether ActivityWatch is there at all is found out by the next poll. */
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE))
    {
      agent->is_source_reachable = FALSE;
      wait_us = 0;
    }
  track->retry_at_us = g_get_monotonic_time () + wait_us;
  if (watch != NULL && g_strcmp0 (watch->error, error->message) != 0)
    {
      g_free (watch->error);
      watch->error = g_strdup (error->message);
      watch->error_word = helio_error_get_word (error);
      g_message ("Bucket %s waits: %s", track->bucket, error->message);
    }
}

static void
take_error (HelioAgent *agent, Step *step, HelioAgentTrack *track, const GError *error)
{
  if (helio_error_is_ledger (error))
    helio_agent_fail_ledger (agent, error);
  else if (helio_error_is_source (error) && track != NULL)
    take_source_error (agent, track, error);
  else
    helio_target_fail (step->target, error, step->result.retry_after);
}

static void
take_history (HelioAgent *agent, Step *step, HelioAgentTrack *track)
{
  HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  double seconds = (double) (g_get_monotonic_time () - step->started_us) / G_USEC_PER_SEC;

  if (watch != NULL)
    {
      watch->cost = step->cost;
      g_clear_pointer (&watch->error, g_free);
    }
  track->attempt = 0;
  track->retry_at_us = 0;
  track->known_hi = MAX (track->known_hi, step->now);
  track->needs_history = !step->result.is_done;
  track->rate = seconds > 0 && !step->result.is_done ? (double) step->result.n_read / seconds : 0;
  if (step->result.n_sent + step->result.n_deleted > 0)
    g_info ("Bucket %s: %" G_GINT64_FORMAT " events read, %" G_GINT64_FORMAT
            " sent, %" G_GINT64_FORMAT " deleted at %s",
            track->bucket, step->result.n_read, step->result.n_sent, step->result.n_deleted,
            step->target->address);
}

static void
take_keep_up (HelioAgent *agent, Step *step, HelioAgentTrack *track)
{
  helio_agent_uncover_left_behind (agent, step->target, track, step->page);
  g_clear_pointer (&track->kept, helio_page_unref);
  track->kept = helio_page_ref (step->page);
  track->kept_at_us = g_get_monotonic_time ();
  track->known_hi = MAX (track->known_hi, step->page->hi);
  if (!step->result.is_done)
    track->needs_history = TRUE;
}

static void
take_delete (HelioAgent *agent, Step *step)
{
  g_message ("What %s held of bucket %s is deleted", step->target->address, step->bucket_id);
  helio_agent_match_tracks (agent);
}

static void
take_result (HelioAgent *agent, Step *step, HelioAgentTrack *track)
{
  HelioTarget *target = step->target;

  switch (step->kind)
    {
    case HELIO_STEP_HISTORY:
      if (track != NULL)
        take_history (agent, step, track);
      break;
    case HELIO_STEP_KEEP_UP:
      if (track != NULL)
        take_keep_up (agent, step, track);
      break;
    case HELIO_STEP_COUNT:
      if (track == NULL)
        break;
      track->repair = step->repair;
      track->needs_count = FALSE;
      track->needs_history |= !step->is_equal;
      if (helio_agent_find_watch (agent, track->bucket) != NULL)
        helio_agent_find_watch (agent, track->bucket)->in_aw = step->in_aw;
      break;
    case HELIO_STEP_DELETE:
      take_delete (agent, step);
      break;
    case HELIO_STEP_ADOPT:
      g_message ("What %s holds was taken over", target->address);
      target->is_adopting = FALSE;
      for (guint i = 0; i < target->tracks->len; i++)
        ((HelioAgentTrack *) target->tracks->pdata[i])->needs_history = TRUE;
      break;
    case HELIO_STEP_READ:
      if (track == NULL)
        break;
      track->attempt = 0;
      if (helio_agent_find_watch (agent, track->bucket) != NULL)
        helio_agent_find_watch (agent, track->bucket)->cost = step->cost;
      break;
    case HELIO_STEP_COMPARE:
      if (track != NULL)
        helio_verification_take_verdict (agent, target, track, step->verify, step->verdict);
      break;
    }
}

/* Whether any track may still be worked on now. */
static gboolean
is_busy (HelioAgent *agent)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        if (((HelioAgentTrack *) target->tracks->pdata[t])->needs_history)
          return TRUE;
    }
  return FALSE;
}

static gboolean
on_progress (gpointer data)
{
  HelioAgent *agent = data;

  if (agent->history_work == NULL)
    {
      agent->progress_id = 0;
      return G_SOURCE_REMOVE;
    }
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];
          int64_t before = track->rows;

          if (!track->is_running)
            continue;
          helio_scheduler_refresh (agent, target, track);
          track->rate = 0.5 * track->rate + 0.5 * (double) MAX (0, track->rows - before);
        }
    }
  helio_agent_update (agent);
  return G_SOURCE_CONTINUE;
}

/* Before a step both sides may have been compared: of what the destination was set back to
 * something may be forbidden by now. Nothing else looks at what is left. */
static void
refresh_left (HelioAgent *agent, HelioTarget *target)
{
  for (guint i = 0; i < target->tracks->len; i++)
    if (((HelioAgentTrack *) target->tracks->pdata[i])->is_left
        || helio_agent_is_gone (agent, target->tracks->pdata[i]))
      helio_scheduler_refresh (agent, target, target->tracks->pdata[i]);
}

static void
on_stepped (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Step *step = data;
  HelioTarget *target = step->target;
  HelioAgentTrack *track
      = step->bucket_id != NULL ? helio_target_find_track (target, step->bucket_id) : NULL;

  if (agent->history_work == target->events_work)
    agent->history_work = NULL;
  target->events_work = NULL;
  target->is_verifying = FALSE;
  if (step->result.sent != NULL)
    helio_sent_list_take (target->sent_list, step->result.sent);
  if (step->result.set_back != NULL)
    helio_verification_take_set_back (target, step->result.set_back);
  g_clear_object (&target->yield);
  if (track != NULL)
    track->is_running = FALSE;
  /* However it ended: what it noted is uncovered, and is not found again. */
  if (track != NULL && step->kind == HELIO_STEP_READ)
    helio_verification_take_read (track, step->verify);
  if (helio_error_is_cancelled (error))
    {
      /* What was under way may have arrived or not. */
      target->is_checked = FALSE;
      if (track != NULL)
        track->rate = 0;
      return;
    }

  /* A source's error says nothing against the destination. */
  target->is_checked = step->result.is_checked;
  if (error == NULL)
    {
      take_result (agent, step, track);
      if (step->kind != HELIO_STEP_COUNT && step->kind != HELIO_STEP_READ)
        helio_target_succeed (target, helio_time_now ());
    }
  else
    take_error (agent, step, track, error);
  if (step->result.n_rejected > 0)
    g_message ("%s refused %" G_GINT64_FORMAT " events of bucket %s for good", target->address,
               step->result.n_rejected, step->bucket_id);
  if (step->result.n_rejected > 0)
    helio_agent_count_rejected (agent, target);
  /* A deleted track may be gone from the list: look again. */
  track = step->bucket_id != NULL ? helio_target_find_track (target, step->bucket_id) : NULL;
  if (track != NULL)
    helio_scheduler_refresh (agent, target, track);
  refresh_left (agent, target);

  if (step->kind == HELIO_STEP_HISTORY && !is_busy (agent))
    malloc_trim (0);
  helio_scheduler_kick (agent);
  helio_agent_update (agent);
}

/* -- start -------------------------------------------------------------------------------- */

void
helio_step_start (HelioAgent *agent,
                  HelioTarget *target,
                  HelioStepKind kind,
                  HelioAgentTrack *track,
                  const char *bucket)
{
  HelioWatch *watch = bucket != NULL ? helio_agent_find_watch (agent, bucket) : NULL;
  Step *step = g_new0 (Step, 1);
  gboolean is_verifying = kind == HELIO_STEP_READ || kind == HELIO_STEP_COMPARE;
  gboolean reads_source = kind == HELIO_STEP_HISTORY || kind == HELIO_STEP_COUNT || is_verifying;

  step->kind = kind;
  step->target = target;
  step->bucket_id = g_strdup (bucket);
  step->job = helio_agent_make_job (agent, target);
  step->job->notes_sent = TRUE;
  step->bucket = watch != NULL ? helio_bucket_copy (watch->bucket) : NULL;
  step->now = helio_time_now ();
  step->started_us = g_get_monotonic_time ();
  step->result.is_checked = target->is_checked;
  if (watch != NULL)
    step->cost = watch->cost;
  if (kind == HELIO_STEP_KEEP_UP)
    step->page = helio_page_ref (watch->live->tail.page);
  if (track != NULL)
    {
      step->repair = track->repair;
      step->job->is_left = track->is_left;
      step->job->is_gone = helio_agent_is_gone (agent, track);
      if (is_verifying)
        step->verify = helio_verify_copy (track->verify);
      track->is_running = kind == HELIO_STEP_HISTORY;
    }
  step->yield = g_cancellable_new ();
  target->yield = g_object_ref (step->yield);
  target->is_verifying = is_verifying;
  target->events_work
      = helio_works_start (agent->works, TRUE, step_in_thread, on_stepped, step, step_free);
  if (reads_source)
    agent->history_work = target->events_work;
  if (kind == HELIO_STEP_HISTORY && agent->progress_id == 0)
    agent->progress_id = g_timeout_add_seconds (1, on_progress, agent);
}
