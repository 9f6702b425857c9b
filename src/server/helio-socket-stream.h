/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A connection as SoupServer needs it. When the other end closes a connection between two
 * requests, SoupServer 3.2 neither notices nor lets go of it; a head that can't be read makes it
 * do both. So where the end would be read in such a moment, this stream reads such a head. The same
 * is read in place of a head whose framing (helio-framing.h) is unclear; a body whose end is
 * unclear is an error. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define HELIO_TYPE_SOCKET_STREAM (helio_socket_stream_get_type ())
G_DECLARE_FINAL_TYPE (HelioSocketStream, helio_socket_stream, HELIO, SOCKET_STREAM, GIOStream)

HelioSocketStream *helio_socket_stream_new (GSocket *socket);

/* Whether the head of a second or later request comes next. */
void helio_socket_stream_set_expects_head (HelioSocketStream *stream, gboolean expects_head);

G_END_DECLS
