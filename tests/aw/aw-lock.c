/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-lock.h"

gboolean
aw_lock_take (AwLock *lock, int64_t timeout_us)
{
  int64_t deadline = g_get_monotonic_time () + timeout_us;
  gboolean is_taken = TRUE;
  int ticket = 0;

  g_mutex_lock (&lock->mutex);
  g_queue_push_tail (&lock->waiting, &ticket);
  while (lock->is_held || g_queue_peek_head (&lock->waiting) != &ticket)
    if (timeout_us < 0)
      g_cond_wait (&lock->cond, &lock->mutex);
    else if (!g_cond_wait_until (&lock->cond, &lock->mutex, deadline))
      {
        is_taken = FALSE;
        break;
      }
  g_queue_remove (&lock->waiting, &ticket);
  if (is_taken)
    lock->is_held = TRUE;
  else
    g_cond_broadcast (&lock->cond);
  g_mutex_unlock (&lock->mutex);
  return is_taken;
}

void
aw_lock_release (AwLock *lock)
{
  g_mutex_lock (&lock->mutex);
  lock->is_held = FALSE;
  g_cond_broadcast (&lock->cond);
  g_mutex_unlock (&lock->mutex);
}
