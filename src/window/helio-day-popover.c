/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-day-popover.h"

#include <glib/gi18n.h>

#include "model/helio-event.h"
#include "model/helio-text.h"

struct _HelioDayPopover
{
  GtkPopover parent_instance;

  /* template widgets */
  GtkCalendar *calendar;
  GtkButton *day_button;
};

G_DEFINE_FINAL_TYPE (HelioDayPopover, helio_day_popover, GTK_TYPE_POPOVER)

typedef enum
{
  SIGNAL_CHOSEN,
} HelioDayPopoverSignal;

static guint signals[SIGNAL_CHOSEN + 1];

/* The calendar leaves its arrows without names. */
static void
name_arrows (GtkWidget *widget, const char *const **names)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (!GTK_IS_BUTTON (child))
        name_arrows (child, names);
      else if (**names != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        _ (*(*names)++), -1);
    }
}

/* The day that is marked, at midnight here; 0 if it has none. */
static int64_t
get_midnight (HelioDayPopover *popover)
{
  g_autoptr (GDateTime) date = gtk_calendar_get_date (popover->calendar);
  g_autoptr (GDateTime) midnight
      = g_date_time_new_local (g_date_time_get_year (date), g_date_time_get_month (date),
                               g_date_time_get_day_of_month (date), 0, 0, 0);

  return midnight != NULL ? g_date_time_to_unix (midnight) * HELIO_SECOND : 0;
}

static void
choose (HelioDayPopover *popover, int64_t from)
{
  gtk_popover_popdown (GTK_POPOVER (popover));
  g_signal_emit (popover, signals[SIGNAL_CHOSEN], 0, from);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_all_clicked (HelioDayPopover *popover)
{
  choose (popover, 0);
}

static void
on_day_clicked (HelioDayPopover *popover)
{
  choose (popover, get_midnight (popover));
}

/* Screen readers don't read calendars: the button says the day. */
static void
on_day_selected (HelioDayPopover *popover)
{
  g_autofree char *day = helio_text_day (get_midnight (popover));
  /* Translators: %s is a day */
  g_autofree char *label = g_strdup_printf (_ ("From %s"), day);

  gtk_button_set_label (popover->day_button, label);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_day_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_DAY_POPOVER);
  G_OBJECT_CLASS (helio_day_popover_parent_class)->dispose (object);
}

static void
helio_day_popover_class_init (HelioDayPopoverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_day_popover_dispose;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-day-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioDayPopover, calendar);
  gtk_widget_class_bind_template_child (widget_class, HelioDayPopover, day_button);
  gtk_widget_class_bind_template_callback (widget_class, on_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_day_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_day_selected);
}

static void
helio_day_popover_init (HelioDayPopover *popover)
{
  static const char *const names[]
      = { N_ ("Month before"), N_ ("Month after"), N_ ("Year before"), N_ ("Year after"), NULL };
  const char *const *name = names;

  gtk_widget_init_template (GTK_WIDGET (popover));
  name_arrows (GTK_WIDGET (popover->calendar), &name);
}

GtkWidget *
helio_day_popover_new (void)
{
  return g_object_new (HELIO_TYPE_DAY_POPOVER, NULL);
}

void
helio_day_popover_show (HelioDayPopover *popover, int64_t from)
{
  g_return_if_fail (HELIO_IS_DAY_POPOVER (popover));

  g_autoptr (GDateTime) day = from != 0 ? g_date_time_new_from_unix_local (from / HELIO_SECOND)
                                        : g_date_time_new_now_local ();

  /* The day first: there is no 31st in every month. */
  if (day != NULL)
    {
      g_object_set (popover->calendar, "day", 1, NULL);
      g_object_set (popover->calendar, "year", g_date_time_get_year (day), "month",
                    g_date_time_get_month (day) - 1, NULL);
      g_object_set (popover->calendar, "day", g_date_time_get_day_of_month (day), NULL);
    }
  on_day_selected (popover);
}
