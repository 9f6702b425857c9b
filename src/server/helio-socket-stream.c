/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-socket-stream.h"

#include <string.h>

#include "server/helio-framing.h"

/* No head may hold a NUL. */
static const char unreadable[] = "\0\r\n\r\n";
#define UNREADABLE_LENGTH (sizeof unreadable - 1)

/* -- the input ---------------------------------------------------------------------------- */

#define HELIO_TYPE_SOCKET_INPUT (helio_socket_input_get_type ())
G_DECLARE_FINAL_TYPE (HelioSocketInput, helio_socket_input, HELIO, SOCKET_INPUT, GInputStream)

struct _HelioSocketInput
{
  GInputStream parent_instance;
  GSocket *socket;
  HelioFraming framing;
  gboolean expects_head;
  gboolean has_ended;
};

static void helio_socket_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HelioSocketInput,
                               helio_socket_input,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      helio_socket_input_pollable_init))

/* Puts what can't be read where the bytes end that may pass. Should it not fit behind them, it
 * takes the place of the last ones: a body that ends there is broken, but not let in. */
static gssize
end_unreadable (HelioSocketInput *self, char *buffer, gsize passed, gsize count)
{
  gsize at = MIN (passed, count - UNREADABLE_LENGTH);

  memcpy (buffer + at, unreadable, UNREADABLE_LENGTH);
  self->has_ended = TRUE;
  return (gssize) (at + UNREADABLE_LENGTH);
}

/* What a read gives, given what the socket gave. */
static gssize
watch (HelioSocketInput *self, gssize got, void *buffer, gsize count, GError **error)
{
  gsize passed;

  if (self->has_ended && got >= 0)
    return 0;
  if (got > 0)
    {
      passed = helio_framing_pass (&self->framing, buffer, (gsize) got);
      if (passed == (gsize) got)
        return got;
      if (helio_framing_is_in_head (&self->framing) && count >= UNREADABLE_LENGTH)
        return end_unreadable (self, buffer, passed, count);
      self->has_ended = TRUE;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "The end of the request is unclear");
      return -1;
    }
  if (!self->expects_head || self->has_ended || count < UNREADABLE_LENGTH)
    return got;
  if (got < 0 && error != NULL && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return got;
  g_clear_error (error);
  return end_unreadable (self, buffer, 0, count);
}

static gssize
helio_socket_input_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  HelioSocketInput *self = HELIO_SOCKET_INPUT (stream);
  g_autoptr (GError) problem = NULL;
  gssize got = g_socket_receive (self->socket, buffer, count, cancellable, &problem);

  got = watch (self, got, buffer, count, &problem);
  if (got < 0)
    g_propagate_error (error, g_steal_pointer (&problem));
  return got;
}

static gssize
helio_socket_input_read_nonblocking (GPollableInputStream *stream,
                                     void *buffer,
                                     gsize count,
                                     GError **error)
{
  HelioSocketInput *self = HELIO_SOCKET_INPUT (stream);
  g_autoptr (GError) problem = NULL;
  gssize got = g_socket_receive_with_blocking (self->socket, buffer, count, FALSE, NULL, &problem);

  got = watch (self, got, buffer, count, &problem);
  if (got < 0)
    g_propagate_error (error, g_steal_pointer (&problem));
  return got;
}

static gboolean
helio_socket_input_is_readable (GPollableInputStream *stream)
{
  HelioSocketInput *self = HELIO_SOCKET_INPUT (stream);

  return g_socket_condition_check (self->socket, G_IO_IN) != 0;
}

static GSource *
helio_socket_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  HelioSocketInput *self = HELIO_SOCKET_INPUT (stream);
  g_autoptr (GSource) ready = g_socket_create_source (self->socket, G_IO_IN, cancellable);

  return g_pollable_source_new_full (stream, ready, cancellable);
}

static void
helio_socket_input_finalize (GObject *object)
{
  HelioSocketInput *self = HELIO_SOCKET_INPUT (object);

  g_object_unref (self->socket);
  G_OBJECT_CLASS (helio_socket_input_parent_class)->finalize (object);
}

static void
helio_socket_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = helio_socket_input_is_readable;
  iface->create_source = helio_socket_input_create_source;
  iface->read_nonblocking = helio_socket_input_read_nonblocking;
}

static void
helio_socket_input_class_init (HelioSocketInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = helio_socket_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = helio_socket_input_read;
}

static void
helio_socket_input_init (HelioSocketInput *self)
{
  (void) self;
}

/* -- the stream --------------------------------------------------------------------------- */

struct _HelioSocketStream
{
  GIOStream parent_instance;
  GSocketConnection *base;
  HelioSocketInput *input;
};

G_DEFINE_FINAL_TYPE (HelioSocketStream, helio_socket_stream, G_TYPE_IO_STREAM)

static GInputStream *
helio_socket_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (HELIO_SOCKET_STREAM (stream)->input);
}

static GOutputStream *
helio_socket_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (HELIO_SOCKET_STREAM (stream)->base));
}

static gboolean
helio_socket_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (G_IO_STREAM (HELIO_SOCKET_STREAM (stream)->base), cancellable, error);
}

static void
helio_socket_stream_finalize (GObject *object)
{
  HelioSocketStream *self = HELIO_SOCKET_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->base);
  G_OBJECT_CLASS (helio_socket_stream_parent_class)->finalize (object);
}

static void
helio_socket_stream_class_init (HelioSocketStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = helio_socket_stream_finalize;
  stream_class->get_input_stream = helio_socket_stream_get_input_stream;
  stream_class->get_output_stream = helio_socket_stream_get_output_stream;
  stream_class->close_fn = helio_socket_stream_close;
}

static void
helio_socket_stream_init (HelioSocketStream *self)
{
  (void) self;
}

HelioSocketStream *
helio_socket_stream_new (GSocket *socket)
{
  HelioSocketStream *self = g_object_new (HELIO_TYPE_SOCKET_STREAM, NULL);

  self->base = g_socket_connection_factory_create_connection (socket);
  self->input = g_object_new (HELIO_TYPE_SOCKET_INPUT, NULL);
  self->input->socket = g_object_ref (socket);
  return self;
}

void
helio_socket_stream_set_expects_head (HelioSocketStream *stream, gboolean expects_head)
{
  stream->input->expects_head = expects_head;
}
