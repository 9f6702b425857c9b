/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "helio-agent-dbus.h"

#include "window/helio-logs-page.h"

#include <glib/gi18n.h>

struct _HelioLogsPage
{
  AdwBin parent_instance;

  /* owned */
  HelioAgent1 *agent;
};

G_DEFINE_FINAL_TYPE (HelioLogsPage, helio_logs_page, ADW_TYPE_BIN)

typedef enum
{
  PROP_AGENT = 1,
} HelioLogsPageProperty;

static GParamSpec *properties[PROP_AGENT + 1];

static void
helio_logs_page_dispose (GObject *object)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (object);

  g_clear_object (&page->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_LOGS_PAGE);
  G_OBJECT_CLASS (helio_logs_page_parent_class)->dispose (object);
}

static void
helio_logs_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (object);

  switch ((HelioLogsPageProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, page->agent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_logs_page_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  HelioLogsPage *page = HELIO_LOGS_PAGE (object);

  switch ((HelioLogsPageProperty) prop_id)
    {
    case PROP_AGENT:
      if (g_set_object (&page->agent, g_value_get_object (value)))
        g_object_notify_by_pspec (object, properties[PROP_AGENT]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_logs_page_class_init (HelioLogsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_logs_page_dispose;
  object_class->get_property = helio_logs_page_get_property;
  object_class->set_property = helio_logs_page_set_property;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-logs-page.ui");
}

static void
helio_logs_page_init (HelioLogsPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
