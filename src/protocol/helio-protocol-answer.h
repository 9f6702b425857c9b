/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What a backend answers, read by the agent. Strict: an answer that is not of the protocol is
 * HELIO_ERROR_NOT_A_BACKEND or HELIO_ERROR_FAILED, never a crash, never a guess. */

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioBackendInfo:
 * @server: its name and version
 * @max_events: most events in one request
 * @max_bytes: most bytes in one (inflated) body
 * @accepts_gzip: whether `encodings` lists gzip
 * @now: the server's clock, ms
 * @device: (nullable): name of the device the token stands for
 * @store: (nullable): id of the data
 * @seq: the last seq it has seen
 *
 * Answer of `GET base`.
 */
typedef struct
{
  char *server;
  int protocol;
  guint max_events;
  gsize max_bytes;
  gboolean accepts_gzip;
  int64_t now;
  char *device;
  char *store;
  int64_t seq;
} HelioBackendInfo;

HelioBackendInfo *helio_backend_info_parse (const char *text, gsize length, GError **error);
void helio_backend_info_free (HelioBackendInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioBackendInfo, helio_backend_info_free)

/**
 * HelioRejection:
 * @index: which upsert of the request
 * @reason: a static text: one of the protocol's words, or "other"
 */
typedef struct
{
  guint index;
  const char *reason;
} HelioRejection;

/**
 * HelioEventsAnswer:
 * @rejected: (element-type HelioRejection): sorted by index, empty if all was taken
 *
 * Answer of `POST base/events`.
 */
typedef struct
{
  int64_t stored;
  int64_t unchanged;
  int64_t deleted;
  GArray *rejected;
} HelioEventsAnswer;

HelioEventsAnswer *helio_events_answer_parse (const char *text, gsize length, GError **error);
void helio_events_answer_free (HelioEventsAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioEventsAnswer, helio_events_answer_free)

/* The seq in a 409. */
gboolean helio_conflict_parse (const char *text, gsize length, int64_t *seq);

/* The "message" of an error body, or NULL. (transfer full) */
char *helio_error_message_parse (const char *text, gsize length);

/* One step of `GET base/ranges`. */
typedef struct
{
  int64_t from;
  int64_t count;
  uint64_t check;
} HelioRangeSum;

/* (element-type HelioRangeSum): sorted by from */
GArray *helio_ranges_parse (const char *text, gsize length, GError **error);

/* One entry of `GET base/keys`. */
typedef struct
{
  int64_t start;
  uint32_t n;
  uint32_t check;
} HelioKey;

/* (element-type HelioKey) @next: (out) (nullable) (transfer full): the cursor of the next part */
GArray *helio_keys_parse (const char *text, gsize length, char **next, GError **error);

/**
 * HelioHeldEvent:
 * @at: where in the data of all its own begins, @length bytes of canonical JSON
 *
 * One entry of `GET base/events`.
 */
typedef struct
{
  int64_t start;
  int64_t duration;
  uint32_t n;
  uint32_t check;
  gsize at;
  gsize length;
} HelioHeldEvent;

/**
 * HelioHeldEvents:
 * @events: (element-type HelioHeldEvent): by start, then n
 * @data: of all of them
 */
typedef struct
{
  GArray *events;
  GByteArray *data;
} HelioHeldEvents;

/* @next: (out) (nullable) (transfer full): the cursor of the next part */
HelioHeldEvents *
helio_held_events_parse (const char *text, gsize length, char **next, GError **error);
void helio_held_events_free (HelioHeldEvents *held);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioHeldEvents, helio_held_events_free)

/* One entry of `GET base/buckets`. */
typedef struct
{
  char *id;
  char *type;
  char *client;
  char *hostname;
  int64_t count;
  int64_t first;
  int64_t last;
} HelioHeldBucket;

/* (element-type HelioHeldBucket) with a free function set */
GPtrArray *helio_held_buckets_parse (const char *text, gsize length, GError **error);

G_END_DECLS
