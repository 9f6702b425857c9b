/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "window/helio-visitor.h"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
check (const char *presence_text, const char *destinations_text, const char *expected)
{
  g_autoptr (GVariant) presence = parse ("a{sv}", presence_text);
  g_autoptr (GVariant) destinations = parse ("aa{sv}", destinations_text);
  g_autofree char *text = helio_visitor_get_text (presence, destinations);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_states (void)
{
  check ("{'state': <'active'>, 'app': <'Firefox'>}", "[{'level': <'app'>}]",
         "Your website shows: active, Firefox");
  check ("{'state': <'active'>, 'app': <'Firefox'>, 'title': <'News'>}", "[{'level': <'title'>}]",
         "Your website shows: active, Firefox, “News”");
  check ("{'state': <'active'>}", "[{'level': <'state'>, 'bundled': <true>}]",
         "Your live page shows: active");
  check ("{'state': <'away'>}", "[{'level': <'app'>}]", "Your website shows: away");
}

static void
test_nothing (void)
{
  g_autofree char *unknown = helio_visitor_get_text (NULL, NULL);

  g_assert_cmpstr (unknown, ==, "");
  check ("{}", "@aa{sv} []", "");
  check ("{}", "[{'level': <'nothing'>}]", "Your website shows nothing of now");
}

static void
test_levels_that_differ (void)
{
  check ("{'state': <'active'>, 'app': <'Firefox'>}", "[{'level': <'app'>}, {'level': <'state'>}]",
         "Your website shows at most: active, Firefox");
}

static void
test_text_from_outside (void)
{
  check ("{'state': <'active'>, 'app': <'Fire\\nfox'>}", "[{'level': <'app'>}]",
         "Your website shows: active, Fire\xef\xbf\xbd"
         "fox");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/visitor/states", test_states);
  g_test_add_func ("/window/visitor/nothing", test_nothing);
  g_test_add_func ("/window/visitor/levels-that-differ", test_levels_that_differ);
  g_test_add_func ("/window/visitor/text-from-outside-is-cleaned", test_text_from_outside);
  return g_test_run ();
}
