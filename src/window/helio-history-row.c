/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "helio-agent-dbus.h"

#include "window/helio-history-row.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-day-popover.h"
#include "window/helio-toast.h"

struct _HelioHistoryRow
{
  AdwActionRow parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GCancellable *cancellable;

  /* values */
  int64_t from; /* ms, 0 for all */

  /* template widgets */
  GtkMenuButton *button;
};

G_DEFINE_FINAL_TYPE (HelioHistoryRow, helio_history_row, ADW_TYPE_ACTION_ROW)

typedef enum
{
  PROP_AGENT = 1,
} HelioHistoryRowProperty;

static GParamSpec *properties[PROP_AGENT + 1];

static void
show_from (HelioHistoryRow *row)
{
  g_autofree char *day = row->from != 0 ? helio_text_day (row->from) : NULL;

  gtk_menu_button_set_label (row->button, day != NULL ? day : _ ("All of it"));
}

static void
on_options_got (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioHistoryRow) row = data;
  g_autoptr (GVariant) options = NULL;

  /* The page says it where no agent is. */
  if (!helio_agent1_call_get_options_finish (HELIO_AGENT1 (source), &options, result, NULL)
      || row->button == NULL)
    return;
  row->from = helio_dict_get_number (options, "history-from");
  show_from (row);
  gtk_widget_set_sensitive (GTK_WIDGET (row), TRUE);
}

/* Options are no property: they are asked for when somebody looks. */
static void
load (HelioHistoryRow *row)
{
  if (row->agent != NULL && gtk_widget_get_mapped (GTK_WIDGET (row)))
    helio_agent1_call_get_options (row->agent, row->cancellable, on_options_got,
                                   g_object_ref (row));
}

static void
on_option_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioHistoryRow) row = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (row), error);
  if (row->button != NULL)
    load (row);
}

static void
set_from (HelioHistoryRow *row, int64_t from)
{
  if (row->agent != NULL)
    helio_agent1_call_set_option (row->agent, "history-from",
                                  g_variant_new_variant (g_variant_new_int64 (from)),
                                  row->cancellable, on_option_set, g_object_ref (row));
}

/* -- callbacks ---------------------------------------------------------------------------- */

/* Only who opens it pays for a calendar. */
static void
on_popover_wanted (GtkMenuButton *button, gpointer data)
{
  HelioHistoryRow *row = data;
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  if (popover == NULL)
    {
      popover = GTK_POPOVER (helio_day_popover_new ());
      g_signal_connect_object (popover, "chosen", G_CALLBACK (set_from), row, G_CONNECT_SWAPPED);
      gtk_menu_button_set_popover (button, GTK_WIDGET (popover));
    }
  helio_day_popover_show (HELIO_DAY_POPOVER (popover), row->from);
}

static void
on_owner_changed (HelioHistoryRow *row)
{
  gtk_widget_set_sensitive (GTK_WIDGET (row), FALSE);
  load (row);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_history_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (helio_history_row_parent_class)->map (widget);
  load (HELIO_HISTORY_ROW (widget));
}

static void
helio_history_row_dispose (GObject *object)
{
  HelioHistoryRow *row = HELIO_HISTORY_ROW (object);

  g_cancellable_cancel (row->cancellable);
  g_clear_object (&row->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_HISTORY_ROW);
  G_OBJECT_CLASS (helio_history_row_parent_class)->dispose (object);
}

static void
helio_history_row_finalize (GObject *object)
{
  HelioHistoryRow *row = HELIO_HISTORY_ROW (object);

  g_clear_object (&row->cancellable);
  G_OBJECT_CLASS (helio_history_row_parent_class)->finalize (object);
}

static void
helio_history_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioHistoryRow *row = HELIO_HISTORY_ROW (object);

  switch ((HelioHistoryRowProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, row->agent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_agent (HelioHistoryRow *row, HelioAgent1 *agent)
{
  if (agent == row->agent)
    return;
  if (row->agent != NULL)
    g_signal_handlers_disconnect_by_data (row->agent, row);
  g_set_object (&row->agent, agent);
  if (agent != NULL)
    g_signal_connect_object (agent, "notify::g-name-owner", G_CALLBACK (on_owner_changed), row,
                             G_CONNECT_SWAPPED);
  on_owner_changed (row);
  g_object_notify_by_pspec (G_OBJECT (row), properties[PROP_AGENT]);
}

static void
helio_history_row_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  switch ((HelioHistoryRowProperty) prop_id)
    {
    case PROP_AGENT:
      set_agent (HELIO_HISTORY_ROW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_history_row_class_init (HelioHistoryRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_history_row_dispose;
  object_class->finalize = helio_history_row_finalize;
  object_class->get_property = helio_history_row_get_property;
  object_class->set_property = helio_history_row_set_property;
  widget_class->map = helio_history_row_map;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-history-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioHistoryRow, button);
}

static void
helio_history_row_init (HelioHistoryRow *row)
{
  row->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (row));
  gtk_menu_button_set_create_popup_func (row->button, on_popover_wanted, row, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (row), FALSE);
  show_from (row);
}
