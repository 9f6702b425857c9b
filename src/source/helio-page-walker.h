/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Walks a bucket backwards, newest first, in pages whose authority is exact. It knows the traps
 * of facts: clipped border events are re-read whole by their id, runs of equal starts double the
 * limit, the limit adapts to the answer time, and a read that would harm ActivityWatch is not
 * made. */

#include "source/helio-aw-client.h"

G_BEGIN_DECLS

/**
 * HelioAwCost:
 * @limit: events per page found good for this server and bucket, or 0 to begin small
 * @page_us: what the last whole page took, µs
 * @uses_windows: whether the smallest page by limit is too dear, so that time windows are read
 * @window: length of the window, ms
 * @closes_connections: whether the server closes the connection after each answer
 *
 * What reading costs at one server and bucket, learned by behaviour; kept by the caller from one
 * walk to the next. Zeroed: nothing known.
 */
typedef struct
{
  guint limit;
  int64_t page_us;
  gboolean uses_windows;
  int64_t window;
  gboolean closes_connections;
} HelioAwCost;

typedef struct _HelioPageWalker HelioPageWalker;

/**
 * helio_page_walker_new:
 * @client: (transfer none): used only by this walker while it lives
 * @bucket: id of the bucket
 * @lo: the first start wanted, ms, or HELIO_TIME_MIN for all
 * @hi: the last start wanted, ms; never beyond now
 * @cost: (inout): what is known of the costs, updated by each page
 */
HelioPageWalker *helio_page_walker_new (
    HelioAwClient *client, const char *bucket, int64_t lo, int64_t hi, HelioAwCost *cost);
void helio_page_walker_free (HelioPageWalker *walker);

/**
 * helio_page_walker_next:
 * @page: cleared and filled: events inside its authority only, sorted, border events whole;
 *   authority [page.lo, page.hi] joins the one of the page before and stays inside [lo, hi]
 *
 * Errors: HELIO_ERROR_AW_CHANGED after several reads that did not agree with each other,
 * HELIO_ERROR_AW_SLOW if the next read would take longer than 4 s, and those of the client. After
 * an error the same page may be asked for again.
 *
 * Returns: TRUE with a page, FALSE on an error
 */
gboolean helio_page_walker_next (HelioPageWalker *walker,
                                 HelioPage *page,
                                 GCancellable *cancellable,
                                 GError **error);

/* TRUE when the pages given so far reach down to lo. */
gboolean helio_page_walker_is_done (HelioPageWalker *walker);

/* How long to leave the server alone before the next page, µs: 0 where a page costs it next to
 * nothing, else max(0.3 s, a quarter of the last page's time). */
int64_t helio_page_walker_get_pause (HelioPageWalker *walker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioPageWalker, helio_page_walker_free)

G_END_DECLS
