/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs the real heliographctl on a private bus against an agent of the test, which shows canned
 * properties and records what it is asked to do: what shows. */

#include "config.h"

#include <string.h>

#include "cli-fixture.h"

static void
test_status (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "status");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->err, ==, "");
  assert_has (f->out, "Heliograph 0.9.9: publishing\n");
  assert_has (f->out, "Shown now      active, Firefox “A \357\277\275[31mtitle”, since ");
  assert_has (f->out, "Playing        “Song” by Band\n");
  assert_has (f->out, "ActivityWatch  127.0.0.1:5600 (laptop), read at ");
  assert_has (f->out, "At login       the agent begins by itself\n");
  assert_has (f->out, "Live page      https://status.example.org/u/me/\n");
  g_assert_null (strstr (f->out, "file:"));
  g_assert_null (strstr (f->out, "Network"));
  g_assert_null (strstr (f->out, "Secret store"));
  assert_has (f->out, "  Home         status.example.org  laptop  publishing  ");
  assert_has (f->out, "  BUCKET                    DESTINATION   HELD   IN AW  DONE  BACK TO     "
                      "EVENTS/S\n");
  assert_has (f->out, "  aw-watcher-window_laptop  Home         45000  100000  45 %  2025-03-01  "
                      "   12000\n");
  assert_has (f->out, "  aw-watcher-afk_laptop     Home          7000    7000   all  2024-11-21  "
                      "       -  verified 3 min ago: equal\n");
  assert_has (f->out, "  ruled                     Home           100     100  43 %  -           "
                      "       -  applying the rules: 43 %\n");
  /* All rows known, but not yet compared: not 100 %. */
  assert_has (f->out, "  aw-watcher-media-player   Home            12      12  99 %  -           "
                      "       -  asks you\n");
  assert_calls (f, "");
}

static void
test_status_trouble (CliFixture *f, gconstpointer data)
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
  assert_has (f->out, "Network        there is none");
  assert_has (f->out, "Secret store   locked: unlock the keyring");
  assert_has (f->out, "At login       The desktop did not allow it\n");
}

static void
test_status_paused (CliFixture *f, gconstpointer data)
{
  (void) data;
  test_agent_make_paused (f->agent);
  run (f, "status");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "paused, nothing leaves this computer\n");
  assert_has (f->out, "until: heliographctl resume\n");
}

static void
test_status_json (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "status --json");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_true (g_str_has_prefix (
      f->out, "{\"running\": true, \"version\": \"0.9.9\", \"state\": \"publishing\", "
              "\"trouble\": \"\", \"trouble_code\": \"\", \"paused_since\": 0, \"paused_until\": "
              "0, \"presence\": {"));
  assert_has (f->out, "\"title\": \"A \\u001b[31mtitle\"");
  assert_has (f->out, "\"last_success\": ");
  assert_has (f->out, "\"rate\": 12000");
  assert_has (f->out, "\"synced_copy\": false");
  assert_has (f->out, "\"verdicts\": [{\"destination\": \"d1\"");
  g_assert_null (strstr (f->out, "/u/me"));
  assert_has (f->out, "\"secret_store\": \"available\"");
}

static void
test_verify (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "verify");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "BUCKET                    DESTINATION   IN AW  ALLOWED   HELD  VERDICT\n");
  assert_has (f->out, "aw-watcher-window_laptop  Home         100000    99990  99990  equal\n");
  assert_has (f->out, "Equal: 1 bucket, 99990 events.\n");
  assert_calls (f, "Verify('',)\n");

  run (f, "verify broken");
  g_assert_cmpint (f->code, ==, 4);
  assert_has (f->out, "differs on 2026-11-01, 2026-11-02, 2026-11-03 and 1 more day\n");
  assert_has (f->out, "Not equal: 1 of 2 differs.\n");
  assert_calls (f, "Verify('broken',)\n");

  run (f, "verify broken --json");
  g_assert_cmpint (f->code, ==, 4);
  assert_has (f->out, "{\"equal\": false, \"mended\": false, \"verdicts\": [{");
  assert_has (f->out, "\"differing_days\": [\"2026-11-01\", ");
  assert_calls (f, "Verify('broken',)\n");

  run (f, "verify mended");
  g_assert_cmpint (f->code, ==, 6);
  assert_has (f->out, "equal; mended, it differed on 2026-11-01, 2026-11-02 and 2 more days\n");
  assert_has (f->out, "Equal: 2 buckets, 14 events.\n"
                      "1 of them differed before, and was mended.\n");
  assert_calls (f, "Verify('mended',)\n");
  run (f, "verify mended --json");
  g_assert_cmpint (f->code, ==, 6);
  assert_has (f->out, "{\"equal\": true, \"mended\": true, \"verdicts\": [{");
  assert_calls (f, "Verify('mended',)\n");

  run (f, "verify refused");
  g_assert_cmpint (f->code, ==, 4);
  assert_has (f->out, "1 event was refused for good; 2 deletions wait for your answer\n");
  assert_calls (f, "Verify('refused',)\n");

  run (f, "verify nothing");
  g_assert_cmpint (f->code, ==, 5);
  assert_has (f->err, "nothing to compare");
  assert_calls (f, "Verify('nothing',)\n");

  run (f, "verify unknown");
  g_assert_cmpint (f->code, ==, 1);
  g_assert_cmpstr (f->err, ==, "heliographctl: there is no bucket “unknown”\n");
}

static void
test_sync (CliFixture *f, gconstpointer data)
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
test_buckets (CliFixture *f, gconstpointer data)
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
test_log (CliFixture *f, gconstpointer data)
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
test_log_follow (CliFixture *f, gconstpointer data)
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
test_sent (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "sent");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "Home\n  2026-03-01 00:00:02  Live status: active · Firefox · A ");
  g_assert_null (strchr (f->out, '\033'));
  assert_has (f->out, "  2026-03-01 00:00:01  b: 1200 events deleted\n");
  assert_has (f->out, "  2026-03-01 00:00:00  b: 2026-02-28 23:59:59  {\"app\":\"x\"} (refused)\n");
  assert_has (f->out, "Away\n  It took nothing since the agent began.\n");
  assert_calls (f, "ListSent('d1',)\nListSent('d2',)\n");
  run (f, "sent Home --json");
  g_assert_cmpint (f->code, ==, 0);
  assert_has (f->out, "{\"d1\": [{\"id\": 3, ");
  run (f, "sent nowhere");
  g_assert_cmpint (f->code, ==, 1);
}

static void
test_rejected (CliFixture *f, gconstpointer data)
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
test_quit (CliFixture *f, gconstpointer data)
{
  (void) data;
  run (f, "quit");
  g_assert_cmpint (f->code, ==, 0);
  g_assert_cmpstr (f->out, ==, "The agent has ended.\n");
  assert_calls (f, "Quit()\n");
}

static void
test_usage (CliFixture *f, gconstpointer data)
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
test_help_of_every_command (CliFixture *f, gconstpointer data)
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
  g_assert_cmpuint (seen, ==, 38);
}

static void
test_no_agent (CliFixture *f, gconstpointer data)
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
test_no_bus (CliFixture *f, gconstpointer data)
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
test_activation (CliFixture *f, gconstpointer data)
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
test_completion (CliFixture *f, gconstpointer data)
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
    { "heliographctl rules e", "enable export" },
    { "heliographctl rules add --dr", "--drop" },
    { "heliographctl preview --scope p", "presence" },
    { "heliograph-agent --o", "--once" },
    { "heliograph-server --data /tmp d", "device" },
    { "heliograph-server token r", "rotate revoke" },
    { "heliograph-server device set laptop --public a", "activity" },
    { "heliograph-server export --f", "--format" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSubprocessLauncher) launcher
          = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
      g_autofree char *folder = g_path_get_dirname (HELIOGRAPHCTL);
      g_autofree char *path = g_strdup_printf ("%s:%s", folder, g_getenv ("PATH"));
      g_autofree char *script = g_strdup_printf (
          "cd %s; . ./heliographctl; . ./heliograph-server; COMP_WORDS=(%s); "
          "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
          "set -- $(complete -p ${COMP_WORDS[0]}); $3 ${COMP_WORDS[0]}; echo ${COMPREPLY[*]}",
          COMPLETIONS, cases[i].words);
      gboolean is_over = FALSE;

      g_clear_pointer (&f->out, g_free);
      g_clear_pointer (&f->err, g_free);
      g_subprocess_launcher_setenv (launcher, "PATH", path, TRUE);
      g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                    g_test_dbus_get_bus_address (f->bus), TRUE);
      g_autoptr (GSubprocess) process
          = g_subprocess_launcher_spawn (launcher, NULL, "bash", "-c", script, NULL);
      g_object_set_data (G_OBJECT (process), "fixture", f);
      g_subprocess_communicate_utf8_async (process, NULL, NULL, cli_fixture_on_finished, &is_over);
      while (!is_over)
        g_main_context_iteration (NULL, TRUE);
      g_strstrip (f->out);
      g_assert_cmpstr (f->out, ==, cases[i].replies);
    }
}

/* Every command and option that the program explains, the completion knows. */
static void
test_completion_is_complete (CliFixture *f, gconstpointer data)
{
  (void) data;
  g_autofree char *completion = NULL;
  g_autoptr (GRegex) option = g_regex_new ("--[a-z-]+", 0, 0, NULL);

  g_assert_true (g_file_get_contents (COMPLETIONS "/heliographctl", &completion, NULL, NULL));
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

int
main (int argc, char **argv)
{
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
  ADD ("buckets/lists-them", NULL, test_buckets);
  ADD ("log/is-filtered", NULL, test_log);
  ADD ("log/follows-until-the-agent-ends", NULL, test_log_follow);
  ADD ("sent/is-listed", NULL, test_sent);
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
