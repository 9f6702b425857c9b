/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-tray-child.h"

#include "agent/helio-child.h"
#include "agent/helio-programs.h"

#define PROGRAM "heliograph-tray"
#define HOST "org.kde.StatusNotifierWatcher"
#define MOST_DEATHS 5
/* A panel that is restarted comes back sooner: then the icon only registers again. */
#define HOST_GONE_SECONDS 5

struct _HelioTrayChild
{
  void (*changed) (gpointer data);
  gpointer data;
  HelioChild *child;
  gboolean is_wanted;
  gboolean has_host;
  guint watch_id;
  guint gone_id;
};

static void
on_child (HelioChildEvent event, int exit_code, gpointer data)
{
  HelioTrayChild *tray = data;

  tray->changed (tray->data);
}

static void
match (HelioTrayChild *tray)
{
  /* One that outlived an agent before us gives its place to ours. */
  const char *const words[] = { PROGRAM, "--replace", NULL };
  g_autofree char *program = NULL;

  if (!tray->is_wanted || (!tray->has_host && tray->gone_id == 0))
    {
      if (tray->child != NULL)
        helio_child_stop (tray->child);
      return;
    }
  if (!tray->has_host || (tray->child != NULL && helio_child_is_alive (tray->child)))
    return;
  program = helio_programs_find (PROGRAM);
  if (program == NULL)
    {
      g_info (PROGRAM " is not installed: there is no icon");
      return;
    }
  if (tray->child == NULL)
    /* It brings an agent back that was killed, and so must not die with it. */
    tray->child = helio_child_new (words, MOST_DEATHS, FALSE, on_child, tray);
  helio_child_start (tray->child);
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
  match (tray);
  tray->changed (tray->data);
}

static void
on_host_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  HelioTrayChild *tray = data;

  if (!tray->has_host)
    return;
  tray->has_host = FALSE;
  tray->gone_id = g_timeout_add_seconds (HOST_GONE_SECONDS, on_gone, tray);
  tray->changed (tray->data);
}

HelioTrayChild *
helio_tray_child_new (GDBusConnection *bus, void (*changed) (gpointer data), gpointer data)
{
  HelioTrayChild *tray = g_new0 (HelioTrayChild, 1);

  tray->changed = changed;
  tray->data = data;
  tray->watch_id = g_bus_watch_name_on_connection (bus, HOST, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   on_host_appeared, on_host_vanished, tray, NULL);
  return tray;
}

void
helio_tray_child_free (HelioTrayChild *tray)
{
  g_bus_unwatch_name (tray->watch_id);
  g_clear_handle_id (&tray->gone_id, g_source_remove);
  g_clear_pointer (&tray->child, helio_child_free);
  g_free (tray);
}

void
helio_tray_child_set_wanted (HelioTrayChild *tray, gboolean is_wanted)
{
  if (tray->is_wanted == is_wanted)
    return;
  tray->is_wanted = is_wanted;
  match (tray);
  tray->changed (tray->data);
}

gboolean
helio_tray_child_has_host (HelioTrayChild *tray)
{
  return tray->has_host;
}

gboolean
helio_tray_child_is_alive (HelioTrayChild *tray)
{
  return tray->child != NULL && helio_child_is_alive (tray->child);
}
