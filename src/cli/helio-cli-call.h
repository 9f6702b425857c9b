/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/helio-cli.h"

G_BEGIN_DECLS

/**
 * helio_cli_call:
 * @method: of the agent's interface
 * @parameters: (transfer floating) (nullable): as it needs them
 *
 * Calls and waits as long as it takes. Where stderr is a terminal, a line on it follows the
 * progress of the agent meanwhile.
 *
 * Returns: the answer
 */
GVariant *helio_cli_call (HelioCli *cli, const char *method, GVariant *parameters, GError **error);

G_END_DECLS
