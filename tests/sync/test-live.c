/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "sync/helio-live.h"

#define NOW (G_GINT64_CONSTANT (1763680000000))
#define AGO(seconds) (NOW - (seconds) *HELIO_SECOND)

typedef struct
{
  HelioLiveInput input;
  HelioRules *rules;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->rules = helio_rules_new (NULL);
  fixture->input = (HelioLiveInput){
    .now = NOW,
    .buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_live_bucket_free),
    .is_aw_readable = TRUE,
    .rules = fixture->rules,
    .level = HELIO_LEVEL_TITLE,
    .away_threshold = 180,
    .media_keeps_active = TRUE,
  };
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_ptr_array_unref (fixture->input.buckets);
  helio_rules_unref (fixture->rules);
}

/* The newest event of a new bucket: from @since to @until seconds ago. */
static void
add (Fixture *fixture, const char *type, int since, int until, const char *json)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new (type, type, NULL, "laptop", NULL);
  HelioLiveBucket *live = helio_live_bucket_new (bucket, TRUE);

  live->tail.page = helio_page_new ();
  helio_page_add (live->tail.page, AGO (since), (since - until) * HELIO_SECOND, 1, json,
                  strlen (json));
  live->tail.page->hi = NOW;
  g_ptr_array_add (fixture->input.buckets, live);
}

static void
add_window (Fixture *fixture, int since, int until)
{
  add (fixture, "currentwindow", since, until, "{\"app\":\"Code\",\"title\":\"a \\u00e9\"}");
}

static void
add_media (Fixture *fixture, int since, int until)
{
  add (fixture, "currently-playing", since, until, "{\"artist\":\"Nina\",\"title\":\"Song\"}");
}

static void
add_afk (Fixture *fixture, const char *status, int since, int until)
{
  g_autofree char *json = g_strdup_printf ("{\"status\":\"%s\"}", status);

  add (fixture, "afkstatus", since, until, json);
}

static HelioPresence *
expect (Fixture *fixture, HelioState state, int64_t since, const char *app)
{
  HelioPresence *presence = helio_live_decide (&fixture->input);

  g_assert_nonnull (presence);
  g_assert_cmpstr (helio_state_to_string (presence->state), ==, helio_state_to_string (state));
  g_assert_cmpint (presence->since, ==, since);
  g_assert_cmpstr (presence->app, ==, app);
  return presence;
}

static void
test_active (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;

  add_afk (fixture, "not-afk", 1000, 190);
  add_window (fixture, 60, 12);
  presence = expect (fixture, HELIO_STATE_ACTIVE, AGO (1000), "Code");
  g_assert_cmpstr (presence->title, ==, "a é");
  g_assert_cmpint (presence->activity_since, ==, AGO (60));
  g_assert_null (presence->media_title);
}

static void
test_old_window_is_not_shown (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;

  add_afk (fixture, "not-afk", 1000, 5);
  add_window (fixture, 600, 31);
  add_media (fixture, 600, 31);
  presence = expect (fixture, HELIO_STATE_ACTIVE, AGO (1000), NULL);
  g_assert_null (presence->title);
  g_assert_null (presence->media_title);
}

static void
test_old_afk_tells_nothing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;
  HelioPresence before = { .state = HELIO_STATE_ONLINE, .since = AGO (77) };

  add_afk (fixture, "not-afk", 1000, 201);
  add_window (fixture, 60, 12);
  presence = expect (fixture, HELIO_STATE_ONLINE, NOW, NULL);
  helio_presence_free (g_steal_pointer (&presence));
  fixture->input.previous = &before;
  presence = expect (fixture, HELIO_STATE_ONLINE, AGO (77), NULL);
}

static void
test_away (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;

  add_afk (fixture, "afk", 500, 3);
  add_window (fixture, 600, 5);
  presence = expect (fixture, HELIO_STATE_AWAY, AGO (500), NULL);
}

static void
test_media_keeps_active (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;

  add_afk (fixture, "afk", 500, 3);
  add_window (fixture, 600, 5);
  add_media (fixture, 100, 8);
  presence = expect (fixture, HELIO_STATE_ACTIVE, NOW, "Code");
  g_assert_cmpstr (presence->media_title, ==, "Song");
  g_assert_cmpstr (presence->media_artist, ==, "Nina");
  helio_presence_free (g_steal_pointer (&presence));

  fixture->input.media_keeps_active = FALSE;
  presence = expect (fixture, HELIO_STATE_AWAY, AGO (500), NULL);
}

static void
test_without_afk_bucket (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;
  HelioPresence before = { .state = HELIO_STATE_ACTIVE, .since = AGO (40) };

  add_window (fixture, 600, 29);
  fixture->input.previous = &before;
  presence = expect (fixture, HELIO_STATE_ACTIVE, AGO (40), "Code");
  helio_presence_free (g_steal_pointer (&presence));
  fixture->input.now += 2 * HELIO_SECOND;
  presence = expect (fixture, HELIO_STATE_ONLINE, fixture->input.now, NULL);
}

static void
test_nothing_readable (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;

  add_afk (fixture, "not-afk", 1000, 5);
  add_window (fixture, 60, 5);
  fixture->input.is_aw_readable = FALSE;
  presence = expect (fixture, HELIO_STATE_ONLINE, NOW, NULL);
}

static void
test_lock_and_pause_come_first (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  HelioPause pause = { AGO (9), HELIO_TIME_MAX };

  add_afk (fixture, "not-afk", 1000, 5);
  add_window (fixture, 60, 5);
  fixture->input.is_locked = TRUE;
  fixture->input.locked_since = AGO (3);
  presence = expect (fixture, HELIO_STATE_LOCKED, AGO (3), NULL);
  helio_presence_free (g_steal_pointer (&presence));
  /* The clock was set back meanwhile. */
  fixture->input.locked_since = AGO (-3);
  presence = expect (fixture, HELIO_STATE_LOCKED, NOW, NULL);
  helio_presence_free (g_steal_pointer (&presence));

  g_array_append_val (pauses, pause);
  helio_rules_unref (fixture->rules);
  fixture->input.rules = fixture->rules = helio_rules_new (pauses);
  presence = expect (fixture, HELIO_STATE_PAUSED, AGO (9), NULL);
}

static void
test_levels (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) app = NULL;
  g_autoptr (HelioPresence) state = NULL;

  add_afk (fixture, "not-afk", 1000, 5);
  add_window (fixture, 60, 5);
  add_media (fixture, 100, 8);
  fixture->input.level = HELIO_LEVEL_APP;
  app = expect (fixture, HELIO_STATE_ACTIVE, AGO (1000), "Code");
  g_assert_null (app->title);
  g_assert_null (app->media_title);
  fixture->input.level = HELIO_LEVEL_STATE;
  state = expect (fixture, HELIO_STATE_ACTIVE, AGO (1000), NULL);
  fixture->input.level = HELIO_LEVEL_NOTHING;
  g_assert_null (helio_live_decide (&fixture->input));
}

/* A rule may be for what is happening now only, or not for it. */
static void
test_rules_have_a_scope (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const scopes[] = { "presence", "both", "history" };

  add_afk (fixture, "not-afk", 1000, 5);
  add_window (fixture, 60, 5);
  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    {
      g_autoptr (HelioPresence) presence = NULL;
      g_autofree char *json = g_strdup_printf (
          "{\"version\":1,\"rules\":[{\"id\":\"r\",\"name\":\"r\",\"scope\":\"%s\","
          "\"field\":\"app\",\"match\":\"exact\",\"pattern\":\"Code\",\"action\":\"drop\"}]}",
          scopes[i]);

      helio_rules_unref (fixture->rules);
      fixture->input.rules = fixture->rules = helio_rules_new_from_json (json, NULL);
      presence = expect (fixture, HELIO_STATE_ACTIVE, AGO (1000), i < 2 ? NULL : "Code");
      g_assert_cmpint (presence->title != NULL, ==, i == 2);
    }
}

static void
test_freshest_bucket_counts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;

  add_afk (fixture, "afk", 5000, 400);
  add_afk (fixture, "not-afk", 300, 4);
  add_window (fixture, 60, 5);
  presence = expect (fixture, HELIO_STATE_ACTIVE, AGO (300), "Code");
}

/* A clock that was ahead for a while recorded events that are still to come: when their time comes
 * they say what was true then, not what is happening now. */
static void
test_misdated (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (HelioPresence) presence = NULL;
  HelioPage *page;

  add_afk (fixture, "afk", 300, 4);
  page = ((HelioLiveBucket *) fixture->input.buckets->pdata[0])->tail.page;
  helio_page_add (page, AGO (20), HELIO_HOUR, 2, "{\"status\":\"not-afk\"}", 20);
  helio_page_sort (page);
  presence = expect (fixture, HELIO_STATE_AWAY, AGO (300), NULL);
  helio_presence_free (g_steal_pointer (&presence));

  g_ptr_array_set_size (fixture->input.buckets, 0);
  add_afk (fixture, "not-afk", 300, 4);
  add_window (fixture, 60, 5);
  page = ((HelioLiveBucket *) fixture->input.buckets->pdata[1])->tail.page;
  helio_page_add (page, AGO (20), HELIO_HOUR, 2, "{\"app\":\"Old\"}", 13);
  helio_page_sort (page);
  presence = expect (fixture, HELIO_STATE_ACTIVE, AGO (300), "Code");
}

static void
test_what_presence_reads (void)
{
  g_autoptr (HelioBucket) window = helio_bucket_new ("w", "currentwindow", NULL, "laptop", NULL);
  g_autoptr (HelioBucket) web = helio_bucket_new ("t", "web.tab.current", NULL, "laptop", NULL);
  g_autoptr (HelioBucket) copy
      = helio_bucket_new ("w-synced-from-pc", "currentwindow", NULL, "laptop", NULL);

  g_assert_true (helio_live_is_for_presence (window, "laptop"));
  g_assert_false (helio_live_is_for_presence (window, "pc"));
  g_assert_false (helio_live_is_for_presence (web, "laptop"));
  g_assert_false (helio_live_is_for_presence (copy, "laptop"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/sync/live/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("active-shows-the-window", test_active);
  ADD ("an-old-window-is-not-shown", test_old_window_is_not_shown);
  ADD ("an-old-afk-event-tells-nothing", test_old_afk_tells_nothing);
  ADD ("away-since-the-afk-event-began", test_away);
  ADD ("media-keeps-active", test_media_keeps_active);
  ADD ("without-afk-bucket-the-window-counts", test_without_afk_bucket);
  ADD ("online-when-nothing-can-be-read", test_nothing_readable);
  ADD ("pause-before-lock-before-all", test_lock_and_pause_come_first);
  ADD ("each-level-shows-its-part", test_levels);
  ADD ("rules-have-a-scope", test_rules_have_a_scope);
  ADD ("the-freshest-bucket-counts", test_freshest_bucket_counts);
  ADD ("a-clock-that-was-ahead-tells-nothing-of-now", test_misdated);
  g_test_add_func ("/sync/live/reads-window-afk-and-media-of-this-host", test_what_presence_reads);
  return g_test_run ();
}
