/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "helio-agent-dbus.h"

#include "window/helio-window.h"

#include <glib/gi18n.h>

#include "model/helio-owner.h"
#include "window/helio-buckets-page.h"
#include "window/helio-destinations-page.h"
#include "window/helio-first-run.h"
#include "window/helio-logs-page.h"
#include "window/helio-overview-page.h"
#include "window/helio-privacy-page.h"
#include "window/helio-settings-page.h"
#include "window/helio-toast.h"

/* Holds the pages and the one proxy of the agent, whose properties they show. The proxy stays
 * while the agent comes and goes; without one its properties are NULL. */

#define AGENT_NAME "io.github.heliograph.Heliograph.Agent"
#define AGENT_PATH "/io/github/heliograph/Heliograph/Agent"

/* An agent that falls again so soon is left alone: it would go on so for ever. */
#define REVIVAL_US (30 * G_TIME_SPAN_SECOND)

struct _HelioWindow
{
  AdwApplicationWindow parent_instance;

  /* owned */
  HelioAgent1 *agent; /* NULL until the bus answered */
  GCancellable *cancellable;
  char *complaint; /* why there is no agent, and what to do, or NULL */
  guint reveal_id; /* GSource */

  /* values */
  gboolean was_set_up; /* or the person said later */
  int64_t revived_at;  /* by the monotonic clock: when the agent was started again; 0 never */

  /* template widgets */
  AdwToastOverlay *toasts;
  GtkStack *views;
  AdwViewStack *pages;
  GtkWidget *switcher;
  AdwViewSwitcherBar *switcher_bar;
};

G_DEFINE_FINAL_TYPE (HelioWindow, helio_window, ADW_TYPE_APPLICATION_WINDOW)

typedef enum
{
  PROP_AGENT = 1,
  PROP_COMPLAINT,
} HelioWindowProperty;

static GParamSpec *properties[PROP_COMPLAINT + 1];

static void
complain (HelioWindow *window, const char *complaint)
{
  if (g_strcmp0 (window->complaint, complaint) == 0)
    return;
  g_free (window->complaint);
  window->complaint = g_strdup (complaint);
  g_object_notify_by_pspec (G_OBJECT (window), properties[PROP_COMPLAINT]);
}

static void
on_agent_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioWindow) window = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_dbus_error_strip_remote_error (error);
      g_warning ("The agent can't be started: %s", error->message);
      /* A narrow window shows the beginning of a toast only: what to do is said elsewhere. */
      helio_toast (GTK_WIDGET (window), _ ("Heliograph can’t be started"));
      complain (window, _ ("It can’t be started. Run heliograph-agent in a terminal: it says why"));
    }
}

static void
start_agent (HelioWindow *window)
{
  if (window->agent == NULL)
    return;
  g_dbus_connection_call (g_dbus_proxy_get_connection (G_DBUS_PROXY (window->agent)),
                          "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", AGENT_NAME, 0), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, window->cancellable, on_agent_started,
                          g_object_ref (window));
}

/* A page is made when it is first shown: most of the time a look at the first one is all. */
static void
fill_page (HelioWindow *window)
{
  const char *name = adw_view_stack_get_visible_child_name (window->pages);
  AdwBin *bin = ADW_BIN (adw_view_stack_get_visible_child (window->pages));
  GtkWidget *page;
  GType type;

  if (bin == NULL || adw_bin_get_child (bin) != NULL)
    return;
  if (g_str_equal (name, "overview"))
    type = HELIO_TYPE_OVERVIEW_PAGE;
  else if (g_str_equal (name, "buckets"))
    type = HELIO_TYPE_BUCKETS_PAGE;
  else if (g_str_equal (name, "destinations"))
    type = HELIO_TYPE_DESTINATIONS_PAGE;
  else if (g_str_equal (name, "privacy"))
    type = HELIO_TYPE_PRIVACY_PAGE;
  else if (g_str_equal (name, "logs"))
    type = HELIO_TYPE_LOGS_PAGE;
  else
    type = HELIO_TYPE_SETTINGS_PAGE;
  page = g_object_new (type, NULL);
  g_object_bind_property (window, "agent", page, "agent", G_BINDING_SYNC_CREATE);
  if (type == HELIO_TYPE_OVERVIEW_PAGE)
    g_object_bind_property (window, "complaint", page, "complaint", G_BINDING_SYNC_CREATE);
  adw_bin_set_child (bin, page);
}

/* -- first run ---------------------------------------------------------------------------- */

static void
on_first_run_done (HelioWindow *window)
{
  gtk_stack_set_visible_child_name (window->views, "main");
  adw_view_stack_set_visible_child_name (window->pages, "overview");
  gtk_stack_remove (window->views, gtk_stack_get_child_by_name (window->views, "first-run"));
}

/* Made when it is needed, which is once in most lives: it costs 2 MiB. */
static void
show_first_run (HelioWindow *window)
{
  window->was_set_up = TRUE;
  if (gtk_stack_get_child_by_name (window->views, "first-run") == NULL)
    {
      GtkWidget *first_run = g_object_new (HELIO_TYPE_FIRST_RUN, NULL);

      g_object_bind_property (window, "agent", first_run, "agent", G_BINDING_SYNC_CREATE);
      g_signal_connect_object (first_run, "done", G_CALLBACK (on_first_run_done), window,
                               G_CONNECT_SWAPPED);
      gtk_stack_add_named (window->views, first_run, "first-run");
    }
  gtk_stack_set_visible_child_name (window->views, "first-run");
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_agent_state_changed (HelioWindow *window)
{
  const char *state = helio_agent1_get_state (window->agent);

  if (g_strcmp0 (state, "quitting") == 0)
    {
      gtk_window_destroy (GTK_WINDOW (window));
      return;
    }
  if (state == NULL || g_str_equal (state, "starting") || window->was_set_up)
    return;
  window->was_set_up = TRUE;
  if (g_str_equal (state, "setup"))
    show_first_run (window);
}

/* It went without a word: the bus starts it again. */
static void
on_agent_owner_changed (HelioWindow *window)
{
  int64_t now = g_get_monotonic_time ();

  if (helio_has_owner (window->agent))
    complain (window, NULL);
  if (helio_has_owner (window->agent)
      || (window->revived_at != 0 && now - window->revived_at < REVIVAL_US))
    return;
  window->revived_at = now;
  start_agent (window);
}

static void
on_agent_ready (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioWindow) window = data;
  g_autoptr (GError) error = NULL;
  HelioAgent1 *agent = helio_agent1_proxy_new_for_bus_finish (result, &error);

  if (agent == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_warning ("No session bus: %s", error->message);
      complain (window, _ ("It publishes and shows nothing without. Log in to a desktop, or run "
                           "in a terminal: dbus-run-session heliograph"));
      return;
    }
  window->agent = agent;
  /* A verification of years of history takes its time. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), G_MAXINT);
  g_signal_connect_object (agent, "notify::state", G_CALLBACK (on_agent_state_changed), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (agent, "notify::g-name-owner", G_CALLBACK (on_agent_owner_changed),
                           window, G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (window), properties[PROP_AGENT]);
  on_agent_state_changed (window);
}

static gboolean
on_reveal (gpointer data)
{
  HelioWindow *window = data;
  gboolean is_narrow;

  window->reveal_id = 0;
  g_object_get (window->switcher, "title-visible", &is_narrow, NULL);
  adw_view_switcher_bar_set_reveal (window->switcher_bar, is_narrow);
  return G_SOURCE_REMOVE;
}

/* It is found out while all gets its place: too late for the bar to get another, and without
 * animations nobody would look again. */
static void
on_title_visible_changed (HelioWindow *window)
{
  if (window->reveal_id == 0)
    window->reveal_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_reveal, window, NULL);
}

/* -- actions ------------------------------------------------------------------------------ */

static void
toast_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  HelioWindow *window = HELIO_WINDOW (widget);
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *text = g_markup_escape_text (g_variant_get_string (parameter, NULL), -1);

  adw_toast_set_title (toast, text);
  adw_toast_overlay_add_toast (window->toasts, toast);
}

static void
show_page_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter)
{
  HelioWindow *window = HELIO_WINDOW (widget);

  gtk_stack_set_visible_child_name (window->views, "main");
  adw_view_stack_set_visible_child_name (window->pages, g_variant_get_string (parameter, NULL));
}

static void
first_run_action (GtkWidget *widget,
                  const char *name G_GNUC_UNUSED,
                  GVariant *parameter G_GNUC_UNUSED)
{
  show_first_run (HELIO_WINDOW (widget));
}

static void
start_agent_action (GtkWidget *widget,
                    const char *name G_GNUC_UNUSED,
                    GVariant *parameter G_GNUC_UNUSED)
{
  HelioWindow *window = HELIO_WINDOW (widget);

  if (window->agent == NULL && window->complaint != NULL)
    helio_toast (widget, _ ("Heliograph needs a session bus"));
  else
    start_agent (window);
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioWindow) window = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = helio_agent1_call_sync_now_finish (HELIO_AGENT1 (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.sync-now", TRUE);
  if (is_done)
    helio_toast (GTK_WIDGET (window), _ ("Everything is published"));
  else
    helio_toast_error (GTK_WIDGET (window), error);
}

static void
sync_now_action (GtkWidget *widget,
                 const char *name G_GNUC_UNUSED,
                 GVariant *parameter G_GNUC_UNUSED)
{
  HelioWindow *window = HELIO_WINDOW (widget);

  if (window->agent == NULL)
    return;
  /* Its buttons show by this that it runs. */
  gtk_widget_action_set_enabled (widget, "win.sync-now", FALSE);
  helio_agent1_call_sync_now (window->agent, window->cancellable, on_synced, g_object_ref (window));
}

static void
on_quit_called (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioWindow) window = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_quit_finish (HELIO_AGENT1 (source), result, &error))
    helio_toast_error (GTK_WIDGET (window), error);
}

/* The window goes when the agent says that it is quitting. */
static void
quit_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  HelioWindow *window = HELIO_WINDOW (widget);

  if (helio_has_owner (window->agent))
    helio_agent1_call_quit (window->agent, window->cancellable, on_quit_called,
                            g_object_ref (window));
  else
    gtk_window_destroy (GTK_WINDOW (window));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_window_constructed (GObject *object)
{
  HelioWindow *window = HELIO_WINDOW (object);

  G_OBJECT_CLASS (helio_window_parent_class)->constructed (object);
  helio_agent1_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, AGENT_NAME,
                                  AGENT_PATH, window->cancellable, on_agent_ready,
                                  g_object_ref (window));
}

static void
helio_window_dispose (GObject *object)
{
  HelioWindow *window = HELIO_WINDOW (object);

  g_cancellable_cancel (window->cancellable);
  g_clear_handle_id (&window->reveal_id, g_source_remove);
  g_clear_object (&window->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_WINDOW);
  G_OBJECT_CLASS (helio_window_parent_class)->dispose (object);
}

static void
helio_window_finalize (GObject *object)
{
  HelioWindow *window = HELIO_WINDOW (object);

  g_clear_object (&window->cancellable);
  g_free (window->complaint);
  G_OBJECT_CLASS (helio_window_parent_class)->finalize (object);
}

static void
helio_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioWindow *window = HELIO_WINDOW (object);

  switch ((HelioWindowProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, window->agent);
      break;
    case PROP_COMPLAINT:
      g_value_set_string (value, window->complaint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_window_class_init (HelioWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = helio_window_constructed;
  object_class->dispose = helio_window_dispose;
  object_class->finalize = helio_window_finalize;
  object_class->get_property = helio_window_get_property;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_COMPLAINT] = g_param_spec_string (
      "complaint", NULL, NULL, NULL,
      (GParamFlags) (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/heliograph/Heliograph/helio-window.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, HelioWindow, views);
  gtk_widget_class_bind_template_child (widget_class, HelioWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, HelioWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, HelioWindow, switcher_bar);

  gtk_widget_class_bind_template_callback (widget_class, fill_page);
  gtk_widget_class_bind_template_callback (widget_class, on_title_visible_changed);

  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.show-page", "s", show_page_action);
  gtk_widget_class_install_action (widget_class, "win.first-run", NULL, first_run_action);
  gtk_widget_class_install_action (widget_class, "win.start-agent", NULL, start_agent_action);
  gtk_widget_class_install_action (widget_class, "win.sync-now", NULL, sync_now_action);
  gtk_widget_class_install_action (widget_class, "win.quit", NULL, quit_action);
}

static void
helio_window_init (HelioWindow *window)
{
  window->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (window));
  fill_page (window);
}

HelioWindow *
helio_window_new (GtkApplication *application)
{
  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);

  return g_object_new (HELIO_TYPE_WINDOW, "application", application, NULL);
}
