/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "model/helio-event.h"

G_BEGIN_DECLS

/**
 * HelioPage:
 * @events: (element-type HelioEvent): the events inside the authority, newest start first; events
 *   of equal start lie side by side, in no promised order
 * @data: the arena of canonical data
 * @lo: first start of the authority, ms, inclusive
 * @hi: last start of the authority, ms, inclusive; below @lo: the page proves nothing
 * @proves_absence: whether an event that is not here is not in ActivityWatch either. FALSE for
 *   a read by `start=`, which leaves out events of negative duration
 *
 * The events of one read of one bucket, with the range of starts for which the read returned
 * every event. Once read it is never changed, so threads may share a reference.
 */
typedef struct
{
  GArray *events;
  GByteArray *data;
  int64_t lo;
  int64_t hi;
  gboolean proves_absence;
} HelioPage;

HelioPage *helio_page_new (void);
HelioPage *helio_page_ref (HelioPage *page);
void helio_page_unref (HelioPage *page);

/* Empties the page for another read, keeping its memory. */
void helio_page_clear (HelioPage *page);

/* Appends an event whose canonical data is copied into the arena. */
void helio_page_add (
    HelioPage *page, int64_t start, int64_t duration, int64_t id, const char *data, gsize length);

/* Appends an event whose canonical data was written to the end of the arena, from @data on. */
void
helio_page_add_written (HelioPage *page, int64_t start, int64_t duration, int64_t id, guint data);

/* Orders the events as promised above. */
void helio_page_sort (HelioPage *page);

/**
 * helio_page_find_ongoing:
 * @now: the clock, ms
 *
 * Finds the event that may be going on now: the newest, of several with the same start the longest,
 * which is the one that grows. One that ends well after @now is none: it was recorded by a clock
 * that was ahead, and what it says was true long ago.
 *
 * Returns: its index, or -1 if there is none
 */
int helio_page_find_ongoing (const HelioPage *page, int64_t now);

static inline const HelioEvent *
helio_page_event (const HelioPage *page, guint index)
{
  return &g_array_index (page->events, HelioEvent, index);
}

static inline const char *
helio_page_event_data (const HelioPage *page, const HelioEvent *event)
{
  return (const char *) page->data->data + event->data;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioPage, helio_page_unref)

G_END_DECLS
