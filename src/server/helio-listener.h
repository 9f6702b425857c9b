/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Accepts connections for a SoupServer, which by itself leaks, goes deaf and never times out:
 * every connection is counted, has a deadline in each phase, and is closed when that passes. */

#include <libsoup/soup.h>

#include "server/helio-socket-stream.h"

G_BEGIN_DECLS

typedef struct _HelioListener HelioListener;

/**
 * HelioConnection:
 * @socket: borrowed; lives as long as the connection
 * @address: who is at the other end, as far as the socket tells: a limit counts by it. "" for
 *   this machine
 */
typedef struct
{
  GSocket *socket;
  char *address;

  /* the listener's own */
  HelioListener *listener;
  HelioSocketStream *stream;
  GSocketAddress *remote;
  GSource *first_byte;
  GList link;
  int64_t deadline_us;
} HelioConnection;

/* Address is "127.0.0.1:5680" or "[::1]:5680"; port 0 takes a free one. */
HelioListener *helio_listener_new (SoupServer *server, const char *address, GError **error);
void helio_listener_free (HelioListener *listener);

/* "127.0.0.1:40213": where it really listens. */
const char *helio_listener_get_address (HelioListener *listener);

guint helio_listener_get_n_connections (HelioListener *listener);

/* How many files the process may have open, after raising the limit as far as it goes. */
guint helio_listener_raise_limit (void);

/* The connection a message came by; NULL when it is gone already. */
HelioConnection *helio_listener_find (SoupServerMessage *message);

/* To be called when a head was read, and when its answer was sent. */
void helio_connection_begin_request (HelioConnection *connection, guint deadline_seconds);
void helio_connection_end_request (HelioConnection *connection);

/* Closes the connection unless a later call comes before. 0: never. */
void helio_connection_set_deadline (HelioConnection *connection, guint seconds);

/* Says the last word at once, past SoupServer, and closes: when it is unclear where the request
 * ends there is nothing to wait for. */
void helio_connection_refuse (HelioConnection *connection);

/* The name a limit counts an address by: of IPv6 the first 64 bits; "" for this machine. */
char *helio_address_group (const char *address);

G_END_DECLS
