/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-run.h"

#include <string.h>

#include "model/helio-time.h"
#include "sync/helio-obey.h"
#include "sync/helio-reconcile.h"

/* A batch is closed at this size; also half of what the destination allows, if that is less. */
#define BATCH_BYTES (4 * 1024 * 1024)

/* Of the ledger so many rows are in memory at once, and the rest of a group of equal start. */
#define MAX_ROWS 5000

int64_t
helio_run_get_threshold (const HelioTrack *track)
{
  return track->is_suspicious ? 0 : MAX (100, track->rows / 100);
}

gboolean
helio_run_open (const HelioJob *job,
                HelioLedger **ledger,
                HelioLedgerDestination *row,
                HelioDestination **destination,
                HelioBackendInfo **info,
                GCancellable *cancellable,
                HelioResult *result,
                GError **error)
{
  g_autoptr (HelioLedger) opened = NULL;
  g_autoptr (HelioDestination) connected = NULL;
  g_autoptr (HelioBackendInfo) told = NULL;

  result->is_checked = FALSE;
  if (job->notes_sent && result->set_back == NULL)
    result->set_back = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify) g_hash_table_unref);
  opened = helio_ledger_open (job->ledger_path, error);
  if (opened == NULL)
    return FALSE;
  connected = helio_destination_new (job->url, job->token, job->allows_plain_http, error);
  if (connected == NULL)
    return FALSE;

  /* Before each run, however small: a write raises the seq, and then nothing tells any more that
   * the destination was set back or written to by somebody else. */
  told = helio_destination_connect (connected, cancellable, error);
  if (told == NULL
      || !helio_reconcile (opened, job->destination, connected, told, result->set_back, cancellable,
                           error))
    {
      result->retry_after = helio_destination_get_retry_after (connected);
      return FALSE;
    }
  result->is_checked = TRUE;

  if (!helio_ledger_get_destination (opened, job->destination, row, error))
    return FALSE;
  *ledger = g_steal_pointer (&opened);
  *destination = g_steal_pointer (&connected);
  *info = g_steal_pointer (&told);
  return TRUE;
}

/* The same without a request. What is sent nowhere needs no limits but some. */
static gboolean
open_unasked (const HelioJob *job,
              HelioLedger **ledger,
              HelioLedgerDestination *row,
              HelioDestination **destination,
              HelioBackendInfo **info,
              GError **error)
{
  g_autoptr (HelioLedger) opened = helio_ledger_open (job->ledger_path, error);
  g_autoptr (HelioDestination) made = NULL;

  if (opened == NULL)
    return FALSE;
  made = helio_destination_new (job->url, job->token, job->allows_plain_http, error);
  if (made == NULL || !helio_ledger_get_destination (opened, job->destination, row, error))
    return FALSE;
  *ledger = g_steal_pointer (&opened);
  *destination = g_steal_pointer (&made);
  *info = g_new0 (HelioBackendInfo, 1);
  (*info)->max_events = HELIO_MAX_BATCH;
  (*info)->max_bytes = BATCH_BYTES;
  return TRUE;
}

/* Python and Rust write the same time in two ways. */
static gboolean
is_same_time (const char *a, const char *b)
{
  int64_t a_seconds, b_seconds;
  int32_t a_nanos, b_nanos;

  if (helio_time_parse (a, strlen (a), &a_seconds, &a_nanos)
      && helio_time_parse (b, strlen (b), &b_seconds, &b_nanos))
    return helio_event_start (a_seconds, a_nanos) == helio_event_start (b_seconds, b_nanos);
  return g_str_equal (a, b);
}

/* Rules look at what it is also when ActivityWatch has it no longer. */
static gboolean
note_bucket (HelioRun *run, GError **error)
{
  const HelioBucket *bucket = run->bucket;
  HelioTrack *track = &run->track;

  if (run->job->is_gone
      || (g_str_equal (track->type, bucket->type) && g_str_equal (track->client, bucket->client)
          && g_str_equal (track->hostname, bucket->hostname)))
    return TRUE;
  g_free (track->type);
  g_free (track->client);
  g_free (track->hostname);
  track->type = g_strdup (bucket->type);
  track->client = g_strdup (bucket->client);
  track->hostname = g_strdup (bucket->hostname);
  return helio_ledger_set_track (run->ledger, track, error);
}

/* A bucket that was made anew under its old id may have lost its events. */
static gboolean
check_created (HelioRun *run, GError **error)
{
  HelioTrack *track = &run->track;

  if (run->bucket->created[0] == '\0' || is_same_time (track->created, run->bucket->created))
    return TRUE;
  if (track->created[0] != '\0')
    {
      g_message ("The bucket %s was created anew in ActivityWatch: deletions need a yes",
                 run->bucket->id);
      track->is_suspicious = TRUE;
      track->swept_at = 0;
      if (!helio_ledger_uncover (run->ledger, track->id, HELIO_TIME_MIN, HELIO_TIME_MAX, error))
        return FALSE;
    }
  g_free (track->created);
  track->created = g_strdup (run->bucket->created);
  return helio_ledger_set_track (run->ledger, track, error);
}

gboolean
helio_run_load_deferred (HelioLedger *ledger, int64_t track, HelioApply *apply, GError **error)
{
  g_autoptr (GArray) deferred = helio_ledger_list_deferred (ledger, track, error);

  if (deferred == NULL)
    return FALSE;
  for (guint i = 0; i < deferred->len; i++)
    {
      const HelioDeferred *one = &g_array_index (deferred, HelioDeferred, i);

      helio_apply_defer (apply, one->start, one->count);
    }
  return TRUE;
}

gboolean
helio_run_check_rules (const HelioJob *job, const HelioBucket *bucket, GError **error)
{
  g_autofree char *why = NULL;

  if (!helio_rules_is_stopped (job->rules, bucket))
    return TRUE;
  why = helio_rules_explain (job->rules, bucket);
  g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, why);
  return FALSE;
}

static void
run_free (HelioRun *run)
{
  helio_apply_clear (&run->apply);
  helio_track_clear (&run->track);
  g_clear_pointer (&run->info, helio_backend_info_free);
  g_clear_object (&run->reader);
  g_clear_pointer (&run->rows, g_array_unref);
  g_clear_pointer (&run->ledger, helio_ledger_close);
}

gboolean
helio_run_begin (HelioRun *run,
                 const HelioJob *job,
                 const HelioBucket *bucket,
                 gboolean checks,
                 int64_t now,
                 GCancellable *cancellable,
                 HelioResult *result,
                 GError **error)
{
  g_auto (HelioLedgerDestination) row = { 0 };
  g_autoptr (HelioDestination) destination = NULL;
  g_autoptr (GArray) digests = helio_rules_list_digests (job->rules, bucket);
  int64_t left_at;

  *run = (HelioRun){
    .job = job,
    .bucket = bucket,
    .result = result,
    .cancellable = cancellable,
    .deadline_us = G_MAXINT64,
    .is_checked = checks,
  };
  /* All its events would be forbidden, and the destination would lose them. */
  if (!helio_run_check_rules (job, bucket, error))
    return FALSE;
  if (checks ? !helio_run_open (job, &run->ledger, &row, &destination, &run->info, cancellable,
                                result, error)
             : !open_unasked (job, &run->ledger, &row, &destination, &run->info, error))
    return FALSE;

  run->destination_id = row.id;
  run->rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  if (!helio_ledger_get_track (run->ledger, row.id, bucket->id, &run->track, error)
      || !helio_ledger_note_rules (run->ledger, helio_rules_get_hash (job->rules, bucket), digests,
                                   error)
      || !helio_ledger_get_newest (run->ledger, run->track.id, &left_at, error)
      || !note_bucket (run, error) || !check_created (run, error))
    {
      run_free (run);
      return FALSE;
    }
  helio_apply_init (&run->apply, bucket, job->rules, run->track.held,
                    MIN (run->info->max_events, HELIO_MAX_BATCH),
                    MIN (run->info->max_bytes / 2, BATCH_BYTES));
  run->apply.is_left = job->is_left;
  run->apply.left_at = left_at;
  if (!helio_run_load_deferred (run->ledger, run->track.id, &run->apply, error))
    {
      run_free (run);
      return FALSE;
    }
  run->sender = helio_sender_new (job, bucket, g_steal_pointer (&destination), run->info, row.id,
                                  run->track.id, now, cancellable);
  return TRUE;
}

gboolean
helio_run_push (HelioRun *run, HelioBatch *batch)
{
  if (!run->is_checked && batch->upserts->len + batch->deletes->len > 0)
    {
      run->needs_check = run->is_broken = TRUE;
      helio_batch_free (batch);
      return FALSE;
    }
  run->is_broken = !helio_sender_push (run->sender, batch);
  return !run->is_broken;
}

static gboolean
push_batch (HelioBatch *batch, gpointer data)
{
  return helio_run_push (data, batch);
}

/* Too many events are missing for an accident not to be one: from now on none is deleted. */
static gboolean
hold_deletions (HelioRun *run)
{
  g_message ("%" G_GINT64_FORMAT " events or more of %s are gone from ActivityWatch: "
             "they stay at the destination until you answer",
             run->apply.n_deferred, run->bucket->id);
  run->apply.held = run->track.held = HELIO_HELD_ASKING;
  return helio_ledger_set_track (run->ledger, &run->track, &run->error);
}

/* Applies what of the page starts from @part->lo on, of which the ledger's rows were read. */
static gboolean
apply_part (HelioRun *run, const HelioPage *part)
{
  gboolean is_changed;

  if (!helio_obey_page (run, part, &is_changed))
    return FALSE;
  if (is_changed)
    {
      g_array_set_size (run->rows, 0);
      if (!helio_ledger_read_rows (run->ledger, run->track.id, part->lo, part->hi, run->rows,
                                   &run->error))
        return FALSE;
    }

  run->apply.max_events = helio_sender_get_max_events (run->sender);
  helio_apply_page (&run->apply, part, run->rows, push_batch, run);
  return !run->is_broken;
}

/* The events of the page from @first on that start at @lo or later. */
static GArray *
list_events (const HelioPage *page, guint first, int64_t lo)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (HelioEvent));
  guint end = first;

  while (end < page->events->len && helio_page_event (page, end)->start >= lo)
    end++;
  if (end > first)
    g_array_append_vals (events, helio_page_event (page, first), end - first);
  return events;
}

/* Where ActivityWatch has little and the ledger has much, the page is applied in parts. */
static gboolean
apply_parts (HelioRun *run, const HelioPage *page)
{
  HelioPage part = *page;
  guint first = 0;

  for (; part.hi >= page->lo; part.hi = part.lo - 1)
    {
      g_autoptr (GArray) events = NULL;

      g_array_set_size (run->rows, 0);
      if (!helio_ledger_read_newest_rows (run->ledger, run->track.id, page->lo, part.hi, MAX_ROWS,
                                          run->rows, &part.lo, &run->error))
        return FALSE;
      /* Nearly always. */
      if (part.lo == page->lo && part.hi == page->hi)
        return apply_part (run, page);

      events = list_events (page, first, part.lo);
      first += events->len;
      part.events = events;
      if (!apply_part (run, &part))
        return FALSE;
    }
  return TRUE;
}

gboolean
helio_run_page (HelioRun *run, const HelioPage *page)
{
  if (!apply_parts (run, page))
    return FALSE;

  run->result->n_read += page->events->len;
  run->result->oldest = MIN (run->result->oldest, page->lo);
  if (page->events->len > 0)
    {
      const HelioEvent *newest = helio_page_event (page, 0);

      run->result->newest = MAX (run->result->newest, newest->start + newest->duration);
    }
  if ((run->apply.held == HELIO_HELD_NO || run->apply.held == HELIO_HELD_FEW)
      && run->apply.n_deferred > helio_run_get_threshold (&run->track))
    return hold_deletions (run);
  return TRUE;
}

gboolean
helio_run_end (HelioRun *run, GError **error)
{
  g_autoptr (GError) send_error = NULL;
  gboolean is_sent = helio_sender_finish (run->sender, run->result, &send_error);
  GError *own_error = g_steal_pointer (&run->error);

  run_free (run);
  if (!is_sent)
    run->result->is_checked = FALSE;
  if (own_error != NULL)
    {
      g_propagate_error (error, own_error);
      return FALSE;
    }
  if (!is_sent)
    g_propagate_error (error, g_steal_pointer (&send_error));
  return is_sent;
}

gboolean
helio_run_open_track (const HelioJob *job,
                      const char *bucket,
                      HelioLedger **ledger,
                      HelioTrack *track,
                      GError **error)
{
  g_autoptr (HelioLedger) opened = helio_ledger_open (job->ledger_path, error);
  g_auto (HelioLedgerDestination) destination = { 0 };

  if (opened == NULL
      || !helio_ledger_get_destination (opened, job->destination, &destination, error)
      || !helio_ledger_get_track (opened, destination.id, bucket, track, error))
    return FALSE;
  *ledger = g_steal_pointer (&opened);
  return TRUE;
}

void
helio_run_wait (int64_t us, GCancellable *cancellable, GCancellable *yield)
{
  GPollFD fds[2];
  guint n = 0;

  if (us <= 0)
    return;
  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fds[n]))
    n++;
  if (yield != NULL && g_cancellable_make_pollfd (yield, &fds[n]))
    n++;
  g_poll (fds, n, (int) (us / 1000) + 1);
  if (cancellable != NULL)
    g_cancellable_release_fd (cancellable);
  if (yield != NULL)
    g_cancellable_release_fd (yield);
}

gboolean
helio_run_should_stop (GCancellable *yield, int64_t deadline_us)
{
  return (yield != NULL && g_cancellable_is_cancelled (yield))
         || g_get_monotonic_time () >= deadline_us;
}
