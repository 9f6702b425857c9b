/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What people type, and columns of what they read. */

/* What looks like a token becomes "hg_…": a slip on the command line is not repeated. */
char *helio_text_mask_tokens (const char *text);

/**
 * helio_text_parse_until:
 * @text: "1h", "30m", "1h30m", "2d", "tomorrow" or "14:30"
 * @now: ms
 * @until: (out): when a pause ends, ms
 *
 * Strict: the whole text must be one of these, above zero and at most 366 days. "tomorrow" is the
 * next midnight, "14:30" the next time a clock shows it.
 */
gboolean helio_text_parse_until (const char *text, int64_t now, int64_t *until);

/* "2026-03-01": the beginning of that day, ms. */
gboolean helio_text_parse_day (const char *text, int64_t *ms);

/**
 * helio_text_nearest:
 * @word: what was typed
 * @words: (array zero-terminated=1): what there is
 *
 * Returns: (nullable): the nearest one, NULL if none is near
 */
const char *helio_text_nearest (const char *word, const char *const *words);

/* How many columns of a terminal it takes: some letters are two wide, some none. */
guint helio_text_width (const char *text);

/**
 * HelioTable:
 *
 * Rows of cells, written in aligned columns; numbers flush right.
 */
typedef struct _HelioTable HelioTable;

/* @columns: the headings, NULL at the end; one that begins with ">" is flush right. */
HelioTable *helio_table_new (const char *indent, ...) G_GNUC_NULL_TERMINATED;
void helio_table_add (HelioTable *table, const char *text);
guint helio_table_rows (const HelioTable *table);
void helio_table_print (const HelioTable *table);
void helio_table_free (HelioTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioTable, helio_table_free)

G_END_DECLS
