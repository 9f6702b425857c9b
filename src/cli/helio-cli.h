/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/**
 * HelioExit:
 *
 * What the program tells its caller, as `heliographctl --help` documents it: scripts rely on it.
 */
typedef enum
{
  HELIO_EXIT_OK = 0,
  HELIO_EXIT_FAILED = 1,
  HELIO_EXIT_USAGE = 2,
  HELIO_EXIT_NO_AGENT = 3,
  HELIO_EXIT_DIFFERENT = 4,
  HELIO_EXIT_ATTENTION = 5,
  HELIO_EXIT_MENDED = 6,
} HelioExit;

typedef struct _HelioCommand HelioCommand;

/**
 * HelioCli:
 * @command: the command that runs
 * @agent: (nullable): the agent, after helio_cli_connect()
 */
typedef struct
{
  const HelioCommand *command;
  HelioAgent1 *agent;
} HelioCli;

/**
 * HelioCommand:
 * @name: one word or two, as the user types them
 * @arguments: what follows, for the help
 * @summary: one line for the list of commands
 * @details: (nullable): more for its own help
 * @run: does it; @args[0] is the name
 */
struct _HelioCommand
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *details;
  HelioExit (*run) (HelioCli *cli, char ***args);
};

/* Whether a command that finds no agent lets the bus start one. */
typedef enum
{
  HELIO_CLI_START,
  HELIO_CLI_ONLY_RUNNING,
} HelioCliStart;

/**
 * helio_cli_parse:
 * @entries: (nullable): the options of the command
 * @args: (inout): all words, @args[0] the name; afterwards only those that are no options
 * @least: how many words must follow
 * @most: how many may
 *
 * Answers `--help` itself. A wrong use is reported, and the command ends with HELIO_EXIT_USAGE.
 */
gboolean
helio_cli_parse (HelioCli *cli, const GOptionEntry *entries, char ***args, guint least, guint most);

/* Connects to the agent; anything else than HELIO_EXIT_OK has been reported. */
HelioExit helio_cli_connect (HelioCli *cli, HelioCliStart start);

/* Both: parses, then connects to an agent, which is started if need be. */
HelioExit
helio_cli_begin (HelioCli *cli, const GOptionEntry *entries, char ***args, guint least, guint most);

/* Of a list, whose one option is --json, and of which up to @most words choose a part. */
HelioExit helio_cli_begin_list (HelioCli *cli, char ***args, guint most, gboolean *is_json);

#define HELIO_CLI_JSON_ENTRY(is_json)                                                              \
  {                                                                                                \
    "json", 0, 0, G_OPTION_ARG_NONE, (is_json), N_ ("For programs"), NULL                          \
  }

/* Waits, not for ever, until an agent that just started knows its buckets and destinations. */
void helio_cli_wait_started (HelioCli *cli);

/* Reports what the agent or the bus answered. */
HelioExit helio_cli_failed (const GError *error);

/* Reports a wrong use and where the right one is explained. */
HelioExit helio_cli_misused (HelioCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Writes "heliographctl: " and the message to stderr. What looks like a token is masked. */
void helio_cli_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The commands, one file per noun. */
HelioExit helio_cli_status (HelioCli *cli, char ***args);
HelioExit helio_cli_sync (HelioCli *cli, char ***args);
HelioExit helio_cli_verify (HelioCli *cli, char ***args);
HelioExit helio_cli_pause (HelioCli *cli, char ***args);
HelioExit helio_cli_resume (HelioCli *cli, char ***args);
HelioExit helio_cli_buckets (HelioCli *cli, char ***args);
HelioExit helio_cli_bucket_enable (HelioCli *cli, char ***args);
HelioExit helio_cli_bucket_disable (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_add (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_list (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_test (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_remove (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_level (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_set (HelioCli *cli, char ***args);
HelioExit helio_cli_destination_token (HelioCli *cli, char ***args);
HelioExit helio_cli_option_list (HelioCli *cli, char ***args);
HelioExit helio_cli_option_set (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_list (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_add (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_remove (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_enable (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_disable (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_move (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_test (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_import (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_export (HelioCli *cli, char ***args);
HelioExit helio_cli_rules_preset (HelioCli *cli, char ***args);
HelioExit helio_cli_preview (HelioCli *cli, char ***args);
HelioExit helio_cli_questions (HelioCli *cli, char ***args);
HelioExit helio_cli_answer (HelioCli *cli, char ***args);
HelioExit helio_cli_log (HelioCli *cli, char ***args);
HelioExit helio_cli_rejected (HelioCli *cli, char ***args);
HelioExit helio_cli_retry (HelioCli *cli, char ***args);
HelioExit helio_cli_sent (HelioCli *cli, char ***args);
HelioExit helio_cli_quit (HelioCli *cli, char ***args);
HelioExit helio_cli_source_test (HelioCli *cli, char ***args);
HelioExit helio_cli_source_url (HelioCli *cli, char ***args);
HelioExit helio_cli_source_key (HelioCli *cli, char ***args);

/**
 * helio_cli_find_destination:
 * @word: an id or a name
 *
 * Returns: (transfer full) (nullable): the id; NULL has been reported
 */
char *helio_cli_find_destination (HelioCli *cli, const char *word);

/**
 * helio_cli_choose_destinations:
 * @word: (nullable): an id or a name; NULL for all
 *
 * Returns: (transfer full) (nullable) (element-type utf8): ids; NULL has been reported
 */
GPtrArray *helio_cli_choose_destinations (HelioCli *cli, const char *word);

/**
 * helio_cli_get_page:
 *
 * Returns: (transfer full) (nullable): the address of its live page, if the agent knows one
 */
char *helio_cli_get_page (HelioCli *cli, const char *id);

/* What people call it, or the id. Valid until the agent's properties change. */
const char *helio_cli_destination_name (HelioCli *cli, const char *id);

G_END_DECLS
