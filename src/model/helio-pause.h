/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

/**
 * HelioPause:
 * @start: ms
 * @end: ms, exclusive; HELIO_TIME_MAX while it lasts until resumed. A timed pause has its end
 *   from the beginning
 */
typedef struct
{
  int64_t start;
  int64_t end;
} HelioPause;
