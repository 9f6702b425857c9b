/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HELIO_TYPE_TRAY (helio_tray_get_type ())
G_DECLARE_FINAL_TYPE (HelioTray, helio_tray, HELIO, TRAY, GObject)

/**
 * helio_tray_new:
 * @bus: the session bus
 * @patience: how many seconds an agent that vanished may take to come back
 *
 * The icon. It ends the main loop of GTK when the agent quits or stays away.
 */
HelioTray *helio_tray_new (GDBusConnection *bus, guint patience);

G_END_DECLS
