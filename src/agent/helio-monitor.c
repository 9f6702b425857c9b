/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-monitor.h"

#include <string.h>

#include "agent/helio-portal.h"

#define INHIBIT "org.freedesktop.portal.Inhibit"
#define ANSWER_SECONDS 30

/* A portal that is being started at login may need long, but somebody waits for presence. */
#define PATIENCE_MS 6000
/* Who gives us a monitor tells the state at once, if ever. */
#define FIRST_STATE_MS 1000

/* What the portal calls session-state. */
enum
{
  SESSION_QUERY_END = 2,
  SESSION_ENDING = 3,
};

struct _HelioMonitor
{
  GDBusConnection *bus;
  GCancellable *cancellable;
  guint name_id;
  guint state_id;
  guint patience_id;
  char *path; /* of the monitor, NULL while there is none */
  gboolean is_lack_told;
  HelioSessionFunc func;
  gpointer data;
};

static void
set_known (HelioMonitor *monitor)
{
  g_clear_handle_id (&monitor->patience_id, g_source_remove);
  monitor->func (HELIO_SESSION_KNOWN, monitor->data);
}

static gboolean
on_patience_ended (gpointer data)
{
  HelioMonitor *monitor = data;

  monitor->patience_id = 0;
  set_known (monitor);
  return G_SOURCE_REMOVE;
}

static void
tell_lack (HelioMonitor *monitor)
{
  if (!monitor->is_lack_told)
    g_message ("This desktop does not tell a sandbox when the session is locked: the live status "
               "then goes by ActivityWatch alone");
  monitor->is_lack_told = TRUE;
  set_known (monitor);
}

/* The end of the session waits a second for this. We have nothing against it. */
static void
agree_to_end (HelioMonitor *monitor)
{
  g_dbus_connection_call (monitor->bus, HELIO_PORTAL_NAME, HELIO_PORTAL_PATH, INHIBIT,
                          "QueryEndResponse", g_variant_new ("(o)", monitor->path), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
on_state (GDBusConnection *bus,
          const char *sender,
          const char *object,
          const char *interface,
          const char *name,
          GVariant *parameters,
          gpointer data)
{
  HelioMonitor *monitor = data;
  g_autoptr (GVariant) state = NULL;
  const char *path;
  gboolean is_locked;
  guint32 session;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sv})")))
    return;
  g_variant_get (parameters, "(&o@a{sv})", &path, &state);
  if (g_strcmp0 (path, monitor->path) != 0)
    return;

  if (g_variant_lookup (state, "screensaver-active", "b", &is_locked))
    monitor->func (is_locked ? HELIO_SESSION_LOCKED : HELIO_SESSION_UNLOCKED, monitor->data);
  set_known (monitor);
  if (!g_variant_lookup (state, "session-state", "u", &session))
    return;
  if (session == SESSION_QUERY_END)
    agree_to_end (monitor);
  else if (session == SESSION_ENDING)
    monitor->func (HELIO_SESSION_ENDS, monitor->data);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint32 response;
  g_autoptr (GVariant) results = helio_portal_ask_finish (result, &response, &error);
  HelioMonitor *monitor = data;
  const char *path;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (results == NULL || response != HELIO_PORTAL_DONE)
    {
      g_debug ("There is no monitor: %s", error != NULL ? error->message : "it is refused");
      tell_lack (monitor);
      return;
    }
  if (g_variant_lookup (results, "session_handle", "&s", &path)
      && g_strcmp0 (path, monitor->path) != 0)
    {
      g_free (monitor->path);
      monitor->path = g_strdup (path);
    }
  if (monitor->patience_id == 0)
    return;
  g_source_remove (monitor->patience_id);
  monitor->patience_id = g_timeout_add (FIRST_STATE_MS, on_patience_ended, monitor);
}

static void
on_portal_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  HelioMonitor *monitor = data;
  g_autofree char *token = g_strdup_printf ("heliograph%u", g_random_int ());
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&options, "session_handle_token", "s", token);
  g_free (monitor->path);
  /* Known before the answer: the first state may come before it. */
  monitor->path = helio_portal_make_path (bus, "session", token);
  helio_portal_ask (bus, INHIBIT, "CreateMonitor", &options, ANSWER_SECONDS, monitor->cancellable,
                    on_created, monitor);
}

/* It takes the monitor with it. Whether the session is locked is what it last was. */
static void
on_portal_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  HelioMonitor *monitor = data;

  if (monitor->path == NULL)
    tell_lack (monitor);
  g_clear_pointer (&monitor->path, g_free);
}

HelioMonitor *
helio_monitor_new (GDBusConnection *bus, HelioSessionFunc func, gpointer data)
{
  HelioMonitor *monitor = g_new0 (HelioMonitor, 1);

  monitor->bus = g_object_ref (bus);
  monitor->func = func;
  monitor->data = data;
  monitor->cancellable = g_cancellable_new ();
  monitor->patience_id = g_timeout_add (PATIENCE_MS, on_patience_ended, monitor);
  monitor->state_id = g_dbus_connection_signal_subscribe (
      bus, HELIO_PORTAL_NAME, INHIBIT, "StateChanged", HELIO_PORTAL_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_state, monitor, NULL);
  monitor->name_id
      = g_bus_watch_name_on_connection (bus, HELIO_PORTAL_NAME, G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                        on_portal_appeared, on_portal_vanished, monitor, NULL);
  return monitor;
}

void
helio_monitor_free (HelioMonitor *monitor)
{
  g_cancellable_cancel (monitor->cancellable);
  g_bus_unwatch_name (monitor->name_id);
  g_dbus_connection_signal_unsubscribe (monitor->bus, monitor->state_id);
  g_clear_handle_id (&monitor->patience_id, g_source_remove);
  g_clear_object (&monitor->cancellable);
  g_object_unref (monitor->bus);
  g_free (monitor->path);
  g_free (monitor);
}
