/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-test"
/* Newer GLib keeps the other kind from our writer while it tests. */
#define G_LOG_USE_STRUCTURED

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/helio-log.h"

/* The writer of all logs of a process: there is one. */
static HelioLog *the_log;
/* Its file lasts over the tests, so it can't be in the folder of one. */
static char *folder;

static char *
get_path (const char *suffix)
{
  return g_strconcat (folder, "/agent.log", suffix, NULL);
}

static const HelioLogEntry *
get_last (void)
{
  return helio_log_get_ring (the_log)->tail->data;
}

static void
on_entry (const HelioLogEntry *entry, gpointer data)
{
  g_ptr_array_add (data, g_strdup (entry->message));
}

static void
test_file (void)
{
  g_autofree char *path = get_path ("");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  /* What an agent before us left, with a line cut by a crash and one of nonsense. */
  g_assert_true (g_file_set_contents (
      path, "2026-11-20T10:00:00.000Z\tmessage\thelio-agent\tfrom before\nnonsense\n2026-11", -1,
      NULL));
  g_info ("before the file");
  g_assert_true (helio_log_open_file (the_log, path, &error));
  g_assert_no_error (error);

  const HelioLogEntry *first = helio_log_get_ring (the_log)->head->data;
  g_assert_cmpstr (first->message, ==, "from before");
  g_assert_cmpint (first->time, ==, 1795168800000);
  g_assert_cmpstr (get_last ()->message, ==, "before the file");
  g_assert_cmpuint (get_last ()->serial, >, first->serial);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\tinfo\thelio-test\tbefore the file\n"));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
}

static void
test_lines (void)
{
  g_info ("one\ntwo\tthree\033[31m");
  g_assert_cmpstr (get_last ()->message, ==, "one two three [31m");
  g_assert_cmpstr (get_last ()->level, ==, "info");

  g_autofree char *long_text = g_strnfill (5000, 'x');
  g_info ("%s", long_text);
  g_assert_cmpuint (strlen (get_last ()->message), <=, 2000);

  uint32_t serial = get_last ()->serial;
  g_debug ("not kept");
  g_log ("somebody-else", G_LOG_LEVEL_INFO, "not ours");
  g_assert_cmpuint (get_last ()->serial, ==, serial);
}

static gpointer
log_in_thread (gpointer data)
{
  g_info ("from a thread");
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GPtrArray) heard = g_ptr_array_new_with_free_func (g_free);

  helio_log_set_listener (the_log, on_entry, heard);
  g_thread_join (g_thread_new ("log", log_in_thread, NULL));
  while (heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (heard->pdata[0], ==, "from a thread");
  helio_log_set_listener (the_log, NULL, NULL);
}

static void
test_rotates (void)
{
  g_autofree char *path = get_path ("");
  g_autofree char *old = get_path (".old");
  g_autofree char *text = g_strnfill (900, 'y');
  struct stat status;

  for (int i = 0; i < 2500; i++)
    g_info ("%d %s", i, text);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, <=, HELIO_LOG_FILE_SIZE);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (old, &status), ==, 0);
  g_assert_cmpint (status.st_size, <=, HELIO_LOG_FILE_SIZE);
  g_assert_cmpint (status.st_size, >, HELIO_LOG_FILE_SIZE / 2);

  const GQueue *ring = helio_log_get_ring (the_log);
  g_assert_cmpuint (ring->length, ==, HELIO_LOG_RING);
  g_assert_true (g_str_has_prefix (((HelioLogEntry *) ring->head->data)->message, "500 y"));
  g_assert_true (g_str_has_prefix (get_last ()->message, "2499 y"));
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  folder = g_dir_make_tmp ("heliograph-log-XXXXXX", &error);
  g_assert_no_error (error);
  the_log = helio_log_install ();
  g_test_add_func ("/agent/log/1-file-seeds-the-ring", test_file);
  g_test_add_func ("/agent/log/2-one-entry-is-one-line", test_lines);
  g_test_add_func ("/agent/log/3-threads-log-in-the-main-thread", test_threads);
  g_test_add_func ("/agent/log/4-file-and-ring-are-bounded", test_rotates);
  int result = g_test_run ();

  g_autofree char *path = get_path ("");
  g_autofree char *old = get_path (".old");
  g_remove (path);
  g_remove (old);
  g_rmdir (folder);
  g_free (folder);
  return result;
}
