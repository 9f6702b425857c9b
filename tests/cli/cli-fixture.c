/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "cli-fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

void
cli_fixture_set_up (CliFixture *f, gconstpointer data)
{
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  f->folder = g_dir_make_tmp ("heliograph-cli-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  if (g_strcmp0 (data, "activation") == 0)
    {
      g_autofree char *file = g_build_filename (f->folder, TEST_AGENT_NAME ".service", NULL);
      g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
      g_autofree char *text
          = g_strdup_printf ("[D-BUS Service]\nName=" TEST_AGENT_NAME "\nExec=%s --agent\n", self);

      g_assert_true (g_file_set_contents (file, text, -1, NULL));
      g_test_dbus_add_service_dir (f->bus, f->folder);
    }
  g_test_dbus_up (f->bus);
  if (data == NULL)
    f->agent = test_agent_new (g_test_dbus_get_bus_address (f->bus));
}

void
cli_fixture_tear_down (CliFixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", f->folder);

  g_clear_pointer (&f->agent, test_agent_free);
  g_test_dbus_stop (f->bus);
  g_clear_object (&f->bus);
  g_assert_cmpint (system (command), ==, 0);
  g_free (f->folder);
  g_free (f->out);
  g_free (f->err);
}

void
cli_fixture_on_finished (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean *is_over = data;
  CliFixture *f = g_object_get_data (source, "fixture");

  g_assert_true (
      g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &f->out, &f->err, NULL));
  *is_over = TRUE;
}

GSubprocess *
cli_fixture_spawn (CliFixture *f, GSubprocessFlags flags, int stdin_fd, const char *words)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) args = NULL;
  g_autofree char *line = g_strdup_printf ("%s %s", HELIOGRAPHCTL, words);

  g_subprocess_launcher_setenv (
      launcher, "DBUS_SESSION_BUS_ADDRESS",
      f->bus != NULL ? g_test_dbus_get_bus_address (f->bus) : "unix:path=/nowhere/at/all", TRUE);
  g_subprocess_launcher_set_cwd (launcher, f->folder);
  if (stdin_fd >= 0)
    g_subprocess_launcher_take_stdin_fd (launcher, stdin_fd);
  g_assert_true (g_shell_parse_argv (line, NULL, &args, NULL));
  GSubprocess *process
      = g_subprocess_launcher_spawnv (launcher, (const char *const *) args, &error);
  g_assert_no_error (error);
  return process;
}

/* Runs a command line; its code and outputs are in the fixture afterwards. */
void
run_with (CliFixture *f, const char *input, const char *words)
{
  gboolean is_over = FALSE;

  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  /* From a file: a program that ends without reading would break a pipe. */
  g_autofree char *file = g_build_filename (f->folder, "input", NULL);
  g_assert_true (g_file_set_contents (file, input, -1, NULL));
  int fd = open (file, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_autoptr (GSubprocess) process = cli_fixture_spawn (
      f, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, fd, words);
  g_object_set_data (G_OBJECT (process), "fixture", f);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, cli_fixture_on_finished, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_subprocess_get_if_exited (process));
  f->code = g_subprocess_get_exit_status (process);

  /* Whatever happens, no token is repeated. */
  g_assert_null (strstr (f->out, TOKEN));
  g_assert_null (strstr (f->err, TOKEN));
}

void
run (CliFixture *f, const char *words)
{
  run_with (f, "", words);
}

void
assert_calls (CliFixture *f, const char *calls)
{
  g_autofree char *got = test_agent_take_calls (f->agent);

  g_assert_cmpstr (got, ==, calls);
}

void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in:\n%s", part, text);
}
