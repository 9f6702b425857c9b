/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-tray-child.h"

#include <signal.h>

#include "agent/helio-child.h"
#include "agent/helio-programs.h"

#define PROGRAM "heliograph-tray"
/* Owned by the one that shows the icon, whoever started it. */
#define ICON APP_ID ".Tray"
#define HOST "org.kde.StatusNotifierWatcher"
#define MOST_DEATHS 5
/* A panel that is restarted comes back sooner: then the icon only registers again. */
#define HOST_GONE_SECONDS 5

struct _HelioTrayChild
{
  GDBusConnection *bus;
  void (*changed) (gpointer data);
  gpointer data;
  HelioChild *child;
  char *icon; /* who shows the icon, on the bus */
  gboolean is_icon_known;
  gboolean is_wanted;
  gboolean is_given_up;
  gboolean has_host;
  guint host_id;
  guint icon_id;
  guint gone_id;
};

static void
on_child (HelioChildEvent event, int exit_code, gpointer data)
{
  HelioTrayChild *tray = data;

  /* Another one was faster: that is what was wanted. */
  if (event == HELIO_CHILD_FAILED && exit_code == 0 && tray->icon != NULL)
    helio_child_stop (tray->child);
  tray->is_given_up |= event == HELIO_CHILD_GIVEN_UP;
  tray->changed (tray->data);
}

static void
on_process_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  guint32 pid = 0;

  if (answer != NULL)
    g_variant_get (answer, "(u)", &pid);
  if (pid > 1)
    kill ((pid_t) pid, SIGTERM);
}

static void
end_icon (HelioTrayChild *tray)
{
  gboolean is_ours = tray->child != NULL && helio_child_is_alive (tray->child);

  if (tray->child != NULL)
    helio_child_stop (tray->child);
  /* One that an agent before us started. */
  if (!is_ours && tray->icon != NULL)
    g_dbus_connection_call (tray->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                            g_variant_new ("(s)", tray->icon), G_VARIANT_TYPE ("(u)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_process_found, NULL);
}

static void
match (HelioTrayChild *tray)
{
  const char *const words[] = { PROGRAM, NULL };
  g_autofree char *program = NULL;

  if (!tray->is_wanted || (!tray->has_host && tray->gone_id == 0))
    {
      end_icon (tray);
      return;
    }
  if (!tray->has_host || !tray->is_icon_known || tray->icon != NULL || tray->is_given_up
      || (tray->child != NULL && helio_child_is_wanted (tray->child)))
    return;
  program = helio_programs_find (PROGRAM);
  if (program == NULL)
    {
      g_info (PROGRAM " is not installed: there is no icon");
      return;
    }
  if (tray->child == NULL)
    tray->child = helio_child_new (words, FALSE, MOST_DEATHS, on_child, tray);
  helio_child_start (tray->child);
}

/* Another host may be a better one, another setting a wish. */
static void
hope_again (HelioTrayChild *tray)
{
  if (tray->is_given_up)
    g_clear_pointer (&tray->child, helio_child_free);
  tray->is_given_up = FALSE;
}

static gboolean
on_gone (gpointer data)
{
  HelioTrayChild *tray = data;

  tray->gone_id = 0;
  match (tray);
  return G_SOURCE_REMOVE;
}

static void
on_host_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  HelioTrayChild *tray = data;

  g_clear_handle_id (&tray->gone_id, g_source_remove);
  tray->has_host = TRUE;
  hope_again (tray);
  match (tray);
  tray->changed (tray->data);
}

static void
on_host_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  HelioTrayChild *tray = data;

  tray->has_host = FALSE;
  g_clear_handle_id (&tray->gone_id, g_source_remove);
  tray->gone_id = g_timeout_add_seconds (HOST_GONE_SECONDS, on_gone, tray);
  tray->changed (tray->data);
}

static void
on_icon_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  HelioTrayChild *tray = data;

  tray->is_icon_known = TRUE;
  g_free (tray->icon);
  tray->icon = g_strdup (owner);
  match (tray);
  tray->changed (tray->data);
}

static void
on_icon_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  HelioTrayChild *tray = data;

  tray->is_icon_known = TRUE;
  g_clear_pointer (&tray->icon, g_free);
  match (tray);
  tray->changed (tray->data);
}

HelioTrayChild *
helio_tray_child_new (GDBusConnection *bus, void (*changed) (gpointer data), gpointer data)
{
  HelioTrayChild *tray = g_new0 (HelioTrayChild, 1);

  tray->bus = g_object_ref (bus);
  tray->changed = changed;
  tray->data = data;
  /* An icon of an agent before us stays as long as nothing is known of a host. */
  tray->gone_id = g_timeout_add_seconds (HOST_GONE_SECONDS, on_gone, tray);
  tray->icon_id = g_bus_watch_name_on_connection (bus, ICON, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                  on_icon_appeared, on_icon_vanished, tray, NULL);
  tray->host_id = g_bus_watch_name_on_connection (bus, HOST, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                  on_host_appeared, on_host_vanished, tray, NULL);
  return tray;
}

void
helio_tray_child_free (HelioTrayChild *tray)
{
  g_bus_unwatch_name (tray->icon_id);
  g_bus_unwatch_name (tray->host_id);
  g_clear_handle_id (&tray->gone_id, g_source_remove);
  g_clear_pointer (&tray->child, helio_child_free);
  g_object_unref (tray->bus);
  g_free (tray->icon);
  g_free (tray);
}

void
helio_tray_child_set_wanted (HelioTrayChild *tray, gboolean is_wanted)
{
  if (tray->is_wanted == is_wanted)
    return;
  tray->is_wanted = is_wanted;
  hope_again (tray);
  match (tray);
  tray->changed (tray->data);
}

gboolean
helio_tray_child_has_host (HelioTrayChild *tray)
{
  return tray->has_host;
}

gboolean
helio_tray_child_has_icon (HelioTrayChild *tray)
{
  return tray->icon != NULL;
}
