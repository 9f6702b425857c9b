/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

#include <glib/gi18n-lib.h>

#include "model/helio-error.h"

/* 1: found; 0: not there; -1: error. */
static int
find_track (
    HelioLedger *ledger, int64_t destination, const char *bucket, HelioTrack *track, GError **error)
{
  g_autoptr (sqlite3_stmt) find = helio_ledger_statement (ledger, STATEMENT_FIND_TRACK, error);
  int found;

  if (find == NULL)
    return -1;

  sqlite3_bind_int64 (find, 1, destination);
  sqlite3_bind_text (find, 2, bucket, -1, SQLITE_STATIC);
  found = helio_ledger_step (ledger, find, error);
  if (found > 0)
    {
      int64_t held = sqlite3_column_int64 (find, 6);
      int64_t dropped = sqlite3_column_int64 (find, 7);
      int64_t kept = sqlite3_column_int64 (find, 8);
      int64_t rejected = sqlite3_column_int64 (find, 9);

      track->id = sqlite3_column_int64 (find, 0);
      track->created = g_strdup ((const char *) sqlite3_column_text (find, 1));
      track->held = sqlite3_column_int (find, 2);
      track->missing = sqlite3_column_int64 (find, 3);
      track->is_suspicious = sqlite3_column_int (find, 4) != 0;
      track->swept_at = sqlite3_column_int64 (find, 5);
      track->held_rows = held + kept;
      track->rows = held + dropped + rejected;
      track->kept_rows = kept;
      track->rejected_rows = rejected;
      track->type = g_strdup ((const char *) sqlite3_column_text (find, 10));
      track->client = g_strdup ((const char *) sqlite3_column_text (find, 11));
      track->hostname = g_strdup ((const char *) sqlite3_column_text (find, 12));
    }
  return found;
}

static gboolean
add_track (HelioLedger *ledger, int64_t destination, const char *bucket, GError **error)
{
  g_autoptr (sqlite3_stmt) add = helio_ledger_statement (ledger, STATEMENT_ADD_TRACK, error);

  if (add == NULL)
    return FALSE;

  sqlite3_bind_int64 (add, 1, destination);
  sqlite3_bind_text (add, 2, bucket, -1, SQLITE_STATIC);
  return helio_ledger_step (ledger, add, error) >= 0;
}

static void
set_removed_error (HelioLedger *ledger, GError **error)
{
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
               _ ("The bucket was removed from its destination in the ledger “%s” meanwhile"),
               ledger->path);
}

gboolean
helio_ledger_check_track (HelioLedger *ledger, int64_t track, GError **error)
{
  g_autoptr (sqlite3_stmt) has = helio_ledger_statement (ledger, STATEMENT_HAS_TRACK, error);
  int found;

  if (has == NULL)
    return FALSE;

  BIND (has, track);
  found = helio_ledger_step (ledger, has, error);
  if (found == 0)
    set_removed_error (ledger, error);
  return found > 0;
}

gboolean
helio_ledger_add_counts (HelioLedger *ledger,
                         int64_t track,
                         const HelioRowCounts *counts,
                         GError **error)
{
  const int64_t *by_kind = counts->by_kind;

  if (by_kind[HELIO_ROW_HELD] == 0 && by_kind[HELIO_ROW_DROPPED] == 0
      && by_kind[HELIO_ROW_KEPT] == 0 && by_kind[HELIO_ROW_REJECTED] == 0)
    return TRUE;

  return RUN (ledger, STATEMENT_ADD_COUNTS, error, track, by_kind[HELIO_ROW_HELD],
              by_kind[HELIO_ROW_DROPPED], by_kind[HELIO_ROW_KEPT], by_kind[HELIO_ROW_REJECTED]);
}

GArray *
helio_ledger_list_ids (HelioLedger *ledger,
                       HelioLedgerStatement which,
                       int64_t destination,
                       GError **error)
{
  g_autoptr (sqlite3_stmt) list = helio_ledger_statement (ledger, which, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (int64_t));
  int found;

  if (list == NULL)
    return NULL;

  BIND (list, destination);
  while ((found = helio_ledger_step (ledger, list, error)) > 0)
    {
      int64_t id = sqlite3_column_int64 (list, 0);

      g_array_append_val (ids, id);
    }
  return found == 0 ? g_steal_pointer (&ids) : NULL;
}

gboolean
helio_ledger_empty_track (HelioLedger *ledger, int64_t track, GError **error)
{
  return RUN (ledger, STATEMENT_REMOVE_ROWS, error, track)
         && RUN (ledger, STATEMENT_REMOVE_RANGES, error, track)
         && RUN (ledger, STATEMENT_REMOVE_ALL_REJECTED, error, track)
         && RUN (ledger, STATEMENT_REMOVE_ALL_DEFERRED, error, track)
         && RUN (ledger, STATEMENT_CLEAR_COUNTS, error, track);
}

void
helio_track_clear (HelioTrack *track)
{
  g_clear_pointer (&track->created, g_free);
  g_clear_pointer (&track->type, g_free);
  g_clear_pointer (&track->client, g_free);
  g_clear_pointer (&track->hostname, g_free);
}

gboolean
helio_ledger_get_track (
    HelioLedger *ledger, int64_t destination, const char *bucket, HelioTrack *track, GError **error)
{
  int found;

  g_return_val_if_fail (ledger != NULL && bucket != NULL && track != NULL, FALSE);

  *track = (HelioTrack){ 0 };
  found = find_track (ledger, destination, bucket, track, error);
  if (found != 0)
    return found > 0;

  if (!add_track (ledger, destination, bucket, error))
    return FALSE;

  found = find_track (ledger, destination, bucket, track, error);
  if (found == 0)
    set_removed_error (ledger, error);
  return found > 0;
}

static void
bind_text (sqlite3_stmt *statement, int parameter, const char *text)
{
  sqlite3_bind_text (statement, parameter, text != NULL ? text : "", -1, SQLITE_STATIC);
}

gboolean
helio_ledger_set_track (HelioLedger *ledger, const HelioTrack *track, GError **error)
{
  g_autoptr (sqlite3_stmt) set = NULL;

  g_return_val_if_fail (ledger != NULL && track != NULL, FALSE);

  set = helio_ledger_statement (ledger, STATEMENT_SET_TRACK, error);
  if (set == NULL)
    return FALSE;

  BIND (set, track->id, 0, track->held, track->is_suspicious ? 1 : 0, track->swept_at);
  bind_text (set, 2, track->created);
  bind_text (set, 6, track->type);
  bind_text (set, 7, track->client);
  bind_text (set, 8, track->hostname);
  if (helio_ledger_step (ledger, set, error) < 0)
    return FALSE;

  if (sqlite3_changes (ledger->db) == 0)
    {
      set_removed_error (ledger, error);
      return FALSE;
    }
  return TRUE;
}

GPtrArray *
helio_ledger_list_tracks (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_autoptr (sqlite3_stmt) list = NULL;
  g_autoptr (GPtrArray) buckets = g_ptr_array_new_with_free_func (g_free);
  int found;

  g_return_val_if_fail (ledger != NULL, NULL);

  list = helio_ledger_statement (ledger, STATEMENT_LIST_TRACKS, error);
  if (list == NULL)
    return NULL;

  BIND (list, destination);
  while ((found = helio_ledger_step (ledger, list, error)) > 0)
    g_ptr_array_add (buckets, g_strdup ((const char *) sqlite3_column_text (list, 0)));
  return found == 0 ? g_steal_pointer (&buckets) : NULL;
}

gboolean
helio_ledger_remove_track (HelioLedger *ledger, int64_t track, GError **error)
{
  gboolean ok;

  g_return_val_if_fail (ledger != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;

  ok = RUN (ledger, STATEMENT_REMOVE_ROWS, error, track)
       && RUN (ledger, STATEMENT_REMOVE_TRACK, error, track);
  return helio_ledger_end (ledger, ok, error);
}
