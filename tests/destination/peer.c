/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct _Peer
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  SoupServer *server;
  GTlsCertificate *certificate;
  GAsyncQueue *ready;
  guint port;

  /* shared with the test's thread */
  GMutex mutex;
  guint status;
  char *type;
  char *body;
  char *headers;
  Said said;
  GHashTable *connections;
};

static void
take_header (const char *name, const char *value, gpointer data)
{
  g_hash_table_replace (data, g_ascii_strdown (name, -1), g_strdup (value));
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  Peer *peer = data;
  GUri *uri = soup_server_message_get_uri (message);
  GInetSocketAddress *remote
      = G_INET_SOCKET_ADDRESS (soup_server_message_get_remote_address (message));

  (void) server;
  (void) query;
  g_mutex_lock (&peer->mutex);
  g_free (peer->said.method);
  g_free (peer->said.path);
  g_free (peer->said.query);
  g_clear_pointer (&peer->said.body, g_bytes_unref);
  peer->said.method = g_strdup (soup_server_message_get_method (message));
  peer->said.path = g_strdup (path);
  peer->said.query = g_strdup (g_uri_get_query (uri));
  peer->said.body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_hash_table_remove_all (peer->said.headers);
  soup_message_headers_foreach (soup_server_message_get_request_headers (message), take_header,
                                peer->said.headers);
  peer->said.n_requests++;
  g_hash_table_add (peer->connections,
                    GUINT_TO_POINTER (g_inet_socket_address_get_port (remote) + 1u));
  peer->said.n_connections = g_hash_table_size (peer->connections);

  soup_server_message_set_status (message, peer->status, NULL);
  if (peer->body != NULL)
    soup_server_message_set_response (message, peer->type, SOUP_MEMORY_COPY, peer->body,
                                      strlen (peer->body));
  g_auto (GStrv) lines = g_strsplit (peer->headers != NULL ? peer->headers : "", "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      char *colon = strstr (*line, ": ");

      if (colon == NULL)
        continue;
      *colon = '\0';
      soup_message_headers_replace (soup_server_message_get_response_headers (message), *line,
                                    colon + 2);
    }
  g_mutex_unlock (&peer->mutex);
}

/* soup_server_listen() of libsoup 3.2 leaks a socket with each connection; this does not. */
static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Peer *peer = data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  g_autoptr (GError) error = NULL;

  (void) service;
  (void) source;
  /* As libsoup does itself: head and body of an answer are two writes. */
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                       NULL);
  if (peer->certificate != NULL)
    {
      GIOStream *tls = g_tls_server_connection_new (stream, peer->certificate, &error);

      g_assert_no_error (error);
      g_object_unref (stream);
      stream = tls;
    }
  soup_server_accept_iostream (peer->server, stream, local, remote, &error);
  g_assert_no_error (error);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  Peer *peer = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (peer->context);
  peer->server = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, NULL);
  soup_server_add_handler (peer->server, NULL, on_request, peer, NULL);
  /* Nobody knows this port; but without a listener the server ends each connection after its
   * first answer. */
  soup_server_listen_local (peer->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_socket_listener_add_address (G_SOCKET_LISTENER (service), any, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), peer);
  peer->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_async_queue_push (peer->ready, peer);

  g_main_loop_run (peer->loop);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  soup_server_disconnect (peer->server);
  g_clear_object (&peer->server);
  while (g_main_context_iteration (peer->context, FALSE))
    ;
  g_main_context_pop_thread_default (peer->context);
  return NULL;
}

Peer *
peer_new (GTlsCertificate *certificate)
{
  Peer *peer = g_new0 (Peer, 1);

  g_mutex_init (&peer->mutex);
  peer->status = 200;
  peer->said.headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  peer->connections = g_hash_table_new (NULL, NULL);
  peer->certificate = certificate;
  peer->context = g_main_context_new ();
  peer->loop = g_main_loop_new (peer->context, FALSE);
  peer->ready = g_async_queue_new ();
  peer->thread = g_thread_new ("peer", run, peer);
  g_async_queue_pop (peer->ready);
  return peer;
}

static gboolean
on_quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

void
peer_free (Peer *peer)
{
  g_main_context_invoke (peer->context, on_quit, peer->loop);
  g_thread_join (peer->thread);
  g_main_loop_unref (peer->loop);
  g_main_context_unref (peer->context);
  g_async_queue_unref (peer->ready);
  g_hash_table_unref (peer->connections);
  g_hash_table_unref (peer->said.headers);
  g_clear_pointer (&peer->said.body, g_bytes_unref);
  g_free (peer->said.method);
  g_free (peer->said.path);
  g_free (peer->said.query);
  g_free (peer->type);
  g_free (peer->body);
  g_free (peer->headers);
  g_mutex_clear (&peer->mutex);
  g_free (peer);
}

guint
peer_get_port (Peer *peer)
{
  return peer->port;
}

void
peer_answer (Peer *peer, guint status, const char *type, const char *body, const char *headers)
{
  g_mutex_lock (&peer->mutex);
  peer->status = status;
  g_free (peer->type);
  g_free (peer->body);
  g_free (peer->headers);
  peer->type = g_strdup (type);
  peer->body = g_strdup (body);
  peer->headers = g_strdup (headers);
  g_mutex_unlock (&peer->mutex);
}

const Said *
peer_get_said (Peer *peer)
{
  g_mutex_lock (&peer->mutex);
  g_mutex_unlock (&peer->mutex);
  return &peer->said;
}

const char *
said_header (const Said *said, const char *name)
{
  return g_hash_table_lookup (said->headers, name);
}
