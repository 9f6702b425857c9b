/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What a destination holds, and ActivityWatch is not asked about or has no longer, obeys the rules
 * by itself: it is read back, and what the rules forbid of it is deleted or replaced. Only rules
 * that came since it was published are applied to it, and they can only take away. For this folder
 * only. */

#include "sync/helio-run.h"

G_BEGIN_DECLS

/* Everything from @lo to @hi. FALSE: the run can't go on, as of helio_run_page(). */
gboolean helio_obey (HelioRun *run, int64_t lo, int64_t hi);

/**
 * helio_obey_page:
 * @is_changed: (out): whether @run->rows, the ledger's rows inside the authority of the page, are
 * to be read again
 *
 * What the page does not tell the destination's form of, before the page is applied.
 */
gboolean helio_obey_page (HelioRun *run, const HelioPage *page, gboolean *is_changed);

G_END_DECLS
