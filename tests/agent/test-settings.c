/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "agent/helio-environment.h"
#include "agent/helio-secrets.h"
#include "agent/helio-settings.h"
#include "model/helio-error.h"
#include "model/helio-event.h"

static char *
make_file (void)
{
  return g_build_filename (g_get_user_config_dir (), "test", "agent.ini", NULL);
}

static void
put_destination (HelioSettings *settings, const char *id)
{
  g_autoptr (HelioDestinationSettings) destination
      = helio_destination_settings_new (id, "https://example.org");
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  g_autoptr (GVariant) options = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "level", "s", "app");
  g_variant_dict_insert (&dict, "name", "s", "My page");
  g_variant_dict_insert (&dict, "token-file", "s", "/nowhere/token");
  options = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_true (helio_destination_settings_change (destination, options, &error));
  g_assert_no_error (error);
  g_assert_true (helio_settings_put_destination (settings, destination, &error));
  g_assert_no_error (error);
}

static void
check_keeps (HelioSettings *settings)
{
  g_autoptr (GPtrArray) list = helio_settings_list_destinations (settings);
  g_autoptr (HelioBucket) bucket = helio_bucket_new ("b1", NULL, NULL, NULL, NULL);
  g_autoptr (HelioBucket) other = helio_bucket_new ("b2", NULL, NULL, NULL, NULL);
  const HelioDestinationSettings *destination;

  g_assert_cmpuint (list->len, ==, 1);
  destination = list->pdata[0];
  g_assert_cmpstr (destination->id, ==, "one");
  g_assert_cmpstr (destination->name, ==, "My page");
  g_assert_cmpint (destination->level, ==, HELIO_LEVEL_APP);
  g_assert_true (destination->has_history);
  g_assert_cmpuint (helio_settings_get_options (settings)->poll_interval, ==, 7);
  g_assert_true (helio_settings_is_enabled (settings, bucket, "laptop"));
  g_assert_true (helio_settings_has_deletion (settings, "one", other, "laptop"));
}

static void
fill (HelioSettings *settings)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_uint32 (7));
  g_autoptr (GError) error = NULL;

  put_destination (settings, "one");
  g_assert_true (helio_settings_set_option (settings, "poll-interval", value, &error));
  g_assert_true (helio_settings_set_bucket (settings, "b1", TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (helio_settings_add_deletion (settings, "one", "b2", NULL));
  g_assert_true (helio_settings_add_deletion (settings, "one", "b3", NULL));
  helio_settings_drop_deletion (settings, "one", "b3");
}

static void
test_key_file (void)
{
  g_autofree char *file = make_file ();
  g_autofree char *folder = g_path_get_dirname (file);
  g_autoptr (GError) error = NULL;
  HelioSettings *settings = helio_settings_new (file, &error);
  struct stat status;

  g_assert_no_error (error);
  fill (settings);
  helio_settings_free (settings);
  g_assert_cmpint (g_stat (file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);

  settings = helio_settings_new (file, &error);
  g_assert_no_error (error);
  check_keeps (settings);
  g_assert_true (helio_settings_remove_destination (settings, "one", &error));
  g_assert_no_error (error);
  g_auto (GStrv) left = helio_settings_get_deletions (settings, "one");
  g_assert_cmpuint (g_strv_length (left), ==, 0);
  helio_settings_free (settings);
}

static void
test_desktop (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioSettings) settings = helio_settings_new (NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (helio_settings_get_options (settings)->poll_interval, ==, 5);
  g_assert_cmpint (helio_settings_get_options (settings)->history_from, ==, HELIO_TIME_MIN);
  fill (settings);
  check_keeps (settings);
}

static void
check_refused (HelioSettings *settings, const char *key, GVariant *value, const char *word)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (GError) error = NULL;

  g_assert_false (helio_settings_set_option (settings, key, owned, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_refuses (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioSettings) settings = helio_settings_new (NULL, &error);

  g_assert_no_error (error);
  check_refused (settings, "poll-interval", g_variant_new_uint32 (0), "from 1 to 60");
  check_refused (settings, "poll-interval", g_variant_new_string ("5"), "from 1 to 60");
  check_refused (settings, "no-such-key", g_variant_new_string ("5"), "no setting");
  check_refused (settings, "destinations", g_variant_new_strv (NULL, 0), "no setting");
  check_refused (settings, "aw-url", g_variant_new_string ("here"), "address");
  check_refused (settings, "aw-url", g_variant_new_string ("ftp://127.0.0.1"), "address");
}

/* An error is shown, and goes over D-Bus, which takes nothing but UTF-8. */
static void
check_unreadable (const char *text, const char *words)
{
  g_autofree char *file = make_file ();
  g_autofree char *folder = g_path_get_dirname (file);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_assert_null (helio_settings_new (file, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, "agent.ini"));
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpint (g_unlink (file), ==, 0);
}

static void
test_unreadable (void)
{
  check_unreadable ("[heliograph]\naw-url=\"http://m\xfc"
                    "ller\"\n",
                    "“aw-url” takes a text");
  check_unreadable ("[heliograph]\nbuckets=[\"\xff\"]\n", "“buckets” takes a list of texts");
  check_unreadable ("[m\xfc"
                    "ller\n",
                    "correct it");
  check_unreadable ("[m\xa1\x93ller]\na=b\n[x\n", "correct it");
  check_unreadable ("m\xfc"
                    "ller\n",
                    "correct it");
  check_unreadable ("[heliograph]\nm\xfc"
                    "ller\n",
                    "correct it");
}

static void
test_environment (void)
{
  g_autoptr (HelioBucket) window
      = helio_bucket_new ("aw-watcher-window_laptop", "currentwindow", NULL, "laptop", NULL);
  g_autoptr (HelioBucket) web
      = helio_bucket_new ("aw-watcher-web_laptop", "web.tab.current", NULL, "laptop", NULL);
  g_autoptr (HelioBucket) other
      = helio_bucket_new ("aw-watcher-window_desk", "currentwindow", NULL, "desk", NULL);
  g_autoptr (HelioBucket) copy = helio_bucket_copy (window);
  g_autoptr (HelioBucket) extra = helio_bucket_new ("extra", NULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_setenv ("HELIOGRAPH_URL", "https://example.org", TRUE);
  g_assert_null (helio_settings_new (NULL, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, "HELIOGRAPH_TOKEN_FILE"));
  g_clear_error (&error);

  g_setenv ("HELIOGRAPH_TOKEN_FILE", "/nowhere/token", TRUE);
  g_setenv ("HELIOGRAPH_BUCKETS", "default, extra", TRUE);
  g_setenv ("HELIOGRAPH_HISTORY_FROM", "2026-01-31", TRUE);
  g_setenv ("HELIOGRAPH_AW_URL", "http://127.0.0.1:5666", TRUE);
  g_autoptr (HelioSettings) settings = helio_settings_new (NULL, &error);
  g_assert_no_error (error);

  list = helio_settings_list_destinations (settings);
  /* The one of the environment is the last. */
  g_assert_cmpuint (list->len, >=, 1);
  g_assert_cmpstr (((HelioDestinationSettings *) list->pdata[list->len - 1])->id, ==,
                   HELIO_ENVIRONMENT_DESTINATION);
  g_assert_cmpint (helio_settings_get_options (settings)->history_from, ==, 1769817600000);
  g_assert_cmpstr (helio_settings_get_options (settings)->aw_url, ==, "http://127.0.0.1:5666");

  copy->is_synced_copy = TRUE;
  g_assert_true (helio_settings_is_enabled (settings, window, "laptop"));
  g_assert_false (helio_settings_is_enabled (settings, window, NULL));
  g_assert_false (helio_settings_is_enabled (settings, copy, "laptop"));
  g_assert_false (helio_settings_is_enabled (settings, web, "laptop"));
  g_assert_false (helio_settings_is_enabled (settings, other, "laptop"));

  /* What it switches on is not deleted, though that was wished before. */
  g_assert_true (helio_settings_add_deletion (settings, "one", window->id, NULL));
  g_assert_true (helio_settings_add_deletion (settings, "one", web->id, NULL));
  g_assert_true (helio_settings_add_deletion (settings, "one", extra->id, NULL));
  g_assert_false (helio_settings_has_deletion (settings, "one", window, "laptop"));
  g_assert_true (helio_settings_has_deletion (settings, "one", window, "desk"));
  g_assert_true (helio_settings_has_deletion (settings, "one", web, "laptop"));
  g_assert_false (helio_settings_has_deletion (settings, "one", web, NULL));
  g_assert_false (helio_settings_has_deletion (settings, "one", extra, "laptop"));
  g_assert_false (helio_settings_has_deletion (settings, "two", web, "laptop"));
  helio_settings_drop_deletion (settings, "one", NULL);

  check_refused (settings, "aw-url", g_variant_new_string ("http://127.0.0.1:1"),
                 "HELIOGRAPH_AW_URL");
  g_assert_false (helio_settings_set_bucket (settings, "b", TRUE, NULL));
  g_assert_false (
      helio_settings_remove_destination (settings, HELIO_ENVIRONMENT_DESTINATION, NULL));

  g_setenv ("HELIOGRAPH_HISTORY_FROM", "soon", TRUE);
  g_assert_null (helio_environment_read (&error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
  g_unsetenv ("HELIOGRAPH_URL");
  g_unsetenv ("HELIOGRAPH_TOKEN_FILE");
  g_unsetenv ("HELIOGRAPH_BUCKETS");
  g_unsetenv ("HELIOGRAPH_HISTORY_FROM");
  g_unsetenv ("HELIOGRAPH_AW_URL");
}

static void
check_file (const char *path, int mode, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_chmod (path, mode);
  g_assert_null (helio_secrets_read_file (path, &error));
  g_assert_error (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_token_file (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "it's a token", NULL);
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (g_get_user_data_dir (), 0700);
  check_file (path, 0600, "can't be read");
  g_assert_true (g_file_set_contents (path, "  hg_abc\r\nmore\n", -1, NULL));
  check_file (path, 0640, "chmod 600 ");
  check_file (path, 0604, "chmod 600");
  g_chmod (path, 0600);
  token = helio_secrets_read_file (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "hg_abc");
  g_assert_true (g_file_set_contents (path, "\n", -1, NULL));
  check_file (path, 0600, "empty");
  check_file (g_get_user_data_dir (), 0700, "can't be read");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/agent/settings/key-file-keeps-them-private", test_key_file);
  g_test_add_func ("/agent/settings/desktop-keeps-them", test_desktop);
  g_test_add_func ("/agent/settings/refuses-what-can-not-be", test_refuses);
  g_test_add_func ("/agent/settings/says-what-can-not-be-read", test_unreadable);
  g_test_add_func ("/agent/settings/environment-decides", test_environment);
  g_test_add_func ("/agent/settings/token-file-must-be-private", test_token_file);
  return g_test_run ();
}
