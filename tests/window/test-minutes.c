/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-minutes.h"

static void
test_format (void)
{
  static const struct
  {
    guint seconds;
    const char *text;
  } cases[] = { { 0, "0:00" }, { 9, "0:09" }, { 60, "1:00" }, { 185, "3:05" }, { 3600, "60:00" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = helio_minutes_format (cases[i].seconds);
      guint seconds = 1;

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (helio_minutes_parse (text, &seconds));
      g_assert_cmpuint (seconds, ==, cases[i].seconds);
    }
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    guint seconds;
  } cases[] = { { "180", 180 }, { " 3:00 ", 180 }, { "0:5", 5 }, { "90:00", 5400 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint seconds = 1;

      g_assert_true (helio_minutes_parse (cases[i].text, &seconds));
      g_assert_cmpuint (seconds, ==, cases[i].seconds);
    }
}

static void
test_nonsense (void)
{
  static const char *const texts[]
      = { "", ":", "3:", ":30", "3:60", "3:-1", "-3:00", "1:2:3", "3m", "3.5", "4294967296", "½" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint seconds;

      g_assert_false (helio_minutes_parse (texts[i], &seconds));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/minutes/are-read-as-they-are-written", test_format);
  g_test_add_func ("/window/minutes/or-seconds-are-typed", test_parse);
  g_test_add_func ("/window/minutes/nonsense-is-refused", test_nonsense);
  return g_test_run ();
}
