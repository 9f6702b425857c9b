/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

/* A row's kind is stored in its check, so that the common row needs 4 bytes for both; see
 * sql/version-1.sql. */

#define KEPT_OFFSET (G_GINT64_CONSTANT (1) << 32)
#define REJECTED_OFFSET (G_GINT64_CONSTANT (1) << 33)

static void
bind_form (sqlite3_stmt *statement, int parameter, const HelioRow *row)
{
  switch (row->kind)
    {
    case HELIO_ROW_HELD:
      sqlite3_bind_int (statement, parameter, (int32_t) row->check);
      return;
    case HELIO_ROW_DROPPED:
      sqlite3_bind_null (statement, parameter);
      return;
    case HELIO_ROW_KEPT:
      sqlite3_bind_int64 (statement, parameter, KEPT_OFFSET + row->check);
      return;
    case HELIO_ROW_REJECTED:
      sqlite3_bind_int64 (statement, parameter, REJECTED_OFFSET + row->check);
      return;
    default:
      g_assert_not_reached ();
    }
}

static void
bind_row (sqlite3_stmt *statement, int64_t track, const HelioRow *row)
{
  sqlite3_bind_int64 (statement, 1, track);
  sqlite3_bind_int64 (statement, 2, row->start);
  sqlite3_bind_int64 (statement, 3, row->n);
}

static inline HelioRow
decode_row (int64_t start, int64_t n, int64_t form, gboolean is_null)
{
  return (HelioRow){
    .start = start,
    .n = (uint32_t) n,
    .check = (uint32_t) form,
    .kind = is_null                   ? HELIO_ROW_DROPPED
            : form >= REJECTED_OFFSET ? HELIO_ROW_REJECTED
            : form >= KEPT_OFFSET     ? HELIO_ROW_KEPT
                                      : HELIO_ROW_HELD,
  };
}

/* Columns start, n, form from @column on. */
void
helio_ledger_decode_row (sqlite3_stmt *statement, int column, HelioRow *row)
{
  *row = decode_row (sqlite3_column_int64 (statement, column),
                     sqlite3_column_int64 (statement, column + 1),
                     sqlite3_column_int64 (statement, column + 2),
                     sqlite3_column_type (statement, column + 2) == SQLITE_NULL);
}

void
helio_ledger_take_row (sqlite3_context *context, G_GNUC_UNUSED int n_values, sqlite3_value **values)
{
  HelioLedger *ledger = sqlite3_user_data (context);
  HelioRow row
      = decode_row (sqlite3_value_int64 (values[0]), sqlite3_value_int64 (values[1]),
                    sqlite3_value_int64 (values[2]), sqlite3_value_type (values[2]) == SQLITE_NULL);

  const GArray *taken = ledger->taken;

  if (taken->len >= ledger->take_most
      && g_array_index (taken, HelioRow, taken->len - 1).start != row.start)
    sqlite3_result_int (context, 1);
  else
    g_array_append_val (ledger->taken, row);
}

/* 1: found; 0: not there; -1: error. */
static int
find_row (HelioLedger *ledger, int64_t track, const HelioRow *key, HelioRow *row, GError **error)
{
  g_autoptr (sqlite3_stmt) find = helio_ledger_statement (ledger, STATEMENT_FIND_ROW, error);
  int found;

  if (find == NULL)
    return -1;

  bind_row (find, track, key);
  found = helio_ledger_step (ledger, find, error);
  if (found > 0)
    helio_ledger_decode_row (find, 0, row);
  return found;
}

/* The old row is gone or changed: count it off, and take it off the list if it stands there. */
static gboolean
leave_row (
    HelioLedger *ledger, int64_t track, const HelioRow *old, HelioRowCounts *counts, GError **error)
{
  counts->by_kind[old->kind]--;
  return old->kind != HELIO_ROW_REJECTED
         || RUN (ledger, STATEMENT_REMOVE_REJECTED, error, track, old->start, old->n);
}

static gboolean
update_row (
    HelioLedger *ledger, int64_t track, const HelioRow *row, HelioRowCounts *counts, GError **error)
{
  g_autoptr (sqlite3_stmt) update = helio_ledger_statement (ledger, STATEMENT_UPDATE_ROW, error);
  HelioRow old;

  if (update == NULL || find_row (ledger, track, row, &old, error) <= 0)
    return FALSE;
  if (old.kind == row->kind && (old.check == row->check || row->kind == HELIO_ROW_DROPPED))
    return TRUE;

  bind_row (update, track, row);
  bind_form (update, 4, row);
  counts->by_kind[row->kind]++;
  return helio_ledger_step (ledger, update, error) >= 0
         && leave_row (ledger, track, &old, counts, error);
}

/* Adds HELIO_LEDGER_ROWS_AT_ONCE rows from @rows on, if there is none yet among their starts.
 * 1: added; 0: there is one; -1: error. */
static int
add_new_rows (HelioLedger *ledger,
              int64_t track,
              const HelioRow *rows,
              HelioRowCounts *counts,
              GError **error)
{
  g_autoptr (sqlite3_stmt) has = helio_ledger_statement (ledger, STATEMENT_HAS_ROWS, error);
  g_autoptr (sqlite3_stmt) add = helio_ledger_statement (ledger, STATEMENT_ADD_ROWS, error);
  int64_t lo = rows[0].start, hi = rows[0].start;
  int found;

  if (has == NULL || add == NULL)
    return -1;
  for (int i = 1; i < HELIO_LEDGER_ROWS_AT_ONCE; i++)
    {
      lo = MIN (lo, rows[i].start);
      hi = MAX (hi, rows[i].start);
    }
  sqlite3_bind_int64 (has, 1, track);
  sqlite3_bind_int64 (has, 2, lo);
  sqlite3_bind_int64 (has, 3, hi);
  found = helio_ledger_step (ledger, has, error);
  if (found != 0)
    return found < 0 ? -1 : 0;

  for (int i = 0; i < HELIO_LEDGER_ROWS_AT_ONCE; i++)
    {
      sqlite3_bind_int64 (add, 4 * i + 1, track);
      sqlite3_bind_int64 (add, 4 * i + 2, rows[i].start);
      sqlite3_bind_int64 (add, 4 * i + 3, rows[i].n);
      bind_form (add, 4 * i + 4, &rows[i]);
    }
  if (helio_ledger_step (ledger, add, error) < 0)
    return -1;
  for (int i = 0; i < HELIO_LEDGER_ROWS_AT_ONCE; i++)
    counts->by_kind[rows[i].kind]++;
  return 1;
}

/* The old row has to be known for the counts. Asking for each would make the backfill, where there
 * is none, slower: so insert, and look only where that did nothing. */
gboolean
helio_ledger_put_rows (
    HelioLedger *ledger, int64_t track, const GArray *rows, HelioRowCounts *counts, GError **error)
{
  g_autoptr (sqlite3_stmt) add = helio_ledger_statement (ledger, STATEMENT_ADD_ROW, error);

  if (add == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      const HelioRow *row = &g_array_index (rows, HelioRow, i);

      if (i % HELIO_LEDGER_ROWS_AT_ONCE == 0 && rows->len - i >= HELIO_LEDGER_ROWS_AT_ONCE)
        {
          int added = add_new_rows (ledger, track, row, counts, error);

          if (added < 0)
            return FALSE;
          if (added > 0)
            {
              i += HELIO_LEDGER_ROWS_AT_ONCE - 1;
              continue;
            }
        }
      bind_row (add, track, row);
      bind_form (add, 4, row);
      if (helio_ledger_step (ledger, add, error) < 0)
        return FALSE;
      sqlite3_reset (add);

      if (sqlite3_changes (ledger->db) > 0)
        counts->by_kind[row->kind]++;
      else if (!update_row (ledger, track, row, counts, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
helio_ledger_drop_rows (
    HelioLedger *ledger, int64_t track, const GArray *rows, HelioRowCounts *counts, GError **error)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const HelioRow *row = &g_array_index (rows, HelioRow, i);
      HelioRow old;
      int found = find_row (ledger, track, row, &old, error);

      if (found < 0)
        return FALSE;
      if (found > 0
          && (!RUN (ledger, STATEMENT_REMOVE_ROW, error, track, row->start, row->n)
              || !leave_row (ledger, track, &old, counts, error)))
        return FALSE;
    }

  return TRUE;
}

/* 1: there are more; 0: these are all; -1: error. */
static int
take_rows (HelioLedger *ledger,
           int64_t track,
           int64_t lo,
           int64_t hi,
           guint most,
           GArray *rows,
           GError **error)
{
  g_autoptr (sqlite3_stmt) take = helio_ledger_statement (ledger, STATEMENT_TAKE_ROWS, error);
  int found;

  if (take == NULL)
    return -1;
  BIND (take, track, lo, hi);
  ledger->taken = rows;
  ledger->take_most = most;
  found = helio_ledger_step (ledger, take, error);
  ledger->taken = NULL;
  return found;
}

gboolean
helio_ledger_read_rows (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GArray *rows, GError **error)
{
  g_return_val_if_fail (ledger != NULL && rows != NULL, FALSE);

  return take_rows (ledger, track, lo, hi, G_MAXUINT, rows, error) == 0;
}

gboolean
helio_ledger_read_newest_rows (HelioLedger *ledger,
                               int64_t track,
                               int64_t lo,
                               int64_t hi,
                               guint most,
                               GArray *rows,
                               int64_t *from,
                               GError **error)
{
  int found;

  g_return_val_if_fail (ledger != NULL && rows != NULL && from != NULL, FALSE);
  g_return_val_if_fail (rows->len == 0 && most > 0, FALSE);

  found = take_rows (ledger, track, lo, hi, most, rows, error);
  *from = found > 0 ? g_array_index (rows, HelioRow, rows->len - 1).start : lo;
  return found >= 0;
}

gboolean
helio_ledger_sum (HelioLedger *ledger,
                  int64_t track,
                  int64_t from,
                  int64_t to,
                  int64_t step,
                  GArray *sums,
                  GError **error)
{
  g_autoptr (sqlite3_stmt) read = NULL;
  HelioLedgerSum sum = { 0 };
  int found;

  g_return_val_if_fail (ledger != NULL && sums != NULL && step > 0, FALSE);
  g_return_val_if_fail (from >= HELIO_TIME_MIN, FALSE);

  read = helio_ledger_statement (ledger, STATEMENT_SUM_ROWS, error);
  if (read == NULL)
    return FALSE;

  BIND (read, track, from, to);
  while ((found = helio_ledger_step (ledger, read, error)) > 0)
    {
      int64_t start = sqlite3_column_int64 (read, 0);
      int64_t step_from = start - (start - from) % step;

      if (sum.count > 0 && sum.from != step_from)
        {
          g_array_append_val (sums, sum);
          sum = (HelioLedgerSum){ 0 };
        }
      sum.from = step_from;
      sum.count++;
      sum.check += (uint32_t) sqlite3_column_int64 (read, 1);
    }

  if (found == 0 && sum.count > 0)
    g_array_append_val (sums, sum);
  return found == 0;
}

static int
find_start (
    HelioLedger *ledger, HelioLedgerStatement which, int64_t track, int64_t *start, GError **error)
{
  g_autoptr (sqlite3_stmt) find = helio_ledger_statement (ledger, which, error);
  int found;

  if (find == NULL)
    return -1;

  BIND (find, track);
  found = helio_ledger_step (ledger, find, error);
  if (found > 0)
    *start = sqlite3_column_int64 (find, 0);
  return found;
}

gboolean
helio_ledger_get_extent (HelioLedger *ledger,
                         int64_t track,
                         gboolean *has_any,
                         int64_t *first,
                         int64_t *last,
                         GError **error)
{
  int found;

  g_return_val_if_fail (ledger != NULL, FALSE);
  g_return_val_if_fail (has_any != NULL && first != NULL && last != NULL, FALSE);

  *has_any = FALSE;
  *first = 0;
  *last = 0;

  found = find_start (ledger, STATEMENT_FIRST_START, track, first, error);
  if (found > 0)
    found = find_start (ledger, STATEMENT_LAST_START, track, last, error);
  *has_any = found > 0;
  return found >= 0;
}
