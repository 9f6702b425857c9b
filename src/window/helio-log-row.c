/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-log-row.h"

#include "window/helio-log-text.h"

struct _HelioLogRow
{
  GtkBox parent_instance;

  /* owned */
  HelioLogEntry *entry;

  /* borrowed */
  GtkWidget *day; /* NULL until a day began here: most rows never need it */

  /* template widgets */
  GtkImage *icon;
  GtkLabel *time;
  HelioLogText *message;
};

G_DEFINE_FINAL_TYPE (HelioLogRow, helio_log_row, GTK_TYPE_BOX)

static const struct
{
  const char *icon;
  const char *style; /* of the icon */
} levels[] = {
  [HELIO_LOG_LEVEL_DEBUG] = { "helio-small-dot-symbolic", "log-info" },
  [HELIO_LOG_LEVEL_INFO] = { "helio-small-dot-symbolic", "log-info" },
  [HELIO_LOG_LEVEL_MESSAGE] = { "helio-dot-symbolic", "accent" },
  [HELIO_LOG_LEVEL_WARNING] = { "dialog-warning-symbolic", "warning" },
};

static void
helio_log_row_dispose (GObject *object)
{
  HelioLogRow *row = HELIO_LOG_ROW (object);

  g_clear_object (&row->entry);
  g_clear_pointer (&row->day, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_LOG_ROW);
  G_OBJECT_CLASS (helio_log_row_parent_class)->dispose (object);
}

static void
helio_log_row_class_init (HelioLogRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = helio_log_row_dispose;

  g_type_ensure (HELIO_TYPE_LOG_TEXT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/heliograph/Heliograph/helio-log-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioLogRow, icon);
  gtk_widget_class_bind_template_child (widget_class, HelioLogRow, time);
  gtk_widget_class_bind_template_child (widget_class, HelioLogRow, message);
}

static void
helio_log_row_init (HelioLogRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioLogRow *
helio_log_row_new (void)
{
  return g_object_new (HELIO_TYPE_LOG_ROW, NULL);
}

/* The level is seen as an icon; who listens is told it in words, with the item as a whole. */
static void
tell_screen_readers (HelioLogRow *row, const char *time)
{
  const char *level = helio_log_entry_get_level_name (row->entry);
  const char *message = helio_log_entry_get_message (row->entry);
  g_autofree char *whole = g_strdup_printf ("%s, %s, %s", level, time, message);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (row));

  gtk_accessible_update_property (GTK_ACCESSIBLE (row->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, level,
                                  -1);
  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, whole,
                                    -1);
}

void
helio_log_row_set_entry (HelioLogRow *row, HelioLogEntry *entry)
{
  g_return_if_fail (HELIO_IS_LOG_ROW (row));
  g_return_if_fail (HELIO_IS_LOG_ENTRY (entry));

  HelioLogLevel level = helio_log_entry_get_level (entry);
  const char *styles[] = { levels[level].style, NULL };
  g_autofree char *time = helio_log_entry_dup_time (entry);

  g_set_object (&row->entry, entry);
  gtk_image_set_from_icon_name (row->icon, levels[level].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (row->icon), styles);
  gtk_label_set_text (row->time, time);
  helio_log_text_set_text (row->message, helio_log_entry_get_message (entry));
  tell_screen_readers (row, time);
}

void
helio_log_row_set_before (HelioLogRow *row, HelioLogEntry *before)
{
  g_return_if_fail (HELIO_IS_LOG_ROW (row));

  gboolean begins_day = before == NULL || !helio_log_entry_is_same_day (row->entry, before);

  if (begins_day && row->day == NULL)
    {
      row->day = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (row->day), 0);
      gtk_label_set_ellipsize (GTK_LABEL (row->day), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (row->day, "heading");
      gtk_widget_add_css_class (row->day, "log-day");
      gtk_box_prepend (GTK_BOX (row), row->day);
    }
  if (begins_day)
    {
      g_autofree char *day = helio_log_entry_dup_day (row->entry);

      gtk_label_set_text (GTK_LABEL (row->day), day);
    }
  if (row->day != NULL)
    gtk_widget_set_visible (row->day, begins_day);
}
