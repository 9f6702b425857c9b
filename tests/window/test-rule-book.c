/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>

#include "window/helio-rule-book.h"

#define NAME "io.github.heliograph.Heliograph.Agent"
#define PATH "/io/github/heliograph/Heliograph/Agent"
#define NO_RULES "{\"version\":1,\"rules\":[]}"

static gboolean
on_get_rules (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
  gboolean *is_failing = data;

  if (*is_failing)
    g_dbus_method_invocation_return_error_literal (invocation, G_IO_ERROR, G_IO_ERROR_FAILED,
                                                   "no rules today");
  else
    helio_agent1_complete_get_rules (skeleton, invocation, NO_RULES,
                                     g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  return TRUE;
}

static void
on_name (GDBusConnection *bus G_GNUC_UNUSED, const char *name G_GNUC_UNUSED, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
on_proxy (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(HelioAgent1 **) data = helio_agent1_proxy_new_finish (result, &error);
  g_assert_no_error (error);
}

static void
on_changed (HelioRuleBook *book, gpointer data)
{
  g_assert_true (helio_rule_book_get_json (book) == NULL
                 || helio_rule_book_get_failure (book) == NULL);
  *(gboolean *) data = TRUE;
}

static void
wait_for (gboolean *flag)
{
  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_failure (void)
{
  g_autoptr (GTestDBus) test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (HelioRuleBook) book = helio_rule_book_new ();
  g_autoptr (HelioAgent1) skeleton = helio_agent1_skeleton_new ();
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (HelioAgent1) proxy = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_failing = TRUE, has_name = FALSE, is_changed = FALSE;
  guint owner_id;

  g_test_dbus_up (test_bus);
  bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (test_bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (skeleton, "handle-get-rules", G_CALLBACK (on_get_rules), &is_failing);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (skeleton), bus, PATH, &error);
  g_assert_no_error (error);
  owner_id = g_bus_own_name_on_connection (bus, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_name, NULL,
                                           &has_name, NULL);
  wait_for (&has_name);
  helio_agent1_proxy_new (bus, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NAME, PATH, NULL, on_proxy,
                          &proxy);
  while (proxy == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_signal_connect (book, "changed", G_CALLBACK (on_changed), &is_changed);
  helio_rule_book_set_agent (book, proxy);
  while (helio_rule_book_get_failure (book) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (is_changed);
  g_assert_null (helio_rule_book_get_json (book));
  g_assert_nonnull (strstr (helio_rule_book_get_failure (book)->message, "no rules today"));

  is_failing = FALSE;
  helio_rule_book_read (book);
  while (helio_rule_book_get_json (book) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (helio_rule_book_get_failure (book));
  g_assert_cmpstr (helio_rule_book_get_json (book), ==, NO_RULES);

  helio_rule_book_set_agent (book, NULL);
  g_bus_unown_name (owner_id);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (skeleton));
  g_clear_object (&proxy);
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_clear_object (&bus);
  g_test_dbus_down (test_bus);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/window/rule-book/says-why-the-rules-are-not-known", test_failure);
  return g_test_run ();
}
