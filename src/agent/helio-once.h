/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* `heliograph-agent --once`: publishes everything enabled until nothing is uncovered. */

#include <gio/gio.h>

#include "agent/helio-settings.h"

G_BEGIN_DECLS

/* Exit codes, after sysexits where it has one. */
#define HELIO_EXIT_FAILED 1
#define HELIO_EXIT_BUSY 75
#define HELIO_EXIT_SETTINGS 78

/* Prints a line per bucket and destination. Needs no bus and no display. Returns: the exit code,
 * with @error where it is not 0 */
int helio_once_run (HelioSettings *settings, const char *ledger_path, GError **error);

G_END_DECLS
