/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "aw-words.h"

G_BEGIN_DECLS

/* @events: at least so many window events, or 0; @years: so many years, or 0; @events_in:
 * "BUCKET=N", exactly N events in that bucket, or NULL. With @events_in alone no other bucket is
 * filled. */
typedef struct
{
  guint32 seed;
  int64_t now;
  int64_t events;
  int years;
  char **events_in;
  gboolean is_odd;
} AwHistory;

/* Fills the store with what a person's watchers would have recorded up to @now: the same for the
 * same seed and @now. */
gboolean aw_history_generate (AwServer *server, const AwHistory *history, GError **error);

G_END_DECLS
