/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "window/helio-rule-book.h"

G_BEGIN_DECLS

/**
 * HelioRuleRow:
 *
 * One privacy rule: what it does in words, what is wrong with it, its switch, and a menu with all
 * that can be done to it.
 */
#define HELIO_TYPE_RULE_ROW (helio_rule_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioRuleRow, helio_rule_row, HELIO, RULE_ROW, AdwPreferencesRow)

HelioRuleRow *helio_rule_row_new (HelioRuleBook *book);

/* The rule at @index of those in the book. */
void helio_rule_row_update (HelioRuleRow *row, guint index);
guint helio_rule_row_get_index (HelioRuleRow *row);

G_END_DECLS
