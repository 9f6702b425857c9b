/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An agent that is killed at one of its requests: a run of history in a process of its own. It
 * knows what it needs from its arguments and, the pauses, from its ledger. */

#include "converge-world.h"

#include <signal.h>
#include <stdlib.h>

static void
on_kill_child (gpointer data, gpointer proxy G_GNUC_UNUSED)
{
  World *world = data;
  int child = g_atomic_int_get (&world->child);

  if (child > 0)
    kill (child, SIGKILL);
}

gboolean
world_run_child (World *world, Track *track)
{
  const HelioJob *job = world->fixture.job;
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, world->fixture.now);
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, job->history_from);
  g_autofree char *limit = g_strdup_printf ("%d", g_rand_int_range (world->rand, 5, 200));
  const char *argv[] = {
    "/proc/self/exe",
    "--run",
    track->id,
    now,
    from,
    limit,
    job->aw_url,
    job->url,
    job->token,
    job->ledger_path,
    world->rules,
    track->is_left ? "left" : "all",
    NULL,
  };
  gboolean is_after = g_rand_boolean (world->rand);
  guint nth = (guint) g_rand_int_range (world->rand, 0, 5);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  const char *id;
  gboolean is_good;

  sync_proxy_add_fault (world->proxy, is_after ? SYNC_PROXY_HOOK_AFTER : SYNC_PROXY_HOOK, nth,
                        FALSE, 0, on_kill_child, world);
  child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_MERGE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                             &error);
  g_assert_no_error (error);
  /* It may have ended already. */
  id = g_subprocess_get_identifier (child);
  g_atomic_int_set (&world->child, id != NULL ? atoi (id) : 0);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  is_good = g_subprocess_get_successful (child);
  if (*output != '\0')
    g_message ("%s", output);
  g_atomic_int_set (&world->child, 0);
  world->n_killed += !is_good;
  world_tell (world, "  agent in a process of its own, over %s: %s", track->id,
              is_good ? "it ended" : "it was killed or failed");
  world_check_requests (world);
  return is_good;
}

int
converge_child_main (int argc, char **argv)
{
  HelioJob job = { .destination = (char *) "test" };
  g_autoptr (GPtrArray) buckets = NULL;
  g_autoptr (HelioAwClient) client = NULL;
  g_autoptr (HelioLedger) ledger = NULL;
  g_autoptr (HelioRules) rules = NULL;
  g_autoptr (GArray) pauses = NULL;
  HelioAwCost cost = { 0 };
  HelioResult result;
  int64_t now;

  if (argc != 12)
    return 2;
  now = g_ascii_strtoll (argv[3], NULL, 10);
  job.history_from = g_ascii_strtoll (argv[4], NULL, 10);
  cost.limit = (guint) atoi (argv[5]);
  job.aw_url = argv[6];
  job.url = argv[7];
  job.token = argv[8];
  job.ledger_path = argv[9];
  job.is_left = g_str_equal (argv[11], "left");
  ledger = helio_ledger_open (job.ledger_path, NULL);
  client = helio_aw_client_new (job.aw_url, NULL, NULL);
  if (ledger == NULL || client == NULL)
    return 1;
  pauses = helio_ledger_list_pauses (ledger, NULL);
  buckets = helio_aw_client_list_buckets (client, NULL, NULL);
  if (pauses == NULL || buckets == NULL)
    return 1;
  job.rules = rules = helio_rules_new_from_json (argv[10], pauses);
  for (guint i = 0; i < buckets->len; i++)
    if (g_str_equal (((HelioBucket *) buckets->pdata[i])->id, argv[2]))
      return helio_history_run (&job, buckets->pdata[i], &cost, now, 60 * G_USEC_PER_SEC, NULL,
                                NULL, &result, NULL)
                 ? 0
                 : 1;
  return 1;
}
