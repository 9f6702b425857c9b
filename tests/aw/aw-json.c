/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 120

typedef struct
{
  const char *at;
  const char *end;
  AwFlavour flavour;
  int depth;
} Reader;

static AwJson *read_value (Reader *reader);

static AwJson *
json_new (AwJsonKind kind)
{
  AwJson *json = g_new0 (AwJson, 1);

  json->kind = kind;
  if (kind == AW_JSON_NUMBER || kind == AW_JSON_STRING)
    json->text = g_string_new (NULL);
  if (kind == AW_JSON_ARRAY || kind == AW_JSON_OBJECT)
    json->items = g_ptr_array_new ();
  if (kind == AW_JSON_OBJECT)
    json->keys = g_ptr_array_new ();
  return json;
}

void
aw_json_free (AwJson *json)
{
  if (json == NULL)
    return;
  if (json->text != NULL)
    g_string_free (json->text, TRUE);
  for (guint i = 0; json->items != NULL && i < json->items->len; i++)
    aw_json_free (json->items->pdata[i]);
  for (guint i = 0; json->keys != NULL && i < json->keys->len; i++)
    g_string_free (json->keys->pdata[i], TRUE);
  g_clear_pointer (&json->items, g_ptr_array_unref);
  g_clear_pointer (&json->keys, g_ptr_array_unref);
  g_free (json);
}

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end && strchr (" \t\r\n", *reader->at) != NULL && *reader->at != '\0')
    reader->at++;
}

static gboolean
take (Reader *reader, char c)
{
  if (reader->at >= reader->end || *reader->at != c)
    return FALSE;
  reader->at++;
  return TRUE;
}

/* Surrogates too: a lone one becomes the three bytes it would have, if it were a character. */
static void
append_code (GString *text, guint32 code)
{
  if (code >= 0xD800 && code <= 0xDFFF)
    {
      g_string_append_c (text, (char) (0xE0 | (code >> 12)));
      g_string_append_c (text, (char) (0x80 | ((code >> 6) & 0x3F)));
      g_string_append_c (text, (char) (0x80 | (code & 0x3F)));
      return;
    }
  g_string_append_unichar (text, code);
}

static gboolean
read_hex (Reader *reader, guint32 *code)
{
  *code = 0;
  for (int i = 0; i < 4; i++, reader->at++)
    {
      if (reader->at >= reader->end || !g_ascii_isxdigit (*reader->at))
        return FALSE;
      *code = *code * 16 + (guint32) g_ascii_xdigit_value (*reader->at);
    }
  return TRUE;
}

static gboolean
read_escape (Reader *reader, GString *text)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  guint32 code, low;
  const char *found;

  if (reader->at >= reader->end)
    return FALSE;
  if (*reader->at != 'u')
    {
      found = *reader->at != '\0' ? strchr (from, *reader->at) : NULL;
      if (found == NULL)
        return FALSE;
      g_string_append_c (text, to[found - from]);
      reader->at++;
      return TRUE;
    }
  reader->at++;
  if (!read_hex (reader, &code))
    return FALSE;
  if (code >= 0xD800 && code < 0xDC00 && reader->end - reader->at >= 6 && reader->at[0] == '\\'
      && reader->at[1] == 'u')
    {
      const char *back = reader->at;

      reader->at += 2;
      if (!read_hex (reader, &low))
        return FALSE;
      if (low >= 0xDC00 && low <= 0xDFFF)
        {
          append_code (text, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
          return TRUE;
        }
      reader->at = back;
    }
  if (code >= 0xD800 && code <= 0xDFFF && reader->flavour == AW_FLAVOUR_RUST)
    return FALSE;
  append_code (text, code);
  return TRUE;
}

static gboolean
read_string (Reader *reader, GString *text)
{
  if (!take (reader, '"'))
    return FALSE;
  while (reader->at < reader->end)
    {
      const char *run = reader->at;

      while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\'
             && (guchar) *reader->at >= 0x20)
        reader->at++;
      g_string_append_len (text, run, reader->at - run);
      if (take (reader, '"'))
        return TRUE;
      if (!take (reader, '\\') || !read_escape (reader, text))
        return FALSE;
    }
  return FALSE;
}

static AwJson *
read_number (Reader *reader)
{
  const char *begin = reader->at;
  AwJson *json;

  take (reader, '-');
  if (!take (reader, '0'))
    {
      if (reader->at >= reader->end || !g_ascii_isdigit (*reader->at))
        return NULL;
      while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
        reader->at++;
    }
  if (take (reader, '.'))
    {
      if (reader->at >= reader->end || !g_ascii_isdigit (*reader->at))
        return NULL;
      while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
        reader->at++;
    }
  if (take (reader, 'e') || take (reader, 'E'))
    {
      if (!take (reader, '+'))
        take (reader, '-');
      if (reader->at >= reader->end || !g_ascii_isdigit (*reader->at))
        return NULL;
      while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
        reader->at++;
    }
  json = json_new (AW_JSON_NUMBER);
  g_string_append_len (json->text, begin, reader->at - begin);
  return json;
}

static AwJson *
read_word (Reader *reader, const char *word, AwJsonKind kind)
{
  gsize length = strlen (word);

  if ((gsize) (reader->end - reader->at) < length || memcmp (reader->at, word, length) != 0)
    return NULL;
  reader->at += length;
  return json_new (kind);
}

static AwJson *
read_array (Reader *reader)
{
  g_autoptr (AwJson) json = json_new (AW_JSON_ARRAY);

  skip_space (reader);
  if (take (reader, ']'))
    return g_steal_pointer (&json);
  do
    {
      AwJson *item = read_value (reader);

      if (item == NULL)
        return NULL;
      g_ptr_array_add (json->items, item);
      skip_space (reader);
    }
  while (take (reader, ','));
  return take (reader, ']') ? g_steal_pointer (&json) : NULL;
}

/* A key given twice keeps its first place and its last value. */
static void
put (AwJson *json, GString *key, AwJson *item)
{
  for (guint i = 0; i < json->keys->len; i++)
    if (g_string_equal (json->keys->pdata[i], key))
      {
        aw_json_free (json->items->pdata[i]);
        json->items->pdata[i] = item;
        g_string_free (key, TRUE);
        return;
      }
  g_ptr_array_add (json->keys, key);
  g_ptr_array_add (json->items, item);
}

static AwJson *
read_object (Reader *reader)
{
  g_autoptr (AwJson) json = json_new (AW_JSON_OBJECT);

  skip_space (reader);
  if (take (reader, '}'))
    return g_steal_pointer (&json);
  do
    {
      g_autoptr (GString) key = g_string_new (NULL);
      AwJson *item;

      skip_space (reader);
      if (!read_string (reader, key))
        return NULL;
      skip_space (reader);
      if (!take (reader, ':'))
        return NULL;
      item = read_value (reader);
      if (item == NULL)
        return NULL;
      put (json, g_steal_pointer (&key), item);
      skip_space (reader);
    }
  while (take (reader, ','));
  return take (reader, '}') ? g_steal_pointer (&json) : NULL;
}

static AwJson *
read_value (Reader *reader)
{
  AwJson *json = NULL;

  skip_space (reader);
  if (reader->at >= reader->end || reader->depth >= MAX_DEPTH)
    return NULL;
  reader->depth++;
  if (take (reader, '['))
    json = read_array (reader);
  else if (take (reader, '{'))
    json = read_object (reader);
  else if (*reader->at == '"')
    {
      g_autoptr (AwJson) string = json_new (AW_JSON_STRING);

      if (read_string (reader, string->text))
        json = g_steal_pointer (&string);
    }
  else if (*reader->at == 't')
    json = read_word (reader, "true", AW_JSON_TRUE);
  else if (*reader->at == 'f')
    json = read_word (reader, "false", AW_JSON_FALSE);
  else if (*reader->at == 'n')
    json = read_word (reader, "null", AW_JSON_NULL);
  else
    json = read_number (reader);
  reader->depth--;
  return json;
}

AwJson *
aw_json_parse (const char *text, gsize length, AwFlavour flavour)
{
  Reader reader = { text, text + length, flavour, 0 };
  g_autoptr (AwJson) json = NULL;

  if (!g_utf8_validate_len (text, length, NULL))
    return NULL;
  json = read_value (&reader);
  skip_space (&reader);
  return json != NULL && reader.at == reader.end ? g_steal_pointer (&json) : NULL;
}

const AwJson *
aw_json_get (const AwJson *json, const char *key)
{
  if (json == NULL || json->kind != AW_JSON_OBJECT)
    return NULL;
  for (guint i = 0; i < json->keys->len; i++)
    if (strcmp (((GString *) json->keys->pdata[i])->str, key) == 0)
      return json->items->pdata[i];
  return NULL;
}

const char *
aw_json_get_string (const AwJson *json, const char *key)
{
  const AwJson *member = aw_json_get (json, key);

  return member != NULL && member->kind == AW_JSON_STRING ? member->text->str : NULL;
}

int64_t
aw_json_get_int (const AwJson *json, const char *key, int64_t fallback)
{
  const AwJson *member = aw_json_get (json, key);

  if (member == NULL || member->kind != AW_JSON_NUMBER)
    return fallback;
  return g_ascii_strtoll (member->text->str, NULL, 10);
}

gboolean
aw_json_get_true (const AwJson *json, const char *key)
{
  const AwJson *member = aw_json_get (json, key);

  return member != NULL && member->kind == AW_JSON_TRUE;
}

void
aw_json_write_string (const char *text, gsize length, AwFlavour flavour, GString *out)
{
  static const char from[] = "\"\\\b\f\n\r\t";
  static const char to[] = "\"\\bfnrt";

  g_string_append_c (out, '"');
  for (gsize i = 0; i < length;)
    {
      gsize run = i;
      guchar c;
      const char *found;
      guint32 code;

      while (i < length && (guchar) text[i] >= 0x20 && text[i] != '"' && text[i] != '\\'
             && ((guchar) text[i] < 0x80 || flavour == AW_FLAVOUR_RUST))
        i++;
      g_string_append_len (out, text + run, (gssize) (i - run));
      if (i == length)
        break;
      c = (guchar) text[i];
      found = c != 0 ? strchr (from, c) : NULL;
      if (found != NULL)
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, to[found - from]);
          i++;
        }
      else if (c < 0x20)
        {
          g_string_append_printf (out, "\\u%04x", c);
          i++;
        }
      else
        {
          int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;

          code = c & (0x3F >> more);
          for (i++; more > 0 && i < length; more--, i++)
            code = (code << 6) | ((guchar) text[i] & 0x3F);
          if (code >= 0x10000)
            g_string_append_printf (out, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
                                    0xDC00 + ((code - 0x10000) & 0x3FF));
          else
            g_string_append_printf (out, "\\u%04x", code);
        }
    }
  g_string_append_c (out, '"');
}

void
aw_json_write_double (double value, AwFlavour flavour, GString *out)
{
  char text[48];
  char digits[24];
  int count = 0, point, smallest;
  char *mark;

  if (value == 0 || !isfinite (value))
    {
      g_string_append (out, value != 0 ? "null" : signbit (value) ? "-0.0" : "0.0");
      return;
    }
  for (int precision = 14; precision < 17; precision++)
    {
      g_ascii_formatd (text, sizeof text,
                       precision == 14   ? "%.14e"
                       : precision == 15 ? "%.15e"
                                         : "%.16e",
                       value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  mark = strchr (text, 'e');
  point = atoi (mark + 1) + 1;
  for (const char *at = text; at < mark; at++)
    if (g_ascii_isdigit (*at))
      digits[count++] = *at;
  while (count > 1 && digits[count - 1] == '0')
    count--;
  if (value < 0)
    g_string_append_c (out, '-');
  smallest = flavour == AW_FLAVOUR_PYTHON ? -3 : -4;
  if (point > 16 || point < smallest)
    {
      g_string_append_c (out, digits[0]);
      if (count > 1)
        g_string_append_c (out, '.');
      g_string_append_len (out, digits + 1, count - 1);
      g_string_append_printf (out, flavour == AW_FLAVOUR_PYTHON ? "e%c%02d" : "e%c%d",
                              point - 1 < 0 ? '-' : '+', ABS (point - 1));
      return;
    }
  if (point <= 0)
    {
      g_string_append (out, "0.");
      for (int i = point; i < 0; i++)
        g_string_append_c (out, '0');
      g_string_append_len (out, digits, count);
      return;
    }
  for (int i = 0; i < point; i++)
    g_string_append_c (out, i < count ? digits[i] : '0');
  g_string_append_c (out, '.');
  if (count > point)
    g_string_append_len (out, digits + point, count - point);
  else
    g_string_append_c (out, '0');
}

static void
write_number (const GString *text, AwFlavour flavour, GString *out)
{
  gboolean is_integer = strpbrk (text->str, ".eE") == NULL;

  if (is_integer && flavour == AW_FLAVOUR_PYTHON)
    {
      g_string_append (out, strcmp (text->str, "-0") == 0 ? "0" : text->str);
      return;
    }
  if (is_integer && strcmp (text->str, "-0") != 0
      && (g_ascii_string_to_unsigned (text->str, 10, 0, G_MAXUINT64, NULL, NULL)
          || g_ascii_string_to_signed (text->str, 10, G_MININT64, G_MAXINT64, NULL, NULL)))
    {
      g_string_append_len (out, text->str, (gssize) text->len);
      return;
    }
  aw_json_write_double (g_ascii_strtod (text->str, NULL), flavour, out);
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  GPtrArray *keys = data;
  const GString *left = keys->pdata[*(const guint *) a];
  const GString *right = keys->pdata[*(const guint *) b];
  int order = memcmp (left->str, right->str, MIN (left->len, right->len));

  return order != 0 ? order : (left->len > right->len) - (left->len < right->len);
}

static void
write_value (const AwJson *json, AwFlavour flavour, gboolean is_sorted, GString *out)
{
  const char *comma = is_sorted ? "," : ", ";
  g_autofree guint *order = NULL;

  switch (json->kind)
    {
    case AW_JSON_NULL:
      g_string_append (out, "null");
      return;
    case AW_JSON_FALSE:
      g_string_append (out, "false");
      return;
    case AW_JSON_TRUE:
      g_string_append (out, "true");
      return;
    case AW_JSON_NUMBER:
      write_number (json->text, flavour, out);
      return;
    case AW_JSON_STRING:
      aw_json_write_string (json->text->str, json->text->len, flavour, out);
      return;
    case AW_JSON_ARRAY:
      g_string_append_c (out, '[');
      for (guint i = 0; i < json->items->len; i++)
        {
          if (i > 0)
            g_string_append (out, comma);
          write_value (json->items->pdata[i], flavour, is_sorted, out);
        }
      g_string_append_c (out, ']');
      return;
    case AW_JSON_OBJECT:
      break;
    }
  order = g_new (guint, json->keys->len + 1);
  for (guint i = 0; i < json->keys->len; i++)
    order[i] = i;
  if (is_sorted)
    g_qsort_with_data (order, (int) json->keys->len, sizeof *order, compare_keys, json->keys);
  g_string_append_c (out, '{');
  for (guint i = 0; i < json->keys->len; i++)
    {
      const GString *key = json->keys->pdata[order[i]];

      if (i > 0)
        g_string_append (out, comma);
      aw_json_write_string (key->str, key->len, flavour, out);
      g_string_append (out, is_sorted ? ":" : ": ");
      write_value (json->items->pdata[order[i]], flavour, is_sorted, out);
    }
  g_string_append_c (out, '}');
}

void
aw_json_write (const AwJson *json, AwFlavour flavour, GString *out)
{
  write_value (json, flavour, flavour == AW_FLAVOUR_RUST, out);
}

void
aw_json_write_sorted (const AwJson *json, AwFlavour flavour, GString *out)
{
  write_value (json, flavour, TRUE, out);
}

gboolean
aw_json_texts_equal (const char *a, const char *b)
{
  g_autoptr (AwJson) left = NULL;
  g_autoptr (AwJson) right = NULL;
  g_autoptr (GString) left_text = NULL;
  g_autoptr (GString) right_text = NULL;

  if (strcmp (a, b) == 0)
    return TRUE;
  left = aw_json_parse (a, strlen (a), AW_FLAVOUR_PYTHON);
  right = aw_json_parse (b, strlen (b), AW_FLAVOUR_PYTHON);
  if (left == NULL || right == NULL)
    return FALSE;
  left_text = g_string_new (NULL);
  right_text = g_string_new (NULL);
  aw_json_write_sorted (left, AW_FLAVOUR_PYTHON, left_text);
  aw_json_write_sorted (right, AW_FLAVOUR_PYTHON, right_text);
  return g_string_equal (left_text, right_text);
}
