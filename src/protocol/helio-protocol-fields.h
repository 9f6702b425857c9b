/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What reading an answer and reading a request share: single members of an object, checked. For
 * this folder only. Each function consumes one value or makes the cursor fail; the problem then
 * names the member. */

#include <gio/gio.h>
#include <stdint.h>

#include "json/helio-json.h"

G_BEGIN_DECLS

/* Fails the cursor unless it failed before. @problem must be static. Returns FALSE. */
gboolean helio_fields_fail (HelioJson *json, const char *problem);

/* An integer of the range. */
gboolean helio_fields_take_integer (
    HelioJson *json, int64_t min, int64_t max, int64_t *value, const char *problem);

/* A text without NUL; a text that is there already is a repeated member and fails. */
gboolean helio_fields_take_text (HelioJson *json, char **text, const char *problem);

/* The same, or null, which leaves @text alone. */
gboolean helio_fields_take_text_or_null (HelioJson *json, char **text, const char *problem);

/* Passes a value nobody knows: a later version of the protocol may add members. */
gboolean helio_fields_skip (HelioJson *json);

/* Makes a GError of what the cursor failed with, and says where. Returns FALSE. */
gboolean helio_fields_set_error (const HelioJson *json, int code, const char *what, GError **error);

G_END_DECLS
