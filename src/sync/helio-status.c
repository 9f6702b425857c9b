/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-status.h"

#include "destination/helio-destination.h"
#include "ledger/helio-ledger.h"

gboolean
helio_status_send (const HelioJob *job,
                   const HelioPresence *presence,
                   int64_t now,
                   int ttl,
                   gboolean *agrees,
                   int *retry_after,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (HelioDestination) destination = NULL;
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioLedgerDestination) known = { 0 };
  const char *store;
  int64_t seq;

  *agrees = TRUE;
  *retry_after = 0;
  destination = helio_destination_new (job->url, job->token, job->allows_plain_http, error);
  if (destination == NULL)
    return FALSE;

  /* Read before the request: what is acknowledged then, the answer must know. Presence does not
   * depend on the ledger, so a ledger that can't be read is left to the next run. */
  ledger = helio_ledger_open (job->ledger_path, NULL);
  if (ledger != NULL && !helio_ledger_get_destination (ledger, job->destination, &known, NULL))
    g_clear_pointer (&ledger, helio_ledger_close);

  if (!helio_destination_put_status (destination, presence, now, ttl, cancellable, error))
    {
      *retry_after = helio_destination_get_retry_after (destination);
      return FALSE;
    }
  if (ledger != NULL && known.store[0] != '\0'
      && helio_destination_get_told (destination, &store, &seq))
    *agrees = g_str_equal (store, known.store) && seq >= known.acked_seq;
  return TRUE;
}
