/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/helio-cli.h"
#include "model/helio-rules-json.h"

G_BEGIN_DECLS

/* The privacy rules between the agent and the commands that change them. */

/**
 * helio_cli_get_rules:
 * @problems: (out) (optional) (transfer full): what is wrong with them
 *
 * Returns: (transfer full) (nullable): as they are stored; NULL has been reported
 */
char *helio_cli_get_rules (HelioCli *cli, GVariant **problems);

/* Puts them in force; anything else than HELIO_EXIT_OK has been reported. */
HelioExit helio_cli_set_rules (HelioCli *cli, const char *json);

/* The same for what was made of @before: fails if somebody else changed them meanwhile. */
HelioExit helio_cli_replace_rules (HelioCli *cli, const char *before, const char *json);

/* (transfer full) (nullable): the stored rules, to be changed and written back; NULL has been
 * reported */
GPtrArray *helio_cli_parse_rules (const char *json);

/* @word: an id, or else a number from 1. FALSE: there is none. */
gboolean helio_cli_rule_find (GPtrArray *rules, const char *word, guint *index);

/* Reads a file, or standard input for "-"; NULL has been reported. */
char *helio_cli_read_rules_file (const char *name);

/* Prints what is wrong. */
void helio_cli_print_problems (GVariant *problems);

G_END_DECLS
