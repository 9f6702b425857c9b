/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The people who watch: one open stream of Server-Sent Events each. A viewer costs two kilobytes,
 * one who does not read costs at most his queue, and all of them wait in one epoll. */

#include <gio/gio.h>
#include <stdint.h>

#include "server/helio-listener.h"

G_BEGIN_DECLS

typedef struct _HelioViewers HelioViewers;

/* @max: most viewers in all. */
HelioViewers *helio_viewers_new (guint max);
void helio_viewers_free (HelioViewers *viewers);

/* Whether one more from this address would be let in. */
gboolean helio_viewers_has_room (HelioViewers *viewers, const char *address);

/* Takes the stolen connection, says @head and then hears every broadcast. */
void helio_viewers_add (HelioViewers *viewers,
                        GIOStream *stream,
                        HelioConnection *connection,
                        const char *address,
                        const char *head,
                        gsize length);

void helio_viewers_broadcast (HelioViewers *viewers, const char *text, gsize length);

guint helio_viewers_get_count (HelioViewers *viewers);

/* Viewers dropped because they did not read. */
uint64_t helio_viewers_get_dropped (HelioViewers *viewers);

G_END_DECLS
