/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-json.h"

#include <math.h>
#include <string.h>

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (json, "\\%c", *p);
      else if ((guchar) *p < 0x20 || *p == 0x7f)
        g_string_append_printf (json, "\\u%04x", (guint) *p);
      else
        g_string_append_c (json, *p);
    }
  g_string_append_c (json, '"');
}

static void
append_key (GString *json, const char *key)
{
  g_autofree char *name = g_strdelimit (g_strdup (key), "-", '_');

  append_string (json, name);
  g_string_append (json, ": ");
}

static void
append_number (GString *json, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (json, isfinite (number) ? g_ascii_dtostr (text, sizeof text, number) : "null");
}

static void
append_children (GString *json, GVariant *value, char open, char end)
{
  gboolean is_object = open == '{';

  g_string_append_c (json, open);
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (i > 0)
        g_string_append (json, ", ");
      if (is_object)
        {
          g_autoptr (GVariant) key = g_variant_get_child_value (child, 0);
          g_autoptr (GVariant) member = g_variant_get_child_value (child, 1);

          append_key (json, g_variant_get_string (key, NULL));
          helio_json_append (json, member);
        }
      else
        helio_json_append (json, child);
    }
  g_string_append_c (json, end);
}

void
helio_json_append (GString *json, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);
        helio_json_append (json, inner);
        return;
      }
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      append_string (json, g_variant_get_string (value, NULL));
      return;
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (json, g_variant_get_boolean (value) ? "true" : "false");
      return;
    case G_VARIANT_CLASS_DOUBLE:
      append_number (json, g_variant_get_double (value));
      return;
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_type_is_subtype_of (g_variant_get_type (value), G_VARIANT_TYPE ("a{s*}")))
        append_children (json, value, '{', '}');
      else
        append_children (json, value, '[', ']');
      return;
    case G_VARIANT_CLASS_TUPLE:
      append_children (json, value, '[', ']');
      return;
    default:
      {
        /* The integers: their text form is that of JSON. */
        g_autofree char *text = g_variant_print (value, FALSE);
        g_string_append (json, text);
      }
    }
}

static void
append_comma (GString *json)
{
  if (json->len > 0 && json->str[json->len - 1] != '{')
    g_string_append (json, ", ");
}

void
helio_json_append_member (GString *json, const char *key, GVariant *value)
{
  append_comma (json);
  append_key (json, key);
  helio_json_append (json, value);
}

void
helio_json_append_name (GString *json, const char *name)
{
  append_comma (json);
  append_string (json, name);
  g_string_append (json, ": ");
}

void
helio_json_print (GVariant *list)
{
  g_autoptr (GString) json = g_string_new (NULL);

  if (list != NULL)
    helio_json_append (json, list);
  g_print ("%s\n", list != NULL ? json->str : "[]");
}
