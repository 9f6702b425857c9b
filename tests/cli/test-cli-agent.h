/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TEST_AGENT_NAME "io.github.heliograph.Heliograph.Agent"

/* An agent for tests: the real interface, canned properties, and a record of all calls. */
typedef struct _TestAgent TestAgent;

TestAgent *test_agent_new (const char *bus_address);
void test_agent_free (TestAgent *agent);

/* "Method(arguments)" line by line, since the last time. */
char *test_agent_take_calls (TestAgent *agent);
int64_t test_agent_last_pause (TestAgent *agent);

void test_agent_make_trouble (TestAgent *agent);
void test_agent_make_paused (TestAgent *agent);

/* After the next ListLog it logs once more and leaves the bus. */
void test_agent_log_then_leave (TestAgent *agent);

/* A program of its own, started by the bus; "starting" at first. */
int test_agent_main (void);

G_END_DECLS
