/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The data of an event, as it is read: a line for each field. All texts are (transfer full). */

/**
 * helio_event_fields_compare:
 * @data: (nullable): an event's data as JSON
 * @published: (nullable): what leaves of it; NULL for nothing
 * @before: (out) (optional): markup: @data, what does not leave as it is struck out
 * @after: (out) (optional): markup: @published, and by name what is hidden; empty for nothing
 * @words: (out) (optional): plain: what leaves, in one line
 */
void helio_event_fields_compare (
    const char *data, const char *published, char **before, char **after, char **words);

/* "Editor · letter.txt": the values, plain, in one line; the JSON itself if it is cut. */
char *helio_event_fields_describe (const char *data);

G_END_DECLS
