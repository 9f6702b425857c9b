/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-trouble.h"

#define DESTINATIONS                                                                               \
  "[{'name': <'home'>, 'state': <'idle'>}, {'name': <'shop'>, 'state': <'stopped'>},"              \
  " {'name': <'club'>, 'state': <'waiting'>}]"

static HelioTrouble
find (const char *trouble, const char *expected)
{
  const char *text;
  g_autoptr (GVariant) source
      = g_variant_parse (G_VARIANT_TYPE ("a{sv}"), "{'error': <'no answer'>}", NULL, NULL, NULL);
  g_autoptr (GVariant) destinations
      = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), DESTINATIONS, NULL, NULL, NULL);

  g_assert_nonnull (source);
  g_assert_nonnull (destinations);
  HelioTrouble found = helio_trouble_find (trouble, source, destinations, &text);
  g_assert_cmpstr (text, ==, expected);
  return found;
}

static void
test_whose (void)
{
  g_assert_cmpint (find ("no answer", "no answer"), ==, HELIO_TROUBLE_SOURCE);
  g_assert_cmpint (find ("shop: refused the token", "refused the token"), ==,
                   HELIO_TROUBLE_STOPPED);
  g_assert_cmpint (find ("club: can't be reached", "can't be reached"), ==, HELIO_TROUBLE_WAITING);
  g_assert_cmpint (find ("the disk is full", "the disk is full"), ==, HELIO_TROUBLE_OTHER);
}

static void
test_nothing_known (void)
{
  const char *text;

  g_assert_cmpint (helio_trouble_find (NULL, NULL, NULL, &text), ==, HELIO_TROUBLE_OTHER);
  g_assert_cmpint (helio_trouble_find ("odd", NULL, NULL, &text), ==, HELIO_TROUBLE_OTHER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/trouble/whose-it-is", test_whose);
  g_test_add_func ("/window/trouble/nothing-known", test_nothing_known);
  return g_test_run ();
}
