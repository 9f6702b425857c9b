/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The one function that does all the work: a page and the ledger's rows inside its authority go
 * in, batches of changes come out. Pure: it reads and writes nothing itself. */

#include "ledger/helio-ledger.h"
#include "model/helio-page.h"
#include "protocol/helio-protocol-write.h"
#include "rules/helio-rules.h"
#include "sync/helio-group.h"

G_BEGIN_DECLS

/**
 * HelioBatch:
 * @bucket: whose events they are (borrowed)
 * @body: what is to be sent, encoded
 * @upserts: (element-type HelioRow): the row of each upsert in @body
 * @replaces: (element-type guint): indices in @upserts of those that replace another form at the
 *   destination, rising
 * @deletes: (element-type HelioRow): the row of each delete in @body; kind
 *   %HELIO_ROW_DROPPED if the row stays in the ledger as dropped, else it goes
 * @put: (element-type HelioRow): rows to write that need no sending
 * @remove: (element-type HelioRow): rows to remove that need no sending
 * @deferred: (element-type HelioDeferred): deletions put off, or no longer (count 0)
 * @lo: with the batch done, [lo, hi] is covered
 * @hi: its end
 *
 * @is_own: it was made of what the destination holds, without ActivityWatch, which is still to be
 *   asked about [lo, hi]
 *
 * Whole groups of equal start.
 */
typedef struct
{
  const HelioBucket *bucket;
  HelioEventsBody *body;
  GArray *upserts;
  GArray *replaces;
  GArray *deletes;
  GArray *put;
  GArray *remove;
  GArray *deferred;
  int64_t lo;
  int64_t hi;
  gboolean is_own;
} HelioBatch;

/* Covers nothing yet, and nothing above @hi. */
HelioBatch *helio_batch_new (const HelioBucket *bucket, int64_t hi);
/* @replaces: whether the destination holds another form of it. */
void helio_batch_upsert (HelioBatch *batch,
                         const HelioRow *row,
                         const HelioGroupForm *form,
                         gboolean replaces);
void helio_batch_delete (HelioBatch *batch, HelioRow row, HelioRowKind becomes);
void helio_batch_free (HelioBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioBatch, helio_batch_free)

/* Takes a batch; FALSE ends the page. */
typedef gboolean (*HelioBatchFunc) (HelioBatch *batch, gpointer data);

/**
 * HelioApply:
 * @bucket: the bucket (borrowed)
 * @rules: what may leave (borrowed)
 * @held: what to do with events that ActivityWatch no longer has
 * @is_left: only what the destination holds may change: it gets no event more
 * @left_at: ms; then it was left: what had not ended ends so for the destination
 * @deferred: starts whose deletion was put off (int64_t), each with its count of events
 * @n_deferred: sum of these counts
 * @max_events: a batch is closed when it has so many changes
 * @max_bytes: or so many bytes
 * @is_incomplete: set when a page could not prove that something is gone
 *
 * What stays the same from page to page of a run.
 */
typedef struct
{
  const HelioBucket *bucket;
  const HelioRules *rules;
  HelioHeld held;
  gboolean is_left;
  int64_t left_at;
  GHashTable *deferred;
  int64_t n_deferred;
  guint max_events;
  gsize max_bytes;
  gboolean is_incomplete;
  /* scratch, kept from group to group */
  GArray *forms;
  GArray *wanted;
  GPtrArray *scratches;
  HelioMemo *memo;
  HelioBatch *batch;
} HelioApply;

void helio_apply_init (HelioApply *apply,
                       const HelioBucket *bucket,
                       const HelioRules *rules,
                       HelioHeld held,
                       guint max_events,
                       gsize max_bytes);
void helio_apply_clear (HelioApply *apply);

/* Notes that the deletion of @count events that start at @start is put off (0: no longer). */
void helio_apply_defer (HelioApply *apply, int64_t start, int64_t count);

/**
 * helio_apply_page:
 * @rows: (element-type HelioRow): the ledger's rows inside the authority of the page, newest
 *   start first, then by n
 * @emit: takes the batches, newest first; together they cover the page's authority
 */
void helio_apply_page (HelioApply *apply,
                       const HelioPage *page,
                       const GArray *rows,
                       HelioBatchFunc emit,
                       gpointer data);

G_END_DECLS
