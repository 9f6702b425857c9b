/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "rules/helio-rules.h"

static gboolean
publish (const HelioRules *rules,
         HelioScope scope,
         int64_t start,
         int64_t duration,
         HelioPublished *published)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  HelioEvent event = { .start = start, .duration = duration, .data_len = 2 };

  return helio_rules_publish (rules, bucket, scope, &event, "{}", scratch, NULL, published);
}

static HelioRules *
rules_with_pause (int64_t start, int64_t end)
{
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  HelioPause pause = { start, end };

  g_array_append_val (pauses, pause);
  return helio_rules_new (pauses);
}

static void
test_without_pause (void)
{
  g_autoptr (HelioRules) rules = helio_rules_new (NULL);
  HelioPublished published;

  g_assert_true (publish (rules, HELIO_SCOPE_HISTORY, -5, 7, &published));
  g_assert_cmpint (published.start, ==, -5);
  g_assert_cmpint (published.duration, ==, 7);
  g_assert_cmpmem (published.data, published.length, "{}", 2);
}

static void
test_drops_in_pause (void)
{
  g_autoptr (HelioRules) rules = rules_with_pause (100, 200);
  HelioPublished published;

  g_assert_true (publish (rules, HELIO_SCOPE_HISTORY, 99, 0, &published));
  g_assert_false (publish (rules, HELIO_SCOPE_HISTORY, 100, 0, &published));
  g_assert_false (publish (rules, HELIO_SCOPE_HISTORY, 199, 500, &published));
  g_assert_true (publish (rules, HELIO_SCOPE_HISTORY, 200, 1, &published));
}

static void
test_cuts_at_pause (void)
{
  g_autoptr (HelioRules) rules = rules_with_pause (100, 200);
  HelioPublished published;

  g_assert_true (publish (rules, HELIO_SCOPE_HISTORY, 40, 500, &published));
  g_assert_cmpint (published.duration, ==, 60);
  g_assert_true (publish (rules, HELIO_SCOPE_HISTORY, 40, 60, &published));
  g_assert_cmpint (published.duration, ==, 60);
  g_assert_true (publish (rules, HELIO_SCOPE_HISTORY, 40, 59, &published));
  g_assert_cmpint (published.duration, ==, 59);
}

static void
test_presence_after_pause (void)
{
  g_autoptr (HelioRules) rules = rules_with_pause (100, 200);
  g_autoptr (HelioRules) paused = rules_with_pause (100, HELIO_TIME_MAX);
  HelioPublished published;

  g_assert_true (publish (rules, HELIO_SCOPE_PRESENCE, 150, 100, &published));
  g_assert_cmpint (published.start, ==, 200);
  g_assert_cmpint (published.duration, ==, 50);
  g_assert_false (publish (paused, HELIO_SCOPE_PRESENCE, 150, 100, &published));
}

static void
test_get_pause (void)
{
  g_autoptr (HelioRules) rules = rules_with_pause (100, 200);
  HelioPause pause;

  g_assert_false (helio_rules_get_pause (rules, 99, NULL));
  g_assert_true (helio_rules_get_pause (rules, 100, &pause));
  g_assert_cmpint (pause.end, ==, 200);
  g_assert_false (helio_rules_get_pause (rules, 200, NULL));
}

static void
test_levels (void)
{
  HelioLevel level;

  for (int i = HELIO_LEVEL_NOTHING; i <= HELIO_LEVEL_TITLE; i++)
    {
      g_assert_true (helio_level_from_string (helio_level_to_string (i), &level));
      g_assert_cmpint (level, ==, i);
    }
  g_assert_false (helio_level_from_string ("all", &level));
}

#define RULE(id, where, field)                                                                     \
  "{\"id\":\"" id "\"," where "\"field\":\"" field "\",\"match\":\"glob\",\"pattern\":\"*\","      \
  "\"action\":\"hide\"}"
#define RULES(rules) "{\"version\":1,\"rules\":[" rules "]}"

static void
assert_obeys (HelioRules *rules, const GArray *known, const char *should)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  g_autoptr (HelioRules) since = helio_rules_new_since (rules, bucket, known);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  const char *data = "{\"app\":\"a\",\"title\":\"t\",\"url\":\"u\"}";
  HelioEvent event = { .start = 50, .duration = 5, .data_len = (uint32_t) strlen (data) };
  HelioPublished published;

  g_assert_true ((since == NULL) == (should == NULL));
  if (since == NULL)
    return;
  g_assert_true (helio_rules_publish (since, bucket, HELIO_SCOPE_HISTORY, &event, data, scratch,
                                      NULL, &published));
  g_assert_cmpmem (published.data, published.length, should, strlen (should));
  g_assert_cmpint (published.duration, ==, 5);
}

/* What was published is looked at only by rules that came since, and by no pause. */
static void
test_since (void)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  const HelioPause pause = { 0, 100 };

  g_array_append_val (pauses, pause);

  g_autoptr (HelioRules) before
      = helio_rules_new_from_json (RULES (RULE ("t", "", "title")), pauses);
  g_autoptr (HelioRules) after = helio_rules_new_from_json (
      RULES (RULE ("u", "\"scope\":\"history\",", "url") "," RULE (
          "p", "\"scope\":\"presence\",",
          "app") "," RULE ("w", "\"where\":{\"type\":\"web*\"},",
                           "app") "," RULE ("o", "\"enabled\":false,",
                                            "app") "," RULE ("x",
                                                             "\"name\":\"other\",\"where\":{"
                                                             "\"bucket\":\"b\"},",
                                                             "title")),
      pauses);
  g_autoptr (GArray) known = helio_rules_list_digests (before, bucket);
  g_autoptr (GArray) all = helio_rules_list_digests (after, bucket);
  g_autoptr (GArray) none = helio_rules_list_digests (after, bucket);

  g_array_set_size (none, 0);
  g_assert_cmpuint (known->len, ==, 1);
  g_assert_cmpuint (all->len, ==, 2);
  assert_obeys (before, known, NULL);
  assert_obeys (before, all, NULL);
  assert_obeys (after, all, NULL);
  assert_obeys (after, known, "{\"app\":\"a\",\"title\":\"t\"}");
  assert_obeys (after, none, "{\"app\":\"a\"}");
  assert_obeys (after, NULL, "{\"app\":\"a\"}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/without-a-pause-all-leaves", test_without_pause);
  g_test_add_func ("/rules/drops-what-starts-in-a-pause", test_drops_in_pause);
  g_test_add_func ("/rules/cuts-what-runs-into-a-pause", test_cuts_at_pause);
  g_test_add_func ("/rules/presence-begins-after-a-pause", test_presence_after_pause);
  g_test_add_func ("/rules/knows-the-pause-of-a-time", test_get_pause);
  g_test_add_func ("/rules/names-every-level", test_levels);
  g_test_add_func ("/rules/applies-what-came-since", test_since);
  return g_test_run ();
}
