/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "model/helio-dict.h"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
test_reads_values (void)
{
  g_autoptr (GVariant) dict = parse ("a{sv}", "{'t': <'text'>, 'x': <int64 -5>, 'u': <uint32 7>, "
                                              "'d': <2.5>, 'n': <-2.6>, 'b': <true>}");

  g_assert_cmpstr (helio_dict_get_text (dict, "t"), ==, "text");
  g_assert_cmpint (helio_dict_get_number (dict, "x"), ==, -5);
  g_assert_cmpint (helio_dict_get_number (dict, "u"), ==, 7);
  g_assert_cmpint (helio_dict_get_number (dict, "d"), ==, 3);
  g_assert_cmpint (helio_dict_get_number (dict, "n"), ==, -3);
  g_assert_true (helio_dict_get_flag (dict, "b"));
}

static void
test_missing_and_odd_values (void)
{
  g_autoptr (GVariant) dict = parse ("a{sv}", "{'t': <'text'>, 'b': <true>}");

  g_assert_cmpstr (helio_dict_get_text (dict, "none"), ==, "");
  g_assert_cmpstr (helio_dict_get_text (dict, "b"), ==, "");
  g_assert_cmpint (helio_dict_get_number (dict, "t"), ==, 0);
  g_assert_false (helio_dict_get_flag (dict, "t"));
  g_assert_false (helio_dict_get_flag (dict, "none"));
}

static void
test_finds_one_of_many (void)
{
  g_autoptr (GVariant) dicts = parse ("aa{sv}", "[{'id': <'a'>}, {'x': <'b'>}, "
                                                "{'id': <'b'>, 'n': <int64 2>}]");
  g_autoptr (GVariant) found = helio_dicts_find (dicts, "id", "b");

  g_assert_nonnull (found);
  g_assert_cmpint (helio_dict_get_number (found, "n"), ==, 2);
  g_assert_null (helio_dicts_find (dicts, "id", "c"));
  g_assert_null (helio_dicts_find (NULL, "id", "a"));
}

static void
test_counts_many (void)
{
  g_autoptr (GVariant) dicts
      = parse ("aa{sv}", "[{'on': <true>}, {'on': <false>}, {'x': <true>}, {'on': <true>}]");

  g_assert_cmpuint (helio_dicts_count (dicts), ==, 4);
  g_assert_cmpuint (helio_dicts_count_flags (dicts, "on"), ==, 2);
  g_assert_cmpuint (helio_dicts_count (NULL), ==, 0);
  g_assert_cmpuint (helio_dicts_count_flags (NULL, "on"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/dict/reads-values", test_reads_values);
  g_test_add_func ("/model/dict/missing-and-odd-values", test_missing_and_odd_values);
  g_test_add_func ("/model/dict/finds-one-of-many", test_finds_one_of_many);
  g_test_add_func ("/model/dict/counts-many", test_counts_many);
  return g_test_run ();
}
