/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

/* The transactions that change rows. */

static gboolean
acknowledge (HelioLedger *ledger, HelioRecord *record, GError **error)
{
  if (record->acked_seq < 0)
    return TRUE;
  if (!RUN (ledger, STATEMENT_ACK_SEQ, error, record->destination, record->acked_seq))
    return FALSE;

  record->next_seq = helio_ledger_next_seq (ledger, record->destination, error);
  return record->next_seq >= 0;
}

static gboolean
write_record (HelioLedger *ledger, HelioRecord *record, GError **error)
{
  HelioRowCounts counts = { 0 };
  int64_t track = record->track;

  return helio_ledger_check_track (ledger, track, error)
         && (record->remove == NULL
             || helio_ledger_drop_rows (ledger, track, record->remove, &counts, error))
         && (record->put == NULL
             || helio_ledger_put_rows (ledger, track, record->put, &counts, error))
         && helio_ledger_add_counts (ledger, track, &counts, error)
         && (record->deferred == NULL
             || helio_ledger_defer (ledger, track, record->deferred, error))
         && helio_ledger_cover (ledger, track, record->lo, record->hi, record->rules_hash, error)
         && acknowledge (ledger, record, error);
}

gboolean
helio_ledger_record (HelioLedger *ledger, HelioRecord *record, GError **error)
{
  g_return_val_if_fail (ledger != NULL && record != NULL, FALSE);

  record->next_seq = -1;
  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  if (helio_ledger_end (ledger, write_record (ledger, record, error), error))
    return TRUE;

  record->next_seq = -1;
  return FALSE;
}
