/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "config.h"

#include "sync/helio-reconcile.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/helio-text.h"
#include "sync/helio-run.h"

/* Sums are compared day by day (UTC). */
#define STEP HELIO_DAY

static int64_t
floor_step (int64_t time)
{
  int64_t rest = time % STEP;

  return time - rest - (rest < 0 ? STEP : 0);
}

/* -- comparing sums ---------------------------------------------------------------------------- */

/* Starts of the days in which @ours and @theirs differ. Both are sorted and leave empty days out.
 */
static GArray *
compare_sums (const GArray *ours, const GArray *theirs)
{
  GArray *differs = g_array_new (FALSE, FALSE, sizeof (int64_t));
  guint i = 0, k = 0;

  while (i < ours->len || k < theirs->len)
    {
      const HelioLedgerSum *our = NULL;
      const HelioRangeSum *their = NULL;
      int64_t from = HELIO_TIME_MAX;

      if (i < ours->len)
        {
          our = &g_array_index (ours, HelioLedgerSum, i);
          from = our->from;
        }
      if (k < theirs->len)
        {
          their = &g_array_index (theirs, HelioRangeSum, k);
          from = MIN (from, their->from);
        }
      if (our != NULL && our->from > from)
        our = NULL;
      if (their != NULL && their->from > from)
        their = NULL;
      i += our != NULL;
      k += their != NULL;
      if (our == NULL || their == NULL || our->count != their->count || our->check != their->check)
        g_array_append_val (differs, from);
    }
  return differs;
}

static const HelioHeldBucket *
find_held (const GPtrArray *held, const char *bucket)
{
  for (guint i = 0; i < held->len; i++)
    {
      const HelioHeldBucket *one = g_ptr_array_index (held, i);

      if (g_str_equal (one->id, bucket))
        return one;
    }
  return NULL;
}

/* The days in which the ledger and the destination differ about a bucket, and what the
 * destination holds of it. */
static GArray *
compare_bucket (HelioLedger *ledger,
                int64_t track,
                const char *bucket,
                HelioDestination *destination,
                const HelioHeldBucket *held,
                int64_t *n_held,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (HelioLedgerSum));
  g_autoptr (GArray) theirs = NULL;
  gboolean has_any;
  int64_t first, last;

  if (!helio_ledger_get_extent (ledger, track, &has_any, &first, &last, error))
    return NULL;
  if (held != NULL)
    {
      first = has_any ? MIN (first, held->first) : held->first;
      last = has_any ? MAX (last, held->last) : held->last;
    }
  else if (!has_any)
    {
      *n_held = 0;
      return g_array_new (FALSE, FALSE, sizeof (int64_t));
    }
  first = floor_step (first);

  if (!helio_ledger_sum (ledger, track, first, last + 1, STEP, ours, error))
    return NULL;
  if (held != NULL)
    theirs = helio_destination_get_ranges (destination, bucket, first, last + 1, STEP, cancellable,
                                           error);
  else
    theirs = g_array_new (FALSE, FALSE, sizeof (HelioRangeSum));
  if (theirs == NULL)
    return NULL;

  *n_held = 0;
  for (guint i = 0; i < theirs->len; i++)
    *n_held += g_array_index (theirs, HelioRangeSum, i).count;
  return compare_sums (ours, theirs);
}

/* -- reading back ------------------------------------------------------------------------------ */

/* What the ledger has of one day, by key. */
static GHashTable *
rows_by_key (const GArray *rows)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      HelioRow *row = &g_array_index (rows, HelioRow, i);

      g_hash_table_insert (table, g_strdup_printf ("%" G_GINT64_FORMAT "/%u", row->start, row->n),
                           row);
    }
  return table;
}

static gboolean
is_held (const HelioRow *row)
{
  return row->kind == HELIO_ROW_HELD || row->kind == HELIO_ROW_KEPT;
}

static void
name_day (GHashTable *names, int64_t start)
{
  g_hash_table_add (names, helio_text_typed_day (start));
}

/* Names the local days of the rows that the destination does not hold. Returns how many rows. */
static guint
name_missing (GHashTable *names, const GArray *rows, const GArray *held)
{
  g_autoptr (GHashTable) theirs = rows_by_key (held);
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const HelioRow *row = &g_array_index (rows, HelioRow, i);
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT "/%u", row->start, row->n);

      if (!is_held (row) || g_hash_table_contains (theirs, name))
        continue;
      name_day (names, row->start);
      n++;
    }
  return n;
}

/* Puts the keys of a destination in place of the ledger's rows of one day, and uncovers the day.
 * @names: (nullable): takes the local days of what differs */
static gboolean
replace_day (HelioLedger *ledger,
             int64_t destination,
             int64_t track,
             int64_t day,
             const GArray *keys,
             GHashTable *names,
             GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  g_autoptr (GArray) put = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  g_autoptr (GHashTable) known = NULL;
  int64_t changed_lo = HELIO_TIME_MAX, changed_hi = HELIO_TIME_MIN;
  guint n_named = 0;
  HelioRecord record = {
    .destination = destination,
    .track = track,
    .put = put,
    .remove = rows,
    .lo = HELIO_TIME_MAX,
    .hi = HELIO_TIME_MIN,
    .acked_seq = -1,
  };

  if (!helio_ledger_read_rows (ledger, track, day, day + STEP - 1, rows, error))
    return FALSE;
  known = rows_by_key (rows);
  for (guint i = 0; i < keys->len; i++)
    {
      const HelioKey *key = &g_array_index (keys, HelioKey, i);
      HelioRow held = { key->start, key->n, key->check, HELIO_ROW_HELD };

      if (key->start < day || key->start >= day + STEP)
        continue;

      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT "/%u", key->start, key->n);
      const HelioRow *row = g_hash_table_lookup (known, name);

      /* Under its old form, too: ActivityWatch does not tell the one it should have. */
      if (row != NULL && row->kind == HELIO_ROW_KEPT)
        held.kind = HELIO_ROW_KEPT;
      if (row == NULL || !is_held (row) || row->check != key->check)
        {
          changed_lo = MIN (changed_lo, key->start);
          changed_hi = MAX (changed_hi, key->start);
          if (names != NULL)
            name_day (names, key->start);
          n_named++;
        }
      g_array_append_val (put, held);
    }
  /* Its sums and its keys may contradict each other: then it is not proved that all is well. */
  if (names != NULL && n_named + name_missing (names, rows, put) == 0)
    name_day (names, day);
  /* The rows last: until they are written both sides differ, and are compared again. By what rules
   * was made what changed nobody knows. */
  return helio_ledger_forget (ledger, track, changed_lo, changed_hi, error)
         && helio_ledger_uncover (ledger, track, day, day + STEP - 1, error)
         && helio_ledger_record (ledger, &record, error);
}

/* Reads the keys of the bucket and keeps those of the days named. */
static GArray *
read_keys (HelioDestination *destination,
           const char *bucket,
           const GArray *days,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (HelioKey));
  g_autoptr (GHashTable) set = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree char *cursor = NULL;

  for (guint i = 0; i < days->len; i++)
    g_hash_table_add (set, &g_array_index (days, int64_t, i));
  do
    {
      g_autoptr (GArray) keys
          = helio_destination_get_keys (destination, bucket, &cursor, cancellable, error);

      if (keys == NULL)
        return NULL;
      for (guint i = 0; i < keys->len; i++)
        {
          int64_t day = floor_step (g_array_index (keys, HelioKey, i).start);

          if (g_hash_table_contains (set, &day))
            g_array_append_vals (wanted, &g_array_index (keys, HelioKey, i), 1);
        }
    }
  while (cursor != NULL);
  return g_steal_pointer (&wanted);
}

static gboolean
mend_bucket (HelioLedger *ledger,
             int64_t destination_id,
             int64_t track,
             const char *bucket,
             HelioDestination *destination,
             gboolean is_there,
             const GArray *days,
             GHashTable *names,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GArray) keys = NULL;

  if (days->len == 0)
    return TRUE;
  if (is_there)
    keys = read_keys (destination, bucket, days, cancellable, error);
  else
    keys = g_array_new (FALSE, FALSE, sizeof (HelioKey));
  if (keys == NULL)
    return FALSE;
  g_message ("%u days of %s differ at %s: they are published again", days->len, bucket,
             helio_destination_get_name (destination));
  for (guint i = 0; i < days->len; i++)
    if (!replace_day (ledger, destination_id, track, g_array_index (days, int64_t, i), keys, names,
                      error))
      return FALSE;
  return TRUE;
}

gboolean
helio_reconcile_bucket (HelioLedger *ledger,
                        int64_t destination_id,
                        const char *bucket,
                        HelioDestination *destination,
                        const GPtrArray *held,
                        GHashTable *names,
                        int64_t *n_held,
                        GCancellable *cancellable,
                        GError **error)
{
  const HelioHeldBucket *there = find_held (held, bucket);
  g_autoptr (GArray) days = NULL;
  g_auto (HelioTrack) track = { 0 };

  if (!helio_ledger_get_track (ledger, destination_id, bucket, &track, error))
    return FALSE;
  days = compare_bucket (ledger, track.id, bucket, destination, there, n_held, cancellable, error);
  return days != NULL
         && mend_bucket (ledger, destination_id, track.id, bucket, destination, there != NULL, days,
                         names, cancellable, error);
}

/* -- store and seq ----------------------------------------------------------------------------- */

static gboolean
fail_conflict (HelioDestination *destination, GError **error)
{
  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_CONFLICT,
      _ ("%s holds data of this device that the ledger does not know: another agent writes "
         "with this token, or the ledger is new or old. Adopt it to go on from what is there"),
      helio_destination_get_name (destination));
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Ids of the buckets that the ledger or the destination knows. */
static GPtrArray *
list_known (GPtrArray *tracks, const GPtrArray *held)
{
  GPtrArray *known = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < tracks->len; i++)
    g_ptr_array_add (known, g_strdup (g_ptr_array_index (tracks, i)));
  for (guint i = 0; i < held->len; i++)
    {
      const HelioHeldBucket *bucket = g_ptr_array_index (held, i);

      if (!g_ptr_array_find_with_equal_func (tracks, bucket->id, g_str_equal, NULL))
        g_ptr_array_add (known, g_strdup (bucket->id));
    }
  g_ptr_array_sort (known, compare_names);
  return known;
}

/* Makes the ledger agree with what the destination holds of every bucket. */
static gboolean
compare_all (HelioLedger *ledger,
             int64_t id,
             HelioDestination *destination,
             GHashTable *set_back,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GPtrArray) tracks = helio_ledger_list_tracks (ledger, id, error);
  g_autoptr (GPtrArray) held = NULL;
  g_autoptr (GPtrArray) known = NULL;

  if (tracks == NULL)
    return FALSE;
  held = helio_destination_get_buckets (destination, cancellable, error);
  if (held == NULL)
    return FALSE;
  known = list_known (tracks, held);
  for (guint i = 0; i < known->len; i++)
    {
      const char *bucket = g_ptr_array_index (known, i);
      g_autoptr (GHashTable) days = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      int64_t n_held;

      if (!helio_reconcile_bucket (ledger, id, bucket, destination, held, days, &n_held,
                                   cancellable, error))
        return FALSE;
      if (set_back != NULL && g_hash_table_size (days) > 0)
        g_hash_table_replace (set_back, g_strdup (bucket), g_steal_pointer (&days));
    }
  return TRUE;
}

gboolean
helio_reconcile (HelioLedger *ledger,
                 const char *name,
                 HelioDestination *destination,
                 const HelioBackendInfo *info,
                 GHashTable *set_back,
                 GCancellable *cancellable,
                 GError **error)
{
  g_auto (HelioLedgerDestination) known = { 0 };

  if (!helio_ledger_get_destination (ledger, name, &known, error))
    return FALSE;
  if (info->store == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NOT_A_BACKEND,
                   _ ("%s does not say which device the token stands for"),
                   helio_destination_get_name (destination));
      return FALSE;
    }
  if (!g_str_equal (known.store, info->store))
    {
      if (info->seq > 0)
        return fail_conflict (destination, error);
      if (known.store[0] != '\0')
        g_message ("%s has lost its data: all is published again",
                   helio_destination_get_name (destination));
      return helio_ledger_set_store (ledger, known.id, info->store, known.store[0] != '\0', error);
    }
  if (info->seq == known.acked_seq)
    return TRUE;
  if (info->seq > known.reserved_seq)
    return fail_conflict (destination, error);

  /* A write whose answer was lost, or a destination that was set back to a backup. */
  return compare_all (ledger, known.id, destination, set_back, cancellable, error)
         && helio_ledger_set_acked (ledger, known.id, info->seq, error);
}

/* -- adopt ---------------------------------------------------------------------------------------
 */

/* Fills a new track with all that the destination holds of the bucket. */
static gboolean
adopt_bucket (HelioLedger *ledger,
              int64_t id,
              const HelioHeldBucket *held,
              HelioDestination *destination,
              GCancellable *cancellable,
              GError **error)
{
  const char *bucket = held->id;
  g_auto (HelioTrack) old = { 0 };
  g_auto (HelioTrack) track = { 0 };
  g_autofree char *cursor = NULL;

  if (!helio_ledger_get_track (ledger, id, bucket, &old, error)
      || !helio_ledger_remove_track (ledger, old.id, error)
      || !helio_ledger_get_track (ledger, id, bucket, &track, error))
    return FALSE;
  g_free (track.type);
  g_free (track.client);
  g_free (track.hostname);
  track.type = g_strdup (held->type);
  track.client = g_strdup (held->client);
  track.hostname = g_strdup (held->hostname);
  if (!helio_ledger_set_track (ledger, &track, error))
    return FALSE;
  do
    {
      g_autoptr (GArray) put = g_array_new (FALSE, FALSE, sizeof (HelioRow));
      g_autoptr (GArray) keys
          = helio_destination_get_keys (destination, bucket, &cursor, cancellable, error);
      HelioRecord record = {
        .destination = id,
        .track = track.id,
        .put = put,
        .lo = HELIO_TIME_MAX,
        .hi = HELIO_TIME_MIN,
        .acked_seq = -1,
      };

      if (keys == NULL)
        return FALSE;
      for (guint i = 0; i < keys->len; i++)
        {
          const HelioKey *key = &g_array_index (keys, HelioKey, i);
          HelioRow row = { key->start, key->n, key->check, HELIO_ROW_HELD };

          g_array_append_val (put, row);
        }
      if (!helio_ledger_record (ledger, &record, error))
        return FALSE;
    }
  while (cursor != NULL);
  return TRUE;
}

gboolean
helio_adopt_run (const HelioJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (HelioLedger) ledger = helio_ledger_open (job->ledger_path, error);
  g_autoptr (HelioDestination) destination = NULL;
  g_autoptr (HelioBackendInfo) info = NULL;
  g_autoptr (GPtrArray) held = NULL;
  g_auto (HelioLedgerDestination) known = { 0 };

  if (ledger == NULL)
    return FALSE;
  destination = helio_destination_new (job->url, job->token, job->allows_plain_http, error);
  if (destination == NULL)
    return FALSE;
  info = helio_destination_connect (destination, cancellable, error);
  if (info == NULL)
    return FALSE;
  held = helio_destination_get_buckets (destination, cancellable, error);
  if (held == NULL || !helio_ledger_get_destination (ledger, job->destination, &known, error)
      || !helio_ledger_set_store (ledger, known.id, "", TRUE, error))
    return FALSE;
  for (guint i = 0; i < held->len; i++)
    {
      const HelioHeldBucket *bucket = g_ptr_array_index (held, i);

      if (!adopt_bucket (ledger, known.id, bucket, destination, cancellable, error))
        return FALSE;
    }
  return helio_ledger_set_acked (ledger, known.id, info->seq, error)
         && helio_ledger_set_store (ledger, known.id, info->store, FALSE, error);
}
