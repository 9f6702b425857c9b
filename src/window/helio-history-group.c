/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-history-group.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "window/helio-day-popover.h"
#include "window/helio-toast.h"

struct _HelioHistoryGroup
{
  HelioView view;

  /* values */
  int64_t from; /* ms, 0 for all */

  /* template widgets */
  GtkWidget *row;
  GtkMenuButton *button;
};

G_DEFINE_FINAL_TYPE (HelioHistoryGroup, helio_history_group, HELIO_TYPE_VIEW)

static void
show_from (HelioHistoryGroup *group)
{
  g_autofree char *day = group->from != 0 ? helio_text_day (group->from) : NULL;

  gtk_menu_button_set_label (group->button, day != NULL ? day : _ ("All of it"));
}

static void
on_options_got (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioHistoryGroup) group = data;
  g_autoptr (GVariant) options = NULL;

  /* The page says it where no agent is. */
  if (!helio_agent1_call_get_options_finish (HELIO_AGENT1 (source), &options, result, NULL)
      || group->button == NULL)
    return;
  group->from = helio_dict_get_number (options, "history-from");
  show_from (group);
  gtk_widget_set_sensitive (group->row, TRUE);
}

/* Options are no property: they are asked for when somebody looks. */
static void
update (HelioHistoryGroup *group)
{
  if (!helio_has_owner (group->view.agent))
    gtk_widget_set_sensitive (group->row, FALSE);
  else if (gtk_widget_get_mapped (GTK_WIDGET (group)))
    helio_agent1_call_get_options (group->view.agent, group->view.cancellable, on_options_got,
                                   g_object_ref (group));
}

static void
on_option_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioHistoryGroup) group = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (group), error);
  if (group->button != NULL)
    update (group);
}

static void
set_from (HelioHistoryGroup *group, int64_t from)
{
  if (group->view.agent != NULL)
    helio_agent1_call_set_option (group->view.agent, "history-from",
                                  g_variant_new_variant (g_variant_new_int64 (from)),
                                  group->view.cancellable, on_option_set, g_object_ref (group));
}

/* -- callbacks ---------------------------------------------------------------------------- */

/* Only who opens it pays for a calendar. */
static void
on_popover_wanted (GtkMenuButton *button, gpointer data)
{
  HelioHistoryGroup *group = data;
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  if (popover == NULL)
    {
      popover = GTK_POPOVER (helio_day_popover_new ());
      g_signal_connect_object (popover, "chosen", G_CALLBACK (set_from), group, G_CONNECT_SWAPPED);
      gtk_menu_button_set_popover (button, GTK_WIDGET (popover));
    }
  helio_day_popover_show (HELIO_DAY_POPOVER (popover), group->from);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_history_group_class_init (HelioHistoryGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-history-group.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioHistoryGroup, row);
  gtk_widget_class_bind_template_child (widget_class, HelioHistoryGroup, button);
}

static void
helio_history_group_init (HelioHistoryGroup *group)
{
  gtk_widget_init_template (GTK_WIDGET (group));
  gtk_menu_button_set_create_popup_func (group->button, on_popover_wanted, group, NULL);
  show_from (group);
}
