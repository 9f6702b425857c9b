/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "json/helio-json-canonical.h"
#include "json/helio-json.h"

/* In a block of its own length, so that a sanitizer sees a read beyond. */
static char *
canonical (const char *text)
{
  gsize length = strlen (text);
  g_autofree char *copy = g_memdup2 (text, length);
  GByteArray *bytes = g_byte_array_new ();
  HelioJson json;

  helio_json_init (&json, copy, length);
  json.allows_nan = TRUE;
  g_assert_true (helio_json_take_canonical (&json, bytes));
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (bytes, FALSE);
}

static void
check_cases (const char *const (*cases)[2], gsize count)
{
  for (gsize i = 0; i < count; i++)
    {
      g_autofree char *once = canonical (cases[i][0]);
      g_autofree char *twice = canonical (once);

      g_assert_cmpstr (once, ==, cases[i][1]);
      g_assert_cmpstr (twice, ==, once);
    }
}

static void
test_objects (void)
{
  const char *const cases[][2] = {
    { "{}", "{}" },
    { " { } ", "{}" },
    { "[]", "[]" },
    { "[ ]", "[]" },
    { "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
    { "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}" },
    /* As Python writes it, and what begins so but goes on otherwise. */
    { "{\"a\": 1, \"b\": \"x, y: z\", \"c\": true}", "{\"a\":1,\"b\":\"x, y: z\",\"c\":true}" },
    { " {\"a\": 1, \"b\": 2.50}", "{\"a\":1,\"b\":2.5}" },
    { "{\"a\": 1, \"b\":  2}", "{\"a\":1,\"b\":2}" },
    { "{\"a\": 1,  \"b\": 2}", "{\"a\":1,\"b\":2}" },
    { "{\"a\": 1, \"b\": 2 }", "{\"a\":1,\"b\":2}" },
    { "{\"a\": 1, \"b\": \"\\/\"}", "{\"a\":1,\"b\":\"/\"}" },
    { "{\"a\": 1, \"b\": {}}", "{\"a\":1,\"b\":{}}" },
    { "{\"a\": 1, \"a\": 2}", "{\"a\":2}" },
    { "{\"b\": 1, \"a\": 2}", "{\"a\":2,\"b\":1}" },
    { "{ \"b\" : [ 1 , 2 ] , \"a\" : { \"d\" : null , \"c\" : true } }",
      "{\"a\":{\"c\":true,\"d\":null},\"b\":[1,2]}" },
    { "{\"a\":1,\"a\":2}", "{\"a\":2}" },
    { "{\"a\":1,\"b\":0,\"a\":2,\"b\":3,\"a\":4}", "{\"a\":4,\"b\":3}" },
    { "{\"a\":{\"x\":1},\"\\u0061\":{\"y\":2}}", "{\"a\":{\"y\":2}}" },
    { "{\"ab\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"ab\":1}" },
    /* By the bytes that are meant: \n (0a) before space (20) before " (22) before a. */
    { "{\"a\":1,\"\\\"\":2,\" \":3,\"\\n\":4,\"\\u0000\":5,\"\\\\\":6,\"\\u001f\":7}",
      "{\"\\u0000\":5,\"\\n\":4,\"\\u001f\":7,\" \":3,\"\\\"\":2,\"\\\\\":6,\"a\":1}" },
    /* UTF-8 order: U+FFFD before U+1F600, unlike UTF-16. */
    { "{\"\\ud83d\\ude00\":1,\"\\ufffd\":2,\"z\":3}",
      "{\"z\":3,\"\xef\xbf\xbd\":2,\"\xf0\x9f\x98\x80\":1}" },
    { "{\"l\":1,\"k\":2,\"j\":3,\"i\":4,\"h\":5,\"g\":6,\"f\":7,\"e\":8,\"d\":9,\"c\":10,\"b\":11,"
      "\"a\":12}",
      "{\"a\":12,\"b\":11,\"c\":10,\"d\":9,\"e\":8,\"f\":7,\"g\":6,\"h\":5,\"i\":4,\"j\":3,\"k\":2,"
      "\"l\":1}" },
    { "[{\"b\":[{\"d\":1,\"c\":2}],\"a\":0}, {\"a\":\"\"}]",
      "[{\"a\":0,\"b\":[{\"c\":2,\"d\":1}]},{\"a\":\"\"}]" },
    { "{\"a\":false,\"b\":false,\"c\":null}", "{\"a\":false,\"b\":false,\"c\":null}" },
    { "\"x\"", "\"x\"" },
    { "true", "true" },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_strings (void)
{
  const char *const cases[][2] = {
    { "\"\\u0041\\/\\u00e9\"", "\"A/\xc3\xa9\"" },
    { "\"\\u0008\\u000c\\u000A\\u000d\\u0009\\u0022\\u005c\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\"" },
    { "\"\\u0000\\u001F\\u007f\"", "\"\\u0000\\u001f\x7f\"" },
    { "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
    { "\"\\ud83d\"", "\"\xef\xbf\xbd\"" },
    { "\"a\\udc00b\"", "\"a\xef\xbf\xbd"
                       "b\"" },
    { "\"\\\\\\\"\"", "\"\\\\\\\"\"" },
    { "{\"t\":\"\\\\\"}", "{\"t\":\"\\\\\"}" },
    { "{\"t\": \"\\u00e9\\\"\\\\x\\u20ac\\u0080 \"}",
      "{\"t\":\"\xc3\xa9\\\"\\\\x\xe2\x82\xac\xc2\x80 \"}" },
    { "{\"t\": \"\\u00e9\\u0041\"}", "{\"t\":\"\xc3\xa9"
                                     "A\"}" },
    { "{\"t\": \"\\u00e9\\u0022\\u005c\\/\"}", "{\"t\":\"\xc3\xa9\\\"\\\\/\"}" },
    { "{\"t\": \"\\u00e9\\ud83d\\ude00\"}", "{\"t\":\"\xc3\xa9\xf0\x9f\x98\x80\"}" },
    { "{\"t\": \"\\ud7ff\\ue000\\uffff\"}", "{\"t\":\"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"}" },
    { "{\"t\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 and plain again\"}",
      "{\"t\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 and plain again\"}" },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_numbers (void)
{
  const char *const cases[][2] = {
    { "0", "0" },
    { "-0", "-0" },
    { "12345678901234567890123456789", "12345678901234567890123456789" },
    { "-9223372036854775809", "-9223372036854775809" },
    { "1.0", "1.0" },
    { "1.50", "1.5" },
    { "100.0", "100.0" },
    { "1e2", "100.0" },
    { "-0.0", "-0.0" },
    { "0e5", "0.0" },
    { "1e16", "1e16" },
    { "1e+16", "1e16" },
    { "1E16", "1e16" },
    { "10000000000000000.0", "1e16" },
    { "1e15", "1000000000000000.0" },
    { "1e-05", "0.00001" },
    { "0.00001", "0.00001" },
    { "1e-06", "1e-6" },
    { "1.5e-07", "1.5e-7" },
    { "5e-324", "5e-324" },
    { "4.9406564584124654e-324", "5e-324" },
    { "2.2250738585072014e-308", "2.2250738585072014e-308" },
    { "2.225073858507201e-308", "2.225073858507201e-308" },
    { "1.7976931348623157e308", "1.7976931348623157e308" },
    { "1.7976931348623157e+308", "1.7976931348623157e308" },
    { "1e999", "null" },
    { "-1e999", "null" },
    { "NaN", "null" },
    { "Infinity", "null" },
    { "-Infinity", "null" },
    { "0.1", "0.1" },
    { "0.30000000000000004", "0.30000000000000004" },
    { "0.3000000000000000444", "0.30000000000000004" },
    { "123456789.123456789", "123456789.12345679" },
    { "9007199254740993.0", "9007199254740992.0" },
    { "-12.345", "-12.345" },
    { "{\"a\":-1,\"b\":1.0,\"c\":NaN}", "{\"a\":-1,\"b\":1.0,\"c\":null}" },
    { "[1 ,2\n,3\t]", "[1,2,3]" },
  };

  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_servers_agree (void)
{
  /* One event as the Python and as the Rust server write it. */
  const char *const pairs[][2] = {
    { "{\"title\": \"caf\\u00e9 \\ud83d\\ude00 \\u0000\", \"app\": \"x\", \"n\": 1e+16, "
      "\"m\": 1e-07}",
      "{\"app\":\"x\",\"m\":1e-7,\"n\":1e16,\"title\":\"caf\xc3\xa9 \xf0\x9f\x98\x80 \\u0000\"}" },
    { "{\"url\": \"https://example.org/?a=1&b=2\", \"audible\": false, \"tabCount\": 12}",
      "{\"audible\":false,\"tabCount\":12,\"url\":\"https://example.org/?a=1&b=2\"}" },
    { "{\"x\": 1.0, \"y\": -0.0, \"z\": 0.00001}", "{\"x\":1.0,\"y\":-0.0,\"z\":1e-5}" },
    { "{\"x\": \"\\u007f\\u0080\\b\"}", "{\"x\":\"\x7f\xc2\x80\\b\"}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *python = canonical (pairs[i][0]);
      g_autofree char *rust = canonical (pairs[i][1]);

      g_assert_cmpstr (python, ==, rust);
    }
}

static void
test_appends (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char text[] = "[{\"a\":1},{\"b\":1, \"a\":2}, [\"x\"],{\"a\":x}]";
  HelioJson json;

  helio_json_init (&json, text, strlen (text));
  g_assert_true (helio_json_enter_array (&json));
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (helio_json_next_element (&json));
      g_assert_true (helio_json_take_canonical (&json, bytes));
    }
  g_assert_true (helio_json_next_element (&json));
  g_assert_false (helio_json_take_canonical (&json, bytes));
  g_assert_cmpmem (bytes->data, bytes->len, "{\"a\":1}{\"a\":2,\"b\":1}[\"x\"]", 25);
}

/* What is in a list is never taken for a plain object. */
static void
check_as_in_a_list (const char *text, gsize length, const GByteArray *bytes)
{
  g_autofree char *list = g_strdup_printf ("[%.*s]", (int) length, text);
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  HelioJson json;

  helio_json_init (&json, list, strlen (list));
  g_assert_true (helio_json_take_canonical (&json, whole));
  g_assert_cmpmem (bytes->data, bytes->len, whole->data + 1, whole->len - 2);
}

/* The scan of plain objects must see what the whole reader sees. */
static void
check_as_taken (const char *text, gsize length)
{
  g_autofree char *copy = g_memdup2 (text, length);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  HelioJson plain, json;
  const char *value;
  gsize value_length;
  gboolean is_valid;

  helio_json_init (&plain, copy, length);
  is_valid = helio_json_take_value (&plain, &value, &value_length);
  helio_json_init (&json, copy, length);
  g_assert_cmpint (helio_json_take_canonical (&json, bytes), ==, is_valid);
  g_assert_true (json.at == plain.at);
  g_assert_cmpint (json.is_cut, ==, plain.is_cut);
  g_assert_cmpstr (json.problem, ==, plain.problem);
  if (is_valid)
    check_as_in_a_list (value, value_length, bytes);
  else
    g_assert_cmpuint (bytes->len, ==, 0);
}

static void
test_takes_what_is_valid (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"app\":\"firefox\",\"title\":\"Überschrift – 😀 \\u00e9 \"}",
    "{\"a\":true,\"b\":false,\"c\":null,\"d\":-10,\"e\":0,\"f\":1.5e3}",
    "{\"a\": true, \"b\": \"x: y, z\", \"c\": -10}",
    "{\"a\": \"\\u00e9\\\"\\\\\\ud800\\u20ac\"}",
    "{\"a\":[1,{\"b\":\"\"}],\"ab\":{},\"abc\":\"\\n\"}",
  };
  static const char bytes[] = "{}[]\":,\\ 0-.etfnu\n\x80\xc3\xff\x7f";

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gsize length = strlen (texts[i]);

      for (gsize cut = 0; cut <= length; cut++)
        check_as_taken (texts[i], cut);
      for (gsize at = 0; at < length; at++)
        for (gsize b = 0; b < sizeof bytes; b++)
          {
            g_autofree char *changed = g_strdup (texts[i]);

            changed[at] = bytes[b];
            check_as_taken (changed, length);
            check_as_taken (changed, at + 1);
          }
    }
}

static void
test_deep (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *once = NULL;

  for (int i = 0; i < HELIO_JSON_MAX_DEPTH; i++)
    g_string_append (text, "{\"b\":1,\"a\":");
  g_string_append (text, "0");
  for (int i = 0; i < HELIO_JSON_MAX_DEPTH; i++)
    g_string_append (text, "}");
  once = canonical (text->str);
  g_assert_true (g_str_has_prefix (once, "{\"a\":{\"a\":{\"a\":"));
  g_assert_true (g_str_has_suffix (once, ",\"b\":1},\"b\":1}"));
  g_assert_cmpuint (strlen (once), ==, text->len);
}

/* Any double goes through unchanged, in a form that is its own canonical form. */
static void
test_doubles_round_trip (void)
{
  for (int i = 0; i < 20000; i++)
    {
      uint64_t bits = (uint64_t) g_test_rand_int () << 32 | (uint32_t) g_test_rand_int ();
      double value, again;
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *once = NULL;
      g_autofree char *twice = NULL;

      memcpy (&value, &bits, sizeof value);
      if ((bits >> 52 & 0x7ff) == 0x7ff)
        continue;
      g_ascii_formatd (text, sizeof text, "%.20e", value);
      once = canonical (text);
      again = g_ascii_strtod (once, NULL);
      g_assert_true (memcmp (&value, &again, sizeof value) == 0);
      g_assert_true (strpbrk (once, ".e") != NULL);
      twice = canonical (once);
      g_assert_cmpstr (twice, ==, once);
    }
}

static void
measure (const char *name, const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  double seconds = 1e9;
  HelioJson json;

  for (int i = 0; i < 5; i++)
    {
      g_test_timer_start ();
      for (int j = 0; j < 1000000; j++)
        {
          if (j % 10000 == 0)
            g_byte_array_set_size (bytes, 0);
          helio_json_init (&json, text, strlen (text));
          helio_json_take_canonical (&json, bytes);
        }
      seconds = MIN (seconds, g_test_timer_elapsed ());
    }
  g_test_minimized_result (seconds, "canonical form of 1M %s of %zu bytes: %.3f s", name,
                           strlen (text), seconds);
}

/* Not a test but a measurement: run with `-m perf`. */
static void
test_speed (void)
{
  if (!g_test_perf ())
    {
      g_test_skip ("a measurement");
      return;
    }
  measure (
      "canonical texts",
      "{\"app\":\"firefox\",\"title\":\"The quick brown fox - page number 123456 - Firefox\"}");
  measure ("Python texts",
           "{\"app\": \"firefox\", \"title\": \"The quick brown fox - page number 123456 - "
           "Firefox\"}");
  measure (
      "unsorted texts",
      "{\"title\":\"The quick brown fox - page number 123456 - Firefox\",\"app\":\"firefox\"}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/json/canonical/takes-what-is-valid", test_takes_what_is_valid);
  g_test_add_func ("/json/canonical/sorts-keys-and-drops-doubles", test_objects);
  g_test_add_func ("/json/canonical/escapes-minimally", test_strings);
  g_test_add_func ("/json/canonical/writes-numbers-shortest", test_numbers);
  g_test_add_func ("/json/canonical/makes-servers-agree", test_servers_agree);
  g_test_add_func ("/json/canonical/appends", test_appends);
  g_test_add_func ("/json/canonical/goes-to-the-deepest", test_deep);
  g_test_add_func ("/json/canonical/keeps-every-double", test_doubles_round_trip);
  g_test_add_func ("/json/canonical/speed", test_speed);
  return g_test_run ();
}
