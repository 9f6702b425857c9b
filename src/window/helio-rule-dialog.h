/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "window/helio-rule-book.h"

G_BEGIN_DECLS

/* A form for one privacy rule, checked and shown at work while it is written. */
#define HELIO_TYPE_RULE_DIALOG (helio_rule_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HelioRuleDialog, helio_rule_dialog, HELIO, RULE_DIALOG, AdwWindow)

/* @rule: (nullable): the one to change; NULL for a new one */
GtkWindow *helio_rule_dialog_new (GtkWindow *parent, HelioRuleBook *book, JsonNode *rule);

G_END_DECLS
