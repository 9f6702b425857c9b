/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-rules-private.h"

#include <string.h>

#define MAX_RULES 7

/* Of the book as a whole. */
static const char *const unknown_books[] = {
  "{\"version\":2,\"rules\":[]}",
  "{\"version\":1,\"rules\":[",
  "[]",
  "{\"version\":1,\"rules\":[],\"more\":true}",
};

static const RuleWhere wheres[] = {
  { NULL, 7 },
  { "\"type\":\"currentwindow\"", 1 },
  { "\"type\":\"web.*\"", 4 },
  { "\"type\":\"afk*\"", 2 },
  { "\"type\":\"*\"", 7 },
  { "\"except_type\":\"web.*\"", 3 },
  { "\"except_type\":\"currentwindow\"", 6 },
  { "\"bucket\":\"aw-watcher-window_laptop\"", 1 },
  { "\"bucket\":\"*_laptop\"", 7 },
  { "\"bucket\":\"*web*\"", 4 },
  { "\"bucket\":\"aw-watcher-afk_?aptop\"", 2 },
  { "\"type\":\"current\"", 0 },
};

static const RuleMatch matches[] = {
  { NULL, SAYS_ANYTHING, NULL },
  { "app", SAYS_EQUAL, "Code" },
  { "app", SAYS_EQUAL, "Vault" },
  { "app", SAYS_HOLDS, "gnome" },
  { "app", SAYS_BEGINS, "f" },
  { "app", SAYS_ENDS, "e" },
  { "title", SAYS_BEGINS, "Changed" },
  { "title", SAYS_BEGINS, "Changed 1" },
  { "title", SAYS_HOLDS, "heliograph" },
  { "title", SAYS_HOLDS, "– é" },
  { "title", SAYS_HOLDS, ".c:" },
  { "title", SAYS_ENDS, "7]" },
  { "title", SAYS_ENDS, "b]" },
  { "title", SAYS_HOLDS, "0 " },
  { "title", SAYS_HOLDS, " " },
  { "url", SAYS_URL, NULL },
  { "url", SAYS_BEGINS, "https://en.wikipedia" },
  { "url", SAYS_HOLDS, "//Vault/" },
  { "url", SAYS_HOLDS, "/page/1" },
  { "url", SAYS_ENDS, "3" },
  { "incognito", SAYS_EQUAL, "true" },
  { "tabCount", SAYS_EQUAL, "7" },
  { "status", SAYS_EQUAL, "afk" },
  { "no such field", SAYS_HOLDS, "a" },
};

static const char *const targets[]
    = { "title", "app", "url", "incognito", "tabCount", "status", "nothing" };
static const char *const texts[] = { "private", "", "“so to say”", "\"x\"" };

/* -- random rules -------------------------------------------------------------------------------
 */

static guint
roll (GRand *rand, guint below)
{
  return (guint) g_rand_int_range (rand, 0, (gint32) below);
}

static void
hide_vault (RuleBook *book, const RuleMatch *match)
{
  Rule rule = {
    .id = book->n_ids++, .is_for_good = TRUE, .where = wheres, .match = match, .does = DOES_HIDE
  };

  rule.target = "title";
  g_array_append_val (book->rules, rule);
}

RuleBook *
rule_book_new (gboolean hides_vault)
{
  RuleBook *book = g_new0 (RuleBook, 1);

  book->rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  for (guint i = 0; hides_vault && i < G_N_ELEMENTS (matches); i++)
    if (g_strcmp0 (matches[i].text, "Vault") == 0 || g_strcmp0 (matches[i].text, "//Vault/") == 0)
      hide_vault (book, &matches[i]);
  return book;
}

void
rule_book_free (RuleBook *book)
{
  g_array_unref (book->rules);
  g_free (book);
}

static With
pick_with (GRand *rand, const Rule *rule)
{
  const char *field = rule->match->field;
  Says says = rule->match->says;

  if (field == NULL || g_strcmp0 (rule->target, field) != 0 || roll (rand, 4) == 0)
    return WITH_TEXT;
  return says == SAYS_BEGINS  ? WITH_REST
         : says == SAYS_HOLDS ? WITH_SIDES
         : says == SAYS_URL   ? WITH_HOST
                              : WITH_TEXT;
}

static Rule
make_rule (RuleBook *book, GRand *rand)
{
  Rule rule = {
    .id = book->n_ids++,
    .is_off = roll (rand, 8) == 0,
    .scope = (int) (roll (rand, 2) * roll (rand, 3)),
    .where = &wheres[roll (rand, 2) * roll (rand, G_N_ELEMENTS (wheres))],
    .match = &matches[roll (rand, G_N_ELEMENTS (matches))],
    .spelling = roll (rand, 3),
    .matches_case = roll (rand, 2) == 0,
    .does = (Does) roll (rand, N_DOES),
    .text = texts[roll (rand, G_N_ELEMENTS (texts))],
  };
  const char *field = rule.match->field;

  /* Everything at once is a rule, too, but a rare one. */
  if (field == NULL && rule.does == DOES_DROP && roll (rand, 3) > 0)
    rule.does = DOES_HIDE;
  rule.target = rule.does == DOES_RENAME ? "app"
                : field == NULL || roll (rand, 3) == 0
                    ? targets[roll (rand, G_N_ELEMENTS (targets))]
                    : field;
  rule.with = pick_with (rand, &rule);
  return rule;
}

/* The first rules stay where they are if they are for good. */
static guint
pick_place (const RuleBook *book, GRand *rand, guint n)
{
  guint first = 0;

  while (first < book->rules->len && g_array_index (book->rules, Rule, first).is_for_good)
    first++;
  return first + (n > first ? roll (rand, n - first) : 0);
}

char *
rule_book_change (RuleBook *book, GRand *rand)
{
  guint what = roll (rand, 20);
  guint at = pick_place (book, rand, book->rules->len);
  Rule rule = make_rule (book, rand);
  Rule *old = at < book->rules->len ? &g_array_index (book->rules, Rule, at) : NULL;

  if (book->unknown != NULL || (what == 0 && roll (rand, 2) == 0))
    {
      book->unknown
          = book->unknown != NULL ? NULL : unknown_books[roll (rand, G_N_ELEMENTS (unknown_books))];
      return g_strdup (book->unknown != NULL ? "all rules unknown" : "all rules known again");
    }
  if (what <= 2 && rule_book_mend (book))
    return g_strdup ("rules mended");
  if (old == NULL || (what <= 8 && book->rules->len < MAX_RULES))
    {
      at = pick_place (book, rand, book->rules->len + 1);
      g_array_insert_val (book->rules, at, rule);
      return g_strdup_printf ("rule r%u added at %u", rule.id, at);
    }
  if (what <= 11)
    {
      g_array_remove_index (book->rules, at);
      return g_strdup_printf ("rule at %u removed", at);
    }
  if (what <= 14)
    {
      old->is_off = !old->is_off;
      return g_strdup_printf ("rule r%u %s", old->id, old->is_off ? "off" : "on");
    }
  if (what <= 16)
    {
      rule.id = old->id;
      *old = rule;
      return g_strdup_printf ("rule r%u changed", old->id);
    }
  if (what == 17)
    {
      Rule moved = *old;

      g_array_remove_index (book->rules, at);
      at = pick_place (book, rand, book->rules->len + 1);
      g_array_insert_val (book->rules, at, moved);
      return g_strdup_printf ("rule r%u moved to %u", moved.id, at);
    }
  old->flaw = (Flaw) (1 + roll (rand, N_FLAWS - 1));
  return g_strdup_printf ("rule r%u broken", old->id);
}

void
rule_book_add_greedy (RuleBook *book)
{
  Rule rule = { .id = book->n_ids++, .where = wheres, .does = DOES_REPLACE, .with = WITH_SIDES };

  rule.target = "title";
  for (guint i = 0; i < G_N_ELEMENTS (matches); i++)
    if (g_strcmp0 (matches[i].text, " ") == 0)
      rule.match = &matches[i];
  g_array_append_val (book->rules, rule);
}

gboolean
rule_book_mend (RuleBook *book)
{
  gboolean was_broken = book->unknown != NULL;

  book->unknown = NULL;
  for (guint i = 0; i < book->rules->len; i++)
    {
      Rule *rule = &g_array_index (book->rules, Rule, i);

      was_broken |= rule->flaw != FLAW_NONE;
      rule->flaw = FLAW_NONE;
    }
  return was_broken;
}

/* -- as JSON ------------------------------------------------------------------------------------
 */

void
rule_append_text (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (json, '\\');
      g_string_append_c (json, *text);
    }
  g_string_append_c (json, '"');
}

static void
write_member (GString *json, const char *name, const char *text)
{
  g_string_append_printf (json, ",\"%s\":", name);
  rule_append_text (json, text);
}

/* As somebody types it who does not care. */
static char *
swap_case (const char *text)
{
  char *swapped = g_strdup (text);

  for (char *c = swapped; *c != '\0'; c += 2)
    {
      *c = g_ascii_islower (*c) ? g_ascii_toupper (*c) : g_ascii_tolower (*c);
      if (c[1] == '\0')
        break;
    }
  return swapped;
}

static char *
write_regex (const Rule *rule, const char *text)
{
  static const char *const shapes[][2] = {
    [SAYS_EQUAL] = { "^(?:", ")$" },
    [SAYS_BEGINS] = { "^", "" },
    [SAYS_ENDS] = { "", "$" },
    [SAYS_HOLDS] = { "", "" },
  };
  Says says = rule->match->says;
  g_autofree char *escaped = text != NULL ? g_regex_escape_string (text, -1) : NULL;

  if (says == SAYS_URL)
    return g_strdup ("^https?://([^/:]+).*");
  if (rule->with == WITH_REST)
    return g_strdup_printf ("^%s(.*)$", escaped);
  if (rule->with == WITH_SIDES)
    return g_strdup_printf ("^(?<a>.*?)%s(.*)$", escaped);
  return g_strconcat (shapes[says][0], escaped, shapes[says][1], NULL);
}

static char *
write_glob (Says says, const char *text)
{
  return g_strconcat (says == SAYS_ENDS || says == SAYS_HOLDS ? "*" : "", text,
                      says == SAYS_BEGINS || says == SAYS_HOLDS ? "*" : "", NULL);
}

static void
write_match (const Rule *rule, GString *json)
{
  Says says = rule->match->says;
  gboolean is_regex
      = rule->spelling == 0 || says == SAYS_URL
        || ((rule->does == DOES_REPLACE || rule->does == DOES_RENAME) && rule->with != WITH_TEXT);
  g_autofree char *text = NULL;
  g_autofree char *pattern = NULL;

  if (rule->flaw == FLAW_PATTERN)
    {
      g_string_append (json, ",\"field\":\"title\",\"match\":\"regex\",\"pattern\":\"(unclosed\"");
      return;
    }
  if (says == SAYS_ANYTHING)
    {
      g_string_append (json, ",\"match\":\"any\"");
      return;
    }
  if (rule->match->text != NULL)
    text = rule->matches_case ? g_strdup (rule->match->text) : swap_case (rule->match->text);
  pattern = is_regex ? write_regex (rule, text) : write_glob (says, text);
  write_member (json, "field", rule->match->field);
  write_member (json, "match",
                is_regex                                    ? "regex"
                : says == SAYS_EQUAL && rule->spelling == 1 ? "exact"
                                                            : "glob");
  write_member (json, "pattern", pattern);
  if (rule->matches_case)
    g_string_append (json, ",\"match_case\":true");
}

static void
write_action (const Rule *rule, GString *json)
{
  static const char *const names[N_DOES] = { "drop", "hide", "keep", "replace", "rename" };
  static const char *const withs[] = { NULL, "\\1", "\\g<a>…\\2", "\\1" };
  gboolean has_with = rule->does == DOES_REPLACE || rule->does == DOES_RENAME;

  write_member (json, "action", rule->flaw == FLAW_ACTION ? "explode" : names[rule->does]);
  if (rule->does != DOES_DROP && rule->does != DOES_RENAME)
    write_member (json, "target", rule->target);
  if (!has_with)
    return;
  if (rule->with != WITH_TEXT)
    write_member (json, "with", withs[rule->with]);
  else
    write_member (json, "with", rule->text);
}

char *
rule_write_deed (const Rule *rule)
{
  GString *json = g_string_new (NULL);

  write_match (rule, json);
  write_action (rule, json);
  return g_string_free (json, FALSE);
}

char *
rule_book_write (const RuleBook *book)
{
  static const char *const scopes[] = { NULL, "history", "presence" };
  GString *json = g_string_new ("{\"version\":1,\"rules\":[");

  if (book->unknown != NULL)
    return g_string_free (json, TRUE), g_strdup (book->unknown);
  for (guint i = 0; i < book->rules->len; i++)
    {
      const Rule *rule = &g_array_index (book->rules, Rule, i);

      g_string_append_printf (json, "%s{\"id\":\"r%u\"", i > 0 ? "," : "", rule->id);
      if (rule->is_off)
        g_string_append (json, ",\"enabled\":false");
      if (rule->scope > 0)
        write_member (json, "scope", scopes[rule->scope]);
      if (rule->flaw == FLAW_WHERE)
        g_string_append (json, ",\"where\":{\"host\":\"laptop\"}");
      else if (rule->where->json != NULL)
        g_string_append_printf (json, ",\"where\":{%s}", rule->where->json);
      write_match (rule, json);
      write_action (rule, json);
      if (rule->flaw == FLAW_MEMBER)
        g_string_append (json, ",\"colour\":\"red\"");
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
  return g_string_free (json, FALSE);
}
