/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Buckets and events in a real SQLite file or memory, laid out close to the real servers': the
 * order of ties, the reuse of ids and clipping fall out of it. Only one thread at a time. */

#include "aw-time.h"

G_BEGIN_DECLS

typedef struct
{
  int64_t row;
  char *id;
  char *type;
  char *client;
  char *hostname;
  char *data;
  int64_t created;
  int64_t count;
  /* Rust's metadata: they grow and never shrink until the next start. */
  gboolean has_range;
  int64_t range_start;
  int64_t range_end;
} AwBucket;

/* @id is -1 where there is none yet. */
typedef struct
{
  int64_t id;
  int64_t start;
  int64_t duration;
  char *data;
} AwEvent;

/* @limit -1: all. @has_start and @has_end say whether the client gave them. @oldest: no event that
 * starts before it. */
typedef struct
{
  gboolean has_start;
  gboolean has_end;
  int64_t start;
  int64_t end;
  int64_t oldest;
  int64_t limit;
} AwRange;

typedef struct AwStore AwStore;

AwStore *aw_store_new (const char *path, AwFlavour flavour, int db_version, GError **error);
void aw_store_free (AwStore *store);
AwFlavour aw_store_get_flavour (AwStore *store);

/* In the order of their creation. */
const GPtrArray *aw_store_list (AwStore *store);
AwBucket *aw_store_find (AwStore *store, const char *id);
AwBucket *aw_store_create (AwStore *store,
                           const char *id,
                           const char *type,
                           const char *client,
                           const char *hostname,
                           const char *data,
                           int64_t created);
void aw_store_set_created (AwStore *store, AwBucket *bucket, int64_t created);
void aw_store_delete_bucket (AwStore *store, AwBucket *bucket);

/* Inserts; an event with an id takes the place of whatever had it, in whatever bucket. */
void aw_store_insert (AwStore *store, AwBucket *bucket, AwEvent *event);
/* Overwrites the row of that id, in whatever bucket it is. Returns FALSE if there is none. */
gboolean aw_store_overwrite (AwStore *store, AwBucket *bucket, const AwEvent *event);
gboolean aw_store_delete_event (AwStore *store, AwBucket *bucket, int64_t id);
gboolean aw_store_get_event (AwStore *store, AwBucket *bucket, int64_t id, AwEvent *event);
/* The event that a read with limit 1 would give. */
gboolean aw_store_get_newest (AwStore *store, AwBucket *bucket, gboolean sees_all, AwEvent *event);
gboolean aw_store_has_equal (AwStore *store, AwBucket *bucket, const AwEvent *event);
/* An event at this place in the order of ids; for scripted changes. */
gboolean aw_store_get_nth (AwStore *store, AwBucket *bucket, int64_t nth, AwEvent *event);
int64_t aw_store_count (AwStore *store, AwBucket *bucket, const AwRange *range);

/* Appends the events of the range, newest first and clipped to it, as a JSON list. Returns how
 * many. */
int64_t aw_store_write_events (
    AwStore *store, AwBucket *bucket, const AwRange *range, gboolean with_ids, GString *out);
/* The same in the form of a query's answer: compact, keys sorted. */
void aw_store_write_query (AwStore *store, AwBucket *bucket, const AwRange *range, GString *out);
/* Every event as it is stored, oldest first: id, start_ns, duration_ns, data. */
void aw_store_write_truth (AwStore *store, AwBucket *bucket, GString *out);
void aw_event_write (const AwEvent *event, AwFlavour flavour, gboolean with_id, GString *out);

/* The event that the heartbeats of this bucket went to last, or NULL if that is not known. It
 * outlives deletions, as in the real servers. */
AwEvent *aw_store_get_last (AwStore *store, const char *bucket);
void aw_store_set_last (AwStore *store, const char *bucket, const AwEvent *event);

/* Rust commits in batches: after 100 changes or 15 s, when the next request comes. */
void aw_store_request_begins (AwStore *store);
void aw_store_commit (AwStore *store);
/* As a kill -9 would: what was not committed is gone. */
void aw_store_crash (AwStore *store);
/* As a new start: caches gone, metadata read anew. */
void aw_store_restart (AwStore *store);
void aw_store_clear (AwStore *store);
/* As the first start of another server on this database: ids are given anew, newest first. */
void aw_store_migrate (AwStore *store, AwFlavour flavour, int db_version);

/* Around a great many inserts. */
void aw_store_begin_bulk (AwStore *store);
void aw_store_end_bulk (AwStore *store);

void aw_event_copy (const AwEvent *from, AwEvent *to);
void aw_event_clear (AwEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AwEvent, aw_event_clear)

G_END_DECLS
