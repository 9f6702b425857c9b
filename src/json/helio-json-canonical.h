/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * helio_json_canonical:
 * @text: one valid JSON value, as helio_json_take_value() gave it
 * @length: its length
 * @canonical: receives the canonical form, appended
 *
 * Keys sorted by their UTF-8 bytes at every level, the last of equal keys wins, no spaces,
 * minimal escapes (`\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`, other controls `\u00xx`), raw UTF-8,
 * lone surrogates U+FFFD, integers exactly as written, other numbers in the shortest form that
 * reads back the same and always with a `.` or an `e`; NaN and the infinities become `null`.
 * So Python's and Rust's answers for one event give the same bytes.
 *
 * Text that is canonical already (nearly all that the Rust server sends) is copied at the speed
 * of one scan.
 */
void helio_json_canonical (const char *text, gsize length, GByteArray *canonical);

G_END_DECLS
