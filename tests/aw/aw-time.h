/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Times as the two servers read and write them. Inside: int64_t ns since 1970, UTC. */

#include "aw-json.h"

G_BEGIN_DECLS

#define AW_MS INT64_C (1000000)
#define AW_SECOND INT64_C (1000000000)
#define AW_DAY (86400 * AW_SECOND)

/* Room for the longest text, with its end. */
#define AW_TIME_TEXT 48

/* Python: `2026-11-01T10:00:20+00:00` with 0 or 6 digits; Rust: `...Z` with 0, 3, 6 or 9.
 * Returns the length. */
int aw_time_format (int64_t ns, AwFlavour flavour, char text[AW_TIME_TEXT]);
/* Seconds as a float: `5.0`, `10.1234567`. Returns the length. */
int aw_duration_format (int64_t ns, AwFlavour flavour, char text[AW_TIME_TEXT]);

/* Python takes a date alone and no zone (UTC); Rust wants all of RFC 3339. */
gboolean aw_time_parse (const char *text, AwFlavour flavour, int64_t *ns);

/* Floor division, also below zero. */
int64_t aw_floor (int64_t value, int64_t unit);

G_END_DECLS
