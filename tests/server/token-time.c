/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "server/helio-token.h"

/* Built with clang's memory sanitizer this looks at more: there the hash counts as memory that
 * nobody has written, and a jump that depends on it ends the program. Such a jump, or an index,
 * is how the time of a comparison comes to tell what was compared. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define HAS_MSAN 1
#endif
#endif
#ifndef HAS_MSAN
#define __msan_poison(bytes, length)
#define __msan_unpoison(bytes, length)
#endif

#ifdef COMPARE_BADLY
#define COMPARE(one, two) (memcmp (one, two, HELIO_TOKEN_HASH) == 0)
#else
#define COMPARE helio_token_hashes_equal
#endif

static gboolean
is_equal (const uint8_t secret[HELIO_TOKEN_HASH], const uint8_t other[HELIO_TOKEN_HASH])
{
  uint8_t copy[HELIO_TOKEN_HASH];
  gboolean result;

  memcpy (copy, secret, sizeof copy);
  __msan_poison (copy, sizeof copy);
  result = COMPARE (copy, other);
  __msan_unpoison (&result, sizeof result);
  return result;
}

int
main (void)
{
  uint8_t secret[HELIO_TOKEN_HASH], other[HELIO_TOKEN_HASH];

  for (guint i = 0; i < HELIO_TOKEN_HASH; i++)
    secret[i] = (uint8_t) (7 * i);
  memcpy (other, secret, sizeof other);
  g_assert (is_equal (secret, other));
  for (guint bit = 0; bit < 8 * HELIO_TOKEN_HASH; bit++)
    {
      other[bit / 8] ^= (uint8_t) (1 << bit % 8);
      g_assert (!is_equal (secret, other));
      other[bit / 8] ^= (uint8_t) (1 << bit % 8);
    }
  return 0;
}
