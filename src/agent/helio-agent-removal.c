/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "agent/helio-secrets.h"
#include "model/helio-error.h"

/* A destination goes: the jobs are joined, then a thread deletes what is to be deleted, and only
 * when that is done the settings forget it. */
typedef struct
{
  HelioAgent *agent;
  GDBusMethodInvocation *invocation;
  HelioDestinationSettings *settings;
  gboolean keeps_token; /* in the secret store */
  gboolean deletes;
  HelioJob *job;
  int64_t ledger_id;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  helio_destination_settings_free (removal->settings);
  g_clear_pointer (&removal->job, helio_job_free);
  g_free (removal);
}

/* Deletes at the destination what is to be deleted, then forgets its token. */
static void
remove_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Removal *removal = data;
  g_autoptr (HelioLedger) ledger = NULL;
  g_autoptr (GPtrArray) tracks = NULL;

  if (removal->settings->is_bundled)
    {
      if (!helio_agent_forget_receiver (removal->settings, removal->deletes, error))
        return;
    }
  else if (removal->deletes)
    {
      ledger = helio_ledger_open (removal->job->ledger_path, error);
      tracks = ledger != NULL ? helio_ledger_list_tracks (ledger, removal->ledger_id, error) : NULL;
      if (tracks == NULL)
        return;
      g_clear_pointer (&ledger, helio_ledger_close);
      for (guint i = 0; i < tracks->len; i++)
        {
          HelioResult result = { 0 };

          if (!helio_history_delete_bucket (removal->job, tracks->pdata[i], cancellable, &result,
                                            error))
            {
              g_prefix_error (error,
                              _ ("What it holds can't be deleted now, so it is not removed: "));
              return;
            }
        }
    }
  /* A token that stays in a locked store harms less than a destination that can't be removed. */
  if (removal->keeps_token)
    helio_secrets_clear (removal->settings->id, cancellable, NULL);
}

static void
on_removed (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Removal *removal = data;
  GError *settings_error = NULL;

  helio_works_release (agent->works);
  if (error == NULL
      && helio_settings_remove_destination (agent->settings, removal->settings->id,
                                            &settings_error))
    {
      g_autoptr (GError) ledger_error = NULL;

      /* Rows that stay harm nobody: the id is never used again. */
      if (agent->ledger != NULL
          && !helio_ledger_remove_destination (agent->ledger, removal->ledger_id, &ledger_error))
        g_warning ("The ledger still holds rows of a destination that was removed: %s",
                   ledger_error->message);
      helio_agent_load_targets (agent);
      g_message ("A destination is removed");
    }
  helio_agent_match_receiver (agent);
  helio_agent_update_now (agent);
  if (error != NULL)
    helio_agent_fail_call (agent, removal->invocation, error);
  else if (settings_error != NULL)
    g_dbus_method_invocation_take_error (removal->invocation, settings_error);
  else
    helio_agent1_complete_remove_destination (agent->skeleton, removal->invocation);
  helio_agent_wake (agent);
}

static void
start_remove (gpointer data)
{
  Removal *removal = data;

  /* Held until it is removed: no job may write to it any more. */
  helio_works_start (removal->agent->works, TRUE, remove_in_thread, on_removed, removal,
                     removal_free);
}

static void
on_joined_for_remove (gpointer data)
{
  Removal *removal = data;
  HelioAgent *agent = removal->agent;
  HelioTarget *target = helio_agent_find_target (agent, removal->settings->id);

  removal->job = target != NULL ? helio_agent_make_job (agent, target) : NULL;
  removal->ledger_id = target != NULL ? target->ledger_id : 0;
  removal->deletes &= removal->job != NULL;
  if (removal->settings->is_bundled)
    helio_agent_stop_receiver (agent, start_remove, removal);
  else
    start_remove (removal);
}

static gboolean
on_remove (HelioAgent1 *skeleton,
           GDBusMethodInvocation *invocation,
           const char *id,
           const char *published,
           HelioAgent *agent)
{
  HelioTarget *target = helio_agent_find_target_for (agent, invocation, id);
  Removal *removal;

  if (target == NULL)
    return TRUE;
  if (strcmp (published, "keep") != 0 && strcmp (published, "delete") != 0)
    {
      g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                                     _ ("What was published: “keep” or “delete”"));
      return TRUE;
    }
  removal = g_new0 (Removal, 1);
  removal->agent = agent;
  removal->invocation = invocation;
  removal->settings = helio_destination_settings_copy (target->settings);
  removal->deletes = strcmp (published, "delete") == 0;
  removal->keeps_token = *target->settings->token_file == '\0';
  helio_works_join (agent->works, on_joined_for_remove, removal);
  return TRUE;
}

void
helio_agent_connect_removal (HelioAgent *agent)
{
  g_signal_connect (agent->skeleton, "handle-remove-destination", G_CALLBACK (on_remove), agent);
}
