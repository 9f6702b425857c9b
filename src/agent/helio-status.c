/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "destination/helio-destination.h"
#include "model/helio-error.h"
#include "model/helio-time.h"

/* The timer is coarse: half a second early is due. */
#define REPEAT_US (60 * G_USEC_PER_SEC - G_USEC_PER_SEC / 2)
/* A status is small: a destination that was gone is found again within seconds. */
#define FIRST_WAIT 2
#define LONGEST_WAIT 10

typedef struct
{
  HelioTarget *target;
  char *url;
  char *token;
  gboolean allows_plain_http;
  HelioPresence *presence; /* NULL: only look whether it answers */
  int64_t now;
  int deadline_ms;
  gboolean asks_device;
  char *store; /* what the ledger knew of the destination when this began */
  int64_t acked_seq;
  int retry_after;
  char *device;
  char *server;
  gboolean differs; /* the destination tells another store or an older seq */
} Status;

static void
status_free (gpointer data)
{
  Status *status = data;

  g_free (status->url);
  g_free (status->token);
  g_free (status->device);
  g_free (status->server);
  g_free (status->store);
  g_clear_pointer (&status->presence, helio_presence_free);
  g_free (status);
}

/* A destination that was set back to a backup, or made anew, is found out by the next status. */
static void
compare_state (Status *status, HelioDestination *destination)
{
  const char *store;
  int64_t seq;

  if (status->store == NULL || *status->store == '\0'
      || !helio_destination_get_told (destination, &store, &seq))
    return;
  status->differs = strcmp (store, status->store) != 0 || seq < status->acked_seq;
}

static void
send_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Status *status = data;
  g_autoptr (HelioDestination) destination
      = helio_destination_new (status->url, status->token, status->allows_plain_http, error);

  if (destination == NULL)
    return;
  if (status->deadline_ms > 0)
    helio_destination_set_deadline (destination, status->deadline_ms);
  if (status->presence == NULL || status->asks_device)
    {
      g_autoptr (HelioBackendInfo) info
          = helio_destination_connect (destination, cancellable, error);

      if (info == NULL)
        status->retry_after = helio_destination_get_retry_after (destination);
      else
        {
          status->device = g_strdup (info->device);
          status->server = g_strdup (info->server);
        }
      if (info == NULL || status->presence == NULL)
        return;
    }
  if (!helio_destination_put_status (destination, status->presence, status->now, HELIO_STATUS_TTL,
                                     cancellable, error))
    status->retry_after = helio_destination_get_retry_after (destination);
  else
    compare_state (status, destination);
}

static void
take_ledger (HelioAgent *agent, Status *status)
{
  g_auto (HelioLedgerDestination) known = { 0 };

  if (agent->ledger == NULL
      || !helio_ledger_get_destination (agent->ledger, status->target->settings->id, &known, NULL))
    return;
  status->store = g_steal_pointer (&known.store);
  status->acked_seq = known.acked_seq;
}

static Status *
status_new (HelioAgent *agent, HelioTarget *target, const HelioPresence *presence)
{
  Status *status = g_new0 (Status, 1);

  status->target = target;
  status->url = g_strdup (target->settings->url);
  status->token = g_strdup (target->token);
  status->allows_plain_http = target->settings->allows_plain_http;
  status->presence = presence != NULL ? helio_presence_copy (presence) : NULL;
  status->now = helio_time_now ();
  /* One from the environment was never tested: its name for this device is not known. What kind
   * of server it is, is asked once. */
  status->asks_device = *target->settings->device == '\0' || target->server == NULL;
  take_ledger (agent, status);
  return status;
}

static void
on_sent (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Status *status = data;
  HelioTarget *target = status->target;

  target->status_work = NULL;
  if (helio_error_is_cancelled (error))
    return;

  if (status->device != NULL)
    {
      g_free (target->settings->device);
      target->settings->device = g_steal_pointer (&status->device);
    }
  if (status->server != NULL)
    {
      g_free (target->server);
      target->server = g_steal_pointer (&status->server);
      helio_agent_update (agent);
    }
  if (status->differs)
    {
      /* Else a run is to compare them anyway; but where ActivityWatch has nothing none may come. */
      if (target->is_checked)
        g_message ("Destination %s was set back: it is compared with the ledger", target->address);
      target->is_checked = FALSE;
      for (guint i = 0; i < target->tracks->len; i++)
        ((HelioAgentTrack *) target->tracks->pdata[i])->needs_history = TRUE;
    }
  if (error == NULL)
    {
      gboolean was_gone = target->status_wait > 0;
      gboolean only_looked = status->presence == NULL;

      target->status_wait = 0;
      if (!only_looked)
        helio_sent_list_add_presence (target->sent_list, status->presence, helio_time_now ());
      g_clear_pointer (&target->sent, helio_presence_free);
      if (target->settings->level != HELIO_LEVEL_NOTHING)
        target->sent = g_steal_pointer (&status->presence);
      target->sent_at_us = g_get_monotonic_time ();
      /* Where it answers again events need not wait any longer, unless the server itself said how
       * long. Nor is anything wrong once their wait is over and none of them is tried. */
      if (target->state == HELIO_TARGET_OPEN && !target->asked_to_wait
          && (was_gone
              || (target->events_work == NULL && g_get_monotonic_time () >= target->retry_at_us)))
        helio_target_succeed (target, status->now);
      /* Where it refuses events it is not looked at more often than they are tried. */
      target->status_retry_at_us = only_looked ? target->retry_at_us : 0;
      target->last_success = status->now;
    }
  else if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_RETRY)
           || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_TLS)
           || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_FAILED))
    {
      target->status_wait = CLAMP (2 * target->status_wait, FIRST_WAIT, LONGEST_WAIT);
      target->status_retry_at_us
          = g_get_monotonic_time ()
            + MAX (target->status_wait, status->retry_after) * G_TIME_SPAN_SECOND;
      if (target->error == NULL)
        {
          g_message ("Destination %s does not take the status: %s", target->address,
                     error->message);
          target->error = g_strdup (error->message);
          target->error_word = helio_error_get_word (error);
        }
    }
  else
    {
      /* Whatever answers there is not asked again and again. */
      helio_target_fail (target, error, status->retry_after);
      target->status_retry_at_us = target->retry_at_us;
    }

  helio_status_kick (agent);
  helio_scheduler_kick (agent);
  helio_agent_update (agent);
}

static HelioPresence *
decide (HelioAgent *agent, HelioTarget *target)
{
  const HelioOptions *options = helio_settings_get_options (agent->settings);
  g_autoptr (GPtrArray) buckets = g_ptr_array_new ();
  HelioLiveInput input = {
    .now = helio_time_now (),
    .buckets = buckets,
    /* Without a ledger nothing is known of pauses to come: no activity leaves. */
    .is_aw_readable = agent->is_source_reachable && agent->ledger_error == NULL,
    .rules = agent->rules,
    .level = target->settings->level,
    .is_locked = agent->is_locked,
    .locked_since = agent->locked_since,
    .away_threshold = (int) options->away_threshold,
    .media_keeps_active = options->media_keeps_active,
    .previous = target->presence,
  };

  for (guint i = 0; i < agent->watches->len; i++)
    {
      const HelioWatch *watch = agent->watches->pdata[i];

      if (watch->live != NULL && !watch->is_gone)
        g_ptr_array_add (buckets, watch->live);
    }
  return helio_live_decide (&input);
}

/* Nothing is known of ActivityWatch before the first poll is over: "online" would blink. Nor may
 * a locked session show what happens in it. */
static gboolean
is_ready (HelioAgent *agent)
{
  if (!agent->is_source_known || !helio_session_is_known (agent->session))
    return FALSE;
  if (!agent->is_source_reachable)
    return TRUE;
  for (guint i = 0; i < agent->watches->len; i++)
    {
      const HelioWatch *watch = agent->watches->pdata[i];

      if (watch->live != NULL && !watch->is_gone && watch->live->is_for_presence
          && !watch->live->is_missing && watch->live->tail.read_at == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_due (HelioTarget *target, int64_t now_us)
{
  /* At level "nothing" a presence that was sent before is taken back; else it is only looked
   * whether a destination that was gone answers again. */
  if (target->presence == NULL)
    return target->sent != NULL || target->error != NULL;
  return target->sent == NULL || !helio_presence_equal (target->sent, target->presence)
         || now_us - target->sent_at_us >= REPEAT_US;
}

void
helio_status_kick (HelioAgent *agent)
{
  int64_t now_us = g_get_monotonic_time ();

  if (helio_works_is_held (agent->works) || agent->is_asleep || agent->rules == NULL
      || agent->is_paused || !is_ready (agent))
    return;

  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];
      HelioPresence *presence = decide (agent, target);
      g_autoptr (HelioPresence) farewell = NULL;

      if (presence == NULL && target->sent != NULL)
        farewell = helio_presence_new (HELIO_STATE_OFFLINE, helio_time_now ());
      g_clear_pointer (&target->presence, helio_presence_free);
      target->presence = presence;
      if (target->state == HELIO_TARGET_OPEN && target->token != NULL && target->status_work == NULL
          && now_us >= target->status_retry_at_us && is_due (target, now_us)
          && helio_agent_can_reach (agent, target))
        target->status_work = helio_works_start (
            agent->works, TRUE, send_in_thread, on_sent,
            status_new (agent, target, presence != NULL ? presence : farewell), status_free);
    }
}

/* -- the last word ------------------------------------------------------------------------ */

typedef struct
{
  HelioAgent *agent;
  guint n_under_way;
  guint bound_id;
  void (*func) (gpointer data);
  gpointer data;
} Saying;

typedef struct
{
  Status *status;
  Saying *saying;
} Said;

static void
said_free (gpointer data)
{
  Said *said = data;

  status_free (said->status);
  g_free (said);
}

static void
say_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  send_in_thread (((Said *) data)->status, cancellable, error);
}

static void
saying_end (Saying *saying)
{
  void (*func) (gpointer data) = saying->func;
  gpointer data = saying->data;

  g_clear_handle_id (&saying->bound_id, g_source_remove);
  g_free (saying);
  func (data);
}

static void
on_said (gpointer data, const GError *error, gpointer owner)
{
  Said *said = data;
  HelioTarget *target = said->status->target;

  if (error != NULL)
    g_message ("Destination %s was not told: %s", target->address, error->message);
  else
    {
      g_clear_pointer (&target->sent, helio_presence_free);
      helio_sent_list_add_presence (target->sent_list, said->status->presence, helio_time_now ());
      target->last_success = said->status->now;
    }
  if (--said->saying->n_under_way == 0)
    saying_end (said->saying);
}

static gboolean
on_said_nothing (gpointer data)
{
  Saying *saying = data;

  saying->bound_id = 0;
  saying_end (saying);
  return G_SOURCE_REMOVE;
}

void
helio_status_say (HelioAgent *agent,
                  HelioState state,
                  guint bound_ms,
                  void (*func) (gpointer data),
                  gpointer data)
{
  Saying *saying = g_new0 (Saying, 1);

  saying->agent = agent;
  saying->func = func;
  saying->data = data;
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];
      gboolean is_mute = target->settings->level == HELIO_LEVEL_NOTHING && target->sent == NULL;

      if (target->state != HELIO_TARGET_OPEN || target->token == NULL || is_mute
          || !helio_agent_can_reach (agent, target))
        continue;

      g_autoptr (HelioPresence) presence = helio_presence_new (state, helio_time_now ());
      Said *said = g_new0 (Said, 1);

      said->saying = saying;
      said->status = status_new (agent, target, presence);
      said->status->deadline_ms = (int) bound_ms;
      said->status->asks_device = FALSE;
      saying->n_under_way++;
      helio_works_start (agent->works, TRUE, say_in_thread, on_said, said, said_free);
    }
  /* The function is never called from in here: the caller goes on first. */
  if (saying->n_under_way == 0)
    saying->bound_id = g_idle_add (on_said_nothing, saying);
}
