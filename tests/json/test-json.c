/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>
#include <string.h>

#include "json/helio-json.h"

/* Every text is checked in a block of its own length, so that a sanitizer sees a read beyond. */
static gboolean
is_valid (const char *text, gsize length, gboolean allows_nan, gboolean *is_cut)
{
  g_autofree char *copy = g_memdup2 (text, length);
  const char *value;
  gsize value_length;
  HelioJson json;

  helio_json_init (&json, copy, length);
  json.allows_nan = allows_nan;
  helio_json_take_value (&json, &value, &value_length);
  helio_json_finish (&json);
  if (is_cut != NULL)
    *is_cut = json.is_cut;
  g_assert_true (json.at >= copy || length == 0);
  g_assert_true (json.at <= json.end);
  return !helio_json_failed (&json);
}

static gboolean
is_valid_text (const char *text)
{
  return is_valid (text, strlen (text), FALSE, NULL);
}

static void
test_truncated (void)
{
  const char *text
      = "{\"id\": 12, \"t\\u00e9\\ud83d\\ude00\": [true, false, null, -1.5e+10, {}, [], "
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\n\"] , \"n\":{\"a\":[[1]]}}";
  gsize length = strlen (text);

  g_assert_true (is_valid (text, length, FALSE, NULL));
  for (gsize i = 0; i < length; i++)
    {
      gboolean is_cut = FALSE;

      g_assert_false (is_valid (text, i, FALSE, &is_cut));
      g_assert_true (is_cut);
    }
}

static void
test_garbage_is_not_cut (void)
{
  const char *const texts[] = {
    "{,}",       "[1,]",    "{\"a\":1,}",  "{\"a\" 1}",
    "{a:1}",     "[1 2]",   "nul0",        "tru,",
    "[1}",       "{\"a\"]", "\"\\x\"",     "'a'",
    "[\"a\n\"]", "01",      "-a",          "1.e5",
    "1.x",       ".5",      "+1",          "1e+x",
    "0x10",      "--1",     "\"\\u12g4\"", "]",
    "{}{}",      "1 2",     "\"\t\"",      "\xef\xbb\xbf{}",
    "[1]]",      "nullx",   "NaN",         "Infinity",
    "-Infinity", "[,1]",    "{\"a\":}",    "{\"a\":1 \"b\":2}",
    "/**/1",     "\\",      "{1:2}",       "<html>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gboolean is_cut = TRUE;

      g_assert_false (is_valid (texts[i], strlen (texts[i]), FALSE, &is_cut));
      g_assert_false (is_cut);
    }
}

static void
test_utf8 (void)
{
  const char *const good[] = {
    "\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
    "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
  };
  const char *const bad[] = {
    "\x80",
    "\xbf",
    "\xc0\x80",
    "\xc1\xbf",
    "\xc2 ",
    "\xe0\x80\x80",
    "\xe0\x9f\xbf",
    "\xed\xa0\x80",
    "\xed\xbf\xbf",
    "\xf0\x8f\xbf\xbf",
    "\xf4\x90\x80\x80",
    "\xf5\x80\x80\x80",
    "\xff",
    "\xfe",
    "\xe2\x82 ",
    "\xf0\x9f\x98 ",
    "\xf0\x9f ",
    "\xe2(\xa1",
    "\xf8\x88\x80\x80\x80",
  };

  /* At every distance from the beginning, for the eight bytes that are looked at at once. */
  for (guint pad = 0; pad < 20; pad++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
        {
          g_autofree char *text = g_strdup_printf ("\"%.*s%s%.*s\"", pad, "....................",
                                                   good[i], pad, "....................");

          g_assert_true (is_valid_text (text));
        }
      for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
        {
          g_autofree char *text
              = g_strdup_printf ("\"%.*s%s\"", pad, "....................", bad[i]);

          g_assert_false (is_valid_text (text));
        }
    }
}

static void
test_every_byte (void)
{
  for (guint byte = 0; byte < 256; byte++)
    for (gsize place = 1; place < 24; place++)
      {
        char text[26];
        gboolean is_plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

        memset (text, 'a', sizeof text);
        text[0] = text[25] = '"';
        text[place] = (char) byte;
        g_assert_cmpint (is_valid (text, sizeof text, FALSE, NULL), ==, is_plain);
      }
}

static char *
nested (guint depth, const char *opening, const char *closing)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, opening);
  g_string_append (text, "1");
  for (guint i = 0; i < depth; i++)
    g_string_append (text, closing);
  return g_string_free (text, FALSE);
}

static void
test_nesting (void)
{
  const char *const openings[] = { "[", "{\"a\":", "[{\"a\":[0," };
  const char *const closings[] = { "]", "}", "]}]" };
  const guint levels[] = { 1, 1, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      g_autofree char *ok = nested (HELIO_JSON_MAX_DEPTH / levels[i], openings[i], closings[i]);
      g_autofree char *deep
          = nested (HELIO_JSON_MAX_DEPTH / levels[i] + 1, openings[i], closings[i]);
      g_autofree char *abyss = nested (1000000, openings[i], closings[i]);

      g_assert_true (is_valid_text (ok));
      g_assert_false (is_valid_text (deep));
      g_assert_false (is_valid_text (abyss));
    }

  /* What was entered counts as well. */
  g_autofree char *inner = nested (HELIO_JSON_MAX_DEPTH - 1, "[", "]");
  g_autofree char *ok = g_strdup_printf ("[%s]", inner);
  g_autofree char *deep = g_strdup_printf ("[[%s]]", inner);
  const char *value;
  gsize length;
  HelioJson json;

  helio_json_init (&json, ok, strlen (ok));
  g_assert_true (helio_json_enter_array (&json) && helio_json_next_element (&json));
  g_assert_true (helio_json_take_value (&json, &value, &length));
  g_assert_false (helio_json_next_element (&json));
  g_assert_true (helio_json_finish (&json));

  helio_json_init (&json, deep, strlen (deep));
  g_assert_true (helio_json_enter_array (&json) && helio_json_next_element (&json));
  g_assert_true (helio_json_enter_array (&json) && helio_json_next_element (&json));
  g_assert_false (helio_json_take_value (&json, &value, &length));
  g_assert_cmpstr (json.problem, ==, "nested too deep");
  g_assert_false (json.is_cut);
}

static void
test_numbers (void)
{
  const struct
  {
    const char *text;
    double value;
  } cases[] = {
    { "0", 0 },
    { "-0", -0.0 },
    { "-0.0", -0.0 },
    { "1", 1 },
    { "0.1", 0.1 },
    { "10.1234567", 10.1234567 },
    { "9007199254740993", 9007199254740992.0 },
    { "9007199254740993.0", 9007199254740992.0 },
    { "1e16", 1e16 },
    { "1E+16", 1e16 },
    { "5e-324", 5e-324 },
    { "2.4703282292062327e-324", 0.0 },
    { "2.4703282292062329e-324", 5e-324 },
    { "1.7976931348623157e308", 1.7976931348623157e308 },
    { "1e400", INFINITY },
    { "-1e400", -INFINITY },
    { "1e-400", 0 },
    { "0.3000000000000000444089209850062616169452667236328125", 0.30000000000000004 },
    { "123456789012345.6", 123456789012345.6 },
    { "8.41e21", 8.41e21 },
    { "1.00000000000000011102230246251565404", 1.0 },
    { "-12.5", -12.5 },
    { "0.123456789012345", 0.123456789012345 },
    { "0.1234567890123456", 0.1234567890123456 },
    { "999999999999999999", 1e18 },
  };
  const char *const ends[] = { ",", "}", "]", " ,", "\n" };
  double value;
  HelioJson json;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      helio_json_init (&json, cases[i].text, strlen (cases[i].text));
      g_assert_cmpint (helio_json_peek (&json), ==, HELIO_JSON_NUMBER);
      g_assert_true (helio_json_take_double (&json, &value));
      g_assert_true (memcmp (&value, &cases[i].value, sizeof value) == 0);
      g_assert_true (helio_json_finish (&json));

      /* Whatever follows, the number is the same and what follows stays. */
      for (gsize e = 0; e < G_N_ELEMENTS (ends); e++)
        {
          g_autofree char *text = g_strconcat (cases[i].text, ends[e], NULL);

          helio_json_init (&json, text, strlen (text));
          g_assert_true (helio_json_take_double (&json, &value));
          g_assert_true (memcmp (&value, &cases[i].value, sizeof value) == 0);
          g_assert_cmpstr (json.at, ==, ends[e]);
        }
    }
  helio_json_init (&json, "\"1\"", 3);
  g_assert_false (helio_json_take_double (&json, &value));
}

static void
test_bad_numbers (void)
{
  const char *const texts[]
      = { "01,", "-01,", "00,", "1.,", ".5,", "-.5,", "-,", "1.2.3,", "1.-2,", "--1,", "+1,", "," };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      double value;
      int64_t integer;
      HelioJson json;

      g_test_message ("%s", texts[i]);
      helio_json_init (&json, texts[i], strlen (texts[i]));
      /* “1.2” is a number; what follows it is for the caller to refuse. */
      if (!helio_json_take_double (&json, &value))
        g_assert_true (helio_json_failed (&json));
      else
        g_assert_cmpstr (json.at, ==, ".3,");

      helio_json_init (&json, texts[i], strlen (texts[i]));
      g_assert_false (helio_json_take_int64 (&json, &integer));
      g_assert_true (helio_json_failed (&json));
    }
}

static void
test_nan (void)
{
  const char *text = "[NaN, Infinity, -Infinity]";
  double value[3];
  HelioJson json;

  g_assert_true (is_valid (text, strlen (text), TRUE, NULL));
  g_assert_false (is_valid (text, strlen (text), FALSE, NULL));
  g_assert_false (is_valid ("Nan", 3, TRUE, NULL));
  g_assert_false (is_valid ("-NaN", 4, TRUE, NULL));
  g_assert_false (is_valid ("Inf", 3, TRUE, NULL));

  helio_json_init (&json, text, strlen (text));
  json.allows_nan = TRUE;
  g_assert_true (helio_json_enter_array (&json));
  for (int i = 0; i < 3; i++)
    {
      g_assert_true (helio_json_next_element (&json));
      g_assert_cmpint (helio_json_peek (&json), ==, HELIO_JSON_NUMBER);
      g_assert_true (helio_json_take_double (&json, &value[i]));
    }
  g_assert_false (helio_json_next_element (&json));
  g_assert_true (helio_json_finish (&json));
  g_assert_true (isnan (value[0]));
  g_assert_true (isinf (value[1]) && value[1] > 0);
  g_assert_true (isinf (value[2]) && value[2] < 0);
}

static void
test_integers (void)
{
  const struct
  {
    const char *text;
    gboolean is_ok;
    int64_t value;
  } cases[] = {
    { "0", TRUE, 0 },
    { "-0", TRUE, 0 },
    { "4711", TRUE, 4711 },
    { "9223372036854775807", TRUE, G_MAXINT64 },
    { "-9223372036854775808", TRUE, G_MININT64 },
    { "9223372036854775808", FALSE, 0 },
    { "-9223372036854775809", FALSE, 0 },
    { "99999999999999999999999999", FALSE, 0 },
    { "1.0", FALSE, 0 },
    { "1e3", FALSE, 0 },
    { "true", FALSE, 0 },
    { "", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      int64_t value = -1;
      HelioJson json;

      g_test_message ("%s", cases[i].text);
      helio_json_init (&json, cases[i].text, strlen (cases[i].text));
      g_assert_cmpint (helio_json_take_int64 (&json, &value), ==, cases[i].is_ok);
      if (cases[i].is_ok)
        g_assert_cmpint (value, ==, cases[i].value);
      else
        g_assert_true (helio_json_failed (&json));

      {
        g_autofree char *text = g_strconcat (cases[i].text, ",", NULL);

        helio_json_init (&json, text, strlen (text));
        g_assert_cmpint (helio_json_take_int64 (&json, &value), ==, cases[i].is_ok);
        if (cases[i].is_ok)
          {
            g_assert_cmpint (value, ==, cases[i].value);
            g_assert_cmpstr (json.at, ==, ",");
          }
      }
    }
}

static void
test_strings (void)
{
  const struct
  {
    const char *text;
    const char *undone;
    gsize length;
  } cases[] = {
    { "\"\"", "", 0 },
    { "\"plain\"", "plain", 5 },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8 },
    { "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac", 6 },
    { "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4 },
    { "\"a\\u0000b\"", "a\0b", 3 },
    { "\"\\ud83d\"", "\xef\xbf\xbd", 3 },
    { "\"\\ud83dx\"", "\xef\xbf\xbdx", 4 },
    { "\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd", 6 },
    { "\"\\ud83d\\u0041\"",
      "\xef\xbf\xbd"
      "A",
      4 },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7 },
    { "\"\\ud83d\\n\"", "\xef\xbf\xbd\n", 4 },
    { "\"\\uffff\"", "\xef\xbf\xbf", 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) undone = g_string_new (NULL);
      HelioJson json;

      g_test_message ("%s", cases[i].text);
      helio_json_init (&json, cases[i].text, strlen (cases[i].text));
      g_assert_true (helio_json_take_string (&json, undone));
      g_assert_true (helio_json_finish (&json));
      g_assert_cmpmem (undone->str, undone->len, cases[i].undone, cases[i].length);
    }
}

static void
test_members (void)
{
  const char *text
      = " { \"id\" : 7 ,\"\\u0069s\":true, \"id\":null , \"list\" :[ 1 ,\"x\", {} ] } ";
  const char *key;
  gsize key_length;
  int64_t number;
  const char *raw;
  gsize raw_length;
  HelioJson json;

  helio_json_init (&json, text, strlen (text));
  g_assert_cmpint (helio_json_peek (&json), ==, HELIO_JSON_OBJECT);
  g_assert_true (helio_json_enter_object (&json));
  g_assert_true (helio_json_next_member (&json, &key, &key_length));
  g_assert_true (helio_json_key_is (key, key_length, "id"));
  g_assert_false (helio_json_key_is (key, key_length, "i"));
  g_assert_false (helio_json_key_is (key, key_length, "idx"));
  g_assert_true (helio_json_take_int64 (&json, &number));
  g_assert_cmpint (number, ==, 7);
  g_assert_true (helio_json_next_member (&json, &key, &key_length));
  g_assert_true (helio_json_key_is (key, key_length, "is"));
  g_assert_false (helio_json_key_is (key, key_length, "it"));
  g_assert_true (helio_json_take_value (&json, &raw, &raw_length));
  g_assert_cmpmem (raw, raw_length, "true", 4);
  g_assert_true (helio_json_next_member (&json, &key, &key_length));
  g_assert_cmpint (helio_json_peek (&json), ==, HELIO_JSON_NULL);
  g_assert_true (helio_json_take_null (&json));
  g_assert_true (helio_json_next_member (&json, &key, &key_length));
  g_assert_true (helio_json_enter_array (&json));
  g_assert_true (helio_json_next_element (&json));
  g_assert_true (helio_json_take_int64 (&json, &number));
  g_assert_true (helio_json_next_element (&json));
  g_assert_true (helio_json_take_raw_string (&json, &raw, &raw_length));
  g_assert_cmpmem (raw, raw_length, "x", 1);
  g_assert_true (helio_json_next_element (&json));
  g_assert_true (helio_json_enter_object (&json));
  g_assert_false (helio_json_next_member (&json, &key, &key_length));
  g_assert_false (helio_json_next_element (&json));
  g_assert_false (helio_json_next_member (&json, &key, &key_length));
  g_assert_true (helio_json_finish (&json));
  g_assert_false (helio_json_failed (&json));
  g_assert_cmpuint (json.depth, ==, 0);
}

static void
test_a_key_with_a_nul_is_another (void)
{
  g_assert_false (helio_json_key_is ("id\\u0000", 8, "id"));
  g_assert_true (helio_json_key_is ("i\\u0064", 7, "id"));
}

static void
test_errors_stick (void)
{
  const char *text = "{\"a\" 1}";
  const char *key;
  gsize length;
  int64_t number;
  HelioJson json;

  helio_json_init (&json, text, strlen (text));
  g_assert_true (helio_json_enter_object (&json));
  g_assert_false (helio_json_next_member (&json, &key, &length));
  g_assert_cmpstr (json.problem, ==, "a colon is missing");
  g_assert_cmpint (json.at - json.start, ==, 5);
  g_assert_cmpint (helio_json_peek (&json), ==, HELIO_JSON_INVALID);
  g_assert_false (helio_json_take_int64 (&json, &number));
  g_assert_false (helio_json_take_value (&json, &key, &length));
  g_assert_false (helio_json_enter_array (&json));
  g_assert_false (helio_json_next_member (&json, &key, &length));
  g_assert_false (helio_json_finish (&json));
  g_assert_cmpstr (json.problem, ==, "a colon is missing");
}

static void
test_cursor_truncated (void)
{
  const char *text = "{\"a\":[1.5,\"x\"],\"b\":true}";

  for (gsize i = 0; i < strlen (text); i++)
    {
      g_autofree char *copy = g_memdup2 (text, i);
      g_autoptr (GString) undone = g_string_new (NULL);
      const char *key;
      gsize length;
      double number;
      HelioJson json;

      helio_json_init (&json, copy, i);
      helio_json_enter_object (&json);
      helio_json_next_member (&json, &key, &length);
      helio_json_enter_array (&json);
      helio_json_next_element (&json);
      helio_json_take_double (&json, &number);
      helio_json_next_element (&json);
      helio_json_take_string (&json, undone);
      helio_json_next_element (&json);
      helio_json_next_member (&json, &key, &length);
      helio_json_take_value (&json, &key, &length);
      helio_json_next_member (&json, &key, &length);
      g_assert_true (helio_json_failed (&json));
      g_assert_true (json.is_cut);
    }
}

static void
test_writes_strings (void)
{
  g_autoptr (GString) json = g_string_new ("x");

  helio_json_append_string (json, "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xf0\x9f\x98\x80", -1);
  g_assert_cmpstr (json->str, ==,
                   "x\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\xf0\x9f\x98\x80\"");
  g_string_truncate (json, 0);
  helio_json_append_string (json, "a\0b\xff\xc3", 5);
  g_assert_cmpstr (json->str, ==, "\"a\\u0000b\xef\xbf\xbd\xef\xbf\xbd\"");
  g_string_truncate (json, 0);
  helio_json_append_string (json, "", -1);
  g_assert_cmpstr (json->str, ==, "\"\"");
}

/* Not a test but a measurement: run with `-m perf`. */
static void
test_speed (void)
{
  const char *event
      = "{\"id\":123456,\"timestamp\":\"2026-11-20T23:36:34.367Z\",\"duration\":12.345,"
        "\"data\":{\"app\":\"firefox\",\"title\":\"The quick brown fox - page "
        "number 123456 - Firefox\"}},";
  g_autoptr (GString) text = g_string_new ("[");
  const char *value;
  gsize length;
  HelioJson json;
  double seconds = 1e9;

  if (!g_test_perf ())
    {
      g_test_skip ("a measurement");
      return;
    }
  for (int i = 0; i < 100000; i++)
    g_string_append (text, event);
  text->str[text->len - 1] = ']';
  for (int i = 0; i < 10; i++)
    {
      helio_json_init (&json, text->str, text->len);
      g_test_timer_start ();
      g_assert_true (helio_json_take_value (&json, &value, &length));
      seconds = MIN (seconds, g_test_timer_elapsed ());
    }
  seconds = text->len / seconds / 1e9;
  g_test_maximized_result (seconds, "strict scan of events of %zu bytes: %.2f GB/s", strlen (event),
                           seconds);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/json/tells-cut-at-every-place", test_truncated);
  g_test_add_func ("/json/tells-garbage-from-cut", test_garbage_is_not_cut);
  g_test_add_func ("/json/checks-utf8", test_utf8);
  g_test_add_func ("/json/checks-every-byte-of-a-string", test_every_byte);
  g_test_add_func ("/json/limits-nesting", test_nesting);
  g_test_add_func ("/json/rounds-numbers-correctly", test_numbers);
  g_test_add_func ("/json/refuses-bad-numbers", test_bad_numbers);
  g_test_add_func ("/json/takes-nan-only-where-allowed", test_nan);
  g_test_add_func ("/json/takes-integers-that-fit", test_integers);
  g_test_add_func ("/json/undoes-escapes", test_strings);
  g_test_add_func ("/json/walks-members-and-elements", test_members);
  g_test_add_func ("/json/tells-keys-with-nul", test_a_key_with_a_nul_is_another);
  g_test_add_func ("/json/keeps-the-first-error", test_errors_stick);
  g_test_add_func ("/json/cursor-tells-cut-at-every-place", test_cursor_truncated);
  g_test_add_func ("/json/writes-strings", test_writes_strings);
  g_test_add_func ("/json/speed", test_speed);
  return g_test_run ();
}
