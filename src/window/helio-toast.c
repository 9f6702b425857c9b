/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-toast.h"

#include <glib/gi18n.h>

void
helio_toast (GtkWidget *widget, const char *text)
{
  gtk_widget_activate_action (widget, "win.toast", "s", text);
}

void
helio_toast_error (GtkWidget *widget, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_autofree char *text = helio_error_get_text (error);
  helio_toast (widget, text);
}

char *
helio_error_get_text (const GError *error)
{
  g_autoptr (GError) copy = NULL;

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return g_strdup (_ ("Heliograph is not running"));
  copy = g_error_copy (error);
  g_dbus_error_strip_remote_error (copy);
  return g_steal_pointer (&copy->message);
}
