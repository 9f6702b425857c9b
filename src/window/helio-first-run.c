/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "helio-agent-dbus.h"

#include "window/helio-first-run.h"

#include <glib/gi18n.h>

struct _HelioFirstRun
{
  AdwBin parent_instance;

  /* owned */
  HelioAgent1 *agent;
};

G_DEFINE_FINAL_TYPE (HelioFirstRun, helio_first_run, ADW_TYPE_BIN)

typedef enum
{
  PROP_AGENT = 1,
} HelioFirstRunProperty;

static GParamSpec *properties[PROP_AGENT + 1];

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
helio_first_run_dispose (GObject *object)
{
  HelioFirstRun *page = HELIO_FIRST_RUN (object);

  g_clear_object (&page->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_FIRST_RUN);
  G_OBJECT_CLASS (helio_first_run_parent_class)->dispose (object);
}

static void
helio_first_run_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioFirstRun *page = HELIO_FIRST_RUN (object);

  switch ((HelioFirstRunProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, page->agent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_first_run_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  HelioFirstRun *page = HELIO_FIRST_RUN (object);

  switch ((HelioFirstRunProperty) prop_id)
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
helio_first_run_class_init (HelioFirstRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_first_run_dispose;
  object_class->get_property = helio_first_run_get_property;
  object_class->set_property = helio_first_run_set_property;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * HelioFirstRun::done:
   *
   * All is set up, or the person wants to do that later.
   */
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-first-run.ui");
}

static void
helio_first_run_init (HelioFirstRun *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
