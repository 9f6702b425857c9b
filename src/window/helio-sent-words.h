/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What left, in words: @item is one dictionary of the answer to ListSent. All texts are (transfer
 * full); they hold titles: show them without markup. */

/* "Editor · letter.txt", "Live status: active · Editor", "9 events deleted". */
char *helio_sent_get_title (GVariant *item);

/* @buckets: (nullable): the agent's, for their names */
char *helio_sent_get_subtitle (GVariant *item, GVariant *buckets, int64_t now);

/* What people call a destination, of the agent's property. */
char *helio_sent_get_destination (GVariant *destination);

G_END_DECLS
