/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What people read: times, spans, numbers. Tray, window and command line say them alike.
 * "now" is a parameter everywhere; times are ms, shown in the zone of the user. */

/* "14:05" on the day of now, "Mon 14:05" within a week, else "2026-03-01 14:05"; days are written
 * as the language writes them. */
char *helio_text_time (int64_t ms, int64_t now);

/* "2026-03-01", as the language writes it. */
char *helio_text_day (int64_t ms);

/* "2026-03-01" in every language: as a person types it to us, and programs read it. */
char *helio_text_typed_day (int64_t ms);

/* "2026-03-01 14:05:09" in every language: what is compared and sorted. */
char *helio_text_moment (int64_t ms);

/* "12 s", "5 min", "2 h 10 min", "3 days". */
char *helio_text_span (int64_t ms);

/* "just now", "12 min ago", "Mon 14:05": a time before now, within a sentence. */
char *helio_text_ago (int64_t ms, int64_t now);

/* Grouped by thousands as the locale does. */
char *helio_text_count (int64_t count);

/* Part of whole, rounded down so that only all is "100 %"; "-" if the whole is unknown. */
char *helio_text_percent (int64_t part, int64_t whole);

/* Nothing in it moves the cursor or turns the direction of writing: titles come from anywhere. */
char *helio_text_clean (const char *text);

/* A browser is given nothing but a web address, wherever it came from. */
gboolean helio_text_is_web_address (const char *text);

G_END_DECLS
