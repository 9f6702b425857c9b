/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

#define HELIO_TYPE_TRAY_MENU (helio_tray_menu_get_type ())
G_DECLARE_FINAL_TYPE (HelioTrayMenu, helio_tray_menu, HELIO, TRAY_MENU, GtkMenu)

/**
 * helio_tray_menu_new:
 * @agent: whose properties it shows and whose methods it calls
 */
GtkWidget *helio_tray_menu_new (HelioAgent1 *agent);

/**
 * helio_tray_menu_update:
 * @title: the first line
 * @detail: the second line; "" for none
 *
 * Shows what fits the agent as it is now. The items stay: an open menu is not built anew.
 */
void helio_tray_menu_update (HelioTrayMenu *menu, const char *title, const char *detail);

G_END_DECLS
