/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

gboolean
helio_ledger_defer (HelioLedger *ledger, int64_t track, const GArray *deferred, GError **error)
{
  for (guint i = 0; i < deferred->len; i++)
    {
      const HelioDeferred *one = &g_array_index (deferred, HelioDeferred, i);
      gboolean ok = one->count > 0
                        ? RUN (ledger, STATEMENT_ADD_DEFERRED, error, track, one->start, one->count)
                        : RUN (ledger, STATEMENT_REMOVE_DEFERRED, error, track, one->start);

      if (!ok)
        return FALSE;
    }
  return TRUE;
}

GArray *
helio_ledger_list_deferred (HelioLedger *ledger, int64_t track, GError **error)
{
  g_autoptr (sqlite3_stmt) list = NULL;
  g_autoptr (GArray) deferred = g_array_new (FALSE, FALSE, sizeof (HelioDeferred));
  int found;

  g_return_val_if_fail (ledger != NULL, NULL);

  list = helio_ledger_statement (ledger, STATEMENT_LIST_DEFERRED, error);
  if (list == NULL)
    return NULL;

  BIND (list, track);
  while ((found = helio_ledger_step (ledger, list, error)) > 0)
    {
      HelioDeferred one = {
        .start = sqlite3_column_int64 (list, 0),
        .count = sqlite3_column_int64 (list, 1),
      };

      g_array_append_val (deferred, one);
    }
  return found == 0 ? g_steal_pointer (&deferred) : NULL;
}
