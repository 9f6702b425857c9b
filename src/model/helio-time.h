/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Times at the edges: ISO 8601 there, int64_t ms UTC inside. */

/* Longest text that helio_time_format() writes, with its end. */
#define HELIO_TIME_TEXT 32

/**
 * helio_time_format:
 * @ms: a time
 * @text: (out caller-allocates): room for HELIO_TIME_TEXT bytes
 *
 * Writes `2026-11-20T23:36:34.367Z`: full RFC 3339 with an offset, which both ActivityWatch
 * servers accept, and without a `+`, which would have to be escaped in a query.
 */
void helio_time_format (int64_t ms, char text[HELIO_TIME_TEXT]);

/**
 * helio_time_parse:
 * @text: RFC 3339 with 0 to 9 digits of fraction and `Z` or an offset; need not end in NUL
 * @length: its length
 * @seconds: (out): whole seconds since 1970, floored
 * @nanoseconds: (out): 0 .. 999999999
 *
 * Strict: the whole text must be one time.
 */
gboolean helio_time_parse (const char *text, gsize length, int64_t *seconds, int32_t *nanoseconds);

/* The wall clock in ms. Logic takes the time as a parameter; only edges call this. */
int64_t helio_time_now (void);

/* When tomorrow begins in the zone of the user, ms. */
int64_t helio_time_next_midnight (int64_t now);

G_END_DECLS
