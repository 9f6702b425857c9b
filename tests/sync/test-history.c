/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <string.h>

#include "model/helio-time.h"
#include "source/helio-tail.h"
#include "sync-fixture.h"

#define PYTHON "--flavour python --generate 3000 --odd --seed 7"
#define RUST "--flavour rust --generate 3000 --odd --seed 7"
#define WINDOW "aw-watcher-window_laptop"

static void
run_all (SyncFixture *fixture)
{
  g_autoptr (GPtrArray) buckets = sync_fixture_buckets (fixture);

  for (guint i = 0; i < buckets->len; i++)
    {
      const HelioBucket *bucket = g_ptr_array_index (buckets, i);
      HelioResult sum;

      sync_fixture_run (fixture, bucket->id, &sum);
      g_assert_false (sum.is_asking);
      sync_fixture_assert_equal (fixture, bucket->id);
    }
}

static void
uncover_all (SyncFixture *fixture)
{
  g_autoptr (GPtrArray) buckets = sync_fixture_buckets (fixture);

  for (guint i = 0; i < buckets->len; i++)
    sync_fixture_uncover (fixture, ((HelioBucket *) g_ptr_array_index (buckets, i))->id);
}

static void
test_backfill (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioResult sum;

  run_all (fixture);

  /* Nothing changed: nothing is read, and when it is, nothing is sent. */
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_read, ==, 0);
  sync_fixture_uncover (fixture, WINDOW);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_read, >, 1000);
  g_assert_cmpint (sum.n_sent, ==, 0);
  g_assert_cmpint (sum.n_deleted, ==, 0);
}

/* While ActivityWatch answers it records nothing, and a watcher gives up after 5 s: after each page
 * that took its time it has a rest. */
static void
test_rests_between_pages (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioResult sum;

  fixture->cost.limit = 200;
  g_free (sync_fixture_aw (fixture, "POST", "/_test/fault",
                           "{\"count\":2,\"path\":\"/events?limit=\",\"delay_ms\":150}"));
  g_test_timer_start ();
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpfloat (g_test_timer_elapsed (), >, 2 * (0.15 + 0.3) - 0.05);
  g_assert_cmpint (sum.n_read, >, 1000);
}

static void
test_follows_changes (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  run_all (fixture);
  for (int seed = 1; seed <= 5; seed++)
    {
      g_autofree char *body = g_strdup_printf (
          "{\"seed\":%d,\"steps\":60,\"now_ms\":%" G_GINT64_FORMAT "}", seed, fixture->now);
      g_autofree char *answer = sync_fixture_aw (fixture, "POST", "/_test/mutate", body);

      g_test_message ("seed %d: %s", seed, answer);
      uncover_all (fixture);
      run_all (fixture);
    }
}

static void
test_migration_republishes_nothing (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) buckets = sync_fixture_buckets (fixture);
  g_autofree char *answer = NULL;

  run_all (fixture);
  answer = sync_fixture_aw (fixture, "POST", "/_test/migrate", "{\"flavour\":\"rust\"}");
  uncover_all (fixture);
  for (guint i = 0; i < buckets->len; i++)
    {
      const HelioBucket *bucket = g_ptr_array_index (buckets, i);
      HelioResult sum;

      sync_fixture_run (fixture, bucket->id, &sum);
      g_assert_cmpint (sum.n_sent, ==, 0);
      g_assert_cmpint (sum.n_deleted, ==, 0);
      g_assert_false (sum.is_asking);
    }
}

/* The bucket is made anew and empty: nothing is deleted without a yes. */
static void
recreate (SyncFixture *fixture)
{
  HelioResult sum;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *answer = NULL;

  sync_fixture_run (fixture, WINDOW, &sum);
  before = sync_fixture_held (fixture, WINDOW);
  answer = sync_fixture_aw (fixture, "POST", "/_test/recreate", "{\"bucket\":\"" WINDOW "\"}");
  sync_fixture_uncover (fixture, WINDOW);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_true (sum.is_asking);
  g_assert_cmpint (sum.n_deleted, ==, 0);
  after = sync_fixture_held (fixture, WINDOW);
  g_assert_cmpstr (before, ==, after);
}

static void
test_empty_bucket_asks_and_keeps (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *added = NULL;
  g_autoptr (GError) error = NULL;
  HelioResult sum;

  recreate (fixture);
  before = sync_fixture_held (fixture, WINDOW);
  helio_history_answer (fixture->job, WINDOW, FALSE, &error);
  g_assert_no_error (error);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_false (sum.is_asking);
  g_assert_cmpint (sum.n_deleted, ==, 0);

  /* Kept for good, and new events come on top. */
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" WINDOW "/events",
                           "[{\"timestamp\":\"2025-11-20T10:00:00Z\",\"duration\":5,"
                           "\"data\":{\"app\":\"new\",\"title\":\"t\"}}]"));
  sync_fixture_uncover (fixture, WINDOW);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_false (sum.is_asking);
  g_assert_cmpint (sum.n_sent, ==, 1);
  after = sync_fixture_held (fixture, WINDOW);
  g_assert_cmpuint (strlen (after), >, strlen (before));
}

static void
test_empty_bucket_asks_and_deletes (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  HelioResult sum;

  recreate (fixture);
  helio_history_answer (fixture->job, WINDOW, TRUE, &error);
  g_assert_no_error (error);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_false (sum.is_asking);
  g_assert_cmpint (sum.n_deleted, >, 1000);
  after = sync_fixture_held (fixture, WINDOW);
  g_assert_cmpstr (after, ==, "");
}

/* Few events are missing where a bucket was made anew: that is an accident all the same. */
static void
test_small_bucket_made_anew_asks (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioResult sum;

  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/small",
                           "{\"type\":\"t\",\"client\":\"c\",\"hostname\":\"laptop\"}"));
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/small/events",
                           "[{\"timestamp\":\"2025-11-20T10:00:00Z\",\"duration\":5,"
                           "\"data\":{\"app\":\"a\"}}]"));
  sync_fixture_run (fixture, "small", &sum);
  g_assert_cmpint (sum.n_sent, ==, 1);
  g_free (sync_fixture_aw (fixture, "POST", "/_test/recreate", "{\"bucket\":\"small\"}"));
  sync_fixture_run (fixture, "small", &sum);
  g_assert_true (sum.is_asking);
  g_assert_cmpint (sum.n_deleted, ==, 0);
}

static void
test_receiver_from_backup (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  run_all (fixture);
  sync_fixture_stop_server (fixture);
  sync_fixture_copy (fixture, "server", "backup");
  sync_fixture_start_server (fixture);

  g_free (sync_fixture_aw (fixture, "POST", "/_test/mutate", "{\"seed\":3,\"steps\":80}"));
  uncover_all (fixture);
  run_all (fixture);

  sync_fixture_stop_server (fixture);
  sync_fixture_copy (fixture, "backup", "server");
  sync_fixture_start_server (fixture);
  run_all (fixture);
}

static void
test_receiver_reinstalled (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "server", NULL);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);

  run_all (fixture);
  sync_fixture_stop_server (fixture);
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  sync_fixture_start_server (fixture);
  sync_fixture_add_token (fixture, "laptop");
  run_all (fixture);
}

static void
test_lost_ledger_is_adopted (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = sync_fixture_bucket (fixture, WINDOW);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (fixture->job->ledger_path);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);
  HelioResult result;

  run_all (fixture);
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  g_free (sync_fixture_aw (fixture, "POST", "/_test/mutate", "{\"seed\":5,\"steps\":40}"));

  g_assert_false (helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now,
                                     G_USEC_PER_SEC, NULL, NULL, &result, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
  g_clear_error (&error);
  helio_adopt_run (fixture->job, NULL, &error);
  g_assert_no_error (error);
  run_all (fixture);
}

/* A token of another device, at whose data another agent was: though our writes would come later
 * than its, they are not mixed. */
static void
test_data_of_another_device_asks (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = sync_fixture_bucket (fixture, WINDOW);
  g_autoptr (GError) error = NULL;
  g_autofree char *ours = g_strdup (fixture->job->ledger_path);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  HelioResult result;

  run_all (fixture);
  g_free (fixture->job->ledger_path);
  fixture->job->ledger_path = g_strconcat (ours, "-other", NULL);
  sync_fixture_add_token (fixture, "desk");
  sync_fixture_run (fixture, WINDOW, &result);
  before = sync_fixture_held (fixture, WINDOW);

  g_free (fixture->job->ledger_path);
  fixture->job->ledger_path = g_strdup (ours);
  g_free (sync_fixture_aw (fixture, "POST", "/_test/mutate", "{\"seed\":5,\"steps\":40}"));
  sync_fixture_uncover (fixture, WINDOW);
  g_assert_false (helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now,
                                     G_USEC_PER_SEC, NULL, NULL, &result, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
  after = sync_fixture_held (fixture, WINDOW);
  g_assert_cmpstr (before, ==, after);
}

static void
test_old_ledger_asks (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = sync_fixture_bucket (fixture, WINDOW);
  g_autoptr (GError) error = NULL;
  HelioResult result;

  run_all (fixture);
  sync_fixture_copy (fixture, "agent", "backup");
  g_free (sync_fixture_aw (fixture, "POST", "/_test/mutate", "{\"seed\":6,\"steps\":40}"));
  uncover_all (fixture);
  run_all (fixture);
  sync_fixture_copy (fixture, "backup", "agent");
  g_assert_false (helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now,
                                     G_USEC_PER_SEC, NULL, NULL, &result, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
  g_clear_error (&error);
  helio_adopt_run (fixture->job, NULL, &error);
  g_assert_no_error (error);
  run_all (fixture);
}

static void
test_pause_is_dropped_and_published_later (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  g_autofree char *held = NULL;
  HelioPause pause = { fixture->now - 3 * HELIO_DAY, fixture->now - HELIO_DAY };
  HelioResult sum;
  guint n_lines = 0;

  sync_fixture_run (fixture, WINDOW, &sum);
  g_array_append_val (pauses, pause);
  helio_rules_unref (fixture->job->rules);
  fixture->job->rules = helio_rules_new (pauses);
  sync_fixture_uncover (fixture, WINDOW);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_deleted, >, 10);
  g_assert_false (sum.is_asking);
  held = sync_fixture_held (fixture, WINDOW);
  for (char *line = held; *line != '\0'; line = strchr (line, '\n') + 1)
    {
      int64_t start = g_ascii_strtoll (line, NULL, 10);
      int64_t duration = g_ascii_strtoll (strchr (line, ' '), NULL, 10);

      g_assert_true (start < pause.start || start >= pause.end);
      g_assert_true (start >= pause.end || start + duration <= pause.start);
      n_lines++;
    }
  g_assert_cmpint (n_lines, >, 100);

  helio_rules_unref (fixture->job->rules);
  fixture->job->rules = helio_rules_new (NULL);
  sync_fixture_uncover (fixture, WINDOW);
  run_all (fixture);
}

static void
test_keep_up (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioAwClient) client = NULL;
  g_autoptr (HelioBucket) bucket = sync_fixture_bucket (fixture, WINDOW);
  g_autoptr (GError) error = NULL;
  HelioTail tail = { 0 };

  run_all (fixture);
  client = helio_aw_client_new (fixture->aw_url, NULL, &error);
  for (int i = 1; i <= 20; i++)
    {
      char time[HELIO_TIME_TEXT];
      g_autofree char *body = NULL;
      HelioResult result;
      gboolean is_changed;

      fixture->now += 7 * HELIO_SECOND;
      helio_time_format (fixture->now - 2000, time);
      body = g_strdup_printf ("{\"timestamp\":\"%s\",\"duration\":0,\"data\":{\"app\":\"a%d\"}}",
                              time, i / 3);
      g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" WINDOW "/heartbeat?pulsetime=10",
                               body));
      helio_tail_poll (client, WINDOW, &tail, fixture->now, &is_changed, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (is_changed);
      helio_keep_up_run (fixture->job, bucket, tail.page, NULL, &result, &error);
      g_assert_no_error (error);
      g_assert_cmpint (result.n_sent, >=, 1);
      g_assert_cmpint (result.n_sent, <=, 3);
    }
  sync_fixture_assert_equal (fixture, WINDOW);
  helio_tail_clear (&tail);
}

static void
test_count_finds_a_late_event (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  HelioRepair repair = { 0 };
  HelioResult sum;
  gboolean is_equal;
  int64_t in_aw;

  sync_fixture_run (fixture, WINDOW, &sum);
  helio_history_check_count (fixture->job, WINDOW, &repair, fixture->now, &in_aw, &is_equal, NULL,
                             &error);
  g_assert_no_error (error);
  for (int i = 0; !is_equal && i < 4; i++)
    {
      sync_fixture_run (fixture, WINDOW, &sum);
      helio_history_check_count (fixture->job, WINDOW, &repair, fixture->now, &in_aw, &is_equal,
                                 NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_true (is_equal);

  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" WINDOW "/events",
                           "[{\"timestamp\":\"2024-01-02T03:04:05Z\",\"duration\":5,"
                           "\"data\":{\"app\":\"late\"}}]"));
  for (int i = 0; i < 2; i++)
    {
      helio_history_check_count (fixture->job, WINDOW, &repair, fixture->now, &in_aw, &is_equal,
                                 NULL, &error);
      g_assert_no_error (error);
      g_assert_false (is_equal);
      g_assert_cmpint (repair.count_at, ==, 0);
      sync_fixture_run (fixture, WINDOW, &sum);
    }
  sync_fixture_assert_equal (fixture, WINDOW);
}

/* It ended, by its negative duration, days before it began: no read by time finds it. */
static void
test_count_finds_what_ended_before_it_began (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bodies = NULL;
  char start[HELIO_TIME_TEXT];
  HelioRepair repair = { 0 };
  HelioResult sum;
  gboolean is_equal;
  int64_t in_aw;

  sync_fixture_run (fixture, WINDOW, &sum);
  do
    {
      helio_history_check_count (fixture->job, WINDOW, &repair, fixture->now, &in_aw, &is_equal,
                                 NULL, &error);
      g_assert_no_error (error);
      sync_fixture_run (fixture, WINDOW, &sum);
    }
  while (!is_equal);
  helio_time_format (fixture->now - HELIO_HOUR, start);
  bodies = g_strdup_printf ("[{\"timestamp\":\"%s\",\"duration\":-300000,"
                            "\"data\":{\"app\":\"set back\"}}]",
                            start);
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" WINDOW "/events", bodies));

  /* The repair of the last day reads a short range by time, for pages by limit are dear. */
  fixture->cost.page_us = G_USEC_PER_SEC;
  helio_history_uncover (fixture->job, WINDOW, fixture->now - 2 * HELIO_HOUR, fixture->now, &error);
  g_assert_no_error (error);
  sync_fixture_run (fixture, WINDOW, &sum);
  g_assert_cmpint (sum.n_sent, ==, 0);
  for (int i = 0; i < 2; i++)
    {
      fixture->cost.page_us = G_USEC_PER_SEC;
      helio_history_check_count (fixture->job, WINDOW, &repair, fixture->now, &in_aw, &is_equal,
                                 NULL, &error);
      g_assert_no_error (error);
      g_assert_false (is_equal);
      sync_fixture_run (fixture, WINDOW, &sum);
    }
  g_assert_cmpint (sum.n_sent, ==, 1);
  sync_fixture_assert_equal (fixture, WINDOW);
}

static void
test_repair_is_due (void)
{
  HelioRepair repair = { 0 };
  int64_t now = 1763700000000, from;

  g_assert_true (helio_repair_is_due (&repair, now, &from));
  g_assert_cmpint (from, ==, HELIO_TIME_MIN);
  g_assert_false (helio_repair_is_due (&repair, now + 599999, &from));
  g_assert_true (helio_repair_is_due (&repair, now + 600000, &from));
  g_assert_cmpint (from, ==, now + 600000 - HELIO_DAY);
  g_assert_true (helio_repair_is_due (&repair, now + HELIO_DAY, &from));
  g_assert_cmpint (from, ==, now - 6 * HELIO_DAY);
  g_assert_true (helio_repair_is_due (&repair, now + 7 * HELIO_DAY, &from));
  g_assert_cmpint (from, ==, HELIO_TIME_MIN);
  /* A clock that was set back makes all due. */
  g_assert_true (helio_repair_is_due (&repair, now - 1, &from));
  g_assert_cmpint (from, ==, HELIO_TIME_MIN);
}

#define ADD(name, flavour, function)                                                               \
  g_test_add ("/sync/history/" name, SyncFixture, flavour, sync_fixture_set_up, function,          \
              sync_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("backfill-equals-python", PYTHON, test_backfill);
  ADD ("backfill-equals-rust", RUST, test_backfill);
  ADD ("backfill-equals-old-rust", RUST " --db-version 4", test_backfill);
  ADD ("rests-between-pages", PYTHON, test_rests_between_pages);
  ADD ("follows-changes-python", PYTHON, test_follows_changes);
  ADD ("follows-changes-rust", RUST, test_follows_changes);
  ADD ("migration-republishes-nothing", PYTHON, test_migration_republishes_nothing);
  ADD ("an-empty-bucket-asks-and-keeps", RUST, test_empty_bucket_asks_and_keeps);
  ADD ("an-empty-bucket-asks-and-deletes", PYTHON, test_empty_bucket_asks_and_deletes);
  ADD ("a-small-bucket-made-anew-asks", RUST, test_small_bucket_made_anew_asks);
  ADD ("receiver-from-a-backup-converges", RUST, test_receiver_from_backup);
  ADD ("receiver-reinstalled-gets-all", RUST, test_receiver_reinstalled);
  ADD ("a-lost-ledger-is-adopted", RUST, test_lost_ledger_is_adopted);
  ADD ("data-of-another-device-asks", RUST, test_data_of_another_device_asks);
  ADD ("an-old-ledger-asks", RUST, test_old_ledger_asks);
  ADD ("a-pause-is-dropped-and-published-later", RUST, test_pause_is_dropped_and_published_later);
  ADD ("keep-up-follows-python", PYTHON, test_keep_up);
  ADD ("keep-up-follows-rust", RUST, test_keep_up);
  ADD ("the-count-finds-a-late-event", RUST, test_count_finds_a_late_event);
  ADD ("the-count-finds-what-ended-before-it-began-python", PYTHON,
       test_count_finds_what_ended_before_it_began);
  ADD ("the-count-finds-what-ended-before-it-began-rust", RUST,
       test_count_finds_what_ended_before_it_began);
  g_test_add_func ("/sync/history/repair-is-due-by-the-clock", test_repair_is_due);
  return g_test_run ();
}
