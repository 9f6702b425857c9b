/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-stats.h"

#include <string.h>

static const char *const kind_names[AW_N_KINDS] = {
  [AW_KIND_OTHER] = "other",     [AW_KIND_INFO] = "info",
  [AW_KIND_BUCKETS] = "buckets", [AW_KIND_BUCKET] = "bucket",
  [AW_KIND_EVENTS] = "events",   [AW_KIND_EVENT] = "event",
  [AW_KIND_COUNT] = "count",     [AW_KIND_HEARTBEAT] = "heartbeat",
  [AW_KIND_INSERT] = "insert",   [AW_KIND_DELETE] = "delete",
  [AW_KIND_CREATE] = "create",   [AW_KIND_DELETE_BUCKET] = "delete-bucket",
  [AW_KIND_EXPORT] = "export",   [AW_KIND_IMPORT] = "import",
  [AW_KIND_QUERY] = "query",
};

void
aw_stats_connected (AwStats *stats)
{
  g_mutex_lock (&stats->mutex);
  stats->connections++;
  g_mutex_unlock (&stats->mutex);
}

void
aw_stats_begin (AwStats *stats)
{
  g_mutex_lock (&stats->mutex);
  stats->active++;
  stats->active_max = MAX (stats->active_max, stats->active);
  g_mutex_unlock (&stats->mutex);
}

void
aw_stats_end (AwStats *stats, AwKind kind, int64_t us, gsize bytes)
{
  g_mutex_lock (&stats->mutex);
  stats->active--;
  stats->requests[kind]++;
  stats->us[kind] += us;
  stats->longest_us[kind] = MAX (stats->longest_us[kind], us);
  stats->bytes += (int64_t) bytes;
  g_mutex_unlock (&stats->mutex);
}

void
aw_stats_read (AwStats *stats, int64_t limit, int64_t events)
{
  g_mutex_lock (&stats->mutex);
  stats->events += events;
  stats->max_limit = MAX (stats->max_limit, limit);
  stats->without_limit += limit < 0;
  g_mutex_unlock (&stats->mutex);
}

void
aw_stats_locked (AwStats *stats, gboolean is_heartbeat)
{
  g_mutex_lock (&stats->mutex);
  stats->locked_writes++;
  stats->lost_heartbeats += is_heartbeat;
  g_mutex_unlock (&stats->mutex);
}

void
aw_stats_origin (AwStats *stats)
{
  g_mutex_lock (&stats->mutex);
  stats->origins++;
  g_mutex_unlock (&stats->mutex);
}

void
aw_stats_reset (AwStats *stats)
{
  int64_t active;

  g_mutex_lock (&stats->mutex);
  active = stats->active;
  memset (&stats->requests, 0, sizeof *stats - G_STRUCT_OFFSET (AwStats, requests));
  stats->active = active;
  g_mutex_unlock (&stats->mutex);
}

static void
write_number (GString *out, const char *name, int64_t value)
{
  g_string_append_printf (out, "\"%s\":%" G_GINT64_FORMAT ",", name, (gint64) value);
}

void
aw_stats_write (AwStats *stats, GString *out)
{
  int64_t us = 0;

  g_mutex_lock (&stats->mutex);
  g_string_append_c (out, '{');
  write_number (out, "connections", stats->connections);
  write_number (out, "bytes", stats->bytes);
  write_number (out, "events", stats->events);
  write_number (out, "max_limit", stats->max_limit);
  write_number (out, "without_limit", stats->without_limit);
  write_number (out, "origins", stats->origins);
  write_number (out, "lost_heartbeats", stats->lost_heartbeats);
  write_number (out, "locked_writes", stats->locked_writes);
  write_number (out, "active", stats->active);
  write_number (out, "concurrent_max", stats->active_max);
  write_number (out, "event_reads_us", stats->us[AW_KIND_EVENTS] + stats->us[AW_KIND_EVENT]);
  write_number (out, "event_reads_longest_us",
                MAX (stats->longest_us[AW_KIND_EVENTS], stats->longest_us[AW_KIND_EVENT]));
  for (int i = 0; i < AW_N_KINDS; i++)
    us += stats->us[i];
  write_number (out, "us", us);
  g_string_append (out, "\"kinds\":{");
  for (int i = 0; i < AW_N_KINDS; i++)
    g_string_append_printf (out,
                            "%s\"%s\":{\"requests\":%" G_GINT64_FORMAT ",\"us\":%" G_GINT64_FORMAT
                            ",\"longest_us\":%" G_GINT64_FORMAT "}",
                            i > 0 ? "," : "", kind_names[i], (gint64) stats->requests[i],
                            (gint64) stats->us[i], (gint64) stats->longest_us[i]);
  g_string_append (out, "}}");
  g_mutex_unlock (&stats->mutex);
}
