/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

/* As in the agent: events that ran into a pause began before it. */
#define REACH (7 * HELIO_DAY)

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
  world_check_requests (world);
  if (error != NULL)
    {
      world_take_error (world, NULL, &result, error);
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
      forms_may_repeat (world, track);
      world_refresh (world, track);
    }
}

guint
world_answer (World *world)
{
  guint n = 0;

  /* While paused it has to wait. */
  if (world->is_conflict && !world->is_paused)
    {
      adopt (world);
      n++;
    }
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      gboolean deletes = g_rand_boolean (world->rand);
      g_autoptr (GError) error = NULL;

      if (!track->is_asking || (track->is_off && !track->is_left) || world->is_conflict)
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

/* -- rules and buckets --------------------------------------------------------------------------
 */

void
world_load_rules (World *world)
{
  g_free (world->rules);
  world->rules = rule_book_write (world->book);
  helio_rules_unref (world->fixture.job->rules);
  world->fixture.job->rules = helio_rules_new_from_json (world->rules, world->pauses);
}

/* What was read and published under other rules says nothing any more. */
void
world_change_rules (World *world)
{
  world_load_rules (world);
  world->n_rule_changes++;
  world_tell (world, "  %s", world->rules);
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      track->is_swept = FALSE;
      track->may_delete = TRUE;
      forms_change_rules (world, track);
      /* What is forbidden by now goes. */
      g_clear_pointer (&track->must_stay, g_free);
      g_clear_pointer (&track->kept, helio_page_unref);
      world_expect (world,
                    track->bucket == NULL
                        || helio_rules_is_stopped (world->fixture.job->rules, track->bucket)
                               == world_is_stopped (world, track),
                    "a broken rule stops what it concerns");
      world_refresh (world, track);
    }
}

static void
begin_track (World *world, Track *track)
{
  int64_t now = world->fixture.now;
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = world_open_ledger (world, &destination);
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
  world_refresh (world, track);
}

/* A bucket that is switched on is read as after a start. */
void
world_switch_bucket (World *world, Track *track, gboolean deletes)
{
  track->is_off = !track->is_off;
  track->deletes = track->is_off && deletes;
  track->is_left = track->is_off && !deletes;
  track->off_at = world->max_now;
  world_tell (world, "%s is %s%s", track->id, track->is_off ? "off" : "on",
              track->deletes ? ", and deleted" : "");
  g_clear_pointer (&track->must_stay, g_free);
  if (!track->is_off)
    begin_track (world, track);
  else
    world_refresh (world, track);
}

/* -- pauses and restarts ------------------------------------------------------------------------
 */

/* The rules from now on; @from and @to: what is uncovered. */
static void
change_pauses (World *world, gboolean uncovers, int64_t from, int64_t to)
{
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = world_open_ledger (world, &destination);
  g_autoptr (GError) error = NULL;

  world_load_rules (world);
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
  world_say (world);
}

/* A clock that is set back while nothing may leave makes the pause longer: what is recorded then
 * can't be told from what was before. */
void
world_extend_pause (World *world)
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
  world_extend_pause (world);
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
  world_load_rules (world);
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
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = world_open_ledger (world, &destination);

  load_pauses (world, ledger);
  g_clear_pointer (&world->presence, helio_presence_free);
  world->is_ledger_failed = FALSE;
  world->fixture.job->is_checked = FALSE;
  world->is_conflict = FALSE;
  world->retry_at = 0;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      if (track->is_left)
        world_refresh (world, track);
      else
        begin_track (world, track);
    }
}
