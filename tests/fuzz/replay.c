/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>

#include "fuzz/fuzz.h"

/* Gives a target the inputs of its corpus: replay FOLDER. Where clang is missing, and in a build
 * with GCC's sanitizers, that is what a target does. A single FILE is what libFuzzer found. */

static void
replay (const char *path)
{
  g_autofree char *text = NULL;
  g_autofree uint8_t *copy = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &error))
    g_error ("%s", error->message);
  /* In a block of its own length, so that a sanitizer sees a read beyond. */
  copy = g_memdup2 (text, length);
  LLVMFuzzerTestOneInput (copy, length);
}

int
main (int argc, char *argv[])
{
  LLVMFuzzerInitialize (&argc, &argv);
  printf ("1..%d\n", argc - 1);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GDir) folder = g_dir_open (argv[i], 0, NULL);
      g_autofree char *name = g_path_get_basename (argv[i]);
      guint count = 0;

      if (folder == NULL)
        replay (argv[i]);
      for (const char *entry; folder != NULL && (entry = g_dir_read_name (folder)) != NULL; count++)
        {
          g_autofree char *path = g_build_filename (argv[i], entry, NULL);

          printf ("# %s\n", entry);
          fflush (stdout);
          replay (path);
        }
      g_assert_true (folder == NULL || count > 0);
      printf ("ok %d /fuzz/%s/stands-its-corpus\n", i, name);
    }
  return 0;
}
