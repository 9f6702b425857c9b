/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

#include <libsoup/soup.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sync-lines.h"

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

void
world_note_children (World *world)
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
track_new (guint number)
{
  static const char *const ids[BOOK_N_BUCKETS]
      = { "aw-watcher-window_laptop", "aw-watcher-afk_laptop", "aw-watcher-web-firefox_laptop" };
  Track *track = g_new0 (Track, 1);

  track->number = number;
  track->id = g_strdup (ids[number]);
  track->ever = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  track->ordinals = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  track->spans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  track->sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  forms_init (track);
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
  g_hash_table_unref (track->ordinals);
  g_hash_table_unref (track->spans);
  g_hash_table_unref (track->sent);
  forms_clear (track);
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
      "--events-in aw-watcher-web-firefox_laptop=%d --marked --seed %u%s",
      flavours[g_rand_int_range (world->rand, 0, 3)], g_rand_int_range (world->rand, 120, 300),
      g_rand_int_range (world->rand, 1, 80), g_rand_int_range (world->rand, 1, 80), seed,
      g_rand_boolean (world->rand) ? " --odd" : "");
  story = g_string_new (NULL);
  g_string_printf (story,
                   "# to run it again: HELIO_SEEDS=%u-%u meson test -C _build --suite "
                   "convergence --print-errorlogs\n# ActivityWatch: %s\n",
                   seed, seed, options);
  sync_fixture_set_up (&world->fixture, options);
  world->proxy = sync_proxy_new (world->fixture.server_url);
  g_free (world->fixture.job->url);
  world->fixture.job->url = g_strdup (sync_proxy_get_url (world->proxy));
  if (g_rand_int_range (world->rand, 0, 4) == 0)
    world->fixture.job->history_from
        = world->fixture.now - g_rand_int_range (world->rand, 1, 40) * HELIO_DAY;
  world->pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  world->tracks = g_ptr_array_new_with_free_func (track_free);
  for (guint i = 0; i < BOOK_N_BUCKETS; i++)
    g_ptr_array_add (world->tracks, track_new (i));
  world->marks
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  world->hides_vault = g_rand_int_range (world->rand, 0, 3) > 0;
  world->book = rule_book_new (world->hides_vault);
  world->level = HELIO_LEVEL_TITLE;
  world_load_rules (world);
  for (guint i = 0; i < BOOK_N_BUCKETS; i++)
    forms_change_rules (world, world->tracks->pdata[i]);
  world_note_children (world);
  world_set_now (world, world->fixture.now);
  world_note_truth (world);
  world_restart_agent (world);
  return world;
}

void
world_free (World *world)
{
  sync_proxy_free (world->proxy);
  g_hash_table_unref (world->marks);
  g_ptr_array_unref (world->tracks);
  rule_book_free (world->book);
  g_free (world->rules);
  g_clear_pointer (&world->presence, helio_presence_free);
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

      g_autoptr (GArray) lines = sync_lines_read_truth (&world->fixture, track->id);

      for (guint i = 0; i < lines->len; i++)
        {
          const SyncLine *line = &g_array_index (lines, SyncLine, i);

          world_note_event (world, track, line->start, line->data);
        }
    }
}
