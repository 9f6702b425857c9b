/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * helio_json_append:
 * @json: where to
 * @value: of any type of the agent's interface
 *
 * Writes a value as JSON: dictionaries with string keys become objects whose keys have `_` for
 * `-`, as in the protocol; arrays and tuples become arrays.
 */
void helio_json_append (GString *json, GVariant *value);

/* A member of an object: `"key": value`, after a comma unless it is the first. */
void helio_json_append_member (GString *json, const char *key, GVariant *value);

/* The beginning of a member whose name is not a key of ours: it stays as it is. */
void helio_json_append_name (GString *json, const char *name);

/* Prints a property that is an array; one that is missing is empty. */
void helio_json_print (GVariant *list);

G_END_DECLS
