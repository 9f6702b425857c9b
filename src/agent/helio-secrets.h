/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Tokens and keys: in the secret store, or in a file that only its owner may read. Synchronous
 * and cancellable: call in a worker thread. Never a plaintext fallback that nobody asked for. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Which secret: the token of a destination, or ActivityWatch's key. */
#define HELIO_SECRET_AW_KEY "aw-key"

/**
 * helio_secrets_read_file:
 * @path: the file: owned by the user, not readable for others
 *
 * Returns: (transfer full): its first line without white space around, or NULL with
 *   HELIO_ERROR_NO_TOKEN and what to do
 */
char *helio_secrets_read_file (const char *path, GError **error);

/**
 * helio_secrets_lookup:
 * @id: a destination's id, or HELIO_SECRET_AW_KEY
 * @may_ask: whether the user may be asked to unlock the store
 *
 * Returns: (transfer full): the secret, or NULL with HELIO_ERROR_NO_TOKEN if none is stored, or
 *   HELIO_ERROR_SECRET_STORE if the store is locked or missing
 */
char *
helio_secrets_lookup (const char *id, gboolean may_ask, GCancellable *cancellable, GError **error);

/* @label: for the store's own window; never the secret */
gboolean helio_secrets_store (const char *id,
                              const char *label,
                              const char *secret,
                              GCancellable *cancellable,
                              GError **error);

gboolean helio_secrets_clear (const char *id, GCancellable *cancellable, GError **error);

/* What is known of the store by now: "unknown" until it was needed, "available", "locked" or
 * "none". From any thread. */
const char *helio_secrets_get_state (void);

G_END_DECLS
