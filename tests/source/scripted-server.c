/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "scripted-server.h"

#include <string.h>

typedef enum
{
  THEN_KEEP,
  THEN_CLOSE,
  THEN_HANG,
} Then;

typedef struct
{
  GBytes *bytes;
  Then then;
} Answer;

struct _ScriptedServer
{
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  GAsyncQueue *answers;
  GAsyncQueue *requests;
  char *url;
};

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_bytes_unref (answer->bytes);
  g_free (answer);
}

/* The head of one request, or NULL when the client closed. */
static char *
read_head (ScriptedServer *server, GSocketConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  while (strstr (head->str, "\r\n\r\n") == NULL)
    {
      if (g_input_stream_read (input, &byte, 1, server->cancellable, NULL) <= 0)
        return NULL;
      g_string_append_c (head, byte);
    }
  return g_string_free (g_steal_pointer (&head), FALSE);
}

static void
serve (ScriptedServer *server, GSocketConnection *connection)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char *head;

  while ((head = read_head (server, connection)) != NULL)
    {
      Answer *answer = g_async_queue_try_pop (server->answers);
      gsize length = 0;
      const char *bytes;
      Then then;

      g_async_queue_push (server->requests, head);
      if (answer == NULL)
        return;
      bytes = g_bytes_get_data (answer->bytes, &length);
      g_output_stream_write_all (output, bytes, length, NULL, server->cancellable, NULL);
      then = answer->then;
      answer_free (answer);
      if (then == THEN_CLOSE)
        return;
      if (then == THEN_HANG)
        {
          g_free (read_head (server, connection));
          return;
        }
    }
}

static gpointer
run (gpointer data)
{
  ScriptedServer *server = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (server->listener, NULL, server->cancellable, NULL))
         != NULL)
    {
      serve (server, connection);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      g_object_unref (connection);
    }
  return NULL;
}

ScriptedServer *
scripted_server_new (void)
{
  ScriptedServer *server = g_new0 (ScriptedServer, 1);
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  server->listener = g_socket_listener_new ();
  server->cancellable = g_cancellable_new ();
  server->answers = g_async_queue_new_full (answer_free);
  server->requests = g_async_queue_new_full (g_free);
  g_socket_listener_add_address (server->listener, any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  server->url = g_strdup_printf ("http://127.0.0.1:%u",
                                 g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  server->thread = g_thread_new ("scripted-server", run, server);
  return server;
}

void
scripted_server_free (ScriptedServer *server)
{
  g_cancellable_cancel (server->cancellable);
  g_thread_join (server->thread);
  g_socket_listener_close (server->listener);
  g_object_unref (server->listener);
  g_object_unref (server->cancellable);
  g_async_queue_unref (server->answers);
  g_async_queue_unref (server->requests);
  g_free (server->url);
  g_free (server);
}

const char *
scripted_server_get_url (ScriptedServer *server)
{
  return server->url;
}

static void
push (ScriptedServer *server, const char *text, gssize length, Then then)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);
  answer->then = then;
  g_async_queue_push (server->answers, answer);
}

void
scripted_server_answer (ScriptedServer *server, const char *text, gssize length, gboolean keeps)
{
  push (server, text, length, keeps ? THEN_KEEP : THEN_CLOSE);
}

void
scripted_server_answer_json (ScriptedServer *server, const char *status, const char *body)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                                           "Content-Length: %zu\r\n\r\n%s",
                                           status, strlen (body), body);

  push (server, text, -1, THEN_KEEP);
}

void
scripted_server_hang (ScriptedServer *server, const char *text)
{
  push (server, text, -1, THEN_HANG);
}

void
scripted_server_hang_up (ScriptedServer *server)
{
  push (server, "", 0, THEN_CLOSE);
}

char *
scripted_server_take_request (ScriptedServer *server)
{
  return g_async_queue_pop (server->requests);
}

guint
scripted_server_count_left (ScriptedServer *server)
{
  int left = g_async_queue_length (server->answers);

  return left > 0 ? (guint) left : 0;
}
