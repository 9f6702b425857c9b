/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "agent/helio-receiver.h"

#include <unistd.h>

#define THREADS 6
#define RUNS 400

static gpointer
run_commands (gpointer data)
{
  for (int i = 0; i < RUNS; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      g_assert_true (helio_receiver_set_level ("laptop", HELIO_LEVEL_APP, cancellable, &error));
      g_assert_no_error (error);
    }
  return NULL;
}

/* Each ends in its own thread, whatever GLib's thread still does with it. It takes many to see one
 * that does not. */
static void
test_many_commands (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("heliograph-XXXXXX", &error);
  g_autofree char *program = g_build_filename (folder, "heliograph-server", NULL);
  GThread *threads[THREADS];

  g_assert_no_error (error);
  g_assert_cmpint (symlink ("/bin/true", program), ==, 0);
  g_setenv ("HELIOGRAPH_PROGRAMS", folder, TRUE);
  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("commands", run_commands, NULL);
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (unlink (program), ==, 0);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent/receiver/many-commands", test_many_commands);
  return g_test_run ();
}
