/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A backend that we publish to: one device's view of it. Synchronous and cancellable, made and
 * used in one thread. Errors say what the caller does next (HELIO_ERROR_RETRY, _TOKEN, …). */

#include <gio/gio.h>

#include "protocol/helio-protocol-answer.h"
#include "protocol/helio-protocol-write.h"

G_BEGIN_DECLS

#define HELIO_TYPE_DESTINATION (helio_destination_get_type ())
G_DECLARE_FINAL_TYPE (HelioDestination, helio_destination, HELIO, DESTINATION, GObject)

/**
 * helio_destination_new:
 * @url: the backend's URL, without the base path; a path of its own is kept
 * @token: the token; kept in memory only
 * @allows_plain_http: whether the user allowed plain http to another host
 *
 * Errors: HELIO_ERROR_SETTINGS for a URL that is none (or holds a user name or a query),
 * HELIO_ERROR_INSECURE for plain http to a host that is not this machine without leave.
 */
HelioDestination *helio_destination_new (const char *url,
                                         const char *token,
                                         gboolean allows_plain_http,
                                         GError **error);

/* Host and port for messages: never the path. */
const char *helio_destination_get_name (HelioDestination *destination);

/* `GET base`: also "Test connection". Later calls use its limits and encodings. */
HelioBackendInfo *helio_destination_connect (HelioDestination *destination,
                                             GCancellable *cancellable,
                                             GError **error);

/**
 * helio_destination_send_events:
 * @body: (transfer none): the body that helio_events_body_build() made
 *
 * One attempt, never repeated by itself: the caller gives each attempt a new seq. gzip level 1
 * when offered and the host is another machine.
 *
 * Errors: HELIO_ERROR_TOO_LARGE (413, or cut while sending a large body), HELIO_ERROR_REFUSED
 * (400, 415, 422), HELIO_ERROR_CONFLICT (409), HELIO_ERROR_TOKEN (401, 403), HELIO_ERROR_RETRY
 * (408, 429, 5xx, network: helio_destination_get_retry_after()), HELIO_ERROR_NOT_A_BACKEND (404),
 * HELIO_ERROR_REDIRECT, HELIO_ERROR_TLS.
 */
HelioEventsAnswer *helio_destination_send_events (HelioDestination *destination,
                                                  GBytes *body,
                                                  GCancellable *cancellable,
                                                  GError **error);

/* `DELETE base/events`: the device's events of that bucket. */
gboolean helio_destination_delete_bucket (HelioDestination *destination,
                                          const char *bucket,
                                          int64_t seq,
                                          GCancellable *cancellable,
                                          GError **error);

/* `PUT base/status`. @ttl in seconds. */
gboolean helio_destination_put_status (HelioDestination *destination,
                                       const HelioPresence *presence,
                                       int64_t now,
                                       int ttl,
                                       GCancellable *cancellable,
                                       GError **error);

/* (element-type HelioRangeSum): sums of [from, to) in steps, all in ms */
GArray *helio_destination_get_ranges (HelioDestination *destination,
                                      const char *bucket,
                                      int64_t from,
                                      int64_t to,
                                      int64_t step,
                                      GCancellable *cancellable,
                                      GError **error);

/* (element-type HelioHeldBucket) */
GPtrArray *helio_destination_get_buckets (HelioDestination *destination,
                                          GCancellable *cancellable,
                                          GError **error);

/* (element-type HelioKey): one part. @cursor: (inout) (nullable): NULL at the beginning and again
 * after the last part */
GArray *helio_destination_get_keys (HelioDestination *destination,
                                    const char *bucket,
                                    char **cursor,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * helio_destination_get_events:
 * @from: ms
 * @to: ms, not included
 * @cursor: (inout) (nullable): NULL at the beginning and again after the last part
 *
 * One's own data back, one part of it, oldest first.
 */
HelioHeldEvents *helio_destination_get_events (HelioDestination *destination,
                                               const char *bucket,
                                               int64_t from,
                                               int64_t to,
                                               char **cursor,
                                               GCancellable *cancellable,
                                               GError **error);

/* Longest time in ms that one call may take in all, for a caller in a hurry (a last word on quit).
 * 0: the default of each call, 60 s for events and 15 s for all else. */
void helio_destination_set_deadline (HelioDestination *destination, int64_t ms);

/* Seconds that the last HELIO_ERROR_RETRY asked to wait (Retry-After), or 0. */
int helio_destination_get_retry_after (HelioDestination *destination);

/**
 * helio_destination_get_told:
 * @store: (out): the store
 * @seq: (out): the last seq it has seen
 *
 * What the last answer told in its header `Heliograph-State: STORE SEQ`. A backend need not send
 * it; where it does, a rolled back backend is noticed at the next status instead of the next
 * `GET base`.
 *
 * Returns: FALSE if the last answer told nothing
 */
gboolean
helio_destination_get_told (HelioDestination *destination, const char **store, int64_t *seq);

G_END_DECLS
