/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-rules-json.h"

#include <string.h>

#define VERSION 1

static GPtrArray *
list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
}

GPtrArray *
helio_rules_json_parse (const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GPtrArray) rules = list_new ();
  JsonNode *root, *version;

  if (*json == '\0')
    return g_steal_pointer (&rules);
  if (!json_parser_load_from_data (parser, json, -1, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  /* Of another version, or with more than we know, it would be written back as another thing. */
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)
      || json_object_get_size (json_node_get_object (root)) != 2)
    return NULL;
  version = json_object_get_member (json_node_get_object (root), "version");
  if (version == NULL || !JSON_NODE_HOLDS_VALUE (version) || json_node_get_int (version) != VERSION)
    return NULL;
  root = json_object_get_member (json_node_get_object (root), "rules");
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return NULL;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (root)); i++)
    g_ptr_array_add (rules, json_array_dup_element (json_node_get_array (root), i));
  return g_steal_pointer (&rules);
}

/* The end of the string that begins after a quote at @at: its last quote, or the end. */
static const char *
skip_string (const char *at)
{
  for (; *at != '\0' && *at != '"'; at++)
    if (*at == '\\' && at[1] != '\0')
      at++;
  return at;
}

/* The containers around a place in the text. */
typedef struct
{
  GPtrArray *names; /* GHashTable for an object, an empty one for an array */
  int rule;         /* index of the one that is around; -1 outside of all */
} Place;

/* Whether the name at @text is good for the innermost object. */
static gboolean
take_name (Place *place, const char *text, gsize length)
{
  return place->names->len > 0 && memchr (text, '\\', length) == NULL
         && g_hash_table_add (place->names->pdata[place->names->len - 1], g_strndup (text, length));
}

gboolean
helio_rules_json_is_clear (const char *json, int but)
{
  g_autoptr (GPtrArray) names
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  Place place = { .names = names, .rule = -1 };

  for (const char *at = json; *at != '\0'; at++)
    {
      const char *text = at + 1;

      if (*at == '{' || *at == '[')
        {
          g_ptr_array_add (names, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL));
          place.rule += names->len == 2 && *at == '[' ? 1 : 0;
        }
      else if ((*at == '}' || *at == ']') && names->len > 0)
        {
          g_ptr_array_set_size (names, (int) names->len - 1);
          place.rule = names->len < 2 ? -1 : place.rule;
        }
      else if (*at == ',' && names->len == 2)
        place.rule++;
      else if (*at == '/' || *at == '#')
        return FALSE; /* a comment, which is none in JSON, may hide anything */
      else if (*at == '"')
        {
          const char *after;

          at = skip_string (text);
          if (*at == '\0')
            return FALSE;
          for (after = at + 1; g_ascii_isspace (*after);)
            after++;
          if (*after == ':' && !take_name (&place, text, (gsize) (at - text))
              && (place.rule < 0 || place.rule != but))
            return FALSE;
        }
    }
  return TRUE;
}

char *
helio_rules_json_write (GPtrArray *rules, gboolean is_pretty)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonArray *array = json_array_new ();
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < rules->len; i++)
    json_array_add_element (array, json_node_copy (rules->pdata[i]));
  json_object_set_int_member (object, "version", VERSION);
  json_object_set_array_member (object, "rules", array);
  json_node_take_object (root, object);
  return json_to_string (root, is_pretty);
}

gboolean
helio_rules_json_find (GPtrArray *rules, const char *id, guint *index)
{
  for (*index = 0; *index < rules->len; (*index)++)
    if (strcmp (helio_rule_json_get (rules->pdata[*index], "id"), id) == 0)
      return TRUE;
  return FALSE;
}

char *
helio_rules_json_make_id (GPtrArray *rules)
{
  for (guint number = rules->len + 1;; number++)
    {
      g_autofree char *id = g_strdup_printf ("rule-%u", number);
      guint index;

      if (!helio_rules_json_find (rules, id, &index))
        return g_steal_pointer (&id);
    }
}

void
helio_rules_json_merge (GPtrArray *rules, GPtrArray *added)
{
  for (guint i = 0; i < added->len; i++)
    {
      JsonNode *rule = json_node_copy (added->pdata[i]);
      guint index;

      if (helio_rules_json_find (rules, helio_rule_json_get (rule, "id"), &index))
        {
          json_node_unref (rules->pdata[index]);
          rules->pdata[index] = rule;
        }
      else
        g_ptr_array_add (rules, rule);
    }
}

/* A copy of a node shares what is in it. */
JsonNode *
helio_rule_json_copy (JsonNode *rule)
{
  g_autofree char *json = json_to_string (rule, FALSE);

  return json_from_string (json, NULL);
}

const char *
helio_rule_json_get (JsonNode *rule, const char *member)
{
  JsonNode *node = NULL;

  if (rule != NULL && JSON_NODE_HOLDS_OBJECT (rule))
    node = json_object_get_member (json_node_get_object (rule), member);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

gboolean
helio_rule_json_is_on (JsonNode *rule)
{
  return !JSON_NODE_HOLDS_OBJECT (rule)
         || json_object_get_boolean_member_with_default (json_node_get_object (rule), "enabled",
                                                         TRUE);
}

gboolean
helio_rule_json_set_on (JsonNode *rule, gboolean is_on)
{
  if (!JSON_NODE_HOLDS_OBJECT (rule))
    return FALSE;
  if (is_on)
    json_object_remove_member (json_node_get_object (rule), "enabled");
  else
    json_object_set_boolean_member (json_node_get_object (rule), "enabled", FALSE);
  return TRUE;
}
