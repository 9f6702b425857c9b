/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Opens a web address in the browser; the window of @widget says if there is none. Anything but a
 * web address is ignored, wherever it came from. */
void helio_browser_open (GtkWidget *widget, const char *address);

G_END_DECLS
