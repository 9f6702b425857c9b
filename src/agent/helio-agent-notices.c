/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>

/* What needs the person, and may not wait until the window is opened. No titles in it: a
 * notification is seen by who stands by. */

static void
add_refused (GPtrArray *notices, const HelioTarget *target)
{
  const char *name = *target->settings->name != '\0' ? target->settings->name : target->address;
  g_autofree char *cause = g_strconcat ("token:", target->settings->id, NULL);
  /* Translators: %s is the name of a server */
  g_autofree char *title = g_strdup_printf (_ ("%s refused the token"), name);

  g_ptr_array_add (
      notices,
      helio_notice_new (cause, title, _ ("Nothing is published there until it has a new one.")));
}

static void
add_questions (GPtrArray *notices, HelioAgent *agent)
{
  g_autoptr (GVariant) questions = g_variant_ref_sink (helio_agent_list_questions (agent));

  for (gsize i = 0; i < g_variant_n_children (questions); i++)
    {
      g_autoptr (GVariant) question = g_variant_get_child_value (questions, i);
      g_autofree char *cause = NULL;
      const char *kind, *destination, *bucket, *text;

      if (!g_variant_lookup (question, "kind", "&s", &kind)
          || !g_variant_lookup (question, "destination", "&s", &destination)
          || !g_variant_lookup (question, "bucket", "&s", &bucket)
          || !g_variant_lookup (question, "text", "&s", &text))
        continue;
      /* Not its id: one notification, however the count in it changes. */
      cause = g_strjoin (":", "question", kind, destination, bucket, NULL);
      g_ptr_array_add (notices, helio_notice_new (cause, _ ("Heliograph has a question"), text));
    }
}

static gboolean
has_broken_rules (HelioAgent *agent)
{
  g_autofree char *problem = agent->rules != NULL ? helio_rules_explain (agent->rules, NULL) : NULL;

  return problem != NULL;
}

void
helio_agent_show_notices (HelioAgent *agent)
{
  g_autoptr (GPtrArray) notices = NULL;

  if (agent->notifier == NULL)
    return;
  notices = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_notice_free);
  if (agent->is_quitting)
    {
      helio_notifier_show (agent->notifier, notices);
      return;
    }
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (target->is_refused)
        add_refused (notices, target);
    }
  if (agent->is_source_missed)
    g_ptr_array_add (notices,
                     helio_notice_new ("source", _ ("ActivityWatch could not be read for an hour"),
                                       agent->source_error != NULL ? agent->source_error : ""));
  /* Not which rule, nor why: its name may tell what is to be hidden. */
  if (has_broken_rules (agent))
    g_ptr_array_add (notices, helio_notice_new ("rules", _ ("A privacy rule is broken"),
                                                _ ("What it concerns is not published until the "
                                                   "rule is corrected.")));
  add_questions (notices, agent);
  helio_notifier_show (agent->notifier, notices);
}

void
helio_agent_note_outage (HelioAgent *agent)
{
  g_auto (GStrv) buckets = helio_settings_get_buckets (agent->settings);
  /* Who has not set it up yet does not miss it. */
  gboolean is_missing = agent->targets->len > 0 && buckets[0] != NULL && agent->is_source_known
                        && !agent->is_source_reachable;
  gboolean is_used = !agent->is_locked && !agent->is_asleep && !agent->is_paused
                     && helio_session_is_active (agent->session);
  gboolean was_missed = agent->is_source_missed;

  agent->is_source_missed
      = helio_outage_note (&agent->outage, is_missing, is_used, g_get_monotonic_time ());
  if (agent->is_source_missed != was_missed)
    helio_agent_update (agent);
}
