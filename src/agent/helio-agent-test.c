/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>

#include "agent/helio-secrets.h"
#include "destination/helio-destination.h"
#include "model/helio-error.h"

/* Asking a destination who it is, one that is there or one that may come; nothing is stored. */
typedef struct
{
  GDBusMethodInvocation *invocation;
  HelioDestinationSettings *settings;
  char *token;
  HelioBackendInfo *info;
} Test;

static Test *
test_new (GDBusMethodInvocation *invocation,
          const HelioDestinationSettings *settings,
          const char *token)
{
  Test *test = g_new0 (Test, 1);

  test->invocation = invocation;
  test->settings = helio_destination_settings_copy (settings);
  test->token = g_strdup (token);
  return test;
}

static void
test_free (gpointer data)
{
  Test *test = data;

  helio_destination_settings_free (test->settings);
  g_free (test->token);
  g_clear_pointer (&test->info, helio_backend_info_free);
  g_free (test);
}

static void
test_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Test *test = data;
  g_autoptr (HelioDestination) destination = helio_destination_new (
      test->settings->url, test->token, test->settings->allows_plain_http, error);

  if (destination == NULL)
    return;
  test->info = helio_destination_connect (destination, cancellable, error);
  if (test->info != NULL && test->info->device == NULL)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOKEN, _ ("%s does not know the token"),
                 helio_destination_get_name (destination));
}

static void
on_tested (gpointer data, const GError *error, gpointer owner)
{
  Test *test = data;
  const HelioBackendInfo *info = test->info;
  GVariantBuilder builder;

  if (helio_error_is_cancelled (error))
    {
      g_dbus_method_invocation_return_error_literal (test->invocation, HELIO_ERROR,
                                                     HELIO_ERROR_FAILED, _ ("The agent ends"));
      return;
    }
  if (error != NULL)
    {
      g_dbus_method_invocation_return_gerror (test->invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "server", g_variant_new_string (info->server));
  g_variant_builder_add (&builder, "{sv}", "device", g_variant_new_string (info->device));
  g_variant_builder_add (&builder, "{sv}", "max-events", g_variant_new_uint32 (info->max_events));
  g_variant_builder_add (&builder, "{sv}", "gzip", g_variant_new_boolean (info->accepts_gzip));
  g_dbus_method_invocation_return_value (test->invocation, g_variant_new ("(a{sv})", &builder));
}

static gboolean
on_test (HelioAgent1 *skeleton,
         GDBusMethodInvocation *invocation,
         const char *id,
         HelioAgent *agent)
{
  HelioTarget *target = helio_agent_find_target_for (agent, invocation, id);

  if (target == NULL)
    return TRUE;
  if (target->token == NULL)
    g_dbus_method_invocation_return_error_literal (
        invocation, HELIO_ERROR, HELIO_ERROR_NO_TOKEN,
        target->error != NULL ? target->error : _ ("Its token is not known yet"));
  else if (!helio_agent_can_reach (agent, target))
    g_dbus_method_invocation_return_error_literal (
        invocation, HELIO_ERROR, HELIO_ERROR_RETRY,
        target->error != NULL ? target->error
                              : _ ("The receiver on this computer does not listen"));
  else
    helio_works_start (agent->works, FALSE, test_in_thread, on_tested,
                       test_new (invocation, target->settings, target->token), test_free);
  return TRUE;
}

static gboolean
on_test_new (HelioAgent1 *skeleton,
             GDBusMethodInvocation *invocation,
             const char *url,
             const char *token,
             GVariant *options,
             HelioAgent *agent)
{
  g_autoptr (HelioDestinationSettings) settings = helio_destination_settings_new ("", url);
  g_autofree char *read = NULL;
  GError *error = NULL;

  if (helio_destination_settings_change (settings, options, &error))
    read = helio_destination_settings_read_token (settings, token, &error);
  if (error != NULL)
    g_dbus_method_invocation_take_error (invocation, error);
  else
    helio_works_start (agent->works, FALSE, test_in_thread, on_tested,
                       test_new (invocation, settings, read), test_free);
  return TRUE;
}

void
helio_agent_connect_tests (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;

  g_signal_connect (skeleton, "handle-test-destination", G_CALLBACK (on_test), agent);
  g_signal_connect (skeleton, "handle-test-new-destination", G_CALLBACK (on_test_new), agent);
}
