/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-ledger"

#include "config.h"

#include "ledger/helio-ledger-private.h"

/* Covered ranges are disjoint, so those that touch [lo, hi] are the newest ones that begin at or
 * before its end, down to the first that ends before its beginning. */

typedef struct
{
  int64_t lo;
  int64_t hi;
  uint64_t rules_hash;
} Range;

static GArray *
read_ranges (HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error)
{
  g_autoptr (sqlite3_stmt) down = helio_ledger_statement (ledger, STATEMENT_RANGES_DOWN, error);
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  int found;

  if (down == NULL)
    return NULL;

  BIND (down, track, hi);
  while ((found = helio_ledger_step (ledger, down, error)) > 0)
    {
      Range range = {
        .lo = sqlite3_column_int64 (down, 0),
        .hi = sqlite3_column_int64 (down, 1),
        .rules_hash = (uint64_t) sqlite3_column_int64 (down, 2),
      };

      if (range.hi < lo)
        break;
      g_array_append_val (ranges, range);
    }
  return found >= 0 ? g_steal_pointer (&ranges) : NULL;
}

static gboolean
add_range (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, uint64_t rules_hash, GError **error)
{
  return RUN (ledger, STATEMENT_ADD_RANGE, error, track, lo, hi, (int64_t) rules_hash);
}

/* Takes [lo, hi] out of @range, which it touches: up to two parts stay. */
static gboolean
cut_range (
    HelioLedger *ledger, int64_t track, const Range *range, int64_t lo, int64_t hi, GError **error)
{
  if (range->lo < lo)
    {
      if (!RUN (ledger, STATEMENT_MOVE_RANGE, error, track, range->lo, range->lo, lo - 1))
        return FALSE;
    }
  else if (!RUN (ledger, STATEMENT_REMOVE_RANGE, error, track, range->lo))
    {
      return FALSE;
    }

  return range->hi <= hi || add_range (ledger, track, hi + 1, range->hi, range->rules_hash, error);
}

/* Also keeps the arithmetic on the ends from overflowing. */
static void
clamp (int64_t *lo, int64_t *hi)
{
  *lo = MAX (*lo, HELIO_TIME_MIN);
  *hi = MIN (*hi, HELIO_TIME_MAX);
}

/* What touches [lo, hi], newest first; nothing where that is empty. */
static GArray *
clamp_and_read (HelioLedger *ledger, int64_t track, int64_t *lo, int64_t *hi, GError **error)
{
  clamp (lo, hi);
  if (*lo > *hi)
    return g_array_new (FALSE, FALSE, sizeof (Range));
  return read_ranges (ledger, track, *lo, *hi, error);
}

gboolean
helio_ledger_cut_ranges (HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error)
{
  g_autoptr (GArray) ranges = clamp_and_read (ledger, track, &lo, &hi, error);

  if (ranges == NULL)
    return FALSE;

  for (guint i = 0; i < ranges->len; i++)
    if (!cut_range (ledger, track, &g_array_index (ranges, Range, i), lo, hi, error))
      return FALSE;
  return TRUE;
}

gboolean
helio_ledger_cover (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, uint64_t rules_hash, GError **error)
{
  g_autoptr (GArray) ranges = NULL;
  int64_t joined_lo, joined_hi;

  clamp (&lo, &hi);
  if (lo > hi)
    return TRUE;

  /* Wider by one: neighbours of the same hash join. */
  ranges = read_ranges (ledger, track, lo - 1, hi + 1, error);
  if (ranges == NULL)
    return FALSE;

  joined_lo = lo;
  joined_hi = hi;
  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (range->rules_hash == rules_hash)
        {
          if (range->lo <= lo && range->hi >= hi)
            return TRUE;
          joined_lo = MIN (joined_lo, range->lo);
          joined_hi = MAX (joined_hi, range->hi);
          if (!RUN (ledger, STATEMENT_REMOVE_RANGE, error, track, range->lo))
            return FALSE;
        }
      else if (range->lo <= hi && range->hi >= lo)
        {
          if (!cut_range (ledger, track, range, lo, hi, error))
            return FALSE;
        }
    }

  return add_range (ledger, track, joined_lo, joined_hi, rules_hash, error);
}

gboolean
helio_ledger_leave_ranges (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error)
{
  g_autoptr (GArray) ranges = clamp_and_read (ledger, track, &lo, &hi, error);

  if (ranges == NULL)
    return FALSE;

  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (!helio_ledger_cover (ledger, track, MAX (range->lo, lo), MIN (range->hi, hi),
                               (range->rules_hash & HELIO_LEDGER_RULES) | HELIO_LEDGER_OWN, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether nothing is to be done there for who asks with that hash. */
static gboolean
serves (const Range *range, uint64_t rules_hash)
{
  if ((range->rules_hash & HELIO_LEDGER_RULES) != (rules_hash & HELIO_LEDGER_RULES))
    return FALSE;
  if ((rules_hash & HELIO_LEDGER_OWN) != 0)
    return TRUE;
  return (range->rules_hash & HELIO_LEDGER_OWN) == 0
         && ((rules_hash & HELIO_LEDGER_LEFT) != 0 || (range->rules_hash & HELIO_LEDGER_LEFT) == 0);
}

gboolean
helio_ledger_get_gap (HelioLedger *ledger,
                      int64_t track,
                      int64_t lo,
                      int64_t hi,
                      uint64_t rules_hash,
                      gboolean *has_gap,
                      int64_t *gap_lo,
                      int64_t *gap_hi,
                      GError **error)
{
  g_autoptr (GArray) ranges = NULL;

  g_return_val_if_fail (ledger != NULL, FALSE);
  g_return_val_if_fail (has_gap != NULL && gap_lo != NULL && gap_hi != NULL, FALSE);

  ranges = clamp_and_read (ledger, track, &lo, &hi, error);
  if (ranges == NULL)
    return FALSE;

  *gap_lo = lo;
  *gap_hi = hi;
  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (!serves (range, rules_hash))
        continue;
      if (range->hi < *gap_hi)
        {
          *gap_lo = range->hi + 1;
          break;
        }
      *gap_hi = range->lo - 1;
    }

  *has_gap = *gap_lo <= *gap_hi;
  return TRUE;
}

gboolean
helio_ledger_get_piece (HelioLedger *ledger,
                        int64_t track,
                        int64_t lo,
                        int64_t hi,
                        uint64_t rules_hash,
                        HelioLedgerPiece *piece,
                        GError **error)
{
  g_autoptr (GArray) ranges = NULL;

  g_return_val_if_fail (ledger != NULL && piece != NULL, FALSE);

  ranges = clamp_and_read (ledger, track, &lo, &hi, error);
  if (ranges == NULL)
    return FALSE;

  *piece = (HelioLedgerPiece){ .lo = lo, .hi = hi };
  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (range->hi < piece->hi)
        {
          piece->lo = range->hi + 1;
          break;
        }
      if (!serves (range, rules_hash))
        {
          piece->lo = MAX (range->lo, lo);
          piece->rules_hash = range->rules_hash;
          break;
        }
      piece->hi = range->lo - 1;
    }
  piece->is_there = piece->lo <= piece->hi;
  return TRUE;
}

/* Adds the rows of [lo, hi], up to @most. */
static gboolean
count_rows (HelioLedger *ledger,
            int64_t track,
            int64_t lo,
            int64_t hi,
            int64_t most,
            int64_t *rows,
            GError **error)
{
  g_autoptr (sqlite3_stmt) count = NULL;

  if (lo > hi || *rows >= most)
    return TRUE;
  count = helio_ledger_statement (ledger, STATEMENT_COUNT_ROWS, error);
  if (count == NULL)
    return FALSE;
  BIND (count, track, lo, hi, most - *rows);
  if (helio_ledger_step (ledger, count, error) <= 0)
    return FALSE;
  *rows += sqlite3_column_int64 (count, 0);
  return TRUE;
}

gboolean
helio_ledger_get_rest (HelioLedger *ledger,
                       int64_t track,
                       int64_t lo,
                       int64_t hi,
                       uint64_t rules_hash,
                       int64_t most,
                       HelioLedgerRest *rest,
                       GError **error)
{
  g_autoptr (GArray) ranges = NULL;

  g_return_val_if_fail (ledger != NULL && rest != NULL, FALSE);

  ranges = clamp_and_read (ledger, track, &lo, &hi, error);
  if (ranges == NULL)
    return FALSE;

  *rest = (HelioLedgerRest){ 0 };
  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (!serves (range, rules_hash))
        {
          rest->is_of_other_rules
              |= (range->rules_hash & HELIO_LEDGER_RULES) != (rules_hash & HELIO_LEDGER_RULES);
          continue;
        }
      if (!count_rows (ledger, track, range->hi + 1, hi, most, &rest->rows, error))
        return FALSE;
      hi = range->lo - 1;
    }
  return count_rows (ledger, track, lo, hi, most, &rest->rows, error);
}

gboolean
helio_ledger_get_newest (HelioLedger *ledger, int64_t track, int64_t *newest, GError **error)
{
  g_autoptr (sqlite3_stmt) down = NULL;
  int found;

  g_return_val_if_fail (ledger != NULL && newest != NULL, FALSE);

  down = helio_ledger_statement (ledger, STATEMENT_RANGES_DOWN, error);
  if (down == NULL)
    return FALSE;
  BIND (down, track, HELIO_TIME_MAX);
  while ((found = helio_ledger_step (ledger, down, error)) > 0)
    if (((uint64_t) sqlite3_column_int64 (down, 2) & HELIO_LEDGER_OWN) == 0)
      break;
  *newest = found > 0 ? sqlite3_column_int64 (down, 1) : HELIO_TIME_MIN;
  return found >= 0;
}

gboolean
helio_ledger_uncover (HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error)
{
  g_return_val_if_fail (ledger != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, helio_ledger_leave_ranges (ledger, track, lo, hi, error), error);
}

gboolean
helio_ledger_forget (HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error)
{
  g_return_val_if_fail (ledger != NULL, FALSE);

  if (!helio_ledger_begin (ledger, error))
    return FALSE;
  return helio_ledger_end (ledger, helio_ledger_cut_ranges (ledger, track, lo, hi, error), error);
}
