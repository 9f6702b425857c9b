/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The body of one request, collected and inflated as it arrives, never beyond a bound. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioRequestBody HelioRequestBody;

typedef enum
{
  HELIO_REQUEST_BODY_GOOD,
  HELIO_REQUEST_BODY_TOO_LARGE,
  HELIO_REQUEST_BODY_NOT_GZIP,
} HelioRequestBodyState;

HelioRequestBody *helio_request_body_new (gsize max_bytes, gsize expected, gboolean is_gzip);
void helio_request_body_free (HelioRequestBody *body);

/* After the first trouble everything more is thrown away. */
void helio_request_body_add (HelioRequestBody *body, const void *bytes, gsize length);

/* To be called when all has arrived. */
HelioRequestBodyState helio_request_body_finish (HelioRequestBody *body);

/* Borrowed. */
const char *helio_request_body_get (HelioRequestBody *body, gsize *length);

G_END_DECLS
