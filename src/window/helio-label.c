/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-label.h"

void
helio_label_show (GtkLabel *label, const char *text)
{
  gboolean is_shown = text != NULL && *text != '\0';

  gtk_label_set_text (label, is_shown ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), is_shown);
}
