/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * helio_keep_dialog_new:
 * @parent: where the question comes from
 *
 * Asks what becomes of what was published. Connect to its signal "response" (its second argument
 * is "keep", "delete" or "cancel"), then present it: it closes itself.
 *
 * Returns: (transfer none): the dialog
 */
GtkWindow *helio_keep_dialog_new (GtkWidget *parent, const char *heading, const char *body);

G_END_DECLS
