/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

#include "server/helio-listener.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define ACCEPTS_AT_ONCE 64
#define REARM_MS 250
#define SWEEP_MS 500 /* the shortest time between two looks at the deadlines */

/* A connection must say something, and the head of its first request be whole, within this. */
#define FIRST_HEAD_SECONDS 15

/* An agent tells its status every 60 s and keeps its connection meanwhile. */
#define LATER_HEAD_SECONDS 90

/* How long a client may take to take its answer. */
#define ANSWER_SECONDS 120

/* The database, the log, the listening socket and some to spare. */
#define OTHER_FILES 64
#define MAX_CONNECTIONS 16384

/* For one address; this machine and the reverse proxy are not counted. */
#define MAX_PER_ADDRESS 256

#define BUSY_ANSWER                                                                                \
  "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n"                   \
  "Content-Type: application/json\r\nContent-Length: 52\r\n\r\n"                                   \
  "{\"status\":503,\"message\":\"Too many open connections\"}"
#define NOT_HTTP_ANSWER                                                                            \
  "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\n"            \
  "Content-Length: 45\r\n\r\n{\"status\":400,\"message\":\"This is not HTTP/1.1\"}"

struct _HelioListener
{
  SoupServer *server;
  GSocket *socket;
  GSource *source;
  guint rearm_id;
  guint sweep_id;
  int64_t sweep_at_us;
  char *address;
  GInetAddress *proxy; /* (nullable) */
  GQueue connections;
  GHashTable *per_address;
  int max_connections;

  /* SoupServer keeps a connection open for a second request only while it has a listener. It gets
   * one end of a pair of sockets, where nobody ever comes in. */
  GSocket *nobody;
  int nobody_end;
};

static void arm (HelioListener *listener);

static GQuark
connection_quark (void)
{
  return g_quark_from_static_string ("helio-connection");
}

/* How many files the process may have open, after raising the limit as far as it goes. */
static int
raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return 256;
  if (limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
      getrlimit (RLIMIT_NOFILE, &limit);
    }
  return (int) MIN (limit.rlim_cur, 1u << 20);
}

guint
helio_seconds_to_ms (guint seconds)
{
  static guint64 second_ms;

  if (second_ms == 0)
    {
      const char *text = g_getenv ("HELIOGRAPH_SERVER_SECOND_MS");

      if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, 1000, &second_ms, NULL))
        second_ms = 1000;
    }
  return seconds * (guint) second_ms;
}

/* -- connections -------------------------------------------------------------------------- */

/* What an IPv6 socket calls an IPv4 address is that IPv4 address. */
static GInetAddress *
plain_address (GInetAddress *inet)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (inet);

  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6
      && memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_inet_address_new_from_bytes (bytes + sizeof mapped, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (inet);
}

static char *
group_of (GInetAddress *inet)
{
  g_autoptr (GInetAddress) plain = plain_address (inet);

  if (g_inet_address_get_is_loopback (plain))
    return g_strdup ("");
  if (g_inet_address_get_family (plain) == G_SOCKET_FAMILY_IPV6)
    {
      const guint8 *bytes = g_inet_address_to_bytes (plain);

      /* Who has one address of a /64 has them all. */
      return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::", bytes[0], bytes[1], bytes[2],
                              bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
    }
  return g_inet_address_to_string (plain);
}

char *
helio_address_group (const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);

  return inet != NULL ? group_of (inet) : NULL;
}

static gboolean
is_proxy (HelioListener *listener, GInetAddress *inet)
{
  g_autoptr (GInetAddress) plain = plain_address (inet);

  return listener->proxy != NULL && g_inet_address_equal (plain, listener->proxy);
}

static gboolean
count_address (HelioListener *listener, const char *address, gboolean is_limited)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (listener->per_address, address));

  if (is_limited && address[0] != '\0' && count >= MAX_PER_ADDRESS)
    return FALSE;
  g_hash_table_insert (listener->per_address, g_strdup (address), GUINT_TO_POINTER (count + 1));
  return TRUE;
}

static void
uncount_address (HelioListener *listener, const char *address)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (listener->per_address, address));

  if (count > 1)
    g_hash_table_insert (listener->per_address, g_strdup (address), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (listener->per_address, address);
}

static void
connection_free (HelioConnection *connection)
{
  HelioListener *listener = connection->listener;

  if (connection->first_byte != NULL)
    {
      g_source_destroy (connection->first_byte);
      g_source_unref (connection->first_byte);
    }
  g_queue_unlink (&listener->connections, &connection->link);
  uncount_address (listener, connection->address);
  if (connection->remote != NULL)
    {
      g_object_set_qdata (G_OBJECT (connection->remote), connection_quark (), NULL);
      g_object_unref (connection->remote);
    }
  g_free (connection->address);
  g_free (connection);
}

/* The last reference is gone, so the socket is closed: whoever held it, SoupServer or a viewer. */
static void
on_stream_gone (gpointer data, GObject *stream)
{
  (void) stream;
  connection_free (data);
}

static gboolean on_sweep (gpointer data);

/* A connection that is kept open for hours wakes nobody up but at its deadline. */
static void
schedule_sweep (HelioListener *listener, int64_t deadline_us, int64_t now)
{
  int64_t at_us = MAX (deadline_us, now + SWEEP_MS * 1000);

  if (listener->sweep_id != 0 && listener->sweep_at_us <= at_us)
    return;
  g_clear_handle_id (&listener->sweep_id, g_source_remove);
  listener->sweep_at_us = at_us;
  listener->sweep_id = g_timeout_add ((guint) ((at_us - now) / 1000) + 1, on_sweep, listener);
}

static gboolean
on_sweep (gpointer data)
{
  HelioListener *listener = data;
  int64_t now = g_get_monotonic_time ();
  int64_t next_us = G_MAXINT64;

  listener->sweep_id = 0;
  for (GList *link = listener->connections.head, *next; link != NULL; link = next)
    {
      HelioConnection *connection = link->data;

      next = link->next;
      if (connection->deadline_us == 0)
        continue;
      if (now < connection->deadline_us)
        {
          next_us = MIN (next_us, connection->deadline_us);
          continue;
        }
      connection->deadline_us = 0;
      g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
      if (connection->first_byte != NULL) /* nobody but us holds it */
        g_object_unref (connection->stream);
    }
  if (next_us < G_MAXINT64)
    schedule_sweep (listener, next_us, now);
  return G_SOURCE_REMOVE;
}

void
helio_connection_set_deadline (HelioConnection *connection, guint seconds)
{
  int64_t now = g_get_monotonic_time ();

  if (seconds == 0)
    {
      connection->deadline_us = 0;
      return;
    }
  connection->deadline_us = now + helio_seconds_to_ms (seconds) * G_GINT64_CONSTANT (1000);
  schedule_sweep (connection->listener, connection->deadline_us, now);
}

void
helio_connection_begin_request (HelioConnection *connection, guint deadline_seconds)
{
  helio_socket_stream_set_expects_head (connection->stream, FALSE);
  helio_connection_set_deadline (connection, deadline_seconds);
}

void
helio_connection_end_request (HelioConnection *connection)
{
  helio_socket_stream_set_expects_head (connection->stream, TRUE);
  helio_connection_set_deadline (connection, LATER_HEAD_SECONDS);
}

void
helio_connection_begin_answer (HelioConnection *connection)
{
  helio_connection_set_deadline (connection, ANSWER_SECONDS);
}

HelioConnection *
helio_listener_find (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? g_object_get_qdata (G_OBJECT (remote), connection_quark ()) : NULL;
}

/* -- accepting ---------------------------------------------------------------------------- */

static void
send_and_drop (GSocket *socket, const char *answer)
{
  /* What does not fit into an empty send buffer is not worth waiting for. */
  if (send (g_socket_get_fd (socket), answer, strlen (answer), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    g_socket_shutdown (socket, FALSE, TRUE, NULL);
}

void
helio_connection_refuse (HelioConnection *connection, const char *answer, guint seconds)
{
  send_and_drop (connection->socket, answer);
  helio_connection_set_deadline (connection, seconds);
}

static void
hand_over (HelioConnection *connection)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (connection->socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (connection->socket, NULL);
  g_autoptr (GIOStream) stream = G_IO_STREAM (connection->stream);

  if (local == NULL || remote == NULL)
    return;
  g_object_set_qdata (G_OBJECT (remote), connection_quark (), connection);
  connection->remote = g_object_ref (remote);
  soup_server_accept_iostream (connection->listener->server, stream, local, remote, NULL);
}

/* A TLS client waits for an answer to its hello while SoupServer waits for the end of a line, so
 * the first byte is looked at: HTTP begins with a letter. */
static gboolean
on_first_byte (GSocket *socket, GIOCondition condition, gpointer data)
{
  HelioConnection *connection = data;
  char byte;
  ssize_t got = recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  (void) condition;
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&connection->first_byte, g_source_unref);
  if (got == 1 && (g_ascii_isupper (byte) || byte == '\r' || byte == '\n'))
    {
      hand_over (connection);
      return G_SOURCE_REMOVE;
    }
  if (got == 1)
    send_and_drop (socket, NOT_HTTP_ANSWER);
  g_object_unref (connection->stream);
  return G_SOURCE_REMOVE;
}

static void
take_connection (HelioListener *listener, GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autofree char *group = NULL;
  HelioConnection *connection;
  GInetAddress *inet;
  gboolean is_by_proxy;

  if (!G_IS_INET_SOCKET_ADDRESS (remote))
    return;
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  group = group_of (inet);
  is_by_proxy = is_proxy (listener, inet);
  if (listener->connections.length >= (guint) listener->max_connections
      || !count_address (listener, group, !is_by_proxy))
    {
      send_and_drop (socket, BUSY_ANSWER);
      return;
    }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);

  connection = g_new0 (HelioConnection, 1);
  connection->listener = listener;
  connection->socket = socket;
  connection->address = g_steal_pointer (&group);
  connection->is_by_proxy = is_by_proxy;
  connection->stream = helio_socket_stream_new (socket);
  connection->link.data = connection;
  g_queue_push_tail_link (&listener->connections, &connection->link);
  g_object_weak_ref (G_OBJECT (connection->stream), on_stream_gone, connection);
  helio_connection_set_deadline (connection, FIRST_HEAD_SECONDS);
  connection->first_byte = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (connection->first_byte, G_SOURCE_FUNC (on_first_byte), connection, NULL);
  g_source_attach (connection->first_byte, NULL);
}

static gboolean
on_rearm (gpointer data)
{
  HelioListener *listener = data;

  listener->rearm_id = 0;
  arm (listener);
  return G_SOURCE_REMOVE;
}

static gboolean
on_incoming (GSocket *listening, GIOCondition condition, gpointer data)
{
  HelioListener *listener = data;

  (void) condition;
  for (guint i = 0; i < ACCEPTS_AT_ONCE; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &error);

      if (socket != NULL)
        {
          take_connection (listener, socket);
          continue;
        }
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      /* Out of files, most likely: the caller waits in the queue until one is closed. */
      g_debug ("Accepting a connection was put off: %s", error->message);
      g_clear_pointer (&listener->source, g_source_unref);
      listener->rearm_id = g_timeout_add (REARM_MS, on_rearm, listener);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
arm (HelioListener *listener)
{
  listener->source = g_socket_create_source (listener->socket, G_IO_IN, NULL);
  g_source_set_callback (listener->source, G_SOURCE_FUNC (on_incoming), listener, NULL);
  g_source_attach (listener->source, NULL);
}

static GSocketAddress *
parse_address (const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  gsize length = host != NULL ? strlen (host) : 0;
  GSocketAddress *address = NULL;
  guint64 port;

  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    {
      host[length - 1] = '\0';
      memmove (host, host + 1, length - 1);
    }
  if (host != NULL && strcmp (host, "localhost") == 0)
    {
      g_free (host);
      host = g_strdup ("127.0.0.1");
    }
  if (host != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    address = g_inet_socket_address_new_from_string (host, (guint) port);
  if (address == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _ ("\"%s\" is no address to listen on; it looks like 127.0.0.1:5680 or [::]:5680"),
                 text);
  return address;
}

static gboolean
keep_connections_open (HelioListener *listener, GError **error)
{
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("No sockets: %s"),
                   g_strerror (errno));
      return FALSE;
    }
  listener->nobody_end = ends[1];
  listener->nobody = g_socket_new_from_fd (ends[0], error);
  return listener->nobody != NULL
         && soup_server_listen_socket (listener->server, listener->nobody, 0, error);
}

HelioListener *
helio_listener_new (SoupServer *server, const char *address, const char *proxy, GError **error)
{
  g_autoptr (GInetAddress) forwards = proxy != NULL ? g_inet_address_new_from_string (proxy) : NULL;
  g_autoptr (GSocketAddress) wanted = parse_address (address, error);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;
  HelioListener *listener;

  if (wanted == NULL)
    return NULL;
  if (proxy != NULL && forwards == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _ ("\"%s\" is no address of a proxy; it looks like 127.0.0.1"), proxy);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (wanted), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_autoptr (GError) problem = NULL;
  if (!g_socket_bind (socket, wanted, TRUE, &problem) || !g_socket_listen (socket, &problem))
    {
      gboolean is_busy = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);

      g_set_error (error, problem->domain, problem->code, _ ("Can't listen on %s: %s"), address,
                   is_busy
                       ? _ ("another program does; stop it, or choose another port with --listen")
                       : problem->message);
      return NULL;
    }
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return NULL;

  listener = g_new0 (HelioListener, 1);
  listener->server = server;
  listener->socket = g_steal_pointer (&socket);
  listener->proxy = forwards != NULL ? plain_address (forwards) : NULL;
  listener->nobody_end = -1;
  listener->address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (bound));
  listener->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  listener->max_connections = CLAMP (raise_limit () - OTHER_FILES, 1, MAX_CONNECTIONS);
  if (!keep_connections_open (listener, error))
    {
      helio_listener_free (listener);
      return NULL;
    }
  arm (listener);
  return listener;
}

void
helio_listener_free (HelioListener *listener)
{
  if (listener->source != NULL)
    {
      g_source_destroy (listener->source);
      g_source_unref (listener->source);
    }
  g_clear_handle_id (&listener->rearm_id, g_source_remove);
  g_clear_handle_id (&listener->sweep_id, g_source_remove);
  g_socket_close (listener->socket, NULL);
  g_object_unref (listener->socket);
  while (listener->connections.head != NULL)
    {
      HelioConnection *connection = listener->connections.head->data;

      if (connection->first_byte != NULL)
        g_object_unref (connection->stream);
      else
        {
          g_object_weak_unref (G_OBJECT (connection->stream), on_stream_gone, connection);
          connection_free (connection);
        }
    }
  g_clear_object (&listener->nobody);
  if (listener->nobody_end >= 0)
    close (listener->nobody_end);
  g_hash_table_unref (listener->per_address);
  g_clear_object (&listener->proxy);
  g_free (listener->address);
  g_free (listener);
}

const char *
helio_listener_get_address (HelioListener *listener)
{
  return listener->address;
}

guint
helio_listener_get_n_connections (HelioListener *listener)
{
  return listener->connections.length;
}

guint
helio_listener_get_max_connections (HelioListener *listener)
{
  return (guint) listener->max_connections;
}
