/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The only place that decides what may leave this machine. */

#include <glib.h>
#include <stdint.h>

#include "model/helio-bucket.h"
#include "model/helio-event.h"
#include "model/helio-pause.h"

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
HelioRules *helio_rules_ref (HelioRules *rules);
void helio_rules_unref (HelioRules *rules);

/**
 * helio_rules_get_hash:
 *
 * Tags covered ranges: under another hash they are uncovered. Pauses are not in it: a pause
 * concerns a range of time, and who adds or removes one uncovers that range.
 */
uint64_t helio_rules_get_hash (const HelioRules *rules);

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
 */
typedef struct
{
  int64_t start;
  int64_t duration;
  const char *data;
  gsize length;
} HelioPublished;

/**
 * helio_rules_publish:
 * @data: canonical data of the event
 * @scratch: room for a changed form; must live as long as @published
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
                              HelioPublished *published);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioRules, helio_rules_unref)

G_END_DECLS
