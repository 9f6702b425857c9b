/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Beginning with the session: an autostart entry that we write, or in a sandbox the desktop's
 * word. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether this is a sandbox, where the desktop must be asked. */
gboolean helio_autostart_is_sandboxed (void);

/* What the entry says: it is there, and nobody switched it off. */
gboolean helio_autostart_is_on (void);

/* Writes the entry or removes it. */
gboolean helio_autostart_write (gboolean is_on, GError **error);

/**
 * helio_autostart_ask:
 *
 * Asks the desktop by the Background portal, which may ask the user.
 */
void helio_autostart_ask (GDBusConnection *bus,
                          gboolean is_on,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data);
/* @is_on: (out): what the desktop decided */
gboolean helio_autostart_ask_finish (GAsyncResult *result, gboolean *is_on, GError **error);

G_END_DECLS
