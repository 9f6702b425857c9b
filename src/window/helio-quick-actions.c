/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-quick-actions.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-event.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-live-page.h"
#include "window/helio-toast.h"

/* What a person does most: pause or resume, sync now, look at the live page. */

struct _HelioQuickActions
{
  HelioView view;

  /* owned */
  GVariant *pages; /* a(ss): destination and its name for each live page */

  /* template widgets */
  GtkWidget *pause_button;
  GtkWidget *resume_button;
  GtkWidget *sync_button;
  GtkStack *sync_stack;
  GtkSpinner *spinner;
  GtkWidget *page_button;
  GtkMenuButton *pages_button;
};

G_DEFINE_FINAL_TYPE (HelioQuickActions, helio_quick_actions, HELIO_TYPE_VIEW)

/* -- the live pages ----------------------------------------------------------------------- */

static void
open_page (HelioQuickActions *actions, const char *id)
{
  if (actions->view.agent != NULL)
    helio_live_page_open (GTK_WIDGET (actions), actions->view.agent, id, actions->view.cancellable);
}

static GVariant *
list_pages (HelioQuickActions *actions)
{
  GVariant *destinations
      = actions->view.agent != NULL ? helio_agent1_get_destinations (actions->view.agent) : NULL;
  gsize n = destinations != NULL ? g_variant_n_children (destinations) : 0;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GVariantBuilder builder;

  /* Two devices at one server have one page. */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *address = helio_dict_get_text (one, "address");

      if (g_hash_table_add (seen, g_strdup (address)))
        g_variant_builder_add (&builder, "(ss)", helio_dict_get_text (one, "id"),
                               helio_dict_get_text (one, "name"));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* The menu is left alone while it would say the same: it may be open. */
static void
show_pages (HelioQuickActions *actions)
{
  g_autoptr (GVariant) pages = list_pages (actions);
  gsize n = g_variant_n_children (pages);
  g_autoptr (GMenu) menu = NULL;

  if (actions->pages != NULL && g_variant_equal (actions->pages, pages))
    return;
  g_clear_pointer (&actions->pages, g_variant_unref);
  actions->pages = g_steal_pointer (&pages);
  gtk_widget_set_visible (actions->page_button, n <= 1);
  gtk_widget_set_sensitive (actions->page_button, n == 1);
  gtk_widget_set_visible (GTK_WIDGET (actions->pages_button), n > 1);

  menu = g_menu_new ();
  for (gsize i = 0; i < n; i++)
    {
      const char *id;
      const char *name;
      g_variant_get_child (actions->pages, i, "(&s&s)", &id, &name);
      g_autofree char *clean = helio_text_clean (name);
      g_auto (GStrv) parts = g_strsplit (clean, "_", -1);
      /* Menus would take what is after a single one as the letter to press. */
      g_autofree char *label = g_strjoinv ("__", parts);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "quick.open-page", "s", id);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (actions->pages_button, G_MENU_MODEL (menu));
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
update (HelioQuickActions *actions)
{
  const char *state
      = actions->view.agent != NULL ? helio_agent1_get_state (actions->view.agent) : NULL;
  gboolean is_paused = g_strcmp0 (state, "paused") == 0;
  gboolean is_usable = state != NULL && !g_str_equal (state, "setup")
                       && !g_str_equal (state, "starting") && !g_str_equal (state, "quitting");

  GtkWidget *gone = is_paused ? actions->pause_button : actions->resume_button;
  gboolean has_focus = (gtk_widget_get_state_flags (gone) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;

  gtk_widget_set_visible (actions->pause_button, !is_paused);
  gtk_widget_set_visible (actions->resume_button, is_paused);
  /* With one button in the place of the other the keyboard stays where it was. */
  if (has_focus)
    gtk_widget_grab_focus (is_paused ? actions->resume_button : actions->pause_button);
  gtk_widget_set_visible (GTK_WIDGET (actions), is_usable);
  show_pages (actions);
}

static void
on_paused (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioQuickActions) actions = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_pause_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (actions), error);
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioQuickActions) actions = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_resume_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (actions), error);
}

static void
on_resume_response (HelioQuickActions *actions, const char *response)
{
  if (actions->view.agent != NULL && !g_str_equal (response, "cancel"))
    helio_agent1_call_resume (actions->view.agent, g_str_equal (response, "publish"),
                              actions->view.cancellable, on_resumed, g_object_ref (actions));
}

static void
on_resume_clicked (HelioQuickActions *actions)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/heliograph/Heliograph/helio-resume-dialog.ui");
  GtkWindow *dialog = GTK_WINDOW (gtk_builder_get_object (builder, "dialog"));

  gtk_window_set_transient_for (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (actions))));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_resume_response), actions,
                           G_CONNECT_SWAPPED);
  gtk_window_present (dialog);
}

/* The window switches its action off while a sync runs. */
static void
on_sync_sensitive_changed (HelioQuickActions *actions)
{
  gboolean runs = !gtk_widget_get_sensitive (actions->sync_button);

  gtk_spinner_set_spinning (actions->spinner, runs);
  gtk_stack_set_visible_child_name (actions->sync_stack, runs ? "runs" : "still");
}

static void
on_page_clicked (HelioQuickActions *actions)
{
  const char *id;
  const char *name;

  if (g_variant_n_children (actions->pages) != 1)
    return;
  g_variant_get_child (actions->pages, 0, "(&s&s)", &id, &name);
  open_page (actions, id);
}

/* -- actions ------------------------------------------------------------------------------ */

static void
pause_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  HelioQuickActions *actions = HELIO_QUICK_ACTIONS (widget);
  const char *until = g_variant_get_string (parameter, NULL);
  int64_t now = helio_time_now ();
  int64_t end = 0; /* until resumed */

  if (actions->view.agent == NULL)
    return;
  if (g_str_equal (until, "15-minutes"))
    end = now + 15 * HELIO_MINUTE;
  else if (g_str_equal (until, "1-hour"))
    end = now + 60 * HELIO_MINUTE;
  else if (g_str_equal (until, "tomorrow"))
    end = helio_time_next_midnight (now);
  helio_agent1_call_pause (actions->view.agent, end, actions->view.cancellable, on_paused,
                           g_object_ref (actions));
}

static void
open_page_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  open_page (HELIO_QUICK_ACTIONS (widget), g_variant_get_string (parameter, NULL));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_quick_actions_finalize (GObject *object)
{
  HelioQuickActions *actions = HELIO_QUICK_ACTIONS (object);

  g_clear_pointer (&actions->pages, g_variant_unref);
  G_OBJECT_CLASS (helio_quick_actions_parent_class)->finalize (object);
}

static void
helio_quick_actions_class_init (HelioQuickActionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = helio_quick_actions_finalize;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-quick-actions.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, pause_button);
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, resume_button);
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, sync_button);
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, sync_stack);
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, spinner);
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, page_button);
  gtk_widget_class_bind_template_child (widget_class, HelioQuickActions, pages_button);
  gtk_widget_class_bind_template_callback (widget_class, on_resume_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_sync_sensitive_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_page_clicked);

  gtk_widget_class_install_action (widget_class, "quick.pause", "s", pause_action);
  gtk_widget_class_install_action (widget_class, "quick.open-page", "s", open_page_action);
}

static void
helio_quick_actions_init (HelioQuickActions *actions)
{
  gtk_widget_init_template (GTK_WIDGET (actions));
  helio_view_watch (HELIO_VIEW (actions), G_CALLBACK (update), "state", "destinations", NULL);
}
