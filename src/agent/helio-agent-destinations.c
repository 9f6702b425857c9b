/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
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
  GVariant *options; /* of a change */
  char *token;
  gboolean keeps_token; /* in the secret store */
  gboolean may_be_kept; /* it is there, perhaps */
  HelioBackendInfo *info;
  GError *error; /* of one that is undone */
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
  g_clear_pointer (&task->info, helio_backend_info_free);
  g_clear_error (&task->error);
  g_free (task);
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
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_TOKEN, _ ("%s does not know the token"),
                 helio_destination_get_name (destination));
  else if (task->info != NULL && task->keeps_token)
    {
      g_autofree char *label = g_strdup_printf (_ ("Heliograph's token for %s"),
                                                helio_destination_get_name (destination));

      task->may_be_kept
          = helio_secrets_store (task->settings->id, label, task->token, cancellable, error)
            || g_cancellable_is_cancelled (cancellable);
    }
}

/* Two of them with one token would be two writers, and each would stop the other. */
static gboolean
is_new (HelioAgent *agent,
        const HelioDestinationSettings *settings,
        const char *token,
        GError **error)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (strcmp (target->settings->id, settings->id) != 0 && g_strcmp0 (target->token, token) == 0
          && strcmp (target->settings->url, settings->url) == 0)
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       _ ("%s is a destination already, with the same token"), target->address);
          return FALSE;
        }
    }
  return TRUE;
}

/* -- add ---------------------------------------------------------------------------------- */

static void
end_add (Task *task)
{
  HelioAgent *agent = task->agent;

  agent->n_adds--;
  helio_agent_update_now (agent);
  if (task->error == NULL)
    helio_agent1_complete_add_destination (agent->skeleton, task->invocation, task->settings->id,
                                           task->settings->device);
  else if (agent->is_quitting)
    g_dbus_method_invocation_return_error_literal (task->invocation, HELIO_ERROR,
                                                   HELIO_ERROR_FAILED, _ ("The agent ends"));
  else
    helio_agent_fail_call (agent, task->invocation, task->error);
  task_free (task);
  helio_agent_wake (agent);
  helio_agent_leave (agent);
}

static void
forget_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  /* Not cancelled by the agent's end, which waits for it. */
  helio_secrets_clear (((Task *) data)->settings->id, NULL, NULL);
}

static void
on_forgotten (gpointer data, const GError *error, gpointer owner)
{
  end_add (task_take (data));
}

/* Leaves nothing behind. */
static void
undo_add (Task *task, const GError *error)
{
  task->error = error != NULL ? g_error_copy (error)
                              : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  if (task->may_be_kept)
    helio_works_start (task->agent->works, FALSE, forget_in_thread, on_forgotten, task, task_free);
  else
    end_add (task);
}

static void
on_joined_for_add (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;
  g_autoptr (GError) error = NULL;

  /* An equal one may have been added while this one was tried. */
  if (is_new (agent, task->settings, task->token, &error)
      && helio_settings_put_destination (agent->settings, task->settings, &error))
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
  if (error != NULL)
    undo_add (task, error);
  else
    end_add (task);
}

static void
on_connected_for_add (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;

  if (error != NULL || agent->is_quitting)
    {
      undo_add (task_take (task), error);
      return;
    }
  g_free (task->settings->device);
  task->settings->device = g_strdup (task->info->device);
  helio_works_join (agent->works, on_joined_for_add, task_take (task));
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
  if (task->token == NULL || !is_new (agent, settings, task->token, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      task_free (task);
      return TRUE;
    }
  agent->n_adds++;
  helio_works_start (agent->works, FALSE, connect_in_thread, on_connected_for_add, task, task_free);
  return TRUE;
}

/* -- change ------------------------------------------------------------------------------- */

/* Another change may have come first: this one changes what it named, and no more. */
static gboolean
update_settings (Task *task, HelioTarget *target, GError **error)
{
  helio_destination_settings_free (task->settings);
  task->settings = helio_destination_settings_copy (target->settings);
  if (task->info != NULL)
    {
      g_free (task->settings->device);
      task->settings->device = g_strdup (task->info->device);
    }
  return helio_destination_settings_change (task->settings, task->options, error);
}

static void
take_moved (Task *task, HelioTarget *target)
{
  g_free (target->token);
  target->token = g_strdup (task->token);
  target->is_secret_locked = FALSE;
  g_free (target->server);
  target->server = g_strdup (task->info->server);
  /* Another device holds other events: what is held is compared now, not with the next event. */
  for (guint i = 0; i < target->tracks->len; i++)
    ((HelioAgentTrack *) target->tracks->pdata[i])->needs_history = TRUE;
}

static void
on_joined_for_set (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;
  HelioTarget *target = helio_agent_find_target (agent, task->settings->id);
  GError *error = NULL;

  if (target == NULL)
    error
        = g_error_new_literal (HELIO_ERROR, HELIO_ERROR_NOT_FOUND, _ ("It was removed meanwhile"));
  else if (update_settings (task, target, &error)
           && helio_settings_put_destination (agent->settings, task->settings, &error))
    {
      gboolean is_other_file
          = strcmp (target->settings->token_file, task->settings->token_file) != 0;
      /* Level "nothing" takes back what was sent. */
      HelioPresence *sent = g_steal_pointer (&target->sent);

      helio_target_set_settings (target, task->settings);
      if (task->token != NULL)
        take_moved (task, target);
      helio_target_reopen (target);
      if (task->settings->level == HELIO_LEVEL_NOTHING)
        target->sent = sent;
      else
        g_clear_pointer (&sent, helio_presence_free);
      if (is_other_file || target->token == NULL)
        helio_agent_load_token (agent, target, TRUE);
      helio_agent_match_tracks (agent);
    }
  if (target != NULL && task->token != NULL)
    target->is_moving = FALSE;
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

  /* Not cancelled by the change that comes next, which waits for it. */
  helio_receiver_set_level (task->settings->device, task->settings->level, NULL, error);
}

static void
on_level_set (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;

  if (error == NULL)
    {
      on_joined_for_set (task_take (task));
      return;
    }
  helio_works_release (agent->works);
  helio_agent_fail_call (agent, task->invocation, error);
  helio_agent_wake (agent);
}

/* A job until it is stored: of two changes the later one waits, and wins. */
static void
on_joined_for_level (gpointer data)
{
  Task *task = data;
  HelioAgent *agent = task->agent;

  if (helio_agent_find_target (agent, task->settings->id) != NULL)
    helio_works_start (agent->works, TRUE, set_level_in_thread, on_level_set, task, task_free);
  else
    on_joined_for_set (task);
}

static void
on_connected_for_set (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Task *task = data;
  HelioTarget *target = helio_agent_find_target (agent, task->settings->id);

  if (error == NULL)
    {
      helio_works_join (agent->works, on_joined_for_set, task_take (task));
      return;
    }
  if (target != NULL)
    {
      target->is_moving = FALSE;
      if (target->token == NULL)
        helio_agent_load_token (agent, target, FALSE);
    }
  helio_agent_fail_call (task->agent, task->invocation, error);
}

static gboolean
has_no_token_file (const HelioDestinationSettings *settings, GError **error)
{
  if (*settings->token_file == '\0')
    return TRUE;
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
               _ ("Its token comes from the file %s: write it there, then run: heliographctl sync"),
               settings->token_file);
  return FALSE;
}

/* Two changes of one token at once would leave it to chance which is kept. */
static gboolean
check_still (const HelioTarget *target, GError **error)
{
  if (target->is_moving)
    g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_FAILED,
                         _ ("Its address and token are being changed; try again"));
  return !target->is_moving;
}

/* The options without the token, which is for the address among them. */
static gboolean
read_options (Task *task, HelioTarget *target, GVariant *options, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (options);
  gboolean has_url = g_variant_dict_contains (&dict, "url");
  g_autofree char *token = NULL;

  if (g_variant_dict_lookup (&dict, "token", "s", &token))
    g_variant_dict_remove (&dict, "token");
  task->options = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (!helio_destination_settings_change (task->settings, task->options, error))
    return FALSE;
  if (token == NULL)
    return TRUE;
  if (!has_url || task->settings->is_bundled)
    {
      g_set_error_literal (
          error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
          _ ("A token is given together with a new address, or alone by SetToken"));
      return FALSE;
    }
  if (!check_still (target, error) || !has_no_token_file (task->settings, error))
    return FALSE;
  task->token = helio_destination_settings_read_token (task->settings, token, error);
  task->keeps_token = TRUE;
  /* Settings that can't be written are found before the token is in the secret store. */
  return task->token != NULL && is_new (task->agent, task->settings, task->token, error)
         && helio_settings_put_destination (task->agent->settings, target->settings, error);
}

static gboolean
check_bundled (const HelioDestinationSettings *old,
               const HelioDestinationSettings *new,
               GError **error)
{
  if (!old->is_bundled || strcmp (old->url, new->url) == 0)
    return TRUE;
  g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       _ ("The agent runs the receiver on this computer, so its address stays"));
  return FALSE;
}

static gboolean
on_set (HelioAgent1 *skeleton,
        GDBusMethodInvocation *invocation,
        const char *id,
        GVariant *options,
        HelioAgent *agent)
{
  HelioTarget *target = helio_agent_find_target_for (agent, invocation, id);
  g_autoptr (HelioAddress) address = NULL;
  GError *error = NULL;
  Task *task;

  if (target == NULL)
    return TRUE;
  task = task_new (agent, invocation, target->settings);
  if (read_options (task, target, options, &error))
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
  if (task->token != NULL)
    {
      target->is_moving = TRUE;
      helio_works_start (agent->works, FALSE, connect_in_thread, on_connected_for_set, task,
                         task_free);
      return TRUE;
    }
  g_autoptr (GVariant) level = g_variant_lookup_value (task->options, "level", NULL);
  helio_works_join (agent->works,
                    target->settings->is_bundled && level != NULL ? on_joined_for_level
                                                                  : on_joined_for_set,
                    task);
  return TRUE;
}

/* -- token -------------------------------------------------------------------------------- */

static void
store_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Task *task = data;
  g_autofree char *label = g_strdup_printf (_ ("Heliograph's token for %s"), task->settings->name);

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
    helio_agent_fail_call (task->agent, task->invocation, error);
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
  HelioTarget *target = helio_agent_find_target_for (agent, invocation, id);
  GError *error = NULL;
  Task *task;

  if (target == NULL)
    return TRUE;
  if (!has_no_token_file (target->settings, &error) || !check_still (target, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  task = task_new (agent, invocation, target->settings);
  g_free (task->settings->name);
  task->settings->name = g_strdup (target->address);
  task->token = g_strstrip (g_strdup (token));
  helio_works_start (agent->works, FALSE, store_in_thread, on_token_stored, task, task_free);
  return TRUE;
}

/* -- public ------------------------------------------------------------------------------- */

void
helio_agent_fail_call (HelioAgent *agent, GDBusMethodInvocation *invocation, const GError *error)
{
  /* What was learned of the secret store is told all the same. */
  helio_agent_update_now (agent);
  if (helio_error_is_cancelled (error))
    g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_FAILED,
                                                   _ ("Something else came in between; try again"));
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
}

HelioTarget *
helio_agent_find_target_for (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *id)
{
  HelioTarget *target = helio_agent_find_target (agent, id);

  if (target == NULL)
    g_dbus_method_invocation_return_error (invocation, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                           _ ("There is no destination %s"), id);
  return target;
}

void
helio_agent_connect_destinations (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;

  g_signal_connect (skeleton, "handle-add-destination", G_CALLBACK (on_add), agent);
  g_signal_connect (skeleton, "handle-set-destination", G_CALLBACK (on_set), agent);
  g_signal_connect (skeleton, "handle-set-token", G_CALLBACK (on_set_token), agent);
}
