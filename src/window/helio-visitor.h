/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * helio_visitor_get_text:
 * @presence: (nullable): the agent's Presence
 * @destinations: (nullable): its Destinations
 *
 * What visitors see of now: "Your website shows: active, Firefox". Where the levels differ it is
 * that of the destination that sees most, and says so.
 *
 * Returns: (transfer full): a sentence, empty while there is no destination
 */
char *helio_visitor_get_text (GVariant *presence, GVariant *destinations);

G_END_DECLS
