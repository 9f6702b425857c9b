/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <malloc.h>
#include <string.h>

#include "agent/helio-autostart.h"
#include "model/helio-error.h"
#include "model/helio-time.h"

/* Coarse: the kernel wakes us together with others. */
#define LONGEST_TICK 5
#define LEDGER_RETRY_US (60 * G_USEC_PER_SEC)
/* How long a goodbye may take. */
#define GOODBYE_MS 2000
#define LEAVE_SECONDS 4

HelioTarget *
helio_agent_find_target (HelioAgent *agent, const char *id)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (strcmp (target->settings->id, id) == 0)
        return target;
    }
  return NULL;
}

HelioWatch *
helio_agent_find_watch (HelioAgent *agent, const char *bucket)
{
  for (guint i = 0; i < agent->watches->len; i++)
    {
      HelioWatch *watch = agent->watches->pdata[i];

      if (strcmp (watch->bucket->id, bucket) == 0)
        return watch;
    }
  return NULL;
}

HelioJob *
helio_agent_make_job (HelioAgent *agent, HelioTarget *target)
{
  const HelioOptions *options = helio_settings_get_options (agent->settings);
  const HelioJob job = {
    .aw_url = options->aw_url,
    .aw_key = agent->aw_key,
    .ledger_path = agent->ledger_path,
    .destination = target->settings->id,
    .url = target->settings->url,
    .token = target->token != NULL ? target->token : (char *) "",
    .allows_plain_http = target->settings->allows_plain_http,
    .is_checked = target->is_checked,
    .rules = agent->rules,
    .history_from = options->history_from,
  };

  return helio_job_copy (&job);
}

/* -- ledger ------------------------------------------------------------------------------- */

void
helio_agent_fail_ledger (HelioAgent *agent, const GError *error)
{
  if (g_strcmp0 (agent->ledger_error, error->message) != 0)
    g_warning ("Publishing stops: %s", error->message);
  g_free (agent->ledger_error);
  agent->ledger_error = g_strdup (error->message);
  agent->ledger_error_word = helio_error_get_word (error);
  agent->ledger_retry_at_us = g_get_monotonic_time () + LEDGER_RETRY_US;
  g_clear_pointer (&agent->ledger, helio_ledger_close);
  helio_agent_update (agent);
}

gboolean
helio_agent_open_ledger (HelioAgent *agent, gboolean at_once)
{
  g_autoptr (GError) error = NULL;

  if (agent->ledger != NULL)
    return TRUE;
  if (!at_once && g_get_monotonic_time () < agent->ledger_retry_at_us)
    return FALSE;

  agent->ledger = helio_ledger_open (agent->ledger_path, &error);
  if (agent->ledger != NULL && !agent->are_pauses_known)
    helio_pause_load (agent, &error);
  else if (agent->ledger != NULL)
    /* What was decided while it could not be written. */
    helio_pause_store (agent, &error);
  for (guint i = 0; i < agent->targets->len && error == NULL; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];
      g_auto (HelioLedgerDestination) row = { 0 };

      if (helio_ledger_get_destination (agent->ledger, target->settings->id, &row, &error))
        target->ledger_id = row.id;
    }
  if (error != NULL)
    {
      helio_agent_fail_ledger (agent, error);
      return FALSE;
    }
  if (agent->ledger_error != NULL)
    g_message ("The ledger can be used again");
  g_clear_pointer (&agent->ledger_error, g_free);
  helio_agent_match_tracks (agent);
  /* What changed meanwhile concerns those that were there before, too. */
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        helio_scheduler_refresh (agent, target, target->tracks->pdata[t]);
    }
  return agent->ledger != NULL;
}

/* -- time --------------------------------------------------------------------------------- */

static gboolean
on_tick (gpointer data)
{
  HelioAgent *agent = data;

  helio_agent_note_outage (agent);
  if (agent->is_quitting || agent->is_asleep)
    return G_SOURCE_CONTINUE;
  helio_pause_check (agent);
  if (agent->is_paused)
    return G_SOURCE_CONTINUE;
  helio_agent_open_ledger (agent, FALSE);
  helio_agent_retry_secrets (agent);
  helio_poll_kick (agent);
  helio_status_kick (agent);
  helio_scheduler_kick (agent);
  return G_SOURCE_CONTINUE;
}

void
helio_agent_set_tick (HelioAgent *agent)
{
  guint interval = MIN (LONGEST_TICK, helio_settings_get_options (agent->settings)->poll_interval);

  g_clear_handle_id (&agent->tick_id, g_source_remove);
  agent->tick_id = g_timeout_add_seconds (interval, on_tick, agent);
}

void
helio_agent_wake (HelioAgent *agent)
{
  agent->polled_at_us = 0;
  on_tick (agent);
  helio_agent_update (agent);
}

/* -- the machine -------------------------------------------------------------------------- */

/* Waiting was for a network that may be another one now. */
static void
end_waiting (HelioAgent *agent)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (target->asked_to_wait)
        continue;
      target->retry_at_us = target->retry_at = target->status_retry_at_us = 0;
    }
}

static void
on_network (gpointer data)
{
  HelioAgent *agent = data;

  if (helio_network_is_available (agent->network))
    {
      end_waiting (agent);
      helio_agent_wake (agent);
    }
  helio_agent_update (agent);
}

static void
on_goodnight_said (gpointer data)
{
  HelioAgent *agent = data;

  helio_works_release (agent->works);
  helio_session_let_sleep (agent->session);
}

static void
on_joined_for_sleep (gpointer data)
{
  HelioAgent *agent = data;

  if (agent->is_paused)
    on_goodnight_said (agent);
  else
    helio_status_say (agent, HELIO_STATE_OFFLINE, GOODBYE_MS, on_goodnight_said, agent);
}

static void
wake_up (HelioAgent *agent)
{
  agent->is_asleep = FALSE;
  end_waiting (agent);
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      g_clear_pointer (&target->sent, helio_presence_free);
      for (guint t = 0; t < target->tracks->len; t++)
        ((HelioAgentTrack *) target->tracks->pdata[t])->repair.day_at = 0;
    }
  helio_agent_wake (agent);
}

static void
on_session (HelioSessionEvent event, gpointer data)
{
  HelioAgent *agent = data;

  switch (event)
    {
    case HELIO_SESSION_LOCKED:
    case HELIO_SESSION_UNLOCKED:
      agent->is_locked = event == HELIO_SESSION_LOCKED;
      agent->locked_since = helio_time_now ();
      g_info (agent->is_locked ? "The session is locked" : "The session is unlocked");
      helio_status_kick (agent);
      helio_agent_update (agent);
      break;
    case HELIO_SESSION_FALLS_ASLEEP:
      if (agent->is_asleep || agent->is_quitting)
        break;
      g_message ("The machine falls asleep");
      agent->is_asleep = TRUE;
      helio_works_join (agent->works, on_joined_for_sleep, agent);
      break;
    case HELIO_SESSION_ENDS:
      g_message ("The session ends");
      helio_agent_quit (agent, 0);
      break;
    case HELIO_SESSION_KNOWN:
      helio_status_kick (agent);
      break;
    case HELIO_SESSION_WOKE_UP:
      g_message ("The machine woke up");
      wake_up (agent);
      break;
    }
}

/* -- life --------------------------------------------------------------------------------- */

/* A token or a folder that nothing knows of would stay behind. */
void
helio_agent_leave (HelioAgent *agent)
{
  if (agent->has_said_goodbye && agent->adding == NULL && agent->n_adds == 0)
    g_main_loop_quit (agent->loop);
}

static void
on_receiver_stopped (gpointer data)
{
  HelioAgent *agent = data;

  agent->has_said_goodbye = TRUE;
  helio_agent_leave (agent);
}

static void
on_goodbye_said (gpointer data)
{
  HelioAgent *agent = data;

  helio_works_cancel_all (agent->works);
  helio_agent_give_up_adding (agent);
  helio_agent_stop_receiver (agent, on_receiver_stopped, agent);
}

static void
on_joined_for_quit (gpointer data)
{
  HelioAgent *agent = data;

  if (agent->is_paused || agent->is_asleep)
    on_goodbye_said (agent);
  else
    helio_status_say (agent, HELIO_STATE_OFFLINE, GOODBYE_MS, on_goodbye_said, agent);
}

static gboolean
on_goodbye_late (gpointer data)
{
  g_main_loop_quit (((HelioAgent *) data)->loop);
  return G_SOURCE_REMOVE;
}

void
helio_agent_quit (HelioAgent *agent, int exit_code)
{
  if (agent->is_quitting)
    return;
  agent->is_quitting = TRUE;
  agent->exit_code = exit_code;
  if (agent->tick_id != 0)
    g_message ("The agent ends");
  helio_waiter_end_all (agent, _ ("The agent ends"));
  helio_agent_update_now (agent);
  helio_agent_end_desktop (agent);
  g_timeout_add_seconds (LEAVE_SECONDS, on_goodbye_late, agent);
  helio_works_join (agent->works, on_joined_for_quit, agent);
}

static void
on_logged (const HelioLogEntry *entry, gpointer data)
{
  HelioAgent *agent = data;

  helio_agent1_emit_log_added (agent->skeleton,
                               g_variant_new ("(uxsss)", entry->serial, entry->time, entry->level,
                                              entry->domain, entry->message));
}

HelioAgent *
helio_agent_new (HelioSettings *settings, HelioLog *log, const char *ledger_path)
{
  HelioAgent *agent = g_new0 (HelioAgent, 1);

  agent->settings = settings;
  agent->log = log;
  agent->ledger_path = g_strdup (ledger_path);
  agent->loop = g_main_loop_new (NULL, FALSE);
  agent->works = helio_works_new (agent);
  agent->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_watch_free);
  agent->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_target_free);
  agent->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_waiter_free);
  agent->pauses = helio_pauses_new ();
  agent->needs_list = agent->needs_counts = TRUE;
  agent->n_slow_lists = 1;
  agent->skeleton = helio_agent1_skeleton_new ();
  helio_agent_connect_methods (agent);
  helio_agent_connect_options (agent);
  helio_agent_connect_destinations (agent);
  helio_agent_connect_removal (agent);
  helio_agent_connect_receiver (agent);
  helio_agent_connect_tests (agent);
  helio_agent_connect_questions (agent);
  helio_agent_connect_rules (agent);
  helio_agent_connect_sent (agent);
  helio_agent_update_now (agent);
  return agent;
}

void
helio_agent_free (HelioAgent *agent)
{
  helio_log_set_listener (agent->log, NULL, NULL);
  g_clear_handle_id (&agent->tick_id, g_source_remove);
  g_clear_handle_id (&agent->retry_id, g_source_remove);
  g_clear_handle_id (&agent->progress_id, g_source_remove);
  g_clear_handle_id (&agent->update_id, g_source_remove);

  GDBusConnection *bus
      = g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
  if (bus != NULL)
    {
      /* Who still waits for an answer gets it. */
      g_dbus_connection_flush_sync (bus, NULL, NULL);
      g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (agent->skeleton));
    }
  g_clear_object (&agent->skeleton);
  helio_agent_free_desktop (agent);
  g_clear_pointer (&agent->receiver, helio_receiver_free);
  g_clear_pointer (&agent->network, helio_network_free);
  g_clear_pointer (&agent->session, helio_session_free);
  g_clear_pointer (&agent->works, helio_works_free);
  g_clear_pointer (&agent->ledger, helio_ledger_close);
  g_clear_pointer (&agent->rules, helio_rules_unref);
  g_clear_pointer (&agent->info, helio_aw_info_free);
  helio_pauses_free (agent->pauses);
  g_ptr_array_unref (agent->watches);
  g_ptr_array_unref (agent->targets);
  g_ptr_array_unref (agent->waiters);
  g_free (agent->ledger_path);
  g_free (agent->ledger_error);
  g_free (agent->source_error);
  g_free (agent->aw_key);
  g_free (agent->aw_key_error);
  g_free (agent->renamed_bucket);
  g_free (agent->renamed_ignored);
  g_main_loop_unref (agent->loop);
  helio_settings_sync (agent->settings);
  helio_settings_free (agent->settings);
  g_free (agent);
}

gboolean
helio_agent_export (HelioAgent *agent, GDBusConnection *bus, GError **error)
{
  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (agent->skeleton), bus,
                                           HELIO_AGENT_PATH, error);
}

void
helio_agent_start (HelioAgent *agent)
{
  helio_log_set_listener (agent->log, on_logged, agent);
  agent->network = helio_network_new (on_network, agent);
  agent->session = helio_session_new (
      helio_autostart_is_sandboxed ()
          ? g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (agent->skeleton))
          : NULL,
      on_session, agent);
  if (*helio_settings_get_options (agent->settings)->aw_key_file != '\0')
    helio_agent_load_aw_key (agent, FALSE);
  helio_agent_open_ledger (agent, TRUE);
  helio_agent_load_targets (agent);
  helio_agent_match_receiver (agent);
  helio_agent_begin_desktop (agent);
  helio_agent_set_tick (agent);
  malloc_trim (0);
  helio_agent_wake (agent);
  /* Who activated it by a call finds the properties as they are. */
  helio_agent_update_now (agent);
}

int
helio_agent_run (HelioAgent *agent)
{
  g_main_loop_run (agent->loop);
  return agent->exit_code;
}
