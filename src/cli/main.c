/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* heliographctl: everything the window can do, from the command line. It holds no logic of its
 * own: it asks the agent over D-Bus and prints what the agent says. */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-complete.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-error.h"
#include "model/helio-language.h"

#define JSON_NOTE                                                                                  \
  N_ ("With --json: the properties of the agent's D-Bus interface as one line of JSON, keys in\n"  \
      "snake_case. Times are milliseconds since 1970-01-01 UTC, 0 is never; -1 events is "         \
      "unknown.")

static const HelioCommand commands[] = {
  { "status", "", N_ ("What is published now, how far history is, and what needs you"),
    N_ ("Exits with 5 if something needs you, 3 if the agent does not run (it is not started).\n"
        "With --json: {\"running\", \"version\", \"state\", \"trouble\", \"paused_since\", "
        "\"paused_until\",\n\"presence\", \"source\", \"buckets\", \"destinations\", "
        "\"progress\", \"verdicts\", \"questions\",\n\"machine\"}: the properties of the agent's "
        "D-Bus interface, keys in snake_case. Times are\nmilliseconds since 1970-01-01 UTC, 0 is "
        "never; -1 events is unknown. If the agent does not\nrun: {\"running\": false}."),
    helio_cli_status },
  { "sync", "", N_ ("Look and publish now, and end waiting after errors"), NULL, helio_cli_sync },
  { "verify", N_ ("[BUCKET]"), N_ ("Prove that destinations hold exactly what they should"),
    N_ ("Reads all of ActivityWatch again, applies the rules, and compares event counts and "
        "checks\n"
        "day by day with what the destinations say they hold. Days that differ are published "
        "again,\n"
        "and compared again. It may take minutes; Ctrl-C ends it. Exits with 0 if all is equal, 6 "
        "if\n"
        "it is now, after days that differed were mended, 4 if something still differs, 1 if it "
        "could\n"
        "not be found out.\n"
        "With --json: {\"equal\", \"mended\", \"verdicts\": [{\"destination\", \"bucket\", \"at\", "
        "\"in_aw\",\n\"allowed\", \"kept\", \"waiting\", \"refused\", \"held\", \"equal\", "
        "\"mended\", \"days\",\n\"differing_days\", \"outdated\"}]}."),
    helio_cli_verify },
  { "pause", N_ ("[SPAN|TIME]"), N_ ("Publish nothing for a while"),
    N_ ("30m, 1h, 1h30m, 2d: that long. 14:30: until then. tomorrow: until midnight. Nothing:\n"
        "until “heliographctl resume”. What happens in a pause is never published, unless you\n"
        "resume with --publish-gap. A pause outlives restarts."),
    helio_cli_pause },
  { "resume", "", N_ ("Publish again"), NULL, helio_cli_resume },
  { "buckets", "", N_ ("List the buckets of ActivityWatch, and which are on"), JSON_NOTE,
    helio_cli_buckets },
  { "bucket enable", N_ ("ID…"), N_ ("Publish buckets"), NULL, helio_cli_bucket_enable },
  { "bucket disable", N_ ("ID…"), N_ ("Publish buckets no longer"),
    N_ ("Without --keep or --delete it asks on a terminal, and keeps elsewhere."),
    helio_cli_bucket_disable },
  { "destination add", N_ ("URL|--this-computer"), N_ ("Publish to a backend"),
    N_ ("The backend is tested first; nothing is stored if that fails. The token comes from a\n"
        "file, standard input or the terminal, never from the command line, where every user of\n"
        "this computer could read it.\n"
        "With --this-computer the agent runs a receiver of its own, for this computer's eyes."),
    helio_cli_destination_add },
  { "destination list", "", N_ ("List the backends"), JSON_NOTE, helio_cli_destination_list },
  { "destination test", N_ ("[ID|URL]"), N_ ("Try the connection to a backend, or to all"),
    N_ ("With --token-file FILE it tries a URL that is not added yet; nothing is stored."),
    helio_cli_destination_test },
  { "destination remove", "ID", N_ ("Publish to a backend no longer"),
    N_ ("Without --keep or --delete it asks on a terminal, and keeps elsewhere."),
    helio_cli_destination_remove },
  { "destination level", N_ ("ID LEVEL"), N_ ("Choose what the live status shows"),
    N_ ("nothing: no live status. state: active or away. app: also which app. title: also the\n"
        "title of its window."),
    helio_cli_destination_level },
  { "destination set", N_ ("ID KEY VALUE…"), N_ ("Change a backend"),
    N_ ("url URL, name NAME, level LEVEL, history on|off, allow-plain-http on|off,\n"
        "token-file FILE (a file of mode 0600 to read the token from)."),
    helio_cli_destination_set },
  { "destination token", "ID", N_ ("Give a backend's new token"), NULL,
    helio_cli_destination_token },
  { "source test", "", N_ ("Try the connection to ActivityWatch"), NULL, helio_cli_source_test },
  { "source url", "URL", N_ ("Say where ActivityWatch is"), NULL, helio_cli_source_url },
  { "source key", "", N_ ("Give ActivityWatch's API key"), NULL, helio_cli_source_key },
  { "option list", "", N_ ("List the settings"), JSON_NOTE, helio_cli_option_list },
  { "option set", N_ ("KEY VALUE"), N_ ("Change a setting"),
    N_ ("Numbers are whole, switches on or off, lists separated by commas, history-from a day\n"
        "like 2026-03-01 or all."),
    helio_cli_option_set },
  { "rules list", "", N_ ("List the privacy rules"),
    N_ ("They are applied in this order; each sees what those before it left. Exits with 5 if a\n"
        "rule is broken.\n"
        "With --json: {\"rules\": the rules as in “rules export”, or null if they can't be "
        "understood,\n\"problems\": [{\"id\", \"name\", \"error\", \"stops\"}]}."),
    helio_cli_rules_list },
  { "rules add", "", N_ ("Add a privacy rule"),
    N_ ("Without --exact, --glob and --regex it is for any event. For example:\n"
        "  heliographctl rules add --field app --exact Signal --drop\n"
        "  heliographctl rules add --field title --glob '*salary*' --hide title\n"
        "  heliographctl rules add --type currentwindow --keep app\n"
        "Small and capital letters are the same unless you say --match-case."),
    helio_cli_rules_add },
  { "rules remove", N_ ("RULE…"), N_ ("Remove privacy rules"),
    N_ ("RULE is an id or a number of “rules list”. What they kept back is published."),
    helio_cli_rules_remove },
  { "rules enable", N_ ("RULE…"), N_ ("Switch privacy rules on"), NULL, helio_cli_rules_enable },
  { "rules disable", N_ ("RULE…"), N_ ("Switch privacy rules off"), NULL, helio_cli_rules_disable },
  { "rules move", N_ ("RULE PLACE"), N_ ("Put a privacy rule in another place"), NULL,
    helio_cli_rules_move },
  { "rules test", N_ ("[FILE]"), N_ ("Try privacy rules over your recent events"),
    N_ ("Without FILE those in force. Nothing is changed. Exits with 1 if a rule is broken."),
    helio_cli_rules_test },
  { "rules import", "FILE", N_ ("Put the privacy rules of a file in place of all there are"),
    N_ ("“-” is standard input. README.md describes the format."), helio_cli_rules_import },
  { "rules export", "", N_ ("Print the privacy rules as a file"), NULL, helio_cli_rules_export },
  { "rules preset", N_ ("[NAME]"), N_ ("Add ready privacy rules, or list what there is"), NULL,
    helio_cli_rules_preset },
  { "preview", "", N_ ("Show what leaves of your recent events"),
    N_ ("What you see stays between you and the agent. What a destination's level hides besides\n"
        "is not shown.\n"
        "With --json: [{\"bucket\", \"start\", \"duration\", \"data\", \"leaves\", "
        "\"rule\", \"published\",\n\"published_duration\"}], data as JSON in a text."),
    helio_cli_preview },
  { "sent", N_ ("[DESTINATION]"), N_ ("Show what destinations took lately"),
    N_ ("The last things that destinations took, as they took them, newest first. What was in a\n"
        "request that failed is not listed, though it may have left this computer. The agent\n"
        "holds them in memory only, and forgets them when it ends.\n"
        "With --json: {DESTINATION: [{\"id\", \"at\", \"kind\", …}]}: an \"event\" has \"bucket\", "
        "\"start\",\n\"duration\", \"data\" (JSON in a text), \"cut\", \"refused\"; "
        "\"deletions\" have \"bucket\", \"count\";\n\"presence\" has \"state\", \"since\" and "
        "what was shown of \"app\", \"title\", \"media_title\" and more."),
    helio_cli_sent },
  { "questions", "", N_ ("What only you can decide"), JSON_NOTE, helio_cli_questions },
  { "answer", N_ ("QUESTION CHOICE"), N_ ("Decide it"), NULL, helio_cli_answer },
  { "log", "", N_ ("What the agent did"), N_ ("Exits with 3 when the agent ends meanwhile."),
    helio_cli_log },
  { "rejected", N_ ("[DESTINATION]"), N_ ("List the events that a backend refused for good"),
    N_ ("With --json: {DESTINATION: [{\"bucket\", \"start\", \"reason\", \"at\"}]}."),
    helio_cli_rejected },
  { "retry", N_ ("[DESTINATION]"), N_ ("Send them again"), NULL, helio_cli_retry },
  { "quit", "", N_ ("End the agent: the live status says offline"), NULL, helio_cli_quit },
};

static void
print_help (void)
{
  g_print ("%s", _ ("Usage:\n  heliographctl COMMAND [ARGUMENTS]\n\n"
                    "Shows and steers heliograph-agent, which publishes your ActivityWatch history "
                    "and live\nstatus to a backend of your own.\n\nCommands:\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *usage
          = g_strdup_printf ("%s %s", commands[i].name,
                             commands[i].arguments[0] != '\0' ? _ (commands[i].arguments) : "");
      int gap = 32 - (int) helio_text_width (usage);

      g_print ("  %s%*s%s\n", usage, MAX (gap, 1), "", _ (commands[i].summary));
    }
  g_print ("%s",
           _ ("\n  --help, COMMAND --help          This, or more about a command\n"
              "  --version                       The version\n\n"
              "Exit codes:\n"
              "  0  done\n"
              "  1  failed\n"
              "  2  wrong use\n"
              "  3  the agent is not running, or there is no session bus\n"
              "  4  verify found a difference, and it is still there\n"
              "  5  something needs you\n"
              "  6  verify found a difference, and mended it\n\n"
              "status, log, quit and the completion of the shell start no agent; other "
              "commands do.\nWithout a session bus: heliograph-agent --once --settings FILE\n"));
}

/* A command is one word or two. Returns how many of the words it took. */
static const HelioCommand *
find_command (char **words, guint *taken)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_auto (GStrv) name = g_strsplit (commands[i].name, " ", 2);

      if (strcmp (words[0], name[0]) != 0)
        continue;
      *taken = g_strv_length (name);
      if (name[1] == NULL || g_strcmp0 (words[1], name[1]) == 0)
        return &commands[i];
    }
  return NULL;
}

/* "destination" alone, "destination --help" or "destination adn". */
static HelioExit
explain_group (HelioCli *cli, char **words)
{
  g_autofree char *group = g_strconcat (words[0], " ", NULL);
  gboolean is_help
      = words[1] == NULL || strcmp (words[1], "--help") == 0 || strcmp (words[1], "-h") == 0;

  if (!is_help)
    {
      g_autofree char *typed = g_strconcat (group, words[1], NULL);
      const char *names[G_N_ELEMENTS (commands) + 1] = { NULL };
      guint count = 0;

      for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
        {
          if (g_str_has_prefix (commands[i].name, group))
            names[count++] = commands[i].name + strlen (group);
        }
      const char *nearest = helio_text_nearest (words[1], names);
      if (nearest != NULL)
        return helio_cli_misused (cli, _ ("there is no command “%s”; did you mean “%s%s”?"), typed,
                                  group, nearest);
      return helio_cli_misused (cli, _ ("there is no command “%s”"), typed);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_has_prefix (commands[i].name, group))
        continue;
      g_autofree char *line
          = g_strdup_printf ("  heliographctl %s %s\n      %s\n", commands[i].name,
                             commands[i].arguments[0] != '\0' ? _ (commands[i].arguments) : "",
                             _ (commands[i].summary));
      if (words[1] == NULL)
        g_printerr ("%s", line);
      else
        g_print ("%s", line);
    }
  return words[1] == NULL ? HELIO_EXIT_USAGE : HELIO_EXIT_OK;
}

static HelioExit
explain_unknown (HelioCli *cli, const char *word)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_ptr_array_add (names, g_strndup (commands[i].name, strcspn (commands[i].name, " ")));
  g_ptr_array_add (names, NULL);
  const char *nearest = helio_text_nearest (word, (const char *const *) names->pdata);

  if (nearest != NULL)
    return helio_cli_misused (cli, _ ("there is no command “%s”; did you mean “%s”?"), word,
                              nearest);
  return helio_cli_misused (cli, _ ("there is no command “%s”"), word);
}

static HelioExit
run (char **words)
{
  HelioCli cli = { NULL, NULL };
  guint taken = 0;

  if (words[0] == NULL)
    {
      print_help ();
      return HELIO_EXIT_USAGE;
    }
  if (strcmp (words[0], "help") == 0 && words[1] != NULL)
    {
      g_auto (GStrv) asked = g_strdupv (words + 1);
      guint count = g_strv_length (asked);

      asked = g_renew (char *, asked, count + 2);
      asked[count] = g_strdup ("--help");
      asked[count + 1] = NULL;
      return run (asked);
    }
  if (strcmp (words[0], "--help") == 0 || strcmp (words[0], "-h") == 0
      || strcmp (words[0], "help") == 0)
    {
      print_help ();
      return HELIO_EXIT_OK;
    }
  if (strcmp (words[0], "--version") == 0)
    {
      g_print ("heliographctl %s\n", PACKAGE_VERSION);
      return HELIO_EXIT_OK;
    }
  if (strcmp (words[0], "--complete") == 0 && words[1] != NULL)
    {
      helio_cli_complete (words[1]);
      return HELIO_EXIT_OK;
    }

  cli.command = find_command (words, &taken);
  if (cli.command == NULL)
    return taken > 0 ? explain_group (&cli, words) : explain_unknown (&cli, words[0]);

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_strv_builder_add (builder, cli.command->name);
  g_strv_builder_addv (builder, (const char **) words + taken);
  g_auto (GStrv) args = g_strv_builder_end (builder);
  HelioExit code = cli.command->run (&cli, &args);
  g_clear_object (&cli.agent);
  return code;
}

int
main (int argc, char **argv)
{
  helio_language_begin ();
  g_set_prgname ("heliographctl");
  /* Errors of the agent come back as the errors they were. */
  helio_error_quark ();

  g_auto (GStrv) words = g_new0 (char *, argc > 0 ? (gsize) argc : 1);
  for (int i = 1; i < argc; i++)
    words[i - 1] = g_utf8_make_valid (argv[i], -1);
  return (int) run (words);
}
