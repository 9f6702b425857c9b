/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "raw-peer.h"

#include <string.h>

struct _RawPeer
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  guint port;
  int n_connections;
  RawServe serve;
  gpointer data;
};

static gpointer
run (gpointer data)
{
  RawPeer *peer = data;

  while (TRUE)
    {
      g_autoptr (GSocketConnection) connection
          = g_socket_listener_accept (peer->listener, NULL, peer->cancellable, NULL);

      if (connection == NULL)
        return NULL;
      guint nth = (guint) g_atomic_int_add (&peer->n_connections, 1);
      peer->serve (peer, G_IO_STREAM (connection), nth, peer->cancellable, peer->data);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
    }
}

RawPeer *
raw_peer_new (RawServe serve, gpointer data)
{
  RawPeer *peer = g_new0 (RawPeer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  peer->serve = serve;
  peer->data = data;
  peer->cancellable = g_cancellable_new ();
  peer->listener = g_socket_listener_new ();
  g_socket_listener_add_address (peer->listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &address, &error);
  g_assert_no_error (error);
  peer->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  peer->thread = g_thread_new ("raw-peer", run, peer);
  return peer;
}

void
raw_peer_free (RawPeer *peer)
{
  g_cancellable_cancel (peer->cancellable);
  g_thread_join (peer->thread);
  g_socket_listener_close (peer->listener);
  g_object_unref (peer->listener);
  g_object_unref (peer->cancellable);
  g_free (peer);
}

guint
raw_peer_get_port (RawPeer *peer)
{
  return peer->port;
}

guint
raw_peer_get_n_connections (RawPeer *peer)
{
  return (guint) g_atomic_int_get (&peer->n_connections);
}

gboolean
raw_read_request (GIOStream *stream, gsize body_length, GCancellable *cancellable)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  g_autoptr (GString) head = g_string_new (NULL);
  char c;

  while (strstr (head->str, "\r\n\r\n") == NULL)
    {
      if (g_input_stream_read (input, &c, 1, cancellable, NULL) <= 0)
        return FALSE;
      g_string_append_c (head, c);
    }

  while (body_length > 0)
    {
      char chunk[4096];
      gssize n
          = g_input_stream_read (input, chunk, MIN (body_length, sizeof chunk), cancellable, NULL);

      if (n <= 0)
        return FALSE;
      body_length -= (gsize) n;
    }

  return TRUE;
}

void
raw_write (GIOStream *stream, const char *text, GCancellable *cancellable)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL,
                             cancellable, NULL);
}

void
raw_wait_for_end (GIOStream *stream, GCancellable *cancellable)
{
  char chunk[4096];

  while (g_input_stream_read (g_io_stream_get_input_stream (stream), chunk, sizeof chunk,
                              cancellable, NULL)
         > 0)
    ;
}
