/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What tests want to know about the requests. Zeroed: nothing counted. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef enum
{
  AW_KIND_OTHER,
  AW_KIND_INFO,
  AW_KIND_BUCKETS,
  AW_KIND_BUCKET,
  AW_KIND_EVENTS,
  AW_KIND_EVENT,
  AW_KIND_COUNT,
  AW_KIND_HEARTBEAT,
  AW_KIND_INSERT,
  AW_KIND_DELETE,
  AW_KIND_CREATE,
  AW_KIND_DELETE_BUCKET,
  AW_KIND_EXPORT,
  AW_KIND_IMPORT,
  AW_KIND_QUERY,
  AW_N_KINDS,
} AwKind;

typedef struct
{
  GMutex mutex;
  int64_t requests[AW_N_KINDS];
  int64_t us[AW_N_KINDS];
  int64_t longest_us[AW_N_KINDS];
  int64_t connections;
  int64_t bytes;
  int64_t events;
  int64_t max_limit;
  int64_t without_limit;
  int64_t origins;
  int64_t lost_heartbeats;
  int64_t locked_writes;
  int64_t active;
  int64_t active_max;
} AwStats;

void aw_stats_connected (AwStats *stats);
void aw_stats_begin (AwStats *stats);
void aw_stats_end (AwStats *stats, AwKind kind, int64_t us, gsize bytes);
/* @limit -1: the request had none. */
void aw_stats_read (AwStats *stats, int64_t limit, int64_t events);
void aw_stats_locked (AwStats *stats, gboolean is_heartbeat);
void aw_stats_origin (AwStats *stats);
void aw_stats_reset (AwStats *stats);
void aw_stats_write (AwStats *stats, GString *out);

G_END_DECLS
