/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* heliograph-tray as our child, while the desktop has a place for its icon and the user wants it
 * there. It outlives an agent that is killed, and calls for the next one, which takes it over. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioTrayChild HelioTrayChild;

/* @changed: what the two questions below answer may have changed */
HelioTrayChild *
helio_tray_child_new (GDBusConnection *bus, void (*changed) (gpointer data), gpointer data);
/* Kills it. */
void helio_tray_child_free (HelioTrayChild *tray);

void helio_tray_child_set_wanted (HelioTrayChild *tray, gboolean is_wanted);

/* Whether the desktop has a place for icons. */
gboolean helio_tray_child_has_host (HelioTrayChild *tray);
/* Whether ours is there. */
gboolean helio_tray_child_has_icon (HelioTrayChild *tray);

G_END_DECLS
