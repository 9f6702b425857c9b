/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "model/helio-rules-json.h"

G_BEGIN_DECLS

/* A privacy rule in words of a person. All texts are (transfer full), and may hold what somebody
 * typed: show them without markup. */

/* Its name; where it has none, what it does. */
char *helio_rule_get_title (JsonNode *rule);

/* "Drop events where app is “Signal” · only windows": all that it does; as it stands there what
 * can't be understood. */
char *helio_rule_get_words (JsonNode *rule);

/* Where a rule looks, as by the member of its "where": "Only windows". Empty for everywhere. */
char *helio_rule_get_place (const char *key, const char *value);

G_END_DECLS
