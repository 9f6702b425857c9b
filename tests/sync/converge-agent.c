/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "destination/helio-destination.h"

#define MAX_ROUNDS 20

#define MAX_FAILED_IN_QUIET 2
#define LEDGER_RETRY HELIO_MINUTE
#define REPEAT_STATUS HELIO_MINUTE
#define TTL 90

HelioLedger *
world_open_ledger (World *world, HelioLedgerDestination *destination)
{
  g_autoptr (GError) error = NULL;
  HelioLedger *ledger = helio_ledger_open (world->fixture.job->ledger_path, &error);

  g_assert_no_error (error);
  helio_ledger_get_destination (ledger, world->fixture.job->destination, destination, &error);
  g_assert_no_error (error);
  return ledger;
}

/* -- a full disk --------------------------------------------------------------------------------
 */

/* No file may grow beyond what its like has now, or little more: to a program that is a full disk.
 * Nobody else writes meanwhile. */
static void
fill_disk (World *world)
{
  g_autofree char *log = g_strconcat (world->fixture.job->ledger_path, "-wal", NULL);
  struct rlimit limit;
  struct stat file = { 0 };

  stat (log, &file);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = (rlim_t) file.st_size + (rlim_t) g_rand_int_range (world->rand, 0, 30000);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
make_room (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
begin_run (World *world)
{
  world->cancellable = g_cancellable_new ();
  if (world->n_full > 0)
    fill_disk (world);
}

static void
end_run (World *world)
{
  make_room ();
  g_clear_object (&world->cancellable);
  world_check_requests (world);
}

/* -- what a run brings --------------------------------------------------------------------------
 */

void
world_take_error (World *world, Track *track, const HelioResult *result, const GError *error)
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
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_LEDGER))
    {
      world_expect (world, world->n_full > 0, "the ledger can be written");
      world->is_ledger_failed = TRUE;
      world->n_full_met++;
      world->fixture.job->is_checked = FALSE;
      world->retry_at = world->fixture.now + LEDGER_RETRY;
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

/* As in the agent: what is left is looked at where it was published under other rules, or its
 * coverage was cut. */
static void
refresh_left (World *world, Track *track, HelioLedger *ledger, int64_t id)
{
  uint64_t hash
      = helio_rules_get_hash (world->fixture.job->rules, track->bucket) | HELIO_LEDGER_LEFT;
  g_autoptr (GError) error = NULL;
  HelioLedgerRest rest = { 0 };
  gboolean has_any;
  int64_t first, last;

  helio_ledger_get_extent (ledger, id, &has_any, &first, &last, &error);
  g_assert_no_error (error);
  if (has_any)
    helio_ledger_get_rest (ledger, id, MAX (first, world->fixture.job->history_from), last, hash,
                           INT64_MAX, &rest, &error);
  g_assert_no_error (error);
  track->needs_history = rest.rows > 0 || rest.is_of_other_rules;
  track->needs_count = FALSE;
}

void
world_refresh (World *world, Track *track)
{
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = world_open_ledger (world, &destination);
  g_auto (HelioTrack) row = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean has_gap;
  int64_t lo, hi;

  if (track->is_off && !track->is_left)
    return;
  helio_ledger_get_track (ledger, destination.id, track->id, &row, &error);
  g_assert_no_error (error);
  track->is_asking = row.held == HELIO_HELD_ASKING;
  if (track->bucket == NULL)
    return;
  if (track->is_left)
    {
      refresh_left (world, track, ledger, row.id);
      return;
    }
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
  gboolean was_checked = world->fixture.job->is_checked;

  end_run (world);
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
    {
      if (world_has_lost_an_answer (world))
        forms_may_repeat (world, track);
      world_take_error (world, track, result, owned);
    }
  else
    {
      world->is_ledger_failed = FALSE;
      /* What has nothing to send need not ask. */
      world_expect (world,
                    !world->is_conflict_due
                        || (was_checked && result->n_sent + result->n_deleted == 0),
                    "an old or lost ledger is noticed");
      world->attempt = 0;
      world->retry_at = 0;
    }
  if (world->n_full > 0 && --world->n_full == 0)
    world_tell (world, "    the disk has room again");
  world_refresh (world, track);
  /* Both sides may have been compared. */
  for (guint t = 0; t < world->tracks->len; t++)
    if (((Track *) world->tracks->pdata[t])->is_left)
      world_refresh (world, world->tracks->pdata[t]);
  return owned == NULL;
}

/* -- runs ---------------------------------------------------------------------------------------
 */

static gboolean
run_keep_up (World *world, Track *track)
{
  HelioResult result = { 0 };
  GError *error = NULL;

  begin_run (world);
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
  begin_run (world);
  world->fixture.job->is_left = track->is_left;
  helio_history_run (world->fixture.job, track->bucket, &track->cost, world->fixture.now,
                     is_short ? 2000 : 60 * G_USEC_PER_SEC, NULL, world->cancellable, &result,
                     &error);
  world->fixture.job->is_left = FALSE;
  if (!take_run (world, track, track->is_left ? "left" : "history", &result, error))
    return FALSE;
  track->known_hi = MAX (track->known_hi, world->fixture.now);
  track->needs_history = !result.is_done;
  if (track->is_left)
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
      world_take_error (world, track, &result, error);
      return FALSE;
    }
  track->repair = repair;
  track->needs_count = FALSE;
  track->needs_history |= !is_equal;
  world_refresh (world, track);
  return TRUE;
}

static gboolean
may_send (World *world)
{
  return !world->is_conflict && !world->is_paused && world->fixture.now >= world->retry_at;
}

static gboolean
run_child (World *world, Track *track)
{
  world->kills = FALSE;
  world_run_child (world, track);
  if (world_has_lost_an_answer (world))
    forms_may_repeat (world, track);
  world_restart_agent (world);
  return TRUE;
}

/* Whether the destination may hold something of it, to the best of the ledger's knowledge. */
static gboolean
is_to_delete (World *world, const Track *track)
{
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = track->deletes ? world_open_ledger (world, &destination) : NULL;
  g_autoptr (GPtrArray) held = NULL;
  g_autoptr (GError) error = NULL;

  if (ledger == NULL)
    return FALSE;
  held = helio_ledger_list_tracks (ledger, destination.id, &error);
  g_assert_no_error (error);
  return g_ptr_array_find_with_equal_func (held, track->id, g_str_equal, NULL);
}

/* What was published of buckets that are off now; again, if the receiver was set back. */
static void
delete_buckets (World *world)
{
  for (guint t = 0; t < world->tracks->len && may_send (world); t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      HelioResult result = { 0 };
      GError *error = NULL;

      if (!is_to_delete (world, track))
        continue;
      begin_run (world);
      helio_history_delete_bucket (world->fixture.job, track->id, world->cancellable, &result,
                                   &error);
      track->may_delete = TRUE;
      if (take_run (world, track, "delete", &result, error))
        track->was_kept = FALSE;
    }
}

/* -- presence -----------------------------------------------------------------------------------
 */

static HelioPresence *
decide (World *world)
{
  g_autoptr (GPtrArray) buckets = g_ptr_array_new_with_free_func (g_free);
  const HelioLiveInput input = {
    .now = world->fixture.now,
    .buckets = buckets,
    .is_aw_readable = world->is_source_readable && !world->is_ledger_failed,
    .rules = world->fixture.job->rules,
    .level = world->level,
    .away_threshold = 180,
    .previous = world->presence,
  };

  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);
      HelioLiveBucket *live;

      if (track->bucket == NULL || track->is_off)
        continue;
      live = g_new0 (HelioLiveBucket, 1);
      *live = (HelioLiveBucket){
        .bucket = track->bucket,
        .tail = track->tail,
        .is_for_presence = helio_live_is_for_presence (track->bucket, "laptop"),
      };
      g_ptr_array_add (buckets, live);
    }
  return helio_live_decide (&input);
}

void
world_say (World *world)
{
  g_autoptr (HelioPresence) presence = decide (world);
  g_autoptr (HelioPresence) farewell = NULL;
  g_autoptr (HelioDestination) destination = NULL;
  g_autoptr (GError) error = NULL;
  HelioPresence *said = presence;

  if (world->is_conflict)
    return;
  if (presence == NULL && world->presence != NULL)
    said = farewell = helio_presence_new (HELIO_STATE_OFFLINE, world->fixture.now);
  if (said == NULL
      || (world->presence != NULL && helio_presence_equal (said, world->presence)
          && world->fixture.now - world->said_at < REPEAT_STATUS))
    return;
  destination
      = helio_destination_new (world->fixture.job->url, world->fixture.job->token, FALSE, &error);
  g_assert_no_error (error);
  world->cancellable = g_cancellable_new ();
  if (helio_destination_put_status (destination, said, world->fixture.now, TTL, world->cancellable,
                                    NULL))
    {
      g_clear_pointer (&world->presence, helio_presence_free);
      world->presence = farewell == NULL ? g_steal_pointer (&presence) : NULL;
      world->said_at = world->fixture.now;
    }
  g_clear_object (&world->cancellable);
  world_check_requests (world);
}

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

gboolean
world_is_stopped (World *world, const Track *track)
{
  return rule_book_is_stopped (world->book, track->number);
}

static gboolean
is_open (World *world, const Track *track)
{
  return track->bucket != NULL && !track->is_off && !world_is_stopped (world, track);
}

gboolean
world_is_open (World *world, const Track *track)
{
  return is_open (world, track)
         || (track->bucket != NULL && track->is_left && !world_is_stopped (world, track));
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

      if (is_open (world, track)
          && !helio_tail_poll (client, track->id, &track->tail, world->fixture.now, &is_changed,
                               NULL, NULL))
        return FALSE;
    }
  return TRUE;
}

static void
keep_up (World *world)
{
  for (guint t = 0; t < world->tracks->len && may_send (world); t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      if (is_open (world, track) && track->tail.page != NULL && track->tail.page != track->kept)
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

      if (track->needs_history || track->is_off)
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

      if (!world_is_open (world, track))
        continue;
      if (track->needs_history && world->kills)
        return run_child (world, track);
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
    world_extend_pause (world);
  if (world->is_paused && world->fixture.now >= world->pause.end)
    world_resume (world, FALSE);
  if (world->is_paused)
    {
      world_check_requests (world);
      return;
    }
  world->is_source_readable = poll_tails (world);
  world_say (world);
  if (!world->is_source_readable || !may_send (world))
    return;
  delete_buckets (world);
  keep_up (world);
  look_again (world);
  for (int i = 0; i < MAX_ROUNDS && work (world); i++)
    look_again (world);
  world_check_requests (world);
}

gboolean
world_is_busy (World *world)
{
  if (world->is_conflict)
    return TRUE;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);

      if (is_to_delete (world, track)
          || ((!track->is_off || track->is_left)
              && (track->needs_history || track->needs_count || track->is_asking)))
        return TRUE;
    }
  return FALSE;
}
