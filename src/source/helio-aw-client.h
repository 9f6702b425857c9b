/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The ActivityWatch client: one request at a time, synchronous and cancellable, made and used in
 * one thread. It never follows a redirect, never sends an Origin, always sends a limit, and maps
 * every error shape of both servers to HELIO_ERROR_AW_*. */

#include <gio/gio.h>

#include "model/helio-bucket.h"
#include "model/helio-page.h"

G_BEGIN_DECLS

#define HELIO_TYPE_AW_CLIENT (helio_aw_client_get_type ())
G_DECLARE_FINAL_TYPE (HelioAwClient, helio_aw_client, HELIO, AW_CLIENT, GObject)

/**
 * HelioAwInfo:
 * @hostname: the host the server runs on
 * @version: its version text
 */
typedef struct
{
  char *hostname;
  char *version;
} HelioAwInfo;

void helio_aw_info_free (HelioAwInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioAwInfo, helio_aw_info_free)

/**
 * HelioAwRead:
 * @start: read only events that end at or after this time (ms), or HELIO_TIME_MIN for all
 * @end: read only events that start at or before this time (ms), or HELIO_TIME_MAX for all
 * @limit: at most so many events, the newest ones; at least 1
 * @max_bytes: stop with HELIO_ERROR_TOO_LARGE when the answer is longer
 */
typedef struct
{
  int64_t start;
  int64_t end;
  guint limit;
  gsize max_bytes;
} HelioAwRead;

/**
 * helio_aw_client_new:
 * @url: base URL, as `http://127.0.0.1:5600`
 * @key: (nullable): the API key
 *
 * Returns: (transfer full): a client, or NULL with HELIO_ERROR_SETTINGS if the URL is no http(s)
 * URL
 */
HelioAwClient *helio_aw_client_new (const char *url, const char *key, GError **error);

/* The host and port of the server, for messages. */
const char *helio_aw_client_get_name (HelioAwClient *client);

/* /api/0/info answers without a key, so "reachable" is not "authorised". */
HelioAwInfo *
helio_aw_client_get_info (HelioAwClient *client, GCancellable *cancellable, GError **error);

/* (transfer container full) (element-type HelioBucket): sorted by id. */
GPtrArray *
helio_aw_client_list_buckets (HelioAwClient *client, GCancellable *cancellable, GError **error);

/**
 * helio_aw_client_read_events:
 * @bucket: id of the bucket
 * @read: what to read
 * @page: receives the events as they came, clipped ones included, at its end; its authority is
 *   not touched
 *
 * Streams the answer: memory is bounded by the page. The answer is complete only if its closing
 * bracket was seen and nothing but white space came after it.
 */
gboolean helio_aw_client_read_events (HelioAwClient *client,
                                      const char *bucket,
                                      const HelioAwRead *read,
                                      HelioPage *page,
                                      GCancellable *cancellable,
                                      GError **error);

/**
 * helio_aw_client_read_event:
 * @page: receives the whole event, never clipped, at its end
 * @is_found: (out): FALSE if there is no event of that id in this bucket
 *
 * Returns: FALSE on an error; an absent event is none
 */
gboolean helio_aw_client_read_event (HelioAwClient *client,
                                     const char *bucket,
                                     int64_t id,
                                     HelioPage *page,
                                     gboolean *is_found,
                                     GCancellable *cancellable,
                                     GError **error);

/* Number of events in the bucket, or since @start (HELIO_TIME_MIN: all; the Rust server ignores
 * it). Returns -1 on an error. */
int64_t helio_aw_client_count (HelioAwClient *client,
                               const char *bucket,
                               int64_t start,
                               GCancellable *cancellable,
                               GError **error);

/* How long a request may take as a whole, µs; a server that always sends a little more is left. */
void helio_aw_client_set_deadline (HelioAwClient *client, int64_t us);

/* Microseconds the last request took, from sending to the last byte. */
int64_t helio_aw_client_get_last_time (HelioAwClient *client);

/* Whether the server closed the connection after its last answer, as the Python server does. */
gboolean helio_aw_client_closes_connections (HelioAwClient *client);

G_END_DECLS
