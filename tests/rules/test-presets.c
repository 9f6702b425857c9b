/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "rules/helio-presets.h"

#include <string.h>

#include "rules/helio-rules.h"

static HelioRules *
make_rules (const char *id)
{
  for (const HelioPreset *preset = helio_presets_get (); preset->id != NULL; preset++)
    if (strcmp (preset->id, id) == 0)
      {
        g_autofree char *json = helio_preset_make_rules (preset);

        return helio_rules_new_from_json (json, NULL);
      }
  g_assert_not_reached ();
}

static void
check (const char *preset, const char *type, const char *data, const char *expected)
{
  g_autoptr (HelioRules) rules = make_rules (preset);
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b", type, NULL, NULL, NULL);

  for (int scope = HELIO_SCOPE_HISTORY; scope <= HELIO_SCOPE_PRESENCE; scope++)
    {
      g_autoptr (GByteArray) scratch = g_byte_array_new ();
      HelioEvent event = { .data_len = (uint32_t) strlen (data) };
      g_autofree char *made = NULL;
      HelioPublished published;

      if (helio_rules_publish (rules, bucket, (HelioScope) scope, &event, data, scratch, NULL,
                               &published))
        made = g_strndup (published.data, published.length);
      g_test_message ("%s: %s", preset, data);
      g_assert_cmpstr (made, ==, expected);
    }
}

static void
test_compile (void)
{
  guint count = 0;

  for (const HelioPreset *preset = helio_presets_get (); preset->id != NULL; preset++, count++)
    {
      g_autoptr (HelioRules) rules = make_rules (preset->id);
      g_autofree char *why = helio_rules_explain (rules, NULL);

      g_assert_cmpstr (why, ==, NULL);
      g_assert_nonnull (preset->name);
      g_assert_nonnull (preset->summary);
    }
  g_assert_cmpuint (count, ==, 6);
}

#define TITLE(title) "{\"app\":\"firefox\",\"title\":\"" title "\"}"
#define PAGE(url) "{\"title\":\"x\",\"url\":\"" url "\"}"
#define ALONE(url) "{\"url\":\"" url "\"}"
#define PLAIN "{\"app\":\"firefox\"}"

static void
test_private (void)
{
  static const char *const private[] = {
    TITLE ("Mozilla Firefox Private Browsing"),
    TITLE ("News — Mozilla Firefox (Private Browsing)"),
    TITLE ("News - Google Chrome (Incognito)"),
    TITLE ("News - [InPrivate] - Microsoft Edge"),
    TITLE ("News — Mozilla Firefox (Privater Modus)"),
    TITLE ("News — Mozilla Firefox (navigation privée)"),
    "{\"incognito\":true,\"title\":\"x\",\"url\":\"https://example.org\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (private); i++)
    check ("private-windows", "currentwindow", private[i], NULL);
  check ("private-windows", "currentwindow", TITLE ("News"), TITLE ("News"));
  check ("private-windows", "web.tab.current", "{\"incognito\":false,\"title\":\"x\"}",
         "{\"incognito\":false,\"title\":\"x\"}");
}

static void
test_managers (void)
{
  check ("password-managers", "currentwindow", "{\"app\":\"org.keepassxc.KeePassXC\"}", NULL);
  check ("password-managers", "currentwindow", "{\"app\":\"Bitwarden\",\"title\":\"x\"}", NULL);
  check ("password-managers", "currentwindow", TITLE ("Passwords.kdbx [Locked]"), NULL);
  check ("password-managers", "web.tab.current", PAGE ("https://vault.bitwarden.com/#/"), NULL);
  check ("password-managers", "web.tab.current", PAGE ("https://example.org/bitwarden"),
         PAGE ("https://example.org/bitwarden"));
  check ("password-managers", "currentwindow", TITLE ("News"), TITLE ("News"));
}

static void
test_banking (void)
{
  check ("banking", "currentwindow", TITLE ("Online-Banking — Mozilla Firefox"), PLAIN);
  check ("banking", "currentwindow", TITLE ("Commerzbank"), PLAIN);
  check ("banking", "currentwindow", TITLE ("Kreissparkasse: Konto"), PLAIN);
  check ("banking", "currentwindow", TITLE ("Embankment"), TITLE ("Embankment"));
  check ("banking", "web.tab.current", PAGE ("https://www.mybank.example/login"), NULL);
  check ("banking", "web.tab.current", "{\"title\":\"Your bank\",\"url\":\"https://x.example\"}",
         NULL);
  check ("banking", "web.tab.current", PAGE ("https://example.org/bank"),
         PAGE ("https://example.org/bank"));
}

static void
test_less (void)
{
  check ("app-names-only", "currentwindow", TITLE ("News"), PLAIN);
  check ("app-names-only", "web.tab.current", PAGE ("https://example.org"), "{}");
  check ("app-names-only", "afkstatus", "{\"status\":\"afk\"}", "{\"status\":\"afk\"}");
  check ("hide-titles", "currentwindow", TITLE ("News"), PLAIN);
  check ("hide-titles", "afkstatus", "{\"status\":\"afk\"}", "{\"status\":\"afk\"}");
}

/* Nothing but a domain passes, however the address is written. */
static void
test_domains (void)
{
  static const char *const cases[][2] = {
    { "https://example.org/path?q=1#x", "example.org" },
    { "http://example.org", "example.org" },
    { "HTTPS://Example.org:8080/", "Example.org" },
    { "https://me:secret@example.org/", "example.org" },
    { "https://a@b@example.org", "example.org" },
    { "https://example.org?q", "example.org" },
    { "http://[::1]:80/x", "[::1]" },
    { "http://bücher.example/x", "bücher.example" },
    { "file:///home/me/secret", NULL },
    { "about:blank", NULL },
    { "data:text,secret", NULL },
    { "mailto:me@example.org", NULL },
    { "http://:80/secret", NULL },
    { "http://me@/secret", NULL },
    { "http:///secret", NULL },
    { "https://example.org:secret", NULL },
    { "view-source:https://example.org/secret", NULL },
    { "javascript:secret()", NULL },
    { "https://exa mple.org/secret", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *data = g_strdup_printf (ALONE ("%s"), cases[i][0]);
      g_autofree char *expected
          = cases[i][1] != NULL ? g_strdup_printf (ALONE ("%s"), cases[i][1]) : g_strdup ("{}");

      check ("domains-only", "web.tab.current", data, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/presets/compile", test_compile);
  g_test_add_func ("/rules/presets/private-windows", test_private);
  g_test_add_func ("/rules/presets/password-managers", test_managers);
  g_test_add_func ("/rules/presets/banking", test_banking);
  g_test_add_func ("/rules/presets/less-of-everything", test_less);
  g_test_add_func ("/rules/presets/domains-only", test_domains);
  return g_test_run ();
}
