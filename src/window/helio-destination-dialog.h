/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* A form for one destination. What it did is told in a toast of its parent. */

#define HELIO_TYPE_DESTINATION_DIALOG (helio_destination_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    HelioDestinationDialog, helio_destination_dialog, HELIO, DESTINATION_DIALOG, AdwWindow)

/* Adds a server, once a test of its address and token succeeded. */
GtkWindow *helio_destination_dialog_new (GtkWindow *parent, HelioAgent1 *agent);

/* Adds the receiver of this computer. */
GtkWindow *helio_destination_dialog_new_this_computer (GtkWindow *parent, HelioAgent1 *agent);

/* Changes name, address and token. @destination: one dictionary of the agent's Destinations */
GtkWindow *
helio_destination_dialog_new_change (GtkWindow *parent, HelioAgent1 *agent, GVariant *destination);

G_END_DECLS
