/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs the real heliographctl on a private bus against an agent of the test, which shows canned
 * properties and records what it is asked to do. */

#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "test-cli-agent.h"

#define TOKEN "hg_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"

typedef struct
{
  GTestDBus *bus;
  TestAgent *agent; /* (nullable) */
  char *folder;

  /* of the last run */
  int code;
  char *out;
  char *err;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
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

static void
tear_down (Fixture *f, gconstpointer data)
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

static void
on_finished (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean *is_over = data;
  Fixture *f = g_object_get_data (source, "fixture");

  g_assert_true (
      g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &f->out, &f->err, NULL));
  *is_over = TRUE;
}

static GSubprocess *
spawn (Fixture *f, GSubprocessFlags flags, int stdin_fd, const char *words)
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
static void
run_with (Fixture *f, const char *input, const char *words)
{
  gboolean is_over = FALSE;

  g_clear_pointer (&f->out, g_free);
  g_clear_pointer (&f->err, g_free);
  g_autoptr (GSubprocess) process
      = spawn (f,
               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                   | G_SUBPROCESS_FLAGS_STDERR_PIPE,
               -1, words);
  g_object_set_data (G_OBJECT (process), "fixture", f);
  g_subprocess_communicate_utf8_async (process, input, NULL, on_finished, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_subprocess_get_if_exited (process));
  f->code = g_subprocess_get_exit_status (process);

  /* Whatever happens, no token is repeated. */
  g_assert_null (strstr (f->out, TOKEN));
  g_assert_null (strstr (f->err, TOKEN));
}

static void
run (Fixture *f, const char *words)
{
  run_with (f, "", words);
}

static void
assert_calls (Fixture *f, const char *calls)
{
  g_autofree char *got = test_agent_take_calls (f->agent);

  g_assert_cmpstr (got, ==, calls);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in:\n%s", part, text);
}

static void
test_status (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "status");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->err, ==, "");
  assert_has (f->out, "Heliograph 0.9.9: publishing\n");
  assert_has (f->out, "Shown now      active, Firefox “A \357\277\275[31mtitle”, since ");
  assert_has (f->out, "Playing        “Song” by Band\n");
  assert_has (f->out, "ActivityWatch  127.0.0.1:5600 (laptop), read ");
  assert_has (f->out, "  Home         status.example.org  laptop  publishing  ");
  assert_has (f->out, "  BUCKET                    DESTINATION   HELD   IN AW  DONE  BACK TO     "
                      "EVENTS/S\n");
  assert_has (f->out, "  aw-watcher-window_laptop  Home         45000  100000  45 %  2025-03-01  "
                      "   12000\n");
  assert_has (f->out, "  aw-watcher-afk_laptop     Home          7000    7000   all  2024-11-21  "
                      "       -\n");
  /* All rows known, but not yet compared: not 100 %. */
  assert_has (f->out, "  aw-watcher-media-player   Home            12      12  99 %  -           "
                      "       -  asks you\n");
  assert_calls (f, "");
}

static void
test_status_trouble (Fixture *f, gconstpointer data)
{
  (void) data;
  test_agent_make_trouble (f->agent);
  run (f, "status");
  g_assert_cmpint (f->code, ==, 5);
  assert_has (f->out, "there is trouble\n");
  assert_has (f->out, "Shown now      nothing\n");
  assert_has (f->out, "Trouble        status.example.org refused the token\n");
  assert_has (f->out, "127.0.0.1:5600: nobody answers");
  assert_has (f->out, "heliographctl source test");
  assert_has (f->out, "  Home: the token was refused\n");
  assert_has (f->out, "    try it: heliographctl destination test d1\n");
  assert_has (f->out, "    see what was refused: heliographctl rejected d1\n");
  assert_has (f->out, "No bucket is on  heliographctl buckets");
  assert_has (f->out, "2 questions wait for you: heliographctl questions\n");
  assert_has (f->out, "waiting, tries again in ");
}

static void
test_status_paused (Fixture *f, gconstpointer data)
{
  (void) data;
  test_agent_make_paused (f->agent);
  run (f, "status");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "paused, nothing leaves this computer\n");
  assert_has (f->out, "until: heliographctl resume\n");
}

static void
test_status_json (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "status --json");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_true (g_str_has_prefix (
      f->out, "{\"running\": true, \"version\": \"0.9.9\", \"state\": \"publishing\", "
              "\"trouble\": \"\", \"paused_since\": 0, \"paused_until\": 0, \"presence\": {"));
  assert_has (f->out, "\"title\": \"A \\u001b[31mtitle\"");
  assert_has (f->out, "\"last_success\": ");
  assert_has (f->out, "\"rate\": 12000");
  assert_has (f->out, "\"synced_copy\": false");
  assert_has (f->out, "\"questions\": []}\n");
}

static void
test_verify (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "verify");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "BUCKET                    DESTINATION   IN AW  ALLOWED   HELD  VERDICT\n");
  assert_has (f->out, "aw-watcher-window_laptop  d1           100000    99990  99990  equal\n");
  assert_has (f->out, "Equal: 1 bucket, 99990 events.\n");
  assert_calls (f, "Verify('',)\n");

  run (f, "verify broken");
  g_assert_cmpint (f->code, ==, 4);
  assert_has (f->out, "differs on 2026-11-01, 2026-11-02, 2026-11-03 and 1 more day\n");
  assert_has (f->out, "Not equal: 1 of 2 differs.\n");
  assert_calls (f, "Verify('broken',)\n");

  run (f, "verify broken --json");
  g_assert_cmpint (f->code, ==, 4);
  assert_has (f->out, "{\"equal\": false, \"verdicts\": [{");
  assert_has (f->out, "\"differing_days\": [\"2026-11-01\", ");
  assert_calls (f, "Verify('broken',)\n");

  run (f, "verify nothing");
  g_assert_cmpint (f->code, ==, 5);
  assert_has (f->err, "nothing to compare");
  assert_calls (f, "Verify('nothing',)\n");

  run (f, "verify unknown");
  g_assert_cmpint (f->code, ==, 1);
  g_assert_cmpstr (f->err, ==, "heliographctl: there is no bucket “unknown”\n");
}

static void
test_sync (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "sync");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "SyncNow()\n");
  test_agent_make_paused (f->agent);
  run (f, "sync");
  assert_has (f->out, "Paused: nothing was sent.");
}

static void
test_pause (Fixture *f, gconstpointer data)
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
test_resume (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "resume");
  g_assert_cmpint (f->code, ==, 0);
  run (f, "resume --publish-gap");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "Resume(false,)\nResume(true,)\n");
}

static void
test_buckets (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "buckets");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out,
              "ON  BUCKET                          TYPE           HOST     IN AW  LAST EVENT");
  assert_has (f->out, "on  aw-watcher-window_laptop        currentwindow  laptop  100000  ");
  assert_has (f->out,
              "-   aw-watcher-window_phone-synced  currentwindow  phone        ?  -           "
              "      new; copy of another device; gone from ActivityWatch; odd\n");
  run (f, "buckets --json");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_true (g_str_has_prefix (f->out, "[{\"id\": \"aw-watcher-window_laptop\", "));
  assert_calls (f, "");
}

static void
test_bucket (Fixture *f, gconstpointer data)
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
token_file (Fixture *f, const char *text)
{
  char *file = g_build_filename (f->folder, "token", NULL);

  g_assert_true (g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return file;
}

static void
test_destination_add (Fixture *f, gconstpointer data)
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
test_destination_add_refuses (Fixture *f, gconstpointer data)
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
test_open_token_file (Fixture *f, gconstpointer data)
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
test_prompt (Fixture *f, gconstpointer data)
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
      = spawn (f, G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, slave,
               "destination token d1");
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
test_destination_list (Fixture *f, gconstpointer data)
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
test_destination (Fixture *f, gconstpointer data)
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
test_option (Fixture *f, gconstpointer data)
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
                   "poll-interval       5\n");
  run (f, "option list --json");
  assert_has (f->out, "\"poll_interval\": 5");
  g_free (test_agent_take_calls (f->agent));

  run (f, "option set poll-interval 10");
  run (f, "option set history-from 2026-01-02");
  run (f, "option set history-from all");
  run (f, "option set media-keeps-active off");
  run (f, "option set buckets a,b,c");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "SetOption('poll-interval', <uint32 10>)\n"
                   "SetOption('history-from', <int64 1767312000000>)\n"
                   "SetOption('history-from', <int64 0>)\n"
                   "SetOption('media-keeps-active', <false>)\n"
                   "SetOption('buckets', <['a', 'b', 'c']>)\n");

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
test_source (Fixture *f, gconstpointer data)
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
test_questions (Fixture *f, gconstpointer data)
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

static void
test_log (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "log");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==,
                   "2026-03-01 00:00:00  info     helio-sync: Published 10 events\n"
                   "2026-03-01 00:00:01  warning  helio-agent: Odd\n");
  run (f, "log --level debug");
  assert_has (f->out, "debug    helio-sync: Detail\n");
  run (f, "log --level warning");
  g_assert_cmpstr (f->out, ==, "2026-03-01 00:00:01  warning  helio-agent: Odd\n");
  run (f, "log --level loud");
  g_assert_cmpint (f->code, ==, 2);
}

static void
test_log_follow (Fixture *f, gconstpointer data)
{
  (void) data;
  test_agent_log_then_leave (f->agent);
  run (f, "log -f --level warning");
  g_assert_cmpint (f->code, ==, 3);
  g_assert_cmpstr (f->out, ==,
                   "2026-03-01 00:00:01  warning  helio-agent: Odd\n"
                   "2026-03-01 00:00:02  warning  helio-agent: Later\n");
  assert_has (f->err, "the agent has ended");
}

static void
test_rejected (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "rejected");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "d1           b       2026-03-01 00:00:00  too-large  2026-03-01 00:00:01\n");
  assert_calls (f, "ListRejected('d1',)\nListRejected('d2',)\n");
  run (f, "rejected Home --json");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "{\"d1\": [{\"bucket\": \"b\", ");
  run (f, "rejected d2");
  g_assert_cmpstr (f->out, ==, "Nothing was refused.\n");
  g_free (test_agent_take_calls (f->agent));

  run (f, "retry");
  run (f, "retry Home");
  g_assert_cmpint (f->code, ==, 0);
  assert_calls (f, "Retry('',)\nRetry('d1',)\n");
}

static void
test_quit (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "quit");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==, "The agent has ended.\n");
  assert_calls (f, "Quit()\n");
}

static void
test_usage (Fixture *f, gconstpointer data)
{
  (void) data;
  static const struct
  {
    const char *words;
    int code;
    const char *out;
    const char *err;
  } cases[] = {
    { "", 2, "Usage:", "" },
    { "--help", 0, "Exit codes:", "" },
    { "help", 0, "Exit codes:", "" },
    { "help destination add", 0, "--token-file=FILE", "" },
    { "--version", 0, "heliographctl " PACKAGE_VERSION "\n", "" },
    { "statsu", 2, "", "there is no command “statsu”; did you mean “status”?" },
    { "veri", 2, "", "did you mean “verify”?" },
    { "xyzzy", 2, "", "there is no command “xyzzy”\n" },
    { "destination", 2, "", "heliographctl destination add URL" },
    { "destination --help", 0, "heliographctl destination add URL", "" },
    { "destination ad", 2, "", "did you mean “destination add”?" },
    { "bucket frob", 2, "", "there is no command “bucket frob”\n" },
    { "status --jason", 2, "", "Unknown option --jason" },
    { "status now", 2, "", "“now” is one word too many" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      run (f, cases[i].words);
      g_assert_cmpint (f->code, ==, cases[i].code);
      assert_has (f->out, cases[i].out);
      assert_has (f->err, cases[i].err);
    }
}

static void
test_help_of_every_command (Fixture *f, gconstpointer data)
{
  (void) data;
  run (f, "--help");
  g_auto (GStrv) lines = g_strsplit (f->out, "\n", -1);
  guint seen = 0;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *usage = g_strndup (lines[i], MIN (strlen (lines[i]), 33));

      if (!g_str_has_prefix (lines[i], "  ") || !g_ascii_islower (lines[i][2])
          || strlen (lines[i]) < 40)
        continue;
      g_auto (GStrv) words = g_strsplit (g_strstrip (usage), " ", -1);
      gboolean has_two = words[1] != NULL && g_ascii_islower (words[1][0]);
      g_autofree char *line = g_strdup_printf ("%s %s --help", words[0], has_two ? words[1] : "");
      g_autofree char *expected = g_strdup_printf ("heliographctl %s%s%s", words[0],
                                                   has_two ? " " : "", has_two ? words[1] : "");
      run (f, line);
      g_assert_cmpint (f->code, ==, 0);
      assert_has (f->out, expected);
      seen++;
    }
  g_assert_cmpuint (seen, ==, 26);
}

static void
test_no_agent (Fixture *f, gconstpointer data)
{
  (void) data;
  static const char *const words[] = { "status", "log", "quit", "sync", "buckets" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      run (f, words[i]);
      g_assert_cmpint (f->code, ==, 3);
      assert_has (f->err, "heliographctl: the agent is not running");
      assert_has (f->err, "heliograph-agent");
      g_assert_cmpstr (f->out, ==, "");
    }
  run (f, "status --json");
  g_assert_cmpint (f->code, ==, 3);
  g_assert_cmpstr (f->out, ==, "{\"running\": false}\n");
}

static void
test_no_bus (Fixture *f, gconstpointer data)
{
  (void) data;
  GTestDBus *bus = g_steal_pointer (&f->bus);

  run (f, "status");
  g_assert_cmpint (f->code, ==, 3);
  assert_has (f->err, "there is no session bus here");
  assert_has (f->err, "heliograph-agent --once --settings FILE");
  run (f, "sync");
  g_assert_cmpint (f->code, ==, 3);
  run (f, "--complete buckets");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->err, ==, "");
  f->bus = bus;
}

static void
test_activation (Fixture *f, gconstpointer data)
{
  (void) data;
  /* These do not start it ... */
  run (f, "status");
  g_assert_cmpint (f->code, ==, 3);
  run (f, "--complete buckets");
  g_assert_cmpstr (f->out, ==, "");
  /* ... this does, and waits until the buckets are known. */
  run (f, "buckets");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "aw-watcher-window_laptop");
  run (f, "status");
  g_assert_cmpint (f->code, ==, 0);
  run (f, "quit");
  g_assert_cmpint (f->code, ==, 0);
}

static void
test_completion (Fixture *f, gconstpointer data)
{
  (void) data;
  static const struct
  {
    const char *words;
    const char *replies;
  } cases[] = {
    { "heliographctl sta", "status" },
    { "heliographctl destination r", "remove" },
    { "heliographctl bucket enable aw-watcher-w",
      "aw-watcher-window_laptop aw-watcher-window_phone-synced" },
    { "heliographctl destination test d", "d1 d2" },
    { "heliographctl destination level d1 t", "title" },
    { "heliographctl destination add --token", "--token-file" },
    { "heliographctl log --level w", "warning" },
    { "heliographctl verify --j", "--json" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSubprocessLauncher) launcher
          = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
      g_autofree char *folder = g_path_get_dirname (HELIOGRAPHCTL);
      g_autofree char *path = g_strdup_printf ("%s:%s", folder, g_getenv ("PATH"));
      g_autofree char *script
          = g_strdup_printf ("source %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                             "_heliographctl heliographctl; echo ${COMPREPLY[*]}",
                             COMPLETION, cases[i].words);
      gboolean is_over = FALSE;

      g_clear_pointer (&f->out, g_free);
      g_clear_pointer (&f->err, g_free);
      g_subprocess_launcher_setenv (launcher, "PATH", path, TRUE);
      g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                    g_test_dbus_get_bus_address (f->bus), TRUE);
      g_autoptr (GSubprocess) process
          = g_subprocess_launcher_spawn (launcher, NULL, "bash", "-c", script, NULL);
      g_object_set_data (G_OBJECT (process), "fixture", f);
      g_subprocess_communicate_utf8_async (process, NULL, NULL, on_finished, &is_over);
      while (!is_over)
        g_main_context_iteration (NULL, TRUE);
      g_strstrip (f->out);
      g_assert_cmpstr (f->out, ==, cases[i].replies);
    }
}

/* Every command and option that the program explains, the completion knows. */
static void
test_completion_is_complete (Fixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *completion = NULL;
  g_autoptr (GRegex) option = g_regex_new ("--[a-z-]+", 0, 0, NULL);

  g_assert_true (g_file_get_contents (COMPLETION, &completion, NULL, NULL));
  run (f, "--help");
  g_auto (GStrv) lines = g_strsplit (f->out, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && !g_str_has_prefix (lines[i], "Exit"); i++)
    {
      if (!g_str_has_prefix (lines[i], "  ") || !g_ascii_islower (lines[i][2]))
        continue;
      g_auto (GStrv) words = g_strsplit (lines[i] + 2, " ", -1);
      gboolean has_two = words[1] != NULL && g_ascii_islower (words[1][0]);
      g_autofree char *line = g_strdup_printf ("%s %s --help", words[0], has_two ? words[1] : "");

      assert_has (completion, has_two ? words[1] : words[0]);
      run (f, line);
      g_autoptr (GMatchInfo) match = NULL;
      char *end = strstr (f->out, "\n\n");
      g_autofree char *head = NULL;
      for (g_regex_match (option, end != NULL ? end : f->out, 0, &match);
           g_match_info_matches (match); g_match_info_next (match, NULL))
        {
          g_free (head);
          head = g_match_info_fetch (match, 0);
          assert_has (completion, head);
        }
    }
}

#define ADD(path, setting, test)                                                                   \
  g_test_add ("/cli/" path, Fixture, setting, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc == 2 && strcmp (argv[1], "--agent") == 0)
    return test_agent_main ();

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("status/shows-what-is-published", NULL, test_status);
  ADD ("status/names-the-way-out-of-trouble", NULL, test_status_trouble);
  ADD ("status/says-it-is-paused", NULL, test_status_paused);
  ADD ("status/is-stable-json", NULL, test_status_json);
  ADD ("verify/proves-equality", NULL, test_verify);
  ADD ("sync/asks-the-agent", NULL, test_sync);
  ADD ("pause/takes-spans-and-times-strictly", NULL, test_pause);
  ADD ("resume/publishes-the-gap-only-when-told", NULL, test_resume);
  ADD ("buckets/lists-them", NULL, test_buckets);
  ADD ("bucket/switches-and-keeps-unless-told", NULL, test_bucket);
  ADD ("destination/add-takes-the-token-from-a-file", NULL, test_destination_add);
  ADD ("destination/add-refuses-what-is-wrong", NULL, test_destination_add_refuses);
  ADD ("destination/warns-of-an-open-token-file", NULL, test_open_token_file);
  ADD ("destination/token-is-typed-without-echo", NULL, test_prompt);
  ADD ("destination/lists-them", NULL, test_destination_list);
  ADD ("destination/tests-changes-removes", NULL, test_destination);
  ADD ("option/is-typed", NULL, test_option);
  ADD ("source/is-tested-and-changed", NULL, test_source);
  ADD ("questions/are-answered", NULL, test_questions);
  ADD ("log/is-filtered", NULL, test_log);
  ADD ("log/follows-until-the-agent-ends", NULL, test_log_follow);
  ADD ("rejected/is-listed-and-retried", NULL, test_rejected);
  ADD ("quit/waits-for-the-end", NULL, test_quit);
  ADD ("usage/is-explained", NULL, test_usage);
  ADD ("usage/every-command-has-help", NULL, test_help_of_every_command);
  ADD ("agent/missing-is-said", "none", test_no_agent);
  ADD ("agent/no-bus-is-said", "none", test_no_bus);
  ADD ("agent/is-started-when-needed", "activation", test_activation);
  ADD ("completion/knows-words-and-ids", NULL, test_completion);
  ADD ("completion/knows-every-command-and-option", NULL, test_completion_is_complete);
  return g_test_run ();
}
