/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The receiver on this computer: heliograph-server as our child, on 127.0.0.1, with a folder of
 * its own. */

#include <gio/gio.h>

#include "rules/helio-rules.h"

G_BEGIN_DECLS

typedef struct _HelioReceiver HelioReceiver;

/* @error: (nullable): why it does not run now (HELIO_ERROR_BUSY: another program uses its port);
 *   it is tried again. NULL: it can be reached. */
typedef void (*HelioReceiverFunc) (const GError *error, gpointer data);

HelioReceiver *helio_receiver_new (HelioReceiverFunc func, gpointer data);
/* Kills it. */
void helio_receiver_free (HelioReceiver *receiver);

/* At once, if it waits to be tried again. Nothing happens if it listens at @port already. */
void helio_receiver_start (HelioReceiver *receiver, guint port);

/* @func: (nullable): called when it has ended, perhaps at once */
void helio_receiver_stop (HelioReceiver *receiver, void (*func) (gpointer data), gpointer data);

/* Whether it has its port. Until then somebody else may have it. */
gboolean helio_receiver_is_listening (HelioReceiver *receiver);

/* A port that nobody uses now, from @first on (0: the usual one). */
guint helio_receiver_find_port (guint first);

/* Its folder. (transfer full) */
char *helio_receiver_get_folder (void);

/* -- commands: synchronous and cancellable, for worker threads ---------------------------- */

/**
 * helio_receiver_make_token:
 * @device: a device of that name is made, or gets a new token
 * @level: what its page may show
 *
 * Returns: (transfer full): the token
 */
char *helio_receiver_make_token (const char *device,
                                 HelioLevel level,
                                 GCancellable *cancellable,
                                 GError **error);

gboolean helio_receiver_set_level (const char *device,
                                   HelioLevel level,
                                   GCancellable *cancellable,
                                   GError **error);

/* Deletes its folder, while it does not run. */
gboolean helio_receiver_delete (GError **error);

G_END_DECLS
