/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>

#include "model/helio-error.h"
#include "model/helio-time.h"

/* How long the destinations have to take the word that it is paused. */
#define BOUND_MS 3000
/* Events that ran into the pause began before it; longer ones are found by the weekly sweep. */
#define REACH (7 * HELIO_DAY)

typedef struct
{
  HelioAgent *agent;
  int64_t until; /* of a pause that begins */
  gboolean publishes_gap;
  GDBusMethodInvocation *invocation; /* NULL: nobody asked */
  GError *error;
} Change;

static Change *
change_new (HelioAgent *agent, GDBusMethodInvocation *invocation)
{
  Change *change = g_new0 (Change, 1);

  change->agent = agent;
  change->invocation = invocation;
  return change;
}

/* What the rest of the agent sees of it. */
static void
take (HelioAgent *agent)
{
  const GArray *list = agent->pauses->list;

  agent->is_paused = agent->pauses->n_pieces > 0;
  if (agent->is_paused)
    {
      agent->pause.start = g_array_index (list, HelioPause, list->len - 1).start;
      agent->pause.end = agent->pauses->until;
    }
  helio_agent_load_rules (agent);
}

gboolean
helio_pause_store (HelioAgent *agent, GError **error)
{
  g_autoptr (GArray) stored = helio_pauses_get_stored (agent->pauses);

  if (agent->ledger == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_LEDGER,
                   _ ("It holds only as long as the agent runs: %s"), agent->ledger_error);
      return FALSE;
    }
  return helio_ledger_set_pauses (agent->ledger, stored, error);
}

gboolean
helio_pause_load (HelioAgent *agent, GError **error)
{
  g_autoptr (GArray) stored = helio_ledger_list_pauses (agent->ledger, error);
  g_autoptr (GArray) unsaved = helio_pauses_get_stored (agent->pauses);

  if (stored == NULL)
    return FALSE;
  /* What the user said before the ledger could be read comes to what it knows. */
  g_array_append_vals (stored, unsaved->data, unsaved->len);
  agent->are_pauses_known = TRUE;
  helio_pauses_load (agent->pauses, stored, helio_time_now (), helio_pauses_boot_now ());
  take (agent);
  return (!agent->is_paused && unsaved->len == 0) || helio_pause_store (agent, error);
}

static void
answer (Change *change)
{
  HelioAgent *agent = change->agent;

  helio_agent_update_now (agent);
  if (change->invocation != NULL && change->error != NULL)
    g_dbus_method_invocation_take_error (change->invocation, change->error);
  else if (change->invocation != NULL)
    g_dbus_method_invocation_return_value (change->invocation, NULL);
  else if (change->error != NULL)
    {
      helio_agent_fail_ledger (agent, change->error);
      g_error_free (change->error);
    }
  g_free (change);
}

/* -- the beginning ------------------------------------------------------------------------ */

static void
on_pause_said (gpointer data)
{
  Change *change = data;

  helio_works_release (change->agent->works);
  answer (change);
}

static void
on_joined_for_pause (gpointer data)
{
  Change *change = data;
  HelioAgent *agent = change->agent;
  gboolean was_paused = agent->is_paused;

  helio_pauses_begin (agent->pauses, change->until, helio_time_now (), helio_pauses_boot_now ());
  take (agent);
  helio_pause_store (agent, &change->error);
  helio_waiter_end_all (agent, _ ("Paused: nothing is published until you resume"));
  g_message ("Paused");

  if (was_paused)
    on_pause_said (change);
  else
    helio_status_say (agent, HELIO_STATE_PAUSED, BOUND_MS, on_pause_said, change);
}

void
helio_pause_begin (HelioAgent *agent, int64_t until, GDBusMethodInvocation *invocation)
{
  if (until != 0 && until <= helio_time_now ())
    {
      g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                                     _ ("The end of the pause is in the past"));
      return;
    }

  Change *change = change_new (agent, invocation);

  change->until = until == 0 ? HELIO_TIME_MAX : MIN (until, HELIO_TIME_MAX);
  helio_works_join (agent->works, on_joined_for_pause, change);
}

/* -- the end ------------------------------------------------------------------------------ */

static void
on_joined_for_resume (gpointer data)
{
  Change *change = data;
  HelioAgent *agent = change->agent;
  int64_t now = helio_time_now ();

  helio_works_release (agent->works);
  if (!agent->is_paused)
    {
      answer (change);
      return;
    }

  g_autoptr (GArray) pieces
      = helio_pauses_end (agent->pauses, change->publishes_gap, now, helio_pauses_boot_now ());
  take (agent);
  helio_pause_store (agent, &change->error);
  g_message ("Resumed");

  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (target->state == HELIO_TARGET_OPEN)
        helio_target_reopen (target);
      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];

          /* What was read before the pause was published under other rules. */
          g_clear_pointer (&track->kept, helio_page_unref);
          for (guint p = 0; p < pieces->len && agent->ledger != NULL; p++)
            {
              const HelioPause *piece = &g_array_index (pieces, HelioPause, p);

              helio_scheduler_uncover (agent, target, track, MIN (piece->start, now) - REACH,
                                       MIN (MAX (piece->start, piece->end), now));
            }
        }
    }
  answer (change);
  helio_agent_wake (agent);
}

void
helio_pause_end (HelioAgent *agent, gboolean publishes_gap, GDBusMethodInvocation *invocation)
{
  Change *change = change_new (agent, invocation);

  change->publishes_gap = publishes_gap;
  helio_works_join (agent->works, on_joined_for_resume, change);
}

void
helio_pause_check (HelioAgent *agent)
{
  g_autoptr (GError) error = NULL;

  if (agent->is_paused
      && helio_pauses_look (agent->pauses, helio_time_now (), helio_pauses_boot_now ()))
    {
      g_message ("The clock was set: the pause goes on under the new time");
      take (agent);
      if (!helio_pause_store (agent, &error) && agent->ledger != NULL)
        helio_agent_fail_ledger (agent, error);
      helio_agent_update (agent);
    }
  /* By the wall clock, so that a pause ends in time after a suspend too. */
  if (agent->is_paused && helio_time_now () >= agent->pause.end
      && !helio_works_is_held (agent->works))
    helio_pause_end (agent, FALSE, NULL);
}
