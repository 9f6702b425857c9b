/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-event-fields.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "model/helio-text.h"

/* Nobody reads more of one field. */
#define LONGEST_VALUE 300

/* (nullable): of the members of one object. */
static JsonNode *
parse (const char *data)
{
  g_autoptr (JsonNode) node = data != NULL ? json_from_string (data, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

static char *
get_value (JsonNode *node)
{
  gboolean is_text
      = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
  g_autofree char *json = is_text ? json_node_dup_string (node) : json_to_string (node, FALSE);
  g_autofree char *clean = helio_text_clean (json);
  g_autofree char *start = NULL;

  if (g_utf8_strlen (clean, -1) <= LONGEST_VALUE)
    return g_steal_pointer (&clean);
  start = g_utf8_substring (clean, 0, LONGEST_VALUE);
  return g_strconcat (start, "…", NULL);
}

static void
append_line (GString *markup, const char *name, const char *value, const char *format)
{
  g_autofree char *clean_name = helio_text_clean (name);
  g_autofree char *line = g_markup_printf_escaped (format, clean_name, value);

  g_string_append_printf (markup, "%s%s", markup->len > 0 ? "\n" : "", line);
}

#define AS_IT_IS "<span alpha=\"60%%\">%s</span>  %s"
#define STRUCK "<span alpha=\"60%%\">%s</span>  <s>%s</s>"
#define CHANGED "<span alpha=\"60%%\">%s</span>  <b>%s</b>"
#define HIDDEN "<span alpha=\"60%%\">%s</span>  <i>%s</i>"

static void
add_words (GString *words, const char *name, const char *value)
{
  g_autofree char *clean = helio_text_clean (name);

  g_string_append_printf (words, "%s%s %s", words->len > 0 ? ", " : "", clean, value);
}

void
helio_event_fields_compare (
    const char *data, const char *published, char **before, char **after, char **words)
{
  g_autoptr (JsonNode) from = parse (data);
  g_autoptr (JsonNode) to = parse (published);
  g_autoptr (GString) left = g_string_new (NULL);
  g_autoptr (GString) right = g_string_new (NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GList) names
      = from != NULL ? json_object_get_members (json_node_get_object (from)) : NULL;

  for (GList *link = names; link != NULL; link = link->next)
    {
      const char *name = link->data;
      JsonNode *old = json_object_get_member (json_node_get_object (from), name);
      JsonNode *new = to != NULL ? json_object_get_member (json_node_get_object (to), name) : NULL;
      g_autofree char *old_value = get_value (old);
      g_autofree char *new_value = new != NULL ? get_value (new) : NULL;
      gboolean is_same = new != NULL &&json_node_equal (old, new);

      append_line (left, name, old_value, is_same ? AS_IT_IS : STRUCK);
      if (to == NULL)
        continue;
      /* Translators: of a field of an event that does not leave */
      append_line (right, name, new_value != NULL ? new_value : _ ("hidden"),
                   is_same             ? AS_IT_IS
                   : new_value != NULL ? CHANGED
                                       : HIDDEN);
      add_words (line, name, new_value != NULL ? new_value : _ ("hidden"));
    }
  if (before != NULL)
    *before = g_string_free (g_steal_pointer (&left), FALSE);
  if (after != NULL)
    *after = g_string_free (g_steal_pointer (&right), FALSE);
  if (words != NULL)
    *words = g_string_free (g_steal_pointer (&line), FALSE);
}

char *
helio_event_fields_describe (const char *data)
{
  g_autoptr (JsonNode) node = parse (data);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) names = NULL;

  if (node == NULL)
    return helio_text_clean (data != NULL ? data : "");
  names = json_object_get_members (json_node_get_object (node));
  for (GList *link = names; link != NULL; link = link->next)
    {
      g_autofree char *value
          = get_value (json_object_get_member (json_node_get_object (node), link->data));

      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", value);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
