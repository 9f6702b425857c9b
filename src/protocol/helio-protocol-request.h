/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What a device asks, read by the receiver: bytes from outside. Nothing is copied out of the
 * body of a request for events. */

#include <gio/gio.h>
#include <stdint.h>

#include "model/helio-presence.h"

G_BEGIN_DECLS

#define HELIO_MAX_DATA_BYTES (1024 * 1024)
#define HELIO_MAX_N 1000000

typedef struct
{
  int64_t start;
  uint32_t n;
} HelioWireDelete;

/**
 * HelioWireUpsert:
 * @rejection: (nullable): why it can't be stored (a static word of the protocol), else NULL
 * @data: verbatim JSON object, borrowed from the body
 */
typedef struct
{
  int64_t start;
  int64_t duration;
  uint32_t n;
  uint32_t check;
  const char *data;
  gsize data_len;
  const char *rejection;
} HelioWireUpsert;

typedef struct
{
  int64_t seq;
  char *bucket_id;
  char *bucket_type;
  char *bucket_client;
  char *bucket_hostname;
  GArray *deletes; /* HelioWireDelete */
  GArray *upserts; /* HelioWireUpsert */
} HelioEventsRequest;

/**
 * helio_events_request_parse:
 * @text: the (inflated) body; must live as long as the result
 * @max_events: most deletes and upserts together; more is HELIO_ERROR_TOO_LARGE
 *
 * A malformed single upsert gets a rejection; anything else that is wrong fails the request with
 * HELIO_ERROR_REFUSED and a reason that names the place. A key that appears twice in a request
 * fails it.
 */
HelioEventsRequest *
helio_events_request_parse (const char *text, gsize length, guint max_events, GError **error);
void helio_events_request_free (HelioEventsRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioEventsRequest, helio_events_request_free)

typedef struct
{
  int64_t now;
  int ttl; /* s, 1 .. 86400 */
  HelioPresence *presence;
} HelioStatusRequest;

HelioStatusRequest *helio_status_request_parse (const char *text, gsize length, GError **error);
void helio_status_request_free (HelioStatusRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioStatusRequest, helio_status_request_free)

G_END_DECLS
