/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-log-entry.h"
#include "window/helio-log-feed.h"

#define NAME "io.github.heliograph.Heliograph.Agent"
#define PATH "/io/github/heliograph/Heliograph/Agent"

/* The agent of which only the log is there. */
typedef struct
{
  GTestDBus *test_bus;
  GDBusConnection *bus;
  HelioAgent1 *skeleton;
  GPtrArray *log; /* of GVariant (uxsss) */
  guint owner_id;
  guint lists; /* how often the list was asked for */
  GDBusMethodInvocation *held;
  gboolean is_holding; /* its answers */

  HelioAgent1 *proxy;
  HelioLogFeed *feed;
  GListModel *entries;
} Fixture;

static guint
count (Fixture *f)
{
  return g_list_model_get_n_items (f->entries);
}

static uint32_t
serial_at (Fixture *f, guint position)
{
  g_autoptr (HelioLogEntry) entry = g_list_model_get_item (f->entries, position);

  return helio_log_entry_get_serial (entry);
}

static void
answer (Fixture *f, GDBusMethodInvocation *invocation, guint after)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uxsss)"));
  for (guint i = 0; i < f->log->len; i++)
    {
      uint32_t serial;

      g_variant_get_child (f->log->pdata[i], 0, "u", &serial);
      if (serial > after)
        g_variant_builder_add_value (&builder, f->log->pdata[i]);
    }
  helio_agent1_complete_list_log (f->skeleton, invocation, g_variant_builder_end (&builder));
}

static gboolean
on_list_log (HelioAgent1 *skeleton G_GNUC_UNUSED,
             GDBusMethodInvocation *invocation,
             guint after,
             gpointer data)
{
  Fixture *f = data;

  f->lists++;
  if (f->is_holding)
    f->held = invocation;
  else
    answer (f, invocation, after);
  return TRUE;
}

/* Writes an entry; whether the window hears of it is another matter. */
static void
write_silently (Fixture *f, uint32_t serial)
{
  g_ptr_array_add (f->log, g_variant_ref_sink (g_variant_new ("(uxsss)", serial, (int64_t) 0,
                                                              "info", "helio-test", "entry")));
}

static void
write_entry (Fixture *f, uint32_t serial)
{
  write_silently (f, serial);
  helio_agent1_emit_log_added (f->skeleton, f->log->pdata[f->log->len - 1]);
}

static void
on_name (GDBusConnection *bus G_GNUC_UNUSED, const char *name G_GNUC_UNUSED, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
appear (Fixture *f)
{
  gboolean has_name = FALSE;

  f->owner_id = g_bus_own_name_on_connection (f->bus, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_name,
                                              NULL, &has_name, NULL);
  while (!has_name)
    g_main_context_iteration (NULL, TRUE);
}

static void
vanish (Fixture *f)
{
  g_clear_handle_id (&f->owner_id, g_bus_unown_name);
  for (g_autofree char *owner = g_strdup (""); owner != NULL;)
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (owner);
      owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (f->proxy));
    }
}

static void
until_count (Fixture *f, guint n)
{
  while (count (f) != n)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_proxy (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(HelioAgent1 **) data = helio_agent1_proxy_new_finish (result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  f->test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->test_bus);
  f->bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (f->test_bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  f->log = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  f->skeleton = helio_agent1_skeleton_new ();
  g_signal_connect (f->skeleton, "handle-list-log", G_CALLBACK (on_list_log), f);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (f->skeleton), f->bus, PATH, &error);
  g_assert_no_error (error);

  helio_agent1_proxy_new (f->bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NAME, PATH, NULL, on_proxy,
                          &f->proxy);
  while (f->proxy == NULL)
    g_main_context_iteration (NULL, TRUE);
  f->feed = helio_log_feed_new ();
  f->entries = helio_log_feed_get_entries (f->feed);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  helio_log_feed_set_agent (f->feed, NULL);
  /* Answers that nobody awaits any longer hold it a little. */
  g_object_add_weak_pointer (G_OBJECT (f->feed), (gpointer *) &f->feed);
  g_object_unref (f->feed);
  while (f->feed != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&f->owner_id, g_bus_unown_name);
  g_object_unref (f->proxy);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (f->skeleton));
  g_object_unref (f->skeleton);
  g_ptr_array_unref (f->log);
  g_dbus_connection_close_sync (f->bus, NULL, NULL);
  g_object_unref (f->bus);
  g_test_dbus_down (f->test_bus);
  g_object_unref (f->test_bus);
}

static void
test_list_then_signals (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (uint32_t i = 1; i <= 3; i++)
    write_silently (f, i);
  appear (f);
  helio_log_feed_set_agent (f->feed, f->proxy);
  until_count (f, 3);
  write_entry (f, 4);
  write_entry (f, 5);
  until_count (f, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (serial_at (f, i), ==, i + 1);
  g_assert_cmpuint (f->lists, ==, 1);
}

/* What is written between the question and its answer comes once, whichever way. */
static void
test_meanwhile (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  write_silently (f, 1);
  appear (f);
  f->is_holding = TRUE;
  helio_log_feed_set_agent (f->feed, f->proxy);
  while (f->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  write_entry (f, 2);
  answer (f, g_steal_pointer (&f->held), 0);
  f->is_holding = FALSE;
  write_entry (f, 3);
  until_count (f, 3);
  write_entry (f, 4);
  until_count (f, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (serial_at (f, i), ==, i + 1);
}

static void
test_gap (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  write_silently (f, 1);
  appear (f);
  helio_log_feed_set_agent (f->feed, f->proxy);
  until_count (f, 1);
  write_silently (f, 2);
  write_entry (f, 3);
  until_count (f, 3);
  g_assert_cmpuint (serial_at (f, 1), ==, 2);
  g_assert_cmpuint (f->lists, ==, 2);
}

static void
test_restart (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (uint32_t i = 101; i <= 104; i++)
    write_silently (f, i);
  appear (f);
  helio_log_feed_set_agent (f->feed, f->proxy);
  until_count (f, 4);
  vanish (f);
  /* Nothing is taken away while nobody has anything better. */
  g_assert_cmpuint (count (f), ==, 4);
  g_ptr_array_set_size (f->log, 0);
  write_silently (f, 1);
  write_silently (f, 2);
  appear (f);
  until_count (f, 2);
  g_assert_cmpuint (serial_at (f, 0), ==, 1);
  write_entry (f, 3);
  until_count (f, 3);
}

static void
test_bound (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (uint32_t i = 1; i <= HELIO_LOG_FEED_MAX + 5; i++)
    write_silently (f, i);
  appear (f);
  helio_log_feed_set_agent (f->feed, f->proxy);
  until_count (f, HELIO_LOG_FEED_MAX);
  g_assert_cmpuint (serial_at (f, 0), ==, 6);
  write_entry (f, HELIO_LOG_FEED_MAX + 6);
  while (serial_at (f, 0) != 7)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count (f), ==, HELIO_LOG_FEED_MAX);
  g_assert_cmpuint (serial_at (f, HELIO_LOG_FEED_MAX - 1), ==, HELIO_LOG_FEED_MAX + 6);
}

static void
test_early (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  helio_log_feed_set_agent (f->feed, f->proxy);
  g_assert_cmpuint (count (f), ==, 0);
  g_assert_cmpuint (f->lists, ==, 0);
  appear (f);
  write_entry (f, 1);
  until_count (f, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/window/log-feed/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("lists-once-then-listens", test_list_then_signals);
  ADD ("takes-once-what-came-meanwhile", test_meanwhile);
  ADD ("asks-for-what-is-missing", test_gap);
  ADD ("begins-anew-with-the-agent", test_restart);
  ADD ("is-bounded", test_bound);
  ADD ("waits-for-the-agent", test_early);
  return g_test_run ();
}
