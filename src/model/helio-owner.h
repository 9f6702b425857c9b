/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * helio_has_owner:
 * @proxy: (nullable): of the agent, or NULL before the bus has answered
 *
 * Returns: whether a program answers to the proxy's name: without one its properties are NULL
 */
gboolean helio_has_owner (gpointer proxy);

G_END_DECLS
