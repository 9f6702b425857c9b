/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A strict JSON cursor over text in memory (RFC 8259, UTF-8 checked, nesting limited), for bulk
 * events: nothing is copied, nothing is built. All other JSON is json-glib's job.
 *
 * Errors stick: after the first one every call returns FALSE, so a caller may check once at the
 * end with helio_json_failed(). */

#include <glib.h>
#include <stdint.h>
#include <string.h>

G_BEGIN_DECLS

#define HELIO_JSON_MAX_DEPTH 512

/**
 * HelioJson:
 * @at: where the cursor stands
 * @end: end of the text
 * @problem: (nullable): what is wrong, a static text in English that gettext knows; the place is
 * @at
 * @is_cut: the text ended too early: with more text the value could be valid
 * @allows_nan: whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python writes them
 */
typedef struct
{
  const char *start;
  const char *at;
  const char *end;
  const char *problem;
  gboolean is_cut;
  gboolean allows_nan;
  guint depth;
} HelioJson;

typedef enum
{
  HELIO_JSON_INVALID,
  HELIO_JSON_OBJECT,
  HELIO_JSON_ARRAY,
  HELIO_JSON_STRING,
  HELIO_JSON_NUMBER,
  HELIO_JSON_TRUE,
  HELIO_JSON_FALSE,
  HELIO_JSON_NULL,
} HelioJsonKind;

void helio_json_init (HelioJson *json, const char *text, gsize length);

static inline gboolean
helio_json_failed (const HelioJson *json)
{
  return json->problem != NULL;
}

/* What the next value is, after white space. HELIO_JSON_INVALID at the end or at garbage; sets
 * no error. */
HelioJsonKind helio_json_peek (HelioJson *json);

/* Containers: enter, then call next until it returns FALSE (the end, or an error). Each member
 * or element must be consumed by one of the value functions before the next call. */
gboolean helio_json_enter_object (HelioJson *json);
gboolean helio_json_enter_array (HelioJson *json);

/**
 * helio_json_next_member:
 * @key: (out): the raw key, between its quotes, escapes not undone
 * @key_length: (out): its length
 */
gboolean helio_json_next_member (HelioJson *json, const char **key, gsize *key_length);
gboolean helio_json_next_element (HelioJson *json);

/* The same as helio_json_key_is() for a key with escapes, which are undone first. */
gboolean helio_json_escaped_key_is (const char *key, gsize key_length, const char *name);

/* Compares a raw key with a plain ASCII name; a key with escapes is compared undone. Inline, for
 * each member of a million events is asked for several names. */
static inline gboolean
helio_json_key_is (const char *key, gsize key_length, const char *name)
{
  gsize length = strlen (name);

  if (key_length == length)
    return memcmp (key, name, length) == 0;
  /* An escape is longer than what it stands for. */
  return key_length > length && memchr (key, '\\', key_length) != NULL
         && helio_json_escaped_key_is (key, key_length, name);
}

/* Values. Each consumes exactly one value of its kind or fails. */
gboolean helio_json_take_null (HelioJson *json);

/* An integer that fits: no fraction, no exponent. */
gboolean helio_json_take_int64 (HelioJson *json, int64_t *value);

/* Any number, correctly rounded, whatever the locale. */
gboolean helio_json_take_double (HelioJson *json, double *value);

/* A string, raw between its quotes: nothing is undone. */
gboolean helio_json_take_raw_string (HelioJson *json, const char **text, gsize *length);

/* A string with its escapes undone, appended to @text; a lone surrogate becomes U+FFFD. */
gboolean helio_json_take_string (HelioJson *json, GString *text);

/* Any value, checked whole and skipped; @text is its verbatim text. */
gboolean helio_json_take_value (HelioJson *json, const char **text, gsize *length);

/* TRUE if only white space is left. Fails if there is anything else. */
gboolean helio_json_finish (HelioJson *json);

/* Appends @text as a JSON string with its quotes, with minimal escapes. */
void helio_json_append_string (GString *json, const char *text, gssize length);

G_END_DECLS
