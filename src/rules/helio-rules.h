/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The only place that decides what may leave this machine. */

#include <glib.h>
#include <stdint.h>

#include "model/helio-bucket.h"
#include "model/helio-event.h"
#include "model/helio-pause.h"
#include "rules/helio-memo.h"

G_BEGIN_DECLS

typedef enum
{
  HELIO_SCOPE_HISTORY,
  HELIO_SCOPE_PRESENCE,
} HelioScope;

/* What presence shows at a destination. */
typedef enum
{
  HELIO_LEVEL_NOTHING,
  HELIO_LEVEL_STATE,
  HELIO_LEVEL_APP,
  HELIO_LEVEL_TITLE,
} HelioLevel;

/* "nothing", "state", "app", "title" */
const char *helio_level_to_string (HelioLevel level);
gboolean helio_level_from_string (const char *text, HelioLevel *level);

/**
 * HelioRules:
 *
 * Immutable, shared by reference between threads: the privacy rules and the pauses.
 */
typedef struct _HelioRules HelioRules;

/* @pauses: (element-type HelioPause) (nullable): copied */
HelioRules *helio_rules_new (const GArray *pauses);
/* @json: the rules as README.md describes them, "" for none. Never fails: what can't be understood
 * stops what it concerns. */
HelioRules *helio_rules_new_from_json (const char *json, const GArray *pauses);
HelioRules *helio_rules_ref (HelioRules *rules);
void helio_rules_unref (HelioRules *rules);

/**
 * HelioRuleProblem:
 * @id: of the broken rule; "" if it has none, or if the rules as a whole can't be understood
 * @name: of the rule, "" if it is the whole
 * @error: what is wrong; never repeats a pattern
 * @is_enabled: whether it stops anything: a rule that is switched off does not
 */
typedef struct
{
  char *id;
  char *name;
  char *error;
  gboolean is_enabled;
} HelioRuleProblem;

/* (transfer full) (element-type HelioRuleProblem) */
GPtrArray *helio_rules_list_problems (const HelioRules *rules);

/* Whether a broken rule keeps the bucket from being published: it then stays at the destinations
 * as it is. */
gboolean helio_rules_is_stopped (const HelioRules *rules, const HelioBucket *bucket);

/**
 * helio_rules_explain:
 * @bucket: (nullable): NULL for any
 *
 * Returns: (transfer full) (nullable): a sentence for the user: why it is stopped
 */
char *helio_rules_explain (const HelioRules *rules, const HelioBucket *bucket);

/**
 * helio_rules_get_hash:
 *
 * Stands for everything that changes the published form of the bucket's history, so that a rule
 * that does not concern a bucket leaves it alone. Tags covered ranges: under another hash they are
 * uncovered. Pauses are not in it: a pause concerns a range of time, and who adds or removes one
 * uncovers that range.
 */
uint64_t helio_rules_get_hash (const HelioRules *rules, const HelioBucket *bucket);

/* (transfer full) (element-type uint64_t): the rules that the hash stands for, each by a number
 * that does not tell what it says. */
GArray *helio_rules_list_digests (const HelioRules *rules, const HelioBucket *bucket);

/**
 * helio_rules_new_since:
 * @known: (nullable) (element-type uint64_t): the digests of rules that were applied before; NULL:
 *   none is known
 *
 * What is left to be done to an event of the bucket's history that was published under other rules,
 * and can't be had as it was before them: only what came since, for an event that a rule has
 * changed is no more what the rule was made for. Pauses concern only what was not published yet.
 *
 * Returns: (transfer full) (nullable): NULL if no rule came since
 */
HelioRules *
helio_rules_new_since (HelioRules *rules, const HelioBucket *bucket, const GArray *known);

/**
 * helio_rules_get_pause:
 * @pause: (out) (optional): the pause that holds @time
 *
 * Returns: whether @time, in ms, lies in a pause
 */
gboolean helio_rules_get_pause (const HelioRules *rules, int64_t time, HelioPause *pause);

/**
 * HelioPublished:
 * @start: ms; the event's own in history. In presence an event that began in a pause begins where
 *   the pause ended
 * @duration: ms
 * @data: canonical data; borrowed from the event or from the scratch
 * @rule: (nullable): name of the last rule that changed it, or that dropped it; borrowed from the
 *   rules
 */
typedef struct
{
  int64_t start;
  int64_t duration;
  const char *data;
  gsize length;
  const char *rule;
} HelioPublished;

/**
 * helio_rules_publish:
 * @data: canonical data of the event
 * @scratch: empty, room for a changed form; must live as long as @published
 * @memo: (nullable): where many events of one bucket come one after the other
 * @published: (out): what may leave
 *
 * In history, what starts in a pause is dropped, and what runs into one is cut at its beginning.
 *
 * Returns: FALSE if the event is dropped
 */
gboolean helio_rules_publish (const HelioRules *rules,
                              const HelioBucket *bucket,
                              HelioScope scope,
                              const HelioEvent *event,
                              const char *data,
                              GByteArray *scratch,
                              HelioMemo *memo,
                              HelioPublished *published);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioRules, helio_rules_unref)

G_END_DECLS
