/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The last things that really left for one destination, as they left: in memory only, and bounded.
 * A run fills a list of its own, and hands it over with its result: no thread sees another's. */

#include "model/helio-presence.h"
#include "protocol/helio-protocol-write.h"

G_BEGIN_DECLS

/* So many changes of history, and so many reports of presence. */
#define HELIO_SENT_MAX 50
/* Longer data is cut. */
#define HELIO_SENT_MAX_DATA 2048

typedef enum
{
  HELIO_SENT_EVENT,
  HELIO_SENT_DELETIONS,
  HELIO_SENT_PRESENCE,
} HelioSentKind;

/**
 * HelioSentItem:
 * @id: stays the same while the item is listed, also when it is sent once more
 * @kind: of what kind it is
 * @at: ms, when it was sent last
 * @bucket: (nullable): of an event or of deletions
 * @start: ms, of an event
 * @n: its number among those of the same start
 * @duration: ms
 * @data: (nullable): its data as it was sent
 * @is_cut: @data is only the beginning
 * @is_refused: the destination got it, but did not keep it
 * @count: how many were deleted
 * @presence: (nullable): of a report of presence
 */
typedef struct
{
  uint64_t id;
  HelioSentKind kind;
  int64_t at;
  char *bucket;
  int64_t start;
  int64_t n;
  int64_t duration;
  char *data;
  gboolean is_cut;
  gboolean is_refused;
  int64_t count;
  HelioPresence *presence;
} HelioSentItem;

typedef struct _HelioSentList HelioSentList;

HelioSentList *helio_sent_list_new (void);
void helio_sent_list_free (HelioSentList *list);
void helio_sent_list_clear (HelioSentList *list);

/**
 * helio_sent_list_add_events:
 * @body: what the destination took of @bucket
 * @first: the first upsert that was sent
 * @n: how many; only the first ones, which are the newest, are noted
 * @rejected: (element-type HelioRejection): those it did not keep, counted from @first
 * @at: ms
 */
void helio_sent_list_add_events (HelioSentList *list,
                                 const char *bucket,
                                 const HelioEventsBody *body,
                                 guint first,
                                 guint n,
                                 const GArray *rejected,
                                 int64_t at);

/* Many that follow each other are one item. */
void
helio_sent_list_add_deletions (HelioSentList *list, const char *bucket, int64_t count, int64_t at);

/* The same once more is one item. */
void helio_sent_list_add_presence (HelioSentList *list, const HelioPresence *presence, int64_t at);

/* Moves all of @newer to @list. */
void helio_sent_list_take (HelioSentList *list, HelioSentList *newer);

/* (transfer container) (element-type HelioSentItem): newest first; valid until the list changes */
GPtrArray *helio_sent_list_get_items (const HelioSentList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioSentList, helio_sent_list_free)

G_END_DECLS
