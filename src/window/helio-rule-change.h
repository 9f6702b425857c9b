/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "model/helio-rules-json.h"

G_BEGIN_DECLS

/**
 * HelioRuleChange:
 *
 * One thing that a person does to the privacy rules. It can be done again to rules that somebody
 * else changed meanwhile, as long as the rule that it is about is still what the person
 * looked at.
 */
typedef struct _HelioRuleChange HelioRuleChange;

/* What a rule is known by, from look to look: its id, or all of it where it has none.
 * (transfer full) */
char *helio_rule_make_key (JsonNode *rule);

/**
 * helio_rule_change_put:
 * @rule: what the rule becomes
 * @before: (nullable): what it was; NULL: a new one, which is put at the end
 */
HelioRuleChange *helio_rule_change_put (JsonNode *rule, JsonNode *before);
HelioRuleChange *helio_rule_change_remove (JsonNode *before);
HelioRuleChange *helio_rule_change_move (JsonNode *before, int by);
HelioRuleChange *helio_rule_change_switch (JsonNode *before, gboolean is_on);
/* Adds the rules of a preset. */
HelioRuleChange *helio_rule_change_merge (const char *json);
/* Removes all, also what can't be understood. */
HelioRuleChange *helio_rule_change_clear (void);
void helio_rule_change_free (HelioRuleChange *change);

/**
 * helio_rule_change_apply:
 * @json: the rules as they are
 *
 * Returns: (transfer full) (nullable): the rules as they become; NULL with an error,
 * %HELIO_ERROR_RULES_CHANGED if what it is about is another thing by now
 */
char *helio_rule_change_apply (const HelioRuleChange *change, const char *json, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioRuleChange, helio_rule_change_free)

G_END_DECLS
