/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-columns.h"

/* Side by side from this width on. */
#define WIDE 460
#define GAP 18
#define NARROW_GAP 6

struct _HelioColumns
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HelioColumns, helio_columns, GTK_TYPE_WIDGET)

/* The height of a child in so much width; 0 if it is not seen. */
static int
get_height (GtkWidget *child, int width)
{
  int height = 0;

  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
  return height;
}

static void
measure_width (GtkWidget *widget, int *minimum, int *natural)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int least = 0, best = 0;

      if (gtk_widget_should_layout (child))
        gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &best, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, 2 * best + GAP);
    }
}

static int
measure_height (GtkWidget *widget, int width)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = first != NULL ? gtk_widget_get_next_sibling (first) : NULL;

  if (width >= WIDE)
    {
      int half = (width - GAP) / 2;

      return MAX (get_height (first, half), get_height (second, half));
    }
  return get_height (first, width) + NARROW_GAP + get_height (second, width);
}

static void
helio_columns_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (widget, minimum, natural);
      return;
    }
  if (for_size < 0)
    measure_width (widget, &for_size, natural);
  *minimum = *natural = measure_height (widget, for_size);
}

static void
helio_columns_size_allocate (GtkWidget *widget, int width, int height, int baseline G_GNUC_UNUSED)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = first != NULL ? gtk_widget_get_next_sibling (first) : NULL;
  gboolean is_right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation one = { 0, 0, width, height };
  GtkAllocation two = { 0, 0, width, height };

  if (width >= WIDE)
    {
      one.width = two.width = (width - GAP) / 2;
      one.x = is_right_to_left ? width - one.width : 0;
      two.x = is_right_to_left ? 0 : width - two.width;
    }
  else
    {
      one.height = get_height (first, width);
      two.y = one.height + NARROW_GAP;
      two.height = MAX (0, height - two.y);
    }
  if (first != NULL && gtk_widget_should_layout (first))
    gtk_widget_size_allocate (first, &one, -1);
  if (second != NULL && gtk_widget_should_layout (second))
    gtk_widget_size_allocate (second, &two, -1);
}

static GtkSizeRequestMode
helio_columns_get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
helio_columns_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (helio_columns_parent_class)->dispose (object);
}

static void
helio_columns_class_init (HelioColumnsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = helio_columns_dispose;
  widget_class->measure = helio_columns_measure;
  widget_class->size_allocate = helio_columns_size_allocate;
  widget_class->get_request_mode = helio_columns_get_request_mode;
}

static void
helio_columns_init (HelioColumns *columns G_GNUC_UNUSED)
{
}
