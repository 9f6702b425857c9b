/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-verify.h"

#include <string.h>

#include "model/helio-text.h"
#include "sync/helio-reconcile.h"
#include "sync/helio-run.h"

/* Nothing of it is sent. */
#define BATCH_BYTES (4 * 1024 * 1024)

/* What one page differs in from the ledger. */
typedef struct
{
  HelioVerify *verify;
  int64_t lo;
  int64_t hi;
} Look;

HelioVerify *
helio_verify_new (int64_t now)
{
  HelioVerify *verify = g_new0 (HelioVerify, 1);

  verify->id = g_get_monotonic_time ();
  verify->now = verify->next = now;
  verify->days = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return verify;
}

HelioVerify *
helio_verify_copy (const HelioVerify *verify)
{
  HelioVerify *copy = g_memdup2 (verify, sizeof *verify);
  GHashTableIter iter;
  gpointer day;

  copy->days = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, verify->days);
  while (g_hash_table_iter_next (&iter, &day, NULL))
    g_hash_table_add (copy->days, g_strdup (day));
  return copy;
}

void
helio_verify_free (HelioVerify *verify)
{
  g_hash_table_unref (verify->days);
  g_free (verify);
}

void
helio_verdict_free (HelioVerdict *verdict)
{
  g_free (verdict->bucket);
  g_ptr_array_unref (verdict->differs);
  g_clear_pointer (&verdict->set_back, g_hash_table_unref);
  g_free (verdict);
}

static int
compare_days (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
helio_verify_sort_days (GHashTable *days)
{
  GPtrArray *sorted = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer day;

  g_hash_table_iter_init (&iter, days);
  while (g_hash_table_iter_next (&iter, &day, NULL))
    g_ptr_array_add (sorted, g_strdup (day));
  g_ptr_array_sort (sorted, compare_days);
  return sorted;
}

/* -- ActivityWatch and the ledger --------------------------------------------------------- */

/* @is_news: whether the destination holds something else than it should. */
static void
note (Look *look, int64_t start, gboolean is_news)
{
  look->lo = MIN (look->lo, start);
  look->hi = MAX (look->hi, start);
  if (is_news && start < look->verify->named_before)
    g_hash_table_add (look->verify->days, helio_text_typed_day (start));
}

static void
note_rows (Look *look, const GArray *rows, gboolean is_news)
{
  for (guint i = 0; i < rows->len; i++)
    note (look, g_array_index (rows, HelioRow, i).start, is_news);
}

/* What would be changed differs. History changes it, for it knows what must be asked first. */
static gboolean
look_at_batch (HelioBatch *batch, gpointer data)
{
  Look *look = data;

  note_rows (look, batch->upserts, TRUE);
  note_rows (look, batch->deletes, TRUE);
  note_rows (look, batch->put, FALSE);
  note_rows (look, batch->remove, FALSE);
  for (guint i = 0; i < batch->deferred->len; i++)
    {
      const HelioDeferred *deferred = &g_array_index (batch->deferred, HelioDeferred, i);

      note (look, deferred->start, deferred->count > 0);
    }
  helio_batch_free (batch);
  return TRUE;
}

static gboolean
look_at_page (HelioLedger *ledger,
              const HelioTrack *track,
              HelioApply *apply,
              const HelioPage *page,
              HelioVerify *verify,
              GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  Look look = { .verify = verify, .lo = HELIO_TIME_MAX, .hi = HELIO_TIME_MIN };

  if (!helio_ledger_read_rows (ledger, track->id, page->lo, page->hi, rows, error))
    return FALSE;
  helio_apply_page (apply, page, rows, look_at_batch, &look);
  if (look.lo <= look.hi && !helio_ledger_uncover (ledger, track->id, look.lo, look.hi, error))
    return FALSE;
  verify->n_read += page->events->len;
  verify->next = page->lo - 1;
  return TRUE;
}

/* What begins in the last day is looked at every ten minutes, and the newest event grows: that the
 * destination has not got it yet is no difference to be named. */
static gboolean
find_news (HelioLedger *ledger, const HelioTrack *track, HelioVerify *verify, GError **error)
{
  gboolean has_any;
  int64_t first, last;

  if (!helio_ledger_get_extent (ledger, track->id, &has_any, &first, &last, error))
    return FALSE;
  verify->named_before = verify->now - HELIO_DAY;
  if (has_any)
    verify->named_before = MIN (verify->named_before, last);
  return TRUE;
}

gboolean
helio_verify_read (const HelioJob *job,
                   const HelioBucket *bucket,
                   HelioVerify *verify,
                   HelioAwCost *cost,
                   int64_t max_us,
                   GCancellable *yield,
                   GCancellable *cancellable,
                   GError **error)
{
  int64_t deadline_us = g_get_monotonic_time () + max_us;
  g_autoptr (HelioAwClient) client = NULL;
  g_autoptr (HelioLedger) ledger = NULL;
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (HelioPageWalker) walker = NULL;
  g_auto (HelioTrack) track = { 0 };
  HelioApply apply;
  gboolean is_well;

  g_return_val_if_fail (job != NULL && bucket != NULL && verify != NULL && cost != NULL, FALSE);

  if (!helio_run_check_rules (job, bucket, error)
      || !helio_run_open_track (job, bucket->id, &ledger, &track, error)
      || (verify->next == verify->now && !find_news (ledger, &track, verify, error)))
    return FALSE;
  client = helio_aw_client_new (job->aw_url, job->aw_key, error);
  if (client == NULL)
    return FALSE;

  helio_apply_init (&apply, bucket, job->rules, track.held, HELIO_MAX_BATCH, BATCH_BYTES);
  is_well = helio_run_load_deferred (ledger, track.id, &apply, error);
  walker = helio_page_walker_new (client, bucket->id, job->history_from, verify->next, cost);
  while (is_well && !helio_page_walker_is_done (walker)
         && !helio_run_should_stop (yield, deadline_us))
    {
      is_well = helio_page_walker_next (walker, page, cancellable, error);
      int64_t read_at = g_get_monotonic_time ();
      if (is_well)
        is_well = look_at_page (ledger, &track, &apply, page, verify, error);
      if (is_well && !helio_page_walker_is_done (walker))
        helio_run_wait (helio_page_walker_get_pause (walker) - (g_get_monotonic_time () - read_at),
                        cancellable, yield);
    }
  helio_apply_clear (&apply);
  verify->is_read = is_well && helio_page_walker_is_done (walker);
  return is_well;
}

/* -- the ledger and the destination ------------------------------------------------------- */

HelioVerdict *
helio_verify_run (const HelioJob *job,
                  const char *bucket,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (HelioVerdict) verdict = g_new0 (HelioVerdict, 1);
  g_autoptr (GHashTable) days = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (HelioLedger) ledger = NULL;
  g_autoptr (HelioDestination) destination = NULL;
  g_autoptr (HelioBackendInfo) info = NULL;
  g_autoptr (HelioAwClient) client = NULL;
  g_autoptr (GPtrArray) held = NULL;
  g_auto (HelioLedgerDestination) row = { 0 };
  g_auto (HelioTrack) track = { 0 };
  HelioResult result = { 0 };

  verdict->bucket = g_strdup (bucket);
  verdict->differs = g_ptr_array_new_with_free_func (g_free);
  gboolean is_open
      = helio_run_open (job, &ledger, &row, &destination, &info, cancellable, &result, error);
  verdict->set_back = result.set_back;
  if (!is_open || !helio_ledger_get_track (ledger, row.id, bucket, &track, error))
    return NULL;
  held = helio_destination_get_buckets (destination, cancellable, error);
  if (held == NULL
      || !helio_reconcile_bucket (ledger, row.id, bucket, destination, held, days, &verdict->held,
                                  cancellable, error))
    return NULL;
  g_ptr_array_unref (verdict->differs);
  verdict->differs = helio_verify_sort_days (days);

  verdict->allowed = track.held_rows;
  verdict->kept = track.kept_rows;
  verdict->refused = track.rejected_rows;
  verdict->waiting = track.held == HELIO_HELD_ASKING ? track.missing : 0;
  client = helio_aw_client_new (job->aw_url, job->aw_key, error);
  if (client == NULL)
    return NULL;
  verdict->in_aw = helio_aw_client_count (client, bucket, HELIO_TIME_MIN, cancellable, NULL);
  return g_steal_pointer (&verdict);
}
