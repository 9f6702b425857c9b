/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "rules/helio-rules.h"

#include <string.h>

#define WINDOW "{\"app\":\"Editor\",\"title\":\"letter \\\"x\\\" ü\"}"
#define WEB                                                                                        \
  "{\"audible\":false,\"incognito\":true,\"tabCount\":3,\"title\":\"A page\","                     \
  "\"url\":\"https://me:pw@example.org:8080/path?q=1\"}"

static HelioRules *
make_rules (const char *rules)
{
  g_autofree char *json = g_strdup_printf ("{\"version\":1,\"rules\":[%s]}", rules);

  return helio_rules_new_from_json (json, NULL);
}

/* What the rules make of the data, NULL if it is dropped; twice with a memo, which must not make
 * a difference. */
static char *
publish_scope (const HelioRules *rules, const char *type, const char *data, HelioScope scope)
{
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("a-bucket", type, NULL, NULL, NULL);
  g_autoptr (HelioMemo) memo = helio_memo_new ();
  HelioMemo *memos[] = { NULL, memo, memo };
  g_autofree char *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (memos); i++)
    {
      g_autoptr (GByteArray) scratch = g_byte_array_new ();
      HelioEvent event = { .start = 5, .duration = 6, .data_len = (uint32_t) strlen (data) };
      g_autofree char *made = NULL;
      HelioPublished published;

      if (helio_rules_publish (rules, bucket, scope, &event, data, scratch, memos[i], &published))
        made = g_strndup (published.data, published.length);
      if (i == 0)
        first = g_strdup (made);
      g_assert_cmpstr (made, ==, first);
    }
  return g_steal_pointer (&first);
}

static void
check (const char *rule, const char *type, const char *data, const char *expected)
{
  g_autoptr (HelioRules) rules = make_rules (rule);
  g_autofree char *why = helio_rules_explain (rules, NULL);
  g_autofree char *made = publish_scope (rules, type, data, HELIO_SCOPE_HISTORY);

  g_test_message ("%s", rule);
  g_assert_cmpstr (why, ==, NULL);
  g_assert_cmpstr (made, ==, expected);
}

#define LOOK "\"id\":\"a\",\"field\":\"app\",\"match\":\"exact\",\"pattern\":\"Editor\","

static void
test_actions (void)
{
  check ("{" LOOK "\"action\":\"drop\"}", "currentwindow", WINDOW, NULL);
  check ("{" LOOK "\"action\":\"hide\"}", "currentwindow", WINDOW,
         "{\"title\":\"letter \\\"x\\\" ü\"}");
  check ("{" LOOK "\"action\":\"hide\",\"target\":\"title\"}", "currentwindow", WINDOW,
         "{\"app\":\"Editor\"}");
  check ("{" LOOK "\"action\":\"hide\",\"target\":\"none\"}", "currentwindow", WINDOW, WINDOW);
  check ("{" LOOK "\"action\":\"keep\"}", "currentwindow", WINDOW, "{\"app\":\"Editor\"}");
  check ("{" LOOK "\"action\":\"replace\",\"target\":\"title\",\"with\":\"a\\n\\\"b\\\"\"}",
         "currentwindow", WINDOW, "{\"app\":\"Editor\",\"title\":\"a\\n\\\"b\\\"\"}");
  check ("{" LOOK "\"action\":\"replace\",\"target\":\"none\",\"with\":\"x\"}", "currentwindow",
         WINDOW, WINDOW);
  check ("{" LOOK "\"action\":\"rename\",\"with\":\"Word\"}", "currentwindow", WINDOW,
         "{\"app\":\"Word\",\"title\":\"letter \\\"x\\\" ü\"}");
  check ("{\"id\":\"a\",\"match\":\"any\",\"action\":\"hide\",\"target\":\"title\"}",
         "currentwindow", WINDOW, "{\"app\":\"Editor\"}");
  check ("{\"id\":\"a\",\"match\":\"any\",\"action\":\"rename\",\"with\":\"X\"}", "currentwindow",
         "{\"app\":1}", "{\"app\":\"X\"}");
  check ("{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\"}", "afkstatus", "{}", NULL);
}

static void
test_matches (void)
{
#define FIND(match, pattern)                                                                       \
  "{\"id\":\"a\",\"field\":\"title\",\"match\":\"" match "\",\"pattern\":\"" pattern               \
  "\",\"action\":\"drop\"}"
  check (FIND ("glob", "*\\\"X\\\"*"), "currentwindow", WINDOW, NULL);
  check (FIND ("regex", "^letter .x. Ü$"), "currentwindow", WINDOW, NULL);
  check (FIND ("exact", "letter"), "currentwindow", WINDOW, WINDOW);
  check (FIND ("regex", "^nothing$"), "currentwindow", WINDOW, WINDOW);
  check (FIND ("glob", "*"), "currentwindow", "{\"app\":\"x\"}", "{\"app\":\"x\"}");
  check ("{\"id\":\"a\",\"field\":\"title\",\"match\":\"glob\",\"pattern\":\"LETTER*\","
         "\"match_case\":true,\"action\":\"drop\"}",
         "currentwindow", WINDOW, WINDOW);
#undef FIND
}

/* What is no text is compared as its JSON. */
static void
test_values (void)
{
#define FIELD(field, pattern)                                                                      \
  "{\"id\":\"a\",\"field\":\"" field "\",\"match\":\"exact\",\"pattern\":\"" pattern               \
  "\",\"action\":\"drop\"}"
  check (FIELD ("incognito", "true"), "web.tab.current", WEB, NULL);
  check (FIELD ("incognito", "false"), "web.tab.current", WEB, WEB);
  check (FIELD ("tabCount", "3"), "web.tab.current", WEB, NULL);
  check (FIELD ("x", "[1,2]"), "t", "{\"x\":[1,2]}", NULL);
  check (FIELD ("ü\\\"\\n", "y"), "t", "{\"ü\\\"\\n\":\"y\"}", NULL);
  check (FIELD ("x", "a\\tb"), "t", "{\"x\":\"a\\tb\"}", NULL);
#undef FIELD
}

static void
test_where (void)
{
#define WHERE(where) "{\"id\":\"a\",\"where\":" where ",\"match\":\"any\",\"action\":\"drop\"}"
  check (WHERE ("{\"type\":\"currentwindow\"}"), "currentwindow", WINDOW, NULL);
  check (WHERE ("{\"type\":\"currentwindow\"}"), "afkstatus", "{}", "{}");
  check (WHERE ("{\"type\":\"web.*\"}"), "web.tab.current", WEB, NULL);
  check (WHERE ("{\"except_type\":\"afkstatus\"}"), "afkstatus", "{}", "{}");
  check (WHERE ("{\"except_type\":\"afkstatus\"}"), "currentwindow", WINDOW, NULL);
  check (WHERE ("{\"bucket\":\"a-*\"}"), "t", "{}", NULL);
  check (WHERE ("{\"bucket\":\"b-*\"}"), "t", "{}", "{}");
#undef WHERE
}

static void
test_scopes (void)
{
  static const char *const scopes[] = { "both", "history", "presence" };

  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    {
      g_autofree char *rule = g_strdup_printf (
          "{\"id\":\"a\",\"scope\":\"%s\",\"match\":\"any\",\"action\":\"drop\"}", scopes[i]);
      g_autoptr (HelioRules) rules = make_rules (rule);
      g_autofree char *history = publish_scope (rules, "t", "{}", HELIO_SCOPE_HISTORY);
      g_autofree char *presence = publish_scope (rules, "t", "{}", HELIO_SCOPE_PRESENCE);

      g_assert_cmpstr (history, ==, i == 2 ? "{}" : NULL);
      g_assert_cmpstr (presence, ==, i == 1 ? "{}" : NULL);
    }
}

/* Each rule sees what those before it left. */
static void
test_order (void)
{
#define RENAME                                                                                     \
  "{\"id\":\"a\",\"field\":\"app\",\"match\":\"exact\",\"pattern\":\"Editor\","                    \
  "\"action\":\"rename\",\"with\":\"Word\"}"
#define DROP                                                                                       \
  "{\"id\":\"b\",\"field\":\"app\",\"match\":\"exact\",\"pattern\":\"Word\",\"action\":\"drop\"}"
  check (RENAME "," DROP, "currentwindow", "{\"app\":\"Editor\"}", NULL);
  check (DROP "," RENAME, "currentwindow", "{\"app\":\"Editor\"}", "{\"app\":\"Word\"}");
}

static void
test_captures (void)
{
  check ("{\"id\":\"a\",\"field\":\"url\",\"match\":\"regex\",\"pattern\":"
         "\"^https?://(?:[^/?#]*@)?([^/?#:@]+)\",\"action\":\"replace\",\"with\":\"\\\\1\"}",
         "web.tab.current", WEB,
         "{\"audible\":false,\"incognito\":true,\"tabCount\":3,\"title\":\"A page\","
         "\"url\":\"example.org\"}");
  check ("{\"id\":\"a\",\"field\":\"title\",\"match\":\"regex\",\"pattern\":\"^(\\\\w+) (.*)\","
         "\"action\":\"replace\",\"target\":\"app\",\"with\":\"\\\\2\"}",
         "currentwindow", WINDOW, "{\"app\":\"\\\"x\\\" ü\",\"title\":\"letter \\\"x\\\" ü\"}");
}

static void
test_names_the_rule (void)
{
  g_autoptr (HelioRules) rules = make_rules ("{\"id\":\"x\",\"name\":\"My rule\",\"match\":\"any\","
                                             "\"action\":\"hide\",\"target\":\"title\"}");
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "t", NULL, NULL, NULL);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  HelioEvent event = { .data_len = 2 };
  HelioPublished published;

  g_assert_true (helio_rules_publish (rules, bucket, HELIO_SCOPE_HISTORY, &event, "{}", scratch,
                                      NULL, &published));
  g_assert_cmpstr (published.rule, ==, "My rule");
  g_assert_cmpmem (published.data, published.length, "{}", 2);
}

/* Data that nothing can be said about stays here as soon as a rule concerns it. */
static void
test_odd_data (void)
{
  const char *rule = "{\"id\":\"a\",\"field\":\"x\",\"match\":\"exact\",\"pattern\":\"y\","
                     "\"action\":\"hide\"}";

  check (rule, "t", "[1]", NULL);
  check (rule, "t", "\"x\"", NULL);
  check (rule, "t", "{}", "{}");
  check ("{\"id\":\"a\",\"match\":\"any\",\"where\":{\"type\":\"u\"},\"action\":\"drop\"}", "t",
         "[1]", "[1]");
}

/* What can't be decided in time does not leave. */
static void
test_undecided (void)
{
  g_autofree char *many = g_strnfill (5000, 'a');
  g_autofree char *data = g_strdup_printf ("{\"title\":\"%s!\"}", many);

  check ("{\"id\":\"a\",\"field\":\"title\",\"match\":\"regex\",\"pattern\":\"^(a+)+$\","
         "\"action\":\"hide\"}",
         "t", data, NULL);
}

/* -- hash --------------------------------------------------------------------------------- */

static uint64_t
hash (const char *text)
{
  g_autoptr (HelioRules) rules = make_rules (text);
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", "t", NULL, NULL, NULL);

  return helio_rules_get_hash (rules, bucket);
}

static void
test_hash (void)
{
  const uint64_t none = hash ("");
  const uint64_t one = hash (RENAME);

  g_assert_cmpuint (none, ==, 1);
  /* The same in every run of every version, or all is published again. */
  g_assert_cmpuint (one, ==, G_GUINT64_CONSTANT (4179352674680555925));
  g_assert_cmpuint (hash (RENAME "," DROP), !=, hash (DROP "," RENAME));
  g_assert_cmpuint (hash (RENAME "," DROP), !=, one);
  g_assert_cmpuint (one, <=, (uint64_t) G_MAXINT64);

#define VARY(more, pattern, action)                                                                \
  "{\"id\":\"z\"," more "\"field\":\"app\",\"match\":\"exact\",\"pattern\":\"" pattern             \
  "\",\"action\":" action "}"
  g_assert_cmpuint (hash (VARY ("\"name\":\"n\",", "Editor", "\"rename\",\"with\":\"Word\"")), ==,
                    one);
  g_assert_cmpuint (
      hash (VARY ("\"where\":{\"type\":\"t\"},", "Editor", "\"rename\",\"with\":\"Word\"")), ==,
      one);
  g_assert_cmpuint (
      hash (VARY ("\"scope\":\"history\",", "Editor", "\"rename\",\"with\":\"Word\"")), ==, one);
  g_assert_cmpuint (
      hash (VARY ("\"scope\":\"presence\",", "Editor", "\"rename\",\"with\":\"Word\"")), ==, none);
  g_assert_cmpuint (
      hash (VARY ("\"where\":{\"type\":\"u\"},", "Editor", "\"rename\",\"with\":\"Word\"")), ==,
      none);
  g_assert_cmpuint (hash (VARY ("\"enabled\":false,", "Editor", "\"rename\",\"with\":\"Word\"")),
                    ==, none);
  g_assert_cmpuint (hash (VARY ("\"match_case\":true,", "Editor", "\"rename\",\"with\":\"Word\"")),
                    !=, one);
  g_assert_cmpuint (hash (VARY ("", "Edito", "\"rename\",\"with\":\"Word\"")), !=, one);
  g_assert_cmpuint (hash (VARY ("", "Editor", "\"rename\",\"with\":\"Words\"")), !=, one);
  g_assert_cmpuint (hash (VARY ("", "Editor", "\"hide\"")), !=,
                    hash (VARY ("", "Editor", "\"keep\"")));
#undef VARY
}

/* -- broken ------------------------------------------------------------------------------- */

/* @error: what is said; NULL: nothing is wrong */
static void
check_broken (const char *json, const char *error, gboolean stops_window, gboolean stops_web)
{
  g_autoptr (HelioRules) rules = helio_rules_new_from_json (json, NULL);
  g_autoptr (HelioBucket) window = helio_bucket_new ("w", "currentwindow", NULL, NULL, NULL);
  g_autoptr (HelioBucket) web = helio_bucket_new ("v", "web.tab.current", NULL, NULL, NULL);
  g_autoptr (GPtrArray) problems = helio_rules_list_problems (rules);
  g_autofree char *why = helio_rules_explain (rules, NULL);
  g_autofree char *made = publish_scope (rules, "currentwindow", WINDOW, HELIO_SCOPE_HISTORY);
  g_autofree char *shown = publish_scope (rules, "currentwindow", WINDOW, HELIO_SCOPE_PRESENCE);

  g_test_message ("%.14s: %s", json, why);
  g_assert_true (why == NULL || g_utf8_validate (why, -1, NULL));
  g_assert_cmpint (helio_rules_is_stopped (rules, window), ==, stops_window);
  g_assert_cmpint (helio_rules_is_stopped (rules, web), ==, stops_web);
  g_assert_cmpint (why != NULL, ==, stops_window || stops_web);
  if (stops_window)
    {
      g_assert_cmpstr (made, ==, NULL);
      g_assert_cmpstr (shown, ==, NULL);
    }
  else
    g_assert_cmpstr (made, ==, WINDOW);
  g_assert_cmpuint (problems->len, ==, error != NULL ? 1 : 0);
  if (error != NULL && strstr (((HelioRuleProblem *) problems->pdata[0])->error, error) == NULL)
    g_error ("“%s” does not say “%s”", ((HelioRuleProblem *) problems->pdata[0])->error, error);
}

static void
test_broken_file (void)
{
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *huge = g_strnfill (300000, ' ');
  const char *odd = "{\"version\":1,\"x"
                    "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü\":1}";
  const char *cases[][2] = {
    { "{", "not valid JSON" },
    { "[]", "not a JSON object" },
    { "null", "not a JSON object" },
    { "{}", "no “version”" },
    { "{\"version\":1}", "no list" },
    { "{\"version\":2,\"rules\":[]}", "version 2" },
    { "{\"version\":1.0,\"rules\":[]}", "not valid JSON" },
    { "{\"version\":\"1\",\"rules\":[]}", "not valid JSON" },
    { "{\"version\":1,\"rules\":{}}", "“rules”" },
    { "{\"version\":1,\"rules\":[],\"more\":1}", "“more”" },
    { "{\"version\":1,\"rules\":[],\"rules\":[]}", "“rules”" },
    { "{\"version\":1,\"rules\":[]} x", "not valid JSON" },
    { "{\"version\":1,\"rules\":[],}", "not valid JSON" },
    { deep, "not a JSON object" },
    { huge, "longer than" },
    { odd, "unknown" },
    { " ", "not a JSON object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_broken (cases[i][0], cases[i][1], TRUE, TRUE);
  check_broken ("", NULL, FALSE, FALSE);
  check_broken ("{\"version\":1,\"rules\":[]}", NULL, FALSE, FALSE);
}

static void
test_broken_rules (void)
{
  static const char *const cases[][2] = {
    { "1", "must be an object" },
    { "{}", "“id” must be" },
    { "{\"id\":\"A\",\"match\":\"any\",\"action\":\"drop\"}", "“id” must be" },
    { "{\"id\":\"a\",\"match\":\"any\"}", "“action” must be one of drop, hide, keep" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"burn\"}", "“action” must be one of" },
    { "{\"id\":\"a\",\"match\":\"like\",\"action\":\"drop\"}", "“match” must be one of" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"x\":1}", "unknown member “x”" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"scope\":\"x\"}", "“scope” must be" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"scope\":1}", "“scope” must be" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"enabled\":0}", "“enabled” must be" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"id\":\"b\"}", "twice" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"\\u0069d\":\"b\"}", "twice" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"hide\"}", "needs “target”" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"target\":\"x\"}", "no “target”" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"with\":\"x\"}", "no “with”" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"rename\"}", "needs “with”" },
    { "{\"id\":\"a\",\"match\":\"any\",\"pattern\":\"x\",\"action\":\"drop\"}", "no “pattern”" },
    { "{\"id\":\"a\",\"match\":\"glob\",\"pattern\":\"x\",\"action\":\"drop\"}", "needs “field”" },
    { "{" LOOK "\"action\":\"replace\",\"with\":\"a\\u0000b\"}", "NUL" },
    { "{\"id\":\"a\",\"field\":\"x\",\"match\":\"regex\",\"pattern\":\"(\",\"action\":\"drop\"}",
      "no regular expression" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"where\":{\"kind\":\"x\"}}",
      "unknown member “kind”" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"where\":{}}", "“where” takes one" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"where\":\"web\"}", "“where” must be" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"where\":{\"type\":\"web.*\","
      "\"bucket\":\"x\"}}",
      "“where” takes one" },
    { "{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\",\"where\":{\"type\":\"web.*\"},"
      "\"where\":{\"type\":\"web.*\"}}",
      "twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"version\":1,\"rules\":[%s]}", cases[i][0]);

      check_broken (json, cases[i][1], TRUE, TRUE);
    }
}

/* A rule says where it is broken, and what is switched off stops nothing. */
static void
test_broken_here (void)
{
  check_broken ("{\"version\":1,\"rules\":[{\"id\":\"a\",\"where\":{\"type\":\"web.*\"},"
                "\"match\":\"any\",\"action\":\"burn\"}]}",
                "“action”", FALSE, TRUE);
  check_broken ("{\"version\":1,\"rules\":[{\"id\":\"a\",\"action\":\"burn\",\"enabled\":false,"
                "\"match\":\"any\"}]}",
                "“action”", FALSE, FALSE);
  check_broken ("{\"version\":1,\"rules\":[{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\","
                "\"where\":{\"type\":\"x\"}},{\"id\":\"a\",\"match\":\"any\",\"action\":\"drop\","
                "\"where\":{\"type\":\"web.*\"}}]}",
                "another rule", FALSE, TRUE);
}

static void
test_too_many (void)
{
  g_autoptr (GString) json = g_string_new ("{\"version\":1,\"rules\":[");

  for (int i = 0; i <= 500; i++)
    g_string_append_printf (json, "%s{\"id\":\"r%d\",\"match\":\"any\",\"action\":\"drop\"}",
                            i > 0 ? "," : "", i);
  g_string_append (json, "]}");
  check_broken (json->str, "more than 500", TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/rule/does-each-action", test_actions);
  g_test_add_func ("/rules/rule/matches-texts", test_matches);
  g_test_add_func ("/rules/rule/matches-other-values", test_values);
  g_test_add_func ("/rules/rule/looks-where-it-should", test_where);
  g_test_add_func ("/rules/rule/has-a-scope", test_scopes);
  g_test_add_func ("/rules/rule/comes-in-order", test_order);
  g_test_add_func ("/rules/rule/fills-in-captures", test_captures);
  g_test_add_func ("/rules/rule/is-named", test_names_the_rule);
  g_test_add_func ("/rules/rule/lets-nothing-odd-pass", test_odd_data);
  g_test_add_func ("/rules/rule/lets-nothing-undecided-pass", test_undecided);
  g_test_add_func ("/rules/hash/covers-what-changes-history", test_hash);
  g_test_add_func ("/rules/broken/a-file-stops-all", test_broken_file);
  g_test_add_func ("/rules/broken/a-rule-that-can-not-say-where-stops-all", test_broken_rules);
  g_test_add_func ("/rules/broken/a-rule-stops-what-it-concerns", test_broken_here);
  g_test_add_func ("/rules/broken/too-many-stop-all", test_too_many);
  return g_test_run ();
}
