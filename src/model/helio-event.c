/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-event.h"

#include <math.h>
#include <string.h>

int64_t
helio_event_start (int64_t seconds, int32_t nanoseconds)
{
  return seconds * HELIO_SECOND + nanoseconds / 1000000;
}

int64_t
helio_event_duration (double seconds)
{
  if (!(seconds > 0.0))
    return 0;
  if (seconds > (double) HELIO_TIME_MAX / 1000.0)
    return HELIO_TIME_MAX;
  return (int64_t) round (seconds * 1e6) / 1000;
}

#define ROTATE(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

#define SIP_ROUND(v)                                                                               \
  do                                                                                               \
    {                                                                                              \
      v[0] += v[1];                                                                                \
      v[1] = ROTATE (v[1], 13);                                                                    \
      v[1] ^= v[0];                                                                                \
      v[0] = ROTATE (v[0], 32);                                                                    \
      v[2] += v[3];                                                                                \
      v[3] = ROTATE (v[3], 16);                                                                    \
      v[3] ^= v[2];                                                                                \
      v[0] += v[3];                                                                                \
      v[3] = ROTATE (v[3], 21);                                                                    \
      v[3] ^= v[0];                                                                                \
      v[2] += v[1];                                                                                \
      v[1] = ROTATE (v[1], 17);                                                                    \
      v[1] ^= v[2];                                                                                \
      v[2] = ROTATE (v[2], 32);                                                                    \
    }                                                                                              \
  while (0)

static inline void
sip_word (uint64_t v[4], uint64_t word)
{
  v[3] ^= word;
  SIP_ROUND (v);
  SIP_ROUND (v);
  v[0] ^= word;
}

uint32_t
helio_event_check (int64_t start, int64_t duration, const char *data, gsize length)
{
  /* SipHash-2-4 (Aumasson and Bernstein) over 16 + length bytes with the key "heliograph check". */
  const uint64_t k0 = G_GUINT64_CONSTANT (0x6172676f696c6568);
  const uint64_t k1 = G_GUINT64_CONSTANT (0x6b63656863206870);
  uint64_t v[4] = {
    k0 ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
    k1 ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
    k0 ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
    k1 ^ G_GUINT64_CONSTANT (0x7465646279746573),
  };
  uint64_t last = ((uint64_t) (length + 16) & 0xff) << 56;
  uint64_t word;
  gsize at;

  sip_word (v, (uint64_t) start);
  sip_word (v, (uint64_t) duration);
  for (at = 0; at + 8 <= length; at += 8)
    {
      memcpy (&word, data + at, 8);
      sip_word (v, GUINT64_FROM_LE (word));
    }
  for (gsize i = 0; at + i < length; i++)
    last |= (uint64_t) (uint8_t) data[at + i] << (8 * i);
  sip_word (v, last);

  v[2] ^= 0xff;
  SIP_ROUND (v);
  SIP_ROUND (v);
  SIP_ROUND (v);
  SIP_ROUND (v);
  return (uint32_t) (v[0] ^ v[1] ^ v[2] ^ v[3]);
}
