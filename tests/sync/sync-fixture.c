/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync-fixture.h"

#include <fcntl.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "sync-lines.h"

#define API "/api/heliograph/v1"

/* A test that fails does not leave its programs behind. */
static void
end_with_parent (G_GNUC_UNUSED gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts a program and waits for the line that names its address. */
static char *
start (SyncFixture *fixture, const char *const *argv, GSubprocess **process)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *log = g_build_filename (fixture->folder, "programs.log", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  char *url;

  g_subprocess_launcher_take_stderr_fd (
      launcher, open (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  *process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (*process));
  do
    {
      g_free (line);
      line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_nonnull (line);
    }
  while (!g_str_has_prefix (line, "listening on "));
  url = g_strdup (line + strlen ("listening on "));
  return url;
}

static void
stop (GSubprocess **process)
{
  if (*process == NULL)
    return;
  g_subprocess_send_signal (*process, SIGTERM);
  g_subprocess_wait (*process, NULL, NULL);
  g_clear_object (process);
}

void
sync_fixture_kill_server (SyncFixture *fixture)
{
  if (fixture->server == NULL)
    return;
  g_subprocess_force_exit (fixture->server);
  g_subprocess_wait (fixture->server, NULL, NULL);
  g_clear_object (&fixture->server);
}

static const char *
program (const char *variable)
{
  const char *path = g_getenv (variable);

  g_assert_nonnull (path);
  return path;
}

void
sync_fixture_start_server (SyncFixture *fixture)
{
  g_autofree char *data = g_build_filename (fixture->folder, "server", NULL);
  g_autofree char *address = g_strdup (
      fixture->server_url != NULL ? fixture->server_url + strlen ("http://") : "127.0.0.1:0");
  const char *argv[] = { program ("HELIO_TEST_SERVER"), "--data", data, "--listen", address, NULL };
  char *url = start (fixture, argv, &fixture->server);

  g_free (fixture->server_url);
  fixture->server_url = url;
}

void
sync_fixture_stop_server (SyncFixture *fixture)
{
  stop (&fixture->server);
}

void
sync_fixture_copy (SyncFixture *fixture, const char *from, const char *to)
{
  g_autofree char *source = g_build_filename (fixture->folder, from, NULL);
  g_autofree char *target = g_build_filename (fixture->folder, to, NULL);
  g_autofree char *command = g_strdup_printf ("rm -rf %s; cp -r %s %s", target, source, target);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  int status;

  g_assert_true (
      g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

void
sync_fixture_add_token (SyncFixture *fixture, const char *name)
{
  g_autofree char *data = g_build_filename (fixture->folder, "server", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program ("HELIO_TEST_SERVER"),
                          "--data", data, "token", "add", name, NULL);
  g_autofree char *output = NULL;
  g_autoptr (GRegex) regex = g_regex_new ("hg_[A-Za-z0-9_-]{43}", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_regex_match (regex, output, 0, &match));
  g_free (fixture->job->token);
  fixture->job->token = g_match_info_fetch (match, 0);
}

void
sync_fixture_set_up (SyncFixture *fixture, gconstpointer aw_options)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) options = g_strsplit (aw_options, " ", -1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  *fixture = (SyncFixture){ 0 };
  fixture->now = 1763700000000;
  fixture->folder = g_dir_make_tmp ("helio-sync-XXXXXX", &error);
  g_assert_no_error (error);

  g_ptr_array_add (argv, (char *) program ("HELIO_TEST_AW"));
  g_ptr_array_add (argv, (char *) "--listen");
  g_ptr_array_add (argv, (char *) "127.0.0.1:0");
  g_ptr_array_add (argv, (char *) "--now");
  g_ptr_array_add (argv, (char *) "1763700000000");
  for (guint i = 0; options[i] != NULL; i++)
    g_ptr_array_add (argv, options[i]);
  g_ptr_array_add (argv, NULL);
  fixture->aw_url = start (fixture, (const char *const *) argv->pdata, &fixture->aw);

  sync_fixture_start_server (fixture);
  fixture->job = g_new0 (HelioJob, 1);
  fixture->job->aw_url = g_strdup (fixture->aw_url);
  fixture->job->ledger_path = g_build_filename (fixture->folder, "agent", "ledger.sqlite", NULL);
  fixture->job->destination = g_strdup ("test");
  fixture->job->url = g_strdup (fixture->server_url);
  fixture->job->rules = helio_rules_new (NULL);
  fixture->job->history_from = HELIO_TIME_MIN;
  sync_fixture_add_token (fixture, "laptop");
}

static void
remove_folder (GFile *folder)
{
  g_autoptr (GFileEnumerator) files = g_file_enumerate_children (
      folder, "standard::name,standard::type", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;
  GFileInfo *info;

  while (files != NULL && g_file_enumerator_iterate (files, &info, &child, NULL, NULL)
         && info != NULL)
    if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
      remove_folder (child);
    else
      g_file_delete (child, NULL, NULL);
  g_file_delete (folder, NULL, NULL);
}

static void
print_log (SyncFixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "programs.log", NULL);
  g_autofree char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL) && *text != '\0')
    g_printerr ("%s", text);
}

void
sync_fixture_tear_down (SyncFixture *fixture, gconstpointer aw_options G_GNUC_UNUSED)
{
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);

  stop (&fixture->aw);
  stop (&fixture->server);
  print_log (fixture);
  remove_folder (folder);
  helio_job_free (fixture->job);
  g_free (fixture->folder);
  g_free (fixture->aw_url);
  g_free (fixture->server_url);
}

static char *
request (
    const char *method, const char *base, const char *path, const char *body, const char *token)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_nonnull (message);
  soup_session_set_proxy_resolver (session, NULL);
  if (body != NULL)
    {
      g_autoptr (GBytes) sent = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", sent);
    }
  if (token != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", token, NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   value);
    }
  bytes = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  if (soup_message_get_status (message) / 100 != 2)
    g_error ("%s %s: %u %.*s", method, path, soup_message_get_status (message),
             (int) g_bytes_get_size (bytes), (const char *) g_bytes_get_data (bytes, NULL));
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

char *
sync_fixture_aw (SyncFixture *fixture, const char *method, const char *path, const char *body)
{
  return request (method, fixture->aw_url, path, body, NULL);
}

char *
sync_fixture_server (SyncFixture *fixture, const char *path)
{
  g_autofree char *whole = g_strconcat (API, path, NULL);

  return request ("GET", fixture->server_url, whole, NULL, fixture->job->token);
}

GPtrArray *
sync_fixture_buckets (SyncFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelioAwClient) client = helio_aw_client_new (fixture->aw_url, NULL, &error);
  GPtrArray *buckets;

  g_assert_no_error (error);
  buckets = helio_aw_client_list_buckets (client, NULL, &error);
  g_assert_no_error (error);
  return buckets;
}

HelioBucket *
sync_fixture_bucket (SyncFixture *fixture, const char *id)
{
  g_autoptr (GPtrArray) buckets = sync_fixture_buckets (fixture);

  for (guint i = 0; i < buckets->len; i++)
    {
      const HelioBucket *bucket = g_ptr_array_index (buckets, i);

      if (g_str_equal (bucket->id, id))
        return helio_bucket_copy (bucket);
    }
  g_error ("no bucket %s", id);
}

void
sync_fixture_run (SyncFixture *fixture, const char *bucket, HelioResult *sum)
{
  g_autoptr (HelioBucket) info = sync_fixture_bucket (fixture, bucket);
  HelioResult result = { 0 };

  *sum = (HelioResult){ 0 };
  while (!result.is_done)
    {
      g_autoptr (GError) error = NULL;

      helio_history_run (fixture->job, info, &fixture->cost, fixture->now, 60 * G_USEC_PER_SEC,
                         NULL, NULL, &result, &error);
      g_assert_no_error (error);
      sum->n_read += result.n_read;
      sum->n_sent += result.n_sent;
      sum->n_deleted += result.n_deleted;
      sum->n_rejected += result.n_rejected;
      sum->is_asking = result.is_asking;
    }
}

void
sync_fixture_uncover (SyncFixture *fixture, const char *bucket)
{
  g_autoptr (GError) error = NULL;

  helio_history_uncover (fixture->job, bucket, HELIO_TIME_MIN, HELIO_TIME_MAX, &error);
  g_assert_no_error (error);
}

/* -- what is and what should be --------------------------------------------------------------- */

char *
sync_fixture_truth (SyncFixture *fixture, const char *bucket)
{
  g_autoptr (GArray) lines = sync_lines_read_truth (fixture, bucket);

  for (guint i = lines->len; i > 0; i--)
    {
      const SyncLine *line = &g_array_index (lines, SyncLine, i - 1);

      if (line->start < fixture->job->history_from || line->start > fixture->now)
        g_array_remove_index_fast (lines, i - 1);
    }
  sync_lines_give_ordinals (lines);
  return sync_lines_write (lines);
}

char *
sync_fixture_held (SyncFixture *fixture, const char *bucket)
{
  g_autoptr (GArray) lines = sync_lines_read_held (fixture, bucket);

  return sync_lines_write (lines);
}

void
sync_fixture_assert_equal (SyncFixture *fixture, const char *bucket)
{
  g_autofree char *truth = sync_fixture_truth (fixture, bucket);
  g_autofree char *held = sync_fixture_held (fixture, bucket);

  sync_lines_assert_same (bucket, truth, held);
}
