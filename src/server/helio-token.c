/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-token.h"

#include <string.h>

void
helio_token_hash (const char *text, uint8_t hash[HELIO_TOKEN_HASH])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = HELIO_TOKEN_HASH;

  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text));
  g_checksum_get_digest (checksum, hash, &length);
}

gboolean
helio_token_hashes_equal (const uint8_t one[HELIO_TOKEN_HASH], const uint8_t two[HELIO_TOKEN_HASH])
{
  volatile uint8_t difference = 0; /* volatile: no compiler may leave off early */

  for (guint i = 0; i < HELIO_TOKEN_HASH; i++)
    difference |= one[i] ^ two[i];
  return difference == 0;
}
