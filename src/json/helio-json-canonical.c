/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-json"

#include "json/helio-json-canonical.h"

#include <float.h>
#include <math.h>

#include "json/helio-json-scan.h"
#include "json/helio-json.h"

/* The text is valid and its depth bounded (HELIO_JSON_MAX_DEPTH): the functions here neither
 * check nor fail, and recurse; but those of the plain object take any text. */

/* Members that are compared on the stack; an object with more takes them to the heap. */
#define FEW_MEMBERS 8

/* A member as it was written to the canonical form, offsets from its beginning. */
typedef struct
{
  guint key;
  guint key_end;
  guint end;
} Member;

static void write_value (const char **at, const char *end, GByteArray *canonical);

static void
write_bytes (GByteArray *canonical, const char *text, gsize length)
{
  g_byte_array_append (canonical, (const guint8 *) text, (guint) length);
}

static void
skip_space (const char **at, const char *end)
{
  while (*at < end && (**at == ' ' || **at == '\n' || **at == '\r' || **at == '\t'))
    (*at)++;
}

static void
write_unichar (GByteArray *canonical, gunichar letter)
{
  char bytes[8];
  const char *control
      = letter != 0 && letter < 0x20 ? strchr ("\bb\ff\nn\rr\tt", (int) letter) : NULL;
  int length;

  if (letter == '"' || letter == '\\')
    length = g_snprintf (bytes, sizeof bytes, "\\%c", (char) letter);
  else if (control != NULL)
    length = g_snprintf (bytes, sizeof bytes, "\\%c", control[1]);
  else if (letter < 0x20)
    length = g_snprintf (bytes, sizeof bytes, "\\u%04x", letter);
  else
    length = g_unichar_to_utf8 (letter, bytes);
  write_bytes (canonical, bytes, (gsize) length);
}

/* The closing quote of the string whose inside begins at @at. */
static const char *
find_string_end (const char *at, const char *end)
{
  for (;;)
    {
      at = helio_json_skip_plain (at, end);
      g_assert (at < end);
      if (*at == '"')
        return at;
      if (*at == '\\')
        at += 2;
      else
        while (at < end && (uint8_t) *at >= 0x80)
          at++;
    }
}

static void
write_string (const char **at, const char *end, GByteArray *canonical)
{
  const char *text = *at + 1;
  const char *close = find_string_end (text, end);
  const char *escape = memchr (text, '\\', (size_t) (close - text));

  *at = close + 1;
  if (escape == NULL)
    {
      write_bytes (canonical, text - 1, (gsize) (close - text + 2));
      return;
    }
  write_bytes (canonical, "\"", 1);
  while (escape != NULL)
    {
      write_bytes (canonical, text, (gsize) (escape - text));
      text = escape;
      write_unichar (canonical, helio_json_undo_escape (&text, close));
      escape = memchr (text, '\\', (size_t) (close - text));
    }
  write_bytes (canonical, text, (gsize) (close - text));
  write_bytes (canonical, "\"", 1);
}

/* The shortest digits that read back as @value, as `d.ddde±xx`. */
static void
format_shortest (double value, char *text, int size)
{
  /* 15 digits and fewer are exact for normal numbers; denormals hold fewer. */
  for (int digits = fabs (value) < DBL_MIN ? 1 : 15; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", digits - 1);
      g_ascii_formatd (text, size, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        return;
    }
}

static void
write_double (double value, GByteArray *canonical)
{
  char text[40];
  char digits[20];
  int count = 0;
  int exponent;
  const char *at = text;
  g_autoptr (GString) number = g_string_new (NULL);

  if (!isfinite (value))
    {
      write_bytes (canonical, "null", 4);
      return;
    }
  format_shortest (value, text, sizeof text);
  if (*at == '-')
    g_string_append_c (number, *at++);
  for (; *at != 'e'; at++)
    if (*at != '.')
      digits[count++] = *at;
  exponent = (int) g_ascii_strtoll (at + 1, NULL, 10);
  while (count > 1 && digits[count - 1] == '0')
    count--;

  if (exponent < -5 || exponent > 15)
    {
      g_string_append_c (number, digits[0]);
      if (count > 1)
        g_string_append_c (number, '.');
      g_string_append_len (number, digits + 1, count - 1);
      g_string_append_printf (number, "e%d", exponent);
    }
  else if (exponent < 0)
    {
      g_string_append (number, "0.");
      for (int i = -1; i > exponent; i--)
        g_string_append_c (number, '0');
      g_string_append_len (number, digits, count);
    }
  else
    {
      for (int i = 0; i <= exponent; i++)
        g_string_append_c (number, i < count ? digits[i] : '0');
      g_string_append_c (number, '.');
      if (count > exponent + 1)
        g_string_append_len (number, digits + exponent + 1, count - exponent - 1);
      else
        g_string_append_c (number, '0');
    }
  write_bytes (canonical, number->str, number->len);
}

static gboolean
is_number_end (char c)
{
  return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void
write_number (const char **at, const char *end, GByteArray *canonical)
{
  const char *text = *at;
  gboolean is_integer = TRUE;
  HelioJson json;
  double value;

  for (; *at < end && !is_number_end (**at); (*at)++)
    if (**at != '-' && !g_ascii_isdigit (**at))
      is_integer = FALSE;
  if (is_integer)
    {
      write_bytes (canonical, text, (gsize) (*at - text));
      return;
    }
  helio_json_init (&json, text, (gsize) (end - text));
  json.allows_nan = TRUE;
  if (helio_json_take_double (&json, &value))
    write_double (value, canonical);
}

/* The next byte of a canonical key, its escapes undone: each stands for one byte. */
static uint8_t
take_key_byte (const uint8_t **at)
{
  static const char undone[] = "b\bf\fn\nr\rt\t";
  const char *letter;

  if (**at != '\\')
    return *(*at)++;
  *at += 2;
  if ((*at)[-1] == 'u')
    {
      *at += 4;
      return (uint8_t) (g_ascii_xdigit_value ((char) (*at)[-2]) << 4
                        | g_ascii_xdigit_value ((char) (*at)[-1]));
    }
  letter = strchr (undone, (*at)[-1]);
  return letter != NULL ? (uint8_t) letter[1] : (*at)[-1];
}

/* Orders keys by the bytes they mean, not by those they are written with. */
static int
compare_keys (const GByteArray *canonical, const Member *one, const Member *two)
{
  const uint8_t *a = canonical->data + one->key;
  const uint8_t *b = canonical->data + two->key;
  const uint8_t *a_end = canonical->data + one->key_end;
  const uint8_t *b_end = canonical->data + two->key_end;

  while (a < a_end && b < b_end)
    {
      uint8_t x = take_key_byte (&a);
      uint8_t y = take_key_byte (&b);

      if (x != y)
        return x < y ? -1 : 1;
    }
  return (a < a_end) - (b < b_end);
}

static int
compare_members (gconstpointer a, gconstpointer b, gpointer canonical)
{
  const Member *one = a;
  const Member *two = b;
  int order = compare_keys (canonical, one, two);

  return order != 0 ? order : one->key < two->key ? -1 : 1;
}

/* Puts the members in order; of equal keys the last stays. */
static void
sort_members (GByteArray *canonical, Member *members, guint count)
{
  guint begin = members[0].key - 1;
  g_autoptr (GByteArray) sorted = g_byte_array_sized_new (canonical->len - begin);

  g_qsort_with_data (members, (int) count, sizeof *members, compare_members, canonical);
  for (guint i = 0; i < count; i++)
    {
      guint from = members[i].key - 1;

      if (i + 1 < count && compare_keys (canonical, &members[i], &members[i + 1]) == 0)
        continue;
      if (sorted->len > 0)
        write_bytes (sorted, ",", 1);
      g_byte_array_append (sorted, canonical->data + from, members[i].end - from);
    }
  g_byte_array_set_size (canonical, begin);
  g_byte_array_append (canonical, sorted->data, sorted->len);
}

static void
write_object (const char **at, const char *end, GByteArray *canonical)
{
  Member few[FEW_MEMBERS];
  g_autoptr (GArray) many = NULL;
  Member *members = few;
  guint count = 0;
  gboolean is_sorted = TRUE;

  write_bytes (canonical, "{", 1);
  (*at)++;
  for (skip_space (at, end); **at != '}'; skip_space (at, end))
    {
      Member member;

      if (**at == ',')
        {
          (*at)++;
          skip_space (at, end);
          write_bytes (canonical, ",", 1);
        }
      member.key = canonical->len + 1;
      write_string (at, end, canonical);
      member.key_end = canonical->len - 1;
      skip_space (at, end);
      (*at)++;
      write_bytes (canonical, ":", 1);
      write_value (at, end, canonical);
      member.end = canonical->len;

      if (count > 0 && compare_keys (canonical, &members[count - 1], &member) >= 0)
        is_sorted = FALSE;
      if (count == FEW_MEMBERS)
        {
          many = g_array_new (FALSE, FALSE, sizeof (Member));
          g_array_append_vals (many, few, FEW_MEMBERS);
        }
      if (many != NULL)
        {
          g_array_append_val (many, member);
          members = (Member *) (void *) many->data;
        }
      else
        few[count] = member;
      count++;
    }
  (*at)++;
  if (!is_sorted)
    sort_members (canonical, members, count);
  write_bytes (canonical, "}", 1);
}

static void
write_array (const char **at, const char *end, GByteArray *canonical)
{
  write_bytes (canonical, "[", 1);
  (*at)++;
  for (skip_space (at, end); **at != ']'; skip_space (at, end))
    {
      if (**at == ',')
        {
          (*at)++;
          write_bytes (canonical, ",", 1);
        }
      write_value (at, end, canonical);
    }
  (*at)++;
  write_bytes (canonical, "]", 1);
}

static void
write_value (const char **at, const char *end, GByteArray *canonical)
{
  gsize length;

  skip_space (at, end);
  g_assert (*at < end);
  switch (**at)
    {
    case '{':
      write_object (at, end, canonical);
      return;
    case '[':
      write_array (at, end, canonical);
      return;
    case '"':
      write_string (at, end, canonical);
      return;
    case 't':
    case 'f':
    case 'n':
      length = **at == 'f' ? 5 : 4;
      write_bytes (canonical, *at, length);
      *at += length;
      return;
    default:
      write_number (at, end, canonical);
      return;
    }
}

/* Writes the string whose inside begins at @at as far as its canonical form is another than its
 * text: what is before that from @from on, and that form. The rest, from the new @from on, is left
 * to be written. Returns its end; NULL if it holds an escape that is rare or near the end of the
 * text, or is no string. */
static inline const char *
write_plain_string (const char *at, const char *end, const char **from, GByteArray *canonical)
{
  for (;;)
    {
      int length;

      at = helio_json_skip_plain (at, end);
      if (at >= end)
        return NULL;
      if (*at == '"')
        return at + 1;
      if (*at == '\\')
        {
          int code;

          if (end - at < 6)
            return NULL;
          if (at[1] == '"' || at[1] == '\\')
            {
              at += 2;
              continue;
            }
          /* Python escapes every letter that is not ASCII. */
          code = at[1] == 'u' ? helio_json_hex (at + 2) : -1;
          if (code < 0x80 || (code >= 0xd800 && code < 0xe000))
            return NULL;
          write_bytes (canonical, *from, (gsize) (at - *from));
          write_unichar (canonical, (gunichar) code);
          at += 6;
          *from = at;
          continue;
        }
      length = (uint8_t) *at >= 0x80 ? helio_json_utf8_length (at, end) : 0;
      if (length <= 0)
        return NULL;
      at += length;
    }
}

static inline const char *
pass_word (const char *at, const char *end, const char *word, gsize length)
{
  return (gsize) (end - at) > length && memcmp (at, word, length) == 0 ? at + length : NULL;
}

static inline const char *
pass_integer (const char *at, const char *end)
{
  const char *first;

  at += at < end && *at == '-';
  first = at;
  while (at < end && g_ascii_isdigit (*at))
    at++;
  return at == first || (*first == '0' && at - first > 1) ? NULL : at;
}

/* Leaves out the space at *@at: what is before it from @from on is written. */
static inline void
drop_space (const char **at, const char *end, const char **from, GByteArray *canonical)
{
  const char *space = *at;

  skip_space (at, end);
  if (*at == space)
    return;
  write_bytes (canonical, *from, (gsize) (space - *from));
  *from = *at;
}

/* Writes the flat object at @at if it is canonical but for escaped letters and space behind a comma
 * or a colon, which is what most events hold. Returns its end; else NULL, with part of it written.
 * It may say no too often, never yes; of text that is no JSON it says no. */
static const char *
write_plain_object (const char *at, const char *end, GByteArray *canonical)
{
  const char *from = at;
  const char *last = NULL;
  gsize last_length = 0;

  if (end - at < 2 || *at++ != '{')
    return NULL;
  if (*at == '}')
    {
      write_bytes (canonical, "{}", 2);
      return at + 1;
    }
  while (at < end && *at == '"')
    {
      const char *key = at + 1;
      gsize key_length;

      at = helio_json_skip_plain (key, end);
      if (end - at < 3 || at[0] != '"' || at[1] != ':')
        return NULL;
      key_length = (gsize) (at - key);
      if (last != NULL)
        {
          int order = memcmp (last, key, MIN (last_length, key_length));

          if (order > 0 || (order == 0 && last_length >= key_length))
            return NULL;
        }
      last = key;
      last_length = key_length;

      at += 2;
      drop_space (&at, end, &from, canonical);
      if (at >= end)
        return NULL;
      if (*at == '"')
        at = write_plain_string (at + 1, end, &from, canonical);
      else if (*at == 't')
        at = pass_word (at, end, "true", 4);
      else if (*at == 'f')
        at = pass_word (at, end, "false", 5);
      else if (*at == 'n')
        at = pass_word (at, end, "null", 4);
      else
        at = pass_integer (at, end);
      if (at == NULL || at >= end)
        return NULL;
      if (*at == '}')
        {
          write_bytes (canonical, from, (gsize) (at + 1 - from));
          return at + 1;
        }
      if (*at++ != ',')
        return NULL;
      drop_space (&at, end, &from, canonical);
    }
  return NULL;
}

gboolean
helio_json_take_canonical (HelioJson *json, GByteArray *canonical)
{
  const char *text, *end;
  gsize length;
  guint before = canonical->len;

  if (json->problem == NULL && json->depth < HELIO_JSON_MAX_DEPTH)
    {
      skip_space (&json->at, json->end);
      end = write_plain_object (json->at, json->end, canonical);
      if (end != NULL)
        {
          json->at = end;
          return TRUE;
        }
      g_byte_array_set_size (canonical, before);
    }
  if (!helio_json_take_value (json, &text, &length))
    return FALSE;
  write_value (&text, text + length, canonical);
  return TRUE;
}
