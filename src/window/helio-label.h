/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A label without text takes no room. @text: (nullable): plain */
void helio_label_show (GtkLabel *label, const char *text);

G_END_DECLS
