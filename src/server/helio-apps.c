/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-apps.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"
#include "server/helio-calendar.h"
#include "server/helio-sums.h"

/* No more is kept of one answer: a usual day needs some hundred bytes. */
#define MAX_KEPT_BYTES (8 * 1024 * 1024)

/**
 * Range:
 * @next: the first day that was not added yet
 * @active: ms per day
 * @counted: (element-type HelioDaySum): to be kept
 * @knows_others: whether the store holds sums that are no days here: the zone has changed
 */
typedef struct
{
  HelioStore *store;
  int64_t device;
  int64_t now;
  int64_t *midnights;
  guint n_days;
  guint next;
  HelioSums *sums;
  int64_t *active;
  GPtrArray *counted;
  gsize counted_bytes;
  gboolean knows_others;
} Range;

static void
range_clear (Range *range)
{
  g_free (range->midnights);
  g_free (range->active);
  helio_sums_free (range->sums);
  g_ptr_array_unref (range->counted);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Range, range_clear)

static void
add_day (Range *range, const HelioDaySum *day)
{
  helio_sums_add (range->sums, day);
  range->active[range->next++] = day->active;
}

/* Days without a kept sum, up to the one that ends at @until. */
static gboolean
count_days (Range *range, int64_t until, GError **error)
{
  while (range->next < range->n_days && range->midnights[range->next + 1] <= until)
    {
      int64_t from = range->midnights[range->next];
      int64_t to = range->midnights[range->next + 1];
      g_autoptr (HelioUse) use = NULL;
      g_autoptr (HelioDaySum) day = NULL;

      /* Nobody was active in the future. */
      use = helio_use_read (range->store, range->device, from, MAX (from, MIN (to, range->now)),
                            FALSE, error);
      if (use == NULL)
        return FALSE;
      day = helio_sums_make_day (use);
      add_day (range, day);
      range->counted_bytes += strlen (day->apps);
      /* A day that a zone left out has no length, and ends when the one before it does. */
      if (from < to && to <= range->now && range->counted_bytes <= MAX_KEPT_BYTES)
        g_ptr_array_add (range->counted, g_steal_pointer (&day));
    }
  return TRUE;
}

static gboolean
on_kept_day (const HelioDaySum *day, gpointer user_data, GError **error)
{
  Range *range = user_data;
  guint at = range->next;

  while (at < range->n_days && range->midnights[at + 1] < day->until)
    at++;
  if (at >= range->n_days || range->midnights[at] != day->start
      || range->midnights[at + 1] != day->until)
    {
      range->knows_others = TRUE;
      return TRUE;
    }
  /* After a clock was set back that day is not over. */
  if (day->until > range->now)
    return TRUE;
  if (!count_days (range, day->start, error))
    return FALSE;
  add_day (range, day);
  return TRUE;
}

static gboolean
read_range (Range *range, GError **error)
{
  int64_t end = range->midnights[range->n_days];

  return helio_store_each_sum (range->store, range->device, range->midnights[0], end, on_kept_day,
                               range, error)
         && count_days (range, end, error);
}

gboolean
helio_apps_append_trust (HelioStore *store, int64_t device, GString *json, GError **error)
{
  int64_t n_afk, n_windows;

  if (!helio_store_count_buckets (store, device, "afkstatus", &n_afk, error)
      || !helio_store_count_buckets (store, device, "currentwindow", &n_windows, error))
    return FALSE;
  g_string_append_printf (json, ",\"knows_away\":%s,\"left_out_buckets\":%" G_GINT64_FORMAT,
                          n_afk > 0 ? "true" : "false",
                          MAX (0, n_windows - HELIO_USE_WINDOW_BUCKETS_MAX));
  return TRUE;
}

gboolean
helio_apps_read (HelioStore *store,
                 int64_t device,
                 const char *timezone,
                 guint32 first,
                 guint32 last,
                 int64_t now,
                 GString *json,
                 GError **error)
{
  g_autoptr (GTimeZone) zone = helio_calendar_get_zone (timezone);
  guint n_days = last - first + 1;
  g_auto (Range) range = {
    .store = store,
    .device = device,
    .now = now,
    .midnights = helio_calendar_list_midnights (zone, first, n_days),
    .n_days = n_days,
    .sums = helio_sums_new (),
    .active = g_new0 (int64_t, n_days),
    .counted = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_day_sum_free),
  };

  if (!read_range (&range, error))
    return FALSE;
  g_string_append (json, "{\"from\":\"");
  helio_calendar_append (json, first);
  g_string_append (json, "\",\"to\":\"");
  helio_calendar_append (json, last);
  g_string_append (json, "\",\"timezone\":");
  helio_json_append_string (json, timezone, -1);
  g_string_append_c (json, ',');
  helio_sums_append (range.sums, json);
  if (!helio_apps_append_trust (store, device, json, error))
    return FALSE;
  g_string_append (json, ",\"days\":[");
  for (guint i = 0; i < n_days; i++)
    {
      g_string_append (json, i == 0 ? "{\"date\":\"" : ",{\"date\":\"");
      helio_calendar_append (json, first + i);
      g_string_append_printf (json, "\",\"active\":%" G_GINT64_FORMAT "}",
                              range.active[i] / HELIO_SECOND);
    }
  g_string_append (json, "]}");
  if (range.counted->len > 0)
    helio_store_keep_sums (store, device, range.counted, range.knows_others);
  return TRUE;
}
