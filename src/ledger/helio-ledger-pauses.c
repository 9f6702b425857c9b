/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

static gboolean
write_pauses (HelioLedger *ledger, const GArray *pauses, GError **error)
{
  if (!helio_ledger_run_ints (ledger, STATEMENT_REMOVE_PAUSES, 0, NULL, error))
    return FALSE;

  for (guint i = 0; i < pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (pauses, HelioPause, i);

      if (!RUN (ledger, STATEMENT_ADD_PAUSE, error, pause->start, pause->end))
        return FALSE;
    }
  return TRUE;
}

GArray *
helio_ledger_list_pauses (HelioLedger *ledger, GError **error)
{
  g_autoptr (sqlite3_stmt) list = NULL;
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  int found;

  g_return_val_if_fail (ledger != NULL, NULL);

  list = helio_ledger_statement (ledger, STATEMENT_LIST_PAUSES, error);
  if (list == NULL)
    return NULL;

  while ((found = helio_ledger_step (ledger, list, error)) > 0)
    {
      HelioPause pause = { sqlite3_column_int64 (list, 0), sqlite3_column_int64 (list, 1) };

      g_array_append_val (pauses, pause);
    }
  return found == 0 ? g_steal_pointer (&pauses) : NULL;
}

gboolean
helio_ledger_set_pauses (HelioLedger *ledger, const GArray *pauses, GError **error)
{
  g_return_val_if_fail (ledger != NULL && pauses != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, write_pauses (ledger, pauses, error), error);
}
