/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-log-text.h"

/* Narrower it is never, in pixels. */
#define MIN_WIDTH 120

struct _HelioLogText
{
  GtkWidget parent_instance;

  /* owned */
  PangoLayout *layout;
};

G_DEFINE_FINAL_TYPE (HelioLogText, helio_log_text, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
helio_log_text_get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
helio_log_text_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  HelioLogText *text = HELIO_LOG_TEXT (widget);

  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = MIN_WIDTH;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  pango_layout_set_width (text->layout, MAX (for_size, MIN_WIDTH) * PANGO_SCALE);
  pango_layout_get_pixel_size (text->layout, NULL, minimum);
  *natural = *minimum;
}

static void
helio_log_text_size_allocate (GtkWidget *widget, int width, int height G_GNUC_UNUSED, int baseline)
{
  HelioLogText *text = HELIO_LOG_TEXT (widget);

  (void) baseline;
  pango_layout_set_width (text->layout, width * PANGO_SCALE);
}

static void
helio_log_text_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HelioLogText *text = HELIO_LOG_TEXT (widget);
  GdkRGBA color;

  /* It may have been measured for another width since it got its place. */
  pango_layout_set_width (text->layout, gtk_widget_get_width (widget) * PANGO_SCALE);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_append_layout (snapshot, text->layout, &color);
}

static void
helio_log_text_dispose (GObject *object)
{
  HelioLogText *text = HELIO_LOG_TEXT (object);

  g_clear_object (&text->layout);
  G_OBJECT_CLASS (helio_log_text_parent_class)->dispose (object);
}

static void
helio_log_text_class_init (HelioLogTextClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = helio_log_text_dispose;
  widget_class->get_request_mode = helio_log_text_get_request_mode;
  widget_class->measure = helio_log_text_measure;
  widget_class->size_allocate = helio_log_text_size_allocate;
  widget_class->snapshot = helio_log_text_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
helio_log_text_init (HelioLogText *text)
{
  text->layout = gtk_widget_create_pango_layout (GTK_WIDGET (text), NULL);
  pango_layout_set_wrap (text->layout, PANGO_WRAP_WORD_CHAR);
}

void
helio_log_text_set_text (HelioLogText *widget, const char *text)
{
  g_return_if_fail (HELIO_IS_LOG_TEXT (widget));
  g_return_if_fail (text != NULL);

  pango_layout_set_text (widget->layout, text, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_resize (GTK_WIDGET (widget));
}
