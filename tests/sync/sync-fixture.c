/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync-fixture.h"

#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

#include "json/helio-json-canonical.h"
#include "json/helio-json.h"
#include "model/helio-event.h"

#define API "/api/heliograph/v1"

/* Starts a program and waits for the line that names its address. */
static char *
start (const char *const *argv, GSubprocess **process)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  char *url;

  *process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
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
  char *url = start (argv, &fixture->server);

  g_free (fixture->server_url);
  fixture->server_url = url;
}

void
sync_fixture_stop_server (SyncFixture *fixture)
{
  stop (&fixture->server);
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
  fixture->aw_url = start ((const char *const *) argv->pdata, &fixture->aw);

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

void
sync_fixture_tear_down (SyncFixture *fixture, gconstpointer aw_options G_GNUC_UNUSED)
{
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);

  stop (&fixture->aw);
  stop (&fixture->server);
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

typedef struct
{
  int64_t start;
  int64_t n;
  int64_t duration;
  char *data;
} Line;

static void
line_clear (gpointer data)
{
  g_free (((Line *) data)->data);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const Line *one = a;
  const Line *two = b;
  int order;

  if (one->start != two->start)
    return one->start < two->start ? -1 : 1;
  order = strcmp (one->data, two->data);
  if (order != 0)
    return order;
  return one->duration < two->duration ? -1 : one->duration > two->duration;
}

/* Reads the members of one event; those of truth are in ns, those of the receiver in ms. */
static Line
read_line (HelioJson *json)
{
  Line line = { 0 };
  const char *key, *text;
  gsize key_length, length;

  g_assert_true (helio_json_enter_object (json));
  while (helio_json_next_member (json, &key, &key_length))
    {
      int64_t value = 0;

      if (helio_json_key_is (key, key_length, "data"))
        {
          g_autoptr (GByteArray) canonical = g_byte_array_new ();

          g_assert_true (helio_json_take_canonical (json, canonical));
          line.data = g_strndup ((char *) canonical->data, canonical->len);
        }
      else if (helio_json_key_is (key, key_length, "start_ns"))
        {
          g_assert_true (helio_json_take_int64 (json, &value));
          line.start = value / 1000000 - (value % 1000000 < 0);
        }
      else if (helio_json_key_is (key, key_length, "duration_ns"))
        {
          g_assert_true (helio_json_take_int64 (json, &value));
          line.duration = value <= 0 ? 0 : (value + 500) / 1000 / 1000;
        }
      else if (helio_json_key_is (key, key_length, "start"))
        g_assert_true (helio_json_take_int64 (json, &line.start));
      else if (helio_json_key_is (key, key_length, "n"))
        g_assert_true (helio_json_take_int64 (json, &line.n));
      else if (helio_json_key_is (key, key_length, "duration"))
        g_assert_true (helio_json_take_int64 (json, &line.duration));
      else
        g_assert_true (helio_json_take_value (json, &text, &length));
    }
  g_assert_false (helio_json_failed (json));
  g_assert_nonnull (line.data);
  return line;
}

static char *
write_lines (GArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const Line *line = &g_array_index (lines, Line, i);

      g_string_append_printf (text,
                              "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n",
                              line->start, line->n, line->duration, line->data);
    }
  return g_string_free (text, FALSE);
}

/* The events of ActivityWatch as they are stored, in no order. */
static GArray *
read_truth (SyncFixture *fixture, const char *bucket)
{
  g_autofree char *escaped = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/_test/truth?bucket=%s", escaped);
  g_autofree char *body = sync_fixture_aw (fixture, "GET", path, NULL);
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  HelioJson json;

  g_array_set_clear_func (lines, line_clear);
  helio_json_init (&json, body, strlen (body));
  g_assert_true (helio_json_enter_array (&json));
  while (helio_json_next_element (&json))
    {
      Line line = read_line (&json);

      g_array_append_val (lines, line);
    }
  g_assert_false (helio_json_failed (&json));
  return lines;
}

/* What a pause leaves of an event; FALSE for nothing. */
static gboolean
cut_by_pause (Line *line, const HelioPause *pause)
{
  if (line->start >= pause->start && line->start < pause->end)
    return FALSE;
  if (line->start < pause->start && pause->start < pause->end)
    line->duration = MIN (line->duration, pause->start - line->start);
  return TRUE;
}

/* Truth with ordinals, as far as it may be published now. */
static GArray *
expect_lines (SyncFixture *fixture, const char *bucket, const GArray *pauses)
{
  GArray *lines = read_truth (fixture, bucket);

  for (guint i = lines->len; i > 0; i--)
    {
      Line *line = &g_array_index (lines, Line, i - 1);
      gboolean stays = line->start >= fixture->job->history_from && line->start <= fixture->now;

      for (guint p = 0; pauses != NULL && p < pauses->len && stays; p++)
        stays = cut_by_pause (line, &g_array_index (pauses, HelioPause, p));
      if (!stays)
        g_array_remove_index_fast (lines, i - 1);
    }
  g_array_sort (lines, compare_lines);
  for (guint i = 1; i < lines->len; i++)
    {
      const Line *before = &g_array_index (lines, Line, i - 1);
      Line *line = &g_array_index (lines, Line, i);

      if (line->start == before->start)
        line->n = before->n + 1;
    }
  return lines;
}

char *
sync_fixture_truth (SyncFixture *fixture, const char *bucket)
{
  g_autoptr (GArray) lines = expect_lines (fixture, bucket, NULL);

  return write_lines (lines);
}

static char *
describe (const Line *line)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", line->start, line->data);
}

void
sync_fixture_note_truth (SyncFixture *fixture, const char *bucket, GHashTable *ever)
{
  g_autoptr (GArray) lines = read_truth (fixture, bucket);

  for (guint i = 0; i < lines->len; i++)
    g_hash_table_add (ever, describe (&g_array_index (lines, Line, i)));
}

static GArray *
read_held (SyncFixture *fixture, const char *bucket)
{
  g_autofree char *escaped = g_uri_escape_string (bucket, NULL, FALSE);
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_autoptr (GString) cursor = g_string_new (NULL);

  g_array_set_clear_func (lines, line_clear);
  do
    {
      g_autofree char *after = g_uri_escape_string (cursor->str, NULL, FALSE);
      g_autofree char *path
          = g_strdup_printf ("/events?bucket=%s&from=-9007199254740991&to=9007199254740991"
                             "&limit=1000%s%s",
                             escaped, cursor->len > 0 ? "&cursor=" : "", after);
      g_autofree char *body = sync_fixture_server (fixture, path);
      HelioJson json;
      const char *key;
      gsize length;

      g_string_truncate (cursor, 0);
      helio_json_init (&json, body, strlen (body));
      g_assert_true (helio_json_enter_object (&json));
      while (helio_json_next_member (&json, &key, &length))
        if (helio_json_key_is (key, length, "events"))
          {
            g_assert_true (helio_json_enter_array (&json));
            while (helio_json_next_element (&json))
              {
                Line line = read_line (&json);

                g_array_append_val (lines, line);
              }
          }
        else if (helio_json_peek (&json) == HELIO_JSON_STRING)
          g_assert_true (helio_json_take_string (&json, cursor));
        else
          g_assert_true (helio_json_take_null (&json));
      g_assert_false (helio_json_failed (&json));
    }
  while (cursor->len > 0);
  return lines;
}

char *
sync_fixture_held (SyncFixture *fixture, const char *bucket)
{
  g_autoptr (GArray) lines = read_held (fixture, bucket);

  return write_lines (lines);
}

/* The first line in which two texts differ. */
static void
assert_same_lines (const char *bucket, const char *truth, const char *held)
{
  g_auto (GStrv) one = g_strsplit (truth, "\n", -1);
  g_auto (GStrv) two = g_strsplit (held, "\n", -1);

  for (guint i = 0; one[i] != NULL || two[i] != NULL; i++)
    {
      if (g_strcmp0 (one[i], two[i]) != 0)
        g_printerr ("%s, line %u of %u and %u:\n  truth %s\n  held  %s\n", bucket, i,
                    g_strv_length (one), g_strv_length (two), one[i], two[i]);
      g_assert_cmpstr (one[i], ==, two[i]);
    }
}

void
sync_fixture_assert_equal (SyncFixture *fixture, const char *bucket)
{
  g_autofree char *truth = sync_fixture_truth (fixture, bucket);
  g_autofree char *held = sync_fixture_held (fixture, bucket);

  assert_same_lines (bucket, truth, held);
}

GPtrArray *
sync_fixture_assert_converged (SyncFixture *fixture,
                               const char *bucket,
                               const GArray *pauses,
                               const GArray *kept)
{
  g_autoptr (GArray) truth = expect_lines (fixture, bucket, pauses);
  g_autoptr (GArray) held = read_held (fixture, bucket);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *should = NULL;
  g_autofree char *is = NULL;

  for (guint i = 0; i < kept->len; i++)
    {
      const HelioRow *row = &g_array_index (kept, HelioRow, i);

      if (row->kind == HELIO_ROW_KEPT)
        g_hash_table_add (taken, g_strdup_printf ("%" G_GINT64_FORMAT "/%u", row->start, row->n));
    }
  for (guint i = held->len; i > 0; i--)
    {
      Line *line = &g_array_index (held, Line, i - 1);
      g_autofree char *key
          = g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, line->start, line->n);

      if (!g_hash_table_remove (taken, key))
        continue;
      g_ptr_array_add (texts, describe (line));
      g_array_remove_index (held, i - 1);
    }
  g_assert_cmpuint (g_hash_table_size (taken), ==, 0);

  /* Kept events have taken ordinals. */
  if (texts->len > 0)
    {
      g_array_sort (held, compare_lines);
      for (guint i = 0; i < held->len; i++)
        g_array_index (held, Line, i).n = 0;
      for (guint i = 0; i < truth->len; i++)
        g_array_index (truth, Line, i).n = 0;
    }
  should = write_lines (truth);
  is = write_lines (held);
  assert_same_lines (bucket, should, is);
  return g_steal_pointer (&texts);
}
