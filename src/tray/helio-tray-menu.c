/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-tray"

#include "config.h"

#include "tray/helio-tray-menu.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-event.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "model/helio-time.h"

/* The panel's process draws this menu: it gets the items over D-Bus, and tells what was chosen. */

#define WINDOW_PATH "/io/github/heliograph/Heliograph"
/* A line of a menu; the window has room for the rest. */
#define LONGEST_LINE 64

/* How long a pause lasts, besides a number of minutes. */
#define UNTIL_TOMORROW (-1)
#define UNTIL_RESUMED 0

struct _HelioTrayMenu
{
  GtkMenu parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GVariant *destinations; /* those whose pages are offered */

  /* items of the menu */
  GtkWidget *title;
  GtkWidget *detail;
  GtkWidget *pause;
  GtkWidget *resume;
  GtkWidget *resume_all;
  GtkWidget *sync;
  GtkWidget *page;
  GtkWidget *pages;
  GtkWidget *page_list;
};

G_DEFINE_FINAL_TYPE (HelioTrayMenu, helio_tray_menu, GTK_TYPE_MENU)

static void
report (GError *error, const char *what)
{
  if (error == NULL)
    return;
  g_dbus_error_strip_remote_error (error);
  g_warning ("%s: %s", what, error->message);
}

static void
on_paused (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  helio_agent1_call_pause_finish (HELIO_AGENT1 (source), result, &error);
  report (error, "The agent did not pause");
}

static void
on_resumed (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  helio_agent1_call_resume_finish (HELIO_AGENT1 (source), result, &error);
  report (error, "The agent did not resume");
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  helio_agent1_call_sync_now_finish (HELIO_AGENT1 (source), result, &error);
  report (error, "The agent did not sync");
}

static void
on_quit (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  helio_agent1_call_quit_finish (HELIO_AGENT1 (source), result, &error);
  report (error, "The agent did not quit");
  /* Whatever it answered, the icon was told to go. */
  gtk_main_quit ();
}

/* Without an installed D-Bus service the window is a program like any other. */
static void
spawn_window (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_find_program_in_path ("heliograph");
  char *argv[] = { path != NULL ? path : (char *) BINDIR "/heliograph", NULL };

  if (!g_spawn_async (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &error))
    report (error, "The window did not open");
}

static void
on_window_activated (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return;
  g_debug ("No window on the bus: %s", error->message);
  spawn_window ();
}

static void
on_page_shown (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_app_info_launch_default_for_uri_finish (result, &error);
  report (error, "No browser opened the live page");
}

static void
on_page_told (GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *page = NULL;

  helio_agent1_call_get_page_finish (HELIO_AGENT1 (source), &page, result, &error);
  report (error, "The agent did not tell the live page");
  if (page != NULL && helio_text_is_web_address (page))
    g_app_info_launch_default_for_uri_async (page, NULL, NULL, on_page_shown, NULL);
  else if (page != NULL)
    g_message ("No live page is known of this destination");
}

static void
pause_action (GtkMenuItem *item, gpointer data)
{
  HelioTrayMenu *menu = data;
  int minutes = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), "minutes"));
  int64_t now = helio_time_now ();
  int64_t until = minutes > 0 ? now + minutes * HELIO_MINUTE : 0;

  if (minutes == UNTIL_TOMORROW)
    until = helio_time_next_midnight (now);
  helio_agent1_call_pause (menu->agent, until, NULL, on_paused, NULL);
}

static void
resume_action (GtkMenuItem *item, gpointer data)
{
  HelioTrayMenu *menu = data;
  gboolean publishes_gap = GTK_WIDGET (item) == menu->resume_all;

  helio_agent1_call_resume (menu->agent, publishes_gap, NULL, on_resumed, NULL);
}

static void
sync_now_action (GtkMenuItem *item G_GNUC_UNUSED, gpointer data)
{
  HelioTrayMenu *menu = data;

  helio_agent1_call_sync_now (menu->agent, NULL, on_synced, NULL);
}

static void
open_window_action (GtkMenuItem *item G_GNUC_UNUSED, gpointer data)
{
  HelioTrayMenu *menu = data;

  g_dbus_connection_call (g_dbus_proxy_get_connection (G_DBUS_PROXY (menu->agent)), APP_ID,
                          WINDOW_PATH, "org.freedesktop.Application", "Activate",
                          g_variant_new ("(a{sv})", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          on_window_activated, NULL);
}

static void
open_page_action (GtkMenuItem *item, gpointer data)
{
  HelioTrayMenu *menu = data;
  const char *id = g_object_get_data (G_OBJECT (item), "destination");

  helio_agent1_call_get_page (menu->agent, id, NULL, on_page_told, NULL);
}

static void
quit_action (GtkMenuItem *item G_GNUC_UNUSED, gpointer data)
{
  HelioTrayMenu *menu = data;

  if (helio_has_owner (menu->agent))
    helio_agent1_call_quit (menu->agent, NULL, on_quit, NULL);
  else
    gtk_main_quit ();
}

/* A label with mnemonics, since panels look for them anyway: each underscore is doubled. */
static char *
make_label (const char *text)
{
  g_autofree char *clean = helio_text_clean (text);
  GString *label = g_string_new (clean);

  if (g_utf8_strlen (clean, -1) > LONGEST_LINE)
    {
      g_string_truncate (label,
                         (gsize) (g_utf8_offset_to_pointer (clean, LONGEST_LINE - 1) - clean));
      g_string_append (label, "…");
    }
  g_string_replace (label, "_", "__", 0);
  return g_string_free (label, FALSE);
}

static void
set_label (GtkWidget *item, const char *text)
{
  g_autofree char *label = make_label (text);

  /* Each change goes to the panel, and wakes it. */
  if (g_strcmp0 (gtk_menu_item_get_label (GTK_MENU_ITEM (item)), label) != 0)
    gtk_menu_item_set_label (GTK_MENU_ITEM (item), label);
}

static GtkWidget *
add_item (GtkWidget *shell, const char *text, GCallback callback, HelioTrayMenu *menu)
{
  g_autofree char *label = make_label (text);
  GtkWidget *item = gtk_menu_item_new_with_mnemonic (label);

  if (callback != NULL)
    g_signal_connect_object (item, "activate", callback, menu, 0);
  gtk_menu_shell_append (GTK_MENU_SHELL (shell), item);
  gtk_widget_show (item);
  return item;
}

static void
add_separator (GtkWidget *shell)
{
  GtkWidget *item = gtk_separator_menu_item_new ();

  gtk_menu_shell_append (GTK_MENU_SHELL (shell), item);
  gtk_widget_show (item);
}

static void
update_pages (HelioTrayMenu *menu)
{
  GVariant *destinations
      = helio_has_owner (menu->agent) ? helio_agent1_get_destinations (menu->agent) : NULL;
  gsize n = destinations != NULL ? g_variant_n_children (destinations) : 0;
  /* Two devices at one server have one page. */
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GList *items;
  guint n_pages;

  if (menu->destinations == destinations
      || (menu->destinations != NULL && destinations != NULL
          && g_variant_equal (menu->destinations, destinations)))
    return;
  g_clear_pointer (&menu->destinations, g_variant_unref);
  if (destinations != NULL)
    menu->destinations = g_variant_ref (destinations);

  items = gtk_container_get_children (GTK_CONTAINER (menu->page_list));
  g_list_free_full (items, (GDestroyNotify) gtk_widget_destroy);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) destination = g_variant_get_child_value (destinations, i);
      const char *id = helio_dict_get_text (destination, "id");

      if (!g_hash_table_add (seen, g_strdup (helio_dict_get_text (destination, "address"))))
        continue;
      GtkWidget *item = add_item (menu->page_list, helio_dict_get_text (destination, "name"),
                                  G_CALLBACK (open_page_action), menu);
      g_object_set_data_full (G_OBJECT (item), "destination", g_strdup (id), g_free);
      g_object_set_data_full (G_OBJECT (menu->page), "destination", g_strdup (id), g_free);
    }
  n_pages = g_hash_table_size (seen);
  gtk_widget_set_visible (menu->page, n_pages == 1);
  gtk_widget_set_visible (menu->pages, n_pages > 1);
}

static void
helio_tray_menu_dispose (GObject *object)
{
  HelioTrayMenu *menu = HELIO_TRAY_MENU (object);

  g_clear_object (&menu->agent);
  g_clear_pointer (&menu->destinations, g_variant_unref);

  G_OBJECT_CLASS (helio_tray_menu_parent_class)->dispose (object);
}

static void
helio_tray_menu_class_init (HelioTrayMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = helio_tray_menu_dispose;
}

static void
add_pauses (HelioTrayMenu *menu)
{
  const struct
  {
    const char *text;
    int minutes;
  } pauses[] = {
    { _ ("For 15 minutes"), 15 },
    { _ ("For 1 hour"), 60 },
    { _ ("Until tomorrow"), UNTIL_TOMORROW },
    { _ ("Until I resume"), UNTIL_RESUMED },
  };
  GtkWidget *list = gtk_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (pauses); i++)
    {
      GtkWidget *item = add_item (list, pauses[i].text, G_CALLBACK (pause_action), menu);

      g_object_set_data (G_OBJECT (item), "minutes", GINT_TO_POINTER (pauses[i].minutes));
    }
  menu->pause = add_item (GTK_WIDGET (menu), _ ("Pause"), NULL, menu);
  gtk_menu_item_set_submenu (GTK_MENU_ITEM (menu->pause), list);
}

static void
helio_tray_menu_init (HelioTrayMenu *menu)
{
  GtkWidget *shell = GTK_WIDGET (menu);

  menu->title = add_item (shell, "Heliograph", NULL, menu);
  menu->detail = add_item (shell, "", NULL, menu);
  gtk_widget_set_sensitive (menu->title, FALSE);
  gtk_widget_set_sensitive (menu->detail, FALSE);
  add_separator (shell);
  add_pauses (menu);
  menu->resume = add_item (shell, _ ("Resume"), G_CALLBACK (resume_action), menu);
  menu->resume_all
      = add_item (shell, _ ("Resume and publish the gap"), G_CALLBACK (resume_action), menu);
  menu->sync = add_item (shell, _ ("Sync now"), G_CALLBACK (sync_now_action), menu);
  add_separator (shell);
  add_item (shell, _ ("Open Heliograph"), G_CALLBACK (open_window_action), menu);
  menu->page = add_item (shell, _ ("Open live page"), G_CALLBACK (open_page_action), menu);
  menu->pages = add_item (shell, _ ("Open live page"), NULL, menu);
  menu->page_list = gtk_menu_new ();
  gtk_menu_item_set_submenu (GTK_MENU_ITEM (menu->pages), menu->page_list);
  gtk_widget_hide (menu->page);
  gtk_widget_hide (menu->pages);
  add_separator (shell);
  add_item (shell, _ ("Quit"), G_CALLBACK (quit_action), menu);
}

GtkWidget *
helio_tray_menu_new (HelioAgent1 *agent)
{
  HelioTrayMenu *menu = g_object_new (HELIO_TYPE_TRAY_MENU, NULL);

  menu->agent = g_object_ref (agent);
  return GTK_WIDGET (menu);
}

void
helio_tray_menu_update (HelioTrayMenu *menu, const char *title, const char *detail)
{
  g_return_if_fail (HELIO_IS_TRAY_MENU (menu));

  const char *state = helio_has_owner (menu->agent) ? helio_agent1_get_state (menu->agent) : NULL;
  gboolean is_paused = g_strcmp0 (state, "paused") == 0;
  gboolean is_set_up = state != NULL && !g_str_equal (state, "setup");

  set_label (menu->title, title);
  set_label (menu->detail, detail);
  gtk_widget_set_visible (menu->detail, *detail != '\0');
  gtk_widget_set_visible (menu->pause, !is_paused);
  gtk_widget_set_sensitive (menu->pause, is_set_up);
  gtk_widget_set_visible (menu->resume, is_paused);
  gtk_widget_set_visible (menu->resume_all, is_paused);
  gtk_widget_set_sensitive (menu->sync, is_set_up && !is_paused);
  update_pages (menu);
}
