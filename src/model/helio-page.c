/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-page.h"

/* By so much the clock of ActivityWatch may be ahead of ours. */
#define AHEAD HELIO_MINUTE

HelioPage *
helio_page_new (void)
{
  HelioPage *page = g_atomic_rc_box_new0 (HelioPage);

  page->events = g_array_new (FALSE, FALSE, sizeof (HelioEvent));
  page->data = g_byte_array_new ();
  helio_page_clear (page);
  return page;
}

HelioPage *
helio_page_ref (HelioPage *page)
{
  return g_atomic_rc_box_acquire (page);
}

static void
page_free (gpointer data)
{
  HelioPage *page = data;

  g_array_unref (page->events);
  g_byte_array_unref (page->data);
}

void
helio_page_unref (HelioPage *page)
{
  g_atomic_rc_box_release_full (page, page_free);
}

void
helio_page_clear (HelioPage *page)
{
  g_array_set_size (page->events, 0);
  g_byte_array_set_size (page->data, 0);
  page->lo = HELIO_TIME_MAX;
  page->hi = HELIO_TIME_MIN;
  page->proves_absence = TRUE;
}

void
helio_page_add (
    HelioPage *page, int64_t start, int64_t duration, int64_t id, const char *data, gsize length)
{
  guint begin = page->data->len;

  g_return_if_fail (length < G_MAXUINT32 - page->data->len);
  g_byte_array_append (page->data, (const guint8 *) data, (guint) length);
  helio_page_add_written (page, start, duration, id, begin);
}

void
helio_page_add_written (HelioPage *page, int64_t start, int64_t duration, int64_t id, guint data)
{
  HelioEvent event = {
    .start = start,
    .duration = duration,
    .id = id,
    .data = data,
    .data_len = page->data->len - data,
  };

  g_return_if_fail (data <= page->data->len);
  g_array_append_val (page->events, event);
}

static int
compare_start (gconstpointer a, gconstpointer b)
{
  const HelioEvent *one = a;
  const HelioEvent *two = b;

  return one->start < two->start ? 1 : one->start > two->start ? -1 : 0;
}

void
helio_page_sort (HelioPage *page)
{
  /* Both servers answer newest first, so there is nearly never anything to do. */
  for (guint i = 1; i < page->events->len; i++)
    if (helio_page_event (page, i)->start > helio_page_event (page, i - 1)->start)
      {
        g_array_sort (page->events, compare_start);
        return;
      }
}

int
helio_page_find_ongoing (const HelioPage *page, int64_t now)
{
  const HelioEvent *ongoing = NULL;
  int index = -1;

  for (guint i = 0; i < page->events->len; i++)
    {
      const HelioEvent *event = helio_page_event (page, i);

      if (ongoing != NULL && event->start != ongoing->start)
        break;
      if (event->start + event->duration > now + AHEAD
          || (ongoing != NULL && event->duration <= ongoing->duration))
        continue;
      ongoing = event;
      index = (int) i;
    }
  return index;
}
