/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

/* 1: known; 0: not; -1: error. */
static int
find_rules (HelioLedger *ledger, uint64_t rules_hash, GArray *digests, GError **error)
{
  g_autoptr (sqlite3_stmt) find = helio_ledger_statement (ledger, STATEMENT_FIND_RULES, error);
  int found;

  if (find == NULL)
    return -1;
  BIND (find, (int64_t) (rules_hash & HELIO_LEDGER_RULES));
  found = helio_ledger_step (ledger, find, error);
  if (found > 0)
    g_array_append_vals (digests, sqlite3_column_blob (find, 0),
                         (guint) sqlite3_column_bytes (find, 0) / sizeof (uint64_t));
  return found;
}

static gboolean
add_rules (HelioLedger *ledger, uint64_t rules_hash, const GArray *digests, GError **error)
{
  g_autoptr (sqlite3_stmt) add = helio_ledger_statement (ledger, STATEMENT_ADD_RULES, error);

  if (add == NULL)
    return FALSE;
  BIND (add, (int64_t) (rules_hash & HELIO_LEDGER_RULES));
  /* Without any, the array has no memory, and NULL is no blob. */
  sqlite3_bind_blob (add, 2, digests->len > 0 ? digests->data : "",
                     (int) (digests->len * sizeof (uint64_t)), SQLITE_STATIC);
  return helio_ledger_step (ledger, add, error) >= 0;
}

gboolean
helio_ledger_note_rules (HelioLedger *ledger,
                         uint64_t rules_hash,
                         const GArray *digests,
                         GError **error)
{
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  int found;

  g_return_val_if_fail (ledger != NULL && digests != NULL, FALSE);

  found = find_rules (ledger, rules_hash, known, error);
  if (found != 0)
    return found > 0;
  return add_rules (ledger, rules_hash, digests, error);
}

gboolean
helio_ledger_get_rules (HelioLedger *ledger, uint64_t rules_hash, GArray **digests, GError **error)
{
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  int found;

  g_return_val_if_fail (ledger != NULL && digests != NULL, FALSE);

  *digests = NULL;
  found = rules_hash == 0 ? 0 : find_rules (ledger, rules_hash, known, error);
  if (found > 0)
    *digests = g_steal_pointer (&known);
  return found >= 0;
}
