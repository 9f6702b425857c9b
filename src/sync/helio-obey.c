/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-obey.h"

/* Groups that are no further from each other than so many rows are read back together. */
#define NEAR_ROWS 100

/* A part of what the destination holds: all that starts from @lo to @hi. */
typedef struct
{
  HelioHeldEvents *held;
  int64_t lo;
  int64_t hi;
} Part;

static void
part_clear (Part *part)
{
  g_clear_pointer (&part->held, helio_held_events_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

static const HelioHeldEvent *
get_event (const Part *part, guint index)
{
  return &g_array_index (part->held->events, HelioHeldEvent, index);
}

/* -- reading back ------------------------------------------------------------------------- */

static HelioHeldEvents *
get_events (HelioRun *run, int64_t lo, int64_t hi, char **cursor)
{
  const HelioJob *job = run->job;
  HelioHeldEvents *held;

  /* The other one is the sender's. */
  if (run->reader == NULL)
    run->reader = helio_destination_new (job->url, job->token, job->allows_plain_http, &run->error);
  if (run->reader == NULL)
    return NULL;
  held = helio_destination_get_events (run->reader, run->bucket->id, lo, hi + 1, cursor,
                                       run->cancellable, &run->error);
  if (held == NULL)
    {
      run->result->is_checked = FALSE;
      run->result->retry_after = helio_destination_get_retry_after (run->reader);
    }
  return held;
}

static void
append_events (HelioHeldEvents *held, const HelioHeldEvents *more)
{
  for (guint i = 0; i < more->events->len; i++)
    {
      HelioHeldEvent event = g_array_index (more->events, HelioHeldEvent, i);

      event.at += held->data->len;
      g_array_append_val (held->events, event);
    }
  g_byte_array_append (held->data, more->data->data, more->data->len);
}

/* Reads the oldest part of [lo, hi]: whole groups of equal start. */
static gboolean
read_part (HelioRun *run, int64_t lo, int64_t hi, Part *part)
{
  g_autofree char *cursor = NULL;

  *part = (Part){ .lo = lo, .hi = hi };
  part->held = get_events (run, lo, hi, &cursor);
  while (part->held != NULL && cursor != NULL)
    {
      GArray *events = part->held->events;
      int64_t last = get_event (part, events->len - 1)->start;
      guint n = events->len;

      /* The last group may go on in the next part. */
      while (n > 0 && get_event (part, n - 1)->start == last)
        n--;
      if (n > 0)
        {
          g_array_set_size (events, n);
          part->hi = last - 1;
          return TRUE;
        }

      g_autoptr (HelioHeldEvents) more = get_events (run, lo, hi, &cursor);

      if (more == NULL)
        return FALSE;
      append_events (part->held, more);
    }
  return part->held != NULL;
}

/* -- obeying ------------------------------------------------------------------------------ */

/* The ledger's row of the event. It is there, but for a destination that holds more than it
 * told: then it is one that ActivityWatch is asked about. */
static HelioRow
find_row (const GArray *rows, const HelioHeldEvent *event)
{
  guint first = 0, last = rows->len;

  while (first < last)
    {
      guint middle = first + (last - first) / 2;
      const HelioRow *row = &g_array_index (rows, HelioRow, middle);

      if (row->n == event->n)
        return *row;
      if (row->n < event->n)
        first = middle + 1;
      else
        last = middle;
    }
  return (HelioRow){ event->start, event->n, event->check, HELIO_ROW_HELD };
}

/* The rows of the group that @event is of: those of the whole part may be many more than it has
 * events. */
static gboolean
read_group (HelioRun *run, const HelioHeldEvent *event, GArray *rows)
{
  g_array_set_size (rows, 0);
  return helio_ledger_read_rows (run->ledger, run->track.id, event->start, event->start, rows,
                                 &run->error);
}

static void
obey_event (HelioBatch *batch,
            const HelioBucket *bucket,
            const HelioRules *rules,
            const HelioHeldEvents *held,
            const HelioHeldEvent *event,
            HelioRow row)
{
  const char *data = (const char *) held->data->data + event->at;
  const HelioEvent own = {
    .start = event->start,
    .duration = event->duration,
    .data_len = (uint32_t) event->length,
  };
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  HelioPublished published;

  if (!helio_rules_publish (rules, bucket, HELIO_SCOPE_HISTORY, &own, data, scratch, NULL,
                            &published))
    {
      helio_batch_delete (batch, row, HELIO_ROW_HELD);
      return;
    }
  if (published.data == data)
    return;

  HelioGroupForm form = {
    .data = published.data,
    .length = published.length,
    .duration = event->duration,
    .check = helio_event_check (event->start, event->duration, published.data, published.length),
  };

  row.check = form.check;
  if (!helio_group_has_row (&row))
    row.kind = HELIO_ROW_HELD;
  helio_batch_upsert (batch, &row, &form, TRUE);
}

static HelioBatch *
own_batch_new (HelioRun *run, int64_t lo)
{
  HelioBatch *batch = helio_batch_new (run->bucket, HELIO_TIME_MAX);

  batch->is_own = TRUE;
  batch->lo = lo;
  return batch;
}

static gboolean
is_full (HelioRun *run, const HelioBatch *batch)
{
  return batch->upserts->len + batch->deletes->len >= helio_sender_get_max_events (run->sender) / 2
         || helio_events_body_get_size (batch->body) >= run->apply.max_bytes / 2;
}

/* Batches go oldest first here, each with its range. */
static gboolean
obey_part (HelioRun *run, const HelioRules *rules, const Part *part)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  g_autoptr (HelioBatch) batch = own_batch_new (run, part->lo);

  for (guint i = 0; i < part->held->events->len; i++)
    {
      const HelioHeldEvent *event = get_event (part, i);

      gboolean is_first = i == 0 || event->start > get_event (part, i - 1)->start;

      if (is_first && !read_group (run, event, rows))
        return FALSE;
      if (i > 0 && is_first && is_full (run, batch))
        {
          batch->hi = event->start - 1;
          if (!helio_run_push (run, g_steal_pointer (&batch)))
            return FALSE;
          batch = own_batch_new (run, event->start);
        }
      obey_event (batch, run->bucket, rules, part->held, event, find_row (rows, event));
    }
  run->result->n_read += part->held->events->len;
  batch->hi = part->hi;
  return helio_run_push (run, g_steal_pointer (&batch));
}

/* Without new rules for it there is nothing to be read. */
static gboolean
obey_piece (HelioRun *run, const HelioLedgerPiece *piece)
{
  g_autoptr (GArray) known = NULL;
  g_autoptr (HelioRules) rules = NULL;
  g_auto (Part) part = { .hi = piece->hi };

  if (!helio_ledger_get_rules (run->ledger, piece->rules_hash, &known, &run->error))
    return FALSE;
  rules = helio_rules_new_since (run->job->rules, run->bucket, known);
  if (rules == NULL)
    {
      HelioBatch *batch = own_batch_new (run, piece->lo);

      batch->hi = piece->hi;
      if (!helio_run_push (run, batch))
        return FALSE;
    }
  else if (!run->is_checked)
    {
      run->needs_check = run->is_broken = TRUE;
      return FALSE;
    }
  else if (!read_part (run, piece->lo, piece->hi, &part) || !obey_part (run, rules, &part))
    return FALSE;

  run->is_broken = !helio_sender_flush (run->sender);
  return !run->is_broken;
}

gboolean
helio_obey (HelioRun *run, int64_t lo, int64_t hi)
{
  uint64_t hash = helio_job_get_hash (run->job, run->bucket) | HELIO_LEDGER_OWN;

  /* Some of it is done each time, or it would never come to an end. */
  for (guint n_done = 0;; n_done++)
    {
      HelioLedgerPiece piece;

      if (!helio_ledger_get_piece (run->ledger, run->track.id, lo, hi, hash, &piece, &run->error))
        return FALSE;
      if (!piece.is_there)
        return TRUE;
      run->is_stopped = n_done > 0 && helio_run_should_stop (run->yield, run->deadline_us);
      if (run->is_stopped || !obey_piece (run, &piece))
        return FALSE;
    }
}

/* -- of a page ---------------------------------------------------------------------------- */

/* Whether the destination holds something of the group that the page does not tell the form of:
 * what is kept without ActivityWatch, or may be missing there. */
static gboolean
is_untold (const HelioRow *rows, guint n_rows, guint n_events)
{
  guint n_known = 0;
  gboolean has_held = FALSE;

  for (guint r = 0; r < n_rows; r++)
    {
      if (rows[r].kind == HELIO_ROW_KEPT)
        return TRUE;
      n_known++;
      has_held |= rows[r].kind == HELIO_ROW_HELD;
    }
  return has_held && n_known > n_events;
}

typedef struct
{
  int64_t lo;
  int64_t hi;
} Span;

/* (element-type Span): where there are such groups, newest first. */
static GArray *
list_untold (const HelioPage *page, const GArray *rows)
{
  const HelioRow *row = (const HelioRow *) (gpointer) rows->data;
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (Span));
  guint event = 0, r = 0, span_end = 0;

  while (r < rows->len)
    {
      int64_t start = row[r].start;
      guint first_row = r, n_events = 0;

      while (r < rows->len && row[r].start == start)
        r++;
      while (event < page->events->len && helio_page_event (page, event)->start > start)
        event++;
      while (event < page->events->len && helio_page_event (page, event)->start == start)
        {
          event++;
          n_events++;
        }
      if (!is_untold (row + first_row, r - first_row, n_events))
        continue;
      if (spans->len == 0 || first_row - span_end > NEAR_ROWS)
        g_array_append_vals (spans, &(Span){ start, start }, 1);
      g_array_index (spans, Span, spans->len - 1).lo = start;
      span_end = r;
    }
  return spans;
}

gboolean
helio_obey_page (HelioRun *run, const HelioPage *page, gboolean *is_changed)
{
  uint64_t hash = helio_job_get_hash (run->job, run->bucket) | HELIO_LEDGER_OWN;
  g_autoptr (GArray) spans = NULL;
  HelioLedgerPiece piece;

  *is_changed = FALSE;
  if (run->rows->len == 0)
    return TRUE;
  if (!helio_ledger_get_piece (run->ledger, run->track.id, page->lo, page->hi, hash, &piece,
                               &run->error))
    return FALSE;
  if (!piece.is_there)
    return TRUE;

  spans = list_untold (page, run->rows);
  *is_changed = spans->len > 0;
  for (guint i = 0; i < spans->len; i++)
    if (!helio_obey (run, g_array_index (spans, Span, i).lo, g_array_index (spans, Span, i).hi))
      return FALSE;
  return TRUE;
}
