/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

/* Sums of days that are over. They are forgotten in the transaction that changes what they were
 * counted from; and none is kept that was counted before the last write of its device, which took a
 * new seq. */

#include "server/helio-store-private.h"

HelioDaySum *
helio_day_sum_new (int64_t start, int64_t until, int64_t active, int64_t others, char *apps)
{
  HelioDaySum *day = g_new (HelioDaySum, 1);

  *day = (HelioDaySum){ start, until, active, others, apps };
  return day;
}

void
helio_day_sum_free (HelioDaySum *day)
{
  g_free (day->apps);
  g_free (day);
}

gboolean
helio_store_each_sum (HelioStore *store,
                      int64_t device,
                      int64_t from,
                      int64_t to,
                      HelioDaySumFunc func,
                      gpointer user_data,
                      GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_LIST_SUMS, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_int64 (stmt, 2, from);
  sqlite3_bind_int64 (stmt, 3, to);
  for (;;)
    {
      HelioDaySum day;

      if (!helio_store_step (store, stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      day = (HelioDaySum){ sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1),
                           sqlite3_column_int64 (stmt, 2), sqlite3_column_int64 (stmt, 3),
                           (char *) sqlite3_column_text (stmt, 4) };
      if (!func (&day, user_data, error))
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
    }
}

gboolean
helio_store_forget_sums (HelioStore *store, int64_t device, int64_t since, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_FORGET_SUMS, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_int64 (stmt, 2, since);
  return helio_store_finish (store, stmt, error);
}

static gboolean
keep_sum (HelioStore *store, int64_t device, const HelioDaySum *day, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_KEEP_SUM, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device);
  sqlite3_bind_int64 (stmt, 2, day->start);
  sqlite3_bind_int64 (stmt, 3, day->until);
  sqlite3_bind_int64 (stmt, 4, day->active);
  sqlite3_bind_int64 (stmt, 5, day->others);
  sqlite3_bind_text (stmt, 6, day->apps, -1, SQLITE_TRANSIENT);
  return helio_store_finish (store, stmt, error);
}

static gboolean
keep_sums (HelioStore *store,
           int64_t device,
           int64_t counted_seq,
           const GPtrArray *days,
           gboolean forgets_others,
           GError **error)
{
  int64_t seq;

  if (!helio_store_find_seq (store, device, &seq, error))
    return FALSE;
  if (seq != counted_seq)
    return TRUE;
  if (forgets_others && !helio_store_forget_sums (store, device, G_MININT64, error))
    return FALSE;
  for (guint i = 0; i < days->len; i++)
    if (!keep_sum (store, device, g_ptr_array_index (days, i), error))
      return FALSE;
  return TRUE;
}

void
helio_store_keep_sums (HelioStore *store,
                       int64_t device,
                       const GPtrArray *days,
                       gboolean forgets_others)
{
  g_autoptr (GError) error = NULL;
  int64_t seq;
  gboolean is_good = helio_store_find_seq (store, device, &seq, &error)
                     && helio_store_run (store, SQL_COMMIT, &error)
                     && helio_store_begin (store, &error);

  if (is_good)
    {
      is_good = keep_sums (store, device, seq, days, forgets_others, &error);
      is_good = helio_store_end (store, is_good, is_good ? &error : NULL);
    }
  if (!is_good)
    g_debug ("%u days will be counted again: %s", days->len, error->message);
}
