/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* heliograph-agent while it is resident. */

#include <gio/gio.h>

#include "agent/helio-log.h"
#include "agent/helio-settings.h"

G_BEGIN_DECLS

#define HELIO_AGENT_NAME "io.github.heliograph.Heliograph.Agent"
#define HELIO_AGENT_PATH "/io/github/heliograph/Heliograph/Agent"

typedef struct _HelioAgent HelioAgent;

/**
 * helio_agent_new:
 * @settings: (transfer full)
 * @ledger_path: a ledger that can't be opened is a state, shown
 */
HelioAgent *helio_agent_new (HelioSettings *settings, HelioLog *log, const char *ledger_path);
void helio_agent_free (HelioAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioAgent, helio_agent_free)

/* Puts the agent on the bus, before its name is taken. */
gboolean helio_agent_export (HelioAgent *agent, GDBusConnection *bus, GError **error);

/* Begins to work. */
void helio_agent_start (HelioAgent *agent);

/* Says goodbye and ends helio_agent_run(). */
void helio_agent_quit (HelioAgent *agent, int exit_code);

/* Until it quits. Returns: the exit code */
int helio_agent_run (HelioAgent *agent);

G_END_DECLS
