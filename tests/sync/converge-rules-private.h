/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* For converge-rules.c and converge-model.c: a rule as they both see it. */

#include "converge-rules.h"

typedef enum
{
  SAYS_ANYTHING,
  SAYS_EQUAL,
  SAYS_BEGINS,
  SAYS_ENDS,
  SAYS_HOLDS,
  SAYS_URL, /* of a scheme and a host */
} Says;

typedef enum
{
  DOES_DROP,
  DOES_HIDE,
  DOES_KEEP,
  DOES_REPLACE,
  DOES_RENAME,
  N_DOES,
} Does;

typedef enum
{
  WITH_TEXT,
  WITH_REST,  /* SAYS_BEGINS: what follows */
  WITH_SIDES, /* SAYS_HOLDS: what stands before and after */
  WITH_HOST,  /* SAYS_URL */
} With;

typedef enum
{
  FLAW_NONE,
  FLAW_PATTERN,
  FLAW_ACTION,
  FLAW_MEMBER,
  FLAW_WHERE, /* then it concerns all */
  N_FLAWS,
} Flaw;

/* @concerns: a bit for each bucket */
typedef struct
{
  const char *json;
  guint concerns;
} RuleWhere;

typedef struct
{
  const char *field;
  Says says;
  const char *text;
} RuleMatch;

typedef struct
{
  guint id;
  gboolean is_off;
  gboolean is_for_good;
  Flaw flaw;
  int scope; /* 0 for both, 1 history, 2 presence */
  const RuleWhere *where;
  const RuleMatch *match;
  guint spelling;
  gboolean matches_case;
  Does does;
  const char *target;
  With with;
  const char *text; /* of WITH_TEXT */
} Rule;

struct _RuleBook
{
  GArray *rules; /* Rule */
  guint n_ids;
  const char *unknown; /* instead of all rules */
};

/* (transfer full): what it looks for and does, as JSON. */
char *rule_write_deed (const Rule *rule);

/* Appends it as JSON. */
void rule_append_text (GString *json, const char *text);
