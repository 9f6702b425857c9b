/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Where each request of a connection ends. SoupServer reads what people meant; a proxy in front of
 * it may read another thing, and then one client's bytes become the next one's request. So its
 * input is watched, and only what has one meaning passes: lines end with CR and LF, no line goes
 * on in the next, nothing stands between a name and its colon, the length is told once, and
 * chunks have neither extensions nor trailers. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioFraming:
 *
 * Begins as zeros. All fields are its own.
 */
typedef struct
{
  int place;
  uint64_t left; /* of a body or a chunk */
  guint matched; /* characters of the version, or digits of a chunk's size */
  char name[20];
  char value[24];
  guint name_length;
  guint value_length;
  gboolean is_old; /* HTTP/1.0 */
  gboolean has_host;
  gboolean has_length;
  gboolean is_chunked;
} HelioFraming;

/**
 * helio_framing_pass:
 * @bytes: what came next, however it was cut
 *
 * Returns: how many of the bytes may pass. If not all, nothing after them may
 */
gsize helio_framing_pass (HelioFraming *framing, const char *bytes, gsize length);

/* Whether what comes next belongs to a head, not to a body. */
gboolean helio_framing_is_in_head (const HelioFraming *framing);

G_END_DECLS
