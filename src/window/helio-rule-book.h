/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "helio-agent-dbus.h"
#include "window/helio-rule-change.h"

G_BEGIN_DECLS

/**
 * HelioRuleBook:
 *
 * The privacy rules as the agent has them, followed as they change; "changed" tells that. What a
 * person changes is sent as a whole, but only in place of the rules it was made of.
 */
#define HELIO_TYPE_RULE_BOOK (helio_rule_book_get_type ())
G_DECLARE_FINAL_TYPE (HelioRuleBook, helio_rule_book, HELIO, RULE_BOOK, GObject)

HelioRuleBook *helio_rule_book_new (void);
/* @agent: (nullable) */
void helio_rule_book_set_agent (HelioRuleBook *book, HelioAgent1 *agent);

/* (nullable) (transfer none) */
HelioAgent1 *helio_rule_book_get_agent (HelioRuleBook *book);

/* Asks the agent again. */
void helio_rule_book_read (HelioRuleBook *book);
/* (nullable): why the agent did not tell the rules when it was asked last */
const GError *helio_rule_book_get_failure (HelioRuleBook *book);

/* (nullable): NULL while they are not known */
const char *helio_rule_book_get_json (HelioRuleBook *book);
/* (nullable) (element-type JsonNode): NULL if they can't be understood as a whole */
GPtrArray *helio_rule_book_get_rules (HelioRuleBook *book);
/* (transfer full) (nullable): what is wrong with the rule at @index; -1 for the whole */
char *helio_rule_book_get_error (HelioRuleBook *book, int index);

/* @change: (transfer full): done again if somebody else was quicker */
void helio_rule_book_change_async (HelioRuleBook *book,
                                   HelioRuleChange *change,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
gboolean helio_rule_book_change_finish (HelioRuleBook *book, GAsyncResult *result, GError **error);

G_END_DECLS
