/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-error.h"
#include "model/helio-text.h"
#include "model/helio-time.h"

static void
add_question (GVariantBuilder *builder,
              const char *id,
              const char *kind,
              const char *destination,
              const char *bucket,
              int64_t count,
              const char *text,
              const char *const *choices)
{
  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (builder, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (builder, "{sv}", "kind", g_variant_new_string (kind));
  g_variant_builder_add (builder, "{sv}", "destination", g_variant_new_string (destination));
  g_variant_builder_add (builder, "{sv}", "bucket", g_variant_new_string (bucket));
  g_variant_builder_add (builder, "{sv}", "count", g_variant_new_int64 (count));
  g_variant_builder_add (builder, "{sv}", "text", g_variant_new_string (text));
  g_variant_builder_add (builder, "{sv}", "choices", g_variant_new_strv (choices, -1));
  g_variant_builder_close (builder);
}

static void
add_target_questions (GVariantBuilder *builder, HelioTarget *target)
{
  static const char *const adopt_choices[] = { "stop", "adopt", NULL };
  static const char *const deletion_choices[] = { "keep", "delete", NULL };
  const char *id = target->settings->id;

  if (target->is_conflict)
    {
      g_autofree char *question = g_strconcat ("adopt:", id, NULL);
      g_autofree char *text
          = g_strdup_printf (_ ("%s was written to by somebody else with this token, or this "
                                "computer's memory of it is "
                                "old. Take over what it holds and go on, or leave it stopped?"),
                             target->address);

      add_question (builder, question, "adopt", id, "", 0, text, adopt_choices);
    }
  for (guint i = 0; i < target->tracks->len; i++)
    {
      const HelioAgentTrack *track = target->tracks->pdata[i];

      if (!track->is_asking)
        continue;
      /* With the count, so that an answer is to what was shown. */
      g_autofree char *question = g_strdup_printf ("deletions:%s:%" G_GINT64_FORMAT ":%s", id,
                                                   track->missing, track->bucket);
      g_autofree char *missing = helio_text_count (track->missing);
      /* Translators: a number of events, a bucket, and a host. */
      g_autofree char *text = g_strdup_printf (
          g_dngettext (
              GETTEXT_PACKAGE,
              "%s event of bucket %s is no longer in ActivityWatch. Keep it at %s, or delete "
              "it there too?",
              "%s events of bucket %s are no longer in ActivityWatch. Keep them at %s, or "
              "delete them there too?",
              (gulong) track->missing),
          missing, track->bucket, target->address);

      add_question (builder, question, "deletions", id, track->bucket, track->missing, text,
                    deletion_choices);
    }
}

GVariant *
helio_agent_list_questions (HelioAgent *agent)
{
  static const char *const choices[] = { "ignore", "switch-on", NULL };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < agent->targets->len; i++)
    add_target_questions (&builder, agent->targets->pdata[i]);
  if (agent->renamed_bucket != NULL)
    {
      g_autofree char *text
          = g_strdup_printf (_ ("ActivityWatch records bucket %s now, which is switched off, and "
                                "none of those that are "
                                "switched on. Was this computer renamed? Switch it on?"),
                             agent->renamed_bucket);

      add_question (&builder, "renamed-host", "renamed-host", "", agent->renamed_bucket, 0, text,
                    choices);
    }
  return g_variant_builder_end (&builder);
}

/* -- answers ------------------------------------------------------------------------------ */

typedef struct
{
  HelioAgent *agent;
  GDBusMethodInvocation *invocation;
  char *question;
  char *choice;
} Reply;

static void
reply_end (Reply *reply, GError *error)
{
  HelioAgent *agent = reply->agent;

  helio_agent_update_now (agent);
  if (error != NULL)
    g_dbus_method_invocation_take_error (reply->invocation, error);
  else
    helio_agent1_complete_answer (agent->skeleton, reply->invocation);
  g_free (reply->question);
  g_free (reply->choice);
  g_free (reply);
  helio_agent_wake (agent);
}

/* The track that the question, now or earlier, was about; NULL if nothing is asked of it. */
static HelioAgentTrack *
find_asking (HelioAgent *agent, const char *question, HelioTarget **target)
{
  g_auto (GStrv) parts = g_strsplit (question, ":", 4);
  HelioAgentTrack *track;

  if (g_strv_length (parts) != 4 || strcmp (parts[0], "deletions") != 0)
    return NULL;
  *target = helio_agent_find_target (agent, parts[1]);
  track = *target != NULL ? helio_target_find_track (*target, parts[3]) : NULL;
  return track != NULL && track->is_asking ? track : NULL;
}

static GError *
answer_deletions (HelioAgent *agent, const char *question, const char *choice)
{
  HelioTarget *target = NULL;
  HelioAgentTrack *track = find_asking (agent, question, &target);
  GError *error = NULL;

  if (track == NULL)
    return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                _ ("This question is not asked any more"));

  g_autoptr (HelioJob) job = helio_agent_make_job (agent, target);

  if (helio_history_answer (job, track->bucket, strcmp (choice, "delete") == 0, &error))
    {
      track->needs_history = TRUE;
      track->gap_hi = helio_time_now ();
      helio_scheduler_refresh (agent, target, track);
    }
  return error;
}

static GError *
answer_adopt (HelioAgent *agent, const char *id, const char *choice)
{
  HelioTarget *target = helio_agent_find_target (agent, id);

  if (target == NULL || !target->is_conflict)
    return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                _ ("This question is not asked any more"));
  if (strcmp (choice, "adopt") == 0)
    {
      helio_target_reopen (target);
      target->is_adopting = TRUE;
    }
  return NULL;
}

static GError *
answer_renamed (HelioAgent *agent, const char *choice)
{
  g_autofree char *bucket = g_steal_pointer (&agent->renamed_bucket);
  GError *error = NULL;

  if (bucket == NULL)
    return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                _ ("This question is not asked any more"));
  if (strcmp (choice, "switch-on") == 0)
    {
      if (helio_settings_set_bucket (agent->settings, bucket, TRUE, &error))
        helio_agent_match_tracks (agent);
      return error;
    }
  g_free (agent->renamed_ignored);
  agent->renamed_ignored = g_steal_pointer (&bucket);
  return NULL;
}

static gboolean
is_choice (HelioAgent *agent, const char *question, const char *choice, GError **error)
{
  HelioTarget *target = NULL;
  HelioAgentTrack *track = find_asking (agent, question, &target);

  /* The job that was joined may have found more. */
  if (track != NULL)
    helio_scheduler_refresh (agent, target, track);

  g_autoptr (GVariant) questions = g_variant_ref_sink (helio_agent_list_questions (agent));

  for (gsize i = 0; i < g_variant_n_children (questions); i++)
    {
      g_autoptr (GVariant) each = g_variant_get_child_value (questions, i);
      g_autofree const char **choices = NULL;
      const char *id;

      if (!g_variant_lookup (each, "id", "&s", &id) || strcmp (id, question) != 0)
        continue;
      g_variant_lookup (each, "choices", "^a&s", &choices);
      if (g_strv_contains (choices, choice))
        return TRUE;
      g_autofree char *all = g_strjoinv (", ", (char **) choices);
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, _ ("The choices are: %s"), all);
      return FALSE;
    }
  g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                       track != NULL && track->is_asking
                           ? _ ("Not as many events are missing now as when you were asked: look "
                                "again")
                           : _ ("This question is not asked (any more)"));
  return FALSE;
}

static void
on_joined (gpointer data)
{
  Reply *reply = data;
  HelioAgent *agent = reply->agent;
  GError *error = NULL;

  helio_works_release (agent->works);
  if (!is_choice (agent, reply->question, reply->choice, &error))
    {
      reply_end (reply, error);
      return;
    }
  if (g_str_has_prefix (reply->question, "deletions:"))
    error = answer_deletions (agent, reply->question, reply->choice);
  else if (g_str_has_prefix (reply->question, "adopt:"))
    error = answer_adopt (agent, reply->question + strlen ("adopt:"), reply->choice);
  else
    error = answer_renamed (agent, reply->choice);
  reply_end (reply, error);
}

static gboolean
on_answer (HelioAgent1 *skeleton,
           GDBusMethodInvocation *invocation,
           const char *question,
           const char *choice,
           HelioAgent *agent)
{
  Reply *reply = g_new0 (Reply, 1);

  reply->agent = agent;
  reply->invocation = invocation;
  reply->question = g_strdup (question);
  reply->choice = g_strdup (choice);
  helio_works_join (agent->works, on_joined, reply);
  return TRUE;
}

void
helio_agent_connect_questions (HelioAgent *agent)
{
  g_signal_connect (agent->skeleton, "handle-answer", G_CALLBACK (on_answer), agent);
}
