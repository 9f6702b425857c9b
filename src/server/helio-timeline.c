/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-timeline.h"

#include "json/helio-json.h"
#include "server/helio-apps.h"
#include "server/helio-calendar.h"
#include "server/helio-spans.h"
#include "server/helio-sums.h"

/* An answer is bounded: what is left out of it is counted. */
#define MAX_SPANS 2000

/* Returns how many there were. */
static guint
remove_unnamed (GArray *spans)
{
  guint kept = 0, all = spans->len;

  for (guint i = 0; i < all; i++)
    {
      const HelioSpan span = g_array_index (spans, HelioSpan, i);

      if (span.app != HELIO_USE_UNNAMED)
        g_array_index (spans, HelioSpan, kept++) = span;
    }
  g_array_set_size (spans, kept);
  return all - kept;
}

static void
append_spans (GString *json, const char *name, const GArray *spans, const HelioUse *use)
{
  g_string_append_printf (json, ",\"%s\":[", name);
  for (guint i = 0; i < spans->len; i++)
    {
      const HelioSpan *span = &g_array_index (spans, HelioSpan, i);

      g_string_append_printf (json, "%s{\"start\":%" G_GINT64_FORMAT ",\"end\":%" G_GINT64_FORMAT,
                              i == 0 ? "" : ",", span->start, span->end);
      if (spans == use->spans)
        {
          const HelioUseApp *app = g_ptr_array_index (use->apps, span->app);

          g_string_append (json, ",\"app\":");
          helio_json_append_string (json, app->name, -1);
        }
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

gboolean
helio_timeline_read (HelioStore *store,
                     int64_t device,
                     const char *timezone,
                     guint32 day,
                     int64_t now,
                     GString *json,
                     GError **error)
{
  g_autoptr (GTimeZone) zone = helio_calendar_get_zone (timezone);
  g_autoptr (HelioSums) sums = helio_sums_new ();
  g_autoptr (HelioDaySum) sum = NULL;
  g_autoptr (HelioUse) use = NULL;
  int64_t from = helio_calendar_get_midnight (zone, day);
  int64_t to = helio_calendar_get_midnight (zone, day + 1);
  guint left_out;

  /* Nobody was active in the future. */
  use = helio_use_read (store, device, from, MAX (from, MIN (to, now)), TRUE, error);
  if (use == NULL)
    return FALSE;
  g_string_append (json, "{\"date\":\"");
  helio_calendar_append (json, day);
  g_string_append (json, "\",\"timezone\":");
  helio_json_append_string (json, timezone, -1);
  g_string_append_printf (json, ",\"from\":%" G_GINT64_FORMAT ",\"to\":%" G_GINT64_FORMAT ",", from,
                          to);
  sum = helio_sums_make_day (use);
  helio_sums_add (sums, sum);
  helio_sums_append (sums, json);
  if (!helio_apps_append_trust (store, device, json, error))
    return FALSE;
  left_out = remove_unnamed (use->spans) + helio_spans_limit (use->spans, MAX_SPANS)
             + helio_spans_limit (use->here, MAX_SPANS) + helio_spans_limit (use->away, MAX_SPANS);
  append_spans (json, "here", use->here, use);
  append_spans (json, "away", use->away, use);
  append_spans (json, "spans", use->spans, use);
  g_string_append_printf (json, ",\"left_out\":%u}", left_out);
  return TRUE;
}
