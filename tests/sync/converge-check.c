/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

#include <string.h>

#include "sync-lines.h"

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
  world->n_full = 0;
  world->kills = FALSE;
  if (rule_book_mend (world->book))
    world_change_rules (world);
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

/* Whether the rules make @data of something that ActivityWatch had at that time. */
static gboolean
is_allowed (World *world, const Track *track, int64_t start, const char *data)
{
  const GPtrArray *datas = g_hash_table_lookup (track->ever, &start);

  for (guint i = 0; datas != NULL && i < datas->len; i++)
    {
      g_autofree char *form
          = rule_book_publish (world->book, track->number, BOOK_HISTORY, datas->pdata[i]);

      if (form != NULL && (data == NULL || g_str_equal (form, data)))
        return TRUE;
    }
  return FALSE;
}

static void
check_form (World *world, const Track *track, const SyncLine *line)
{
  gboolean is_good = forms_has (track, line->start, line->data)
                     || is_allowed (world, track, line->start, line->data);

  if (!is_good)
    world_tell (world, "kept: %" G_GINT64_FORMAT " %s", line->start, line->data);
  world_expect (world, is_good, "what is kept is what the rules made of it that came since");
}

/* Nothing is at the receiver that a pause or a rule forbids. What ActivityWatch does not tell of
 * any more is what the rules that came since made of it. */
static void
check_held (World *world, const Track *track)
{
  g_autoptr (GArray) held = sync_lines_read_held (&world->fixture, track->id);
  g_autoptr (GArray) rows = read_rows (world, track->id);

  for (guint i = 0; i < held->len; i++)
    {
      const SyncLine *line = &g_array_index (held, SyncLine, i);

      if (line->start > world->fixture.now)
        continue;
      if (is_kept (rows, line->start))
        {
          check_form (world, track, line);
          continue;
        }
      world_expect (world, !world_is_in_pause (world, line->start),
                    "nothing that starts in a pause is held");
      if (!is_allowed (world, track, line->start, line->data))
        world_tell (world, "held: %" G_GINT64_FORMAT " %s", line->start, line->data);
      world_expect (world, is_allowed (world, track, line->start, line->data),
                    "nothing is held that the rules forbid");
    }
}

/* Each event was there before, and is what the rules of now make of it. */
static void
assert_left (World *world, const Track *track)
{
  g_autoptr (GArray) held = sync_lines_read_held (&world->fixture, track->id);

  check_held (world, track);
  for (guint i = 0; i < held->len; i++)
    {
      const SyncLine *line = &g_array_index (held, SyncLine, i);

      world_expect (world, world_was_sent (track, line->start, line->n),
                    "of a bucket that is off nothing is held but what had been sent");
    }
  world->n_left += held->len > 0;
}

void
world_end_left (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      Track *track = g_ptr_array_index (world->tracks, t);

      if (track->is_left)
        assert_left (world, track);
      if (track->is_off && (track->is_left || g_rand_boolean (world->rand)))
        world_switch_bucket (world, track, FALSE);
    }
}

void
world_check (World *world)
{
  if (world->is_paused || world->is_conflict)
    return;
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);

      if (!track->is_swept || track->needs_history || track->is_asking || track->is_off
          || world_is_stopped (world, track))
        continue;
      world_ensure_receiver (world);
      check_held (world, track);
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

static gboolean
is_dropped_at (World *world, const Track *track, int64_t start)
{
  const GPtrArray *datas = g_hash_table_lookup (track->ever, &start);

  for (guint i = 0; datas != NULL && i < datas->len; i++)
    {
      g_autofree char *form
          = rule_book_publish (world->book, track->number, BOOK_HISTORY, datas->pdata[i]);

      if (form == NULL)
        return TRUE;
    }
  return FALSE;
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
    {
      int64_t at = g_ascii_strtoll (start, NULL, 10);

      /* What a rule forbids of it, and was not taken back yet, goes. */
      world_expect (world,
                    world_is_in_pause (world, at) || is_dropped_at (world, track, at)
                        || forms_may_be_dropped (world, track, at)
                        || GPOINTER_TO_UINT (g_hash_table_lookup (after, start))
                               >= GPOINTER_TO_UINT (count),
                    "what the user keeps stays");
    }
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

/* What a pause leaves of an event; FALSE for nothing. */
static gboolean
cut_by_pause (SyncLine *line, const HelioPause *pause)
{
  if (line->start >= pause->start && line->start < pause->end)
    return FALSE;
  if (line->start < pause->start && pause->start < pause->end)
    line->duration = MIN (line->duration, pause->start - line->start);
  return TRUE;
}

/* What rules, pauses and the time make of ActivityWatch. */
static GArray *
expect_lines (World *world, const Track *track)
{
  GArray *lines = sync_lines_read_truth (&world->fixture, track->id);

  for (guint i = lines->len; i > 0; i--)
    {
      SyncLine *line = &g_array_index (lines, SyncLine, i - 1);
      char *form = rule_book_publish (world->book, track->number, BOOK_HISTORY, line->data);
      gboolean stays = form != NULL && line->start >= world->fixture.job->history_from
                       && line->start <= world->fixture.now;

      for (guint p = 0; p < world->pauses->len && stays; p++)
        stays = cut_by_pause (line, &g_array_index (world->pauses, HelioPause, p));
      g_free (line->data);
      line->data = form;
      if (!stays)
        g_array_remove_index_fast (lines, i - 1);
    }
  sync_lines_give_ordinals (lines);
  return lines;
}

/* Takes what the user keeps out of what is held; returns how much it was. */
static guint
take_kept (World *world, const Track *track, const GArray *rows, GArray *held)
{
  g_autoptr (GHashTable) kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_kept;

  for (guint i = 0; i < rows->len; i++)
    {
      const HelioRow *row = &g_array_index (rows, HelioRow, i);

      if (row->kind == HELIO_ROW_KEPT)
        g_hash_table_add (kept, g_strdup_printf ("%" G_GINT64_FORMAT "/%u", row->start, row->n));
    }
  n_kept = g_hash_table_size (kept);
  for (guint i = held->len; i > 0; i--)
    {
      const SyncLine *line = &g_array_index (held, SyncLine, i - 1);
      g_autofree char *key
          = g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, line->start, line->n);
      g_autofree char *form = g_strdup_printf ("%" G_GINT64_FORMAT " %s", line->start, line->data);

      if (!g_hash_table_remove (kept, key))
        continue;
      world_expect (world, g_hash_table_contains (track->sent, form), "a kept event was once sent");
      check_form (world, track, line);
      g_array_remove_index (held, i - 1);
    }
  world_expect (world, g_hash_table_size (kept) == 0, "what is kept is there");
  return n_kept;
}

static void
assert_equal (World *world, const Track *track)
{
  g_autoptr (GArray) rows = read_rows (world, track->id);
  g_autoptr (GArray) truth = expect_lines (world, track);
  g_autoptr (GArray) held = sync_lines_read_held (&world->fixture, track->id);
  guint n_kept = take_kept (world, track, rows, held);
  g_autofree char *should = NULL;
  g_autofree char *is = NULL;

  world->n_kept += n_kept;
  world->n_exact += track->may_repeat ? 0 : n_kept;
  world_expect (world, n_kept == 0 || track->was_kept,
                "only what the user keeps stays without ActivityWatch");
  /* Kept events have taken ordinals. */
  if (n_kept > 0)
    sync_lines_give_ordinals (held);
  for (guint i = 0; n_kept > 0 && i < held->len; i++)
    g_array_index (held, SyncLine, i).n = 0;
  for (guint i = 0; n_kept > 0 && i < truth->len; i++)
    g_array_index (truth, SyncLine, i).n = 0;
  should = sync_lines_write (truth);
  is = sync_lines_write (held);
  sync_lines_assert_same (track->id, should, is);
}

static void
assert_verified (World *world, const Track *track)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioVerdict) verdict = helio_verify_run (world->fixture.job, track->id, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (verdict->differs->len, ==, 0);
  g_assert_cmpint (verdict->allowed, ==, verdict->held);
}

void
world_assert_converged (World *world)
{
  for (guint t = 0; t < world->tracks->len; t++)
    {
      const Track *track = g_ptr_array_index (world->tracks, t);

      if (track->is_off)
        {
          g_autofree char *held = sync_fixture_held (&world->fixture, track->id);

          g_assert_cmpstr (held, ==, "");
          continue;
        }
      assert_equal (world, track);
      if (track->must_stay != NULL)
        check_kept (world, track);
      assert_verified (world, track);
      check_idle (world, track);
    }
  world_check_requests (world);
}
