/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "json/helio-json-canonical.h"
#include "json/helio-json.h"
#include "model/helio-time.h"

/* A test that fails must not leave its server behind. */
static void
die_with_parent (gpointer data)
{
  (void) data;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
aw_fixture_start (AwFixture *fixture, const char *flavour, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  const char *option;
  va_list options;

  g_ptr_array_add (arguments, (gpointer) g_getenv ("HELIOGRAPH_TEST_AW"));
  g_ptr_array_add (arguments, (gpointer) "--flavour");
  g_ptr_array_add (arguments, (gpointer) flavour);
  va_start (options, flavour);
  while ((option = va_arg (options, const char *)) != NULL)
    g_ptr_array_add (arguments, (gpointer) option);
  va_end (options);
  g_ptr_array_add (arguments, NULL);

  fixture->is_python = strcmp (flavour, "python") == 0;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  fixture->process
      = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (line, "listening on http://"));
  fixture->url = g_strdup (line + strlen ("listening on "));
  fixture->session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  fixture->client = helio_aw_client_new (fixture->url, NULL, &error);
  g_assert_no_error (error);
}

void
aw_fixture_stop (AwFixture *fixture)
{
  g_assert_finalize_object (fixture->client);
  g_clear_object (&fixture->session);
  g_subprocess_send_signal (fixture->process, SIGTERM);
  g_subprocess_wait (fixture->process, NULL, NULL);
  g_clear_object (&fixture->process);
  g_clear_pointer (&fixture->url, g_free);
}

char *
aw_fixture_call (AwFixture *fixture, const char *method, const char *path, const char *body)
{
  g_autofree char *url = g_strconcat (fixture->url, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text;

  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  answer = soup_session_send_and_read (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  text = g_bytes_get_data (answer, &length);
  return g_strndup (text, length);
}

void
aw_fixture_create (AwFixture *fixture, const char *bucket)
{
  g_autofree char *path = g_strconcat ("/api/0/buckets/", bucket, NULL);

  g_free (aw_fixture_call (fixture, "POST", path,
                           "{\"client\":\"c\",\"type\":\"currentwindow\",\"hostname\":\"h\"}"));
}

void
aw_fixture_insert (
    AwFixture *fixture, const char *bucket, int64_t start, double duration, const char *data)
{
  g_autofree char *path = g_strdup_printf ("/api/0/buckets/%s/events", bucket);
  char time[HELIO_TIME_TEXT];
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *body = NULL;

  helio_time_format (start, time);
  g_ascii_dtostr (number, sizeof number, duration);
  body = g_strdup_printf ("[{\"timestamp\":\"%s\",\"duration\":%s,\"data\":%s}]", time, number,
                          data);
  g_free (aw_fixture_call (fixture, "POST", path, body));
}

int64_t
aw_fixture_stat (AwFixture *fixture, const char *name)
{
  g_autofree char *body = aw_fixture_call (fixture, "GET", "/_test/stats", NULL);
  g_autofree char *key = g_strdup_printf ("\"%s\":", name);
  const char *at = strstr (body, key);

  g_assert_nonnull (at);
  at += strlen (key);
  if (*at == '{')
    at = strstr (at, "\"requests\":") + strlen ("\"requests\":");
  return g_ascii_strtoll (at, NULL, 10);
}

static void
add_line (GPtrArray *lines, int64_t start, int64_t duration, const char *data, gsize length)
{
  g_ptr_array_add (lines, g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %.*s", start,
                                           duration, (int) length, data));
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
aw_fixture_truth (AwFixture *fixture, const char *bucket, int64_t lo, int64_t hi)
{
  g_autofree char *escaped = g_uri_escape_string (bucket, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/_test/truth?bucket=%s", escaped);
  g_autofree char *body = aw_fixture_call (fixture, "GET", path, NULL);
  g_autoptr (GByteArray) canonical = g_byte_array_new ();
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  HelioJson json;

  helio_json_init (&json, body, strlen (body));
  json.allows_nan = TRUE;
  helio_json_enter_array (&json);
  while (helio_json_next_element (&json))
    {
      const char *key;
      gsize key_length;
      int64_t start = 0, duration = 0, start_ms;

      helio_json_enter_object (&json);
      while (helio_json_next_member (&json, &key, &key_length))
        {
          if (helio_json_key_is (key, key_length, "start_ns"))
            helio_json_take_int64 (&json, &start);
          else if (helio_json_key_is (key, key_length, "duration_ns"))
            helio_json_take_int64 (&json, &duration);
          else
            {
              g_byte_array_set_size (canonical, 0);
              helio_json_take_canonical (&json, canonical);
            }
        }
      g_assert_false (helio_json_failed (&json));
      start_ms = (start >= 0 ? start : start - 999999) / 1000000;
      /* The Rust server does not show what began before 1970, unless it lasts beyond. */
      if (start_ms < lo || start_ms > hi
          || (!fixture->is_python && start < 0 && start + duration < 0))
        continue;
      add_line (lines, start_ms, helio_event_duration ((double) duration / 1e9),
                (const char *) canonical->data, canonical->len);
    }
  g_assert_true (helio_json_finish (&json));
  g_ptr_array_sort (lines, compare_lines);
  return lines;
}

void
aw_fixture_add_page (GPtrArray *lines, const HelioPage *page)
{
  for (guint i = 0; i < page->events->len; i++)
    {
      const HelioEvent *event = helio_page_event (page, i);

      g_assert_cmpint (event->start, >=, page->lo);
      g_assert_cmpint (event->start, <=, page->hi);
      if (i > 0)
        g_assert_cmpint (event->start, <=, helio_page_event (page, i - 1)->start);
      add_line (lines, event->start, event->duration, helio_page_event_data (page, event),
                event->data_len);
    }
}

void
aw_fixture_assert_same (GPtrArray *lines, GPtrArray *truth)
{
  guint wrong = 0;

  g_ptr_array_sort (lines, compare_lines);
  for (guint i = 0, j = 0; i < lines->len || j < truth->len;)
    {
      int order = i >= lines->len   ? 1
                  : j >= truth->len ? -1
                                    : strcmp (lines->pdata[i], truth->pdata[j]);

      if (order != 0 && wrong++ < 10)
        g_test_message ("%s: %s", order < 0 ? "read" : "true",
                        (char *) (order < 0 ? lines->pdata[i] : truth->pdata[j]));
      i += order <= 0;
      j += order >= 0;
    }
  g_assert_cmpuint (wrong, ==, 0);
  g_assert_cmpuint (lines->len, ==, truth->len);
}
