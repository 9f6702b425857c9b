/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "config.h"

#include "rules/helio-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json/helio-json.h"

#define MAX_ID 64
#define MAX_TEXT 2000

/* The members of a rule that are texts, as they are written. */
typedef enum
{
  TEXT_ID,
  TEXT_NAME,
  TEXT_SCOPE,
  TEXT_FIELD,
  TEXT_MATCH,
  TEXT_PATTERN,
  TEXT_ACTION,
  TEXT_TARGET,
  TEXT_WITH,
  N_TEXTS,
} Text;

static const char *const text_names[N_TEXTS] = {
  "id", "name", "scope", "field", "match", "pattern", "action", "target", "with",
};

static const char *const scope_names[] = { "both", "history", "presence", NULL };
/* As HelioPatternKind, and one more. */
static const char *const match_names[] = { "exact", "glob", "regex", "any", NULL };
#define MATCH_ANY 3
/* As HelioAction. */
static const char *const action_names[] = { "drop", "hide", "keep", "replace", "rename", NULL };

typedef struct
{
  HelioRule *rule;
  char *texts[N_TEXTS];
  gboolean matches_case;
} Reading;

void
helio_rule_break (HelioRule *rule, char *reason)
{
  /* The first thing that is wrong is told. */
  if (rule->error == NULL)
    rule->error = reason;
  else
    g_free (reason);
}

static void complain (HelioRule *rule, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
complain (HelioRule *rule, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  helio_rule_break (rule, g_strdup_vprintf (format, args));
  va_end (args);
}

/* -- reading ------------------------------------------------------------------------------ */

/* (transfer full): NULL if the value is not a text that a rule may hold. */
static char *
take_text (HelioJson *json, HelioRule *rule, const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (helio_json_peek (json) != HELIO_JSON_STRING)
    {
      const char *value;
      gsize length;

      complain (rule, _ ("“%s” must be a text"), name);
      helio_json_take_value (json, &value, &length);
      return NULL;
    }
  if (!helio_json_take_string (json, text))
    return NULL;
  if (text->len > MAX_TEXT || memchr (text->str, '\0', text->len) != NULL)
    {
      complain (rule, _ ("“%s” is too long, or holds a NUL"), name);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
take_flag (HelioJson *json, HelioRule *rule, const char *name, gboolean otherwise)
{
  HelioJsonKind kind = helio_json_peek (json);
  const char *value;
  gsize length;

  helio_json_take_value (json, &value, &length);
  if (kind == HELIO_JSON_TRUE || kind == HELIO_JSON_FALSE)
    return kind == HELIO_JSON_TRUE;
  complain (rule, _ ("“%s” must be true or false"), name);
  return otherwise;
}

static void
take_where (HelioJson *json, HelioRule *rule)
{
  const char *key, *value;
  gsize key_length, length;
  gboolean is_good = TRUE;

  if (helio_json_peek (json) != HELIO_JSON_OBJECT)
    {
      complain (rule, _ ("“where” must be an object"));
      helio_json_take_value (json, &value, &length);
      return;
    }
  helio_json_enter_object (json);
  while (helio_json_next_member (json, &key, &key_length))
    {
      gboolean is_except = helio_json_key_is (key, key_length, "except_type");
      gboolean is_bucket = helio_json_key_is (key, key_length, "bucket");

      if (!is_except && !is_bucket && !helio_json_key_is (key, key_length, "type"))
        {
          complain (rule, _ ("“where” has an unknown member “%.*s”"),
                    helio_rule_name_length (key_length), key);
          is_good = FALSE;
          helio_json_take_value (json, &value, &length);
          continue;
        }
      char *text = take_text (json, rule, "where");

      if (text == NULL || *text == '\0' || rule->type != NULL || rule->bucket != NULL)
        {
          complain (rule, _ ("“where” takes one of “type”, “except_type” and “bucket”"));
          g_free (text);
          is_good = FALSE;
        }
      else if (is_bucket)
        rule->bucket = text;
      else
        {
          rule->type = text;
          rule->is_except_type = is_except;
        }
    }
  if (is_good && rule->type == NULL && rule->bucket == NULL)
    complain (rule, _ ("“where” takes one of “type”, “except_type” and “bucket”"));
  if (is_good)
    return;
  /* Then nobody knows where: everywhere. */
  g_clear_pointer (&rule->type, g_free);
  g_clear_pointer (&rule->bucket, g_free);
}

static int
find_text (const char *key, gsize key_length)
{
  for (int i = 0; i < N_TEXTS; i++)
    if (helio_json_key_is (key, key_length, text_names[i]))
      return i;
  return -1;
}

static void
take_members (Reading *reading, const char *text, gsize length)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  HelioRule *rule = reading->rule;
  HelioJson json;
  const char *key, *value;
  gsize key_length, value_length;

  helio_json_init (&json, text, length);
  if (helio_json_peek (&json) != HELIO_JSON_OBJECT)
    {
      complain (rule, _ ("it must be an object"));
      return;
    }
  helio_json_enter_object (&json);
  while (helio_json_next_member (&json, &key, &key_length))
    {
      int found = find_text (key, key_length);

      /* A key in disguise could be there twice, too. */
      if (memchr (key, '\\', key_length) != NULL
          || !g_hash_table_add (seen, g_strndup (key, key_length)))
        {
          complain (rule, _ ("“%.*s” is there twice, or written with escapes"),
                    helio_rule_name_length (key_length), key);
          /* Which of the two is meant? */
          rule->is_enabled = TRUE;
          g_clear_pointer (&rule->type, g_free);
          g_clear_pointer (&rule->bucket, g_free);
          helio_json_take_value (&json, &value, &value_length);
        }
      else if (found >= 0)
        reading->texts[found] = take_text (&json, rule, text_names[found]);
      else if (helio_json_key_is (key, key_length, "enabled"))
        rule->is_enabled = take_flag (&json, rule, "enabled", TRUE);
      else if (helio_json_key_is (key, key_length, "match_case"))
        reading->matches_case = take_flag (&json, rule, "match_case", FALSE);
      else if (helio_json_key_is (key, key_length, "where"))
        take_where (&json, rule);
      else
        {
          complain (rule, _ ("it has an unknown member “%.*s”"),
                    helio_rule_name_length (key_length), key);
          helio_json_take_value (&json, &value, &value_length);
        }
    }
}

/* -- meaning ------------------------------------------------------------------------------ */

/* The index of the text among the words; complains if it is none of them. */
static int
find_word (const Reading *reading, Text which, const char *const *words)
{
  const char *text = reading->texts[which];
  g_autofree char *list = NULL;

  for (int i = 0; text != NULL && words[i] != NULL; i++)
    if (strcmp (text, words[i]) == 0)
      return i;
  list = g_strjoinv (", ", (char **) words);
  complain (reading->rule, _ ("“%s” must be one of %s"), text_names[which], list);
  return -1;
}

static gboolean
is_good_id (const char *id)
{
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && !g_ascii_isdigit (*c) && *c != '-')
      return FALSE;
  return *id != '\0' && strlen (id) <= MAX_ID;
}

/* A field's name as it stands in canonical data, without its quotes. */
static char *
make_key (const char *name, gsize *length)
{
  g_autoptr (GString) key = g_string_new (NULL);

  helio_json_append_string (key, name, -1);
  *length = key->len - 2;
  return g_strndup (key->str + 1, key->len - 2);
}

/* @needs: whether the member must be there; it must not otherwise. */
static gboolean
check_there (const Reading *reading, Text which, gboolean needs, const char *because)
{
  const char *text = reading->texts[which];

  if (needs && (text == NULL || (*text == '\0' && which != TEXT_WITH)))
    complain (reading->rule, _ ("%s needs “%s”"), because, text_names[which]);
  else if (!needs && text != NULL)
    complain (reading->rule, _ ("%s takes no “%s”"), because, text_names[which]);
  return reading->rule->error == NULL;
}

static void
understand_action (const Reading *reading, gboolean is_any)
{
  HelioRule *rule = reading->rule;
  int action = find_word (reading, TEXT_ACTION, action_names);
  const char *target = reading->texts[TEXT_TARGET];
  g_autofree char *because = NULL;

  if (action < 0)
    return;
  rule->action = (HelioAction) action;
  rule->has_with = action == HELIO_ACTION_REPLACE || action == HELIO_ACTION_RENAME;
  because = g_strdup_printf (_ ("the action “%s”"), action_names[action]);
  if (!check_there (reading, TEXT_WITH, rule->has_with, because))
    return;
  if (action == HELIO_ACTION_DROP || action == HELIO_ACTION_RENAME)
    {
      if (!check_there (reading, TEXT_TARGET, FALSE, because))
        return;
      target = action == HELIO_ACTION_RENAME ? "app" : NULL;
    }
  else if (is_any || target != NULL)
    {
      if (!check_there (reading, TEXT_TARGET, TRUE, because))
        return;
    }
  else
    target = reading->texts[TEXT_FIELD];
  if (target != NULL)
    rule->target = make_key (target, &rule->target_length);
}

static void
understand_match (const Reading *reading, int match)
{
  HelioRule *rule = reading->rule;
  g_autoptr (GError) error = NULL;
  g_autofree char *because = g_strdup_printf (_ ("the match “%s”"), match_names[match]);
  gboolean is_any = match == MATCH_ANY;

  if (!check_there (reading, TEXT_FIELD, !is_any, because)
      || !check_there (reading, TEXT_PATTERN, !is_any, because) || is_any)
    return;
  rule->field = make_key (reading->texts[TEXT_FIELD], &rule->field_length);
  rule->pattern = helio_pattern_new ((HelioPatternKind) match, reading->texts[TEXT_PATTERN],
                                     reading->matches_case,
                                     rule->has_with ? reading->texts[TEXT_WITH] : NULL, &error);
  if (rule->pattern == NULL)
    complain (rule, "%s", error->message);
}

static void
understand (const Reading *reading)
{
  HelioRule *rule = reading->rule;
  const char *id = reading->texts[TEXT_ID];
  int scope = 0, match;

  if (id == NULL || !is_good_id (id))
    complain (rule, _ ("“id” must be 1 to %d small letters, digits and hyphens"), MAX_ID);
  else
    rule->id = g_strdup (id);
  if (reading->texts[TEXT_NAME] != NULL && *reading->texts[TEXT_NAME] != '\0')
    rule->name = g_strdup (reading->texts[TEXT_NAME]);
  else
    rule->name = g_strdup (id != NULL ? id : "?");

  if (reading->texts[TEXT_SCOPE] != NULL)
    scope = find_word (reading, TEXT_SCOPE, scope_names);
  match = find_word (reading, TEXT_MATCH, match_names);
  if (rule->error != NULL)
    return;
  rule->in_history = scope != 2;
  rule->in_presence = scope != 1;
  understand_action (reading, match == MATCH_ANY);
  if (rule->error == NULL)
    understand_match (reading, match);
  if (rule->error == NULL && match == MATCH_ANY && rule->has_with)
    rule->with = g_strdup (reading->texts[TEXT_WITH]);
}

static char *
make_digest (const Reading *reading)
{
  static const Text texts[]
      = { TEXT_FIELD, TEXT_MATCH, TEXT_PATTERN, TEXT_ACTION, TEXT_TARGET, TEXT_WITH };
  g_autoptr (GString) digest = g_string_new (reading->matches_case ? "=" : "~");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *text = reading->texts[texts[i]];

      if (text == NULL)
        g_string_append (digest, "-,");
      else
        g_string_append_printf (digest, "%u:%s,", (guint) strlen (text), text);
    }
  return g_string_free (g_steal_pointer (&digest), FALSE);
}

HelioRule *
helio_rule_new (const char *json, gsize length)
{
  Reading reading = { .rule = g_new0 (HelioRule, 1) };

  reading.rule->is_enabled = TRUE;
  take_members (&reading, json, length);
  understand (&reading);
  reading.rule->digest = make_digest (&reading);
  for (int i = 0; i < N_TEXTS; i++)
    g_free (reading.texts[i]);
  return reading.rule;
}

void
helio_rule_free (HelioRule *rule)
{
  g_free (rule->id);
  g_free (rule->name);
  g_free (rule->error);
  g_free (rule->type);
  g_free (rule->bucket);
  g_free (rule->field);
  g_clear_pointer (&rule->pattern, helio_pattern_free);
  g_free (rule->target);
  g_free (rule->with);
  g_free (rule->digest);
  g_free (rule);
}

/* -- use ---------------------------------------------------------------------------------- */

static gboolean
is_like (const char *glob, const char *text)
{
  return helio_glob_matches (glob, text, strlen (text), TRUE);
}

gboolean
helio_rule_concerns (const HelioRule *rule, const HelioBucket *bucket)
{
  if (rule->bucket != NULL)
    return is_like (rule->bucket, bucket->id);
  if (rule->type != NULL)
    return is_like (rule->type, bucket->type) != rule->is_except_type;
  return TRUE;
}

HelioOutcome
helio_rule_apply (const HelioRule *rule, HelioForm *form, HelioPatternRoom *room)
{
  g_autofree char *made = NULL;
  HelioMatch match = HELIO_MATCH_YES;

  if (rule->pattern != NULL)
    {
      const HelioFormText *value = helio_form_get (form, rule->field, rule->field_length);

      if (value == NULL)
        return HELIO_OUTCOME_NOTHING;
      match = helio_pattern_match (rule->pattern, value->text, value->length, value->is_ascii, room,
                                   rule->has_with ? &made : NULL);
    }
  if (match == HELIO_MATCH_NO)
    return HELIO_OUTCOME_NOTHING;
  if (match == HELIO_MATCH_UNDECIDED || rule->action == HELIO_ACTION_DROP)
    return HELIO_OUTCOME_DROPPED;

  if (rule->action == HELIO_ACTION_HIDE)
    helio_form_hide (form, rule->target, rule->target_length);
  else if (rule->action == HELIO_ACTION_KEEP)
    helio_form_keep (form, rule->target, rule->target_length);
  else
    helio_form_set (form, rule->target, rule->target_length,
                    rule->pattern != NULL ? made : rule->with);
  return HELIO_OUTCOME_CHANGED;
}
