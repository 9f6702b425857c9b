/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Bodies of requests, packed and plain. In whatever pieces one arrives it is the same, it never
 * grows beyond its bound, and what was packed comes out as it went in.
 *
 * Input: "G" for gzip, else plain; a byte for the bound and one for the pieces; the body. */

#include "fuzz/fuzz.h"
#include "server/helio-request-body.h"

static HelioRequestBodyState
receive (HelioRequestBody *body, const uint8_t *data, gsize size, guint most)
{
  uint32_t random = most;

  for (gsize done = 0, piece; done < size; done += piece)
    {
      g_autofree uint8_t *copy = NULL;

      random = random * 1103515245 + 12345;
      piece = most == 0 ? size : MIN (size - done, 1 + (random >> 16) % most);
      copy = g_memdup2 (data + done, piece);
      helio_request_body_add (body, copy, piece);
    }
  return helio_request_body_finish (body);
}

static void
check (const uint8_t *data, gsize size, gboolean is_gzip, gsize bound, guint most)
{
  HelioRequestBody *whole = helio_request_body_new (bound, size, is_gzip);
  HelioRequestBody *pieces = helio_request_body_new (bound, 0, is_gzip);
  HelioRequestBodyState state = receive (whole, data, size, 0);
  gsize length, other_length;
  const char *text = helio_request_body_get (whole, &length), *other;

  g_assert_cmpuint (length, <=, bound);
  g_assert_true (state == HELIO_REQUEST_BODY_GOOD || length == 0);
  if (!is_gzip)
    {
      g_assert_true ((state == HELIO_REQUEST_BODY_GOOD) == (size <= bound));
      if (state == HELIO_REQUEST_BODY_GOOD)
        g_assert_cmpmem (text, length, data, size);
    }
  /* What is wrong in two ways may be refused for either. */
  g_assert_true ((receive (pieces, data, size, most) == HELIO_REQUEST_BODY_GOOD)
                 == (state == HELIO_REQUEST_BODY_GOOD));
  other = helio_request_body_get (pieces, &other_length);
  g_assert_cmpmem (text, length, other, other_length);
  helio_request_body_free (whole);
  helio_request_body_free (pieces);
}

static void
check_round_trip (const uint8_t *data, gsize size, guint most)
{
  g_autoptr (GConverter) packer
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
  g_autofree uint8_t *packed = g_malloc (size + 1000);
  HelioRequestBody *body = helio_request_body_new (size, 0, TRUE);
  gsize taken, given, length;
  const char *text;

  g_assert_true (g_converter_convert (packer, data, size, packed, size + 1000,
                                      G_CONVERTER_INPUT_AT_END, &taken, &given, NULL)
                 == G_CONVERTER_FINISHED);
  g_assert_true (receive (body, packed, given, most) == HELIO_REQUEST_BODY_GOOD);
  text = helio_request_body_get (body, &length);
  g_assert_cmpmem (text, length, data, size);
  helio_request_body_free (body);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 3)
    return 0;
  check (data + 3, size - 3, data[0] == 'G', (gsize) data[1] * 1024, 1 + data[2]);
  check_round_trip (data + 3, size - 3, 1 + data[2]);
  return 0;
}
