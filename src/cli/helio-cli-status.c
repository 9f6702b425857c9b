/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-json.h"
#include "cli/helio-cli-text.h"
#include "cli/helio-cli.h"
#include "model/helio-dict.h"
#include "model/helio-event.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "model/helio-verdict-text.h"

#define UNTIL_RESUMED HELIO_TIME_MAX

static HelioExit
print_json (HelioCli *cli)
{
  /* Every property of the interface, in its order. */
  static const char *const names[][2] = {
    { "version", "Version" },          { "state", "State" },
    { "trouble", "Trouble" },          { "trouble-code", "TroubleCode" },
    { "paused-since", "PausedSince" }, { "paused-until", "PausedUntil" },
    { "presence", "Presence" },        { "source", "Source" },
    { "buckets", "Buckets" },          { "destinations", "Destinations" },
    { "progress", "Progress" },        { "verdicts", "Verdicts" },
    { "questions", "Questions" },      { "machine", "Machine" },
  };
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GVariant) running = g_variant_ref_sink (g_variant_new_boolean (cli->agent != NULL));

  helio_json_append_member (json, "running", running);
  for (gsize i = 0; cli->agent != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GVariant) value
          = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (cli->agent), names[i][1]);

      if (value != NULL)
        helio_json_append_member (json, names[i][0], value);
    }
  g_print ("%s}\n", json->str);
  return HELIO_EXIT_OK;
}

static const char *
describe_state (const char *state)
{
  if (strcmp (state, "setup") == 0)
    return _ ("not set up yet");
  if (strcmp (state, "starting") == 0)
    return _ ("starting");
  if (strcmp (state, "publishing") == 0)
    return _ ("publishing");
  if (strcmp (state, "idle") == 0)
    return _ ("everything is published");
  if (strcmp (state, "paused") == 0)
    return _ ("paused, nothing leaves this computer");
  if (strcmp (state, "trouble") == 0)
    return _ ("there is trouble");
  if (strcmp (state, "quitting") == 0)
    return _ ("ending");
  return state;
}

static void
print_line (const char *label, const char *text)
{
  g_autofree char *clean = helio_text_clean (text);
  int gap = 15 - (int) helio_text_width (label);

  g_print ("%s%*s%s\n", label, MAX (gap, 1), "", clean);
}

static void
print_pause (HelioCli *cli, int64_t now)
{
  int64_t since = helio_agent1_get_paused_since (cli->agent);
  int64_t until = helio_agent1_get_paused_until (cli->agent);

  if (since == 0)
    return;
  g_autofree char *begin = helio_text_time (since, now);
  g_autofree char *end = helio_text_time (until, now);
  g_autofree char *text
      = until >= UNTIL_RESUMED
            ? g_strdup_printf (_ ("since %s, until: heliographctl resume"), begin)
            : g_strdup_printf (_ ("since %s, until %s; sooner: heliographctl resume"), begin, end);
  print_line (_ ("Paused"), text);
}

static void
print_presence (HelioCli *cli, int64_t now)
{
  GVariant *presence = helio_agent1_get_presence (cli->agent);

  if (presence == NULL || g_variant_n_children (presence) == 0)
    {
      print_line (_ ("Shown now"), _ ("nothing"));
      return;
    }

  const char *app = helio_dict_get_text (presence, "app");
  const char *title = helio_dict_get_text (presence, "title");
  const char *media = helio_dict_get_text (presence, "media-title");
  const char *artist = helio_dict_get_text (presence, "media-artist");
  int64_t since = helio_dict_get_number (presence, *app != '\0' ? "activity-since" : "since");
  g_autoptr (GString) text = g_string_new (helio_dict_get_text (presence, "state"));

  if (*app != '\0')
    g_string_append_printf (text, ", %s", app);
  if (*title != '\0')
    g_string_append_printf (text, " “%s”", title);
  if (since != 0)
    {
      g_autofree char *begin = helio_text_time (since, now);
      g_autofree char *span = helio_text_span (now - since);
      g_string_append_printf (text, _ (", since %s (%s)"), begin, span);
    }
  print_line (_ ("Shown now"), text->str);
  if (*media != '\0')
    {
      g_autofree char *plays = *artist != '\0' ? g_strdup_printf (_ ("“%s” by %s"), media, artist)
                                               : g_strdup_printf ("“%s”", media);
      print_line (_ ("Playing"), plays);
    }
}

static void
print_source (HelioCli *cli, int64_t now)
{
  GVariant *source = helio_agent1_get_source (cli->agent);

  if (source == NULL)
    return;
  const char *host = helio_dict_get_text (source, "hostname");
  const char *error = helio_dict_get_text (source, "error");
  int64_t last = helio_dict_get_number (source, "last-success");
  g_autoptr (GString) text = g_string_new (helio_dict_get_text (source, "address"));

  if (*host != '\0')
    g_string_append_printf (text, " (%s)", host);
  if (last != 0)
    {
      g_autofree char *time = helio_text_time (last, now);
      g_string_append_printf (text, _ (", read at %s"), time);
    }
  else if (*error == '\0')
    g_string_append (text, _ (", not read yet"));
  if (*error != '\0')
    g_string_append_printf (text, ": %s", error);
  print_line (_ ("ActivityWatch"), text->str);
}

static void
print_destinations (HelioCli *cli, int64_t now)
{
  GVariant *destinations = helio_agent1_get_destinations (cli->agent);
  g_autoptr (HelioTable) table
      = helio_table_new ("  ", _ ("DESTINATION"), _ ("ADDRESS"), _ ("DEVICE"), _ ("STATE"),
                         _ ("LAST ANSWER"), _ (">REFUSED"), NULL);
  g_autoptr (GString) errors = g_string_new (NULL);

  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *state = helio_dict_get_text (one, "state");
      const char *error = helio_dict_get_text (one, "error");
      int64_t last = helio_dict_get_number (one, "last-success");
      int64_t retry = helio_dict_get_number (one, "retry-at");
      g_autofree char *refused = helio_text_count (helio_dict_get_number (one, "rejected"));
      g_autofree char *answered = last != 0 ? helio_text_time (last, now) : g_strdup ("-");
      g_autofree char *wait = helio_text_span (retry - now);
      g_autofree char *waiting = strcmp (state, "waiting") == 0 && retry > now
                                     ? g_strdup_printf (_ ("waiting, tries again in %s"), wait)
                                     : g_strdup (state);

      helio_table_add (table, helio_dict_get_text (one, "name"));
      helio_table_add (table, helio_dict_get_text (one, "address"));
      helio_table_add (table, helio_dict_get_text (one, "device"));
      helio_table_add (table, waiting);
      helio_table_add (table, answered);
      helio_table_add (table, refused);
      if (*error != '\0')
        {
          g_autofree char *line
              = g_strdup_printf ("%s: %s", helio_dict_get_text (one, "name"), error);
          g_autofree char *clean = helio_text_clean (line);
          g_string_append_printf (errors, "  %s\n", clean);
          if (strcmp (state, "stopped") == 0)
            g_string_append_printf (errors, _ ("    try it: heliographctl destination test %s\n"),
                                    helio_dict_get_text (one, "id"));
        }
      if (helio_dict_get_number (one, "rejected") > 0)
        g_string_append_printf (errors, _ ("    see what was refused: heliographctl rejected %s\n"),
                                helio_dict_get_text (one, "id"));
    }
  if (helio_table_rows (table) == 0)
    return;
  g_print ("\n");
  helio_table_print (table);
  g_print ("%s", errors->str);
}

static GVariant *
find_verdict (GVariant *verdicts, GVariant *track)
{
  for (gsize i = 0; verdicts != NULL && i < g_variant_n_children (verdicts); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (verdicts, i);

      if (strcmp (helio_dict_get_text (one, "bucket"), helio_dict_get_text (track, "bucket")) == 0
          && strcmp (helio_dict_get_text (one, "destination"),
                     helio_dict_get_text (track, "destination"))
                 == 0)
        return g_steal_pointer (&one);
    }
  return NULL;
}

/* What else is to be said of one bucket at one destination. */
static char *
describe_track (HelioCli *cli, GVariant *track, int64_t now)
{
  const char *work = helio_dict_get_text (track, "work");
  double part = helio_dict_get_part (track, "part");
  g_autofree char *percent = helio_text_percent ((int64_t) (part * 100), 100);
  g_autoptr (GVariant) verdict = find_verdict (helio_agent1_get_verdicts (cli->agent), track);

  if (helio_dict_get_flag (track, "asking"))
    return g_strdup (_ ("asks you"));
  if (strcmp (work, "rules") == 0)
    /* Translators: %s is a percentage */
    return g_strdup_printf (_ ("applying the rules: %s"), percent);
  if (strcmp (work, "verify") == 0)
    /* Translators: %s is a percentage */
    return g_strdup_printf (_ ("verifying: %s"), percent);
  if (verdict == NULL)
    return g_strdup ("");

  g_autofree char *ago = helio_text_ago (helio_dict_get_number (verdict, "at"), now);
  g_autofree char *result = helio_verdict_text_result (verdict, 3);
  if (helio_dict_get_flag (verdict, "outdated"))
    /* Translators: %s is "12 min ago" or a day and time */
    return g_strdup_printf (_ ("verified %s, before the rules changed"), ago);
  /* Translators: the first %s is "12 min ago" or a day and time, the second like "equal" */
  return g_strdup_printf (_ ("verified %s: %s"), ago, result);
}

static void
print_progress (HelioCli *cli, int64_t now)
{
  GVariant *progress = helio_agent1_get_progress (cli->agent);
  g_autoptr (HelioTable) table
      = helio_table_new ("  ", _ ("BUCKET"), _ ("DESTINATION"), _ (">HELD"), _ (">IN AW"),
                         _ (">DONE"), _ ("BACK TO"), _ (">EVENTS/S"), "", NULL);

  for (gsize i = 0; progress != NULL && i < g_variant_n_children (progress); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);
      int64_t in_aw = helio_dict_get_number (one, "in-aw");
      int64_t oldest = helio_dict_get_number (one, "oldest");
      int64_t rate = helio_dict_get_number (one, "rate");
      gboolean is_done = helio_dict_get_flag (one, "done");
      g_autofree char *held = helio_text_count (helio_dict_get_number (one, "held"));
      g_autofree char *total = in_aw < 0 ? g_strdup ("?") : helio_text_count (in_aw);
      g_autofree char *percent = helio_text_percent (helio_dict_get_number (one, "rows"), in_aw);
      g_autofree char *day = oldest != 0 ? helio_text_day (oldest) : g_strdup ("-");
      g_autofree char *note = describe_track (cli, one, now);
      g_autofree char *speed = rate > 0 ? helio_text_count (rate) : g_strdup ("-");

      if (strcmp (helio_dict_get_text (one, "work"), "rules") == 0)
        {
          g_free (percent);
          percent = helio_text_percent ((int64_t) (helio_dict_get_part (one, "part") * 100), 100);
        }
      /* All events may be known while a repair still looks at them: not done is not 100 %. */
      if (!is_done && strcmp (percent, "100 %") == 0)
        {
          g_free (percent);
          percent = g_strdup ("99 %");
        }
      helio_table_add (table, helio_dict_get_text (one, "bucket"));
      helio_table_add (table,
                       helio_cli_destination_name (cli, helio_dict_get_text (one, "destination")));
      helio_table_add (table, held);
      helio_table_add (table, total);
      helio_table_add (table, is_done ? _ ("all") : percent);
      helio_table_add (table, day);
      helio_table_add (table, speed);
      helio_table_add (table, note);
    }
  if (helio_table_rows (table) == 0)
    return;
  g_print ("\n");
  helio_table_print (table);
}

static void
print_pages (HelioCli *cli)
{
  /* Held: while the agent is asked, the property may change. */
  g_autoptr (GVariant) destinations = helio_agent1_dup_destinations (cli->agent);

  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      g_autofree char *page = helio_cli_get_page (cli, helio_dict_get_text (one, "id"));

      if (page != NULL)
        print_line (_ ("Live page"), page);
    }
}

/* What of this computer matters now: what is as it should be is not mentioned. */
static void
print_machine (HelioCli *cli)
{
  GVariant *machine = helio_agent1_get_machine (cli->agent);

  if (machine == NULL || g_variant_n_children (machine) == 0)
    return;
  const char *store = helio_dict_get_text (machine, "secret-store");
  const char *login = helio_dict_get_text (machine, "start-at-login-error");

  if (!helio_dict_get_flag (machine, "network"))
    print_line (_ ("Network"), _ ("there is none; what is published then waits"));
  else if (helio_dict_get_flag (machine, "metered"))
    print_line (_ ("Network"), _ ("metered; see heliographctl option set pause-on-metered"));
  if (strcmp (store, "locked") == 0)
    print_line (_ ("Secret store"), _ ("locked: unlock the keyring, then: heliographctl sync"));
  else if (strcmp (store, "none") == 0)
    print_line (_ ("Secret store"), _ ("there is none: tokens need --keep-token-file"));
  if (helio_dict_get_flag (machine, "start-at-login"))
    print_line (_ ("At login"), _ ("the agent begins by itself"));
  if (*login != '\0')
    print_line (_ ("At login"), login);
}

static gboolean
any_enabled (GVariant *buckets)
{
  for (gsize i = 0; buckets != NULL && i < g_variant_n_children (buckets); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (buckets, i);

      if (helio_dict_get_flag (one, "enabled"))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_empty (GVariant *list)
{
  return list == NULL || g_variant_n_children (list) == 0;
}

/* What the user can do about it, with the command that does it. */
static void
print_way_out (HelioCli *cli)
{
  const char *trouble = helio_agent1_get_trouble (cli->agent);
  GVariant *source = helio_agent1_get_source (cli->agent);
  gboolean is_reachable = source != NULL && helio_dict_get_flag (source, "reachable");
  guint questions = is_empty (helio_agent1_get_questions (cli->agent))
                        ? 0
                        : (guint) g_variant_n_children (helio_agent1_get_questions (cli->agent));

  g_print ("\n");
  if (trouble != NULL && *trouble != '\0')
    print_line (_ ("Trouble"), trouble);
  if (source != NULL && !is_reachable && helio_dict_get_text (source, "error")[0] != '\0')
    g_print ("%s", _ ("ActivityWatch  heliographctl source test, source url URL, source key "
                      "--key-file FILE\n"));
  if (is_empty (helio_agent1_get_destinations (cli->agent)))
    g_print ("%s", _ ("No destination  heliographctl destination add URL --token-file FILE\n"));
  if (!any_enabled (helio_agent1_get_buckets (cli->agent)))
    g_print ("%s", _ ("No bucket is on  heliographctl buckets, heliographctl bucket enable ID\n"));
  if (questions > 0)
    {
      g_autofree char *text = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u question waits for you: heliographctl questions\n",
                       "%u questions wait for you: heliographctl questions\n", questions),
          questions);
      g_print ("%s", text);
    }
}

static gboolean
needs_user (HelioCli *cli)
{
  const char *state = helio_agent1_get_state (cli->agent);
  GVariant *destinations = helio_agent1_get_destinations (cli->agent);

  if (g_strcmp0 (state, "setup") == 0 || g_strcmp0 (state, "trouble") == 0
      || !is_empty (helio_agent1_get_questions (cli->agent)))
    return TRUE;
  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);

      if (strcmp (helio_dict_get_text (one, "state"), "stopped") == 0)
        return TRUE;
    }
  return FALSE;
}

HelioExit
helio_cli_status (HelioCli *cli, char ***args)
{
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = {
    HELIO_CLI_JSON_ENTRY (&is_json),
    G_OPTION_ENTRY_NULL,
  };

  if (!helio_cli_parse (cli, entries, args, 0, 0))
    return HELIO_EXIT_USAGE;
  HelioExit code = helio_cli_connect (cli, HELIO_CLI_ONLY_RUNNING);
  if (code != HELIO_EXIT_OK)
    {
      g_clear_object (&cli->agent);
      if (is_json)
        print_json (cli);
      return code;
    }

  int64_t now = helio_time_now ();
  const char *state = helio_agent1_get_state (cli->agent);
  if (is_json)
    print_json (cli);
  else
    {
      g_print (_ ("Heliograph %s: %s\n"), helio_agent1_get_version (cli->agent),
               describe_state (state != NULL ? state : "?"));
      print_pause (cli, now);
      print_presence (cli, now);
      print_source (cli, now);
      print_machine (cli);
      print_pages (cli);
      print_destinations (cli, now);
      print_progress (cli, now);
      if (needs_user (cli))
        print_way_out (cli);
    }
  return needs_user (cli) ? HELIO_EXIT_ATTENTION : HELIO_EXIT_OK;
}
