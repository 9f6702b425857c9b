/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/**
 * helio_live_page_open:
 * @widget: where it was asked for; its window tells what goes wrong
 * @id: of the destination whose page it is
 *
 * Asks the agent for the address, which no property tells, and hands it to a browser.
 */
void helio_live_page_open (GtkWidget *widget,
                           HelioAgent1 *agent,
                           const char *id,
                           GCancellable *cancellable);

G_END_DECLS
