/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* The earliest and latest start the protocol carries, in ms (below 2^53). HELIO_TIME_MIN as the
 * lower end of a range means "from the beginning". */
#define HELIO_TIME_MIN (-(G_GINT64_CONSTANT (1) << 53) + 1)
#define HELIO_TIME_MAX ((G_GINT64_CONSTANT (1) << 53) - 1)

#define HELIO_SECOND G_GINT64_CONSTANT (1000)
#define HELIO_MINUTE (60 * HELIO_SECOND)
#define HELIO_HOUR (60 * HELIO_MINUTE)
#define HELIO_DAY (24 * HELIO_HOUR)

/**
 * HelioEvent:
 * @start: ms since 1970-01-01 UTC, floored
 * @duration: ms, never negative
 * @id: ActivityWatch's id, meaningful only inside one read
 * @data: offset of the canonical data in the arena of the page
 * @data_len: its length in bytes
 *
 * One event as it was read. Events live in a [struct@HelioPage], which owns their data.
 */
typedef struct
{
  int64_t start;
  int64_t duration;
  int64_t id;
  uint32_t data;
  uint32_t data_len;
} HelioEvent;

/**
 * helio_event_start:
 * @seconds: whole seconds since 1970, floored
 * @nanoseconds: 0 .. 999999999
 *
 * The only place where the start of an event is truncated.
 *
 * Returns: the start in ms, floored
 */
int64_t helio_event_start (int64_t seconds, int32_t nanoseconds);

/**
 * helio_event_duration:
 * @seconds: the duration as ActivityWatch gives it: may be negative
 *
 * The only place where a duration is truncated: rounded to µs (both servers agree on that many
 * digits), then floored to ms; negative becomes 0.
 *
 * Returns: the duration in ms
 */
int64_t helio_event_duration (double seconds);

/**
 * helio_event_check:
 * @start: the start in ms
 * @duration: the published duration in ms
 * @data: the canonical published data
 * @length: its length in bytes
 *
 * The only place where the check is computed: the low 32 bits of SipHash-2-4 with a fixed key
 * over start and duration (8 bytes each, little endian) and the data. With the start in it a sum
 * of checks tells that an event was moved.
 */
uint32_t helio_event_check (int64_t start, int64_t duration, const char *data, gsize length);

G_END_DECLS
