/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "rules/helio-pattern.h"

#include <string.h>

#include "model/helio-error.h"

#define SECOND G_USEC_PER_SEC

static HelioPattern *
make (HelioPatternKind kind, const char *text, gboolean matches_case, const char *with)
{
  g_autoptr (GError) error = NULL;
  HelioPattern *pattern = helio_pattern_new (kind, text, matches_case, with, &error);

  g_assert_no_error (error);
  return pattern;
}

static HelioMatch
match (HelioPatternKind kind, const char *text, gboolean matches_case, const char *subject)
{
  g_auto (HelioPatternRoom) room = { 0 };
  g_autoptr (HelioPattern) pattern = make (kind, text, matches_case, NULL);

  return helio_pattern_match (pattern, subject, strlen (subject), g_str_is_ascii (subject), &room,
                              NULL);
}

static void
test_exact (void)
{
  const HelioPatternKind kind = HELIO_PATTERN_EXACT;

  g_assert_cmpint (match (kind, "Firefox", FALSE, "firefox"), ==, HELIO_MATCH_YES);
  g_assert_cmpint (match (kind, "Firefox", TRUE, "firefox"), ==, HELIO_MATCH_NO);
  g_assert_cmpint (match (kind, "Firefox", TRUE, "Firefox"), ==, HELIO_MATCH_YES);
  g_assert_cmpint (match (kind, "ÄRGER", FALSE, "ärger"), ==, HELIO_MATCH_YES);
  g_assert_cmpint (match (kind, "Firefox", FALSE, "Firefox "), ==, HELIO_MATCH_NO);
  g_assert_cmpint (match (kind, "Firefox", FALSE, "Fire"), ==, HELIO_MATCH_NO);
  g_assert_cmpint (match (kind, "*", FALSE, "anything"), ==, HELIO_MATCH_NO);
  g_assert_cmpint (match (kind, "a", FALSE, ""), ==, HELIO_MATCH_NO);
}

static void
test_glob (void)
{
  static const struct
  {
    const char *glob;
    const char *text;
    gboolean is_match;
  } cases[] = {
    { "*", "", TRUE },
    { "*", "anything", TRUE },
    { "*bank*", "My Bank", TRUE },
    { "*bank*", "Bakn", FALSE },
    { "?", "ü", TRUE },
    { "?", "", FALSE },
    { "??", "ü", FALSE },
    { "K*X?", "keepassxc", TRUE },
    { "a*b*c", "aXXbYYc", TRUE },
    { "a*b*c", "aXXcYYb", FALSE },
    { "**a**", "bab", TRUE },
    { "a.c", "abc", FALSE },
    { "*.ä", "x.Ä", TRUE },
    { "abc", "abcd", FALSE },
    { "*[x]*", "a[x]b", TRUE },
    { "*\\*", "a\\b", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s over %s", cases[i].glob, cases[i].text);
      g_assert_cmpint (match (HELIO_PATTERN_GLOB, cases[i].glob, FALSE, cases[i].text), ==,
                       cases[i].is_match ? HELIO_MATCH_YES : HELIO_MATCH_NO);
    }
  g_assert_cmpint (match (HELIO_PATTERN_GLOB, "*Bank*", TRUE, "my bank"), ==, HELIO_MATCH_NO);
}

static void
test_regex (void)
{
  const HelioPatternKind kind = HELIO_PATTERN_REGEX;

  g_assert_cmpint (match (kind, "private browsing$", FALSE, "X - Private Browsing"), ==,
                   HELIO_MATCH_YES);
  g_assert_cmpint (match (kind, "private browsing$", TRUE, "X - Private Browsing"), ==,
                   HELIO_MATCH_NO);
  g_assert_cmpint (match (kind, "(*NO_JIT)a.b", FALSE, "xa-bx"), ==, HELIO_MATCH_YES);
  g_assert_cmpint (match (kind, "^a.b$", FALSE, "a\nb"), ==, HELIO_MATCH_YES);
  g_assert_cmpint (match (kind, "^.$", FALSE, "ü"), ==, HELIO_MATCH_YES);
}

static void
test_captures (void)
{
  g_auto (HelioPatternRoom) room = { 0 };
  g_autoptr (HelioPattern) pattern
      = make (HELIO_PATTERN_REGEX, "^(\\w+) - (?<app>\\w+)", FALSE, "\\g<app>: \\1");
  g_autofree char *made = NULL;
  const char *text = "letter - Editor and more";

  g_assert_cmpint (helio_pattern_match (pattern, text, strlen (text), TRUE, &room, &made), ==,
                   HELIO_MATCH_YES);
  g_assert_cmpstr (made, ==, "Editor: letter");
}

static void
test_literal_with (void)
{
  g_auto (HelioPatternRoom) room = { 0 };
  g_autoptr (HelioPattern) pattern = make (HELIO_PATTERN_GLOB, "*", FALSE, "\\1");
  g_autofree char *made = NULL;

  g_assert_cmpint (helio_pattern_match (pattern, "x", 1, TRUE, &room, &made), ==, HELIO_MATCH_YES);
  g_assert_cmpstr (made, ==, "\\1");
}

static void
test_broken (void)
{
  static const char *const patterns[]
      = { "secret(", "secret[", "(?<secret", "secret{2,1}", "*", "secret\\C" };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_pattern_new (HELIO_PATTERN_REGEX, patterns[i], FALSE, NULL, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
      g_test_message ("%s", error->message);
      g_assert_null (strstr (error->message, "secret"));
      g_assert_nonnull (strstr (error->message, "regular expression at byte"));
    }
}

static void
test_bounds (void)
{
  g_auto (HelioPatternRoom) room = { 0 };
  g_autofree char *fits = g_strnfill (HELIO_PATTERN_MAX_LENGTH, 'a');
  g_autofree char *too_long = g_strnfill (HELIO_PATTERN_MAX_LENGTH + 1, 'a');
  g_autoptr (HelioPattern) pattern = make (HELIO_PATTERN_REGEX, fits, FALSE, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (HELIO_PATTERN_MAX_TEXT + 1, 'a');

  g_assert_null (helio_pattern_new (HELIO_PATTERN_EXACT, too_long, FALSE, NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
  g_assert_cmpint (helio_pattern_match (pattern, text, HELIO_PATTERN_MAX_TEXT, TRUE, &room, NULL),
                   ==, HELIO_MATCH_YES);
  g_assert_cmpint (
      helio_pattern_match (pattern, text, HELIO_PATTERN_MAX_TEXT + 1, TRUE, &room, NULL), ==,
      HELIO_MATCH_UNDECIDED);
}

/* What is ASCII is searched in another way, which must not make a difference. */
static void
test_ascii (void)
{
  static const char *const patterns[]
      = { "\\bk\\b", "s",         "\\x{17f}",  "[[:punct:]]", "[^a-z]", "\\w+",      "\\x{100}|a",
          "\\p{Lu}", "(*UCP)\\d", "\\S\\s\\S", "\\xe4|b",     "ſ",      "\\N{U+4b}", "$" };
  static const char *const texts[] = { "k", "a K b", "S", "$+<=>^`|~", "\x0b", "_", "7", "" };

  for (guint p = 0; p < G_N_ELEMENTS (patterns); p++)
    for (guint t = 0; t < G_N_ELEMENTS (texts) * 2; t++)
      {
        const char *text = texts[t / 2];
        g_auto (HelioPatternRoom) room = { 0 };
        g_autoptr (HelioPattern) pattern
            = make (HELIO_PATTERN_REGEX, patterns[p], t % 2 == 0, NULL);

        g_test_message ("%s over text %u", patterns[p], t / 2);
        g_assert_cmpint (helio_pattern_match (pattern, text, strlen (text), TRUE, &room, NULL), ==,
                         helio_pattern_match (pattern, text, strlen (text), FALSE, &room, NULL));
      }
}

/* Groups that are there, and those that are not. */
static void
test_with (void)
{
  static const char *const bad[] = { "\\q", "\\2", "\\g<name>", "\\g<1", "x\\" };
  g_auto (HelioPatternRoom) room = { 0 };
  g_autoptr (HelioPattern) pattern
      = make (HELIO_PATTERN_REGEX, "(a)|(?<b>b)", FALSE, "[\\1|\\g<b>|\\0|\\g<2>|\\\\]");
  g_autofree char *made = NULL;

  g_assert_cmpint (helio_pattern_match (pattern, "xbx", 3, TRUE, &room, &made), ==,
                   HELIO_MATCH_YES);
  g_assert_cmpstr (made, ==, "[|b|b|b|\\]");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_pattern_new (HELIO_PATTERN_REGEX, "(a)", FALSE, bad[i], &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
    }
}

/* Patterns that would take longer than the universe is old, also one that asks to be let. */
static void
test_catastrophes (void)
{
  static const char *const patterns[] = {
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "^(.*)*x$",
    "(a*)*(a*)*(a*)*(a*)*b",
    "^(?:(?:a{1,30}){1,30}){1,30}$",
    "(*NO_JIT)^(a+)+$",
    "(*LIMIT_MATCH=4000000000)^(a+)+$",
    "(*LIMIT_HEAP=4000000)(*NO_JIT)^((((((((a+)+)+)+)+)+)+)+)+$",
    "^(a(?1)?)+$",
  };
  g_autofree char *many = g_strnfill (HELIO_PATTERN_MAX_TEXT - 1, 'a');
  g_autofree char *text = g_strconcat (many, "!", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      int64_t begun = g_get_monotonic_time ();
      HelioMatch found = match (HELIO_PATTERN_REGEX, patterns[i], FALSE, text);
      int64_t took = g_get_monotonic_time () - begun;

      g_test_message ("%s: %d after %" G_GINT64_FORMAT " us", patterns[i], found, took);
      g_assert_cmpint (found, !=, HELIO_MATCH_YES);
      g_assert_cmpint (took, <, 2 * SECOND);
    }
  /* An honest one that only needs much room. */
  g_assert_cmpint (match (HELIO_PATTERN_REGEX, "^(?:a|b|c)*!$", FALSE, text + 12000), ==,
                   HELIO_MATCH_YES);
  /* The worst of those that go on at each place of the text. */
  int64_t begun = g_get_monotonic_time ();
  match (HELIO_PATTERN_REGEX, "(*NO_JIT)\\w*@", FALSE, text);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 5 * SECOND);
  begun = g_get_monotonic_time ();
  match (HELIO_PATTERN_GLOB, "*a*a*a*a*a*a*a*a*a*a*a*a*a*b", FALSE, text);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/pattern/exact-is-the-whole-text", test_exact);
  g_test_add_func ("/rules/pattern/glob-knows-star-and-question-mark", test_glob);
  g_test_add_func ("/rules/pattern/regex-finds", test_regex);
  g_test_add_func ("/rules/pattern/regex-fills-in-captures", test_captures);
  g_test_add_func ("/rules/pattern/other-patterns-have-no-captures", test_literal_with);
  g_test_add_func ("/rules/pattern/says-what-is-broken-but-not-the-pattern", test_broken);
  g_test_add_func ("/rules/pattern/has-bounds", test_bounds);
  g_test_add_func ("/rules/pattern/knows-ascii", test_ascii);
  g_test_add_func ("/rules/pattern/knows-its-groups", test_with);
  g_test_add_func ("/rules/pattern/no-pattern-takes-long", test_catastrophes);
  return g_test_run ();
}
