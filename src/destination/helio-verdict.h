/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What an answer, or its absence, means for the caller: the table "Errors" of PROTOCOL.md. */

#include <gio/gio.h>
#include <stdint.h>

#include "destination/helio-exchange.h"

G_BEGIN_DECLS

/**
 * HelioAsked:
 * @base: the base of the backend; messages tell its scheme, host and port only
 * @name: host and port for messages
 * @token: never told, also if the server tells it
 * @is_test: whether this is `GET base`, which finds out what stands at the address
 * @sent: size of the (inflated) body
 * @seq: the seq in the request, or -1
 */
typedef struct
{
  GUri *base;
  const char *name;
  const char *token;
  gboolean is_test;
  gsize sent;
  int64_t seq;
} HelioAsked;

/**
 * helio_verdict_on_status:
 *
 * A 409 with the very seq that was just sent means that this request came twice: libsoup or a
 * proxy sent it again after a connection broke, and the first copy arrived. Whether its answer
 * was a success is not known, so it is HELIO_ERROR_RETRY: the caller sends the content, which is
 * idempotent, with a new seq. (Should another agent with this token have used the same number at
 * this moment, its next numbers differ from ours, and the conflict shows a little later.)
 *
 * Returns: TRUE for a success that is no web page
 */
gboolean helio_verdict_on_status (const HelioAsked *asked, const HelioReply *reply, GError **error);

/* Sets @error for a request that got no complete answer. @failure: what the library said. */
void helio_verdict_on_failure (const HelioAsked *asked,
                               const HelioReply *reply,
                               const GError *failure,
                               GError **error);

/**
 * helio_verdict_on_text:
 * @parse_error: (transfer full): why a successful answer could not be understood
 *
 * An answer that ends too early without having said its length was cut on its way.
 */
void helio_verdict_on_text (const HelioAsked *asked,
                            const HelioReply *reply,
                            GError *parse_error,
                            GError **error);

/* Seconds from now on, 0 .. 86400; 0 if there is none, or none that can be understood. @now in
 * ms, for servers that tell a date but not their clock. */
int helio_verdict_retry_after (const HelioReply *reply, int64_t now);

G_END_DECLS
