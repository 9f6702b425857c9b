/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-request-body.h"

/* What a client says about the length is believed up to here. */
#define MAX_EXPECTED (1024 * 1024)

#define PIECE (64 * 1024)

struct _HelioRequestBody
{
  GByteArray *bytes;
  GConverter *inflater;
  gsize max_bytes;
  gboolean has_ended; /* the gzip stream */
  HelioRequestBodyState state;
};

HelioRequestBody *
helio_request_body_new (gsize max_bytes, gsize expected, gboolean is_gzip)
{
  HelioRequestBody *body = g_new0 (HelioRequestBody, 1);

  body->bytes = g_byte_array_sized_new ((guint) MIN (expected, MAX_EXPECTED));
  body->max_bytes = max_bytes;
  if (is_gzip)
    body->inflater = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  return body;
}

void
helio_request_body_free (HelioRequestBody *body)
{
  g_byte_array_unref (body->bytes);
  g_clear_object (&body->inflater);
  g_free (body);
}

static void
fail (HelioRequestBody *body, HelioRequestBodyState state)
{
  body->state = state;
  g_byte_array_unref (body->bytes);
  body->bytes = g_byte_array_new ();
  g_clear_object (&body->inflater);
}

static void
inflate (HelioRequestBody *body, const char *bytes, gsize length)
{
  while (length > 0)
    {
      char piece[PIECE];
      gsize taken, given;
      g_autoptr (GError) error = NULL;
      GConverterResult result;

      if (body->has_ended)
        {
          fail (body, HELIO_REQUEST_BODY_NOT_GZIP);
          return;
        }
      result = g_converter_convert (body->inflater, bytes, length, piece, sizeof piece,
                                    G_CONVERTER_NO_FLAGS, &taken, &given, &error);
      if (result == G_CONVERTER_ERROR)
        {
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
            fail (body, HELIO_REQUEST_BODY_NOT_GZIP);
          return;
        }
      if (given > body->max_bytes - body->bytes->len)
        {
          fail (body, HELIO_REQUEST_BODY_TOO_LARGE);
          return;
        }
      g_byte_array_append (body->bytes, (const guint8 *) piece, (guint) given);
      body->has_ended = result == G_CONVERTER_FINISHED;
      bytes += taken;
      length -= taken;
    }
}

void
helio_request_body_add (HelioRequestBody *body, const void *bytes, gsize length)
{
  if (body->state != HELIO_REQUEST_BODY_GOOD)
    return;
  if (body->inflater != NULL)
    inflate (body, bytes, length);
  else if (length > body->max_bytes - body->bytes->len)
    fail (body, HELIO_REQUEST_BODY_TOO_LARGE);
  else
    g_byte_array_append (body->bytes, bytes, (guint) length);
}

/* The decompressor may hold back output that waits for room: all of it is asked for. */
HelioRequestBodyState
helio_request_body_finish (HelioRequestBody *body)
{
  while (body->state == HELIO_REQUEST_BODY_GOOD && body->inflater != NULL && !body->has_ended)
    {
      char piece[PIECE];
      gsize taken, given;
      GConverterResult result
          = g_converter_convert (body->inflater, "", 0, piece, sizeof piece,
                                 G_CONVERTER_INPUT_AT_END, &taken, &given, NULL);

      if (result == G_CONVERTER_ERROR)
        fail (body, HELIO_REQUEST_BODY_NOT_GZIP);
      else if (given > body->max_bytes - body->bytes->len)
        fail (body, HELIO_REQUEST_BODY_TOO_LARGE);
      else
        {
          g_byte_array_append (body->bytes, (const guint8 *) piece, (guint) given);
          body->has_ended = result == G_CONVERTER_FINISHED;
        }
    }
  return body->state;
}

const char *
helio_request_body_get (HelioRequestBody *body, gsize *length)
{
  *length = body->bytes->len;
  return (const char *) body->bytes->data;
}
