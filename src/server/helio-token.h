/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Tokens as the store keeps them: as a hash. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

#define HELIO_TOKEN_HASH 32

/* SHA-256 of @text. */
void helio_token_hash (const char *text, uint8_t hash[HELIO_TOKEN_HASH]);

/* Takes the same time wherever they differ. */
gboolean helio_token_hashes_equal (const uint8_t one[HELIO_TOKEN_HASH],
                                   const uint8_t two[HELIO_TOKEN_HASH]);

G_END_DECLS
