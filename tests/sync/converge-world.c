/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

#include <libsoup/soup.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For the moment of failure. */
static GString *story;
static int children[2];

static void
on_abort (int signal_number)
{
  if (write (STDERR_FILENO, story->str, story->len) < 0)
    _exit (1);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    if (children[i] > 0)
      kill (children[i], SIGKILL);
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

void
world_catch_abort (void)
{
  signal (SIGABRT, on_abort);
  signal (SIGTRAP, on_abort);
  signal (SIGTERM, on_abort);
}

static void
note_children (World *world)
{
  GSubprocess *programs[] = { world->fixture.aw, world->fixture.server };

  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      const char *id = programs[i] != NULL ? g_subprocess_get_identifier (programs[i]) : NULL;

      children[i] = id != NULL ? atoi (id) : 0;
    }
}

void
world_tell (World *world G_GNUC_UNUSED, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append (story, "# ");
  g_string_append_vprintf (story, format, args);
  g_string_append_c (story, '\n');
  va_end (args);
}

void
world_expect (World *world, gboolean holds, const char *what)
{
  if (!holds)
    g_error ("seed %u: it should hold that %s", world->seed, what);
}

/* -- begin and end ------------------------------------------------------------------------------
 */

static Track *
track_new (const char *id)
{
  Track *track = g_new0 (Track, 1);

  track->id = g_strdup (id);
  track->ever = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return track;
}

static void
track_free (gpointer data)
{
  Track *track = data;

  g_free (track->id);
  g_free (track->must_stay);
  g_clear_pointer (&track->bucket, helio_bucket_free);
  helio_tail_clear (&track->tail);
  g_clear_pointer (&track->kept, helio_page_unref);
  g_hash_table_unref (track->ever);
  g_free (track);
}

World *
world_new (guint seed)
{
  static const char *const flavours[] = { "python", "rust", "rust --db-version 4" };
  World *world = g_new0 (World, 1);
  g_autofree char *options = NULL;

  world->seed = seed;
  world->rand = g_rand_new_with_seed (seed);
  options = g_strdup_printf (
      "--flavour %s --events-in aw-watcher-window_laptop=%d --events-in aw-watcher-afk_laptop=%d "
      "--seed %u%s",
      flavours[g_rand_int_range (world->rand, 0, 3)], g_rand_int_range (world->rand, 150, 500),
      g_rand_int_range (world->rand, 1, 150), seed, g_rand_boolean (world->rand) ? " --odd" : "");
  story = g_string_new (NULL);
  g_string_printf (story,
                   "# to run it again: HELIO_SEEDS=%u-%u meson test -C _build sync-convergence "
                   "--print-errorlogs\n# ActivityWatch: %s\n",
                   seed, seed, options);
  sync_fixture_set_up (&world->fixture, options);
  world->proxy = sync_proxy_new (world->fixture.server_url);
  g_free (world->fixture.job->url);
  world->fixture.job->url = g_strdup (sync_proxy_get_url (world->proxy));
  world->pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  world->tracks = g_ptr_array_new_with_free_func (track_free);
  g_ptr_array_add (world->tracks, track_new ("aw-watcher-window_laptop"));
  g_ptr_array_add (world->tracks, track_new ("aw-watcher-afk_laptop"));
  note_children (world);
  world_set_now (world, world->fixture.now);
  world_note_truth (world);
  world_restart_agent (world);
  return world;
}

void
world_free (World *world)
{
  sync_proxy_free (world->proxy);
  g_ptr_array_unref (world->tracks);
  g_array_unref (world->pauses);
  g_rand_free (world->rand);
  sync_fixture_tear_down (&world->fixture, NULL);
  g_string_free (g_steal_pointer (&story), TRUE);
  g_free (world);
}

/* -- ActivityWatch ------------------------------------------------------------------------------
 */

Track *
world_pick_track (World *world)
{
  return g_ptr_array_index (world->tracks,
                            g_rand_int_range (world->rand, 0, (gint32) world->tracks->len));
}

void
world_set_now (World *world, int64_t now)
{
  g_autofree char *body = g_strdup_printf ("{\"now_ms\":%" G_GINT64_FORMAT "}", now);

  world->fixture.now = now;
  world->max_now = MAX (world->max_now, now);
  g_free (sync_fixture_aw (&world->fixture, "POST", "/_test/clock", body));
}

static void
try_request (World *world, const char *method, const char *path, const char *json)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (world->fixture.aw_url, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;
  g_autoptr (GBytes) answer = NULL;

  soup_session_set_proxy_resolver (session, NULL);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, NULL);
}

void
world_try_aw (World *world, const char *path, const char *body)
{
  try_request (world, "POST", path, body);
}

int
world_delete_oldest (World *world, const char *bucket, int n)
{
  g_autofree char *path = g_strdup_printf ("/_test/truth?bucket=%s", bucket);
  g_autofree char *truth = sync_fixture_aw (&world->fixture, "GET", path, NULL);
  g_autoptr (GRegex) regex = g_regex_new ("\"id\": ?([0-9]+), ?\"start_ns\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  int n_deleted = 0;

  g_regex_match (regex, truth, 0, &match);
  for (; n_deleted < n && g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *id = g_match_info_fetch (match, 1);
      g_autofree char *event = g_strdup_printf ("/api/0/buckets/%s/events/%s", bucket, id);

      try_request (world, "DELETE", event, NULL);
      n_deleted++;
    }
  return n_deleted;
}

void
world_note_truth (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      sync_fixture_note_truth (&world->fixture, track->id, track->ever);
    }
}

/* -- the receiver -------------------------------------------------------------------------------
 */

static void
copy_folder (World *world, const char *from, const char *to)
{
  g_autofree char *source = g_build_filename (world->fixture.folder, from, NULL);
  g_autofree char *target = g_build_filename (world->fixture.folder, to, NULL);
  g_autofree char *command = g_strdup_printf ("rm -rf %s; cp -r %s %s", target, source, target);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  int status;

  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

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
    ((Track *) world->tracks->pdata[t])->is_swept = FALSE;
}

void
world_ensure_receiver (World *world)
{
  /* Killed by a fault, it is a corpse. */
  if (world->fixture.server != NULL && g_subprocess_get_identifier (world->fixture.server) == NULL)
    sync_fixture_kill_server (&world->fixture);
  if (world->fixture.server == NULL)
    sync_fixture_start_server (&world->fixture);
  note_children (world);
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
  copy_folder (world, "server", "backup-of-server");
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
  copy_folder (world, "backup-of-server", "server");
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
  copy_folder (world, "agent", "copy-of-agent");
  world->has_ledger_copy = TRUE;
}

void
world_restore_ledger (World *world)
{
  if (!world->has_ledger_copy)
    return;
  world_tell (world, "ledger restored from its copy");
  copy_folder (world, "copy-of-agent", "agent");
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

/* Another agent, another ledger, the same token. */
void
world_run_other_agent (World *world)
{
  g_autoptr (HelioJob) job = helio_job_copy (world->fixture.job);
  int64_t before = get_receiver_seq (world);

  if (world->is_paused || world->is_conflict)
    return;
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

      if (track->bucket == NULL)
        continue;
      helio_history_run (job, track->bucket, &cost, world->fixture.now, 60 * G_USEC_PER_SEC, NULL,
                         NULL, &result, &error);
      if (t == 0 && before > 0)
        {
          g_assert_error (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
          g_clear_error (&error);
          helio_adopt_run (job, NULL, &error);
          g_assert_no_error (error);
          helio_history_run (job, track->bucket, &cost, world->fixture.now, 60 * G_USEC_PER_SEC,
                             NULL, NULL, &result, &error);
        }
      world_tell (world, "  it sent %" G_GINT64_FORMAT ", deleted %" G_GINT64_FORMAT, result.n_sent,
                  result.n_deleted);
    }
  remove_folder (world, "other");
  world->has_backup = FALSE;
  world->is_conflict_due |= get_receiver_seq (world) > get_reserved_seq (world);
  forget_sweeps (world);
}

/* -- what must hold -----------------------------------------------------------------------------
 */

void
world_become_quiet (World *world)
{
  world->is_quiet = TRUE;
  g_free (sync_fixture_aw (&world->fixture, "POST", "/_test/fault", "{\"clear\":true}"));
  sync_proxy_clear (world->proxy);
  world_ensure_receiver (world);
  world_set_now (world, MAX (world->fixture.now, world->max_now) + HELIO_HOUR);
  if (world->is_paused)
    world_resume (world, FALSE);
}

/* All rows of the ledger. */
static GArray *
read_rows (World *world, const char *bucket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioLedger) ledger = helio_ledger_open (world->fixture.job->ledger_path, &error);
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_auto (HelioTrack) track = { 0 };
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));

  g_assert_no_error (error);
  g_assert_true (
      helio_ledger_get_destination (ledger, world->fixture.job->destination, &destination, &error)
      && helio_ledger_get_track (ledger, destination.id, bucket, &track, &error)
      && helio_ledger_read_rows (ledger, track.id, HELIO_TIME_MIN, HELIO_TIME_MAX, rows, &error));
  return rows;
}

static gboolean
is_kept (const GArray *rows, int64_t start)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_array_index (rows, HelioRow, i).start == start
        && g_array_index (rows, HelioRow, i).kind == HELIO_ROW_KEPT)
      return TRUE;
  return FALSE;
}

static gboolean
is_in_pause (World *world, int64_t start)
{
  for (guint i = 0; i < world->pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (world->pauses, HelioPause, i);

      if (start >= pause->start && start < pause->end)
        return TRUE;
    }
  return FALSE;
}

/* Nothing of a pause is at the receiver. */
static void
check_pauses (World *world, const Track *track)
{
  g_autofree char *held = sync_fixture_held (&world->fixture, track->id);
  g_autoptr (GArray) rows = read_rows (world, track->id);

  for (const char *line = held; *line != '\0'; line = strchr (line, '\n') + 1)
    {
      int64_t start = g_ascii_strtoll (line, NULL, 10);

      world_expect (
          world, start > world->fixture.now || !is_in_pause (world, start) || is_kept (rows, start),
          "nothing that starts in a pause is held");
    }
}

void
world_check (World *world)
{
  if (world->pauses->len == 0 || world->is_paused || world->is_conflict)
    return;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);

      if (!track->is_swept || track->needs_history || track->is_asking)
        continue;
      world_ensure_receiver (world);
      check_pauses (world, track);
    }
}

/* How many lines begin with each start. */
static GHashTable *
count_starts (const char *lines)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *line = lines; *line != '\0'; line = strchr (line, '\n') + 1)
    {
      char *start = g_strndup (line, (gsize) (strchr (line, '/') - line));
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, start));

      g_hash_table_replace (counts, start, GUINT_TO_POINTER (n + 1));
    }
  return counts;
}

/* After "keep" nothing is lost. */
static void
check_kept (World *world, const Track *track)
{
  g_autofree char *held = sync_fixture_held (&world->fixture, track->id);
  g_autoptr (GHashTable) before = count_starts (track->must_stay);
  g_autoptr (GHashTable) after = count_starts (held);
  GHashTableIter iter;
  gpointer start, count;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &start, &count))
    world_expect (world,
                  is_in_pause (world, g_ascii_strtoll (start, NULL, 10))
                      || GPOINTER_TO_UINT (g_hash_table_lookup (after, start))
                             >= GPOINTER_TO_UINT (count),
                  "what the user keeps stays");
}

/* A sweep over all changes nothing. */
static void
check_idle (World *world, const Track *track)
{
  g_autofree char *before = sync_fixture_held (&world->fixture, track->id);
  g_autofree char *after = NULL;
  HelioResult sum;

  sync_fixture_uncover (&world->fixture, track->id);
  sync_fixture_run (&world->fixture, track->id, &sum);
  after = sync_fixture_held (&world->fixture, track->id);
  g_assert_cmpint (sum.n_sent, ==, 0);
  g_assert_cmpint (sum.n_deleted, ==, 0);
  g_assert_cmpstr (before, ==, after);
}

void
world_assert_converged (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);
      g_autoptr (GArray) rows = read_rows (world, track->id);
      g_autoptr (GPtrArray) kept
          = sync_fixture_assert_converged (&world->fixture, track->id, world->pauses, rows);
      g_autoptr (HelioVerdict) verdict = NULL;
      g_autoptr (GError) error = NULL;

      world_expect (world, kept->len == 0 || track->was_kept,
                    "only what the user keeps stays without ActivityWatch");
      for (guint i = 0; i < kept->len; i++)
        world_expect (world, g_hash_table_contains (track->ever, kept->pdata[i]),
                      "a kept event was once in ActivityWatch");
      if (track->must_stay != NULL)
        check_kept (world, track);
      verdict = helio_verify_run (world->fixture.job, track->id, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (verdict->differs->len, ==, 0);
      g_assert_cmpint (verdict->allowed, ==, verdict->held);
      check_idle (world, track);
    }
}
