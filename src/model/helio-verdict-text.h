/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What people read of the agent's Verdicts. Window and command line say it alike. */

/**
 * helio_verdict_text_days:
 * @most: how many days are named
 *
 * Returns: (transfer full): "2026-11-24, 2026-11-25 and 3 more days"; "" if none differed
 */
char *helio_verdict_text_days (GVariant *verdict, guint most);

/**
 * helio_verdict_text_result:
 * @most: how many days are named
 *
 * Returns: (transfer full): "equal", "equal; mended, it differed on 2026-11-24", "differs on
 *   2026-11-24", "2 events were refused for good", "150 deletions wait for your answer", or several
 * of these
 */
char *helio_verdict_text_result (GVariant *verdict, guint most);

G_END_DECLS
