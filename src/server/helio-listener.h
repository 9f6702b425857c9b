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
 * @is_by_proxy: the other end is the reverse proxy, whose word about addresses is believed
 */
typedef struct
{
  GSocket *socket;
  char *address;
  gboolean is_by_proxy;

  /* the listener's own */
  HelioListener *listener;
  HelioSocketStream *stream;
  GSocketAddress *remote;
  GSource *first_byte;
  GList link;
  int64_t deadline_us;
} HelioConnection;

/* Address is "127.0.0.1:5680" or "[::1]:5680"; port 0 takes a free one.
 * @proxy: (nullable): IP address of the reverse proxy: exactly that one, of IPv6 too */
HelioListener *
helio_listener_new (SoupServer *server, const char *address, const char *proxy, GError **error);
void helio_listener_free (HelioListener *listener);

/* "127.0.0.1:40213": where it really listens. */
const char *helio_listener_get_address (HelioListener *listener);

guint helio_listener_get_n_connections (HelioListener *listener);

/* How many it lets in at a time. */
guint helio_listener_get_max_connections (HelioListener *listener);

/* The connection a message came by; NULL when it is gone already. */
HelioConnection *helio_listener_find (SoupServerMessage *message);

/* To be called when a head was read, and when its answer was sent. */
void helio_connection_begin_request (HelioConnection *connection, guint deadline_seconds);
void helio_connection_end_request (HelioConnection *connection);

/* To be called when there is an answer to send. */
void helio_connection_begin_answer (HelioConnection *connection);

/* How long a deadline or an interval lasts. Tests can't wait for two minutes: the environment
 * variable HELIOGRAPH_SERVER_SECOND_MS makes each second shorter, and nothing makes it longer. */
guint helio_seconds_to_ms (guint seconds);

/* Closes the connection unless a later call comes before. 0: never. */
void helio_connection_set_deadline (HelioConnection *connection, guint seconds);

/* Says the last word at once, past SoupServer, which would wait for the whole request. What still
 * comes is read away for some seconds: closing sooner could destroy the answer on its way. */
void helio_connection_refuse (HelioConnection *connection, const char *answer, guint seconds);

/* The name a limit counts an address by: of IPv6 the first 64 bits; "" for this machine; NULL for
 * what is no address. */
char *helio_address_group (const char *address);

G_END_DECLS
