/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-browser.h"

#include <glib/gi18n.h>

#include "model/helio-text.h"
#include "window/helio-toast.h"

static void
on_launched (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  GWeakRef *widget = data;
  g_autoptr (GtkWidget) there = g_weak_ref_get (widget);
  gboolean is_open = g_app_info_launch_default_for_uri_finish (result, NULL);

  if (!is_open && there != NULL)
    helio_toast (there, _ ("No web browser could be opened"));
  g_weak_ref_clear (widget);
  g_free (widget);
}

void
helio_browser_open (GtkWidget *widget, const char *address)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (address != NULL);

  if (!helio_text_is_web_address (address))
    return;
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (widget));
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, widget);
  g_app_info_launch_default_for_uri_async (address, G_APP_LAUNCH_CONTEXT (context), NULL,
                                           on_launched, weak);
}
