/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

/* How much of a track is uncovered, for those who want to see it go on. A few rows are counted at
 * once. Many are counted in a thread, so seldom that history does not notice: a million rows take
 * a tenth of a second. */

/* Some milliseconds. */
#define FEW_ROWS 50000
/* So many times as long as the last count took passes until the next. */
#define SELDOM 50

typedef struct
{
  char *ledger_path;
  char *destination;
  char *bucket;
  int64_t track;
  int64_t lo;
  int64_t hi;
  uint64_t rules_hash;
  /* results */
  HelioLedgerRest rest;
  int64_t took_us;
} Count;

static void
count_free (gpointer data)
{
  Count *count = data;

  g_free (count->ledger_path);
  g_free (count->destination);
  g_free (count->bucket);
  g_free (count);
}

static void
count_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Count *count = data;
  int64_t began_us = g_get_monotonic_time ();
  g_autoptr (HelioLedger) ledger = helio_ledger_open (count->ledger_path, error);

  (void) cancellable;
  if (ledger != NULL)
    helio_ledger_get_rest (ledger, count->track, count->lo, count->hi, count->rules_hash, INT64_MAX,
                           &count->rest, error);
  count->took_us = g_get_monotonic_time () - began_us;
}

static void
on_counted (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Count *count = data;
  HelioTarget *target = helio_agent_find_target (agent, count->destination);
  HelioAgentTrack *track = target != NULL ? helio_target_find_track (target, count->bucket) : NULL;

  if (track == NULL)
    return;
  track->is_counting = FALSE;
  track->count_rest_at_us = g_get_monotonic_time () + SELDOM * count->took_us;
  if (error != NULL)
    {
      /* Whoever writes finds it out, too: then publishing stops. */
      g_info ("What is left of bucket %s is not counted: %s", count->bucket, error->message);
      return;
    }
  track->counted = count->rest.rows;
  track->counted_rules = count->rules_hash;
  if (track->rest.rows >= FEW_ROWS)
    track->rest.rows = MAX (FEW_ROWS, track->counted);
  helio_agent_update (agent);
}

static void
begin_count (HelioAgent *agent,
             HelioTarget *target,
             HelioAgentTrack *track,
             int64_t id,
             int64_t lo,
             int64_t hi,
             uint64_t rules_hash)
{
  Count *count = g_new0 (Count, 1);

  count->ledger_path = g_strdup (agent->ledger_path);
  count->destination = g_strdup (target->settings->id);
  count->bucket = g_strdup (track->bucket);
  count->track = id;
  count->lo = lo;
  count->hi = hi;
  count->rules_hash = rules_hash;
  track->is_counting = TRUE;
  /* No job: it changes nothing, and nobody waits for it. */
  helio_works_start (agent->works, FALSE, count_in_thread, on_counted, count, count_free);
}

gboolean
helio_rest_read (HelioAgent *agent,
                 HelioTarget *target,
                 HelioAgentTrack *track,
                 const HelioTrack *row,
                 int64_t lo,
                 int64_t hi,
                 GError **error)
{
  uint64_t rules_hash = helio_agent_get_hash (agent, track);
  gboolean is_known;

  if (!helio_ledger_get_rest (agent->ledger, row->id, lo, hi, rules_hash, FEW_ROWS, &track->rest,
                              error))
    return FALSE;
  is_known = track->counted > 0 && track->counted_rules == rules_hash;
  if (track->rest.rows < FEW_ROWS)
    {
      track->counted = 0;
      return TRUE;
    }
  /* Until it is counted, nothing is done. */
  track->rest.rows = is_known ? MAX (FEW_ROWS, track->counted) : row->rows;
  if (!track->is_counting && (!is_known || g_get_monotonic_time () >= track->count_rest_at_us))
    begin_count (agent, target, track, row->id, lo, hi, rules_hash);
  return TRUE;
}
