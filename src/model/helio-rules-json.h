/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The privacy rules as JSON between the agent and those who show and change them: a list of nodes,
 * one for each rule, which need not be valid. What they mean is for the agent to say. */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * helio_rules_json_parse:
 *
 * Returns: (transfer full) (nullable) (element-type JsonNode): one node for each rule; NULL if
 * @json is not the list of rules of a version that is known here
 */
GPtrArray *helio_rules_json_parse (const char *json);

/**
 * helio_rules_json_is_clear:
 * @json: rules that helio_rules_json_parse() knows
 * @but: the index of a rule that is not looked at; -1 for none
 *
 * A member that is there twice, or whose name is written with escapes, breaks a rule, but is lost
 * as it is parsed: written back, the rule would be another one, and at work.
 *
 * Returns: FALSE if there is such a one, so that the rules must not be written back
 */
gboolean helio_rules_json_is_clear (const char *json, int but);

/* (transfer full): the rules as a file, @is_pretty for people */
char *helio_rules_json_write (GPtrArray *rules, gboolean is_pretty);

/* FALSE: no rule has this id. */
gboolean helio_rules_json_find (GPtrArray *rules, const char *id, guint *index);

/* (transfer full): an id that no rule has */
char *helio_rules_json_make_id (GPtrArray *rules);

/* Adds rules, as of a preset; those whose ids are there already are put right. */
void helio_rules_json_merge (GPtrArray *rules, GPtrArray *added);

/* (transfer full): another of the same, which can be changed alone */
JsonNode *helio_rule_json_copy (JsonNode *rule);

/* A member that is a text, or "". */
const char *helio_rule_json_get (JsonNode *rule, const char *member);

/* What says nothing else is on. */
gboolean helio_rule_json_is_on (JsonNode *rule);
/* FALSE: it is no object. */
gboolean helio_rule_json_set_on (JsonNode *rule, gboolean is_on);

G_END_DECLS
