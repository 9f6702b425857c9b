/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-history.h"

#include "model/helio-time.h"
#include "sync/helio-obey.h"
#include "sync/helio-run.h"

/* Deferred deletions nearer to each other than this are looked at again in one walk. */
#define CLUSTER HELIO_DAY

/* A run over no more than this begins without a request: mostly nothing is sent. */
#define SMALL (25 * HELIO_HOUR)

static void
result_init (HelioResult *result, const HelioJob *job)
{
  *result = (HelioResult){
    .oldest = HELIO_TIME_MAX,
    .newest = HELIO_TIME_MIN,
    .is_checked = job->is_checked,
    .sent = job->notes_sent ? helio_sent_list_new () : NULL,
  };
}

/* Walks all gaps once, newest first. @is_covered: whether none is left. */
static gboolean
walk_gaps (HelioRun *run, HelioAwCost *cost, int64_t now, gboolean *is_covered)
{
  const HelioJob *job = run->job;
  g_autoptr (HelioAwClient) client = helio_aw_client_new (job->aw_url, job->aw_key, &run->error);
  g_autoptr (HelioPage) page = helio_page_new ();
  int64_t hi = now;

  *is_covered = FALSE;
  if (client == NULL)
    return FALSE;

  while (hi >= job->history_from)
    {
      g_autoptr (HelioPageWalker) walker = NULL;
      gboolean has_gap;
      int64_t gap_lo, gap_hi;

      if (!helio_ledger_get_gap (run->ledger, run->track.id, job->history_from, hi,
                                 helio_job_get_hash (job, run->bucket), &has_gap, &gap_lo, &gap_hi,
                                 &run->error))
        return FALSE;
      if (!has_gap)
        break;

      walker = helio_page_walker_new (client, run->bucket->id, gap_lo, gap_hi, cost);
      while (!helio_page_walker_is_done (walker))
        {
          if (helio_run_should_stop (run->yield, run->deadline_us))
            return TRUE;
          if (!helio_page_walker_next (walker, page, run->cancellable, &run->error))
            return FALSE;
          /* While we work on the page ActivityWatch rests already. */
          int64_t read_at = g_get_monotonic_time ();
          if (!helio_run_page (run, page))
            return FALSE;
          if (!helio_page_walker_is_done (walker))
            helio_run_wait (helio_page_walker_get_pause (walker)
                                - (g_get_monotonic_time () - read_at),
                            run->cancellable, run->yield);
        }
      if (gap_lo <= job->history_from)
        break;
      hi = gap_lo - 1;
    }
  *is_covered = TRUE;
  return TRUE;
}

/* Uncovers the deferred deletions, neighbours together. They come newest first. */
static gboolean
uncover_deferred (HelioLedger *ledger, int64_t track, const GArray *deferred, GError **error)
{
  int64_t hi = g_array_index (deferred, HelioDeferred, 0).start;
  int64_t lo = hi;

  for (guint i = 1; i < deferred->len; i++)
    {
      int64_t start = g_array_index (deferred, HelioDeferred, i).start;

      if (lo - start > CLUSTER)
        {
          if (!helio_ledger_uncover (ledger, track, lo, hi, error))
            return FALSE;
          hi = start;
        }
      lo = start;
    }
  return helio_ledger_uncover (ledger, track, lo, hi, error);
}

/* The deferred deletions that a walk up to @now can look at again: after the clock was set back
 * some wait until it is their time. */
static GArray *
list_reachable (
    HelioLedger *ledger, int64_t track, int64_t history_from, int64_t now, GError **error)
{
  g_autoptr (GArray) deferred = helio_ledger_list_deferred (ledger, track, error);

  for (guint i = deferred != NULL ? deferred->len : 0; i > 0; i--)
    {
      int64_t start = g_array_index (deferred, HelioDeferred, i - 1).start;

      if (start < history_from || start > now)
        g_array_remove_index (deferred, i - 1);
    }
  return g_steal_pointer (&deferred);
}

/* All is covered: decides what becomes of deletions that were put off. @is_done: nothing more is
 * to be read. */
static gboolean
settle (const HelioJob *job,
        const char *bucket,
        int64_t now,
        HelioResult *result,
        gboolean *is_done,
        GError **error)
{
  g_autoptr (HelioLedger) ledger = helio_ledger_open (job->ledger_path, error);
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_auto (HelioTrack) track = { 0 };
  g_autoptr (GArray) deferred = NULL;

  if (ledger == NULL
      || !helio_ledger_get_destination (ledger, job->destination, &destination, error)
      || !helio_ledger_get_track (ledger, destination.id, bucket, &track, error))
    return FALSE;
  deferred = list_reachable (ledger, track.id, job->history_from, now, error);
  if (deferred == NULL)
    return FALSE;

  *is_done = TRUE;
  if (track.held == HELIO_HELD_ASKING)
    {
      result->is_asking = TRUE;
      return TRUE;
    }
  if (deferred->len == 0)
    {
      /* What is left is not all. */
      gboolean was_sweep = track.swept_at == 0 && !job->is_left;

      if (track.held == HELIO_HELD_NO && !was_sweep)
        return TRUE;
      track.held = HELIO_HELD_NO;
      if (was_sweep)
        {
          track.is_suspicious = FALSE;
          track.swept_at = now;
        }
      return helio_ledger_set_track (ledger, &track, error);
    }
  *is_done = FALSE;
  track.held
      = track.missing > helio_run_get_threshold (&track) ? HELIO_HELD_ASKING : HELIO_HELD_FEW;
  if (track.held == HELIO_HELD_ASKING)
    *is_done = result->is_asking = TRUE;
  else if (!uncover_deferred (ledger, track.id, deferred, error))
    return FALSE;
  return helio_ledger_set_track (ledger, &track, error);
}

/* Whether only the last hours are uncovered: a repair, of which mostly nothing is sent. */
static gboolean
is_small (const HelioJob *job, const HelioBucket *bucket, int64_t now)
{
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };
  gboolean has_gap = TRUE;
  int64_t gap_lo, gap_hi;

  return helio_run_open_track (job, bucket->id, &ledger, &track, NULL)
         && helio_ledger_get_gap (ledger, track.id, job->history_from, now - SMALL,
                                  helio_job_get_hash (job, bucket), &has_gap, &gap_lo, &gap_hi,
                                  NULL)
         && !has_gap;
}

/* Bounds a job about what is left to what the destination holds. @has_any: FALSE: that is nothing.
 */
static gboolean
bound_left (HelioJob *job, const char *bucket, int64_t *now, gboolean *has_any, GError **error)
{
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };
  int64_t first, last;

  if (!helio_run_open_track (job, bucket, &ledger, &track, error)
      || !helio_ledger_get_extent (ledger, track.id, has_any, &first, &last, error))
    return FALSE;
  job->history_from = MAX (job->history_from, first);
  *now = MIN (*now, last);
  *has_any = *has_any && job->history_from <= *now;
  return TRUE;
}

/* What was published before the date that history begins with now: that stays, and obeys rules.
 * FALSE: the run can't go on. */
static gboolean
obey_before (HelioRun *run, int64_t from)
{
  gboolean has_any;
  int64_t first, last;

  if (from == HELIO_TIME_MIN)
    return TRUE;
  return helio_ledger_get_extent (run->ledger, run->track.id, &has_any, &first, &last, &run->error)
         && (!has_any || first >= from || helio_obey (run, first, MIN (last, from - 1)));
}

/* What the destination holds of it, without ActivityWatch. */
static gboolean
run_gone (const HelioJob *job,
          const HelioBucket *bucket,
          int64_t now,
          int64_t deadline_us,
          GCancellable *yield,
          GCancellable *cancellable,
          HelioResult *result,
          GError **error)
{
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };
  HelioLedgerPiece piece = { 0 };
  gboolean has_any;
  int64_t first, last;
  HelioRun run;

  if (!helio_run_open_track (job, bucket->id, &ledger, &track, error)
      || !helio_ledger_get_extent (ledger, track.id, &has_any, &first, &last, error)
      || (has_any
          && !helio_ledger_get_piece (ledger, track.id, first, last,
                                      helio_job_get_hash (job, bucket) | HELIO_LEDGER_OWN, &piece,
                                      error)))
    return FALSE;
  result->is_done = !piece.is_there;
  /* A destination that was set back holds what it should not, and the ledger does not know it. */
  if (result->is_done && job->is_checked)
    return TRUE;

  if (!helio_run_begin (&run, job, bucket, TRUE, now, cancellable, result, error))
    return FALSE;
  run.yield = yield;
  run.deadline_us = deadline_us;
  /* Both sides were compared. */
  if (helio_ledger_get_extent (run.ledger, run.track.id, &has_any, &first, &last, &run.error))
    result->is_done = !has_any || helio_obey (&run, first, last);
  return helio_run_end (&run, error);
}

gboolean
helio_history_run (const HelioJob *job,
                   const HelioBucket *bucket,
                   HelioAwCost *cost,
                   int64_t now,
                   int64_t max_us,
                   GCancellable *yield,
                   GCancellable *cancellable,
                   HelioResult *result,
                   GError **error)
{
  int64_t deadline_us = g_get_monotonic_time () + max_us;
  int64_t from = job->history_from;
  HelioJob bounded;
  gboolean checks;

  g_return_val_if_fail (job != NULL && bucket != NULL && cost != NULL, FALSE);

  result_init (result, job);
  if (job->is_gone)
    return run_gone (job, bucket, now, deadline_us, yield, cancellable, result, error);
  if (job->is_left)
    {
      gboolean has_any;

      bounded = *job;
      if (!bound_left (&bounded, bucket->id, &now, &has_any, error))
        return FALSE;
      if (!has_any)
        return run_gone (job, bucket, now, deadline_us, yield, cancellable, result, error);
      job = &bounded;
    }
  checks = !job->is_checked || !is_small (job, bucket, now);
  while (!result->is_done)
    {
      gboolean is_covered = FALSE;
      HelioRun run;

      if (!helio_run_begin (&run, job, bucket, checks, now, cancellable, result, error))
        return FALSE;
      run.yield = yield;
      run.deadline_us = deadline_us;
      walk_gaps (&run, cost, now, &is_covered);
      is_covered = is_covered && obey_before (&run, from);
      if (!helio_run_end (&run, error))
        return FALSE;
      if (run.needs_check)
        {
          checks = TRUE;
          continue;
        }
      if (!is_covered)
        return TRUE;
      if (!settle (job, bucket->id, now, result, &result->is_done, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
helio_keep_up_run (const HelioJob *job,
                   const HelioBucket *bucket,
                   const HelioPage *page,
                   GCancellable *cancellable,
                   HelioResult *result,
                   GError **error)
{
  g_autoptr (HelioPage) bounded = NULL;
  gboolean checks = !job->is_checked;
  HelioRun run;

  g_return_val_if_fail (job != NULL && bucket != NULL && page != NULL, FALSE);

  result_init (result, job);
  if (page->lo < job->history_from)
    {
      bounded = helio_page_new ();
      bounded->lo = job->history_from;
      bounded->hi = page->hi;
      bounded->proves_absence = page->proves_absence;
      for (guint i = 0; i < page->events->len; i++)
        {
          const HelioEvent *event = helio_page_event (page, i);

          if (event->start >= job->history_from)
            helio_page_add (bounded, event->start, event->duration, event->id,
                            helio_page_event_data (page, event), event->data_len);
        }
      page = bounded;
    }

  do
    {
      if (!helio_run_begin (&run, job, bucket, checks, page->hi, cancellable, result, error))
        return FALSE;
      helio_run_page (&run, page);
      result->is_done = !run.apply.is_incomplete && run.apply.n_deferred == 0;
      result->is_asking = run.apply.held == HELIO_HELD_ASKING;
      if (!helio_run_end (&run, error))
        return FALSE;
      checks = TRUE;
    }
  while (run.needs_check);
  return TRUE;
}

/* -- reasons to uncover ------------------------------------------------------------------------ */

gboolean
helio_history_uncover (
    const HelioJob *job, const char *bucket, int64_t lo, int64_t hi, GError **error)
{
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };

  if (!helio_run_open_track (job, bucket, &ledger, &track, error)
      || !helio_ledger_uncover (ledger, track.id, lo, hi, error))
    return FALSE;
  if (lo > job->history_from || hi < HELIO_TIME_MAX)
    return TRUE;
  track.swept_at = 0;
  return helio_ledger_set_track (ledger, &track, error);
}

/* Whether @span ms went by since @at; a clock that was set back counts as such. */
static gboolean
is_due (int64_t *at, int64_t now, int64_t span)
{
  if (*at != 0 && now >= *at && now - *at < span)
    return FALSE;
  *at = now;
  return TRUE;
}

gboolean
helio_repair_is_due (HelioRepair *repair, int64_t now, int64_t *from)
{
  gboolean is_day = is_due (&repair->day_at, now, 10 * HELIO_MINUTE);
  gboolean is_week = is_due (&repair->week_at, now, HELIO_DAY);
  gboolean is_all = is_due (&repair->all_at, now, 7 * HELIO_DAY);

  *from = is_all ? HELIO_TIME_MIN : now - (is_week ? 7 * HELIO_DAY : HELIO_DAY);
  return is_day || is_week || is_all;
}

gboolean
helio_repair_is_count_due (HelioRepair *repair, int64_t now)
{
  return is_due (&repair->count_at, now, HELIO_HOUR);
}

/* Events that begin after @now: ActivityWatch counts them, we publish them when their time comes.
 */
static gboolean
count_future (HelioAwClient *client,
              const char *bucket,
              int64_t now,
              int64_t *count,
              GCancellable *cancellable,
              GError **error)
{
  const HelioAwRead read = {
    .start = now,
    .end = HELIO_TIME_MAX,
    .limit = 1000,
    .max_bytes = 16 * 1024 * 1024,
  };
  g_autoptr (HelioPage) page = helio_page_new ();

  if (!helio_aw_client_read_events (client, bucket, &read, page, cancellable, error))
    return FALSE;
  *count = 0;
  for (guint i = 0; i < page->events->len; i++)
    *count += helio_page_event (page, i)->start > now;
  return TRUE;
}

gboolean
helio_history_check_count (const HelioJob *job,
                           const char *bucket,
                           HelioRepair *repair,
                           int64_t now,
                           int64_t *in_aw,
                           gboolean *is_equal,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (HelioAwClient) client = helio_aw_client_new (job->aw_url, job->aw_key, error);
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };
  int64_t difference, future = 0;

  *is_equal = TRUE;
  if (client == NULL || !helio_run_open_track (job, bucket, &ledger, &track, error))
    return FALSE;
  *in_aw = helio_aw_client_count (client, bucket, HELIO_TIME_MIN, cancellable, error);
  if (*in_aw < 0)
    return FALSE;
  if (job->history_from > HELIO_TIME_MIN || track.held != HELIO_HELD_NO)
    return TRUE;

  difference = *in_aw - track.rows;
  if (difference > 0)
    {
      if (!count_future (client, bucket, now, &future, cancellable, error))
        return FALSE;
      difference -= future;
    }
  if (difference == 0 || difference == repair->count_residue)
    {
      repair->count_strikes = 0;
      return TRUE;
    }

  *is_equal = FALSE;
  repair->count_at = 0;
  if (repair->count_strikes++ == 0)
    return helio_history_uncover (job, bucket, now - HELIO_DAY, HELIO_TIME_MAX, error);
  g_message ("ActivityWatch counts %" G_GINT64_FORMAT " events in %s, the ledger %" G_GINT64_FORMAT
             ": all of it is read again",
             *in_aw, bucket, track.rows);
  repair->count_strikes = 0;
  repair->count_residue = difference;
  return helio_history_uncover (job, bucket, HELIO_TIME_MIN, HELIO_TIME_MAX, error);
}

/* -- the user's choices ----------------------------------------------------------------------- */

gboolean
helio_history_answer (const HelioJob *job, const char *bucket, gboolean deletes, GError **error)
{
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };

  if (!helio_run_open_track (job, bucket, &ledger, &track, error)
      || !helio_ledger_uncover (ledger, track.id, HELIO_TIME_MIN, HELIO_TIME_MAX, error))
    return FALSE;
  track.held = deletes ? HELIO_HELD_DELETE : HELIO_HELD_KEEP;
  track.swept_at = 0;
  return helio_ledger_set_track (ledger, &track, error);
}

gboolean
helio_history_delete_bucket (const HelioJob *job,
                             const char *bucket,
                             GCancellable *cancellable,
                             HelioResult *result,
                             GError **error)
{
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioLedgerDestination) row = { 0 };
  g_autoptr (HelioDestination) destination = NULL;
  g_autoptr (HelioBackendInfo) info = NULL;
  g_auto (HelioTrack) track = { 0 };
  int64_t seq;

  result_init (result, job);
  if (!helio_run_open (job, &ledger, &row, &destination, &info, cancellable, result, error)
      || !helio_ledger_get_track (ledger, row.id, bucket, &track, error))
    return FALSE;
  seq = helio_ledger_reserve_seq (ledger, row.id, error);
  if (seq < 0)
    return FALSE;
  if (!helio_destination_delete_bucket (destination, bucket, seq, cancellable, error))
    {
      result->is_checked = FALSE;
      result->retry_after = helio_destination_get_retry_after (destination);
      return FALSE;
    }
  result->n_deleted = track.held_rows;
  if (result->sent != NULL)
    helio_sent_list_add_deletions (result->sent, bucket, track.held_rows, helio_time_now ());
  result->is_done = TRUE;
  return helio_ledger_set_acked (ledger, row.id, seq, error)
         && helio_ledger_remove_track (ledger, track.id, error);
}
