/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-apply.h"

/* The row a key should have. */
typedef struct
{
  HelioRow row;
  const HelioGroupForm *form; /* NULL for a dropped event */
} Wanted;

HelioBatch *
helio_batch_new (const HelioBucket *bucket, int64_t hi)
{
  HelioBatch *batch = g_new0 (HelioBatch, 1);

  batch->bucket = bucket;
  batch->body = helio_events_body_new (bucket);
  batch->upserts = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  batch->replaces = g_array_new (FALSE, FALSE, sizeof (guint));
  batch->deletes = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  batch->put = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  batch->remove = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  batch->deferred = g_array_new (FALSE, FALSE, sizeof (HelioDeferred));
  batch->lo = HELIO_TIME_MAX;
  batch->hi = hi;
  return batch;
}

void
helio_batch_free (HelioBatch *batch)
{
  helio_events_body_free (batch->body);
  g_array_unref (batch->upserts);
  g_array_unref (batch->replaces);
  g_array_unref (batch->deletes);
  g_array_unref (batch->put);
  g_array_unref (batch->remove);
  g_array_unref (batch->deferred);
  g_free (batch);
}

void
helio_apply_init (HelioApply *apply,
                  const HelioBucket *bucket,
                  const HelioRules *rules,
                  HelioHeld held,
                  guint max_events,
                  gsize max_bytes)
{
  *apply = (HelioApply){
    .bucket = bucket,
    .rules = rules,
    .held = held,
    .deferred = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
    .max_events = max_events,
    .max_bytes = max_bytes,
    .forms = g_array_new (FALSE, FALSE, sizeof (HelioGroupForm)),
    .wanted = g_array_new (FALSE, FALSE, sizeof (Wanted)),
    .scratches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref),
    .memo = helio_memo_new (),
  };
}

void
helio_apply_clear (HelioApply *apply)
{
  g_clear_pointer (&apply->deferred, g_hash_table_unref);
  g_clear_pointer (&apply->forms, g_array_unref);
  g_clear_pointer (&apply->wanted, g_array_unref);
  g_clear_pointer (&apply->scratches, g_ptr_array_unref);
  g_clear_pointer (&apply->memo, helio_memo_free);
  g_clear_pointer (&apply->batch, helio_batch_free);
}

void
helio_apply_defer (HelioApply *apply, int64_t start, int64_t count)
{
  apply->n_deferred
      += count - (int64_t) GPOINTER_TO_SIZE (g_hash_table_lookup (apply->deferred, &start));
  if (count > 0)
    g_hash_table_replace (apply->deferred, g_memdup2 (&start, sizeof start),
                          GSIZE_TO_POINTER (count));
  else
    g_hash_table_remove (apply->deferred, &start);
}

/* -- one group of equal start ---------------------------------------------------------------- */

static int
compare_wanted (gconstpointer a, gconstpointer b)
{
  const Wanted *one = a;
  const Wanted *two = b;

  return one->row.n < two->row.n ? -1 : one->row.n > two->row.n ? 1 : 0;
}

static GByteArray *
scratch_at (HelioApply *apply, guint index)
{
  while (apply->scratches->len <= index)
    g_ptr_array_add (apply->scratches, g_byte_array_new ());
  g_byte_array_set_size (g_ptr_array_index (apply->scratches, index), 0);
  return g_ptr_array_index (apply->scratches, index);
}

/* What may leave of one event. FALSE if it is dropped. */
static gboolean
make_form (HelioApply *apply,
           const HelioPage *page,
           const HelioEvent *event,
           GByteArray *scratch,
           HelioGroupForm *form)
{
  HelioPublished published;

  if (!helio_rules_publish (apply->rules, apply->bucket, HELIO_SCOPE_HISTORY, event,
                            helio_page_event_data (page, event), scratch, apply->memo, &published))
    return FALSE;
  *form = (HelioGroupForm){
    .data = published.data,
    .length = published.length,
    .duration = published.duration,
    .check = helio_event_check (event->start, published.duration, published.data, published.length),
  };
  return TRUE;
}

/* Fills apply->forms with what may leave of the events [first, last), in the order of ordinals. */
static void
make_forms (HelioApply *apply, const HelioPage *page, guint first, guint last)
{
  g_array_set_size (apply->forms, 0);
  for (guint i = first; i < last; i++)
    {
      HelioGroupForm form;

      if (make_form (apply, page, helio_page_event (page, i), scratch_at (apply, i - first), &form))
        g_array_append_val (apply->forms, form);
    }
  if (apply->forms->len > 1)
    g_array_sort (apply->forms, helio_group_compare_forms);
}

static gboolean
has_form (const HelioApply *apply, uint32_t check)
{
  for (guint i = 0; i < apply->forms->len; i++)
    if (g_array_index (apply->forms, HelioGroupForm, i).check == check)
      return TRUE;
  return FALSE;
}

static void
want (HelioApply *apply, int64_t start, uint32_t n, HelioRowKind kind, const HelioGroupForm *form)
{
  Wanted wanted = {
    .row = { .start = start, .n = n, .kind = kind, .check = form != NULL ? form->check : 0 },
    .form = form,
  };

  g_array_append_val (apply->wanted, wanted);
}

/* Whether row @n of the group is kept and stays so: a kept row that ActivityWatch has again is
 * an ordinary one. */
static gboolean
is_kept (const HelioRow *rows, guint n_rows, uint32_t n)
{
  for (guint i = 0; i < n_rows; i++)
    if (rows[i].n == n)
      return rows[i].kind == HELIO_ROW_KEPT;
  return FALSE;
}

/* Gives ordinals: published events first, by (data, duration), then the dropped ones; those of
 * kept rows are taken. */
static void
give_ordinals (HelioApply *apply,
               int64_t start,
               guint n_dropped,
               const HelioRow *rows,
               guint n_rows,
               guint n_kept,
               gboolean has_more)
{
  g_autofree gboolean *is_given = NULL;
  g_autofree gboolean *is_back = NULL;
  uint32_t n = 0;

  g_array_set_size (apply->wanted, 0);
  if (n_kept > 0)
    {
      is_given = g_new0 (gboolean, apply->forms->len + 1);
      is_back = g_new0 (gboolean, n_rows);
      for (guint r = 0; has_more && r < n_rows; r++)
        for (guint f = 0; rows[r].kind == HELIO_ROW_KEPT && f < apply->forms->len; f++)
          {
            const HelioGroupForm *form = &g_array_index (apply->forms, HelioGroupForm, f);

            if (is_given[f] || form->check != rows[r].check)
              continue;
            want (apply, start, rows[r].n, HELIO_ROW_HELD, form);
            is_given[f] = is_back[r] = TRUE;
            break;
          }
    }

  for (guint f = 0; f < apply->forms->len; f++)
    {
      if (is_given != NULL && is_given[f])
        continue;
      while (n_kept > 0 && is_kept (rows, n_rows, n))
        n++;
      want (apply, start, n++, HELIO_ROW_HELD, &g_array_index (apply->forms, HelioGroupForm, f));
    }
  for (guint d = 0; d < n_dropped; d++)
    {
      while (n_kept > 0 && is_kept (rows, n_rows, n))
        n++;
      want (apply, start, n++, HELIO_ROW_DROPPED, NULL);
    }
  for (guint r = 0; n_kept > 0 && r < n_rows; r++)
    if (rows[r].kind == HELIO_ROW_KEPT && !is_back[r])
      {
        Wanted wanted = { .row = rows[r] };

        g_array_append_val (apply->wanted, wanted);
      }
  if (n_kept > 0)
    g_array_sort (apply->wanted, compare_wanted);
}

void
helio_batch_upsert (HelioBatch *batch,
                    const HelioRow *row,
                    const HelioGroupForm *form,
                    gboolean replaces)
{
  helio_events_body_add_upsert (batch->body, row->start, row->n, form->duration, form->check,
                                form->data, form->length);
  if (replaces)
    g_array_append_val (batch->replaces, batch->upserts->len);
  g_array_append_vals (batch->upserts, row, 1);
}

void
helio_batch_delete (HelioBatch *batch, HelioRow row, HelioRowKind becomes)
{
  helio_events_body_add_delete (batch->body, row.start, row.n);
  row.kind = becomes;
  row.check = 0;
  g_array_append_val (batch->deletes, row);
}

/* The row @wanted asks for, where the ledger has @known (or NULL) under that key. */
static void
change_row (HelioBatch *batch, const Wanted *wanted, const HelioRow *known)
{
  gboolean is_same = known != NULL && known->check == wanted->row.check;

  if (wanted->form == NULL)
    {
      if (known != NULL && known->kind == wanted->row.kind)
        return;
      if (known != NULL && helio_group_has_row (known) && wanted->row.kind == HELIO_ROW_DROPPED)
        helio_batch_delete (batch, wanted->row, HELIO_ROW_DROPPED);
      else
        g_array_append_val (batch->put, wanted->row);
      return;
    }
  if (is_same && (known->kind == HELIO_ROW_HELD || known->kind == HELIO_ROW_REJECTED))
    return;
  if (is_same && known->kind == HELIO_ROW_KEPT)
    g_array_append_val (batch->put, wanted->row);
  else
    helio_batch_upsert (batch, &wanted->row, wanted->form,
                        known != NULL && helio_group_has_row (known));
}

/* Merges what the group should be with what it is; both are ordered by n. */
static void
change_group (HelioApply *apply, const HelioRow *rows, guint n_rows)
{
  HelioBatch *batch = apply->batch;
  guint r = 0;

  for (guint w = 0; w < apply->wanted->len; w++)
    {
      const Wanted *wanted = &g_array_index (apply->wanted, Wanted, w);

      for (; r < n_rows && rows[r].n < wanted->row.n; r++)
        if (helio_group_has_row (&rows[r]))
          helio_batch_delete (batch, rows[r], HELIO_ROW_HELD);
        else
          g_array_append_val (batch->remove, rows[r]);
      if (r < n_rows && rows[r].n == wanted->row.n)
        change_row (batch, wanted, &rows[r++]);
      else
        change_row (batch, wanted, NULL);
    }
  for (; r < n_rows; r++)
    if (helio_group_has_row (&rows[r]))
      helio_batch_delete (batch, rows[r], HELIO_ROW_HELD);
    else
      g_array_append_val (batch->remove, rows[r]);
}

static void
note_deferred (HelioApply *apply, int64_t start, int64_t count)
{
  HelioDeferred deferred = { .start = start, .count = count };

  g_array_append_val (apply->batch->deferred, deferred);
  helio_apply_defer (apply, start, count);
}

/* Turns as many held rows of the group as are missing into kept ones, those first that
 * ActivityWatch has nothing like. */
static HelioRow *
keep_rows (HelioApply *apply, const HelioRow *rows, guint n_rows, guint missing)
{
  HelioRow *changed = g_memdup2 (rows, n_rows * sizeof *rows);

  for (int pass = 0; pass < 2; pass++)
    for (guint r = 0; r < n_rows && missing > 0; r++)
      if (changed[r].kind == HELIO_ROW_HELD && (pass == 1 || !has_form (apply, changed[r].check)))
        {
          changed[r].kind = HELIO_ROW_KEPT;
          g_array_append_val (apply->batch->put, changed[r]);
          missing--;
        }
  return changed;
}

/* Nearly every group: one event, allowed, that the destination holds or that is new. FALSE if it
 * is another: then nothing was done. */
static gboolean
apply_single (HelioApply *apply,
              const HelioPage *page,
              const HelioEvent *event,
              const HelioRow *row,
              guint n_rows)
{
  Wanted wanted = { .row = { .start = event->start, .kind = HELIO_ROW_HELD } };
  HelioGroupForm form;

  if (n_rows > 1 || (n_rows == 1 && (row->n != 0 || row->kind != HELIO_ROW_HELD))
      || g_hash_table_size (apply->deferred) > 0
      || !make_form (apply, page, event, scratch_at (apply, 0), &form))
    return FALSE;
  wanted.row.check = form.check;
  wanted.form = &form;
  if (n_rows == 0 || row->check != form.check)
    helio_batch_upsert (apply->batch, &wanted.row, &form, n_rows == 1);
  return TRUE;
}

/* Where neither ActivityWatch nor the ledger has anything any more, no deletion is put off: the
 * row went by another way, as when the destination was set back. No group tells that. */
static void
forget_deferred (HelioApply *apply, const HelioPage *page, const GArray *rows)
{
  g_autoptr (GHashTable) seen = NULL;
  GHashTableIter iter;
  gpointer key;

  if (g_hash_table_size (apply->deferred) == 0)
    return;
  seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < page->events->len; i++)
    g_hash_table_add (seen, &g_array_index (page->events, HelioEvent, i).start);
  for (guint r = 0; r < rows->len; r++)
    g_hash_table_add (seen, &g_array_index (rows, HelioRow, r).start);

  g_hash_table_iter_init (&iter, apply->deferred);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      HelioDeferred gone = { .start = *(int64_t *) key };

      if (gone.start < page->lo || gone.start > page->hi || g_hash_table_contains (seen, key))
        continue;
      g_array_append_val (apply->batch->deferred, gone);
      apply->n_deferred -= (int64_t) GPOINTER_TO_SIZE (g_hash_table_lookup (apply->deferred, key));
      g_hash_table_iter_remove (&iter);
    }
}

/* FALSE if the page can't tell what became of the group. */
static gboolean
apply_group (HelioApply *apply,
             const HelioPage *page,
             int64_t start,
             guint first,
             guint last,
             const HelioRow *rows,
             guint n_rows)
{
  g_autofree HelioRow *changed = NULL;
  guint n_events = last - first;
  guint n_kept = 0, n_held = 0, n_known, missing = 0;
  gboolean was_deferred
      = g_hash_table_size (apply->deferred) > 0 && g_hash_table_contains (apply->deferred, &start);

  if (apply->is_left && !helio_group_has_any (rows, n_rows))
    {
      if (was_deferred)
        note_deferred (apply, start, 0);
      return TRUE;
    }
  if (!apply->is_left && n_events == 1
      && apply_single (apply, page, helio_page_event (page, first), rows, n_rows))
    return TRUE;

  make_forms (apply, page, first, last);
  if (apply->is_left)
    helio_group_cut (apply->forms, start, apply->left_at, rows, n_rows);
  for (guint r = 0; r < n_rows; r++)
    {
      n_kept += rows[r].kind == HELIO_ROW_KEPT;
      n_held += rows[r].kind == HELIO_ROW_HELD;
    }
  n_known = n_rows - n_kept;
  if (n_known > n_events && !page->proves_absence)
    return FALSE;
  if (n_known > n_events && n_held > apply->forms->len)
    missing = MIN (n_known - n_events, n_held - apply->forms->len);

  if (missing > 0 && apply->held == HELIO_HELD_ASKING)
    {
      /* The answer is to the number that was shown, so what joins it counts. */
      if (GPOINTER_TO_SIZE (g_hash_table_lookup (apply->deferred, &start)) != missing)
        note_deferred (apply, start, missing);
      return TRUE;
    }
  if (missing > 0
      && (apply->held == HELIO_HELD_NO || (apply->held == HELIO_HELD_FEW && !was_deferred)))
    {
      if (!was_deferred)
        note_deferred (apply, start, missing);
      return TRUE;
    }
  if (was_deferred)
    note_deferred (apply, start, 0);

  if (apply->is_left && n_events > n_held)
    helio_group_drop_unknown (apply->forms, rows, n_rows, n_events > n_known);
  if (missing > 0 && apply->held == HELIO_HELD_KEEP)
    {
      changed = keep_rows (apply, rows, n_rows, missing);
      rows = changed;
      n_kept += missing;
    }
  give_ordinals (apply, start, n_events - apply->forms->len, rows, n_rows, n_kept,
                 n_events > n_known);
  change_group (apply, rows, n_rows);
  return TRUE;
}

/* -- the page -----------------------------------------------------------------------------------
 */

static gboolean
close_batch (HelioApply *apply, int64_t lo, HelioBatchFunc emit, gpointer data)
{
  HelioBatch *batch = g_steal_pointer (&apply->batch);

  batch->lo = lo;
  apply->batch = helio_batch_new (apply->bucket, lo - 1);
  return emit (batch, data);
}

static gboolean
is_full (const HelioApply *apply)
{
  const HelioBatch *batch = apply->batch;

  return batch->upserts->len + batch->deletes->len >= apply->max_events
         || batch->put->len + batch->remove->len >= apply->max_events
         || helio_events_body_get_size (batch->body) >= apply->max_bytes;
}

void
helio_apply_page (HelioApply *apply,
                  const HelioPage *page,
                  const GArray *rows,
                  HelioBatchFunc emit,
                  gpointer data)
{
  const HelioRow *row = (const HelioRow *) (gpointer) rows->data;
  guint i = 0, r = 0;

  if (page->lo > page->hi)
    return;
  g_clear_pointer (&apply->batch, helio_batch_free);
  apply->batch = helio_batch_new (apply->bucket, page->hi);
  forget_deferred (apply, page, rows);

  while (i < page->events->len || r < rows->len)
    {
      int64_t start = HELIO_TIME_MIN;
      guint first = i, first_row = r;

      if (i < page->events->len)
        start = helio_page_event (page, i)->start;
      if (r < rows->len && (first == page->events->len || row[r].start > start))
        start = row[r].start;
      while (i < page->events->len && helio_page_event (page, i)->start == start)
        i++;
      while (r < rows->len && row[r].start == start)
        r++;

      if (!apply_group (apply, page, start, first, i, row + first_row, r - first_row))
        {
          apply->is_incomplete = TRUE;
          if (!close_batch (apply, start + 1, emit, data))
            return;
          apply->batch->hi = start - 1;
        }
      else if (is_full (apply) && !close_batch (apply, start, emit, data))
        return;
    }
  if (apply->batch->hi >= page->lo)
    close_batch (apply, page->lo, emit, data);
  g_clear_pointer (&apply->batch, helio_batch_free);
}
