/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-tray"

#include "config.h"

#include "tray/helio-tray.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <libayatana-appindicator/app-indicator.h>

#include "helio-agent-dbus.h"
#include "model/helio-event.h"
#include "model/helio-headline.h"
#include "model/helio-owner.h"
#include "model/helio-time.h"
#include "tray/helio-tray-menu.h"

#define AGENT_NAME APP_ID ".Agent"
#define AGENT_PATH "/io/github/heliograph/Heliograph/Agent"

#define WATCHER_NAME "org.kde.StatusNotifierWatcher"
/* Where the library puts what it calls "heliograph". */
#define ITEM_PATH "/org/ayatana/NotificationItem/heliograph"
/* How long a registration may take, and how often it is tried. */
#define REGISTER_SECONDS 3
#define MOST_TRIES 5
/* An agent that vanishes again and again is not started for ever. */
#define MOST_STARTS 3
#define MINUTE 60
#define HOUR 3600

struct _HelioTray
{
  GObject parent_instance;

  /* owned */
  GCancellable *cancellable;
  HelioAgent1 *agent;
  AppIndicator *indicator;
  HelioTrayMenu *menu;

  gboolean is_leaving;
  guint patience;
  guint watcher_id;
  gboolean is_registered;
  guint register_id; /* the panel did not take the icon yet */
  guint n_tries;
  guint refresh_id; /* the texts get old */
  guint give_up_id; /* the agent vanished not long ago */
  guint n_starts;   /* how often it was started since it last stayed */
};

G_DEFINE_FINAL_TYPE (HelioTray, helio_tray, G_TYPE_OBJECT)

static void helio_tray_update (HelioTray *tray);

static HelioSituation
get_situation (HelioTray *tray)
{
  HelioSituation situation = { NULL, NULL, 0, NULL };

  if (!helio_has_owner (tray->agent))
    {
      situation.state = "trouble";
      situation.trouble = _ ("Heliograph has stopped and is being started again");
      return situation;
    }
  situation.state = helio_agent1_get_state (tray->agent);
  situation.trouble = helio_agent1_get_trouble (tray->agent);
  situation.paused_until = helio_agent1_get_paused_until (tray->agent);
  situation.presence = helio_agent1_get_presence (tray->agent);
  return situation;
}

static gboolean
on_refresh (gpointer data)
{
  HelioTray *tray = data;

  tray->refresh_id = 0;
  helio_tray_update (tray);
  return G_SOURCE_REMOVE;
}

/* "since 10:42 (12 min)" is wrong a minute later, "since Mon 10:42 (3 days)" is not. Most of the
 * time nothing gets old: then nothing wakes up. */
static void
schedule_refresh (HelioTray *tray, const HelioSituation *situation, const char *detail, int64_t now)
{
  g_autofree char *soon = helio_situation_get_detail (situation, now + HELIO_MINUTE);
  g_autofree char *later = helio_situation_get_detail (situation, now + HELIO_DAY);

  g_clear_handle_id (&tray->refresh_id, g_source_remove);
  if (!g_str_equal (detail, soon))
    tray->refresh_id = g_timeout_add_seconds (MINUTE, on_refresh, tray);
  else if (!g_str_equal (detail, later))
    tray->refresh_id = g_timeout_add_seconds (HOUR, on_refresh, tray);
}

static void
helio_tray_update (HelioTray *tray)
{
  HelioSituation situation = get_situation (tray);
  int64_t now = helio_time_now ();
  g_autofree char *title = helio_situation_get_title (&situation, now);
  g_autofree char *detail = helio_situation_get_detail (&situation, now);
  g_autofree char *description = g_strdup_printf ("Heliograph: %s", title);
  const char *icon = helio_look_to_icon_name (helio_situation_get_look (&situation));

  if (g_strcmp0 (app_indicator_get_title (tray->indicator), description) != 0)
    app_indicator_set_title (tray->indicator, description);
  app_indicator_set_icon_full (tray->indicator, icon, description);
  helio_tray_menu_update (tray->menu, title, detail);
  schedule_refresh (tray, &situation, detail, now);
}

/* The bus knows how to start it; if it does not, somebody else may. */
static void
on_agent_started (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_dbus_error_strip_remote_error (error);
  g_warning ("The agent could not be started: %s", error->message);
}

static gboolean
on_patience_ended (gpointer data)
{
  HelioTray *tray = data;

  tray->give_up_id = 0;
  tray->n_starts = 0;
  if (!helio_has_owner (tray->agent))
    {
      g_message ("The agent stays away");
      gtk_main_quit ();
    }
  return G_SOURCE_REMOVE;
}

static void
restore_agent (HelioTray *tray)
{
  g_clear_handle_id (&tray->give_up_id, g_source_remove);
  tray->give_up_id = g_timeout_add_seconds (tray->patience, on_patience_ended, tray);
  if (tray->n_starts == MOST_STARTS)
    return;
  tray->n_starts++;
  g_dbus_connection_call (g_dbus_proxy_get_connection (G_DBUS_PROXY (tray->agent)),
                          "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", AGENT_NAME, 0),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, tray->cancellable,
                          on_agent_started, NULL);
}

/* One call for all properties of one message, unlike notify. */
static void
on_agent_properties_changed (HelioTray *tray)
{
  if (g_strcmp0 (helio_agent1_get_state (tray->agent), "quitting") == 0)
    {
      tray->is_leaving = TRUE;
      gtk_main_quit ();
    }
  else if (helio_has_owner (tray->agent))
    helio_tray_update (tray);
}

static void
on_agent_owner_changed (HelioTray *tray)
{
  /* An agent that said so may be gone before the loop ends: it is not called back. */
  if (tray->is_leaving)
    return;
  if (!helio_has_owner (tray->agent))
    restore_agent (tray);
  helio_tray_update (tray);
}

static void await_registration (HelioTray *tray);

static void
on_registered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_dbus_error_strip_remote_error (error);
  g_message ("The panel does not take the icon: %s", error->message);
  await_registration (data);
}

/* The library tries once, though a panel that just started may not be ready. On a busy machine it
 * even forgets to, when it finds the watcher sooner than the bus. */
static gboolean
on_not_registered (gpointer data)
{
  HelioTray *tray = data;

  tray->register_id = 0;
  g_dbus_connection_call (g_dbus_proxy_get_connection (G_DBUS_PROXY (tray->agent)), WATCHER_NAME,
                          "/StatusNotifierWatcher", WATCHER_NAME, "RegisterStatusNotifierItem",
                          g_variant_new ("(s)", ITEM_PATH), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          -1, tray->cancellable, on_registered, tray);
  return G_SOURCE_REMOVE;
}

static void
await_registration (HelioTray *tray)
{
  if (tray->register_id == 0 && tray->n_tries++ < MOST_TRIES)
    tray->register_id = g_timeout_add_seconds (REGISTER_SECONDS, on_not_registered, tray);
}

static void
on_connection_changed (HelioTray *tray, gboolean is_connected)
{
  tray->is_registered = is_connected;
  if (is_connected)
    g_clear_handle_id (&tray->register_id, g_source_remove);
}

static void
show_indicator (HelioTray *tray)
{
  /* Newer ones advise another library, with menus of its own, which Debian 12 lacks. */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  tray->indicator = app_indicator_new ("heliograph", helio_look_to_icon_name (HELIO_LOOK_OFFLINE),
                                       APP_INDICATOR_CATEGORY_APPLICATION_STATUS);
  G_GNUC_END_IGNORE_DEPRECATIONS
  /* A prefix that the panel does not know: it is told where the icons are. */
  if (!g_strv_contains (g_get_system_data_dirs (), DATADIR))
    app_indicator_set_icon_theme_path (tray->indicator, DATADIR "/icons");
  g_signal_connect_object (tray->indicator, APP_INDICATOR_SIGNAL_CONNECTION_CHANGED,
                           G_CALLBACK (on_connection_changed), tray, G_CONNECT_SWAPPED);
  helio_tray_update (tray);
  app_indicator_set_menu (tray->indicator, GTK_MENU (tray->menu));
  app_indicator_set_status (tray->indicator, APP_INDICATOR_STATUS_ACTIVE);
}

static void
on_watcher_appeared (GDBusConnection *bus G_GNUC_UNUSED,
                     const char *name G_GNUC_UNUSED,
                     const char *owner G_GNUC_UNUSED,
                     gpointer data)
{
  HelioTray *tray = data;

  tray->n_tries = 0;
  if (!tray->is_registered)
    await_registration (tray);
}

static void
on_watcher_vanished (GDBusConnection *bus G_GNUC_UNUSED,
                     const char *name G_GNUC_UNUSED,
                     gpointer data)
{
  HelioTray *tray = data;

  tray->is_registered = FALSE;
  g_clear_handle_id (&tray->register_id, g_source_remove);
}

static void
on_agent_ready (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  HelioAgent1 *agent = helio_agent1_proxy_new_finish (result, &error);
  HelioTray *tray;

  if (agent == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_warning ("No agent can be reached: %s", error->message);
          gtk_main_quit ();
        }
      return;
    }
  tray = data;
  tray->agent = agent;
  /* "Sync now" answers when all is published. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (agent), G_MAXINT);
  tray->menu = g_object_ref_sink (HELIO_TRAY_MENU (helio_tray_menu_new (agent)));
  show_indicator (tray);
  g_signal_connect_object (agent, "g-properties-changed", G_CALLBACK (on_agent_properties_changed),
                           tray, G_CONNECT_SWAPPED);
  g_signal_connect_object (agent, "notify::g-name-owner", G_CALLBACK (on_agent_owner_changed), tray,
                           G_CONNECT_SWAPPED);
  tray->watcher_id = g_bus_watch_name_on_connection (
      g_dbus_proxy_get_connection (G_DBUS_PROXY (agent)), WATCHER_NAME,
      G_BUS_NAME_WATCHER_FLAGS_NONE, on_watcher_appeared, on_watcher_vanished, tray, NULL);
  if (!helio_has_owner (tray->agent))
    restore_agent (tray);
  else if (g_strcmp0 (helio_agent1_get_state (agent), "quitting") == 0)
    gtk_main_quit ();
}

static void
helio_tray_dispose (GObject *object)
{
  HelioTray *tray = HELIO_TRAY (object);

  g_cancellable_cancel (tray->cancellable);
  g_clear_handle_id (&tray->refresh_id, g_source_remove);
  g_clear_handle_id (&tray->give_up_id, g_source_remove);
  g_clear_handle_id (&tray->register_id, g_source_remove);
  g_clear_handle_id (&tray->watcher_id, g_bus_unwatch_name);
  g_clear_object (&tray->indicator);
  g_clear_object (&tray->menu);
  g_clear_object (&tray->agent);
  g_clear_object (&tray->cancellable);

  G_OBJECT_CLASS (helio_tray_parent_class)->dispose (object);
}

static void
helio_tray_class_init (HelioTrayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = helio_tray_dispose;
}

static void
helio_tray_init (HelioTray *tray)
{
  tray->cancellable = g_cancellable_new ();
}

HelioTray *
helio_tray_new (GDBusConnection *bus, guint patience)
{
  HelioTray *tray = g_object_new (HELIO_TYPE_TRAY, NULL);

  tray->patience = patience;
  helio_agent1_proxy_new (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, AGENT_NAME, AGENT_PATH,
                          tray->cancellable, on_agent_ready, tray);
  return tray;
}
