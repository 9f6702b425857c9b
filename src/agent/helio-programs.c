/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-programs.h"

#include <string.h>

/* What the kernel adds to the name of a file that was replaced while it runs. */
#define DELETED " (deleted)"

static char *
look_in (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_path_is_absolute (path) || !g_file_test (path, G_FILE_TEST_IS_EXECUTABLE)
      || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return NULL;
  return g_steal_pointer (&path);
}

char *
helio_programs_get_own (void)
{
  char *path = g_file_read_link ("/proc/self/exe", NULL);

  if (path != NULL && g_str_has_suffix (path, DELETED))
    path[strlen (path) - strlen (DELETED)] = '\0';
  return path;
}

char *
helio_programs_find (const char *name)
{
  const char *variable = g_getenv ("HELIOGRAPH_PROGRAMS");
  g_auto (GStrv) folders = g_strsplit (variable != NULL ? variable : "", ":", -1);
  g_autofree char *own = helio_programs_get_own ();
  g_autofree char *own_folder = own != NULL ? g_path_get_dirname (own) : NULL;
  char *path = NULL;

  for (GStrv folder = folders; *folder != NULL && path == NULL; folder++)
    path = look_in (*folder, name);
  if (path == NULL && own_folder != NULL)
    path = look_in (own_folder, name);
  if (path == NULL)
    path = look_in (BINDIR, name);
  return path != NULL ? path : g_find_program_in_path (name);
}
