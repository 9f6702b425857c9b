/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-session.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "agent/helio-monitor.h"

#define LOGIND "org.freedesktop.login1"
#define MANAGER_PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"
#define SESSION "org.freedesktop.login1.Session"

/* logind answers at once, or is in trouble. */
#define ANSWER_MS 3000

struct _HelioSession
{
  GDBusConnection *bus;
  GCancellable *cancellable;
  HelioMonitor *monitor; /* in a sandbox, instead of all that follows */
  guint manager_id;
  guint session_id; /* subscription for the session's Lock and Unlock */
  guint properties_id;
  char *path;
  int inhibitor;
  gboolean is_known; /* whether it is locked */
  gboolean is_locked;
  gboolean is_inactive; /* another user has the screen */
  HelioSessionFunc func;
  gpointer data;
};

static void
set_locked (HelioSession *session, gboolean is_locked)
{
  if (session->is_locked == is_locked)
    return;
  session->is_locked = is_locked;
  session->func (is_locked ? HELIO_SESSION_LOCKED : HELIO_SESSION_UNLOCKED, session->data);
}

static void
set_known (HelioSession *session)
{
  if (session->is_known)
    return;
  session->is_known = TRUE;
  session->func (HELIO_SESSION_KNOWN, session->data);
}

/* -- sleep -------------------------------------------------------------------------------- */

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  HelioSession *session = data;
  int handle;

  if (answer == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("Sleep can't be delayed: %s", error->message);
      return;
    }
  g_variant_get (answer, "(h)", &handle);
  if (fds != NULL && session->inhibitor < 0)
    session->inhibitor = g_unix_fd_list_get (fds, handle, NULL);
}

static void
inhibit (HelioSession *session)
{
  if (session->inhibitor >= 0)
    return;
  g_dbus_connection_call_with_unix_fd_list (session->bus, LOGIND, MANAGER_PATH, MANAGER, "Inhibit",
                                            g_variant_new ("(ssss)", "sleep", "Heliograph",
                                                           "To tell that this device goes offline",
                                                           "delay"),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                            -1, NULL, session->cancellable, on_inhibited, session);
}

void
helio_session_let_sleep (HelioSession *session)
{
  if (session->inhibitor >= 0)
    close (session->inhibitor);
  session->inhibitor = -1;
}

/* -- lock --------------------------------------------------------------------------------- */

static void
on_session_signal (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *name,
                   GVariant *parameters,
                   gpointer data)
{
  if (strcmp (name, "Lock") == 0)
    set_locked (data, TRUE);
  else if (strcmp (name, "Unlock") == 0)
    set_locked (data, FALSE);
}

static void
on_properties_changed (GDBusConnection *bus,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *name,
                       GVariant *parameters,
                       gpointer data)
{
  g_autoptr (GVariant) changed = NULL;
  HelioSession *session = data;
  gboolean is_locked, is_active;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  if (g_variant_lookup (changed, "Active", "b", &is_active))
    session->is_inactive = !is_active;
  if (g_variant_lookup (changed, "LockedHint", "b", &is_locked))
    set_locked (session, is_locked);
}

static void
on_active (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) value = NULL;
  HelioSession *session = data;

  if (answer == NULL)
    return;
  g_variant_get (answer, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    session->is_inactive = !g_variant_get_boolean (value);
}

static void
on_locked_hint (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer != NULL)
    {
      g_autoptr (GVariant) value = NULL;
      g_variant_get (answer, "(v)", &value);
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        set_locked (data, g_variant_get_boolean (value));
    }
  set_known (data);
}

static void
forget_session (HelioSession *session)
{
  if (session->session_id != 0)
    g_dbus_connection_signal_unsubscribe (session->bus, session->session_id);
  if (session->properties_id != 0)
    g_dbus_connection_signal_unsubscribe (session->bus, session->properties_id);
  session->session_id = session->properties_id = 0;
  session->is_inactive = FALSE;
  g_clear_pointer (&session->path, g_free);
}

static void
watch_session (HelioSession *session, const char *path)
{
  session->path = g_strdup (path);
  session->session_id = g_dbus_connection_signal_subscribe (session->bus, LOGIND, SESSION, NULL,
                                                            path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                            on_session_signal, session, NULL);
  session->properties_id = g_dbus_connection_signal_subscribe (
      session->bus, LOGIND, "org.freedesktop.DBus.Properties", "PropertiesChanged", path, SESSION,
      G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, session, NULL);
  g_dbus_connection_call (session->bus, LOGIND, path, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", SESSION, "LockedHint"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, session->cancellable,
                          on_locked_hint, session);
  g_dbus_connection_call (session->bus, LOGIND, path, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", SESSION, "Active"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, session->cancellable, on_active,
                          session);
}

/* The session this process belongs to, or else (a user unit) the user's session at a seat. */
static void
on_sessions (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  HelioSession *session = data;
  const char *own = g_getenv ("XDG_SESSION_ID");
  const char *id, *name, *seat, *path;
  g_autofree char *found = NULL;
  GVariantIter iter;
  guint32 uid;

  if (answer == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_debug ("The session's lock is not known: %s", error->message);
      set_known (session);
      return;
    }

  g_autoptr (GVariant) sessions = g_variant_get_child_value (answer, 0);
  g_variant_iter_init (&iter, sessions);
  while (g_variant_iter_next (&iter, "(&su&s&s&o)", &id, &uid, &name, &seat, &path))
    {
      gboolean is_own = own != NULL && strcmp (id, own) == 0;

      if (is_own || (found == NULL && uid == (guint32) getuid () && *seat != '\0'))
        {
          g_free (found);
          found = g_strdup (path);
        }
      if (is_own)
        break;
    }
  if (found != NULL && g_strcmp0 (found, session->path) == 0)
    return;
  forget_session (session);
  set_locked (session, FALSE);
  if (found != NULL)
    watch_session (session, found);
  else
    set_known (session);
}

static void
find_session (HelioSession *session)
{
  g_dbus_connection_call (session->bus, LOGIND, MANAGER_PATH, MANAGER, "ListSessions", NULL,
                          G_VARIANT_TYPE ("(a(susso))"), G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS,
                          session->cancellable, on_sessions, session);
}

static void
on_manager_signal (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *name,
                   GVariant *parameters,
                   gpointer data)
{
  HelioSession *session = data;
  gboolean sleeps;

  if (strcmp (name, "SessionNew") == 0 || strcmp (name, "SessionRemoved") == 0)
    find_session (session);
  if (strcmp (name, "PrepareForSleep") != 0
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (parameters, "(b)", &sleeps);
  if (!sleeps)
    inhibit (session);
  session->func (sleeps ? HELIO_SESSION_FALLS_ASLEEP : HELIO_SESSION_WOKE_UP, session->data);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  HelioSession *session = data;

  if (bus == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_debug ("No system bus: sleep and lock are not seen (%s)", error->message);
      set_known (session);
      return;
    }
  session->bus = bus;
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  session->manager_id = g_dbus_connection_signal_subscribe (
      bus, LOGIND, MANAGER, NULL, MANAGER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_manager_signal,
      session, NULL);
  inhibit (session);
  find_session (session);
}

/* -- in a sandbox ------------------------------------------------------------------------- */

static void
on_monitor (HelioSessionEvent event, gpointer data)
{
  HelioSession *session = data;

  if (event == HELIO_SESSION_KNOWN)
    set_known (session);
  else if (event == HELIO_SESSION_LOCKED || event == HELIO_SESSION_UNLOCKED)
    set_locked (session, event == HELIO_SESSION_LOCKED);
  else
    session->func (event, session->data);
}

/* -- life --------------------------------------------------------------------------------- */

HelioSession *
helio_session_new (GDBusConnection *portal_bus, HelioSessionFunc func, gpointer data)
{
  HelioSession *session = g_new0 (HelioSession, 1);

  session->func = func;
  session->data = data;
  session->inhibitor = -1;
  session->cancellable = g_cancellable_new ();
  if (portal_bus != NULL)
    session->monitor = helio_monitor_new (portal_bus, on_monitor, session);
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, session->cancellable, on_bus, session);
  return session;
}

void
helio_session_free (HelioSession *session)
{
  g_cancellable_cancel (session->cancellable);
  helio_session_let_sleep (session);
  g_clear_pointer (&session->monitor, helio_monitor_free);
  if (session->bus != NULL)
    {
      forget_session (session);
      g_dbus_connection_signal_unsubscribe (session->bus, session->manager_id);
    }
  g_clear_object (&session->bus);
  g_clear_object (&session->cancellable);
  g_free (session);
}

gboolean
helio_session_is_active (HelioSession *session)
{
  return !session->is_inactive;
}

gboolean
helio_session_is_known (HelioSession *session)
{
  return session->is_known;
}
