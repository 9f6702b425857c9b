/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-error.h"
#include "window/helio-rule-change.h"

#define A "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\"}"
#define B "{\"id\":\"b\",\"match\":\"any\",\"action\":\"hide\",\"target\":\"x\"}"
#define C "{\"match\":\"any\"}"
#define OTHER "{\"id\":\"a\",\"match\":\"any\",\"action\":\"keep\"}"
#define RULES(list) "{\"version\":1,\"rules\":[" list "]}"

static JsonNode *
parse (const char *json)
{
  return json_from_string (json, NULL);
}

/* @change: (transfer full) */
static void
assert_makes (HelioRuleChange *change, const char *json, const char *expected)
{
  g_autoptr (HelioRuleChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autofree char *made = helio_rule_change_apply (owned, json, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (made, ==, expected);
}

/* @change: (transfer full) */
static void
assert_refuses (HelioRuleChange *change, const char *json)
{
  g_autoptr (HelioRuleChange) owned = change;
  g_autoptr (GError) error = NULL;

  g_assert_null (helio_rule_change_apply (owned, json, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_RULES_CHANGED);
}

/* @change: (transfer full) */
static void
assert_unclear (HelioRuleChange *change, const char *json)
{
  g_autoptr (HelioRuleChange) owned = change;
  g_autoptr (GError) error = NULL;

  g_assert_null (helio_rule_change_apply (owned, json, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
}

static void
test_put (void)
{
  g_autoptr (JsonNode) a = parse (A);
  g_autoptr (JsonNode) b = parse (B);
  g_autoptr (JsonNode) other = parse (OTHER);

  assert_makes (helio_rule_change_put (a, NULL), "", RULES (A));
  assert_makes (helio_rule_change_put (a, NULL), RULES (B), RULES (B "," A));
  assert_makes (helio_rule_change_put (b, a), RULES (A), RULES (B));
  /* Somebody else's new rule has the id that was free a moment ago. */
  assert_makes (helio_rule_change_put (a, NULL), RULES (A),
                RULES (A ",{\"id\":\"rule-2\",\"match\":\"any\",\"action\":\"drop\"}"));
  /* Somebody else changed or removed it. */
  assert_refuses (helio_rule_change_put (b, other), RULES (A));
  assert_refuses (helio_rule_change_put (b, a), RULES (B));
}

static void
test_remove_and_move (void)
{
  g_autoptr (JsonNode) a = parse (A);
  g_autoptr (JsonNode) b = parse (B);
  g_autoptr (JsonNode) c = parse (C);
  g_autoptr (JsonNode) other = parse (OTHER);

  assert_makes (helio_rule_change_remove (a), RULES (A "," B), RULES (B));
  assert_makes (helio_rule_change_remove (c), RULES (A "," C "," B), RULES (A "," B));
  assert_refuses (helio_rule_change_remove (a), RULES (B));
  /* Somebody else made it another rule, or there are two of that id. */
  assert_refuses (helio_rule_change_remove (other), RULES (A "," B));
  assert_refuses (helio_rule_change_move (other, 1), RULES (A "," B));
  assert_makes (helio_rule_change_remove (other), RULES (A "," OTHER "," B), RULES (A "," B));
  assert_makes (helio_rule_change_move (a, 1), RULES (A "," B), RULES (B "," A));
  assert_makes (helio_rule_change_move (b, -1), RULES (A "," B), RULES (B "," A));
  /* Somebody else moved it to the end already. */
  assert_makes (helio_rule_change_move (b, 1), RULES (A "," B), RULES (A "," B));
  assert_makes (helio_rule_change_move (a, -1), RULES (A "," B), RULES (A "," B));
}

/* Parsed, it is another rule, and no longer broken. */
static void
test_unclear (void)
{
#define TWICE "{\"id\":\"t\",\"action\":\"drop\",\"action\":\"keep\"}"
  g_autoptr (JsonNode) a = parse (A);
  g_autoptr (JsonNode) b = parse (B);
  g_autoptr (JsonNode) twice = parse (TWICE);

  assert_unclear (helio_rule_change_put (b, a), RULES (A "," TWICE));
  assert_unclear (helio_rule_change_put (b, NULL), RULES (A "," TWICE));
  assert_unclear (helio_rule_change_remove (a), RULES (A "," TWICE));
  assert_unclear (helio_rule_change_move (twice, -1), RULES (A "," TWICE));
  assert_unclear (helio_rule_change_switch (twice, TRUE), RULES (A "," TWICE));
  assert_unclear (helio_rule_change_merge (RULES (B)), RULES (A "," TWICE));
  assert_makes (helio_rule_change_put (b, twice), RULES (A "," TWICE), RULES (A "," B));
  assert_makes (helio_rule_change_remove (twice), RULES (A "," TWICE), RULES (A));
  assert_makes (helio_rule_change_switch (twice, FALSE), RULES (TWICE),
                RULES ("{\"id\":\"t\",\"action\":\"keep\",\"enabled\":false}"));
  assert_makes (helio_rule_change_clear (), RULES (TWICE), RULES (""));
#undef TWICE
}

static void
test_switch (void)
{
  g_autoptr (JsonNode) on = parse ("{\"id\":\"a\"}");
  g_autoptr (JsonNode) off = parse ("{\"id\":\"a\",\"enabled\":false}");
  g_autoptr (JsonNode) seven = parse ("7");

  assert_makes (helio_rule_change_switch (on, FALSE), RULES ("{\"id\":\"a\"}"),
                RULES ("{\"id\":\"a\",\"enabled\":false}"));
  assert_makes (helio_rule_change_switch (off, TRUE), RULES ("{\"id\":\"a\",\"enabled\":false}"),
                RULES ("{\"id\":\"a\"}"));
  assert_refuses (helio_rule_change_switch (off, TRUE),
                  RULES ("{\"id\":\"a\",\"enabled\":false,\"x\":1}"));
  assert_refuses (helio_rule_change_switch (seven, FALSE), RULES ("7"));
}

static void
test_merge_and_clear (void)
{
  assert_makes (helio_rule_change_merge (RULES (B)), RULES (A), RULES (A "," B));
  assert_makes (helio_rule_change_merge (RULES (B)), RULES (B "," A), RULES (B "," A));
  assert_refuses (helio_rule_change_merge (RULES (B)), "{\"version\":2,\"rules\":[]}");
  assert_makes (helio_rule_change_clear (), "{\"version\":2,\"rules\":[]}", RULES (""));
  assert_makes (helio_rule_change_clear (), "rubbish", RULES (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/rule-change/puts-a-rule", test_put);
  g_test_add_func ("/window/rule-change/removes-and-moves", test_remove_and_move);
  g_test_add_func ("/window/rule-change/switches", test_switch);
  g_test_add_func ("/window/rule-change/writes-no-broken-rule-as-a-good-one", test_unclear);
  g_test_add_func ("/window/rule-change/merges-and-clears", test_merge_and_clear);
  return g_test_run ();
}
