/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-application.h"

#include <glib/gi18n.h>

#include "window/helio-debug-info.h"
#include "window/helio-window.h"

#define HOMEPAGE "https://github.com/heliograph/heliograph"

/* One process for one window: started on demand, and gone when the window is closed, since a
 * closed GTK window gives next to nothing back. Publishing is the agent's work and goes on. */

struct _HelioApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (HelioApplication, helio_application, ADW_TYPE_APPLICATION)

static void
about_action (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));
  g_autoptr (HelioAgent1) agent = NULL;

  if (HELIO_IS_WINDOW (window))
    g_object_get (window, "agent", &agent, NULL);
  g_autofree char *debug_info = helio_debug_info (agent);
  adw_show_about_window (
      window, "application-name", "Heliograph", "application-icon", APP_ID, "version",
      PACKAGE_VERSION, "developer-name", _ ("The Heliograph authors"), "copyright",
      "© 2026 The Heliograph authors", "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _ ("Publishes what your devices are doing to a backend that you host yourself."), "website",
      HOMEPAGE, "issue-url", HOMEPAGE "/issues", "debug-info", debug_info, "debug-info-filename",
      "heliograph-debug-info.txt",
      /* Translators: your name, and your address if you like; one translator per line. */
      "translator-credits", _ ("translator-credits"), NULL);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = about_action },
};

static void
helio_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (helio_window_new (GTK_APPLICATION (application)));
  gtk_window_present (window);
}

static void
helio_application_startup (GApplication *application)
{
  static const struct
  {
    const char *action;
    const char *keys[3];
  } shortcuts[] = {
    { "window.close", { "<Control>w" } },
    { "win.show-help-overlay", { "<Control>question", "F1" } },
    { "win.show-page('overview')", { "<Alt>1" } },
    { "win.show-page('buckets')", { "<Alt>2" } },
    { "win.show-page('destinations')", { "<Alt>3" } },
    { "win.show-page('privacy')", { "<Alt>4" } },
    { "win.show-page('logs')", { "<Alt>5" } },
    { "win.show-page('settings')", { "<Alt>6", "<Control>comma" } },
    { "win.sync-now", { "<Control>r", "F5" } },
  };

  G_APPLICATION_CLASS (helio_application_parent_class)->startup (application);
  /* GTK's own pictures and ours instead of the desktop's drawings, whose reader costs 11 MiB
   * (measured); they look the same. Icons that GTK lacks are not used. */
  gtk_window_set_default_icon_name ("helio-app");
  g_object_set (gtk_settings_get_default (), "gtk-icon-theme-name", "hicolor", NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action,
                                           shortcuts[i].keys);
}

/* Asked for its version, it needs no display and no bus. */
static int
helio_application_handle_local_options (GApplication *application G_GNUC_UNUSED,
                                        GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("heliograph %s\n", PACKAGE_VERSION);
  return 0;
}

static void
helio_application_class_init (HelioApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = helio_application_activate;
  application_class->handle_local_options = helio_application_handle_local_options;
  application_class->startup = helio_application_startup;
}

static void
helio_application_init (HelioApplication *application)
{
  static const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_application_add_main_option_entries (G_APPLICATION (application), entries);
}

HelioApplication *
helio_application_new (void)
{
  return g_object_new (HELIO_TYPE_APPLICATION, "application-id", APP_ID, "resource-base-path",
                       "/io/github/heliograph/Heliograph", NULL);
}
