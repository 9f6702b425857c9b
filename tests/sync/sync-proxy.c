/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync-proxy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LARGE 2000

typedef struct
{
  SyncProxyFault fault;
  guint nth;
  gboolean writes_only;
  guint status;
  GFunc hook;
  gpointer data;
} Fault;

struct _SyncProxy
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  char *url;
  guint16 target_port;
  GMutex busy; /* while a request is handled */
  GMutex mutex;
  GArray *faults; /* Fault */
  GByteArray *late;
  GPtrArray *requests; /* GBytes */
  guint n_met;
};

/* -- bytes ------------------------------------------------------------------------------------- */

static gboolean
read_more (GInputStream *stream, GByteArray *bytes)
{
  uint8_t chunk[16 * 1024];
  gssize got = g_input_stream_read (stream, chunk, sizeof chunk, NULL, NULL);

  if (got <= 0)
    return FALSE;
  g_byte_array_append (bytes, chunk, (guint) got);
  return TRUE;
}

/* Where the body begins, or 0 if the head is not complete. */
static guint
find_body (const GByteArray *bytes)
{
  const uint8_t *end = bytes->len > 0 ? memmem (bytes->data, bytes->len, "\r\n\r\n", 4) : NULL;

  return end != NULL ? (guint) (end - bytes->data) + 4 : 0;
}

static gsize
find_length (const GByteArray *bytes, guint body)
{
  g_autofree char *head = g_ascii_strdown ((const char *) bytes->data, body);
  const char *length = strstr (head, "\r\ncontent-length:");

  return length != NULL ? strtoul (length + strlen ("\r\ncontent-length:"), NULL, 10) : 0;
}

/* One whole request; FALSE if the client is gone. */
static gboolean
read_request (GInputStream *stream, GByteArray *request, gsize *length)
{
  guint body = 0;

  while ((body = find_body (request)) == 0)
    if (!read_more (stream, request))
      return FALSE;
  *length = find_length (request, body);
  while (request->len < body + *length)
    if (!read_more (stream, request))
      return FALSE;
  return TRUE;
}

/* The same request or answer with a header that ends the connection after the answer. */
static GByteArray *
close_after (const GByteArray *bytes)
{
  const char header[] = "Connection: close\r\n";
  const uint8_t *line = memmem (bytes->data, bytes->len, "\r\n", 2);
  guint at = (guint) (line - bytes->data) + 2;
  GByteArray *changed = g_byte_array_new ();

  g_byte_array_append (changed, bytes->data, at);
  g_byte_array_append (changed, (const uint8_t *) header, sizeof header - 1);
  g_byte_array_append (changed, bytes->data + at, bytes->len - at);
  return changed;
}

/* Hands @length bytes of the request to the receiver; appends what it answers. The agent, too, is
 * told that its connection ends, or its next request might go into one that is being closed. */
static void
forward (SyncProxy *proxy, const GByteArray *request, gsize length, GByteArray *answer)
{
  g_autoptr (GByteArray) told = g_byte_array_new ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  GOutputStream *out;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection
      = g_socket_client_connect_to_host (client, "127.0.0.1", proxy->target_port, NULL, NULL);
  if (connection == NULL)
    return;
  out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  if (!g_output_stream_write_all (out, request->data, length, NULL, NULL, NULL))
    return;
  if (length == request->len)
    while (read_more (g_io_stream_get_input_stream (G_IO_STREAM (connection)), told))
      ;
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  if (find_body (told) > 0)
    {
      g_autoptr (GByteArray) closing = close_after (told);

      g_byte_array_append (answer, closing->data, closing->len);
    }
}

/* -- one request --------------------------------------------------------------------------------
 */

static gboolean
take_fault (SyncProxy *proxy, gboolean is_write, gsize length, Fault *taken)
{
  gboolean is_taken = FALSE;

  g_mutex_lock (&proxy->mutex);
  for (guint i = 0; i < proxy->faults->len; i++)
    {
      Fault *fault = &g_array_index (proxy->faults, Fault, i);

      if ((fault->writes_only && !is_write)
          || (fault->fault == SYNC_PROXY_TOO_LARGE && length <= LARGE))
        continue;
      if (fault->nth > 0 || is_taken)
        {
          fault->nth -= fault->nth > 0;
          continue;
        }
      *taken = *fault;
      is_taken = TRUE;
      proxy->n_met++;
      g_array_remove_index (proxy->faults, i--);
    }
  g_mutex_unlock (&proxy->mutex);
  return is_taken;
}

static void
answer_status (GByteArray *answer, guint status)
{
  g_autofree char *text
      = g_strdup_printf ("HTTP/1.1 %u Fault\r\n%sContent-Length: 2\r\nConnection: close\r\n\r\n{}",
                         status, status == 429 ? "Retry-After: 20\r\n" : "");

  g_byte_array_append (answer, (const uint8_t *) text, (guint) strlen (text));
}

/* What is to be sent back. */
static void
handle (SyncProxy *proxy, const GByteArray *original, gsize length, GByteArray *answer)
{
  g_autoptr (GByteArray) request = close_after (original);
  gboolean is_write
      = memcmp (original->data, "POST", 4) == 0 || memcmp (original->data, "DELETE", 6) == 0;
  Fault fault;

  if (!take_fault (proxy, is_write, length, &fault))
    {
      g_autoptr (GByteArray) late = NULL;

      forward (proxy, request, request->len, answer);
      g_mutex_lock (&proxy->mutex);
      if (is_write)
        late = g_steal_pointer (&proxy->late);
      g_mutex_unlock (&proxy->mutex);
      if (late != NULL)
        {
          g_autoptr (GByteArray) unheard = g_byte_array_new ();

          forward (proxy, late, late->len, unheard);
        }
      return;
    }

  switch (fault.fault)
    {
    case SYNC_PROXY_LOSE_ANSWER:
      forward (proxy, request, request->len, answer);
      g_byte_array_set_size (answer, 0);
      break;
    case SYNC_PROXY_CUT_ANSWER:
      forward (proxy, request, request->len, answer);
      /* The head whole, the body cut: a head that is cut is no HTTP. */
      g_byte_array_set_size (answer, (find_body (answer) + answer->len) / 2);
      break;
    case SYNC_PROXY_CUT_REQUEST:
      forward (proxy, request, request->len - length / 2 - 1, answer);
      break;
    case SYNC_PROXY_LATE:
      g_mutex_lock (&proxy->mutex);
      g_clear_pointer (&proxy->late, g_byte_array_unref);
      if (is_write)
        proxy->late = g_byte_array_ref (request);
      g_mutex_unlock (&proxy->mutex);
      break;
    case SYNC_PROXY_STATUS:
      answer_status (answer, fault.status);
      break;
    case SYNC_PROXY_TOO_LARGE:
      answer_status (answer, 413);
      break;
    case SYNC_PROXY_HOOK:
      fault.hook (fault.data, proxy);
      forward (proxy, request, request->len, answer);
      break;
    case SYNC_PROXY_HOOK_AFTER:
      forward (proxy, request, request->len, answer);
      g_byte_array_set_size (answer, 0);
      fault.hook (fault.data, proxy);
      break;
    case SYNC_PROXY_N_FAULTS:
    default:
      g_assert_not_reached ();
    }
}

/* Before anything is done with it: what is not asked for now is asked for later. */
static void
note_request (SyncProxy *proxy, const GByteArray *request)
{
  g_mutex_lock (&proxy->mutex);
  g_ptr_array_add (proxy->requests, g_bytes_new (request->data, request->len));
  g_mutex_unlock (&proxy->mutex);
}

static gpointer
run (gpointer data)
{
  SyncProxy *proxy = data;
  GSocketConnection *accepted;

  while ((accepted = g_socket_listener_accept (proxy->listener, NULL, proxy->cancellable, NULL))
         != NULL)
    {
      g_autoptr (GSocketConnection) connection = accepted;
      GIOStream *stream = G_IO_STREAM (connection);
      g_autoptr (GByteArray) request = g_byte_array_new ();
      g_autoptr (GByteArray) answer = g_byte_array_new ();
      gboolean is_whole;
      gsize length;

      /* A client that hangs must not hang the proxy. */
      g_socket_set_timeout (g_socket_connection_get_socket (connection), 20);
      is_whole = read_request (g_io_stream_get_input_stream (stream), request, &length);
      note_request (proxy, request);
      if (is_whole)
        {
          g_mutex_lock (&proxy->busy);
          handle (proxy, request, length, answer);
          g_mutex_unlock (&proxy->busy);
          g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer->data,
                                     answer->len, NULL, NULL, NULL);
        }
      g_io_stream_close (stream, NULL, NULL);
    }
  return NULL;
}

SyncProxy *
sync_proxy_new (const char *target_url)
{
  SyncProxy *proxy = g_new0 (SyncProxy, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  proxy->target_port = (guint16) strtoul (strrchr (target_url, ':') + 1, NULL, 10);
  proxy->listener = g_socket_listener_new ();
  proxy->cancellable = g_cancellable_new ();
  proxy->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  proxy->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_mutex_init (&proxy->busy);
  g_mutex_init (&proxy->mutex);
  g_socket_listener_add_address (proxy->listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &address, &error);
  g_assert_no_error (error);
  proxy->url = g_strdup_printf ("http://127.0.0.1:%u",
                                g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  proxy->thread = g_thread_new ("proxy", run, proxy);
  return proxy;
}

void
sync_proxy_free (SyncProxy *proxy)
{
  g_cancellable_cancel (proxy->cancellable);
  g_thread_join (proxy->thread);
  g_socket_listener_close (proxy->listener);
  g_object_unref (proxy->listener);
  g_object_unref (proxy->cancellable);
  g_array_unref (proxy->faults);
  g_clear_pointer (&proxy->late, g_byte_array_unref);
  g_ptr_array_unref (proxy->requests);
  g_mutex_clear (&proxy->busy);
  g_mutex_clear (&proxy->mutex);
  g_free (proxy->url);
  g_free (proxy);
}

const char *
sync_proxy_get_url (SyncProxy *proxy)
{
  return proxy->url;
}

void
sync_proxy_add_fault (SyncProxy *proxy,
                      SyncProxyFault fault,
                      guint nth,
                      gboolean writes_only,
                      guint status,
                      GFunc hook,
                      gpointer data)
{
  Fault added = { fault, nth, writes_only, status, hook, data };

  g_mutex_lock (&proxy->mutex);
  g_array_append_val (proxy->faults, added);
  g_mutex_unlock (&proxy->mutex);
}

void
sync_proxy_clear (SyncProxy *proxy)
{
  g_mutex_lock (&proxy->busy);
  g_mutex_lock (&proxy->mutex);
  g_array_set_size (proxy->faults, 0);
  g_clear_pointer (&proxy->late, g_byte_array_unref);
  g_mutex_unlock (&proxy->mutex);
  g_mutex_unlock (&proxy->busy);
}

GPtrArray *
sync_proxy_take_requests (SyncProxy *proxy)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  /* One that is under way is waited for. */
  g_mutex_lock (&proxy->busy);
  g_mutex_lock (&proxy->mutex);
  g_ptr_array_extend_and_steal (requests, g_steal_pointer (&proxy->requests));
  proxy->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_mutex_unlock (&proxy->mutex);
  g_mutex_unlock (&proxy->busy);
  return requests;
}

guint
sync_proxy_get_n_met (SyncProxy *proxy)
{
  guint n_met;

  g_mutex_lock (&proxy->mutex);
  n_met = proxy->n_met;
  g_mutex_unlock (&proxy->mutex);
  return n_met;
}
