/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>

#include "model/helio-error.h"
#include "rules/helio-presets.h"

/* The privacy rules: read, changed, checked. No name and no pattern of a rule is logged: they tell
 * what somebody wants to hide. */

void
helio_agent_load_rules (HelioAgent *agent)
{
  g_autofree char *json = helio_settings_get_rules (agent->settings);

  g_clear_pointer (&agent->rules, helio_rules_unref);
  agent->rules = helio_rules_new_from_json (json, agent->pauses->list);

  g_autoptr (GPtrArray) problems = helio_rules_list_problems (agent->rules);
  for (guint i = 0; i < problems->len; i++)
    {
      const HelioRuleProblem *problem = problems->pdata[i];

      if (*problem->id != '\0' && problem->is_enabled)
        g_warning ("Privacy rule %s is broken: what it concerns is not published", problem->id);
      else if (problem->is_enabled)
        g_warning ("The privacy rules are broken: what they concern is not published");
    }
}

gboolean
helio_agent_is_stopped (HelioAgent *agent, const HelioWatch *watch)
{
  return agent->rules == NULL || helio_rules_is_stopped (agent->rules, watch->bucket);
}

static GVariant *
make_problems (const char *json)
{
  g_autoptr (HelioRules) rules = helio_rules_new_from_json (json, NULL);
  g_autoptr (GPtrArray) problems = helio_rules_list_problems (rules);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < problems->len; i++)
    {
      const HelioRuleProblem *problem = problems->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", g_variant_new_string (problem->id));
      g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (problem->name));
      g_variant_builder_add (&builder, "{sv}", "error", g_variant_new_string (problem->error));
      g_variant_builder_add (&builder, "{sv}", "stops",
                             g_variant_new_boolean (problem->is_enabled));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static gboolean
on_get_rules (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  g_autofree char *json = helio_settings_get_rules (agent->settings);

  helio_agent1_complete_get_rules (skeleton, invocation, json, make_problems (json));
  return TRUE;
}

static gboolean
on_check_rules (HelioAgent1 *skeleton,
                GDBusMethodInvocation *invocation,
                const char *json,
                HelioAgent *agent)
{
  helio_agent1_complete_check_rules (skeleton, invocation, make_problems (json));
  return TRUE;
}

/* What was read and published under other rules says nothing any more. */
static void
forget_published (HelioAgent *agent)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];

          g_clear_pointer (&track->kept, helio_page_unref);
          helio_scheduler_refresh (agent, target, track);
        }
    }
}

static GError *
apply_rules (HelioChange *change)
{
  HelioAgent *agent = change->agent;
  GError *error = NULL;

  if (change->name != NULL)
    {
      g_autofree char *present = helio_settings_get_rules (agent->settings);

      if (g_strcmp0 (present, change->name) != 0)
        return g_error_new_literal (
            HELIO_ERROR, HELIO_ERROR_RULES_CHANGED,
            _ ("Somebody else changed the privacy rules: look at them again"));
    }
  if (!helio_settings_set_rules (agent->settings, g_variant_get_string (change->value, NULL),
                                 &error))
    return error;
  /* While the pauses are not known there are no rules, and nothing is published. */
  if (agent->rules != NULL)
    helio_agent_load_rules (agent);
  forget_published (agent);
  g_message ("The privacy rules were changed");
  helio_agent1_emit_rules_changed (agent->skeleton);
  return NULL;
}

/* @before: (nullable): what they must still be. */
static void
set_rules (HelioAgent *agent,
           GDBusMethodInvocation *invocation,
           const char *before,
           const char *json)
{
  g_autoptr (HelioRules) rules = helio_rules_new_from_json (json, NULL);
  g_autofree char *problem = helio_rules_explain (rules, NULL);
  HelioChange *change;

  if (problem != NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                                     problem);
      return;
    }
  change = helio_change_new (agent, invocation, apply_rules, before);
  change->value = g_variant_ref_sink (g_variant_new_string (json));
  helio_change_make (change);
}

static gboolean
on_set_rules (HelioAgent1 *skeleton,
              GDBusMethodInvocation *invocation,
              const char *json,
              HelioAgent *agent)
{
  set_rules (agent, invocation, NULL, json);
  return TRUE;
}

static gboolean
on_replace_rules (HelioAgent1 *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *before,
                  const char *json,
                  HelioAgent *agent)
{
  set_rules (agent, invocation, before, json);
  return TRUE;
}

static gboolean
on_list_presets (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (const HelioPreset *preset = helio_presets_get (); preset->id != NULL; preset++)
    {
      char *rules = helio_preset_make_rules (preset);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", g_variant_new_string (preset->id));
      g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (_ (preset->name)));
      g_variant_builder_add (&builder, "{sv}", "summary",
                             g_variant_new_string (_ (preset->summary)));
      g_variant_builder_add (&builder, "{sv}", "rules", g_variant_new_take_string (rules));
      g_variant_builder_close (&builder);
    }
  helio_agent1_complete_list_presets (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

void
helio_agent_connect_rules (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;

  g_signal_connect (skeleton, "handle-get-rules", G_CALLBACK (on_get_rules), agent);
  g_signal_connect (skeleton, "handle-set-rules", G_CALLBACK (on_set_rules), agent);
  g_signal_connect (skeleton, "handle-replace-rules", G_CALLBACK (on_replace_rules), agent);
  g_signal_connect (skeleton, "handle-check-rules", G_CALLBACK (on_check_rules), agent);
  g_signal_connect (skeleton, "handle-list-presets", G_CALLBACK (on_list_presets), agent);
  helio_agent_connect_preview (agent);
}
