/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The canonical form. It is there exactly when the value is valid; it is the canonical form of
 * itself; in a list, where the scan of plain objects is not used, it is the same; and to json-glib,
 * which shares nothing with our scanner, it means the same.
 *
 * Input: JSON; where "N" comes first, numbers may be as Python writes them. */

#include <json-glib/json-glib.h>

#include "fuzz/fuzz.h"
#include "json/helio-json-canonical.h"

static gboolean
take (const char *text, gsize length, gboolean allows_nan, GByteArray *canonical, HelioJson *json)
{
  helio_json_init (json, text, length);
  json->allows_nan = allows_nan;
  return helio_json_take_canonical (json, canonical);
}

static void
check_as_in_a_list (const char *text,
                    gsize length,
                    gboolean allows_nan,
                    const GByteArray *canonical)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  HelioJson json;

  g_byte_array_append (list, (const guint8 *) "[", 1);
  g_byte_array_append (list, (const guint8 *) text, (guint) length);
  g_byte_array_append (list, (const guint8 *) "]", 1);
  if (take ((char *) list->data, list->len, allows_nan, whole, &json))
    g_assert_cmpmem (canonical->data, canonical->len, whole->data + 1, whole->len - 2);
  else
    g_assert_cmpstr (json.problem, ==, "nested too deep");
}

static JsonNode *
parse (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}

/* What json-glib is not asked about: it has its own mind about escapes and about numbers beyond its
 * range, and takes a text at its first NUL. */
static gboolean
is_for_json_glib (const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  guint digits = 0, most = 17;

  if (strlen (copy) != length || strchr (copy, '\\') != NULL)
    return FALSE;
  for (const char *at = copy; *at != '\0'; at++)
    {
      if (g_ascii_isdigit (*at))
        digits++;
      else
        {
          digits = 0;
          most = strchr ("eE", *at) != NULL || (most == 2 && strchr ("+-", *at) != NULL) ? 2 : 17;
        }
      if (digits > most)
        return FALSE;
    }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const gboolean allows_nan = size > 0 && data[0] == 'N';
  const char *text = (const char *) data + allows_nan, *value;
  const gsize length = size - allows_nan;
  g_autoptr (GByteArray) canonical = g_byte_array_new ();
  g_autoptr (GByteArray) again = g_byte_array_new ();
  g_autoptr (JsonNode) one = NULL;
  g_autoptr (JsonNode) two = NULL;
  HelioJson checked, json;
  gsize value_length;
  gboolean is_good;

  helio_json_init (&checked, text, length);
  checked.allows_nan = allows_nan;
  is_good = helio_json_take_value (&checked, &value, &value_length);
  g_assert_true (take (text, length, allows_nan, canonical, &json) == is_good);
  g_assert_true (json.at == checked.at);
  g_assert_true (json.is_cut == checked.is_cut);
  g_assert_cmpstr (json.problem, ==, checked.problem);
  if (!is_good)
    {
      g_assert_cmpuint (canonical->len, ==, 0);
      return 0;
    }

  g_assert_true (take ((char *) canonical->data, canonical->len, FALSE, again, &json));
  g_assert_true (helio_json_finish (&json));
  g_assert_cmpmem (canonical->data, canonical->len, again->data, again->len);
  check_as_in_a_list (value, value_length, allows_nan, canonical);
  g_assert_true (g_utf8_validate_len ((char *) canonical->data, canonical->len, NULL)
                 || memchr (canonical->data, 0, canonical->len) != NULL);

  if (!allows_nan && is_for_json_glib (value, value_length)
      && (one = parse (value, value_length)) != NULL)
    {
      two = parse ((char *) canonical->data, canonical->len);
      g_assert_true (two != NULL && json_node_equal (one, two));
    }
  return 0;
}
