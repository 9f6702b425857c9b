/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A total time limit for synchronous calls. libsoup's own timeout counts each wait anew, so a
 * peer that drips a byte now and then is never late for it. */

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _HelioDeadline HelioDeadline;

/**
 * helio_deadline_start:
 * @outer: (nullable): the caller's own cancellable
 * @span_us: how long from now on
 *
 * Needs no main context. Returns NULL with HELIO_ERROR_FAILED if no thread can be had.
 */
HelioDeadline *helio_deadline_start (GCancellable *outer, int64_t span_us, GError **error);

/* Cancelled when the caller cancels or when the time is over. (transfer none) */
GCancellable *helio_deadline_get_cancellable (HelioDeadline *deadline);

/* Ends and frees it. Returns TRUE if the time was over before. */
gboolean helio_deadline_end (HelioDeadline *deadline);

G_END_DECLS
