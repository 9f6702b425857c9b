/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/helio-cli-rules-file.h"

/* The rules that are there, to be changed, and as they are told @before that; NULL has been
 * reported. */
static GPtrArray *
begin (HelioCli *cli, char **before, HelioExit *code)
{
  *code = helio_cli_connect (cli, HELIO_CLI_START);
  if (*code != HELIO_EXIT_OK)
    return NULL;
  *code = HELIO_EXIT_FAILED;
  *before = helio_cli_get_rules (cli, NULL);
  return *before != NULL ? helio_cli_parse_rules (*before) : NULL;
}

static HelioExit
finish (HelioCli *cli, const char *before, GPtrArray *rules)
{
  g_autofree char *json = helio_rules_json_write (rules, FALSE);

  return helio_cli_replace_rules (cli, before, json);
}

static gboolean
find (GPtrArray *rules, const char *word, guint *index)
{
  if (helio_cli_rule_find (rules, word, index))
    return TRUE;
  helio_cli_complain (_ ("there is no rule “%s”; for all: heliographctl rules list"), word);
  return FALSE;
}

/* -- add ---------------------------------------------------------------------------------- */

/* An option and the member of the rule that it becomes. */
typedef struct
{
  const char *option;
  const char *member;
  const char *word; /* of "match" or "action"; NULL for a member of its own */
} Member;

typedef enum
{
  OPTION_ID,
  OPTION_NAME,
  OPTION_SCOPE,
  OPTION_FIELD,
  OPTION_EXACT,
  OPTION_GLOB,
  OPTION_REGEX,
  OPTION_HIDE,
  OPTION_KEEP,
  OPTION_REPLACE,
  OPTION_RENAME,
  OPTION_WITH,
  N_OPTIONS,
} Option;

static const Member members[N_OPTIONS] = {
  { "id", "id", NULL },
  { "name", "name", NULL },
  { "scope", "scope", NULL },
  { "field", "field", NULL },
  { "exact", "match", "exact" },
  { "glob", "match", "glob" },
  { "regex", "match", "regex" },
  { "hide", "action", "hide" },
  { "keep", "action", "keep" },
  { "replace", "action", "replace" },
  { "rename", "action", "rename" },
  { "with", "with", NULL },
};

static const char *const where_members[] = { "type", "except_type", "bucket" };

typedef struct
{
  char *texts[N_OPTIONS];
  char *where[G_N_ELEMENTS (where_members)];
  gboolean matches_case;
  gboolean drops;
  gboolean is_first;
} Wish;

static void
wish_clear (Wish *wish)
{
  for (guint i = 0; i < N_OPTIONS; i++)
    g_free (wish->texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (where_members); i++)
    g_free (wish->where[i]);
}

/* What follows an option of "match" or "action" goes to another member. */
static const char *
get_follower (const Member *member)
{
  if (strcmp (member->member, "match") == 0)
    return "pattern";
  return strcmp (member->word, "rename") == 0 ? "with" : "target";
}

/* FALSE: it has been reported. */
static gboolean
fill (HelioCli *cli, JsonObject *rule, const Wish *wish)
{
  guint n_where = 0;

  for (guint i = 0; i < N_OPTIONS; i++)
    {
      const Member *member = &members[i];

      if (wish->texts[i] == NULL)
        continue;
      if (member->word == NULL)
        {
          json_object_set_string_member (rule, member->member, wish->texts[i]);
          continue;
        }
      if (json_object_has_member (rule, member->member))
        {
          helio_cli_misused (cli, _ ("“--%s” and “%s” do not go together"), member->option,
                             json_object_get_string_member (rule, member->member));
          return FALSE;
        }
      json_object_set_string_member (rule, member->member, member->word);
      json_object_set_string_member (rule, get_follower (member), wish->texts[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (where_members); i++)
    if (wish->where[i] != NULL)
      {
        JsonObject *where = json_object_new ();

        n_where++;
        json_object_set_string_member (where, where_members[i], wish->where[i]);
        json_object_set_object_member (rule, "where", where);
      }
  if (n_where > 1)
    {
      helio_cli_misused (cli, _ ("only one of --type, --except-type and --bucket can be said"));
      return FALSE;
    }
  if (!json_object_has_member (rule, "match"))
    json_object_set_string_member (rule, "match", "any");
  if (wish->matches_case)
    json_object_set_boolean_member (rule, "match_case", TRUE);
  if (wish->drops == json_object_has_member (rule, "action"))
    {
      helio_cli_misused (cli, _ ("say what the rule does with one of --drop, --hide, --keep, "
                                 "--replace and --rename"));
      return FALSE;
    }
  if (wish->drops)
    json_object_set_string_member (rule, "action", "drop");
  return TRUE;
}

static HelioExit
add (HelioCli *cli, const Wish *wish)
{
  g_autoptr (JsonNode) rule = json_node_new (JSON_NODE_OBJECT);
  HelioExit code;

  json_node_take_object (rule, json_object_new ());
  if (!fill (cli, json_node_get_object (rule), wish))
    return HELIO_EXIT_USAGE;
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) rules = begin (cli, &before, &code);
  if (rules == NULL)
    return code;
  if (*helio_rule_json_get (rule, "id") == '\0')
    {
      g_autofree char *id = helio_rules_json_make_id (rules);

      json_object_set_string_member (json_node_get_object (rule), "id", id);
    }
  g_ptr_array_insert (rules, wish->is_first ? 0 : -1, json_node_copy (rule));
  code = finish (cli, before, rules);
  if (code == HELIO_EXIT_OK)
    g_print (_ ("Rule %s is in force\n"), helio_rule_json_get (rule, "id"));
  return code;
}

HelioExit
helio_cli_rules_add (HelioCli *cli, char ***args)
{
  Wish wish = { 0 };
  const GOptionEntry entries[] = {
    { "field", 'f', 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_FIELD], N_ ("The field it looks at"),
      N_ ("FIELD") },
    { "exact", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_EXACT], N_ ("The field is this text"),
      N_ ("TEXT") },
    { "glob", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_GLOB],
      N_ ("The field is like this: * is anything, ? one character"), N_ ("GLOB") },
    { "regex", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_REGEX],
      N_ ("This regular expression is found in the field"), N_ ("REGEX") },
    { "match-case", 0, 0, G_OPTION_ARG_NONE, &wish.matches_case,
      N_ ("Small and capital letters differ"), NULL },
    { "drop", 0, 0, G_OPTION_ARG_NONE, &wish.drops, N_ ("Nothing of the event leaves"), NULL },
    { "hide", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_HIDE], N_ ("This field is left out"),
      N_ ("FIELD") },
    { "keep", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_KEEP],
      N_ ("All but this field is left out"), N_ ("FIELD") },
    { "replace", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_REPLACE],
      N_ ("This field becomes what --with says"), N_ ("FIELD") },
    { "with", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_WITH],
      N_ ("A text, with \\1 for what the first group of --regex found"), N_ ("TEXT") },
    { "rename", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_RENAME], N_ ("The app is called so"),
      N_ ("NAME") },
    { "type", 0, 0, G_OPTION_ARG_STRING, &wish.where[0],
      N_ ("Only in buckets of this type, as currentwindow or web.*"), N_ ("GLOB") },
    { "except-type", 0, 0, G_OPTION_ARG_STRING, &wish.where[1], N_ ("Not in buckets of this type"),
      N_ ("GLOB") },
    { "bucket", 0, 0, G_OPTION_ARG_STRING, &wish.where[2], N_ ("Only in this bucket"),
      N_ ("GLOB") },
    { "scope", 's', 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_SCOPE],
      N_ ("both (if nothing is said), history or presence"), N_ ("SCOPE") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_NAME], N_ ("Name for people"),
      N_ ("NAME") },
    { "id", 0, 0, G_OPTION_ARG_STRING, &wish.texts[OPTION_ID], N_ ("Name for commands"),
      N_ ("ID") },
    { "first", 0, 0, G_OPTION_ARG_NONE, &wish.is_first, N_ ("Before all others, not after them"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  HelioExit code = helio_cli_parse (cli, entries, args, 0, 0) ? add (cli, &wish) : HELIO_EXIT_USAGE;

  wish_clear (&wish);
  return code;
}

/* -- the others --------------------------------------------------------------------------- */

HelioExit
helio_cli_rules_remove (HelioCli *cli, char ***args)
{
  HelioExit code;

  if (!helio_cli_parse (cli, NULL, args, 1, G_MAXINT))
    return HELIO_EXIT_USAGE;
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) rules = begin (cli, &before, &code);
  if (rules == NULL)
    return code;
  /* All are found first: numbers are those of the list as it was. */
  g_autofree gboolean *goes = g_new0 (gboolean, rules->len + 1);
  for (guint i = 1; (*args)[i] != NULL; i++)
    {
      guint index;

      if (!find (rules, (*args)[i], &index))
        return HELIO_EXIT_FAILED;
      goes[index] = TRUE;
    }
  for (guint i = rules->len; i > 0; i--)
    if (goes[i - 1])
      g_ptr_array_remove_index (rules, i - 1);
  return finish (cli, before, rules);
}

static HelioExit
switch_rules (HelioCli *cli, char ***args, gboolean is_on)
{
  HelioExit code;

  if (!helio_cli_parse (cli, NULL, args, 1, G_MAXINT))
    return HELIO_EXIT_USAGE;
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) rules = begin (cli, &before, &code);
  if (rules == NULL)
    return code;
  for (guint i = 1; (*args)[i] != NULL; i++)
    {
      guint index;

      if (!find (rules, (*args)[i], &index))
        return HELIO_EXIT_FAILED;
      if (!helio_rule_json_set_on (rules->pdata[index], is_on))
        {
          helio_cli_complain (_ ("“%s” is no rule; remove it"), (*args)[i]);
          return HELIO_EXIT_FAILED;
        }
    }
  return finish (cli, before, rules);
}

HelioExit
helio_cli_rules_enable (HelioCli *cli, char ***args)
{
  return switch_rules (cli, args, TRUE);
}

HelioExit
helio_cli_rules_disable (HelioCli *cli, char ***args)
{
  return switch_rules (cli, args, FALSE);
}

HelioExit
helio_cli_rules_move (HelioCli *cli, char ***args)
{
  HelioExit code;
  guint64 place;
  guint index;

  if (!helio_cli_parse (cli, NULL, args, 2, 2))
    return HELIO_EXIT_USAGE;
  g_autofree char *before = NULL;
  g_autoptr (GPtrArray) rules = begin (cli, &before, &code);
  if (rules == NULL)
    return code;
  if (!find (rules, (*args)[1], &index))
    return HELIO_EXIT_FAILED;
  if (!g_ascii_string_to_unsigned ((*args)[2], 10, 1, rules->len, &place, NULL))
    return helio_cli_misused (cli, _ ("the place is a number from 1 to %u, not “%s”"), rules->len,
                              (*args)[2]);
  JsonNode *rule = g_ptr_array_steal_index (rules, index);
  g_ptr_array_insert (rules, (int) place - 1, rule);
  return finish (cli, before, rules);
}
