/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-rules-file.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/helio-cli-call.h"
#include "model/helio-dict.h"
#include "model/helio-text.h"

#define VERSION 1
/* The agent refuses longer ones. */
#define MAX_BYTES (1024 * 1024)

char *
helio_cli_get_rules (HelioCli *cli, GVariant **problems)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = helio_cli_call (cli, "GetRules", NULL, &error);
  char *json = NULL;

  if (answer == NULL)
    {
      helio_cli_failed (error);
      return NULL;
    }
  g_variant_get_child (answer, 0, "s", &json);
  if (problems != NULL)
    *problems = g_variant_get_child_value (answer, 1);
  return json;
}

HelioExit
helio_cli_set_rules (HelioCli *cli, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = helio_cli_call (cli, "SetRules", g_variant_new ("(s)", json), &error);

  return answer != NULL ? HELIO_EXIT_OK : helio_cli_failed (error);
}

GPtrArray *
helio_cli_parse_rules (const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  JsonNode *root;

  if (*json == '\0')
    return g_steal_pointer (&rules);
  if (!json_parser_load_from_data (parser, json, -1, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  root = json_object_get_member (json_node_get_object (root), "rules");
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return NULL;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (root)); i++)
    g_ptr_array_add (rules, json_array_dup_element (json_node_get_array (root), i));
  return g_steal_pointer (&rules);
}

char *
helio_cli_write_rules (GPtrArray *rules, gboolean is_pretty)
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

const char *
helio_cli_rule_get (JsonNode *rule, const char *member)
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
helio_cli_rule_find (GPtrArray *rules, const char *word, guint *index)
{
  guint64 number;

  for (*index = 0; *index < rules->len; (*index)++)
    if (strcmp (helio_cli_rule_get (rules->pdata[*index], "id"), word) == 0)
      return TRUE;
  if (rules->len == 0 || !g_ascii_string_to_unsigned (word, 10, 1, rules->len, &number, NULL))
    return FALSE;
  *index = (guint) number - 1;
  return TRUE;
}

static char *
read_input (GError **error)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autofree char *text = g_malloc (MAX_BYTES + 1);
  gsize length;

  if (!g_input_stream_read_all (input, text, MAX_BYTES, &length, NULL, error))
    return NULL;
  text[length] = '\0';
  return g_steal_pointer (&text);
}

char *
helio_cli_read_rules_file (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (strcmp (name, "-") == 0)
    text = read_input (&error);
  else
    g_file_get_contents (name, &text, NULL, &error);
  if (text == NULL)
    {
      helio_cli_complain ("%s", error->message);
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > MAX_BYTES)
    {
      helio_cli_complain (_ ("%s is no file of rules: it is too long or no UTF-8"), name);
      return NULL;
    }
  return g_steal_pointer (&text);
}

void
helio_cli_print_problems (GVariant *problems)
{
  for (gsize i = 0; i < g_variant_n_children (problems); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (problems, i);
      const char *name = helio_dict_get_text (one, "name");

      if (*name == '\0')
        helio_cli_complain (_ ("the privacy rules are broken, so nothing is published: %s"),
                            helio_dict_get_text (one, "error"));
      else if (helio_dict_get_flag (one, "stops"))
        helio_cli_complain (_ ("the rule “%s” is broken, so what it concerns is not published: %s"),
                            name, helio_dict_get_text (one, "error"));
      else
        helio_cli_complain (_ ("the rule “%s” is broken, but switched off: %s"), name,
                            helio_dict_get_text (one, "error"));
    }
}
