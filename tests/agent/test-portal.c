/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "agent/helio-portal.h"

#define INTERFACE "io.github.heliograph.Question"

/* A portal that takes a question and never answers it: the user is away. */
static const char introspection[]
    = "<node><interface name='" INTERFACE "'><method name='Ask'>"
      "<arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>"
      "<arg type='o' direction='out'/></method></interface></node>";

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  g_dbus_method_invocation_return_value (
      invocation, g_variant_new ("(o)", HELIO_PORTAL_PATH "/request/chosen"));
}

static void
on_name (GDBusConnection *bus, const char *name, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
on_echo (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  g_assert_nonnull (answer);
  *(gboolean *) data = TRUE;
}

typedef struct
{
  gboolean is_answered;
  gpointer task; /* weak */
} Answer;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autoptr (GError) error = NULL;
  guint32 response;
  g_autoptr (GVariant) results = helio_portal_ask_finish (result, &response, &error);

  g_assert_null (results);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer->task = result;
  g_object_add_weak_pointer (G_OBJECT (result), &answer->task);
  answer->is_answered = TRUE;
}

static void
wait_for (gboolean *flag)
{
  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_cancelled (void)
{
  static const GDBusInterfaceVTable table = { .method_call = on_call };
  g_autoptr (GTestDBus) test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_name = FALSE, is_echoed = FALSE;
  Answer answer = { 0 };

  g_test_dbus_up (test_bus);
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (test_bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (bus, HELIO_PORTAL_PATH, node->interfaces[0], &table, NULL,
                                     NULL, &error);
  g_assert_no_error (error);
  guint owner_id = g_bus_own_name_on_connection (
      bus, HELIO_PORTAL_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_name, NULL, &has_name, NULL);
  wait_for (&has_name);

  helio_portal_ask (bus, INTERFACE, "Ask", &options, 600, cancellable, on_answered, &answer);
  /* What is asked after it is answered after it: the question is known to be open by then. */
  g_dbus_connection_call (bus, HELIO_PORTAL_NAME, HELIO_PORTAL_PATH, INTERFACE, "Ask",
                          g_variant_new ("(sa{sv})", "", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, on_echo, &is_echoed);
  wait_for (&is_echoed);
  g_assert_false (answer.is_answered);
  g_cancellable_cancel (cancellable);
  wait_for (&answer.is_answered);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (answer.task);

  g_bus_unown_name (owner_id);
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_test_dbus_down (test_bus);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent/portal/ends-with-who-asked", test_cancelled);
  return g_test_run ();
}
