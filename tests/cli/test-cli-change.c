/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs the real heliographctl on a private bus against an agent of the test, which shows canned
 * properties and records what it is asked to do: what changes. */

#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli-fixture.h"

static void
test_pause (CliFixture *f, gconstpointer data)
{
  (void) data;
  int64_t now = g_get_real_time () / 1000;

  run (f, "pause");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "until you say: heliographctl resume");
  assert_calls (f, "Pause(0,)\n");

  run (f, "pause 1h30m");
  g_assert_cmpint (f->code, ==, 0);
  int64_t until = test_agent_last_pause (f->agent);
  g_assert_cmpint (until, >=, now + 90 * 60000);
  g_assert_cmpint (until, <, now + 95 * 60000);

  run (f, "pause tomorrow");
  until = test_agent_last_pause (f->agent);
  g_assert_cmpint (until % 86400000, ==, 0); /* the tests run in UTC */
  g_assert_cmpint (until, >, now);
  g_assert_cmpint (until, <=, now + 2 * 86400000);

  run (f, "pause 14:30");
  until = test_agent_last_pause (f->agent);
  g_assert_cmpint (until % 86400000, ==, (14 * 60 + 30) * 60000);
  g_assert_cmpint (until, >, now);
  g_free (test_agent_take_calls (f->agent));

  static const char *const wrong[]
      = { "0m",    "1",    "h",    "1h1h", "30m1h", "1 h", "-5m",          "24:00",
          "12:60", "1:30", "1.5h", "367d", "1hx",   "",    "99999999999d", "yesterday" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *words = g_strdup_printf ("pause -- '%s'", wrong[i]);

      run (f, words);
      g_assert_cmpint (f->code, ==, 2);
      assert_has (f->err, "is no span or time");
    }
  assert_calls (f, "");
}

static void
test_resume (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "resume");
  g_assert_cmpint (f->code, ==, 0);
  run (f, "resume --publish-gap");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "Resume(false,)\nResume(true,)\n");
}

static void
test_bucket (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "bucket enable a b");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "SetBucket('a', true, 'keep')\nSetBucket('b', true, 'keep')\n");
  run (f, "bucket disable a --delete");
  g_assert_cmpint (f->code, ==, 0);
  run (f, "bucket disable a --keep");
  g_assert_cmpint (f->code, ==, 0);
  /* Nobody can be asked: nothing is deleted. */
  run (f, "bucket disable aw-watcher-window_laptop");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "SetBucket('a', false, 'delete')\nSetBucket('a', false, 'keep')\n"
                   "SetBucket('aw-watcher-window_laptop', false, 'keep')\n");
  run (f, "bucket disable a --keep --delete");
  g_assert_cmpint (f->code, ==, 2);
  run (f, "bucket disable");
  g_assert_cmpint (f->code, ==, 2);
  assert_calls (f, "");
}

static char *
token_file (CliFixture *f, const char *text)
{
  char *file = g_build_filename (f->folder, "token", NULL);

  g_assert_true (g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return file;
}

static void
test_destination_add (CliFixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *file = token_file (f, TOKEN "\n");

  run (f, "destination add https://status.example.org --token-file token --name Home");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==, "Added d1: publishing as device “laptop”.\n");
  g_assert_cmpstr (f->err, ==, "");
  assert_calls (f, "AddDestination('https://status.example.org', '" TOKEN "', "
                   "{'allow-plain-http': <false>, 'history': <true>, 'name': <'Home'>})\n");

  run_with (f, "  " TOKEN "\n",
            "destination add http://b --token-file - --level app --no-history --allow-plain-http");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "AddDestination('http://b', '" TOKEN "', {'allow-plain-http': <true>, "
                   "'history': <false>, 'level': <'app'>})\n");

  run (f, "destination add https://c --token-file token --keep-token-file");
  g_assert_cmpint (f->code, ==, 0);
  g_autofree char *kept = g_strdup_printf (
      "AddDestination('https://c', '', {'allow-plain-http': <false>, 'history': <true>, "
      "'token-file': <'%s'>})\n",
      file);
  assert_calls (f, kept);
}

static void
test_this_computer (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "destination add --this-computer");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==,
                   "Added d1: this computer, as device “laptop”.\n"
                   "Its live page: https://status.example.org/u/me/\n");
  assert_calls (f, "AddThisComputer({'history': <true>, 'keep-token-file': <false>},)\n");

  run (f, "destination add --this-computer --keep-token-file --name Here --level app "
          "--no-history");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "AddThisComputer({'history': <false>, 'keep-token-file': <true>, "
                   "'level': <'app'>, 'name': <'Here'>},)\n");

  static const char *const wrong[] = { "https://a", "--token-file -", "--allow-plain-http" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *words = g_strconcat ("destination add --this-computer ", wrong[i], NULL);

      run (f, words);
      g_assert_cmpint (f->code, ==, 2);
      assert_has (f->err, "--this-computer takes no URL");
    }
  assert_calls (f, "");
}

static void
test_test_new (CliFixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *file = token_file (f, TOKEN "\n");

  run (f, "destination test https://new --token-file token");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==,
                   "https://new: heliograph-server 1 knows this device as “laptop”; up to 5000 "
                   "events at once, compressed.\n");
  assert_calls (f, "TestNewDestination('https://new', '" TOKEN "', "
                   "{'allow-plain-http': <false>})\n");
  run_with (f, TOKEN, "destination test http://new --token-file - --allow-plain-http");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "TestNewDestination('http://new', '" TOKEN "', "
                   "{'allow-plain-http': <true>})\n");

  run (f, "destination test https://refused --token-file token");
  g_assert_cmpint (f->code, ==, 1);
  assert_has (f->err, "https://refused: refused says no");
  run (f, "destination test https://new");
  g_assert_cmpint (f->code, ==, 2);
  assert_has (f->err, "where is the token?");
  run (f, "destination test --token-file token");
  g_assert_cmpint (f->code, ==, 2);
}

static void
test_destination_add_refuses (CliFixture *f, gconstpointer data)
{
  (void) data;
  static const struct
  {
    const char *words;
    const char *input;
    int code;
    const char *reason;
  } cases[] = {
    { "destination add https://a", "", 2, "where is the token?" },
    { "destination add", "", 2, "something is missing: destination add URL" },
    { "destination add https://a " TOKEN " --token-file -", TOKEN, 2,
      "“hg_…” is one word too many" },
    { "destination add https://a --token " TOKEN, "", 2, "See: heliographctl destination add" },
    { "destination add https://a --token=" TOKEN, "", 2, "Unknown option --token=hg_…" },
    { "destination add https://a --token-file missing", "", 1, "can't read missing: No such file" },
    { "destination add https://a --token-file -", "", 1, "standard input is empty" },
    { "destination add https://a --token-file -", "a b", 1, "something else than one token" },
    { "destination add https://a --token-file -", "hgr_abc", 1, "that is a read-only token" },
    { "destination add https://a --token-file - --keep-token-file", TOKEN, 2,
      "needs --token-file" },
    { "destination add https://a --token-file - --level all", TOKEN, 2, "“all” is no level" },
    { "destination add https://refused --token-file -", TOKEN, 1,
      "heliographctl: refused says no" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      run_with (f, cases[i].input, cases[i].words);
      g_assert_cmpint (f->code, ==, cases[i].code);
      assert_has (f->err, cases[i].reason);
      g_assert_cmpstr (f->out, ==, "");
    }
}

static void
test_open_token_file (CliFixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *file = token_file (f, TOKEN "\n");

  g_assert_cmpint (chmod (file, 0644), ==, 0);
  run (f, "destination token d1 --token-file token");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->err, "note: other users may read token");
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean *is_over = data;

  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL));
  *is_over = TRUE;
}

/* The terminal shows the prompt, and nothing of what is typed after it. */
static void
test_prompt (CliFixture *f, gconstpointer data)
{
  (void) data;
  int master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK);
  char buffer[512];
  struct termios before;
  struct termios after;

  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  int slave = open (ptsname (master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  int keep = dup (slave);
  tcgetattr (keep, &before);
  g_assert_true (before.c_lflag & ECHO);

  g_autoptr (GSubprocess) process
      = cli_fixture_spawn (f, G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                           slave, "destination token d1");
  GInputStream *errors = g_subprocess_get_stderr_pipe (process);
  g_autoptr (GString) said = g_string_new (NULL);
  while (strstr (said->str, "Token: ") == NULL)
    {
      gssize got;

      while (!g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (errors)))
        g_main_context_iteration (NULL, FALSE);
      got = g_input_stream_read (errors, buffer, sizeof buffer, NULL, NULL);
      if (got <= 0)
        {
          g_test_fail_printf ("no prompt, but: %s", said->str);
          break;
        }
      g_string_append_len (said, buffer, got);
    }
  g_assert_cmpint (write (master, TOKEN "\n", strlen (TOKEN) + 1), ==, strlen (TOKEN) + 1);
  gboolean is_over = FALSE;
  g_subprocess_wait_async (process, NULL, on_waited, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  assert_calls (f, "SetToken('d1', '" TOKEN "')\n");

  gssize shown = read (master, buffer, sizeof buffer - 1);
  buffer[MAX (shown, 0)] = '\0';
  g_assert_null (strstr (buffer, "hg_"));
  tcgetattr (keep, &after);
  g_assert_true (after.c_lflag & ECHO);
  close (keep);
  close (master);
}

static void
test_destination_list (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "destination list");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "ID  NAME  ADDRESS             DEVICE  SHOWS          HISTORY  STATE\n"
                      "d1  Home  status.example.org  laptop  app and title  yes      publishing\n");
  run (f, "destination list --json");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_true (g_str_has_prefix (f->out, "[{\"id\": \"d1\", \"name\": \"Home\""));
}

static void
test_destination (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "destination test");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==,
                   "d1: heliograph-server 1 knows this device as “laptop”; up to 5000 events at "
                   "once, compressed.\n"
                   "d2: heliograph-server 1 knows this device as “laptop”; up to 5000 events at "
                   "once, compressed.\n");
  run (f, "destination test Home");
  run (f, "destination level d1 app");
  run (f, "destination set Home url https://new name 'My home' history off");
  run (f, "destination set d1 token-file tok");
  run (f, "destination remove Home --delete");
  run (f, "destination remove d1");
  g_autofree char *calls = g_strdup_printf (
      "TestDestination('d1',)\nTestDestination('d2',)\nTestDestination('d1',)\n"
      "SetDestination('d1', {'level': <'app'>})\n"
      "SetDestination('d1', {'history': <false>, 'name': <'My home'>, 'url': <'https://new'>})\n"
      "SetDestination('d1', {'token-file': <'%s/tok'>})\n"
      "RemoveDestination('d1', 'delete')\nRemoveDestination('d1', 'keep')\n",
      f->folder);
  assert_calls (f, calls);

  run (f, "destination level d1 all");
  g_assert_cmpint (f->code, ==, 2);
  run (f, "destination set d1 colour red");
  g_assert_cmpint (f->code, ==, 2);
  run (f, "destination set d1 history yes");
  g_assert_cmpint (f->code, ==, 2);
  run (f, "destination set d1 url https://a name");
  g_assert_cmpint (f->code, ==, 2);
  run (f, "destination remove d9");
  g_assert_cmpint (f->code, ==, 1);
  assert_has (f->err, "there is no destination “d9”, but: d1 (Home), d2 (Away)\n");
  assert_calls (f, "");
}

static void
test_option (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "option list");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==,
                   "OPTION              VALUE\n"
                   "aw-key-set          off\n"
                   "aw-url              http://127.0.0.1:5600\n"
                   "buckets             a,b\n"
                   "history-from        2026-03-01\n"
                   "media-keeps-active  on\n"
                   "poll-interval       5\n"
                   "tray-icon           on\n");
  run (f, "option list --json");
  assert_has (f->out, "\"poll_interval\": 5");
  g_free (test_agent_take_calls (f->agent));

  run (f, "option set poll-interval 10");
  run (f, "option set history-from 2026-01-02");
  run (f, "option set history-from all");
  run (f, "option set media-keeps-active off");
  run (f, "option set buckets a,b,c");
  run (f, "option set tray-icon off");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "SetOption('poll-interval', <uint32 10>)\n"
                   "SetOption('history-from', <int64 1767312000000>)\n"
                   "SetOption('history-from', <int64 0>)\n"
                   "SetOption('media-keeps-active', <false>)\n"
                   "SetOption('buckets', <['a', 'b', 'c']>)\n"
                   "SetOption('tray-icon', <false>)\n");

  static const char *const wrong[]
      = { "option set poll-interval ten",       "option set poll-interval -1",
          "option set poll-interval 5s",        "option set history-from 2026-1-2",
          "option set history-from 2026-02-30", "option set media-keeps-active yes",
          "option set aw-key secret",           "option set pol-interval 3" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      run (f, wrong[i]);
      g_assert_cmpint (f->code, ==, 2);
    }
  assert_has (f->err, "did you mean poll-interval?");
  assert_calls (f, "");
}

static void
test_source (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "source test");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==, "ActivityWatch v0.13.2 on laptop answers: 4 buckets.\n");
  run (f, "source url http://10.0.0.1:5600");
  g_assert_cmpint (f->code, ==, 0);
  run_with (f, "s3cret\n", "source key --key-file -");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_null (strstr (f->out, "s3cret"));
  run (f, "source key --remove");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "TestSource()\nSetOption('aw-url', <'http://10.0.0.1:5600'>)\n"
                   "SetOption('aw-key', <'s3cret'>)\nSetOption('aw-key', <''>)\n");
  run (f, "source key");
  g_assert_cmpint (f->code, ==, 2);
}

static void
test_questions (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "questions");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==, "No questions.\n");
  test_agent_make_trouble (f->agent);
  run (f, "questions");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "Delete 500 events of b?\n"
                      "    heliographctl answer q1 keep    (as long as you say nothing)\n"
                      "    heliographctl answer q1 delete\n");
  run (f, "questions --json");
  assert_has (f->out, "\"choices\": [\"keep\", \"delete\"]");

  run (f, "answer q1 delete");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "Answer('q1', 'delete')\n");
  run (f, "answer q1 yes");
  g_assert_cmpint (f->code, ==, 2);
  assert_has (f->err, "“yes” is no choice here, but: keep, delete\n");
  run (f, "answer q7 keep");
  g_assert_cmpint (f->code, ==, 1);
  assert_calls (f, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("pause/takes-spans-and-times-strictly", NULL, test_pause);
  ADD ("resume/publishes-the-gap-only-when-told", NULL, test_resume);
  ADD ("bucket/switches-and-keeps-unless-told", NULL, test_bucket);
  ADD ("destination/add-takes-the-token-from-a-file", NULL, test_destination_add);
  ADD ("destination/add-this-computer", NULL, test_this_computer);
  ADD ("destination/test-one-that-is-new", NULL, test_test_new);
  ADD ("destination/add-refuses-what-is-wrong", NULL, test_destination_add_refuses);
  ADD ("destination/warns-of-an-open-token-file", NULL, test_open_token_file);
  ADD ("destination/token-is-typed-without-echo", NULL, test_prompt);
  ADD ("destination/lists-them", NULL, test_destination_list);
  ADD ("destination/tests-changes-removes", NULL, test_destination);
  ADD ("option/is-typed", NULL, test_option);
  ADD ("source/is-tested-and-changed", NULL, test_source);
  ADD ("questions/are-answered", NULL, test_questions);
  return g_test_run ();
}
