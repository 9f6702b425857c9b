/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-days.h"

#include <string.h>

#include "model/helio-event.h"
#include "server/helio-calendar.h"
#include "server/helio-spans.h"

/* What was counted is good for so long: anybody may ask. */
#define FRESH_MS (30 * HELIO_SECOND)

/**
 * Count:
 * @seconds: (element-type int64_t): per day, oldest first
 * @today: the last day
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

static Count *
count_days (HelioDays *days,
            const HelioDevice *device,
            GTimeZone *zone,
            guint32 today,
            int64_t now,
            guint n_days,
            GError **error)
{
  g_autofree int64_t *midnights = helio_calendar_list_midnights (zone, today - n_days + 1, n_days);
  g_autofree int64_t *sums = g_new0 (int64_t, n_days);
  g_autoptr (GArray) here = helio_spans_new ();
  Count *count;

  /* Nobody was active in the future. */
  if (!helio_spans_read_presence (days->store, device->id, midnights[0],
                                  MIN (midnights[n_days], now), here, NULL, error))
    return NULL;
  helio_spans_sum_days (here, midnights, n_days, sums);

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
  g_autoptr (GTimeZone) zone = helio_calendar_get_zone (device->timezone);
  guint32 today = helio_calendar_get_day (zone, now);
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
      g_string_append (json, i == 0 ? "{\"date\":\"" : ",{\"date\":\"");
      helio_calendar_append (json, today - n_days + 1 + i);
      g_string_append_printf (
          json, "\",\"active\":%" G_GINT64_FORMAT "}",
          g_array_index (count->seconds, int64_t, count->seconds->len - n_days + i));
    }
  g_string_append_c (json, ']');
  return TRUE;
}
