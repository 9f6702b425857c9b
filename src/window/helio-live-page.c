/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-live-page.h"

#include <glib/gi18n.h>

#include "window/helio-toast.h"
#include "window/helio-web-address.h"

static void
on_launched (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    helio_toast (widget, _ ("No web browser could be opened"));
}

static void
on_page_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkAppLaunchContext) context = NULL;

  if (!helio_agent1_call_get_page_finish (HELIO_AGENT1 (source), &page, result, &error))
    {
      helio_toast_error (widget, error);
      return;
    }
  if (!helio_web_address_check (page))
    {
      helio_toast (widget, _ ("Heliograph knows no live page of this destination"));
      return;
    }
  context = gdk_display_get_app_launch_context (gtk_widget_get_display (widget));
  g_app_info_launch_default_for_uri_async (page, G_APP_LAUNCH_CONTEXT (context), NULL, on_launched,
                                           g_object_ref (widget));
}

void
helio_live_page_open (GtkWidget *widget,
                      HelioAgent1 *agent,
                      const char *id,
                      GCancellable *cancellable)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (HELIO_IS_AGENT1 (agent));

  helio_agent1_call_get_page (agent, id, cancellable, on_page_told, g_object_ref (widget));
}
