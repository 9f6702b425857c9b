/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "cli/helio-cli.h"

G_BEGIN_DECLS

/* The privacy rules as JSON between the agent and the commands that change them. What they mean
 * is for the agent to say. */

/**
 * helio_cli_get_rules:
 * @problems: (out) (optional) (transfer full): what is wrong with them
 *
 * Returns: (transfer full) (nullable): as they are stored; NULL has been reported
 */
char *helio_cli_get_rules (HelioCli *cli, GVariant **problems);

/* Puts them in force; anything else than HELIO_EXIT_OK has been reported. */
HelioExit helio_cli_set_rules (HelioCli *cli, const char *json);

/**
 * helio_cli_parse_rules:
 *
 * Returns: (transfer full) (nullable) (element-type JsonNode): one node for each rule; NULL if
 * there is no list of rules in @json
 */
GPtrArray *helio_cli_parse_rules (const char *json);

/* (transfer full): the rules as a file, @is_pretty for people */
char *helio_cli_write_rules (GPtrArray *rules, gboolean is_pretty);

/* A member that is a text, or "". */
const char *helio_cli_rule_get (JsonNode *rule, const char *member);

/* @word: an id, or else a number from 1. FALSE: there is none. */
gboolean helio_cli_rule_find (GPtrArray *rules, const char *word, guint *index);

/* Reads a file, or standard input for "-"; NULL has been reported. */
char *helio_cli_read_rules_file (const char *name);

/* Prints what is wrong. */
void helio_cli_print_problems (GVariant *problems);

G_END_DECLS
