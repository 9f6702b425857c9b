/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* From a seed: changes in ActivityWatch under faults on both sides, on a clock of the test's own;
 * then quiet, without Verify; then the receiver must hold what the rules make of ActivityWatch.
 *
 * HELIO_SEEDS=FROM-TO, or an argument of that form, runs others than the default ones. The
 * scheduler here does what the agent's does, one tick at a time.
 *
 * What left is looked at byte by byte: nothing was in it that the rules of that moment forbade. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "converge-world.h"

#define DEFAULT_SEEDS "1-200"

/* -- what goes wrong ----------------------------------------------------------------------------
 */

static void
on_kill (gpointer data, gpointer proxy G_GNUC_UNUSED)
{
  World *world = data;

  if (world->fixture.server != NULL)
    g_subprocess_force_exit (world->fixture.server);
  g_atomic_int_set (&world->is_killed, 1);
}

static void
on_cancel (gpointer data, gpointer proxy G_GNUC_UNUSED)
{
  World *world = data;

  g_cancellable_cancel (world->cancellable);
}

static void
fault_at_source (World *world)
{
  static const char *const faults[] = {
    "\"status\":500",
    "\"status\":503",
    "\"drop\":true",
    "\"after\":true,\"drop\":true",
    "\"cut\":40",
    "\"cut\":700",
    "\"garbage\":true",
    "\"html\":true",
    "\"status\":500,\"after\":true",
    "\"piece\":900,\"piece_ms\":1",
    "\"delay_ms\":30",
  };
  const char *fault = faults[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (faults))];
  int count = g_rand_int_range (world->rand, 1, 4);
  g_autofree char *body
      = g_strdup_printf ("{\"count\":%d,\"path\":\"/buckets/\",%s}", count, fault);

  world_tell (world, "source fault %s", body);
  g_free (sync_fixture_aw (&world->fixture, "POST", "/_test/fault", body));
}

static void
fault_on_the_way (World *world)
{
  static const guint statuses[] = { 429, 500, 502, 503, 408 };
  SyncProxyFault fault = g_rand_int_range (world->rand, 0, SYNC_PROXY_N_FAULTS);
  guint nth = g_rand_int_range (world->rand, 0, 6);
  gboolean writes_only
      = fault == SYNC_PROXY_LATE || fault == SYNC_PROXY_TOO_LARGE || g_rand_boolean (world->rand);
  guint status = statuses[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (statuses))];
  gboolean kills = g_rand_boolean (world->rand);

  world_tell (world, "fault %d at request %u%s (status %u%s)", fault, nth,
              writes_only ? " that writes" : "", status, kills ? ", kill" : ", cancel");
  sync_proxy_add_fault (world->proxy, fault, nth, writes_only, status, kills ? on_kill : on_cancel,
                        world);
}

/* -- what happens -------------------------------------------------------------------------------
 */

static void
mutate (World *world)
{
  static const int sizes[] = { 1, 3, 8, 20, 60 };
  static const int spans[] = { 1, 2, 8, 30 };
  int steps = sizes[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (sizes))];
  int days = spans[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (spans))];
  g_autofree char *body = g_strdup_printf (
      "{\"seed\":%u,\"steps\":%d,\"days\":%d,\"recreate\":%s,\"now_ms\":%" G_GINT64_FORMAT "}",
      g_rand_int_range (world->rand, 1, 1000000), steps, days,
      g_rand_int_range (world->rand, 0, 10) == 0 ? "true" : "false", world->fixture.now);
  g_autofree char *answer = sync_fixture_aw (&world->fixture, "POST", "/_test/mutate", body);

  world_tell (world, "mutate %s: %s", body, answer);
}

static void
beat (World *world)
{
  static const char *const secrets[] = { "ᎡᎢᎣᎤ", "ᎥᎦᎧᎨ" };
  char time[HELIO_TIME_TEXT];
  const Track *track = world_pick_track (world);
  g_autofree char *path = g_strdup_printf ("/api/0/buckets/%s/heartbeat?pulsetime=60", track->id);
  int n = g_rand_int_range (world->rand, 0, 6);
  g_autofree char *data = NULL;
  g_autofree char *body = NULL;

  if (track->number == BOOK_AFK)
    data = g_strdup_printf ("\"status\":\"%s\"", n == 0 ? "afk" : "not-afk");
  else if (n < 2)
    data = g_strdup_printf ("\"app\":\"Vault\",\"title\":\"%s\"", secrets[n]);
  else
    data = g_strdup_printf ("\"app\":\"beat %d\",\"title\":\"Beat [mt-f000000%d]\"", n, n);
  helio_time_format (world->fixture.now - g_rand_int_range (world->rand, 0, 2000), time);
  body = g_strdup_printf ("{\"timestamp\":\"%s\",\"duration\":0,\"data\":{%s}}", time, data);
  world_tell (world, "heartbeat %s %s", track->id, body);
  world_try_aw (world, path, body);
}

/* More than what vanishes without a question. */
static void
delete_many (World *world)
{
  const Track *track = world_pick_track (world);
  int n = g_rand_int_range (world->rand, 80, 180);
  int n_deleted = world_delete_oldest (world, track->id, n);

  world_tell (world, "delete the oldest %d of %s", n_deleted, track->id);
}

static void
recreate (World *world)
{
  const Track *track = world_pick_track (world);
  gboolean keeps = g_rand_int_range (world->rand, 0, 3) > 0;
  g_autofree char *body = g_strdup_printf ("{\"bucket\":\"%s\",\"keep_events\":%s}", track->id,
                                           keeps ? "true" : "false");

  world_tell (world, "recreate %s", body);
  g_free (sync_fixture_aw (&world->fixture, "POST", "/_test/recreate", body));
}

static void
change_source (World *world)
{
  int roll = g_rand_int_range (world->rand, 0, 10);
  const char *what = roll < 4 ? "restart" : roll < 7 ? "crash" : "migrate";

  world_tell (world, "source: %s", what);
  if (roll < 7)
    {
      g_autofree char *path = g_strconcat ("/_test/", what, NULL);

      g_free (sync_fixture_aw (&world->fixture, "POST", path, "{}"));
    }
  else
    g_free (sync_fixture_aw (&world->fixture, "POST", "/_test/migrate", "{\"flavour\":\"rust\"}"));
}

static void
move_clock (World *world)
{
  static const int64_t steps[] = { -HELIO_DAY, -HELIO_HOUR, 3 * HELIO_DAY, 8 * HELIO_DAY };
  int64_t step = steps[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (steps))];

  world_tell (world, "the clock jumps by %" G_GINT64_FORMAT " s", step / HELIO_SECOND);
  world_set_now (world, world->fixture.now + step);
}

static void
change_receiver (World *world)
{
  switch (g_rand_int_range (world->rand, 0, 5))
    {
    case 0:
      world_tell (world, "receiver killed");
      sync_fixture_kill_server (&world->fixture);
      break;
    case 1:
    case 2:
      world_back_up_receiver (world);
      break;
    case 3:
      world_restore_receiver (world);
      break;
    default:
      if (g_rand_int_range (world->rand, 0, 3) == 0)
        world_lose_receiver (world);
      break;
    }
}

static void
change_agent (World *world)
{
  switch (g_rand_int_range (world->rand, 0, 8))
    {
    case 0:
    case 1:
    case 2:
      world_tell (world, "agent restarts");
      world_restart_agent (world);
      break;
    case 3:
    case 4:
      world_copy_ledger (world);
      break;
    case 5:
      world_restore_ledger (world);
      break;
    case 6:
      if (g_rand_int_range (world->rand, 0, 3) == 0)
        world_delete_ledger (world);
      break;
    default:
      world_run_other_agent (world);
      break;
    }
}

static void
change_pause (World *world)
{
  if (world->is_paused)
    world_resume (world, g_rand_boolean (world->rand));
  else if (world->pauses->len > 0 && g_rand_int_range (world->rand, 0, 3) == 0)
    world_publish_pause (world);
  else
    world_pause (world, g_rand_boolean (world->rand)
                            ? 0
                            : world->fixture.now
                                  + g_rand_int_range (world->rand, 60, 7200) * HELIO_SECOND);
}

static void
change_rules (World *world)
{
  for (int n = g_rand_int_range (world->rand, 1, 4); n > 0; n--)
    {
      g_autofree char *what = rule_book_change (world->book, world->rand);

      world_tell (world, "%s", what);
    }
  world_change_rules (world);
}

static void
change_choice (World *world)
{
  if (g_rand_boolean (world->rand))
    {
      world->level = (HelioLevel) g_rand_int_range (world->rand, 0, 4);
      world_tell (world, "presence at the level %s", helio_level_to_string (world->level));
    }
  else
    world_switch_bucket (world, world_pick_track (world), g_rand_boolean (world->rand));
}

static void
fill_disk (World *world)
{
  world->n_full = g_rand_int_range (world->rand, 1, 12);
  world_tell (world, "the disk is full for %d runs", world->n_full);
}

static void
kill_agent (World *world)
{
  world_tell (world, "the agent is to be killed");
  world->kills = TRUE;
}

static void
step (World *world)
{
  static const struct
  {
    int weight;
    void (*func) (World *world);
  } steps[] = {
    { 26, mutate },         { 24, beat },        { 2, delete_many },     { 2, recreate },
    { 3, change_source },   { 3, move_clock },   { 9, fault_at_source }, { 18, fault_on_the_way },
    { 5, change_receiver }, { 5, change_agent }, { 6, change_pause },    { 12, change_rules },
    { 5, change_choice },   { 3, fill_disk },    { 3, kill_agent },
  };
  int roll = g_rand_int_range (world->rand, 0, 126);
  guint i = 0;

  while (roll >= steps[i].weight)
    roll -= steps[i++].weight;
  steps[i].func (world);
  world_note_truth (world);
}

static void
advance (World *world)
{
  int roll = g_rand_int_range (world->rand, 0, 100);
  int seconds = roll < 55   ? g_rand_int_range (world->rand, 1, 30)
                : roll < 80 ? g_rand_int_range (world->rand, 30, 900)
                : roll < 96 ? g_rand_int_range (world->rand, 900, 20000)
                            : g_rand_int_range (world->rand, 20000, 200000);

  world_set_now (world, world->fixture.now + seconds * HELIO_SECOND);
}

/* -- quiet --------------------------------------------------------------------------------------
 */

static void
quiesce (World *world)
{
  static const int64_t spans[] = { 0,         10 * HELIO_MINUTE, HELIO_HOUR,        HELIO_DAY,
                                   HELIO_DAY, 8 * HELIO_DAY,     10 * HELIO_MINUTE, HELIO_HOUR,
                                   HELIO_DAY };

  world_tell (world, "quiet");
  world_become_quiet (world);
  for (int k = 0; k < 12; k++)
    {
      world_tick (world);
      if (world_answer (world) == 0 && !world_is_busy (world))
        break;
      world_set_now (world, world->fixture.now + HELIO_MINUTE);
    }
  world_expect (world, !world_is_busy (world), "the agent never gets done");
  world_end_left (world);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      world_set_now (world, world->fixture.now + spans[i]);
      for (int k = 0; k < 12; k++)
        {
          world_tick (world);
          if (world_answer (world) == 0 && !world_is_busy (world))
            break;
        }
    }
  world_expect (world, !world_is_busy (world), "the agent never gets done");
}

/* What is kept obeys rules that come later. */
static void
change_rules_late (World *world)
{
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *what = i > 0 ? rule_book_change (world->book, world->rand) : NULL;

      if (i == 0)
        rule_book_add_greedy (world->book);
      world_tell (world, "late: %s", i > 0 ? what : "a greedy rule");
      rule_book_mend (world->book);
      world_change_rules (world);
      for (int k = 0; k < 12 && world_is_busy (world); k++)
        {
          world_tick (world);
          world_answer (world);
          world_set_now (world, world->fixture.now + HELIO_MINUTE);
        }
      world_expect (world, !world_is_busy (world), "the agent never gets done");
    }
  world->n_kept = world->n_exact = 0;
  world_assert_converged (world);
}

static void
test_seed (gconstpointer data)
{
  guint seed = GPOINTER_TO_UINT (data);
  World *world = world_new (seed);
  int n_ticks = g_rand_int_range (world->rand, 20, 46);

  for (int i = 0; i < n_ticks; i++)
    {
      for (int n = g_rand_int_range (world->rand, 0, 4); n > 0; n--)
        step (world);
      world_tick (world);
      world_check (world);
      if (g_rand_int_range (world->rand, 0, 3) == 0)
        world_answer (world);
      advance (world);
    }
  quiesce (world);
  world_assert_converged (world);
  if (world->n_kept > 0)
    change_rules_late (world);
  world_check_files (world);
  g_test_message ("seed %u: %d ticks, %u faults on the way, %u questions, %u adoptions, "
                  "%u buckets left, %u events kept, %u exactly, "
                  "%u changes of rules, %u activities, %u times a full disk, %u times killed",
                  seed, n_ticks, sync_proxy_get_n_met (world->proxy), world->n_answers,
                  world->n_adopted, world->n_left, world->n_kept, world->n_exact,
                  world->n_rule_changes, world->n_shown, world->n_full_met, world->n_killed);
  world_free (world);
}

/* "FROM-TO", or one number. */
static void
read_seeds (const char *text, guint *from, guint *to)
{
  char *end;

  *from = *to = (guint) strtoul (text, &end, 10);
  if (*end == '-')
    *to = (guint) strtoul (end + 1, NULL, 10);
}

/* "K/N": every Nth seed, so that several processes share them. */
static void
read_part (const char *text, guint *k, guint *n)
{
  char *end;

  *k = (guint) strtoul (text, &end, 10);
  *n = *end == '/' ? (guint) strtoul (end + 1, NULL, 10) : 1;
  g_assert_cmpuint (*k, <, *n);
}

int
main (int argc, char **argv)
{
  const char *seeds = g_getenv ("HELIO_SEEDS");
  guint from, to, part = 0, n_parts = 1;

  if (argc > 1 && g_str_equal (argv[1], "--run"))
    return converge_child_main (argc, argv);
  /* Nothing here outlives a loss of power: without a disk to wait for it is quicker. */
  if (access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  if (argc > 1 && strchr (argv[1], '/') != NULL)
    read_part (argv[1], &part, &n_parts);
  else if (argc > 1)
    seeds = argv[1];
  read_seeds (seeds != NULL ? seeds : DEFAULT_SEEDS, &from, &to);
  world_catch_abort ();
  world_catch_log ();
  for (guint seed = from; seed <= to; seed++)
    {
      g_autofree char *name = g_strdup_printf ("/sync/convergence/from-seed-%u", seed);

      if ((seed - from) % n_parts == part)
        g_test_add_data_func (name, GUINT_TO_POINTER (seed), test_seed);
    }
  return g_test_run ();
}
