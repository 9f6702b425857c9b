/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "test-cli-agent.h"

G_BEGIN_DECLS

#define TOKEN "hg_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"

typedef struct
{
  GTestDBus *bus;
  TestAgent *agent; /* (nullable) */
  char *folder;

  /* of the last run */
  int code;
  char *out;
  char *err;
} CliFixture;

/* With "none" no agent runs, with "activation" the bus starts one, else one is there. */
void cli_fixture_set_up (CliFixture *f, gconstpointer data);
void cli_fixture_tear_down (CliFixture *f, gconstpointer data);

/* @words: as in a shell */
GSubprocess *
cli_fixture_spawn (CliFixture *f, GSubprocessFlags flags, int stdin_fd, const char *words);

/* Keeps the outputs of a process whose data "fixture" is the fixture; @data is set to TRUE. */
void cli_fixture_on_finished (GObject *source, GAsyncResult *result, gpointer data);

/* Runs heliographctl; its code and outputs are in the fixture afterwards. */
void run (CliFixture *f, const char *words);
void run_with (CliFixture *f, const char *input, const char *words);

void assert_calls (CliFixture *f, const char *calls);
void assert_has (const char *text, const char *part);

#define ADD(path, setting, test)                                                                   \
  g_test_add ("/cli/" path, CliFixture, setting, cli_fixture_set_up, test, cli_fixture_tear_down)

G_END_DECLS
