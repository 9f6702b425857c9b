/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-keep-dialog.h"

GtkWindow *
helio_keep_dialog_new (GtkWidget *parent, const char *heading, const char *body)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/heliograph/Heliograph/helio-keep-dialog.ui");
  GtkWindow *dialog = GTK_WINDOW (gtk_builder_get_object (builder, "dialog"));
  GtkRoot *root = gtk_widget_get_root (parent);

  /* By its properties: the type has got another name in newer versions. */
  g_object_set (dialog, "heading", heading, "body", body, NULL);
  gtk_window_set_transient_for (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  return dialog;
}
