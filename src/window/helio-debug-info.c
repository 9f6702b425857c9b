/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-debug-info.h"

#include <adwaita.h>

#include "model/helio-dict.h"

static const char *
yes (GVariant *dict, const char *key)
{
  return helio_dict_get_flag (dict, key) ? "yes" : "no";
}

static void
add_error (GString *text, GVariant *dict)
{
  const char *error = helio_dict_get_text (dict, "error");

  if (*error != '\0')
    g_string_append_printf (text, "  error: %s\n", error);
}

static void
add_system (GString *text)
{
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  const char *session = g_getenv ("XDG_SESSION_TYPE");

  g_string_append_printf (text, "Window: %s\n", PACKAGE_VERSION);
  g_string_append_printf (text, "GLib %u.%u.%u, GTK %u.%u.%u, libadwaita %u.%u.%u\n",
                          glib_major_version, glib_minor_version, glib_micro_version,
                          gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version ());
  g_string_append_printf (text, "System: %s\n", system != NULL ? system : "unknown");
  g_string_append_printf (text, "Desktop: %s, %s\n", desktop != NULL ? desktop : "unknown",
                          session != NULL ? session : "unknown");
  g_string_append_printf (text, "Sandbox: %s\n",
                          g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ? "Flatpak" : "none");
}

static void
add_source (GString *text, HelioAgent1 *agent)
{
  GVariant *source = helio_agent1_get_source (agent);
  GVariant *buckets = helio_agent1_get_buckets (agent);
  gsize n = buckets != NULL ? g_variant_n_children (buckets) : 0;
  guint enabled = 0;
  guint failing = 0;

  if (source != NULL)
    {
      g_string_append_printf (text, "ActivityWatch: %s, reachable: %s\n",
                              helio_dict_get_text (source, "version"), yes (source, "reachable"));
      add_error (text, source);
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) bucket = g_variant_get_child_value (buckets, i);

      enabled += helio_dict_get_flag (bucket, "enabled");
      failing += *helio_dict_get_text (bucket, "error") != '\0';
    }
  g_string_append_printf (text, "Buckets: %" G_GSIZE_FORMAT ", enabled: %u, with errors: %u\n", n,
                          enabled, failing);
}

static void
add_destinations (GString *text, HelioAgent1 *agent)
{
  GVariant *destinations = helio_agent1_get_destinations (agent);
  gsize n = destinations != NULL ? g_variant_n_children (destinations) : 0;

  g_string_append_printf (text, "Destinations: %" G_GSIZE_FORMAT "\n", n);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) destination = g_variant_get_child_value (destinations, i);

      g_string_append_printf (
          text,
          "- state: %s, level: %s, history: %s, bundled: %s, rejected: %" G_GINT64_FORMAT "\n",
          helio_dict_get_text (destination, "state"), helio_dict_get_text (destination, "level"),
          yes (destination, "history"), yes (destination, "bundled"),
          helio_dict_get_number (destination, "rejected"));
      add_error (text, destination);
    }
}

static void
add_machine (GString *text, HelioAgent1 *agent)
{
  GVariant *machine = helio_agent1_get_machine (agent);

  if (machine == NULL)
    return;
  g_string_append_printf (text, "Tray host: %s, icon: %s\n", yes (machine, "tray-host"),
                          yes (machine, "tray"));
  g_string_append_printf (text, "Secret store: %s\n",
                          helio_dict_get_text (machine, "secret-store"));
  g_string_append_printf (text, "Network: %s, metered: %s\n", yes (machine, "network"),
                          yes (machine, "metered"));
  g_string_append_printf (text, "Start at login: %s\n", yes (machine, "start-at-login"));
}

char *
helio_debug_info (HelioAgent1 *agent)
{
  GString *text = g_string_new (NULL);
  const char *version = agent != NULL ? helio_agent1_get_version (agent) : NULL;

  add_system (text);
  if (version == NULL)
    {
      g_string_append (text, "Agent: not running\n");
      return g_string_free (text, FALSE);
    }
  g_string_append_printf (text, "Agent: %s, state: %s\n", version, helio_agent1_get_state (agent));
  add_source (text, agent);
  add_destinations (text, agent);
  add_machine (text, agent);
  return g_string_free (text, FALSE);
}
