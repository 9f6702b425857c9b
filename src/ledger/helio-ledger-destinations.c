/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

#include <glib/gi18n-lib.h>

#include "model/helio-error.h"

/* 1: found; 0: not there; -1: error. */
static int
find_destination (HelioLedger *ledger,
                  const char *name,
                  HelioLedgerDestination *destination,
                  GError **error)
{
  g_autoptr (sqlite3_stmt) find
      = helio_ledger_statement (ledger, STATEMENT_FIND_DESTINATION, error);
  int found;

  if (find == NULL)
    return -1;

  sqlite3_bind_text (find, 1, name, -1, SQLITE_STATIC);
  found = helio_ledger_step (ledger, find, error);
  if (found > 0)
    {
      destination->id = sqlite3_column_int64 (find, 0);
      destination->store = g_strdup ((const char *) sqlite3_column_text (find, 1));
      destination->reserved_seq = sqlite3_column_int64 (find, 2);
      destination->acked_seq = sqlite3_column_int64 (find, 3);
    }
  return found;
}

static gboolean
add_destination (HelioLedger *ledger, const char *name, GError **error)
{
  g_autoptr (sqlite3_stmt) add = helio_ledger_statement (ledger, STATEMENT_ADD_DESTINATION, error);

  if (add == NULL)
    return FALSE;

  sqlite3_bind_text (add, 1, name, -1, SQLITE_STATIC);
  return helio_ledger_step (ledger, add, error) >= 0;
}

static gboolean
check_changed (HelioLedger *ledger, GError **error)
{
  if (sqlite3_changes (ledger->db) > 0)
    return TRUE;

  g_set_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
               _ ("The destination was removed from the ledger “%s” meanwhile"), ledger->path);
  return FALSE;
}

int64_t
helio_ledger_next_seq (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_autoptr (sqlite3_stmt) read = helio_ledger_statement (ledger, STATEMENT_READ_SEQ, error);

  if (read == NULL || !RUN (ledger, STATEMENT_RESERVE_SEQ, error, destination)
      || !check_changed (ledger, error))
    return -1;

  BIND (read, destination);
  if (helio_ledger_step (ledger, read, error) <= 0)
    return -1;
  return sqlite3_column_int64 (read, 0);
}

static gboolean
set_store (HelioLedger *ledger, int64_t destination, const char *store, GError **error)
{
  g_autoptr (sqlite3_stmt) set = helio_ledger_statement (ledger, STATEMENT_SET_STORE, error);

  if (set == NULL)
    return FALSE;

  sqlite3_bind_int64 (set, 1, destination);
  sqlite3_bind_text (set, 2, store, -1, SQLITE_STATIC);
  return helio_ledger_step (ledger, set, error) >= 0 && check_changed (ledger, error);
}

/* New data at the receiver hold none of our events, whatever the rows say. */
static gboolean
begin_anew (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_autoptr (GArray) tracks
      = helio_ledger_list_ids (ledger, STATEMENT_LIST_TRACK_IDS, destination, error);

  if (tracks == NULL)
    return FALSE;

  for (guint i = 0; i < tracks->len; i++)
    if (!helio_ledger_empty_track (ledger, g_array_index (tracks, int64_t, i), error))
      return FALSE;

  return RUN (ledger, STATEMENT_CLEAR_ACKED, error, destination);
}

static gboolean
remove_destination (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_autoptr (GArray) tracks
      = helio_ledger_list_ids (ledger, STATEMENT_LIST_TRACK_IDS, destination, error);

  if (tracks == NULL)
    return FALSE;

  for (guint i = 0; i < tracks->len; i++)
    if (!RUN (ledger, STATEMENT_REMOVE_ROWS, error, g_array_index (tracks, int64_t, i)))
      return FALSE;

  return RUN (ledger, STATEMENT_REMOVE_DESTINATION, error, destination);
}

void
helio_ledger_destination_clear (HelioLedgerDestination *destination)
{
  g_clear_pointer (&destination->store, g_free);
}

gboolean
helio_ledger_get_destination (HelioLedger *ledger,
                              const char *name,
                              HelioLedgerDestination *destination,
                              GError **error)
{
  int found;

  g_return_val_if_fail (ledger != NULL && name != NULL && destination != NULL, FALSE);

  *destination = (HelioLedgerDestination){ 0 };
  found = find_destination (ledger, name, destination, error);
  if (found != 0)
    return found > 0;

  if (!add_destination (ledger, name, error))
    return FALSE;

  found = find_destination (ledger, name, destination, error);
  if (found == 0)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                 _ ("The destination “%s” was removed from the ledger “%s” meanwhile"), name,
                 ledger->path);
  return found > 0;
}

gboolean
helio_ledger_set_store (
    HelioLedger *ledger, int64_t destination, const char *store, gboolean is_new, GError **error)
{
  gboolean ok;

  g_return_val_if_fail (ledger != NULL && store != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;

  ok = set_store (ledger, destination, store, error)
       && (!is_new || begin_anew (ledger, destination, error));
  return helio_ledger_end (ledger, ok, error);
}

gboolean
helio_ledger_set_acked (HelioLedger *ledger, int64_t destination, int64_t seq, GError **error)
{
  g_return_val_if_fail (ledger != NULL, FALSE);

  return RUN (ledger, STATEMENT_SET_ACKED, error, destination, seq)
         && check_changed (ledger, error);
}

int64_t
helio_ledger_reserve_seq (HelioLedger *ledger, int64_t destination, GError **error)
{
  int64_t seq;

  g_return_val_if_fail (ledger != NULL, -1);

  if (!helio_ledger_begin (ledger, error))
    return -1;

  seq = helio_ledger_next_seq (ledger, destination, error);
  return helio_ledger_end (ledger, seq >= 0, error) ? seq : -1;
}

gboolean
helio_ledger_remove_destination (HelioLedger *ledger, int64_t destination, GError **error)
{
  g_return_val_if_fail (ledger != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, remove_destination (ledger, destination, error), error);
}
