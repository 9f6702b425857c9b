/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-destination"

#include "destination/helio-exchange.h"

#include <string.h>

#define MAX_BYTES_OF_A_REFUSAL (64 * 1024)
#define CHUNK (16 * 1024)
#define GZIP_LEVEL 1

void
helio_reply_free (HelioReply *reply)
{
  g_free (reply->text);
  g_free (reply->location);
  g_free (reply->retry_after);
  g_free (reply->date);
  g_free (reply->state);
  g_free (reply);
}

static void
on_wrote_headers (SoupMessage *message, HelioReply *reply)
{
  (void) message;
  reply->has_written = TRUE;
}

static void
take_head (HelioReply *reply, SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  reply->status = soup_message_get_status (message);
  reply->is_html = type != NULL
                   && (g_ascii_strcasecmp (type, "text/html") == 0
                       || g_ascii_strcasecmp (type, "application/xhtml+xml") == 0);
  /* From a peer that closes afterwards libsoup takes any end for the end. */
  reply->has_length = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
                      && soup_message_is_keepalive (message);
  reply->location = g_strdup (soup_message_headers_get_one (headers, "Location"));
  reply->retry_after = g_strdup (soup_message_headers_get_one (headers, "Retry-After"));
  reply->date = g_strdup (soup_message_headers_get_one (headers, "Date"));
  reply->state = g_strdup (soup_message_headers_get_one (headers, "Heliograph-State"));
}

static gboolean
take_body (
    HelioReply *reply, GInputStream *stream, gsize bound, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  gssize n = 0;

  while (body->len <= bound)
    {
      guint before = body->len;

      g_byte_array_set_size (body, before + CHUNK);
      n = g_input_stream_read (stream, body->data + before, CHUNK, cancellable, error);
      g_byte_array_set_size (body, before + (guint) MAX (n, 0));
      if (n <= 0)
        break;
    }

  reply->is_too_long = body->len > bound;
  if (reply->is_too_long)
    g_byte_array_set_size (body, (guint) bound);
  reply->length = body->len;
  g_byte_array_append (body, (const guint8 *) "", 1);
  g_free (reply->text);
  reply->text = (char *) g_byte_array_free (g_steal_pointer (&body), FALSE);
  return n >= 0;
}

HelioReply *
helio_exchange (SoupSession *session,
                SoupMessage *message,
                gsize bound,
                guint64 *last_connection,
                GCancellable *cancellable,
                GError **error)
{
  HelioReply *reply = g_new0 (HelioReply, 1);

  reply->text = g_strdup ("");
  g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote_headers), reply);
  g_autoptr (GInputStream) stream = soup_session_send (session, message, cancellable, error);
  g_signal_handlers_disconnect_by_data (message, reply);

  guint64 connection = soup_message_get_connection_id (message);
  reply->is_reused = connection != 0 && connection == *last_connection;
  *last_connection = connection;
  reply->tls_problems = soup_message_get_tls_peer_certificate_errors (message);

  if (stream == NULL)
    return reply;

  take_head (reply, message);
  if (!SOUP_STATUS_IS_SUCCESSFUL (reply->status))
    bound = MIN (bound, MAX_BYTES_OF_A_REFUSAL);
  take_body (reply, stream, bound, cancellable, error);

  /* Without this the session would count the connection as busy for ever. The answer is in our
   * hands already, so how the close went says nothing. */
  g_input_stream_close (stream, NULL, NULL);
  return reply;
}

GBytes *
helio_exchange_deflate (GBytes *body, GError **error)
{
  gsize length;
  const void *data = g_bytes_get_data (body, &length);
  g_autoptr (GZlibCompressor) compressor
      = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, GZIP_LEVEL);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream
      = g_converter_output_stream_new (memory, G_CONVERTER (compressor));

  if (!g_output_stream_write_all (stream, data, length, NULL, NULL, error)
      || !g_output_stream_close (stream, NULL, error))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}
