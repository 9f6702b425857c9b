/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "model/helio-presence.h"
#include "sync/helio-job.h"

G_BEGIN_DECLS

/**
 * helio_status_send:
 * @presence: what is happening now
 * @now: ms
 * @ttl: s
 * @agrees: (out): FALSE if the destination's store or seq is not what the ledger knows: it was
 *   set back or made anew, so the next run must compare (clear @job->is_checked)
 * @retry_after: (out): s, what the destination asked to wait after HELIO_ERROR_RETRY, or 0
 *
 * One `PUT status`. May run beside a history run.
 */
gboolean helio_status_send (const HelioJob *job,
                            const HelioPresence *presence,
                            int64_t now,
                            int ttl,
                            gboolean *agrees,
                            int *retry_after,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
