/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The settings file, which people write by hand. It is read whole or refused with a reason that
 * can be shown; what was read is within the ranges of the schema; and a change of one setting
 * leaves a file that reads with all the others as before. */

#include <glib/gstdio.h>
#include <unistd.h>

#include "agent/helio-settings.h"
#include "fuzz/fuzz.h"
#include "model/helio-error.h"

static char *
file_name (void)
{
  static char *folder;

  /* The names of files are part of messages, so this one is always the same length. */
  if (folder == NULL)
    {
      g_setenv ("GSETTINGS_SCHEMA_DIR", SCHEMA_DIR, TRUE);
      g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
      folder = g_strdup_printf ("%s/heliograph-fuzz-%u", g_get_tmp_dir (), (guint) getpid ());
      g_mkdir (folder, 0700);
    }
  return g_build_filename (folder, "agent.ini", NULL);
}

static void
check_destinations (HelioSettings *settings)
{
  g_autoptr (GPtrArray) list = helio_settings_list_destinations (settings);

  for (guint i = 0; i < list->len; i++)
    {
      const HelioDestinationSettings *each = list->pdata[i];

      g_assert_true (each->id != NULL && each->url != NULL && each->name != NULL
                     && each->token_file != NULL);
      g_strfreev (helio_settings_get_deletions (settings, each->id));
    }
}

static void
check_change (HelioSettings *settings, const char *path)
{
  const HelioOptions *options = helio_settings_get_options (settings);
  g_autoptr (GVariant) value
      = g_variant_ref_sink (g_variant_new_uint32 (options->poll_interval == 7 ? 8 : 7));
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioSettings) again = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_auto (GStrv) buckets = helio_settings_get_buckets (settings);
  g_auto (GStrv) buckets_again = NULL;

  g_assert_true (helio_settings_set_option (settings, "poll-interval", value, &error));
  g_assert_no_error (error);
  again = helio_settings_new (path, &error);
  g_assert_no_error (error);
  options = helio_settings_get_options (settings);
  g_assert_cmpuint (helio_settings_get_options (again)->poll_interval, ==, options->poll_interval);
  g_assert_cmpstr (helio_settings_get_options (again)->aw_url, ==, options->aw_url);
  g_assert_cmpint (helio_settings_get_options (again)->history_from, ==, options->history_from);
  buckets_again = helio_settings_get_buckets (again);
  g_assert_cmpstrv (buckets, buckets_again);
  before = helio_settings_list_destinations (settings);
  after = helio_settings_list_destinations (again);
  g_assert_cmpuint (before->len, ==, after->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *path = file_name ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioSettings) settings = NULL;

  g_mkdir (folder, 0700);
  g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) size,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  settings = helio_settings_new (path, &error);
  if (settings == NULL)
    {
      g_assert_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  else
    {
      check_destinations (settings);
      check_change (settings, path);
    }
  g_unlink (path);
  g_rmdir (folder);
  return 0;
}
