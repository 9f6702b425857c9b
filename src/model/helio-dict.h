/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* The a{sv} dictionaries of the agent's D-Bus interface. */

/**
 * helio_dict_get_text:
 *
 * Returns: (transfer none): the text under @key, which lives as long as @dict, or ""
 */
const char *helio_dict_get_text (GVariant *dict, const char *key);

/**
 * helio_dict_get_number:
 *
 * Returns: the number under @key, whichever type it has, rounded, or 0
 */
int64_t helio_dict_get_number (GVariant *dict, const char *key);

/**
 * helio_dict_get_flag:
 *
 * Returns: the boolean under @key, or FALSE
 */
gboolean helio_dict_get_flag (GVariant *dict, const char *key);

/**
 * helio_dict_get_part:
 *
 * Returns: the fraction under @key, from 0 to 1, or 0
 */
double helio_dict_get_part (GVariant *dict, const char *key);

/**
 * helio_dicts_find:
 * @dicts: (nullable): of type aa{sv}
 *
 * Returns: (transfer full) (nullable): the first dictionary that has the text @value under @key
 */
GVariant *helio_dicts_find (GVariant *dicts, const char *key, const char *value);

/* How many there are, how many have the boolean @key. @dicts: (nullable): of type aa{sv} */
guint helio_dicts_count (GVariant *dicts);
guint helio_dicts_count_flags (GVariant *dicts, const char *key);

G_END_DECLS
