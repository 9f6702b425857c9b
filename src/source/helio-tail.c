/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-source"

#include "source/helio-tail.h"

#include <string.h>

/* A read of the newest events that takes longer scans the bucket: there it is avoided. */
#define DEAR_US (20 * G_GINT64_CONSTANT (1000))

/* The server's time that may be used: 8 ms per second, saved up to 600 ms. */
#define BUDGET_US (600 * G_GINT64_CONSTANT (1000))
#define REFILL_US_PER_MS 8
#define DEBT_US (100 * G_GINT64_CONSTANT (1000))

#define FIRST_LIMIT 16
#define LARGEST_LIMIT 1024
#define START_LIMIT 2000
#define TAIL_BYTES (16 * 1024 * 1024)

/* How much earlier than the newest known start a read by time begins: late events come in. */
#define TAIL_SPAN (10 * HELIO_MINUTE)

/* One poll: what is known is worked on in a copy, so that an error leaves it as it was. */
typedef struct
{
  HelioAwClient *client;
  const char *bucket;
  GCancellable *cancellable;
  int64_t now;
  HelioTail next;
} Poll;

void
helio_tail_copy (const HelioTail *from, HelioTail *to)
{
  *to = *from;
  if (from->page != NULL)
    helio_page_ref (to->page);
}

void
helio_tail_clear (HelioTail *tail)
{
  g_clear_pointer (&tail->page, helio_page_unref);
  *tail = (HelioTail){ 0 };
}

/* Charges what the last answer took. A slow one alone may have waited for another's question, and
 * must not blind the polls to come: it costs as much as is usual for its kind, which a slow one
 * raises for some polls. Answers in a row make no deeper debt than DEBT_US, or the dearest. */
static void
charge (Poll *poll, int64_t *usual_us)
{
  int64_t took = helio_aw_client_get_last_time (poll->client);
  int64_t cost = MIN (took, *usual_us > 0 ? *usual_us : DEBT_US);
  int64_t before = poll->next.budget_us;

  *usual_us = MAX (MAX (took, 1), *usual_us - *usual_us / 8);
  poll->next.budget_us = MAX (before - cost, MIN (before, -MAX (cost, DEBT_US)));
}

static void
refill (HelioTail *tail, int64_t now)
{
  int64_t passed = CLAMP (now - tail->refilled_at, 0, HELIO_DAY);

  tail->budget_us = tail->refilled_at == 0
                        ? BUDGET_US
                        : MIN (tail->budget_us + passed * REFILL_US_PER_MS, BUDGET_US);
  tail->refilled_at = now;
}

/* The event that grows; where there is none that could, the newest. */
static const HelioEvent *
get_ongoing (const HelioPage *page, int64_t now)
{
  if (page == NULL || page->events->len == 0)
    return NULL;
  return helio_page_event (page, (guint) MAX (0, helio_page_find_ongoing (page, now)));
}

static gboolean
has_same_data (const HelioPage *a, const HelioEvent *one, const HelioPage *b, const HelioEvent *two)
{
  return one->data_len == two->data_len
         && memcmp (helio_page_event_data (a, one), helio_page_event_data (b, two), one->data_len)
                == 0;
}

static gboolean
is_same_page (const HelioPage *a, const HelioPage *b)
{
  if (a == NULL || a->lo != b->lo || a->proves_absence != b->proves_absence
      || a->events->len != b->events->len)
    return FALSE;
  for (guint i = 0; i < a->events->len; i++)
    {
      const HelioEvent *one = helio_page_event (a, i);
      const HelioEvent *two = helio_page_event (b, i);

      if (one->start != two->start || one->duration != two->duration || one->id != two->id
          || !has_same_data (a, one, b, two))
        return FALSE;
    }
  return TRUE;
}

/* What was just read is the tail now. */
static void
set_page (Poll *poll, HelioPage *page)
{
  poll->next.read_at = poll->now;
  if (is_same_page (poll->next.page, page))
    return;
  g_clear_pointer (&poll->next.page, helio_page_unref);
  poll->next.page = helio_page_ref (page);
  poll->next.changed_at = poll->now;
}

/* The events of @raw that start in [@lo, now]. */
static HelioPage *
cut_page (Poll *poll, const HelioPage *raw, int64_t lo, gboolean proves_absence)
{
  HelioPage *page = helio_page_new ();

  for (guint i = 0; i < raw->events->len; i++)
    {
      const HelioEvent *event = helio_page_event (raw, i);

      if (event->start >= lo && event->start <= poll->now)
        helio_page_add (page, event->start, event->duration, event->id,
                        helio_page_event_data (raw, event), event->data_len);
    }
  helio_page_sort (page);
  page->lo = lo;
  page->hi = poll->now;
  page->proves_absence = proves_absence;
  return page;
}

static gboolean
read_raw (Poll *poll, const HelioAwRead *read, HelioPage *raw, GError **error)
{
  helio_page_clear (raw);
  if (!helio_aw_client_read_events (poll->client, poll->bucket, read, raw, poll->cancellable,
                                    error))
    return FALSE;
  helio_page_sort (raw);
  return TRUE;
}

/* Reads the newest events, as many as reach what was known before. Without bounds of time nothing
 * is clipped. */
static gboolean
read_by_limit (Poll *poll, GError **error)
{
  const HelioEvent *known = get_ongoing (poll->next.page, poll->now);
  g_autoptr (HelioPage) raw = helio_page_new ();
  g_autoptr (HelioPage) page = NULL;
  HelioAwRead read = {
    .start = HELIO_TIME_MIN,
    .end = HELIO_TIME_MAX,
    .limit = CLAMP (poll->next.limit, FIRST_LIMIT, LARGEST_LIMIT),
    .max_bytes = TAIL_BYTES,
  };
  guint future = 0;
  int64_t lo = HELIO_TIME_MIN;

  for (;;)
    {
      int64_t took;

      if (!read_raw (poll, &read, raw, error))
        return FALSE;
      took = helio_aw_client_get_last_time (poll->client);
      if (took > DEAR_US && poll->next.limit_us <= DEAR_US)
        {
          /* One slow answer may be chance. */
          if (!read_raw (poll, &read, raw, error))
            return FALSE;
          took = MIN (took, helio_aw_client_get_last_time (poll->client));
        }
      poll->next.limit_us = MAX (took, 1);

      for (future = 0; future < raw->events->len; future++)
        if (helio_page_event (raw, future)->start <= poll->now)
          break;
      if (raw->events->len < read.limit)
        break;
      lo = helio_page_event (raw, raw->events->len - 1)->start + 1;
      if (read.limit >= LARGEST_LIMIT || (lo <= poll->now && (known == NULL || lo <= known->start)))
        break;
      lo = HELIO_TIME_MIN;
      read.limit = MIN (read.limit * 2, LARGEST_LIMIT);
    }

  /* Events of the future stay for months: don't find that out anew each time. */
  poll->next.limit = future >= read.limit / 4 ? read.limit : FIRST_LIMIT;
  page = cut_page (poll, raw, lo, TRUE);
  set_page (poll, page);
  return TRUE;
}

/* Reads what ended after ten minutes before the newest known start. What began before is clipped
 * to the beginning of the read, so nothing is said about that ms. */
static gboolean
read_by_start (Poll *poll, const HelioEvent *known, GError **error)
{
  g_autoptr (HelioPage) raw = helio_page_new ();
  g_autoptr (HelioPage) page = NULL;
  HelioAwRead read = {
    .start = known->start - TAIL_SPAN,
    .end = HELIO_TIME_MAX,
    .limit = START_LIMIT,
    .max_bytes = TAIL_BYTES,
  };
  int64_t lo = read.start + 1;

  if (!read_raw (poll, &read, raw, error))
    return FALSE;
  poll->next.start_us = MAX (helio_aw_client_get_last_time (poll->client), 1);
  if (raw->events->len >= read.limit)
    lo = MAX (lo, helio_page_event (raw, raw->events->len - 1)->start + 1);
  page = cut_page (poll, raw, lo, FALSE);
  set_page (poll, page);
  return TRUE;
}

static gboolean
read_tail (Poll *poll, GError **error)
{
  HelioTail *next = &poll->next;
  const HelioEvent *known = get_ongoing (next->page, poll->now);

  if (known != NULL && (next->start_us == 0 || next->start_us < next->limit_us))
    {
      /* An old figure is trusted less and less, so that the other way is tried again some day. */
      next->limit_us -= next->limit_us / 256;
      return read_by_start (poll, known, error);
    }
  return read_by_limit (poll, error);
}

/* Puts the ongoing event's new duration into a copy of the page. The rest of the copy was read
 * some time ago, so it proves no absence. */
static void
set_duration (Poll *poll, guint index, int64_t duration)
{
  g_autoptr (HelioPage) old = g_steal_pointer (&poll->next.page);
  HelioPage *page = helio_page_new ();

  g_array_append_vals (page->events, old->events->data, old->events->len);
  g_byte_array_append (page->data, old->data->data, old->data->len);
  g_array_index (page->events, HelioEvent, index).duration = duration;
  page->lo = old->lo;
  page->hi = old->hi;
  page->proves_absence = FALSE;
  poll->next.page = page;
  poll->next.changed_at = poll->now;
}

/* Reads the ongoing event by its id, which costs little everywhere. @is_there: whether it is
 * still the same event. */
static gboolean
read_ongoing (Poll *poll, gboolean *is_there, GError **error)
{
  const HelioEvent *ongoing = get_ongoing (poll->next.page, poll->now);
  g_autoptr (HelioPage) whole = helio_page_new ();
  const HelioEvent *event;

  *is_there = FALSE;
  if (ongoing == NULL)
    return TRUE;
  if (!helio_aw_client_read_event (poll->client, poll->bucket, ongoing->id, whole, is_there,
                                   poll->cancellable, error))
    return FALSE;
  charge (poll, &poll->next.event_us);
  if (!*is_there)
    return TRUE;
  event = helio_page_event (whole, 0);
  *is_there
      = event->start == ongoing->start && has_same_data (whole, event, poll->next.page, ongoing);
  if (*is_there && event->duration != ongoing->duration)
    set_duration (poll, (guint) (ongoing - helio_page_event (poll->next.page, 0)), event->duration);
  return TRUE;
}

static gboolean
poll_dear (Poll *poll, GError **error)
{
  HelioTail *next = &poll->next;
  const HelioPage *before = next->page;
  const HelioEvent *ongoing;
  gboolean is_there;
  int64_t count;

  if (!read_ongoing (poll, &is_there, error))
    return FALSE;
  /* Growth is news, and truth about the event that matters most; but another may have begun. */
  if (next->page != before)
    next->read_at = poll->now;
  if (next->budget_us <= 0)
    return TRUE;

  /* Counted before the tail is read: what comes in between makes the next count differ. Since a
   * time that stays, so that two counts can be compared. */
  ongoing = get_ongoing (next->page, poll->now);
  if (next->count < 0 || (ongoing != NULL && ongoing->start - next->count_since > HELIO_DAY))
    {
      next->count = -1;
      next->count_since = ongoing != NULL ? ongoing->start - TAIL_SPAN : HELIO_TIME_MIN;
    }
  count = helio_aw_client_count (poll->client, poll->bucket, next->count_since, poll->cancellable,
                                 error);
  if (count < 0)
    return FALSE;
  charge (poll, &next->count_us);
  if (is_there && count == next->count)
    {
      next->read_at = poll->now;
      return TRUE;
    }
  /* Something happened. The budget bounds what an idle poll costs, not how soon a change is seen:
   * this read is made in any case, and is not charged. */
  if (!read_tail (poll, error))
    return FALSE;
  next->count = count;
  return TRUE;
}

gboolean
helio_tail_poll (HelioAwClient *client,
                 const char *bucket,
                 HelioTail *tail,
                 int64_t now,
                 gboolean *is_changed,
                 GCancellable *cancellable,
                 GError **error)
{
  Poll poll = { .client = client, .bucket = bucket, .cancellable = cancellable, .now = now };
  gboolean is_ok;

  g_return_val_if_fail (HELIO_IS_AW_CLIENT (client), FALSE);

  helio_tail_copy (tail, &poll.next);
  refill (&poll.next, now);
  if (poll.next.page == NULL || poll.next.limit_us <= DEAR_US)
    {
      poll.next.count = -1;
      is_ok = read_by_limit (&poll, error);
    }
  else
    is_ok = poll_dear (&poll, error);
  if (!is_ok)
    {
      helio_tail_clear (&poll.next);
      return FALSE;
    }

  *is_changed = poll.next.page != tail->page;
  helio_tail_clear (tail);
  *tail = poll.next;
  return TRUE;
}
