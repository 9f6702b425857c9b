/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "destination/helio-address.h"
#include "destination/helio-destination.h"
#include "model/helio-error.h"

#define TOKEN "hg_0123456789012345678901234567890123456789012"

static void
test_names (void)
{
  static const struct
  {
    const char *url;
    const char *name;
    gboolean is_local;
  } cases[] = {
    { "https://example.org", "example.org", FALSE },
    { "https://example.org/", "example.org", FALSE },
    { "https://example.org:443/secret/path/", "example.org", FALSE },
    { "https://Example.org:8443", "Example.org:8443", FALSE },
    { "http://127.0.0.1:5680", "127.0.0.1:5680", TRUE },
    { "http://127.1.2.3", "127.1.2.3", TRUE },
    { "http://[::1]:5680/x", "[::1]:5680", TRUE },
    { "http://LocalHost:80", "LocalHost", TRUE },
    { "https://[2001:db8::1]", "[2001:db8::1]", FALSE },
    { "https://127.0.0.1.example.org", "127.0.0.1.example.org", FALSE },
    { "https://localhost.example.org", "localhost.example.org", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HelioAddress) address = helio_address_parse (cases[i].url, &error);
      HelioDestination *destination = helio_destination_new (cases[i].url, TOKEN, FALSE, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (helio_destination_get_name (destination), ==, cases[i].name);
      g_assert_cmpint (address->is_local, ==, cases[i].is_local);
      g_assert_finalize_object (destination);
    }
}

static void
test_refuses (void)
{
  static const char *const urls[] = {
    "",
    "example.org",
    "example.org:443",
    "ftp://example.org",
    "https://",
    "https:///x",
    "https://me:sesame@example.org",
    "https://sesame@example.org",
    "https://example.org/?token=sesame",
    "https://example.org/#sesame",
    "https://example.org:0",
    "https://example.org:99999",
    "https://exa mple.org/sesame",
    "unix:///sesame",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", urls[i]);
      g_assert_null (helio_destination_new (urls[i], TOKEN, TRUE, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
      g_assert_null (g_strstr_len (error->message, -1, "sesame"));
    }
}

static void
test_plain_http (void)
{
  static const char *const urls[]
      = { "http://example.org", "http://192.168.0.2:5680/secret", "http://127.0.0.1.example.org",
          "http://0.0.0.0", "http://127.1" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_destination_new (urls[i], TOKEN, FALSE, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_INSECURE);
      g_assert_null (g_strstr_len (error->message, -1, "secret"));
      g_clear_error (&error);

      g_autoptr (HelioDestination) allowed = helio_destination_new (urls[i], TOKEN, TRUE, &error);
      g_assert_no_error (error);

      g_autoptr (HelioAddress) address = helio_address_parse (urls[i], &error);
      g_assert_false (address->is_local);
    }
}

static void
test_tokens (void)
{
  static const char *const tokens[]
      = { "", " ", "hg_sesame ", "hg_se same", "hg_sesame\n", "hg_s\xc3\xa9same", "hg_\x01sesame" };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (helio_destination_new ("https://example.org", tokens[i], FALSE, &error));
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
      g_assert_nonnull (g_strstr_len (error->message, -1, "example.org"));
      g_assert_null (g_strstr_len (error->message, -1, "same"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/destination/address/names-host-and-port-only", test_names);
  g_test_add_func ("/destination/address/refuses-what-is-no-backend-url", test_refuses);
  g_test_add_func ("/destination/address/needs-leave-for-plain-http", test_plain_http);
  g_test_add_func ("/destination/address/refuses-what-is-no-token", test_tokens);
  return g_test_run ();
}
