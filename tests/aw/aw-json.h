/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* JSON as the two servers read and write it. Numbers keep their text, since Python keeps integers
 * of any size; strings may hold U+0000 and, on Python, lone surrogates. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* AW_FLAVOUR_PYTHON: ", " and ": ", ASCII only, keys as they came.
 * AW_FLAVOUR_RUST: compact, raw UTF-8, keys sorted. */
typedef enum
{
  AW_FLAVOUR_PYTHON,
  AW_FLAVOUR_RUST,
} AwFlavour;

typedef enum
{
  AW_JSON_NULL,
  AW_JSON_FALSE,
  AW_JSON_TRUE,
  AW_JSON_NUMBER,
  AW_JSON_STRING,
  AW_JSON_ARRAY,
  AW_JSON_OBJECT,
} AwJsonKind;

typedef struct AwJson AwJson;

struct AwJson
{
  AwJsonKind kind;
  GString *text;    /* number or string */
  GPtrArray *items; /* of AwJson: array or object */
  GPtrArray *keys;  /* of GString: object */
};

/* Returns NULL unless the whole text is one JSON value that this server would accept. */
AwJson *aw_json_parse (const char *text, gsize length, AwFlavour flavour);
void aw_json_free (AwJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AwJson, aw_json_free)

/* The member, or NULL if @json is no object or has none of that name. */
const AwJson *aw_json_get (const AwJson *json, const char *key);
/* The text of a string member, or NULL. */
const char *aw_json_get_string (const AwJson *json, const char *key);
/* The value of a number member, or @fallback. */
int64_t aw_json_get_int (const AwJson *json, const char *key, int64_t fallback);
gboolean aw_json_get_true (const AwJson *json, const char *key);

void aw_json_write (const AwJson *json, AwFlavour flavour, GString *out);
/* The same with Rust's compact separators but this flavour's escapes and numbers, keys sorted. */
void aw_json_write_sorted (const AwJson *json, AwFlavour flavour, GString *out);
void aw_json_write_string (const char *text, gsize length, AwFlavour flavour, GString *out);
void aw_json_write_double (double value, AwFlavour flavour, GString *out);

/* Whether two texts are equal data, whatever the order of their keys. */
gboolean aw_json_texts_equal (const char *a, const char *b);

G_END_DECLS
