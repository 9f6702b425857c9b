/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-autostart.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "agent/helio-programs.h"
#include "model/helio-error.h"

#define NAME APP_ID ".Agent.desktop"
#define TEMPLATE "/io/github/heliograph/Heliograph/autostart/" NAME
#define GROUP G_KEY_FILE_DESKTOP_GROUP

gboolean
helio_autostart_is_sandboxed (void)
{
  /* Elsewhere for tests. */
  const char *info = g_getenv ("HELIOGRAPH_FLATPAK_INFO");

  return g_file_test (info != NULL ? info : "/.flatpak-info", G_FILE_TEST_EXISTS);
}

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", NAME, NULL);
}

gboolean
helio_autostart_is_on (void)
{
  g_autoptr (GKeyFile) entry = g_key_file_new ();
  g_autofree char *path = get_path ();
  g_autoptr (GError) error = NULL;

  if (!g_key_file_load_from_file (entry, path, G_KEY_FILE_NONE, NULL))
    return FALSE;
  /* Desktops switch an entry off by one of these. */
  return g_key_file_has_group (entry, GROUP)
         && !g_key_file_get_boolean (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_HIDDEN, NULL)
         && (g_key_file_get_boolean (entry, GROUP, "X-GNOME-Autostart-enabled", &error)
             || error != NULL);
}

/* A word of an Exec line, as the Desktop Entry Specification wants it. */
static char *
quote (const char *path)
{
  GString *word = g_string_new ("\"");

  for (const char *at = path; *at != '\0'; at++)
    {
      if (strchr ("\"`$\\", *at) != NULL)
        g_string_append_c (word, '\\');
      if (*at == '%')
        g_string_append_c (word, '%');
      g_string_append_c (word, *at);
    }
  g_string_append_c (word, '"');
  return g_string_free (word, FALSE);
}

static gboolean
write_entry (const char *path, GError **error)
{
  g_autoptr (GKeyFile) entry = g_key_file_new ();
  g_autoptr (GBytes) template = g_resources_lookup_data (TEMPLATE, 0, error);
  g_autofree char *program = helio_programs_get_own ();
  const char *own = program != NULL ? program : BINDIR "/heliograph-agent";
  g_autofree char *word = quote (own);
  g_autofree char *folder = g_path_get_dirname (path);

  if (template == NULL
      || !g_key_file_load_from_bytes (
          entry, template, G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, error))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s", g_strerror (errno));
      return FALSE;
    }
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, word);
  /* The entry stays when the package is removed: then it is to be passed over. */
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_TRY_EXEC, own);
  g_key_file_set_string (entry, GROUP, G_KEY_FILE_DESKTOP_KEY_COMMENT,
                         _ ("Publish what your computer is doing to a backend of your own"));
  return g_key_file_save_to_file (entry, path, error);
}

gboolean
helio_autostart_write (gboolean is_on, GError **error)
{
  g_autofree char *path = get_path ();
  g_autoptr (GError) problem = NULL;

  if (!is_on && g_unlink (path) != 0 && errno != ENOENT && errno != ENOTDIR)
    g_set_error_literal (&problem, G_FILE_ERROR, g_file_error_from_errno (errno),
                         g_strerror (errno));
  else if (is_on)
    write_entry (path, &problem);
  if (problem == NULL)
    return TRUE;
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
               _ ("The autostart entry %s can't be changed: %s"), path, problem->message);
  return FALSE;
}
