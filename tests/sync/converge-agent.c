/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

#include <string.h>

#include "sync/helio-live.h"

/* As in the agent: events that ran into a pause began before it. */
#define REACH (7 * HELIO_DAY)
#define MAX_ROUNDS 20

#define MAX_FAILED_IN_QUIET 2

static HelioLedger *
open_ledger (World *world, HelioLedgerDestination *destination)
{
  g_autoptr (GError) error = NULL;
  HelioLedger *ledger = helio_ledger_open (world->fixture.job->ledger_path, &error);

  g_assert_no_error (error);
  helio_ledger_get_destination (ledger, world->fixture.job->destination, destination, &error);
  g_assert_no_error (error);
  return ledger;
}

/* -- what a run brings --------------------------------------------------------------------------
 */

static void
take_error (World *world, Track *track, const HelioResult *result, const GError *error)
{
  world_tell (world, "    %s: %s", track != NULL ? track->id : "adopt", error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      world->fixture.job->is_checked = FALSE;
      return;
    }
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_CONFLICT))
    {
      world->is_conflict = TRUE;
      world->fixture.job->is_checked = FALSE;
      return;
    }
  /* A machine under load may cut a connection even then: that is tried again, and has an end. */
  world_expect (world, !world->is_quiet || ++world->n_failed_in_quiet <= MAX_FAILED_IN_QUIET,
                "nothing goes on failing when all is quiet");
  if (error->domain == HELIO_ERROR && error->code >= HELIO_ERROR_AW_UNREACHABLE
      && error->code <= HELIO_ERROR_AW_SLOW)
    return;
  world_expect (world, g_error_matches (error, HELIO_ERROR, HELIO_ERROR_RETRY),
                "a fault on the way is one to be tried again");
  world->fixture.job->is_checked = FALSE;
  world->retry_at
      = world->fixture.now
        + helio_backoff_next (++world->attempt, result->retry_after, g_rand_double (world->rand))
              * HELIO_SECOND;
}

static void
refresh (World *world, Track *track)
{
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = open_ledger (world, &destination);
  g_auto (HelioTrack) row = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean has_gap;
  int64_t lo, hi;

  helio_ledger_get_track (ledger, destination.id, track->id, &row, &error);
  g_assert_no_error (error);
  track->is_asking = row.held == HELIO_HELD_ASKING;
  helio_ledger_get_gap (ledger, row.id, world->fixture.job->history_from, track->known_hi,
                        helio_rules_get_hash (world->fixture.job->rules, track->bucket), &has_gap,
                        &lo, &hi, &error);
  g_assert_no_error (error);
  track->needs_history |= has_gap;
}

/* Returns whether the run succeeded. */
static gboolean
take_run (World *world, Track *track, const char *kind, const HelioResult *result, GError *error)
{
  g_autoptr (GError) owned = error;

  g_clear_object (&world->cancellable);
  world->fixture.job->is_checked = result->is_checked;
  if (result->n_sent + result->n_deleted > 0 || owned != NULL || !result->is_done)
    world_tell (world,
                "  %s %s: read %" G_GINT64_FORMAT ", sent %" G_GINT64_FORMAT
                ", deleted %" G_GINT64_FORMAT "%s%s",
                kind, track->id, result->n_read, result->n_sent, result->n_deleted,
                result->is_asking ? ", asks" : "", result->is_done ? ", done" : "");
  world_expect (world, result->n_rejected == 0, "no event is rejected");
  world_expect (world, track->may_delete || result->n_deleted <= 100,
                "more than 100 events vanish only by an answer or by the rules");
  if (owned != NULL)
    take_error (world, track, result, owned);
  else
    {
      world_expect (world, !world->is_conflict_due || !result->is_checked,
                    "an old or lost ledger is noticed");
      world->attempt = 0;
      world->retry_at = 0;
    }
  refresh (world, track);
  return owned == NULL;
}

/* -- runs ---------------------------------------------------------------------------------------
 */

static gboolean
run_keep_up (World *world, Track *track)
{
  HelioResult result = { 0 };
  GError *error = NULL;

  world->cancellable = g_cancellable_new ();
  helio_keep_up_run (world->fixture.job, track->bucket, track->tail.page, world->cancellable,
                     &result, &error);
  if (!take_run (world, track, "keep-up", &result, error))
    return FALSE;
  g_clear_pointer (&track->kept, helio_page_unref);
  track->kept = helio_page_ref (track->tail.page);
  track->known_hi = MAX (track->known_hi, track->kept->hi);
  track->needs_history |= !result.is_done;
  return TRUE;
}

static gboolean
run_history (World *world, Track *track)
{
  gboolean is_short = !world->is_quiet && g_rand_int_range (world->rand, 0, 6) == 0;
  HelioResult result = { 0 };
  GError *error = NULL;

  if (g_rand_int_range (world->rand, 0, 4) == 0)
    track->cost.limit = (guint) g_rand_int_range (world->rand, 5, 90);
  world->cancellable = g_cancellable_new ();
  helio_history_run (world->fixture.job, track->bucket, &track->cost, world->fixture.now,
                     is_short ? 2000 : 60 * G_USEC_PER_SEC, NULL, world->cancellable, &result,
                     &error);
  if (!take_run (world, track, "history", &result, error))
    return FALSE;
  track->known_hi = MAX (track->known_hi, world->fixture.now);
  track->needs_history = !result.is_done;
  if (result.is_done && !result.is_asking)
    {
      /* Before a clock set back is where it was, not all was looked at. */
      track->may_delete &= world->fixture.now < world->max_now;
      track->is_swept = world->fixture.now >= world->max_now;
    }
  return result.is_done;
}

static gboolean
run_count (World *world, Track *track)
{
  g_autoptr (GError) error = NULL;
  HelioRepair repair = track->repair;
  HelioResult result = { 0 };
  gboolean is_equal;
  int64_t in_aw;

  if (!helio_history_check_count (world->fixture.job, track->id, &repair, world->fixture.now,
                                  &in_aw, &is_equal, NULL, &error))
    {
      take_error (world, track, &result, error);
      return FALSE;
    }
  track->repair = repair;
  track->needs_count = FALSE;
  track->needs_history |= !is_equal;
  refresh (world, track);
  return TRUE;
}

static void extend_pause (World *world);

/* -- one tick -----------------------------------------------------------------------------------
 */

static gboolean
list_buckets (World *world, HelioAwClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = helio_aw_client_list_buckets (client, NULL, &error);

  if (list == NULL)
    return FALSE;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      g_clear_pointer (&track->bucket, helio_bucket_free);
      for (guint i = 0; i < list->len; i++)
        if (g_str_equal (((HelioBucket *) list->pdata[i])->id, track->id))
          track->bucket = helio_bucket_copy (list->pdata[i]);
    }
  return TRUE;
}

static gboolean
poll_tails (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioAwClient) client = helio_aw_client_new (world->fixture.aw_url, NULL, &error);

  g_assert_no_error (error);
  if (!list_buckets (world, client))
    return FALSE;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      gboolean is_changed;

      if (track->bucket != NULL
          && !helio_tail_poll (client, track->id, &track->tail, world->fixture.now, &is_changed,
                               NULL, NULL))
        return FALSE;
    }
  return TRUE;
}

static gboolean
may_send (World *world)
{
  return !world->is_conflict && world->fixture.now >= world->retry_at;
}

static void
keep_up (World *world)
{
  for (guint t = 0; t < world->tracks->len && may_send (world); t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      if (track->bucket != NULL && track->tail.page != NULL && track->tail.page != track->kept)
        run_keep_up (world, track);
    }
}

static void
look_again (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      int64_t now = world->fixture.now, from;

      if (track->needs_history)
        continue;
      if (helio_repair_is_due (&track->repair, now, &from))
        {
          g_autoptr (GError) error = NULL;

          helio_history_uncover (world->fixture.job, track->id, from,
                                 from == HELIO_TIME_MIN ? HELIO_TIME_MAX : now, &error);
          g_assert_no_error (error);
          track->needs_history = TRUE;
        }
      else if (helio_repair_is_count_due (&track->repair, now))
        track->needs_count = TRUE;
    }
}

/* One round over all; FALSE if nothing was left to do or it can't be done now. */
static gboolean
work (World *world)
{
  gboolean did_something = FALSE;

  for (guint t = 0; t < world->tracks->len && may_send (world); t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      if (track->bucket == NULL)
        continue;
      if (track->needs_history)
        did_something |= run_history (world, track);
      else if (track->needs_count)
        did_something |= run_count (world, track);
    }
  return did_something;
}

void
world_tick (World *world)
{
  if (world->is_quiet || g_rand_boolean (world->rand))
    world_ensure_receiver (world);
  world_tell (world, "tick at %" G_GINT64_FORMAT, world->fixture.now);
  if (world->is_paused)
    extend_pause (world);
  if (world->is_paused && world->fixture.now >= world->pause.end)
    world_resume (world, FALSE);
  if (world->is_paused || !poll_tails (world) || !may_send (world))
    return;
  keep_up (world);
  look_again (world);
  for (int i = 0; i < MAX_ROUNDS && work (world); i++)
    look_again (world);
}

gboolean
world_is_busy (World *world)
{
  if (world->is_conflict)
    return TRUE;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);

      if (track->needs_history || track->needs_count || track->is_asking)
        return TRUE;
    }
  return FALSE;
}

/* -- what the user does -------------------------------------------------------------------------
 */

static void
adopt (World *world)
{
  HelioResult result = { 0 };
  g_autoptr (GError) error = NULL;

  world_ensure_receiver (world);
  world->is_conflict = FALSE;
  world->cancellable = g_cancellable_new ();
  helio_adopt_run (world->fixture.job, world->cancellable, &error);
  g_clear_object (&world->cancellable);
  if (error != NULL)
    {
      take_error (world, NULL, &result, error);
      /* The agent tries again until it is adopted. */
      world->is_conflict = TRUE;
      return;
    }
  world_tell (world, "adopted");
  world->n_adopted++;
  world->is_conflict_due = FALSE;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      track->needs_history = TRUE;
      refresh (world, track);
    }
}

guint
world_answer (World *world)
{
  guint n = 0;

  if (world->is_conflict)
    {
      adopt (world);
      n++;
    }
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      gboolean deletes = g_rand_boolean (world->rand);
      g_autoptr (GError) error = NULL;

      if (!track->is_asking || world->is_conflict)
        continue;
      world_tell (world, "answer for %s: %s", track->id, deletes ? "delete" : "keep");
      helio_history_answer (world->fixture.job, track->id, deletes, &error);
      g_assert_no_error (error);
      track->is_asking = FALSE;
      track->needs_history = TRUE;
      track->may_delete |= deletes;
      track->was_kept |= !deletes;
      g_clear_pointer (&track->must_stay, g_free);
      if (!deletes && world->is_quiet)
        track->must_stay = sync_fixture_held (&world->fixture, track->id);
      world->n_answers++;
      n++;
    }
  return n;
}

/* -- pauses and restarts ------------------------------------------------------------------------
 */

/* The rules from now on; @from and @to: what is uncovered. */
static void
change_pauses (World *world, gboolean uncovers, int64_t from, int64_t to)
{
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = open_ledger (world, &destination);
  g_autoptr (GError) error = NULL;

  helio_rules_unref (world->fixture.job->rules);
  world->fixture.job->rules = helio_rules_new (world->pauses);
  helio_ledger_set_pauses (ledger, world->pauses, &error);
  g_assert_no_error (error);
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      track->is_swept = FALSE;
      track->may_delete = TRUE;
      g_clear_pointer (&track->kept, helio_page_unref);
      if (!uncovers)
        continue;
      helio_history_uncover (world->fixture.job, track->id, from, to, &error);
      g_assert_no_error (error);
      track->needs_history = TRUE;
    }
}

void
world_pause (World *world, int64_t until)
{
  HelioPause pause = { world->fixture.now, until == 0 ? HELIO_TIME_MAX : until };

  world_tell (world, "pause from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, pause.start,
              pause.end);
  g_array_append_val (world->pauses, pause);
  world->pause = pause;
  world->paused_until = pause.start;
  world->is_paused = TRUE;
  change_pauses (world, FALSE, 0, 0);
}

/* A clock that is set back while nothing may leave makes the pause longer: what is recorded then
 * can't be told from what was before. */
static void
extend_pause (World *world)
{
  int64_t now = world->fixture.now;

  world->paused_until = MAX (world->paused_until, now);
  for (guint i = 0; i < world->pauses->len && now < world->pause.start; i++)
    {
      HelioPause *pause = &g_array_index (world->pauses, HelioPause, i);

      if (pause->start != world->pause.start || pause->end != world->pause.end)
        continue;
      pause->start = world->pause.start = now;
      change_pauses (world, FALSE, 0, 0);
    }
}

void
world_resume (World *world, gboolean publishes_gap)
{
  extend_pause (world);
  world_tell (world, "resume%s", publishes_gap ? " and publish the gap" : "");
  for (guint i = 0; i < world->pauses->len; i++)
    {
      HelioPause *pause = &g_array_index (world->pauses, HelioPause, i);

      if (pause->start != world->pause.start || pause->end != world->pause.end)
        continue;
      if (publishes_gap)
        g_array_remove_index (world->pauses, i);
      else
        pause->end = MIN (world->paused_until, pause->end);
      break;
    }
  world->is_paused = FALSE;
  change_pauses (world, TRUE, world->pause.start - REACH, world->paused_until);
}

void
world_publish_pause (World *world)
{
  guint index = (guint) g_rand_int_range (world->rand, 0, (gint32) world->pauses->len);
  HelioPause pause = g_array_index (world->pauses, HelioPause, index);

  world_tell (world, "publish the pause from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
              pause.start, pause.end);
  g_array_remove_index (world->pauses, index);
  change_pauses (world, TRUE, pause.start - REACH, MAX (pause.end, world->fixture.now));
}

/* What the ledger says of pauses holds. */
static void
load_pauses (World *world, HelioLedger *ledger)
{
  g_autoptr (GError) error = NULL;
  int64_t now = world->fixture.now;

  g_array_unref (world->pauses);
  world->pauses = helio_ledger_list_pauses (ledger, &error);
  g_assert_no_error (error);
  helio_rules_unref (world->fixture.job->rules);
  world->fixture.job->rules = helio_rules_new (world->pauses);
  world->is_paused = FALSE;
  for (guint i = 0; i < world->pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (world->pauses, HelioPause, i);

      if (pause->end != HELIO_TIME_MAX && (pause->start > now || pause->end <= now))
        continue;
      world->is_paused = TRUE;
      world->pause = *pause;
      world->paused_until = MAX (world->paused_until, now);
    }
}

void
world_restart_agent (World *world)
{
  int64_t now = world->fixture.now;
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = open_ledger (world, &destination);

  load_pauses (world, ledger);
  world->fixture.job->is_checked = FALSE;
  world->is_conflict = FALSE;
  world->retry_at = 0;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      g_auto (HelioTrack) row = { 0 };
      g_autoptr (GError) error = NULL;
      int64_t from;

      helio_tail_clear (&track->tail);
      g_clear_pointer (&track->kept, helio_page_unref);
      helio_ledger_get_track (ledger, destination.id, track->id, &row, &error);
      g_assert_no_error (error);
      track->repair = (HelioRepair){ 0 };
      track->repair.all_at = row.swept_at > 0 ? row.swept_at : now;
      track->repair.week_at = now - HELIO_DAY + HELIO_HOUR;
      track->repair.count_at = now - HELIO_HOUR + 10 * HELIO_MINUTE;
      if (helio_repair_is_due (&track->repair, now, &from))
        helio_history_uncover (world->fixture.job, track->id, from,
                               from == HELIO_TIME_MIN ? HELIO_TIME_MAX : now, &error);
      g_assert_no_error (error);
      track->needs_history = TRUE;
      track->needs_count = FALSE;
      track->is_swept = FALSE;
      track->may_delete = TRUE;
      track->known_hi = now;
      refresh (world, track);
    }
}
