/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A peer that knows no HTTP: it takes one connection after the other in a thread of its own and
 * does with the socket what the test says. */

#include <gio/gio.h>

typedef struct _RawPeer RawPeer;

/**
 * RawServe:
 * @nth: which connection this is, from 0
 *
 * The connection is closed when it returns. Blocking calls must take @cancellable: it ends them
 * when the test is over.
 */
typedef void (*RawServe) (
    RawPeer *peer, GIOStream *stream, guint nth, GCancellable *cancellable, gpointer data);

RawPeer *raw_peer_new (RawServe serve, gpointer data);
void raw_peer_free (RawPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawPeer, raw_peer_free)

guint raw_peer_get_port (RawPeer *peer);
guint raw_peer_get_n_connections (RawPeer *peer);

/* Reads a request to the end of its head and @body_length bytes more. FALSE at the end. */
gboolean raw_read_request (GIOStream *stream, gsize body_length, GCancellable *cancellable);
void raw_write (GIOStream *stream, const char *text, GCancellable *cancellable);

/* Reads until the other side closes. */
void raw_wait_for_end (GIOStream *stream, GCancellable *cancellable);
