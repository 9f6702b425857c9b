/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-live-page.h"

#include <glib/gi18n.h>

#include "model/helio-text.h"
#include "window/helio-browser.h"
#include "window/helio-toast.h"

static void
on_page_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_get_page_finish (HELIO_AGENT1 (source), &page, result, &error))
    {
      helio_toast_error (widget, error);
      return;
    }
  if (helio_text_is_web_address (page))
    helio_browser_open (widget, page);
  else
    helio_toast (widget, _ ("Heliograph knows no live page of this destination"));
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
