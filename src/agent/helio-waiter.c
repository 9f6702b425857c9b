/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-error.h"
#include "model/helio-time.h"

/* How long the receiver on this computer may take until it listens. */
#define LISTEN_US (20 * G_USEC_PER_SEC)

/* A track that Verify waits for. */
typedef struct
{
  char *destination;
  char *bucket;
} Pending;

/* A method call that is answered when its work is done. */
struct _HelioWaiter
{
  GDBusMethodInvocation *invocation;
  char *bucket;       /* that Verify looks at, "" for all; NULL for SyncNow */
  gboolean has_begun; /* Verify */
  int64_t began;
  int64_t began_us;
  GPtrArray *pending; /* Pending, of Verify */
  GVariantBuilder verdicts;
};

static void
pending_free (Pending *pending)
{
  g_free (pending->destination);
  g_free (pending->bucket);
  g_free (pending);
}

void
helio_waiter_free (HelioWaiter *waiter)
{
  g_clear_pointer (&waiter->pending, g_ptr_array_unref);
  g_free (waiter->bucket);
  g_variant_builder_clear (&waiter->verdicts);
  g_free (waiter);
}

static void
add (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *bucket)
{
  HelioWaiter *waiter = g_new0 (HelioWaiter, 1);

  waiter->invocation = invocation;
  waiter->bucket = g_strdup (bucket);
  waiter->began = helio_time_now ();
  waiter->began_us = g_get_monotonic_time ();
  waiter->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) pending_free);
  g_variant_builder_init (&waiter->verdicts, G_VARIANT_TYPE ("aa{sv}"));
  g_ptr_array_add (agent->waiters, waiter);
}

void
helio_waiter_add_sync (HelioAgent *agent, GDBusMethodInvocation *invocation)
{
  add (agent, invocation, NULL);
}

void
helio_waiter_add_verify (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *bucket)
{
  add (agent, invocation, bucket);
}

static void
begin_verify (HelioAgent *agent, HelioWaiter *waiter)
{
  const char *bucket = waiter->bucket;

  waiter->has_begun = TRUE;
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];
          Pending *pending;

          const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

          if ((*bucket != '\0' && strcmp (bucket, track->bucket) != 0) || watch == NULL
              || watch->is_gone || track->is_left)
            continue;
          helio_verification_begin (track);
          pending = g_new0 (Pending, 1);
          pending->destination = g_strdup (target->settings->id);
          pending->bucket = g_strdup (track->bucket);
          g_ptr_array_add (waiter->pending, pending);
        }
    }
}

static Pending *
find (HelioWaiter *waiter, HelioTarget *target, const char *bucket)
{
  for (guint i = 0; i < waiter->pending->len; i++)
    {
      Pending *pending = waiter->pending->pdata[i];

      if (strcmp (pending->destination, target->settings->id) == 0
          && strcmp (pending->bucket, bucket) == 0)
        return pending;
    }
  return NULL;
}

gboolean
helio_waiter_wants_verdict (HelioAgent *agent, HelioTarget *target, const char *bucket)
{
  for (guint i = 0; i < agent->waiters->len; i++)
    if (find (agent->waiters->pdata[i], target, bucket) != NULL)
      return TRUE;
  return FALSE;
}

void
helio_waiter_take_verdict (HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track)
{
  for (guint i = 0; i < agent->waiters->len; i++)
    {
      HelioWaiter *waiter = agent->waiters->pdata[i];
      Pending *pending = find (waiter, target, track->bucket);

      if (pending == NULL)
        continue;
      g_variant_builder_add_value (&waiter->verdicts, track->verdict);
      g_ptr_array_remove (waiter->pending, pending);
    }
}

/* Why the work at this target can't go on now, or NULL. (transfer full) */
static char *
find_obstacle (HelioAgent *agent, HelioTarget *target)
{
  /* It may stay so for days: nobody waits for an answer that long. */
  if (target->settings->has_history && helio_scheduler_is_metered (agent, target))
    return g_strdup (_ ("This network is metered: history waits for another one. To publish it all "
                        "the same, switch “pause-on-metered” off"));
  if (target->error != NULL && target->events_work == NULL && target->status_work == NULL)
    return strstr (target->error, target->address) != NULL
               ? g_strdup (target->error)
               : g_strdup_printf ("%s: %s", target->address, target->error);
  for (guint i = 0; i < target->tracks->len; i++)
    {
      const HelioAgentTrack *track = target->tracks->pdata[i];
      const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

      /* What is only left at the destination stays as it is: nobody waits for it. */
      if (watch != NULL && agent->rules != NULL && !track->is_left && !watch->is_gone
          && helio_agent_is_stopped (agent, watch))
        return helio_rules_explain (agent->rules, watch->bucket);
      if (track->retry_at_us > g_get_monotonic_time () && watch != NULL && watch->error != NULL)
        return g_strdup_printf (_ ("Bucket %s: %s"), track->bucket, watch->error);
    }
  return NULL;
}

static char *
find_any_obstacle (HelioAgent *agent)
{
  if (agent->ledger_error != NULL)
    return g_strdup (agent->ledger_error);
  if (agent->is_source_known && agent->source_error != NULL && agent->poll_work == NULL)
    return g_strdup (agent->source_error);
  for (guint i = 0; i < agent->targets->len; i++)
    {
      char *obstacle = find_obstacle (agent, agent->targets->pdata[i]);

      if (obstacle != NULL)
        return obstacle;
    }
  return NULL;
}

static gboolean
is_sync_done (HelioAgent *agent, HelioWaiter *waiter)
{
  /* ActivityWatch must have been read since. */
  if (agent->source_success < waiter->began || agent->needs_list || agent->poll_work != NULL)
    return FALSE;
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];
      g_autofree char *deletion = helio_agent_find_deletion (agent, target);

      if (target->events_work != NULL || deletion != NULL || target->is_adopting)
        return FALSE;
      for (guint t = 0; t < target->tracks->len; t++)
        {
          const HelioAgentTrack *track = target->tracks->pdata[t];
          const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

          if (track->needs_history && watch != NULL
              && !((track->is_left || watch->is_gone) && helio_agent_is_stopped (agent, watch)))
            return FALSE;
        }
    }
  return TRUE;
}

/* A destination or bucket may have been taken away meanwhile. */
static void
drop_vanished (HelioAgent *agent, HelioWaiter *waiter)
{
  for (guint i = waiter->pending->len; i > 0; i--)
    {
      const Pending *pending = waiter->pending->pdata[i - 1];
      HelioTarget *target = helio_agent_find_target (agent, pending->destination);

      if (target == NULL || helio_target_find_track (target, pending->bucket) == NULL)
        g_ptr_array_remove_index (waiter->pending, i - 1);
    }
}

static void
end (HelioAgent *agent, HelioWaiter *waiter, HelioError code, const char *why)
{
  GVariant *verdicts = g_variant_ref_sink (g_variant_builder_end (&waiter->verdicts));

  g_ptr_array_set_size (waiter->pending, 0);
  helio_verification_drop (agent);
  /* Who gets the answer finds the properties agree with it. */
  helio_agent_update_now (agent);
  if (why != NULL)
    g_dbus_method_invocation_return_error_literal (waiter->invocation, HELIO_ERROR, code, why);
  else if (waiter->bucket != NULL)
    g_dbus_method_invocation_return_value (waiter->invocation,
                                           g_variant_new ("(@aa{sv})", verdicts));
  else
    g_dbus_method_invocation_return_value (waiter->invocation, NULL);
  g_variant_unref (verdicts);
  g_ptr_array_remove (agent->waiters, waiter);
}

/* One that is alive but never says that it listens has no error of its own. */
static gboolean
is_receiver_silent (HelioAgent *agent, HelioWaiter *waiter)
{
  if (g_get_monotonic_time () - waiter->began_us < LISTEN_US)
    return FALSE;
  for (guint i = 0; i < agent->targets->len; i++)
    if (!helio_agent_can_reach (agent, agent->targets->pdata[i]))
      return TRUE;
  return FALSE;
}

/* Verifications that were asked for: which buckets there are must be known. Answers whether one
 * began. */
static gboolean
begin_verifications (HelioAgent *agent)
{
  gboolean has_begun = FALSE;

  for (guint i = agent->waiters->len; agent->is_source_reachable && i > 0; i--)
    {
      HelioWaiter *waiter = agent->waiters->pdata[i - 1];

      if (waiter->bucket == NULL || waiter->has_begun)
        continue;
      if (*waiter->bucket != '\0' && helio_agent_find_watch (agent, waiter->bucket) == NULL)
        {
          g_autofree char *why = g_strdup_printf (_ ("There is no bucket “%s”"), waiter->bucket);

          end (agent, waiter, HELIO_ERROR_NOT_FOUND, why);
          continue;
        }
      begin_verify (agent, waiter);
      has_begun = TRUE;
    }
  return has_begun;
}

void
helio_waiter_check (HelioAgent *agent)
{
  if (agent->waiters->len == 0)
    return;
  if (begin_verifications (agent))
    {
      /* It looks at them again. */
      helio_scheduler_kick (agent);
      return;
    }

  g_autofree char *obstacle = find_any_obstacle (agent);

  for (guint i = agent->waiters->len; i > 0; i--)
    {
      HelioWaiter *waiter = agent->waiters->pdata[i - 1];

      drop_vanished (agent, waiter);
      gboolean is_done = waiter->bucket != NULL ? waiter->has_begun && waiter->pending->len == 0
                                                : is_sync_done (agent, waiter);

      if (is_done || obstacle != NULL)
        end (agent, waiter, HELIO_ERROR_FAILED, is_done ? NULL : obstacle);
      else if (is_receiver_silent (agent, waiter))
        end (agent, waiter, HELIO_ERROR_FAILED,
             _ ("The receiver does not begin: see its messages in the journal"));
    }
}

void
helio_waiter_stop_verify (HelioAgent *agent)
{
  for (guint i = agent->waiters->len; i > 0; i--)
    {
      HelioWaiter *waiter = agent->waiters->pdata[i - 1];

      if (waiter->bucket != NULL)
        end (agent, waiter, HELIO_ERROR_FAILED, _ ("The verification was stopped"));
    }
}

void
helio_waiter_end_all (HelioAgent *agent, const char *why)
{
  while (agent->waiters->len > 0)
    end (agent, agent->waiters->pdata[0], HELIO_ERROR_FAILED, why);
}
