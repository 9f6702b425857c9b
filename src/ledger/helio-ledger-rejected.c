/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

/* The row says that an event is rejected; the list says why, for those listed last. */

static gboolean
list_row (HelioLedger *ledger,
          int64_t track,
          const HelioRow *row,
          const char *reason,
          int64_t at,
          GError **error)
{
  g_autoptr (sqlite3_stmt) add = helio_ledger_statement (ledger, STATEMENT_ADD_REJECTED, error);

  if (add == NULL)
    return FALSE;

  BIND (add, track, row->start, row->n, row->check, at);
  sqlite3_bind_text (add, 6, reason, -1, SQLITE_STATIC);
  return helio_ledger_step (ledger, add, error) >= 0;
}

static gboolean
add_rejected (HelioLedger *ledger,
              int64_t track,
              const HelioRow *row,
              const char *reason,
              int64_t at,
              GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  HelioRow rejected = *row;
  HelioRowCounts counts = { 0 };

  rejected.kind = HELIO_ROW_REJECTED;
  g_array_append_val (rows, rejected);

  /* It leaves the list first, so that it counts once for the room that is made. */
  return helio_ledger_check_track (ledger, track, error)
         && helio_ledger_put_rows (ledger, track, rows, &counts, error)
         && helio_ledger_add_counts (ledger, track, &counts, error)
         && RUN (ledger, STATEMENT_REMOVE_REJECTED, error, track, row->start, row->n)
         && RUN (ledger, STATEMENT_FORGET_OLDEST_REJECTED, error, track, HELIO_MAX_REJECTED)
         && list_row (ledger, track, &rejected, reason, at, error);
}

/* Appends to @runs (element-type int64_t, pairs of lo and hi) the starts of rejected rows; those
 * with no other row between them make one run. */
static gboolean
find_runs (HelioLedger *ledger, int64_t track, GArray *runs, GError **error)
{
  g_autoptr (sqlite3_stmt) read = helio_ledger_statement (ledger, STATEMENT_READ_ROWS, error);
  gboolean is_open = FALSE;
  int found;

  if (read == NULL)
    return FALSE;

  BIND (read, track, HELIO_TIME_MIN, HELIO_TIME_MAX);
  while ((found = helio_ledger_step (ledger, read, error)) > 0)
    {
      HelioRow row;

      helio_ledger_decode_row (read, 0, &row);
      if (row.kind != HELIO_ROW_REJECTED)
        {
          is_open = FALSE;
          continue;
        }

      if (is_open)
        {
          g_array_index (runs, int64_t, runs->len - 2) = row.start;
        }
      else
        {
          int64_t run[] = { row.start, row.start };

          g_array_append_vals (runs, run, 2);
          is_open = TRUE;
        }
    }
  return found == 0;
}

static gboolean
retry_track (HelioLedger *ledger, int64_t track, GError **error)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (int64_t));
  HelioRowCounts counts = { 0 };

  if (!find_runs (ledger, track, runs, error)
      || !RUN (ledger, STATEMENT_FORGET_REJECTED_ROWS, error, track))
    return FALSE;

  counts.by_kind[HELIO_ROW_REJECTED] = -sqlite3_changes64 (ledger->db);
  for (guint i = 0; i + 1 < runs->len; i += 2)
    if (!helio_ledger_leave_ranges (ledger, track, g_array_index (runs, int64_t, i),
                                    g_array_index (runs, int64_t, i + 1), error))
      return FALSE;

  return helio_ledger_add_counts (ledger, track, &counts, error)
         && RUN (ledger, STATEMENT_REMOVE_ALL_REJECTED, error, track);
}

static gboolean
retry_rejected (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_autoptr (GArray) tracks
      = helio_ledger_list_ids (ledger, STATEMENT_TRACKS_WITH_REJECTED, destination, error);

  if (tracks == NULL)
    return FALSE;

  for (guint i = 0; i < tracks->len; i++)
    if (!retry_track (ledger, g_array_index (tracks, int64_t, i), error))
      return FALSE;
  return TRUE;
}

void
helio_rejected_free (HelioRejected *rejected)
{
  g_free (rejected->bucket);
  g_free (rejected->reason);
  g_free (rejected);
}

gboolean
helio_ledger_add_rejected (HelioLedger *ledger,
                           int64_t track,
                           const HelioRow *row,
                           const char *reason,
                           int64_t at,
                           GError **error)
{
  g_return_val_if_fail (ledger != NULL && row != NULL && reason != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, add_rejected (ledger, track, row, reason, at, error), error);
}

GPtrArray *
helio_ledger_list_rejected (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_autoptr (sqlite3_stmt) list = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_rejected_free);
  int found;

  g_return_val_if_fail (ledger != NULL, NULL);

  list = helio_ledger_statement (ledger, STATEMENT_LIST_REJECTED, error);
  if (list == NULL)
    return NULL;

  BIND (list, destination);
  while ((found = helio_ledger_step (ledger, list, error)) > 0)
    {
      HelioRejected *rejected = g_new0 (HelioRejected, 1);

      rejected->bucket = g_strdup ((const char *) sqlite3_column_text (list, 0));
      rejected->start = sqlite3_column_int64 (list, 1);
      rejected->n = (uint32_t) sqlite3_column_int64 (list, 2);
      rejected->check = (uint32_t) sqlite3_column_int64 (list, 3);
      rejected->reason = g_strdup ((const char *) sqlite3_column_text (list, 4));
      rejected->at = sqlite3_column_int64 (list, 5);
      g_ptr_array_add (all, rejected);
    }
  return found == 0 ? g_steal_pointer (&all) : NULL;
}

gboolean
helio_ledger_retry_rejected (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_return_val_if_fail (ledger != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, retry_rejected (ledger, destination, error), error);
}
