/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "config.h"

#include "model/helio-rule-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/helio-text.h"

/* Patterns of presets fill a page; who wants to read them opens the rule, or exports it. */
#define LONGEST_PATTERN 36

static gboolean
is (JsonNode *rule, const char *member, const char *text)
{
  return strcmp (helio_rule_json_get (rule, member), text) == 0;
}

/* Of what somebody typed, as it can be shown. */
static char *
shorten (const char *text)
{
  g_autofree char *clean = helio_text_clean (text);

  if (g_utf8_strlen (clean, -1) > LONGEST_PATTERN)
    {
      g_autofree char *start = g_utf8_substring (clean, 0, LONGEST_PATTERN);

      return g_strconcat (start, "…", NULL);
    }
  return g_steal_pointer (&clean);
}

static char *
get_target (JsonNode *rule)
{
  const char *target = helio_rule_json_get (rule, "target");

  return shorten (*target != '\0' ? target : helio_rule_json_get (rule, "field"));
}

/* (nullable): NULL for one that no rule has. */
static char *
describe_action (JsonNode *rule)
{
  g_autofree char *target = get_target (rule);
  g_autofree char *with = shorten (helio_rule_json_get (rule, "with"));

  if (is (rule, "action", "drop"))
    return g_strdup (_ ("Drop events"));
  if (is (rule, "action", "hide"))
    /* Translators: %s is the name of a field, like "title" */
    return g_strdup_printf (_ ("Hide %s"), target);
  if (is (rule, "action", "keep"))
    /* Translators: %s is the name of a field, like "app" */
    return g_strdup_printf (_ ("Keep only %s"), target);
  if (is (rule, "action", "replace"))
    /* Translators: the first is the name of a field, the second a text */
    return g_strdup_printf (_ ("Replace %s by “%s”"), target, with);
  if (is (rule, "action", "rename"))
    /* Translators: %s is another name for an app */
    return g_strdup_printf (_ ("Call the app “%s”"), with);
  return NULL;
}

/* (nullable): NULL for any event. */
static char *
describe_match (JsonNode *rule)
{
  g_autofree char *field = shorten (helio_rule_json_get (rule, "field"));
  g_autofree char *pattern = shorten (helio_rule_json_get (rule, "pattern"));

  if (is (rule, "match", "exact"))
    /* Translators: the first is the name of a field, the second a text: app is “Signal” */
    return g_strdup_printf (_ ("%s is “%s”"), field, pattern);
  if (is (rule, "match", "glob"))
    /* Translators: the first is the name of a field, the second a pattern */
    return g_strdup_printf (_ ("%s is like “%s”"), field, pattern);
  if (is (rule, "match", "regex"))
    /* Translators: the first is the name of a field, the second a regular expression */
    return g_strdup_printf (_ ("%s matches “%s”"), field, pattern);
  return NULL;
}

static void
append (GString *text, const char *part)
{
  if (*part != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

static void
append_where (GString *text, JsonNode *rule)
{
  static const char *const keys[] = { "type", "except_type", "bucket" };
  JsonNode *where = JSON_NODE_HOLDS_OBJECT (rule)
                        ? json_object_get_member (json_node_get_object (rule), "where")
                        : NULL;

  for (guint i = 0; where != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      const char *value = helio_rule_json_get (where, keys[i]);
      g_autofree char *place = *value != '\0' ? helio_rule_get_place (keys[i], value) : NULL;

      if (place != NULL)
        append (text, place);
    }
}

/* (nullable): what it does to which events; NULL if that can't be said. */
static char *
describe (JsonNode *rule)
{
  g_autofree char *action = describe_action (rule);
  g_autofree char *match = describe_match (rule);

  if (action == NULL)
    return NULL;
  if (match != NULL)
    /* Translators: what is done, and to which events: Hide title, where app is “Signal” */
    return g_strdup_printf (_ ("%s, where %s"), action, match);
  if (is (rule, "action", "drop"))
    return g_strdup (_ ("Drop all events"));
  return g_steal_pointer (&action);
}

char *
helio_rule_get_title (JsonNode *rule)
{
  const char *name = helio_rule_json_get (rule, "name");
  char *described;

  g_return_val_if_fail (rule != NULL, NULL);

  if (*name != '\0')
    return helio_text_clean (name);
  described = describe (rule);
  return described != NULL ? described : g_strdup (_ ("A rule that can’t be understood"));
}

char *
helio_rule_get_words (JsonNode *rule)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *described = NULL;

  g_return_val_if_fail (rule != NULL, NULL);

  described = describe (rule);
  if (described == NULL)
    described = shorten (helio_rule_json_get (rule, "action"));
  /* Without a name that is its title already. */
  else if (*helio_rule_json_get (rule, "name") == '\0')
    g_clear_pointer (&described, g_free);
  if (described != NULL)
    append (text, described);
  append_where (text, rule);
  if (is (rule, "scope", "history"))
    append (text, _ ("history only"));
  else if (is (rule, "scope", "presence"))
    append (text, _ ("live status only"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
helio_rule_get_place (const char *key, const char *value)
{
  static const struct
  {
    const char *type;
    const char *only;
    const char *except;
  } places[] = {
    { "currentwindow", N_ ("Only windows"), N_ ("Everything but windows") },
    { "afkstatus", N_ ("Only away or not"), N_ ("Everything but away or not") },
    { "web.*", N_ ("Only browser tabs"), N_ ("Everything but browser tabs") },
    { "app.editor.*", N_ ("Only editors"), N_ ("Everything but editors") },
    { "currently-playing", N_ ("Only music and films"), N_ ("Everything but music and films") },
  };
  g_autofree char *clean = shorten (value);
  gboolean is_except = strcmp (key, "except_type") == 0;

  if (strcmp (key, "bucket") == 0)
    /* Translators: %s is the id of a bucket */
    return g_strdup_printf (_ ("Only %s"), clean);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (strcmp (places[i].type, value) == 0)
      return g_strdup (is_except ? _ (places[i].except) : _ (places[i].only));
  /* Translators: %s is the type of buckets, like "currentwindow" */
  return g_strdup_printf (is_except ? _ ("Everything but the type %s") : _ ("Only the type %s"),
                          clean);
}
