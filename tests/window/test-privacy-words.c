/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-event-fields.h"
#include "model/helio-rule-words.h"
#include "window/helio-sent-words.h"

static void
assert_rule (const char *json, const char *title, const char *words)
{
  g_autoptr (JsonNode) rule = json_from_string (json, NULL);
  g_autofree char *own_title = helio_rule_get_title (rule);
  g_autofree char *own_words = helio_rule_get_words (rule);

  g_assert_cmpstr (own_title, ==, title);
  g_assert_cmpstr (own_words, ==, words);
}

static void
test_rules (void)
{
  assert_rule ("{\"field\":\"app\",\"match\":\"exact\",\"pattern\":\"KeePassXC\","
               "\"action\":\"drop\"}",
               "Drop events, where app is “KeePassXC”", "");
  assert_rule ("{\"name\":\"Mine\",\"field\":\"title\",\"match\":\"glob\",\"pattern\":\"*x*\","
               "\"action\":\"hide\",\"where\":{\"type\":\"web.*\"},\"scope\":\"history\"}",
               "Mine", "Hide title, where title is like “*x*” · Only browser tabs · history only");
  assert_rule ("{\"match\":\"any\",\"action\":\"keep\",\"target\":\"app\","
               "\"where\":{\"except_type\":\"afkstatus\"},\"scope\":\"presence\"}",
               "Keep only app", "Everything but away or not · live status only");
  assert_rule ("{\"match\":\"any\",\"action\":\"drop\",\"where\":{\"bucket\":\"b\"}}",
               "Drop all events", "Only b");
  assert_rule ("{\"field\":\"url\",\"match\":\"regex\",\"pattern\":\"^a\",\"action\":\"replace\","
               "\"target\":\"title\",\"with\":\"\\\\1\"}",
               "Replace title by “\\1”, where url matches “^a”", "");
  assert_rule ("{\"match\":\"any\",\"action\":\"rename\",\"with\":\"Word\"}", "Call the app “Word”",
               "");
  assert_rule ("7", "A rule that can’t be understood", "");
  assert_rule ("{\"action\":\"burn\"}", "A rule that can’t be understood", "burn");
}

static void
test_long_pattern (void)
{
  g_autofree char *pattern = g_strnfill (500, 'x');
  g_autofree char *json = g_strdup_printf (
      "{\"field\":\"app\",\"match\":\"regex\",\"pattern\":\"%s\",\"action\":\"drop\"}", pattern);
  g_autoptr (JsonNode) rule = json_from_string (json, NULL);
  g_autofree char *title = helio_rule_get_title (rule);

  g_assert_cmpuint (g_utf8_strlen (title, -1), <, 120);
  g_assert_true (g_str_has_suffix (title, "…”"));
}

static void
test_comparison (void)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *words = NULL;

  helio_event_fields_compare ("{\"app\":\"A&B\",\"n\":3,\"title\":\"t\",\"url\":\"u\"}",
                              "{\"app\":\"A&B\",\"n\":3,\"url\":\"v\"}", &before, &after, &words);
  g_assert_cmpstr (before, ==,
                   "<span alpha=\"60%\">app</span>  A&amp;B\n<span alpha=\"60%\">n</span>  3\n"
                   "<span alpha=\"60%\">title</span>  <s>t</s>\n"
                   "<span alpha=\"60%\">url</span>  <s>u</s>");
  g_assert_cmpstr (after, ==,
                   "<span alpha=\"60%\">app</span>  A&amp;B\n<span alpha=\"60%\">n</span>  3\n"
                   "<span alpha=\"60%\">title</span>  <i>hidden</i>\n"
                   "<span alpha=\"60%\">url</span>  <b>v</b>");
  g_assert_cmpstr (words, ==, "app A&B, n 3, title hidden, url v");
}

static void
test_dropped (void)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *words = NULL;

  helio_event_fields_compare ("{\"app\":\"A\"}", NULL, &before, &after, &words);
  g_assert_cmpstr (before, ==, "<span alpha=\"60%\">app</span>  <s>A</s>");
  g_assert_cmpstr (after, ==, "");
  g_assert_cmpstr (words, ==, "");
}

static void
assert_sent (const char *item, const char *title, const char *subtitle)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, item, NULL, NULL, NULL);
  g_autofree char *own_title = helio_sent_get_title (dict);
  g_autofree char *own_subtitle = helio_sent_get_subtitle (dict, NULL, 7200000);

  g_assert_cmpstr (own_title, ==, title);
  g_assert_cmpstr (own_subtitle, ==, subtitle);
}

static void
test_sent (void)
{
  assert_sent ("{'kind': <'event'>, 'at': <int64 3600000>, 'bucket': <'b'>, 'start': <int64 60000>,"
               " 'duration': <int64 5000>, 'data': <'{\"app\":\"A\",\"title\":\"t\"}'>,"
               " 'cut': <false>, 'refused': <false>}",
               "A · t", "Sent 01:00 · b · 00:01 · 5 s");
  assert_sent ("{'kind': <'event'>, 'at': <int64 3600000>, 'bucket': <'b'>, 'start': <int64 60000>,"
               " 'duration': <int64 5000>, 'data': <'{\"app\":\"A\",\"ti'>, 'cut': <true>,"
               " 'refused': <true>}",
               "{\"app\":\"A\",\"ti…", "Sent 01:00, but refused · b · 00:01 · 5 s");
  assert_sent ("{'kind': <'event'>, 'at': <int64 3600000>, 'bucket': <'b'>, 'start': <int64 60000>,"
               " 'duration': <int64 5000>, 'data': <'{}'>}",
               "An event without data", "Sent 01:00 · b · 00:01 · 5 s");
}

static void
test_sent_presence (void)
{
  assert_sent ("{'kind': <'presence'>, 'at': <int64 3600000>, 'state': <'active'>,"
               " 'app': <'A'>, 'title': <'t'>}",
               "Live status: active · A · t", "Sent 01:00");
  assert_sent ("{'kind': <'deletions'>, 'at': <int64 3600000>, 'bucket': <'b'>,"
               " 'count': <int64 1>}",
               "1 event deleted", "Sent 01:00 · b");
  assert_sent ("{'kind': <'deletions'>, 'at': <int64 3600000>, 'bucket': <'b'>,"
               " 'count': <int64 20>}",
               "20 events deleted", "Sent 01:00 · b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/privacy-words/rules", test_rules);
  g_test_add_func ("/window/privacy-words/shortens-a-long-pattern", test_long_pattern);
  g_test_add_func ("/window/privacy-words/compares-fields", test_comparison);
  g_test_add_func ("/window/privacy-words/strikes-out-what-is-dropped", test_dropped);
  g_test_add_func ("/window/privacy-words/events-that-left", test_sent);
  g_test_add_func ("/window/privacy-words/presence-and-deletions", test_sent_presence);
  return g_test_run ();
}
