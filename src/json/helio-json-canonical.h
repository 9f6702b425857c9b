/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "json/helio-json.h"

G_BEGIN_DECLS

/**
 * helio_json_take_canonical:
 * @canonical: receives the canonical form of the next value, appended; nothing if it fails
 *
 * Keys sorted by their UTF-8 bytes at every level, the last of equal keys wins, no spaces,
 * minimal escapes (`\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`, other controls `\u00xx`), raw UTF-8,
 * lone surrogates U+FFFD, integers exactly as written, other numbers in the shortest form that
 * reads back the same and always with a `.` or an `e`; NaN and the infinities become `null`.
 * So Python's and Rust's answers for one event give the same bytes.
 *
 * Nearly all that both servers send is checked and copied at the speed of one scan: a flat object
 * with its keys in order that is canonical but for the spaces and the `\uXXXX` that Python writes.
 *
 * Returns: FALSE if it is no valid value, as helio_json_take_value()
 */
gboolean helio_json_take_canonical (HelioJson *json, GByteArray *canonical);

G_END_DECLS
