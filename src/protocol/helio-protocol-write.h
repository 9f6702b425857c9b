/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the agent sends: bodies of PROTOCOL.md. Events are appended as text; nothing is built as
 * a tree, because a backfill sends millions. */

#include <gio/gio.h>
#include <stdint.h>

#include "model/helio-bucket.h"
#include "model/helio-presence.h"

G_BEGIN_DECLS

/**
 * HelioEventsBody:
 *
 * The deletes and upserts of one batch, already encoded. Whole or in parts it becomes the body
 * of `POST base/events`.
 */
typedef struct _HelioEventsBody HelioEventsBody;

HelioEventsBody *helio_events_body_new (const HelioBucket *bucket);
void helio_events_body_free (HelioEventsBody *body);

void helio_events_body_add_delete (HelioEventsBody *body, int64_t start, uint32_t n);

/* @data is one canonical JSON object; copied verbatim. */
void helio_events_body_add_upsert (HelioEventsBody *body,
                                   int64_t start,
                                   uint32_t n,
                                   int64_t duration,
                                   uint32_t check,
                                   const char *data,
                                   gsize length);

guint helio_events_body_get_n_deletes (const HelioEventsBody *body);
guint helio_events_body_get_n_upserts (const HelioEventsBody *body);

/* One upsert as it is encoded: a JSON object. Valid until the body changes. */
const char *helio_events_body_get_upsert (const HelioEventsBody *body, guint index, gsize *length);

/* An upper bound of the size in bytes of the built body with everything in it. */
gsize helio_events_body_get_size (const HelioEventsBody *body);

/**
 * helio_events_body_build:
 * @seq: the seq of this write
 * @first_delete: index of the first delete to send
 * @n_deletes: how many
 * @first_upsert: index of the first upsert to send
 * @n_upserts: how many
 *
 * Returns: (transfer full): the JSON text
 */
GBytes *helio_events_body_build (const HelioEventsBody *body,
                                 int64_t seq,
                                 guint first_delete,
                                 guint n_deletes,
                                 guint first_upsert,
                                 guint n_upserts);

/* Appends the members `"state":…,"since":…,"activity":…,"media":…`, without brackets: what a
 * status and a public device have in common. */
void helio_presence_encode (const HelioPresence *presence, GString *json);

/* The body of `PUT base/status`. @ttl in seconds. Returns: (transfer full) */
char *helio_status_encode (const HelioPresence *presence, int64_t now, int ttl);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioEventsBody, helio_events_body_free)

G_END_DECLS
