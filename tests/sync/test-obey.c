/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a destination holds and ActivityWatch has no longer, or is not asked about, obeys rules that
 * come later: it is read back from a real receiver. */

#include <string.h>

#include "model/helio-time.h"
#include "sync-fixture.h"

#define AW "--flavour rust --generate 0 --seed 7"
#define BUCKET "notes_laptop"
/* 2025-10-01 */
#define FIRST (G_GINT64_CONSTANT (1759276800000))

#define RULE(id, field, match, pattern, action)                                                    \
  "{\"id\":\"" id "\",\"field\":\"" field "\",\"match\":\"" match "\",\"pattern\":\"" pattern      \
  "\",\"match_case\":true," action "}"
#define HIDE_TITLES RULE ("h", "title", "glob", "*", "\"action\":\"hide\"")
#define DROP_B RULE ("b", "app", "exact", "b", "\"action\":\"drop\"")
#define DROP_C RULE ("c", "app", "exact", "c", "\"action\":\"drop\"")
#define A_IS_C RULE ("n", "app", "exact", "a", "\"action\":\"rename\",\"with\":\"c\"")
#define SHORTEN RULE ("s", "title", "regex", "^x(.*)$", "\"action\":\"replace\",\"with\":\"\\\\1\"")
#define HIDE_URLS RULE ("u", "url", "glob", "*", "\"action\":\"hide\"")

static void
use_rules (SyncFixture *fixture, const char *rules)
{
  g_autofree char *json = g_strdup_printf ("{\"version\":1,\"rules\":[%s]}", rules);
  g_autoptr (HelioBucket) bucket = helio_bucket_new (BUCKET, "note", NULL, NULL, NULL);

  helio_rules_unref (fixture->job->rules);
  fixture->job->rules = helio_rules_new_from_json (json, NULL);
  g_assert_false (helio_rules_is_stopped (fixture->job->rules, bucket));
}

static void
append_event (GString *events, int64_t start, const char *data)
{
  char time[HELIO_TIME_TEXT];

  helio_time_format (start, time);
  g_string_append_printf (events, "%s{\"timestamp\":\"%s\",\"duration\":1,\"data\":{%s}}",
                          events->len > 1 ? "," : "", time, data);
}

static void
post_events (SyncFixture *fixture, GString *events)
{
  g_string_append_c (events, ']');
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" BUCKET "/events", events->str));
}

static void
make_bucket (SyncFixture *fixture)
{
  g_free (sync_fixture_aw (fixture, "POST", "/api/0/buckets/" BUCKET,
                           "{\"client\":\"notes\",\"type\":\"note\",\"hostname\":\"laptop\"}"));
}

/* Two of app a, of one start, one of b, one of c; published under @rules. */
static void
publish (SyncFixture *fixture, const char *rules)
{
  g_autoptr (GString) events = g_string_new ("[");
  HelioResult sum;

  make_bucket (fixture);
  append_event (events, FIRST, "\"app\":\"a\",\"title\":\"xxx one\",\"url\":\"u\"");
  append_event (events, FIRST, "\"app\":\"a\",\"title\":\"two\"");
  append_event (events, FIRST + 5000, "\"app\":\"b\",\"title\":\"three\"");
  append_event (events, FIRST + 9000, "\"app\":\"c\",\"title\":\"four\"");
  post_events (fixture, events);
  use_rules (fixture, rules);
  sync_fixture_run (fixture, BUCKET, &sum);
}

/* The data of what is held, by start and ordinal. */
static char *
held_data (SyncFixture *fixture)
{
  g_autofree char *held = sync_fixture_held (fixture, BUCKET);
  g_auto (GStrv) lines = g_strsplit (held, "\n", -1);
  GString *datas = g_string_new (NULL);

  for (GStrv line = lines; *line != NULL && **line != '\0'; line++)
    g_string_append_printf (datas, "%s%s", datas->len > 0 ? " " : "", strchr (*line, '{'));
  return g_string_free (datas, FALSE);
}

#define ASSERT_HELD(fixture, should)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *is_ = held_data (fixture);                                                    \
    g_assert_cmpstr (is_, ==, should);                                                             \
  }                                                                                                \
  G_STMT_END

static void
lose_events (SyncFixture *fixture)
{
  g_autofree char *clock = NULL;

  /* A bucket that is made anew is a younger one. */
  fixture->now += HELIO_HOUR;
  clock = g_strdup_printf ("{\"now_ms\":%" G_GINT64_FORMAT "}", fixture->now);
  g_free (sync_fixture_aw (fixture, "POST", "/_test/clock", clock));
  g_free (sync_fixture_aw (fixture, "POST", "/_test/recreate",
                           "{\"bucket\":\"" BUCKET "\",\"keep_events\":false}"));
}

static void
answer (SyncFixture *fixture, gboolean deletes)
{
  g_autoptr (GError) error = NULL;
  HelioResult sum;

  helio_history_answer (fixture->job, BUCKET, deletes, &error);
  g_assert_no_error (error);
  sync_fixture_run (fixture, BUCKET, &sum);
}

static void
keep (SyncFixture *fixture)
{
  HelioResult sum;

  lose_events (fixture);
  sync_fixture_uncover (fixture, BUCKET);
  sync_fixture_run (fixture, BUCKET, &sum);
  g_assert_true (sum.is_asking);
  answer (fixture, FALSE);
}

static int64_t
count_kept (SyncFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioLedger) ledger = helio_ledger_open (fixture->job->ledger_path, &error);
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_auto (HelioTrack) track = { 0 };

  g_assert_no_error (error);
  g_assert_true (
      helio_ledger_get_destination (ledger, fixture->job->destination, &destination, &error)
      && helio_ledger_get_track (ledger, destination.id, BUCKET, &track, &error));
  g_assert_cmpint (track.held_rows, ==, track.kept_rows);
  return track.kept_rows;
}

static void
assert_verified (SyncFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioVerdict) verdict = helio_verify_run (fixture->job, BUCKET, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (verdict->differs->len, ==, 0);
  g_assert_cmpint (verdict->allowed, ==, verdict->held);
}

static void
change_rules (SyncFixture *fixture, const char *rules, int64_t n_sent, int64_t n_deleted)
{
  HelioResult sum;

  use_rules (fixture, rules);
  sync_fixture_run (fixture, BUCKET, &sum);
  g_assert_cmpint (sum.n_sent, ==, n_sent);
  g_assert_cmpint (sum.n_deleted, ==, n_deleted);
}

/* -- what is kept ------------------------------------------------------------------------- */

static void
test_kept_obeys (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  publish (fixture, "");
  keep (fixture);
  g_assert_cmpint (count_kept (fixture), ==, 4);

  change_rules (fixture, HIDE_URLS, 1, 0);
  ASSERT_HELD (fixture, "{\"app\":\"a\",\"title\":\"two\"} {\"app\":\"a\",\"title\":\"xxx one\"}"
                        " {\"app\":\"b\",\"title\":\"three\"} {\"app\":\"c\",\"title\":\"four\"}");
  change_rules (fixture, HIDE_URLS "," DROP_B, 0, 1);
  change_rules (fixture, HIDE_TITLES "," DROP_B, 3, 0);
  ASSERT_HELD (fixture, "{\"app\":\"a\"} {\"app\":\"a\"} {\"app\":\"c\"}");
  g_assert_cmpint (count_kept (fixture), ==, 3);
  assert_verified (fixture);

  /* What was taken back can't come again. */
  change_rules (fixture, "", 0, 0);
  ASSERT_HELD (fixture, "{\"app\":\"a\"} {\"app\":\"a\"} {\"app\":\"c\"}");
  change_rules (fixture, DROP_C, 0, 1);
  ASSERT_HELD (fixture, "{\"app\":\"a\"} {\"app\":\"a\"}");
  assert_verified (fixture);
}

/* What is kept stays so where the destination was set back and another event of its day differs. */
static void
test_kept_from_backup (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) events = g_string_new ("[");
  HelioResult sum;

  publish (fixture, "");
  keep (fixture);
  sync_fixture_stop_server (fixture);
  sync_fixture_copy (fixture, "server", "backup");
  sync_fixture_start_server (fixture);
  append_event (events, FIRST + 20000, "\"app\":\"d\"");
  post_events (fixture, events);
  sync_fixture_uncover (fixture, BUCKET);
  sync_fixture_run (fixture, BUCKET, &sum);
  g_assert_cmpint (sum.n_sent, ==, 1);

  sync_fixture_stop_server (fixture);
  sync_fixture_copy (fixture, "backup", "server");
  sync_fixture_start_server (fixture);
  fixture->job->is_checked = FALSE;
  sync_fixture_run (fixture, BUCKET, &sum);
  g_assert_cmpint (sum.n_sent, ==, 1);
  g_assert_cmpint (sum.n_deleted, ==, 0);
  g_assert_false (sum.is_asking);
}

/* The person may answer weeks later. */
static void
test_asked_obeys (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioResult sum;

  publish (fixture, "");
  lose_events (fixture);
  /* It is missed and forbidden at once. */
  use_rules (fixture, DROP_B);
  sync_fixture_run (fixture, BUCKET, &sum);
  g_assert_true (sum.is_asking);
  ASSERT_HELD (
      fixture,
      "{\"app\":\"a\",\"title\":\"two\"} {\"app\":\"a\",\"title\":\"xxx one\",\"url\":\"u\"}"
      " {\"app\":\"c\",\"title\":\"four\"}");
  change_rules (fixture, DROP_B "," HIDE_TITLES, 3, 0);
  ASSERT_HELD (fixture, "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"c\"}");
  answer (fixture, FALSE);
  g_assert_cmpint (count_kept (fixture), ==, 3);
  assert_verified (fixture);
}

static void
test_no_rule_twice (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  publish (fixture, SHORTEN "," DROP_C "," A_IS_C);
  ASSERT_HELD (
      fixture,
      "{\"app\":\"c\",\"title\":\"two\"} {\"app\":\"c\",\"title\":\"xx one\",\"url\":\"u\"}"
      " {\"app\":\"b\",\"title\":\"three\"}");
  keep (fixture);
  /* Applied once more to what they made, the first would take another letter, the second all. */
  change_rules (fixture, SHORTEN "," DROP_C "," A_IS_C "," HIDE_URLS, 1, 0);
  change_rules (fixture, DROP_C "," SHORTEN "," A_IS_C "," HIDE_URLS, 0, 0);
  sync_fixture_uncover (fixture, BUCKET);
  change_rules (fixture, DROP_C "," SHORTEN "," A_IS_C "," HIDE_URLS "," DROP_B, 0, 1);
  ASSERT_HELD (fixture, "{\"app\":\"c\",\"title\":\"two\"} {\"app\":\"c\",\"title\":\"xx one\"}");
  /* One that was away in between is a new one. */
  change_rules (fixture, DROP_B, 0, 0);
  change_rules (fixture, SHORTEN, 1, 0);
  ASSERT_HELD (fixture, "{\"app\":\"c\",\"title\":\"two\"} {\"app\":\"c\",\"title\":\"x one\"}");
  assert_verified (fixture);
}

/* As after a rollback of the destination: all rules are applied. */
static void
test_unknown_rules (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioTrack) track = { 0 };
  g_auto (HelioLedgerDestination) destination = { 0 };

  publish (fixture, SHORTEN);
  keep (fixture);
  ledger = helio_ledger_open (fixture->job->ledger_path, &error);
  g_assert_true (
      helio_ledger_get_destination (ledger, fixture->job->destination, &destination, &error)
      && helio_ledger_get_track (ledger, destination.id, BUCKET, &track, &error)
      && helio_ledger_forget (ledger, track.id, HELIO_TIME_MIN, HELIO_TIME_MAX, &error));
  change_rules (fixture, SHORTEN "," HIDE_URLS, 1, 0);
  ASSERT_HELD (fixture, "{\"app\":\"a\",\"title\":\"two\"} {\"app\":\"a\",\"title\":\"x one\"}"
                        " {\"app\":\"b\",\"title\":\"three\"} {\"app\":\"c\",\"title\":\"four\"}");
  g_assert_cmpint (count_kept (fixture), ==, 4);
  change_rules (fixture, SHORTEN "," HIDE_URLS "," DROP_B, 0, 1);
}

static void
test_waits_for_the_destination (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) own = NULL;
  g_autoptr (GError) error = NULL;
  HelioResult result;

  publish (fixture, "");
  keep (fixture);
  own = sync_fixture_bucket (fixture, BUCKET);
  sync_fixture_stop_server (fixture);
  use_rules (fixture, HIDE_TITLES);
  g_assert_false (helio_history_run (fixture->job, own, &fixture->cost, fixture->now,
                                     G_USEC_PER_SEC, NULL, NULL, &result, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_RETRY);
  g_assert_false (result.is_done);
  sync_fixture_start_server (fixture);
  change_rules (fixture, HIDE_TITLES, 4, 0);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"b\"} {\"app\":\"c\"}");
}

/* More than one answer holds, also of one start. */
static void
test_many (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) events = g_string_new ("[");
  g_autofree char *held = NULL;
  HelioResult sum;

  make_bucket (fixture);
  for (int i = 0; i < 2500; i++)
    {
      g_autofree char *one = g_strdup_printf ("\"app\":\"a\",\"title\":\"x%d\"", i);
      g_autofree char *two = g_strdup_printf ("\"app\":\"b\",\"title\":\"x%d\"", i);

      append_event (events, FIRST, one);
      append_event (events, FIRST + (i + 1) * 2000, two);
    }
  post_events (fixture, events);
  use_rules (fixture, "");
  sync_fixture_run (fixture, BUCKET, &sum);
  keep (fixture);
  g_assert_cmpint (count_kept (fixture), ==, 5000);
  change_rules (fixture, SHORTEN, 5000, 0);
  change_rules (fixture, SHORTEN "," DROP_B, 0, 2500);
  held = sync_fixture_held (fixture, BUCKET);
  g_assert_null (strstr (held, "\"x"));
  g_assert_null (strstr (held, "\"b\""));
  g_assert_cmpint (count_kept (fixture), ==, 2500);
  assert_verified (fixture);
}

/* Among events that are there as ever. */
static void
test_kept_among_others (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) events = g_string_new ("[");

  publish (fixture, "");
  keep (fixture);
  append_event (events, FIRST, "\"app\":\"a\",\"title\":\"new\"");
  append_event (events, FIRST + 7000, "\"app\":\"c\",\"title\":\"new\"");
  post_events (fixture, events);
  sync_fixture_uncover (fixture, BUCKET);
  change_rules (fixture, "", 2, 0);
  change_rules (fixture, HIDE_TITLES "," DROP_B, 5, 1);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"a\"} {\"app\":\"c\"}"
               " {\"app\":\"c\"}");
  /* Of those that ActivityWatch has all comes again. */
  change_rules (fixture, "", 2, 0);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"a\",\"title\":\"new\"}"
               " {\"app\":\"c\",\"title\":\"new\"} {\"app\":\"c\"}");
  assert_verified (fixture);
}

/* Published before the date was set. */
static void
test_before_the_date (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  publish (fixture, "");
  fixture->job->history_from = FIRST + 9000;
  change_rules (fixture, HIDE_TITLES "," DROP_B, 3, 1);
  ASSERT_HELD (fixture, "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"c\"}");
  fixture->job->is_left = TRUE;
  change_rules (fixture, HIDE_TITLES "," HIDE_URLS, 1, 0);
  fixture->job->history_from = FIRST + 10000;
  change_rules (fixture, DROP_C, 0, 1);
  fixture->job->is_left = FALSE;
  fixture->job->history_from = HELIO_TIME_MIN;
  change_rules (fixture, "", 4, 0);
  sync_fixture_assert_equal (fixture, BUCKET);
}

/* What happens now may come with what happened before the date. */
static void
test_keeps_up_from_the_date (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (HelioBucket) bucket = NULL;
  g_autoptr (GError) error = NULL;
  HelioResult sum;

  fixture->job->history_from = FIRST + 9000;
  publish (fixture, "");
  ASSERT_HELD (fixture, "{\"app\":\"c\",\"title\":\"four\"}");
  helio_page_add (page, FIRST + 9500, 1000, 2, "{\"app\":\"e\"}", 11);
  helio_page_add (page, FIRST + 8500, 1000, 1, "{\"app\":\"d\"}", 11);
  page->lo = FIRST + 8000;
  page->hi = FIRST + 20000;
  page->proves_absence = FALSE;
  bucket = sync_fixture_bucket (fixture, BUCKET);
  helio_keep_up_run (fixture->job, bucket, page, NULL, &sum, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sum.n_sent, ==, 1);
  ASSERT_HELD (fixture, "{\"app\":\"c\",\"title\":\"four\"} {\"app\":\"e\"}");
}

/* What obeyed by itself was not read: once the date is gone, it is. */
static void
test_before_the_date_is_read_later (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) events = g_string_new ("[");

  publish (fixture, "");
  fixture->job->history_from = FIRST + 9000;
  change_rules (fixture, HIDE_TITLES, 4, 0);
  append_event (events, FIRST + 1000, "\"app\":\"d\"");
  post_events (fixture, events);
  fixture->job->history_from = HELIO_TIME_MIN;
  /* Without titles the order of the two of one start is another. */
  change_rules (fixture, HIDE_TITLES, 3, 0);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\",\"url\":\"u\"} {\"app\":\"a\"} {\"app\":\"d\"} {\"app\":\"b\"}"
               " {\"app\":\"c\"}");
}

/* Pages that change nothing are recorded together, and not what lies between them. */
static void
test_hole_stays_a_hole (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPage) page = helio_page_new ();
  g_autoptr (HelioBucket) bucket = NULL;
  g_autoptr (HelioLedger) ledger = NULL;
  g_auto (HelioLedgerDestination) destination = { 0 };
  g_auto (HelioTrack) track = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean has_gap;
  int64_t lo, hi;
  HelioResult sum;

  publish (fixture, "");
  sync_fixture_uncover (fixture, BUCKET);
  bucket = sync_fixture_bucket (fixture, BUCKET);
  /* One that does not prove what is missing in it. */
  page->lo = FIRST + 1;
  page->hi = FIRST + 8000;
  page->proves_absence = FALSE;
  helio_keep_up_run (fixture->job, bucket, page, NULL, &sum, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sum.n_sent, ==, 0);
  g_assert_false (sum.is_done);

  ledger = helio_ledger_open (fixture->job->ledger_path, &error);
  helio_ledger_get_destination (ledger, fixture->job->destination, &destination, &error);
  helio_ledger_get_track (ledger, destination.id, BUCKET, &track, &error);
  helio_ledger_get_gap (ledger, track.id, page->lo, page->hi,
                        helio_job_get_hash (fixture->job, bucket), &has_gap, &lo, &hi, &error);
  g_assert_no_error (error);
  g_assert_true (has_gap);
  g_assert_cmpint (lo, ==, FIRST + 5000);
  g_assert_cmpint (hi, ==, FIRST + 5000);
}

/* -- what is left, or gone ---------------------------------------------------------------- */

/* Of what ActivityWatch still has, it tells; what it has lost obeys by itself. */
static void
test_left_obeys (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) events = g_string_new ("[");

  publish (fixture, "");
  keep (fixture);
  append_event (events, FIRST + 7000, "\"app\":\"c\",\"title\":\"five\"");
  post_events (fixture, events);
  sync_fixture_uncover (fixture, BUCKET);
  change_rules (fixture, "", 1, 0);
  fixture->job->is_left = TRUE;
  change_rules (fixture, HIDE_TITLES "," DROP_B, 4, 1);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"c\"} {\"app\":\"c\"}");
  /* By a title that only ActivityWatch has any more. */
  change_rules (fixture,
                HIDE_TITLES "," RULE ("f", "title", "exact", "five", "\"action\":\"drop\""), 0, 0);
  change_rules (fixture, RULE ("f", "title", "exact", "five", "\"action\":\"drop\""), 0, 1);
  ASSERT_HELD (fixture, "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"c\"}");
}

static void
test_gone_obeys (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioBucket) bucket = NULL;
  g_autoptr (GError) error = NULL;
  HelioResult result;

  publish (fixture, SHORTEN);
  bucket = sync_fixture_bucket (fixture, BUCKET);
  g_free (fixture->job->aw_url);
  fixture->job->aw_url = g_strdup ("http://127.0.0.1:1");
  fixture->job->is_gone = TRUE;
  use_rules (fixture, SHORTEN "," HIDE_URLS "," DROP_B);
  helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now, G_USEC_PER_SEC, NULL, NULL,
                     &result, &error);
  g_assert_no_error (error);
  g_assert_true (result.is_done);
  g_assert_cmpint (result.n_sent, ==, 1);
  g_assert_cmpint (result.n_deleted, ==, 1);
  ASSERT_HELD (fixture, "{\"app\":\"a\",\"title\":\"two\"} {\"app\":\"a\",\"title\":\"xx one\"}"
                        " {\"app\":\"c\",\"title\":\"four\"}");
  helio_history_run (fixture->job, bucket, &fixture->cost, fixture->now, G_USEC_PER_SEC, NULL, NULL,
                     &result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result.n_read, ==, 0);
}

/* It comes back with all that the rules allow. */
static void
test_gone_comes_back (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  publish (fixture, "");
  fixture->job->is_gone = TRUE;
  change_rules (fixture, HIDE_TITLES, 4, 0);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"b\"} {\"app\":\"c\"}");
  change_rules (fixture, "", 0, 0);
  fixture->job->is_gone = FALSE;
  change_rules (fixture, "", 4, 0);
  sync_fixture_assert_equal (fixture, BUCKET);
}

/* No other bucket brings to light that the destination was set back. */
static void
test_gone_from_backup (SyncFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  publish (fixture, "");
  sync_fixture_stop_server (fixture);
  sync_fixture_copy (fixture, "server", "backup");
  sync_fixture_start_server (fixture);
  fixture->job->is_gone = TRUE;
  change_rules (fixture, HIDE_TITLES, 4, 0);

  sync_fixture_stop_server (fixture);
  sync_fixture_copy (fixture, "backup", "server");
  sync_fixture_start_server (fixture);
  change_rules (fixture, HIDE_TITLES, 4, 0);
  ASSERT_HELD (fixture,
               "{\"app\":\"a\"} {\"app\":\"a\",\"url\":\"u\"} {\"app\":\"b\"} {\"app\":\"c\"}");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/sync/obey/" name, SyncFixture, AW, sync_fixture_set_up, function,                  \
              sync_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("what-is-kept-obeys", test_kept_obeys);
  ADD ("kept-from-backup", test_kept_from_backup);
  ADD ("what-is-asked-about-obeys", test_asked_obeys);
  ADD ("applies-no-rule-twice", test_no_rule_twice);
  ADD ("applies-all-where-none-is-known", test_unknown_rules);
  ADD ("waits-for-the-destination", test_waits_for_the_destination);
  ADD ("reads-many-back-in-parts", test_many);
  ADD ("what-is-kept-among-others-obeys", test_kept_among_others);
  ADD ("what-was-published-before-the-date-obeys", test_before_the_date);
  ADD ("keeps-up-from-the-date", test_keeps_up_from_the_date);
  ADD ("before-the-date-is-read-later", test_before_the_date_is_read_later);
  ADD ("hole-stays-a-hole", test_hole_stays_a_hole);
  ADD ("what-is-left-obeys", test_left_obeys);
  ADD ("what-is-gone-obeys-without-a-source", test_gone_obeys);
  ADD ("what-was-gone-comes-back", test_gone_comes_back);
  ADD ("what-is-gone-obeys-after-a-backup", test_gone_from_backup);
  return g_test_run ();
}
