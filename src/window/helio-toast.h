/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a person is told in passing, by the window that @widget is in (its action "win.toast"). */

void helio_toast (GtkWidget *widget, const char *text);

/* @error: of a call to the agent; nothing is said of a cancelled one. */
void helio_toast_error (GtkWidget *widget, const GError *error);

/* The sentence of an error that came over the bus, without what D-Bus puts before it.
 * (transfer full) */
char *helio_error_get_text (const GError *error);

G_END_DECLS
