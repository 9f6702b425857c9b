/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * helio_sent_text:
 * @item: one dictionary of the answer to ListSent
 *
 * "Live status: active · Editor", "9 events deleted". It holds titles: show it without markup.
 *
 * Returns: (transfer full) (nullable): what left; NULL for an event, which its data describe
 */
char *helio_sent_text (GVariant *item);

G_END_DECLS
