/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* HTTP in and out: which requests are let in, how much of them is read, and who answers. */

#include <gio/gio.h>

#include "server/helio-store.h"

G_BEGIN_DECLS

typedef struct _HelioServer HelioServer;

/**
 * helio_server_new:
 * @store: borrowed; must outlive the server
 * @listen: where to listen
 * @proxy: (nullable): address of the reverse proxy whose word about addresses is believed
 */
HelioServer *
helio_server_new (HelioStore *store, const char *listen, const char *proxy, GError **error);
void helio_server_free (HelioServer *server);

const char *helio_server_get_address (HelioServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioServer, helio_server_free)

G_END_DECLS
