/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

static void
on_joined (gpointer data)
{
  HelioChange *change = data;
  HelioAgent *agent = change->agent;
  GError *error = change->apply (change);

  helio_works_release (agent->works);
  helio_agent_update_now (agent);
  if (error != NULL)
    g_dbus_method_invocation_take_error (change->invocation, error);
  else
    g_dbus_method_invocation_return_value (change->invocation, NULL);
  helio_change_free (change);
  helio_agent_wake (agent);
}

HelioChange *
helio_change_new (HelioAgent *agent,
                  GDBusMethodInvocation *invocation,
                  GError *(*apply) (HelioChange *change),
                  const char *name)
{
  HelioChange *change = g_new0 (HelioChange, 1);

  change->agent = agent;
  change->invocation = invocation;
  change->apply = apply;
  change->name = g_strdup (name);
  return change;
}

void
helio_change_free (HelioChange *change)
{
  g_free (change->name);
  g_clear_pointer (&change->value, g_variant_unref);
  g_free (change->published);
  g_free (change->secret);
  g_free (change);
}

void
helio_change_make (HelioChange *change)
{
  helio_works_join (change->agent->works, on_joined, change);
}
