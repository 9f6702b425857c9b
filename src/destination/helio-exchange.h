/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* One request and its answer, read to its end and bounded. Knows HTTP, not our protocol. */

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * HelioReply:
 * @status: 0 as long as no answer came
 * @text: the body, always ended by a NUL that @length does not count
 * @is_html: whether it says that it is a web page
 * @is_too_long: whether more than the bound came; @text is the beginning then
 * @has_length: whether the peer said the length before, and libsoup holds it to that: then a cut
 *   body is an error of its own
 * @is_reused: whether the connection had served a request before
 * @has_written: whether the head of the request went out
 * @location: (nullable): the header
 * @retry_after: (nullable): the header
 * @date: (nullable): the header
 * @state: (nullable): the header Heliograph-State
 * @tls_problems: why the certificate was refused, or 0
 */
typedef struct
{
  guint status;
  char *text;
  gsize length;
  gboolean is_html;
  gboolean is_too_long;
  gboolean has_length;
  gboolean is_reused;
  gboolean has_written;
  char *location;
  char *retry_after;
  char *date;
  char *state;
  GTlsCertificateFlags tls_problems;
} HelioReply;

void helio_reply_free (HelioReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioReply, helio_reply_free)

/**
 * helio_exchange:
 * @bound: most bytes of a successful answer; of any other at most 64 KiB are read
 * @last_connection: (inout): id of the connection that served last
 *
 * Returns: (transfer full): what came, also if @error is set: then it may be incomplete
 */
HelioReply *helio_exchange (SoupSession *session,
                            SoupMessage *message,
                            gsize bound,
                            guint64 *last_connection,
                            GCancellable *cancellable,
                            GError **error);

/* (transfer full): the body for the wire */
GBytes *helio_exchange_deflate (GBytes *body, GError **error);

G_END_DECLS
