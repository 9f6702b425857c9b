/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-days.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"

/* An interval that reaches into the first day began at most this long before it. */
#define LOOK_BACK (31 * HELIO_DAY)

/* What was counted is good for so long: anybody may ask. */
#define FRESH_MS (30 * HELIO_SECOND)

typedef struct
{
  int64_t start;
  int64_t end;
} Interval;

/**
 * Count:
 * @seconds: (element-type int64_t): per day, oldest first
 * @today: the last day as days since year 1
 */
typedef struct
{
  GArray *seconds;
  guint32 today;
  char *timezone;
  int64_t counted;
} Count;

struct _HelioDays
{
  HelioStore *store;
  GHashTable *counts; /* device id -> Count */
};

static void
count_free (gpointer data)
{
  Count *count = data;

  g_array_unref (count->seconds);
  g_free (count->timezone);
  g_free (count);
}

HelioDays *
helio_days_new (HelioStore *store)
{
  HelioDays *days = g_new0 (HelioDays, 1);

  days->store = store;
  days->counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, count_free);
  return days;
}

void
helio_days_free (HelioDays *days)
{
  g_hash_table_unref (days->counts);
  g_free (days);
}

void
helio_days_forget (HelioDays *days, int64_t device)
{
  g_hash_table_remove (days->counts, &device);
}

static gboolean
is_not_afk (const char *data, gsize length)
{
  HelioJson json;
  const char *key;
  gsize key_length;
  gboolean found = FALSE;

  helio_json_init (&json, data, length);
  if (!helio_json_enter_object (&json))
    return FALSE;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      const char *text;
      gsize text_length;

      if (!helio_json_take_value (&json, &text, &text_length))
        return FALSE;
      if (helio_json_key_is (key, key_length, "status"))
        found = text_length == strlen ("\"not-afk\"")
                && memcmp (text, "\"not-afk\"", text_length) == 0;
    }
  return found;
}

typedef struct
{
  GArray *intervals;
  int64_t from;
  int64_t to;
} Collection;

static void
collect (int64_t start, int64_t duration, const char *data, gsize length, gpointer user_data)
{
  Collection *collection = user_data;
  Interval interval = {
    .start = MAX (start, collection->from),
    .end = MIN (start + duration, collection->to),
  };

  if (interval.end > interval.start && is_not_afk (data, length))
    g_array_append_val (collection->intervals, interval);
}

static int
compare_intervals (gconstpointer a, gconstpointer b)
{
  int64_t one = ((const Interval *) a)->start;
  int64_t two = ((const Interval *) b)->start;

  return one < two ? -1 : one > two;
}

/* Adds an interval to the days it lies in. @midnights has one more than there are days. */
static void
add_interval (int64_t *sums, const int64_t *midnights, guint n_days, Interval interval)
{
  for (guint day = 0; day < n_days && midnights[day] < interval.end; day++)
    {
      int64_t start = MAX (interval.start, midnights[day]);
      int64_t end = MIN (interval.end, midnights[day + 1]);

      if (end > start)
        sums[day] += end - start;
    }
}

static void
sum_union (GArray *intervals, const int64_t *midnights, guint n_days, int64_t *sums)
{
  Interval merged = { 0 };
  guint first_day = 0;

  g_array_sort (intervals, compare_intervals);
  for (guint i = 0; i <= intervals->len; i++)
    {
      const Interval *next = i < intervals->len ? &g_array_index (intervals, Interval, i) : NULL;

      if (next != NULL && i > 0 && next->start <= merged.end)
        {
          merged.end = MAX (merged.end, next->end);
          continue;
        }
      if (i > 0)
        {
          while (first_day + 1 < n_days && midnights[first_day + 1] <= merged.start)
            first_day++;
          add_interval (sums + first_day, midnights + first_day, n_days - first_day, merged);
        }
      if (next != NULL)
        merged = *next;
    }
}

static GTimeZone *
zone_of (const HelioDevice *device)
{
  GTimeZone *zone = g_time_zone_new_identifier (device->timezone);

  return zone != NULL ? zone : g_time_zone_new_utc ();
}

static guint32
julian_day (GDateTime *time)
{
  int year, month, day;
  GDate date;

  g_date_time_get_ymd (time, &year, &month, &day);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  return g_date_get_julian (&date);
}

/* The first moment of a day: in some zones a clock is set at midnight, which then is left out, or
 * comes twice. */
static int64_t
midnight (GTimeZone *zone, guint32 julian)
{
  GDate date;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GDateTime) hour_before = NULL;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, julian);
  time = g_date_time_new (zone, g_date_get_year (&date), (int) g_date_get_month (&date),
                          g_date_get_day (&date), 0, 0, 0);
  hour_before = g_date_time_add_hours (time, -1);
  if (julian_day (hour_before) == julian)
    return g_date_time_to_unix (hour_before) * HELIO_SECOND;
  return g_date_time_to_unix (time) * HELIO_SECOND;
}

static Count *
count_days (HelioDays *days,
            const HelioDevice *device,
            GTimeZone *zone,
            guint32 today,
            int64_t now,
            guint n_days,
            GError **error)
{
  g_autofree int64_t *midnights = g_new (int64_t, n_days + 1);
  g_autofree int64_t *sums = g_new0 (int64_t, n_days);
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (Interval));
  Collection collection = { .intervals = intervals };
  Count *count;

  for (guint i = 0; i <= n_days; i++)
    midnights[i] = midnight (zone, today - n_days + 1 + i);
  collection.from = midnights[0];
  collection.to = MIN (midnights[n_days], now); /* nobody was active in the future */
  if (!helio_store_each_afk (days->store, device->id, midnights[0] - LOOK_BACK, collection.to,
                             collect, &collection, error))
    return NULL;
  sum_union (intervals, midnights, n_days, sums);

  count = g_new0 (Count, 1);
  count->seconds = g_array_sized_new (FALSE, FALSE, sizeof (int64_t), n_days);
  for (guint i = 0; i < n_days; i++)
    g_array_append_vals (count->seconds, &(int64_t){ sums[i] / HELIO_SECOND }, 1);
  count->today = today;
  count->timezone = g_strdup (device->timezone);
  count->counted = now;
  return count;
}

gboolean
helio_days_read (HelioDays *days,
                 const HelioDevice *device,
                 int64_t now,
                 guint n_days,
                 GString *json,
                 GError **error)
{
  g_autoptr (GTimeZone) zone = zone_of (device);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / HELIO_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
  guint32 today = julian_day (local);
  Count *count = g_hash_table_lookup (days->counts, &device->id);

  g_return_val_if_fail (n_days >= 1 && n_days <= HELIO_DAYS_MAX, FALSE);
  if (count == NULL || count->seconds->len < n_days || count->today != today
      || strcmp (count->timezone, device->timezone) != 0 || now < count->counted
      || now - count->counted > FRESH_MS)
    {
      count = count_days (days, device, zone, today, now, n_days, error);
      if (count == NULL)
        return FALSE;
      g_hash_table_insert (days->counts, g_memdup2 (&device->id, sizeof device->id), count);
    }

  g_string_append_c (json, '[');
  for (guint i = 0; i < n_days; i++)
    {
      guint32 julian = today - n_days + 1 + i;
      GDate date;

      g_date_clear (&date, 1);
      g_date_set_julian (&date, julian);
      g_string_append_printf (
          json, "%s{\"date\":\"%04d-%02d-%02d\",\"active\":%" G_GINT64_FORMAT "}",
          i == 0 ? "" : ",", g_date_get_year (&date), (int) g_date_get_month (&date),
          g_date_get_day (&date),
          g_array_index (count->seconds, int64_t, count->seconds->len - n_days + i));
    }
  g_string_append_c (json, ']');
  return TRUE;
}
