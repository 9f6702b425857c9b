/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Where requests end. However the bytes are cut, the same of them pass; and a request that was let
 * through is let through again behind another one.
 *
 * Input: a byte for the pieces, the bytes of a connection. */

#include "fuzz/fuzz.h"
#include "server/helio-framing.h"

static gsize
pass_pieces (HelioFraming *framing, const char *bytes, gsize size, guint most)
{
  uint32_t random = most;
  gsize done = 0, piece, passed;

  for (; done < size; done += piece)
    {
      g_autofree char *copy = NULL;

      random = random * 1103515245 + 12345;
      piece = MIN (size - done, 1 + (random >> 16) % most);
      copy = g_memdup2 (bytes + done, piece);
      passed = helio_framing_pass (framing, copy, piece);
      if (passed < piece)
        return done + passed;
    }
  return done;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = (const char *) data + 1;
  const gsize length = size - 1;
  HelioFraming whole = { 0 }, pieces = { 0 };
  gsize passed;

  if (size == 0)
    return 0;
  passed = helio_framing_pass (&whole, bytes, length);
  g_assert_cmpuint (passed, <=, length);
  g_assert_cmpuint (pass_pieces (&pieces, bytes, length, 1 + data[0]), ==, passed);
  g_assert_true (helio_framing_is_in_head (&whole) == helio_framing_is_in_head (&pieces));
  if (passed < length)
    return 0;

  /* All of it stood between two requests: nothing of the first is left for the second. */
  if (memcmp (&whole, &(HelioFraming){ 0 }, sizeof whole) == 0)
    g_assert_cmpuint (helio_framing_pass (&whole, bytes, length), ==, length);
  return 0;
}
