/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* The events that a destination refused for good, with the reasons. */

#define HELIO_TYPE_REJECTED_WINDOW (helio_rejected_window_get_type ())
G_DECLARE_FINAL_TYPE (HelioRejectedWindow, helio_rejected_window, HELIO, REJECTED_WINDOW, AdwWindow)

/* @destination: an id */
GtkWindow *
helio_rejected_window_new (GtkWindow *parent, HelioAgent1 *agent, const char *destination);

G_END_DECLS
