/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-json"

#include "json/helio-json.h"

#include <float.h>
#include <glib/gi18n.h>
#include <math.h>

#include "json/helio-json-scan.h"

static const char *const too_short = N_ ("the text ends too early");

static inline gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

static gboolean
fail (HelioJson *json, const char *problem)
{
  if (json->problem == NULL)
    json->problem = problem;
  return FALSE;
}

static gboolean
fail_cut (HelioJson *json)
{
  if (json->problem == NULL)
    {
      json->problem = too_short;
      json->is_cut = TRUE;
    }
  return FALSE;
}

/* Passes white space; FALSE if nothing comes after it. */
static inline gboolean
skip_space (HelioJson *json)
{
  const char *at = json->at;

  while (at < json->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;
  json->at = at;
  return at < json->end;
}

/* Goes to the next value, or fails. */
static gboolean
find_value (HelioJson *json)
{
  if (json->problem != NULL)
    return FALSE;
  return skip_space (json) || fail_cut (json);
}

static gboolean
skip_word (HelioJson *json, const char *word)
{
  for (; *word != '\0'; word++, json->at++)
    {
      if (json->at >= json->end)
        return fail_cut (json);
      if (*json->at != *word)
        return fail (json, N_ ("no JSON value"));
    }
  return TRUE;
}

static gboolean
skip_escape (HelioJson *json)
{
  const char *at = json->at;

  if (json->end - at < 2)
    return fail_cut (json);
  if (at[1] == 'u')
    {
      for (int i = 2; i < 6; i++)
        {
          if (at + i >= json->end)
            return fail_cut (json);
          if (!g_ascii_isxdigit (at[i]))
            return fail (json, N_ ("a bad \\u escape"));
        }
      json->at = at + 6;
      return TRUE;
    }
  if (at[1] == '\0' || strchr ("\"\\/bfnrt", at[1]) == NULL)
    return fail (json, N_ ("an unknown escape"));
  json->at = at + 2;
  return TRUE;
}

/* Checks the string whose opening quote the cursor stands at, and passes it. */
static inline gboolean
skip_string (HelioJson *json)
{
  json->at++;
  for (;;)
    {
      int length;

      json->at = helio_json_skip_plain (json->at, json->end);
      if (json->at >= json->end)
        return fail_cut (json);
      if (*json->at == '"')
        {
          json->at++;
          return TRUE;
        }
      if (*json->at == '\\')
        {
          if (!skip_escape (json))
            return FALSE;
          continue;
        }
      if ((uint8_t) *json->at < ' ')
        return fail (json, N_ ("a control character in a string"));
      length = helio_json_utf8_length (json->at, json->end);
      if (length < 0)
        return fail_cut (json);
      if (length == 0)
        return fail (json, N_ ("invalid UTF-8"));
      json->at += length;
    }
}

static gboolean
skip_digits (HelioJson *json)
{
  if (json->at >= json->end)
    return fail_cut (json);
  if (!is_digit (*json->at))
    return fail (json, N_ ("a bad number"));
  while (json->at < json->end && is_digit (*json->at))
    json->at++;
  return TRUE;
}

static gboolean
skip_number (HelioJson *json, gboolean *is_integer)
{
  *is_integer = FALSE;
  if (*json->at == '-')
    {
      json->at++;
      if (json->at >= json->end)
        return fail_cut (json);
      if (json->allows_nan && *json->at == 'I')
        return skip_word (json, "Infinity");
    }
  else if (json->allows_nan && *json->at == 'N')
    return skip_word (json, "NaN");
  else if (json->allows_nan && *json->at == 'I')
    return skip_word (json, "Infinity");

  if (json->at < json->end && *json->at == '0')
    json->at++;
  else if (!skip_digits (json))
    return FALSE;
  if (json->at < json->end && is_digit (*json->at))
    return fail (json, N_ ("a number with a leading zero"));
  *is_integer = TRUE;
  if (json->at < json->end && *json->at == '.')
    {
      *is_integer = FALSE;
      json->at++;
      if (!skip_digits (json))
        return FALSE;
    }
  if (json->at < json->end && (*json->at == 'e' || *json->at == 'E'))
    {
      *is_integer = FALSE;
      json->at++;
      if (json->at < json->end && (*json->at == '+' || *json->at == '-'))
        json->at++;
      return skip_digits (json);
    }
  return TRUE;
}

static inline gboolean
skip_scalar (HelioJson *json)
{
  gboolean is_integer;

  switch (*json->at)
    {
    case '"':
      return skip_string (json);
    case 't':
      return skip_word (json, "true");
    case 'f':
      return skip_word (json, "false");
    case 'n':
      return skip_word (json, "null");
    case 'N':
    case 'I':
      if (!json->allows_nan)
        return fail (json, N_ ("no JSON value"));
      return skip_number (json, &is_integer);
    default:
      if (*json->at != '-' && !is_digit (*json->at))
        return fail (json, N_ ("no JSON value"));
      return skip_number (json, &is_integer);
    }
}

/* Passes a key and its colon. */
static inline gboolean
skip_key (HelioJson *json)
{
  if (!skip_space (json))
    return fail_cut (json);
  if (*json->at != '"')
    return fail (json, N_ ("a key is missing"));
  if (!skip_string (json))
    return FALSE;
  if (!skip_space (json))
    return fail_cut (json);
  if (*json->at != ':')
    return fail (json, N_ ("a colon is missing"));
  json->at++;
  return TRUE;
}

/* Passes any value, without recursion: the text decides how deep it is nested. */
static gboolean
skip_value (HelioJson *json)
{
  uint8_t is_object[HELIO_JSON_MAX_DEPTH];
  guint depth = 0;

  for (;;)
    {
      char opening;

      if (!skip_space (json))
        return fail_cut (json);
      opening = *json->at;
      if (opening == '{' || opening == '[')
        {
          if (json->depth + depth >= HELIO_JSON_MAX_DEPTH)
            return fail (json, N_ ("nested too deep"));
          json->at++;
          if (!skip_space (json))
            return fail_cut (json);
          if (*json->at != (opening == '{' ? '}' : ']'))
            {
              is_object[depth++] = opening == '{';
              if (opening == '{' && !skip_key (json))
                return FALSE;
              continue;
            }
          json->at++;
        }
      else if (!skip_scalar (json))
        return FALSE;

      for (;;)
        {
          if (depth == 0)
            return TRUE;
          if (!skip_space (json))
            return fail_cut (json);
          if (*json->at == ',')
            {
              json->at++;
              if (is_object[depth - 1] && !skip_key (json))
                return FALSE;
              break;
            }
          if (*json->at != (is_object[depth - 1] ? '}' : ']'))
            return fail (json, N_ ("a comma or a closing bracket is missing"));
          json->at++;
          depth--;
        }
    }
}

void
helio_json_init (HelioJson *json, const char *text, gsize length)
{
  *json = (HelioJson){ .start = text, .at = text, .end = text + length };
}

HelioJsonKind
helio_json_peek (HelioJson *json)
{
  if (json->problem != NULL || !skip_space (json))
    return HELIO_JSON_INVALID;
  switch (*json->at)
    {
    case '{':
      return HELIO_JSON_OBJECT;
    case '[':
      return HELIO_JSON_ARRAY;
    case '"':
      return HELIO_JSON_STRING;
    case 't':
      return HELIO_JSON_TRUE;
    case 'f':
      return HELIO_JSON_FALSE;
    case 'n':
      return HELIO_JSON_NULL;
    case 'N':
    case 'I':
      return json->allows_nan ? HELIO_JSON_NUMBER : HELIO_JSON_INVALID;
    default:
      return *json->at == '-' || is_digit (*json->at) ? HELIO_JSON_NUMBER : HELIO_JSON_INVALID;
    }
}

static gboolean
enter (HelioJson *json, char opening, const char *problem)
{
  if (!find_value (json))
    return FALSE;
  if (*json->at != opening)
    return fail (json, problem);
  if (json->depth >= HELIO_JSON_MAX_DEPTH)
    return fail (json, N_ ("nested too deep"));
  json->depth++;
  json->at++;
  return TRUE;
}

gboolean
helio_json_enter_object (HelioJson *json)
{
  return enter (json, '{', N_ ("no object"));
}

gboolean
helio_json_enter_array (HelioJson *json)
{
  return enter (json, '[', N_ ("no array"));
}

/* Passes the comma before the next member, or the closing bracket. No value ends with an opening
 * bracket, so the byte before the cursor tells whether the container was just entered. */
static gboolean
go_on (HelioJson *json, char opening, char closing)
{
  gboolean is_first;

  if (json->problem != NULL)
    return FALSE;
  g_return_val_if_fail (json->at > json->start && json->depth > 0, FALSE);
  is_first = json->at[-1] == opening;
  if (!skip_space (json))
    return fail_cut (json);
  if (*json->at == closing)
    {
      json->at++;
      json->depth--;
      return FALSE;
    }
  if (is_first)
    return TRUE;
  if (*json->at != ',')
    return fail (json, N_ ("a comma or a closing bracket is missing"));
  json->at++;
  return TRUE;
}

gboolean
helio_json_next_member (HelioJson *json, const char **key, gsize *key_length)
{
  const char *close;

  if (!go_on (json, '{', '}'))
    return FALSE;

  /* Nearly every key is plain text between quotes, with its colon behind it. */
  if (skip_space (json) && *json->at == '"')
    {
      close = helio_json_skip_plain (json->at + 1, json->end);
      if (json->end - close >= 2 && close[0] == '"' && close[1] == ':')
        {
          *key = json->at + 1;
          *key_length = (gsize) (close - *key);
          json->at = close + 2;
          return TRUE;
        }
    }

  if (!skip_space (json))
    return fail_cut (json);
  *key = json->at + 1;
  if (*json->at != '"')
    return fail (json, N_ ("a key is missing"));
  if (!skip_string (json))
    return FALSE;
  *key_length = (gsize) (json->at - 1 - *key);
  if (!skip_space (json))
    return fail_cut (json);
  if (*json->at != ':')
    return fail (json, N_ ("a colon is missing"));
  json->at++;
  return TRUE;
}

gboolean
helio_json_next_element (HelioJson *json)
{
  return go_on (json, '[', ']');
}

gboolean
helio_json_take_null (HelioJson *json)
{
  return find_value (json) && skip_word (json, "null");
}

/* The text of the number that comes next. */
static gboolean
take_number (HelioJson *json, const char **text, gboolean *is_integer)
{
  if (!find_value (json))
    return FALSE;
  *text = json->at;
  if (*json->at != '-' && !is_digit (*json->at)
      && !(json->allows_nan && (*json->at == 'N' || *json->at == 'I')))
    return fail (json, N_ ("no number"));
  return skip_number (json, is_integer);
}

/* What a plain number is made of. */
typedef struct
{
  int64_t digits;
  int decimals; /* digits behind the point */
  gboolean is_negative;
} Plain;

/* Nearly all numbers are plain: a sign or none, few digits, a point between them or none. Passes
 * the one at the cursor in one go; FALSE, with the cursor where it was, if it is another, its end
 * is not seen, or there is none. */
static inline gboolean
take_plain (HelioJson *json, Plain *plain)
{
  const char *at = json->at;
  const char *end = MIN (json->end, at + 18);
  const char *first, *point = NULL;
  int64_t digits = 0;

  plain->is_negative = *at == '-';
  at += plain->is_negative;
  for (first = at; at < end; at++)
    {
      if (is_digit (*at))
        digits = digits * 10 + (*at - '0');
      else if (*at == '.' && point == NULL)
        point = at;
      else
        break;
    }
  if (at >= end || (*at != ',' && *at != '}' && *at != ']') || at == first || point == first
      || point == at - 1 || (*first == '0' && at - first > 1 && point != first + 1))
    return FALSE;
  plain->digits = digits;
  plain->decimals = point != NULL ? (int) (at - point) - 1 : 0;
  json->at = at;
  return TRUE;
}

gboolean
helio_json_take_int64 (HelioJson *json, int64_t *value)
{
  const char *text;
  gboolean is_integer;
  gboolean is_negative;
  int64_t result = 0;
  Plain plain;

  if (!find_value (json))
    return FALSE;
  if (take_plain (json, &plain))
    {
      *value = plain.is_negative ? -plain.digits : plain.digits;
      return plain.decimals == 0 || fail (json, "no integer");
    }
  if (!take_number (json, &text, &is_integer))
    return FALSE;
  if (!is_integer)
    return fail (json, N_ ("no integer"));
  is_negative = *text == '-';
  for (text += is_negative; text < json->at; text++)
    {
      int digit = *text - '0';

      if (__builtin_mul_overflow (result, 10, &result)
          || __builtin_add_overflow (result, is_negative ? -digit : digit, &result))
        return fail (json, N_ ("an integer out of range"));
    }
  *value = result;
  return TRUE;
}

/* As many digits as a double holds and a power of ten that a double holds give the right result
 * with one rounding (Clinger's fast path). */
static inline gboolean
plain_to_double (const Plain *plain, double *value)
{
  static const double powers[] = { 1e0, 1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,
                                   1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17 };

  if (FLT_EVAL_METHOD != 0 || plain->digits > G_GINT64_CONSTANT (1) << 53)
    return FALSE;
  *value = (double) plain->digits / powers[plain->decimals];
  if (plain->is_negative)
    *value = -*value;
  return TRUE;
}

gboolean
helio_json_take_double (HelioJson *json, double *value)
{
  const char *text;
  gboolean is_integer;
  Plain plain;

  if (!find_value (json))
    return FALSE;
  text = json->at;
  if (take_plain (json, &plain))
    {
      if (plain_to_double (&plain, value))
        return TRUE;
    }
  else if (!take_number (json, &text, &is_integer))
    return FALSE;

  if (*text == 'N')
    *value = NAN;
  else if (*text == 'I')
    *value = INFINITY;
  else if (text[0] == '-' && text[1] == 'I')
    *value = -INFINITY;
  else
    {
      g_autofree char *copy = g_strndup (text, (gsize) (json->at - text));

      *value = g_ascii_strtod (copy, NULL);
    }
  return TRUE;
}

gboolean
helio_json_take_raw_string (HelioJson *json, const char **text, gsize *length)
{
  if (!find_value (json))
    return FALSE;
  if (*json->at != '"')
    return fail (json, N_ ("no string"));
  *text = json->at + 1;
  if (!skip_string (json))
    return FALSE;
  *length = (gsize) (json->at - 1 - *text);
  return TRUE;
}

gboolean
helio_json_take_value (HelioJson *json, const char **text, gsize *length)
{
  if (!find_value (json))
    return FALSE;
  *text = json->at;
  if (!skip_value (json))
    return FALSE;
  *length = (gsize) (json->at - *text);
  return TRUE;
}

gboolean
helio_json_finish (HelioJson *json)
{
  if (json->problem != NULL)
    return FALSE;
  if (skip_space (json))
    return fail (json, N_ ("there is more after the value"));
  return TRUE;
}
