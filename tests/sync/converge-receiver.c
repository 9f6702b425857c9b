/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

/* -- the receiver -------------------------------------------------------------------------------
 */

static void
remove_folder (World *world, const char *name)
{
  g_autofree char *path = g_build_filename (world->fixture.folder, name, NULL);
  const char *argv[] = { "/bin/rm", "-rf", path, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL));
}

/* Both sides are compared anew: what was swept may not be so any more. */
static void
forget_sweeps (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      ((Track *) world->tracks->pdata[t])->is_swept = FALSE;
      forms_may_repeat (world, world->tracks->pdata[t]);
    }
}

void
world_ensure_receiver (World *world)
{
  if (g_atomic_int_compare_and_exchange (&world->is_killed, 1, 0))
    sync_fixture_kill_server (&world->fixture);
  if (world->fixture.server == NULL)
    sync_fixture_start_server (&world->fixture);
  world_note_children (world);
}

static void
stop_receiver (World *world)
{
  sync_proxy_clear (world->proxy);
  if (g_rand_boolean (world->rand))
    sync_fixture_kill_server (&world->fixture);
  else
    sync_fixture_stop_server (&world->fixture);
}

void
world_back_up_receiver (World *world)
{
  world_tell (world, "receiver backed up");
  stop_receiver (world);
  sync_fixture_copy (&world->fixture, "server", "backup-of-server");
  world->has_backup = TRUE;
  world_ensure_receiver (world);
}

void
world_restore_receiver (World *world)
{
  if (!world->has_backup)
    return;
  world_tell (world, "receiver restored from its backup");
  stop_receiver (world);
  sync_fixture_copy (&world->fixture, "backup-of-server", "server");
  world_ensure_receiver (world);
  world->is_conflict_due = FALSE;
  forget_sweeps (world);
}

void
world_lose_receiver (World *world)
{
  world_tell (world, "receiver lost its data");
  stop_receiver (world);
  remove_folder (world, "server");
  world_ensure_receiver (world);
  sync_fixture_add_token (&world->fixture, "laptop");
  /* As with any change of the token. */
  world->fixture.job->is_checked = FALSE;
  world->has_backup = FALSE;
  world->is_conflict_due = FALSE;
  world->is_conflict = FALSE;
  forget_sweeps (world);
}

/* -- the ledger ---------------------------------------------------------------------------------
 */

static int64_t
get_receiver_seq (World *world)
{
  g_autofree char *answer = NULL;
  g_autoptr (GRegex) regex = g_regex_new ("\"seq\":([0-9]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *seq = NULL;

  world_ensure_receiver (world);
  answer = sync_fixture_server (&world->fixture, "");
  g_assert_true (g_regex_match (regex, answer, 0, &match));
  seq = g_match_info_fetch (match, 1);
  return g_ascii_strtoll (seq, NULL, 10);
}

static int64_t
get_reserved_seq (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioLedger) ledger = helio_ledger_open (world->fixture.job->ledger_path, &error);
  g_auto (HelioLedgerDestination) destination = { 0 };

  g_assert_no_error (error);
  helio_ledger_get_destination (ledger, world->fixture.job->destination, &destination, &error);
  g_assert_no_error (error);
  return destination.reserved_seq;
}

/* The agent begins with another ledger file. */
static void
use_ledger (World *world)
{
  /* A backup of the receiver may know seqs that this ledger will give again. */
  world->has_backup = FALSE;
  sync_proxy_clear (world->proxy);
  world->is_conflict_due = get_receiver_seq (world) > get_reserved_seq (world);
  forget_sweeps (world);
  world_restart_agent (world);
}

void
world_copy_ledger (World *world)
{
  world_tell (world, "ledger copied");
  sync_fixture_copy (&world->fixture, "agent", "copy-of-agent");
  world->has_ledger_copy = TRUE;
}

void
world_restore_ledger (World *world)
{
  if (!world->has_ledger_copy)
    return;
  world_tell (world, "ledger restored from its copy");
  sync_fixture_copy (&world->fixture, "copy-of-agent", "agent");
  use_ledger (world);
}

void
world_delete_ledger (World *world)
{
  world_tell (world, "ledger lost");
  remove_folder (world, "agent");
  world->has_ledger_copy = FALSE;
  use_ledger (world);
}

/* All that the rules let leave now may be held. */
static void
note_sent (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);
      GHashTableIter iter;
      gpointer start, datas;

      g_hash_table_iter_init (&iter, track->ever);
      while (g_hash_table_iter_next (&iter, &start, &datas))
        {
          if (!track->is_off)
            g_hash_table_replace (track->ordinals, g_memdup2 (start, sizeof (int64_t)),
                                  GUINT_TO_POINTER (G_MAXUINT));
          for (guint i = 0; i < ((GPtrArray *) datas)->len; i++)
            {
              g_autofree char *form = rule_book_publish (world->book, track->number, BOOK_HISTORY,
                                                         ((GPtrArray *) datas)->pdata[i]);

              if (form == NULL)
                continue;
              g_hash_table_add (track->sent, g_strdup_printf ("%" G_GINT64_FORMAT " %s",
                                                              *(int64_t *) start, form));
              forms_note (world, track, *(int64_t *) start, form);
            }
        }
    }
}

/* Another agent, another ledger, the same token. */
void
world_run_other_agent (World *world)
{
  g_autoptr (HelioJob) job = helio_job_copy (world->fixture.job);
  int64_t before = get_receiver_seq (world);
  gboolean is_first = TRUE;

  if (world->is_paused || world->is_conflict)
    return;
  note_sent (world);
  world_tell (world, "another agent with the same token");
  g_free (job->ledger_path);
  job->ledger_path = g_build_filename (world->fixture.folder, "other", "ledger.sqlite", NULL);
  g_free (job->url);
  job->url = g_strdup (world->fixture.server_url);
  job->is_checked = FALSE;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);
      g_autoptr (GError) error = NULL;
      HelioAwCost cost = { 0 };
      HelioResult result;

      if (track->bucket == NULL || track->is_off || world_is_stopped (world, track))
        continue;
      helio_history_run (job, track->bucket, &cost, world->fixture.now, 60 * G_USEC_PER_SEC, NULL,
                         NULL, &result, &error);
      if (is_first && before > 0)
        {
          g_assert_error (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
          g_clear_error (&error);
          helio_adopt_run (job, NULL, &error);
          g_assert_no_error (error);
          helio_history_run (job, track->bucket, &cost, world->fixture.now, 60 * G_USEC_PER_SEC,
                             NULL, NULL, &result, &error);
        }
      is_first = FALSE;
      world_tell (world, "  it sent %" G_GINT64_FORMAT ", deleted %" G_GINT64_FORMAT, result.n_sent,
                  result.n_deleted);
    }
  remove_folder (world, "other");
  world->has_backup = FALSE;
  world->is_conflict_due |= get_receiver_seq (world) > get_reserved_seq (world);
  forget_sweeps (world);
}

gboolean
world_has_lost_an_answer (World *world)
{
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_autoptr (HelioLedger) ledger = NULL;

  if (world->fixture.server == NULL || g_atomic_int_get (&world->is_killed))
    return TRUE;
  ledger = world_open_ledger (world, &destination);
  return get_receiver_seq (world) > destination.acked_seq;
}
