/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "agent/helio-secrets.h"
#include "destination/helio-address.h"
#include "destination/helio-destination.h"
#include "model/helio-error.h"

/* A method about one destination: first what takes time, in a thread; then, with the jobs joined,
 * what changes the settings. */
typedef struct
{
  HelioAgent *agent;
  GDBusMethodInvocation *invocation;
  HelioDestinationSettings *settings;
  GVariant *options; /* what is changed of the settings */
  char *token;
  gboolean keeps_token; /* in the secret store */
  gboolean deletes;
  HelioJob *job;
  int64_t ledger_id;
  HelioBackendInfo *info;
} Task;

static Task *
task_new (HelioAgent *agent,
          GDBusMethodInvocation *invocation,
          const HelioDestinationSettings *settings)
{
  Task *task = g_new0 (Task, 1);

  task->agent = agent;
  task->invocation = invocation;
  task->settings = helio_destination_settings_copy (settings);
  return task;
}

static void
task_free (gpointer data)
{
  Task *task = data;

  helio_destination_settings_free (task->settings);
  g_clear_pointer (&task->options, g_variant_unref);
  g_free (task->token);
  g_clear_pointer (&task->job, helio_job_free);
  g_clear_pointer (&task->info, helio_backend_info_free);
  g_free (task);
}

static void
task_fail (Task *task, const GError *error)
{
  /* What was learned of the secret store is told all the same. */
  helio_agent_update_now (task->agent);
  if (helio_error_is_cancelled (error))
    g_dbus_method_invocation_return_error_literal (task->invocation, HELIO_ERROR,
                                                   HELIO_ERROR_FAILED,
                                                   "Something else came in between; try again");
  else
    g_dbus_method_invocation_return_gerror (task->invocation, error);
}

/* The work's data lives only as long as the work: a join takes it over. */
static Task *
task_take (Task *task)
{
  Task *taken = g_new (Task, 1);

  *taken = *task;
  memset (task, 0, sizeof *task);
  task->settings = helio_destination_settings_new ("", "");
  return taken;
}

static HelioTarget *
find_target (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *id)
{
  HelioTarget *target = helio_agent_find_target (agent, id);

  if (target == NULL)
    g_dbus_method_invocation_return_error (invocation, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                           "There is no destination %s", id);
  return target;
}

static void
connect_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Task *task = data;
  g_autoptr (HelioDestination) destination = helio_destination_new (
      task->settings->url, task->token, task->settings->allows_plain_http, error);

  if (destination == NULL)
    return;
  task->info = helio_destination_connect (destination, cancellable, error);
  if (task->info != NULL && task->info->device == NULL)
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOKEN, "%s does not know the token",
                 helio_destination_get_name (destination));
  else if (task->info != NULL && task->keeps_token)
    {
      g_autofree char *label
          = g_strdup_printf ("Heliograph's token for %s", helio_destination_get_name (destination));

      helio_secrets_store (task->settings->id, label, task->token, cancellable, error);
    }
}

/* -- add ---------------------------------------------------------------------------------- */

static void
on_joined_for_add (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;
  GError *error = NULL;

  if (helio_settings_put_destination (agent->settings, task->settings, &error))
    {
      helio_agent_load_targets (agent);
      HelioTarget *target = helio_agent_find_target (agent, task->settings->id);

      if (target != NULL && target->token == NULL)
        target->token = g_strdup (task->token);
      if (target != NULL)
        target->server = g_strdup (task->info->server);
      g_message ("Destination %s is added", target != NULL ? target->address : "");
    }
  helio_works_release (agent->works);
  helio_agent_update_now (agent);
  if (error != NULL)
    g_dbus_method_invocation_take_error (task->invocation, error);
  else
    helio_agent1_complete_add_destination (agent->skeleton, task->invocation, task->settings->id,
                                           task->settings->device);
  task_free (task);
  helio_agent_wake (agent);
}

static void
on_connected_for_add (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;

  if (error != NULL)
    {
      task_fail (task, error);
      return;
    }
  g_free (task->settings->device);
  task->settings->device = g_strdup (task->info->device);
  helio_works_join (agent->works, on_joined_for_add, task_take (task));
}

/* Two of them with one token would be two writers, and each would stop the other. */
static gboolean
is_new (HelioAgent *agent, const char *url, const char *token, GError **error)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (g_strcmp0 (target->token, token) == 0 && strcmp (target->settings->url, url) == 0)
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       "%s is a destination already, with the same token", target->address);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
on_add (HelioAgent1 *skeleton,
        GDBusMethodInvocation *invocation,
        const char *url,
        const char *token,
        GVariant *options,
        HelioAgent *agent)
{
  g_autofree char *id = helio_settings_make_id (agent->settings);
  g_autoptr (HelioDestinationSettings) settings = helio_destination_settings_new (id, url);
  GError *error = NULL;
  Task *task;

  if (!helio_destination_settings_change (settings, options, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  task = task_new (agent, invocation, settings);
  task->token = helio_destination_settings_read_token (settings, token, &error);
  task->keeps_token = *settings->token_file == '\0';
  if (task->token == NULL || !is_new (agent, settings->url, task->token, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      task_free (task);
      return TRUE;
    }
  helio_works_start (agent->works, FALSE, connect_in_thread, on_connected_for_add, task, task_free);
  return TRUE;
}

/* -- change ------------------------------------------------------------------------------- */

/* What changed since the call came stays changed. */
static gboolean
take_latest (Task *task, const HelioTarget *target, GError **error)
{
  helio_destination_settings_free (task->settings);
  task->settings = helio_destination_settings_copy (target->settings);
  return helio_destination_settings_change (task->settings, task->options, error);
}

static void
on_joined_for_set (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;
  HelioTarget *target = helio_agent_find_target (agent, task->settings->id);
  GError *error = NULL;

  if (target == NULL)
    error = g_error_new_literal (HELIO_ERROR, HELIO_ERROR_NOT_FOUND, "It was removed meanwhile");
  else if (take_latest (task, target, &error)
           && helio_settings_put_destination (agent->settings, task->settings, &error))
    {
      gboolean is_other_file
          = strcmp (target->settings->token_file, task->settings->token_file) != 0;
      /* Level "nothing" takes back what was sent. */
      HelioPresence *sent = g_steal_pointer (&target->sent);

      helio_target_set_settings (target, task->settings);
      helio_target_reopen (target);
      if (task->settings->level == HELIO_LEVEL_NOTHING)
        target->sent = sent;
      else
        g_clear_pointer (&sent, helio_presence_free);
      if (is_other_file || target->token == NULL)
        helio_agent_load_token (agent, target, TRUE);
      helio_agent_match_tracks (agent);
    }
  helio_works_release (agent->works);
  helio_agent_update_now (agent);
  if (error != NULL)
    g_dbus_method_invocation_take_error (task->invocation, error);
  else
    helio_agent1_complete_set_destination (agent->skeleton, task->invocation);
  task_free (task);
  helio_agent_wake (agent);
}

/* A file that can't be used does not take the place of one that can. */
static gboolean
check_token_file (HelioTarget *target, const HelioDestinationSettings *settings, GError **error)
{
  if (*settings->token_file == '\0'
      || strcmp (settings->token_file, target->settings->token_file) == 0)
    return TRUE;

  g_autofree char *token = helio_secrets_read_file (settings->token_file, error);
  return token != NULL;
}

/* What the page of this computer shows is what is sent to it. */
static void
set_level_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Task *task = data;

  helio_receiver_set_level (task->settings->device, task->settings->level, cancellable, error);
}

static void
on_level_set (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;

  if (error != NULL)
    task_fail (task, error);
  else
    helio_works_join (agent->works, on_joined_for_set, task_take (task));
}

static gboolean
check_bundled (const HelioDestinationSettings *old,
               const HelioDestinationSettings *new,
               GError **error)
{
  if (!old->is_bundled || strcmp (old->url, new->url) == 0)
    return TRUE;
  g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       "The agent runs the receiver on this computer, so its address stays");
  return FALSE;
}

static gboolean
on_set (HelioAgent1 *skeleton,
        GDBusMethodInvocation *invocation,
        const char *id,
        GVariant *options,
        HelioAgent *agent)
{
  HelioTarget *target = find_target (agent, invocation, id);
  g_autoptr (HelioAddress) address = NULL;
  GError *error = NULL;
  Task *task;

  if (target == NULL)
    return TRUE;
  task = task_new (agent, invocation, target->settings);
  task->options = g_variant_ref (options);
  if (helio_destination_settings_change (task->settings, options, &error))
    address = helio_address_parse (task->settings->url, &error);
  if (address == NULL
      || !helio_address_check_secure (address, task->settings->allows_plain_http, &error)
      || !check_token_file (target, task->settings, &error)
      || !check_bundled (target->settings, task->settings, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      task_free (task);
      return TRUE;
    }
  if (target->settings->is_bundled && task->settings->level != target->settings->level)
    {
      helio_works_start (agent->works, FALSE, set_level_in_thread, on_level_set, task, task_free);
      return TRUE;
    }
  helio_works_join (agent->works, on_joined_for_set, task);
  return TRUE;
}

/* -- token -------------------------------------------------------------------------------- */

static void
store_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Task *task = data;
  g_autofree char *label = g_strdup_printf ("Heliograph's token for %s", task->settings->name);

  helio_secrets_store (task->settings->id, label, task->token, cancellable, error);
}

static void
on_joined_for_token (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;
  HelioTarget *target = helio_agent_find_target (agent, task->settings->id);

  if (target != NULL)
    {
      g_free (target->token);
      target->token = g_strdup (task->token);
      target->is_secret_locked = FALSE;
      helio_target_reopen (target);
    }
  helio_works_release (agent->works);
  helio_agent_update_now (agent);
  helio_agent1_complete_set_token (agent->skeleton, task->invocation);
  task_free (task);
  helio_agent_wake (agent);
}

static void
on_token_stored (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;

  if (error != NULL)
    task_fail (task, error);
  else
    helio_works_join (agent->works, on_joined_for_token, task_take (task));
}

static gboolean
on_set_token (HelioAgent1 *skeleton,
              GDBusMethodInvocation *invocation,
              const char *id,
              const char *token,
              HelioAgent *agent)
{
  HelioTarget *target = find_target (agent, invocation, id);
  Task *task;

  if (target == NULL)
    return TRUE;
  if (*target->settings->token_file != '\0')
    {
      g_dbus_method_invocation_return_error (
          invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
          "Its token comes from the file %s: write it there, then run: heliographctl sync",
          target->settings->token_file);
      return TRUE;
    }
  task = task_new (agent, invocation, target->settings);
  g_free (task->settings->name);
  task->settings->name = g_strdup (target->address);
  task->token = g_strstrip (g_strdup (token));
  helio_works_start (agent->works, FALSE, store_in_thread, on_token_stored, task, task_free);
  return TRUE;
}

/* -- remove ------------------------------------------------------------------------------- */

/* Deletes at the destination what is to be deleted, then forgets its token. */
static void
remove_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Task *task = data;
  g_autoptr (HelioLedger) ledger = NULL;
  g_autoptr (GPtrArray) tracks = NULL;

  if (task->settings->is_bundled)
    {
      if (!helio_agent_forget_receiver (task->settings, task->deletes, error))
        return;
    }
  else if (task->deletes)
    {
      ledger = helio_ledger_open (task->job->ledger_path, error);
      tracks = ledger != NULL ? helio_ledger_list_tracks (ledger, task->ledger_id, error) : NULL;
      if (tracks == NULL)
        return;
      g_clear_pointer (&ledger, helio_ledger_close);
      for (guint i = 0; i < tracks->len; i++)
        {
          HelioResult result = { 0 };

          if (!helio_history_delete_bucket (task->job, tracks->pdata[i], cancellable, &result,
                                            error))
            {
              g_prefix_error (error, "What it holds can't be deleted now, so it is not removed: ");
              return;
            }
        }
    }
  /* A token that stays in a locked store harms less than a destination that can't be removed. */
  if (task->keeps_token)
    helio_secrets_clear (task->settings->id, cancellable, NULL);
}

static void
on_removed (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;
  GError *settings_error = NULL;

  helio_works_release (agent->works);
  if (error == NULL
      && helio_settings_remove_destination (agent->settings, task->settings->id, &settings_error))
    {
      g_autoptr (GError) ledger_error = NULL;

      /* Rows that stay harm nobody: the id is never used again. */
      if (agent->ledger != NULL
          && !helio_ledger_remove_destination (agent->ledger, task->ledger_id, &ledger_error))
        g_warning ("The ledger still holds rows of a destination that was removed: %s",
                   ledger_error->message);
      helio_agent_load_targets (agent);
      g_message ("A destination is removed");
    }
  helio_agent_match_receiver (agent);
  helio_agent_update_now (agent);
  if (error != NULL)
    task_fail (task, error);
  else if (settings_error != NULL)
    g_dbus_method_invocation_take_error (task->invocation, settings_error);
  else
    helio_agent1_complete_remove_destination (agent->skeleton, task->invocation);
  helio_agent_wake (agent);
}

static void
start_remove (gpointer data)
{
  Task *task = data;

  /* Held until it is removed: no job may write to it any more. */
  helio_works_start (task->agent->works, TRUE, remove_in_thread, on_removed, task, task_free);
}

static void
on_joined_for_remove (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;
  HelioTarget *target = helio_agent_find_target (agent, task->settings->id);

  task->job = target != NULL ? helio_agent_make_job (agent, target) : NULL;
  task->ledger_id = target != NULL ? target->ledger_id : 0;
  task->deletes &= task->job != NULL;
  if (task->settings->is_bundled)
    helio_agent_stop_receiver (agent, start_remove, task);
  else
    start_remove (task);
}

static gboolean
on_remove (HelioAgent1 *skeleton,
           GDBusMethodInvocation *invocation,
           const char *id,
           const char *published,
           HelioAgent *agent)
{
  HelioTarget *target = find_target (agent, invocation, id);
  Task *task;

  if (target == NULL)
    return TRUE;
  if (strcmp (published, "keep") != 0 && strcmp (published, "delete") != 0)
    {
      g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                                     "What was published: “keep” or “delete”");
      return TRUE;
    }
  task = task_new (agent, invocation, target->settings);
  task->deletes = strcmp (published, "delete") == 0;
  task->keeps_token = *target->settings->token_file == '\0';
  helio_works_join (agent->works, on_joined_for_remove, task);
  return TRUE;
}

void
helio_agent_connect_destinations (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;

  g_signal_connect (skeleton, "handle-add-destination", G_CALLBACK (on_add), agent);
  g_signal_connect (skeleton, "handle-set-destination", G_CALLBACK (on_set), agent);
  g_signal_connect (skeleton, "handle-remove-destination", G_CALLBACK (on_remove), agent);
  g_signal_connect (skeleton, "handle-set-token", G_CALLBACK (on_set_token), agent);
}
