/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The privacy rules as they are stored: {"version": 1, "rules": […]}. For this folder only. */

#include "rules/helio-rule.h"

G_BEGIN_DECLS

/* More rules, or longer, are refused. */
#define HELIO_RULES_MAX 500
#define HELIO_RULES_MAX_BYTES (256 * 1024)

/**
 * HelioRuleList:
 * @rules: (element-type HelioRule): all, in order
 * @error: (nullable): why the whole of it can't be understood; then there are no rules in it
 */
typedef struct
{
  GPtrArray *rules;
  char *error;
} HelioRuleList;

/* Never fails. "" are no rules. */
HelioRuleList *helio_rule_list_new (const char *json);
void helio_rule_list_free (HelioRuleList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioRuleList, helio_rule_list_free)

G_END_DECLS
