/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-rules-json.h"

#define TWO                                                                                        \
  "{\"version\":1,\"rules\":[{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\"},"                \
  "{\"id\":\"b\",\"enabled\":false}]}"

static char *
write_rules (GPtrArray *rules)
{
  return helio_rules_json_write (rules, FALSE);
}

static void
test_round_trip (void)
{
  g_autoptr (GPtrArray) rules = helio_rules_json_parse (TWO);
  g_autoptr (JsonNode) copy = helio_rule_json_copy (rules->pdata[0]);
  g_autoptr (GPtrArray) none = helio_rules_json_parse ("");
  g_autofree char *json = write_rules (rules);
  g_autofree char *empty = write_rules (none);

  helio_rule_json_set_on (copy, FALSE);
  g_assert_true (helio_rule_json_is_on (rules->pdata[0]));
  g_assert_cmpuint (rules->len, ==, 2);
  g_assert_cmpstr (json, ==, TWO);
  g_assert_cmpstr (empty, ==, "{\"version\":1,\"rules\":[]}");
}

/* What was written back would be another thing than what was read. */
static void
test_unknown (void)
{
  static const char *const texts[] = { "{",
                                       "[]",
                                       "7",
                                       "{}",
                                       "{\"version\":1}",
                                       "{\"version\":2,\"rules\":[]}",
                                       "{\"rules\":[]}",
                                       "{\"version\":[1],\"rules\":[]}",
                                       "{\"version\":\"1\",\"rules\":[]}",
                                       "{\"version\":1,\"rules\":{}}",
                                       "{\"version\":1,\"rules\":[],\"more\":1}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (helio_rules_json_parse (texts[i]));
}

/* What is lost as it is parsed would make a broken rule a good one. */
static void
test_unclear (void)
{
#define WITH(rule)                                                                                 \
  "{\"version\":1, \"rules\": [{\"id\":\"a\"},\n" rule ",{\"where\":{\"type\":\"x\"}}]}"
  static const char *const clear[]
      = { "", TWO, WITH ("7"), WITH ("{\"id\":\"id\",\"name\":\"{\\\"id\\\": [/#\"}"),
          WITH ("{\"type\":\"y\",\"where\":{\"type\":\"x\"}}") };
  static const char *const unclear[]
      = { WITH ("{\"id\":\"b\",\"action\":\"drop\",\"action\":\"keep\"}"),
          WITH ("{\"enabled\" :true, \"enabled\" :false}"), WITH ("{\"\\u0069d\":\"b\"}"),
          WITH ("{\"where\":{\"type\":\"x\",\"type\":\"y\"}}"),
          WITH ("{\"x\":[{\"a\":1,\"a\":1}]}") };

  for (guint i = 0; i < G_N_ELEMENTS (clear); i++)
    g_assert_true (helio_rules_json_is_clear (clear[i], -1));
  for (guint i = 0; i < G_N_ELEMENTS (unclear); i++)
    {
      g_autoptr (GPtrArray) rules = helio_rules_json_parse (unclear[i]);

      g_assert_nonnull (rules);
      g_assert_false (helio_rules_json_is_clear (unclear[i], -1));
      g_assert_false (helio_rules_json_is_clear (unclear[i], 0));
      g_assert_false (helio_rules_json_is_clear (unclear[i], 2));
      g_assert_true (helio_rules_json_is_clear (unclear[i], 1));
    }
  g_assert_false (helio_rules_json_is_clear ("{\"version\":1,\"rules\":[],\"rules\":[]}", 0));
  g_assert_false (helio_rules_json_is_clear ("{/* \" */\"version\":1,\"rules\":[]}", 0));
#undef WITH
}

static void
test_switches (void)
{
  g_autoptr (GPtrArray) rules = helio_rules_json_parse (TWO);
  g_autoptr (JsonNode) number = json_node_init_int (json_node_alloc (), 7);

  g_assert_true (helio_rule_json_is_on (rules->pdata[0]));
  g_assert_false (helio_rule_json_is_on (rules->pdata[1]));
  g_assert_true (helio_rule_json_set_on (rules->pdata[0], FALSE));
  g_assert_true (helio_rule_json_set_on (rules->pdata[1], TRUE));
  g_assert_false (helio_rule_json_is_on (rules->pdata[0]));
  g_assert_true (helio_rule_json_is_on (rules->pdata[1]));
  g_assert_true (helio_rule_json_is_on (number));
  g_assert_false (helio_rule_json_set_on (number, FALSE));
  g_assert_cmpstr (helio_rule_json_get (number, "id"), ==, "");
}

static void
test_ids (void)
{
  g_autoptr (GPtrArray) rules
      = helio_rules_json_parse ("{\"version\":1,\"rules\":[{\"id\":\"x\"},7,{\"id\":\"rule-4\"}]}");
  g_autofree char *id = helio_rules_json_make_id (rules);
  guint index;

  g_assert_cmpstr (id, ==, "rule-5");
  g_assert_true (helio_rules_json_find (rules, "rule-4", &index));
  g_assert_cmpuint (index, ==, 2);
  g_assert_false (helio_rules_json_find (rules, "rule-3", &index));
}

static void
test_merge (void)
{
  g_autoptr (GPtrArray) rules = helio_rules_json_parse (TWO);
  g_autoptr (GPtrArray) added
      = helio_rules_json_parse ("{\"version\":1,\"rules\":[{\"id\":\"b\"},{\"id\":\"c\"}]}");

  helio_rules_json_merge (rules, added);
  helio_rules_json_merge (rules, added);
  g_autofree char *json = write_rules (rules);
  g_assert_cmpstr (json, ==,
                   "{\"version\":1,\"rules\":[{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\"},"
                   "{\"id\":\"b\"},{\"id\":\"c\"}]}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/rules-json/sees-what-parsing-loses", test_unclear);
  g_test_add_func ("/model/rules-json/is-written-as-it-was-read", test_round_trip);
  g_test_add_func ("/model/rules-json/refuses-what-it-does-not-know", test_unknown);
  g_test_add_func ("/model/rules-json/switches-a-rule", test_switches);
  g_test_add_func ("/model/rules-json/finds-and-makes-ids", test_ids);
  g_test_add_func ("/model/rules-json/merges-a-preset", test_merge);
  return g_test_run ();
}
