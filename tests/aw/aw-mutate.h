/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "aw-server.h"

G_BEGIN_DECLS

/* @bucket: only this one, or NULL. @recreates: buckets may be deleted and made again. @days: how
 * far back the changes reach. @now: the newest they may be. */
typedef struct
{
  guint32 seed;
  int64_t steps;
  const char *bucket;
  gboolean recreates;
  int64_t days;
  int64_t now;
} AwMutation;

/* Random changes, as users, watchers and imports make them; the same ones for the same seed and
 * state. Writes how many of each. */
void aw_mutate (AwServer *server, const AwMutation *mutation, GString *out);

G_END_DECLS
