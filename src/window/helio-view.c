/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-view.h"

#define REFRESH_SECONDS 30

G_DEFINE_ABSTRACT_TYPE (HelioView, helio_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_AGENT = 1,
  PROP_COMPLAINT,
} HelioViewProperty;

static GParamSpec *properties[PROP_COMPLAINT + 1];

static void
update (HelioView *view)
{
  G_TYPE_INSTANCE_GET_CLASS (view, HELIO_TYPE_VIEW, HelioViewClass)->update (view);
}

static gboolean
on_refresh (gpointer data)
{
  update (data);
  return G_SOURCE_CONTINUE;
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_view_map (GtkWidget *widget)
{
  HelioView *view = HELIO_VIEW (widget);

  GTK_WIDGET_CLASS (helio_view_parent_class)->map (widget);
  if (G_TYPE_INSTANCE_GET_CLASS (view, HELIO_TYPE_VIEW, HelioViewClass)->is_dated)
    view->refresh_id = g_timeout_add_seconds (REFRESH_SECONDS, on_refresh, view);
  update (view);
}

static void
helio_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&HELIO_VIEW (widget)->refresh_id, g_source_remove);
  GTK_WIDGET_CLASS (helio_view_parent_class)->unmap (widget);
}

/* Its template is there by now. */
static void
helio_view_constructed (GObject *object)
{
  G_OBJECT_CLASS (helio_view_parent_class)->constructed (object);
  update (HELIO_VIEW (object));
}

static void
helio_view_dispose (GObject *object)
{
  HelioView *view = HELIO_VIEW (object);

  g_cancellable_cancel (view->cancellable);
  g_clear_handle_id (&view->refresh_id, g_source_remove);
  g_clear_object (&view->watch);
  g_clear_object (&view->agent);
  /* The template would free it without the knowledge of the bin. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), G_OBJECT_TYPE (object));
  G_OBJECT_CLASS (helio_view_parent_class)->dispose (object);
}

static void
helio_view_finalize (GObject *object)
{
  HelioView *view = HELIO_VIEW (object);

  g_object_unref (view->cancellable);
  g_free (view->complaint);
  G_OBJECT_CLASS (helio_view_parent_class)->finalize (object);
}

static void
helio_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioView *view = HELIO_VIEW (object);

  switch ((HelioViewProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, view->agent);
      break;
    case PROP_COMPLAINT:
      g_value_set_string (value, view->complaint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_view_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HelioView *view = HELIO_VIEW (object);

  switch ((HelioViewProperty) prop_id)
    {
    case PROP_AGENT:
      if (!g_set_object (&view->agent, g_value_get_object (value)))
        return;
      g_signal_group_set_target (view->watch, view->agent);
      update (view);
      g_object_notify_by_pspec (object, properties[PROP_AGENT]);
      break;
    case PROP_COMPLAINT:
      g_free (view->complaint);
      view->complaint = g_value_dup_string (value);
      update (view);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_view_class_init (HelioViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = helio_view_constructed;
  object_class->dispose = helio_view_dispose;
  object_class->finalize = helio_view_finalize;
  object_class->get_property = helio_view_get_property;
  object_class->set_property = helio_view_set_property;
  widget_class->map = helio_view_map;
  widget_class->unmap = helio_view_unmap;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_COMPLAINT] = g_param_spec_string (
      "complaint", NULL, NULL, NULL, (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
helio_view_init (HelioView *view)
{
  view->cancellable = g_cancellable_new ();
  view->watch = g_signal_group_new (HELIO_TYPE_AGENT1_PROXY);
  helio_view_watch (view, G_CALLBACK (update), "g-name-owner", NULL);
}

void
helio_view_watch (HelioView *view, GCallback changed, ...)
{
  va_list names;

  va_start (names, changed);
  for (const char *name; (name = va_arg (names, const char *)) != NULL;)
    {
      g_autofree char *signal = g_strconcat ("notify::", name, NULL);

      g_signal_group_connect_swapped (view->watch, signal, changed, view);
    }
  va_end (names);
}
