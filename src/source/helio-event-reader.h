/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Reads the events of an answer while it arrives: the answer is never held whole, only the event
 * that is not complete yet. */

#include "model/helio-page.h"

G_BEGIN_DECLS

typedef struct _HelioEventReader HelioEventReader;

/**
 * helio_event_reader_new:
 * @page: (transfer none): receives the events, at its end
 * @is_list: whether a list of events is expected, or a single one
 */
HelioEventReader *helio_event_reader_new (HelioPage *page, gboolean is_list);
void helio_event_reader_free (HelioEventReader *reader);

/**
 * helio_event_reader_get_room:
 * @room: (out): how many bytes fit; never 0
 *
 * Returns: where the next bytes of the answer are to be put
 */
char *helio_event_reader_get_room (HelioEventReader *reader, gsize *room);

/**
 * helio_event_reader_take:
 * @length: how many bytes were put into the room
 *
 * Returns: FALSE with HELIO_ERROR_AW_ANSWER if they can't be the answer of ActivityWatch
 */
gboolean helio_event_reader_take (HelioEventReader *reader, gsize length, GError **error);

/* To be called at the end of the answer: fails if it was cut. */
gboolean helio_event_reader_finish (HelioEventReader *reader, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioEventReader, helio_event_reader_free)

G_END_DECLS
