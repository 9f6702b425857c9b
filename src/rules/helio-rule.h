/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* One privacy rule: where it looks, what it looks for, and what it does. README.md describes the
 * JSON it is read from. For this folder only. */

#include "model/helio-bucket.h"
#include "rules/helio-form.h"
#include "rules/helio-pattern.h"
#include "rules/helio-rules.h"

G_BEGIN_DECLS

typedef enum
{
  HELIO_ACTION_DROP,
  HELIO_ACTION_HIDE,
  HELIO_ACTION_KEEP,
  HELIO_ACTION_REPLACE,
  HELIO_ACTION_RENAME,
} HelioAction;

/* What a rule made of an event. */
typedef enum
{
  HELIO_OUTCOME_NOTHING, /* it does not match */
  HELIO_OUTCOME_CHANGED,
  HELIO_OUTCOME_DROPPED,
} HelioOutcome;

/**
 * HelioRule:
 * @id: (nullable): NULL if that can't be read
 * @name: for people; the id where it has none
 * @error: (nullable): why it is broken
 * @is_enabled: FALSE only if that is what it says: what can't be read is not off
 *
 * Immutable: threads may share it.
 */
typedef struct
{
  char *id;
  char *name;
  char *error;
  gboolean is_enabled;
  /* where; the first two are NULL for all */
  char *type;
  char *bucket;
  gboolean is_except_type;
  gboolean in_history;
  gboolean in_presence;
  /* what it looks for; NULL for any event */
  char *field;
  gsize field_length;
  HelioPattern *pattern;
  /* what it does */
  HelioAction action;
  char *target;
  gsize target_length;
  char *with; /* only where there is no pattern, which makes it */
  gboolean has_with;
  /* stands for all of it that changes what is published */
  char *digest;
} HelioRule;

/* Never fails: a rule that can't be understood has an error. */
HelioRule *helio_rule_new (const char *json, gsize length);
void helio_rule_free (HelioRule *rule);
/* @reason: (transfer full) */
void helio_rule_break (HelioRule *rule, char *reason);

/* How much of a member's name to tell: none of a long one, which might be cut within a character.
 */
static inline int
helio_rule_name_length (gsize length)
{
  return length <= 64 ? (int) length : 0;
}

/* A broken rule concerns what it names, or all if that can't be read. */
gboolean helio_rule_concerns (const HelioRule *rule, const HelioBucket *bucket);

/* A rule that is not broken. What it can't decide is dropped. */
HelioOutcome helio_rule_apply (const HelioRule *rule, HelioForm *form, HelioPatternRoom *room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioRule, helio_rule_free)

G_END_DECLS
