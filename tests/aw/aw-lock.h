/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The one lock on the database. Who comes first is served first. Zeroed: ready to use. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct
{
  GMutex mutex;
  GCond cond;
  GQueue waiting;
  gboolean is_held;
} AwLock;

/* Returns FALSE if it took longer than @timeout_us; negative: wait for ever. */
gboolean aw_lock_take (AwLock *lock, int64_t timeout_us);
void aw_lock_release (AwLock *lock);

G_END_DECLS
