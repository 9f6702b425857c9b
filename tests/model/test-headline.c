/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-event.h"
#include "model/helio-headline.h"

/* 2026-03-02, a Monday, 10:54:30 UTC; the tests run in that zone. */
#define NOW G_GINT64_CONSTANT (1772448870000)
#define AT_10_42 (NOW - 12 * HELIO_MINUTE - 30 * HELIO_SECOND)

typedef struct
{
  const char *state;
  const char *trouble;
  int64_t paused_until;
  const char *presence; /* the text of a GVariant, or NULL */
  HelioLook look;
  const char *title;
  const char *detail;
} Case;

static void
check (const Case *cases, gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      const Case *c = &cases[i];
      g_autoptr (GVariant) presence
          = c->presence != NULL
                ? g_variant_parse (G_VARIANT_TYPE_VARDICT, c->presence, NULL, NULL, NULL)
                : NULL;
      HelioSituation situation = { c->state, c->trouble, c->paused_until, presence };
      g_autofree char *title = helio_situation_get_title (&situation, NOW);
      g_autofree char *detail = helio_situation_get_detail (&situation, NOW);

      g_test_message ("%s, %s", c->state != NULL ? c->state : "-", c->presence);
      g_assert_true (c->presence == NULL || presence != NULL);
      g_assert_cmpint (helio_situation_get_look (&situation), ==, c->look);
      g_assert_cmpstr (title, ==, c->title);
      g_assert_cmpstr (detail, ==, c->detail);
    }
}

static void
test_presence (void)
{
  const Case cases[] = {
    { "idle", "", 0,
      "{'state': <'active'>, 'since': <int64 1>, 'app': <'Firefox'>, 'title': <'A letter'>, "
      "'activity-since': <int64 1772448120000>}",
      HELIO_LOOK_ACTIVE, "Publishing", "Firefox · since 10:42 (12 min)" },
    { "publishing", "", 0, "{'state': <'active'>, 'since': <int64 1772448120000>}",
      HELIO_LOOK_ACTIVE, "Publishing", "active since 10:42" },
    { "idle", "", 0, "{'state': <'active'>, 'since': <int64 1772448850000>}", HELIO_LOOK_ACTIVE,
      "Publishing", "active since 10:54" },
    { "idle", "", 0, "{'state': <'active'>, 'app': <'Firefox'>}", HELIO_LOOK_ACTIVE, "Publishing",
      "Firefox" },
    { "idle", "", 0, "{'state': <'active'>}", HELIO_LOOK_ACTIVE, "Publishing", "" },
    { "idle", "", 0, "{'state': <'away'>, 'since': <int64 1772448120000>}", HELIO_LOOK_AWAY, "Away",
      "since 10:42 (12 min)" },
    { "idle", "", 0, "{'state': <'away'>, 'since': <int64 1772326020000>}", HELIO_LOOK_AWAY, "Away",
      "since Sun 00:47 (34 h 7 min)" },
    { "idle", "", 0, "{'state': <'away'>}", HELIO_LOOK_AWAY, "Away", "" },
    { "idle", "", 0, "{'state': <'locked'>, 'since': <int64 1772448120000>}", HELIO_LOOK_AWAY,
      "Locked", "since 10:42 (12 min)" },
    { "idle", "", 0, "{'state': <'online'>, 'since': <int64 1772448120000>}", HELIO_LOOK_AWAY,
      "Online", "ActivityWatch says nothing fresh" },
    { "idle", "", 0, "{'state': <'offline'>, 'since': <int64 1772448120000>}", HELIO_LOOK_OFFLINE,
      "Offline", "" },
    { "publishing", "", 0, "{}", HELIO_LOOK_AWAY, "Publishing", "No live status is shown" },
    { "idle", "", 0, "{}", HELIO_LOOK_AWAY, "Everything is published", "No live status is shown" },
    { "idle", NULL, 0, NULL, HELIO_LOOK_AWAY, "Everything is published",
      "No live status is shown" },
  };

  g_assert_cmpint (AT_10_42, ==, G_GINT64_CONSTANT (1772448120000));
  check (cases, G_N_ELEMENTS (cases));
}

static void
test_state (void)
{
  const Case cases[] = {
    { NULL, NULL, 0, NULL, HELIO_LOOK_OFFLINE, "Heliograph is not running", "" },
    { "quitting", "", 0, NULL, HELIO_LOOK_OFFLINE, "Quitting…", "" },
    { "starting", "", 0, "{}", HELIO_LOOK_OFFLINE, "Starting…", "" },
    { "setup", "", 0, "{}", HELIO_LOOK_OFFLINE, "Not set up yet", "Choose where to publish" },
    { "trouble", "Home: the token was refused", 0, "{}", HELIO_LOOK_TROUBLE, "Trouble",
      "Home: the token was refused" },
    { "trouble", NULL, 0, NULL, HELIO_LOOK_TROUBLE, "Trouble", "" },
    { "paused", "", NOW + 4 * HELIO_HOUR + 35 * HELIO_MINUTE + 30 * HELIO_SECOND, "{}",
      HELIO_LOOK_PAUSED, "Paused", "until 15:30" },
    { "paused", "", NOW + HELIO_DAY, "{}", HELIO_LOOK_PAUSED, "Paused", "until Tue 10:54" },
    { "paused", "", HELIO_TIME_MAX, "{}", HELIO_LOOK_PAUSED, "Paused", "until you resume" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_stale (void)
{
  const char *old = "{'state': <'active'>, 'app': <'Firefox'>, 'activity-since': <int64 1>}";
  const Case cases[] = {
    { NULL, NULL, HELIO_TIME_MAX, old, HELIO_LOOK_OFFLINE, "Heliograph is not running", "" },
    { "quitting", "", 0, old, HELIO_LOOK_OFFLINE, "Quitting…", "" },
    { "starting", "", 0, old, HELIO_LOOK_OFFLINE, "Starting…", "" },
    { "setup", "", 0, old, HELIO_LOOK_OFFLINE, "Not set up yet", "Choose where to publish" },
    { "paused", "", HELIO_TIME_MAX, old, HELIO_LOOK_PAUSED, "Paused", "until you resume" },
    { "trouble", "No network", 0, old, HELIO_LOOK_TROUBLE, "Trouble", "No network" },
    /* A pause that is over, an old "paused" when it is not: nothing is claimed. */
    { "paused", "", NOW - 1, "{}", HELIO_LOOK_PAUSED, "Paused", "" },
    { "idle", "", 0, "{'state': <'paused'>}", HELIO_LOOK_OFFLINE, "Offline", "" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_odd (void)
{
  const Case cases[] = {
    /* What another version might say. */
    { "idle", "", 0, "{'state': <'dancing'>}", HELIO_LOOK_AWAY, "Everything is published",
      "No live status is shown" },
    { "dreaming", "", 0, "{'state': <'away'>}", HELIO_LOOK_AWAY, "Away", "" },
    /* Of another type than ours. */
    { "idle", "", 0, "{'state': <7>, 'since': <'noon'>}", HELIO_LOOK_AWAY,
      "Everything is published", "No live status is shown" },
    /* A clock that was set back: no negative span. */
    { "idle", "", 0, "{'state': <'away'>, 'since': <int64 1772449200000>}", HELIO_LOOK_AWAY, "Away",
      "since 11:00" },
    /* An app's name comes from anywhere. */
    { "idle", "", 0, "{'state': <'active'>, 'app': <'a\\nb'>}", HELIO_LOOK_ACTIVE, "Publishing",
      "a\uFFFDb" },
  };

  check (cases, G_N_ELEMENTS (cases));
}

static void
test_icon_names (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (int look = HELIO_LOOK_ACTIVE; look <= HELIO_LOOK_OFFLINE; look++)
    g_assert_true (g_hash_table_add (names, (gpointer) helio_look_to_icon_name ((HelioLook) look)));
  g_assert_cmpstr (helio_look_to_icon_name (HELIO_LOOK_AWAY), ==,
                   "io.github.heliograph.Heliograph-away-symbolic");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/headline/says-what-is-published", test_presence);
  g_test_add_func ("/model/headline/says-what-the-agent-is-about", test_state);
  g_test_add_func ("/model/headline/says-nothing-stale", test_stale);
  g_test_add_func ("/model/headline/takes-what-it-does-not-know", test_odd);
  g_test_add_func ("/model/headline/has-an-icon-per-look", test_icon_names);
  return g_test_run ();
}
