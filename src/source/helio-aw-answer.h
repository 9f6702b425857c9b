/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The small answers of ActivityWatch, and what its errors mean. For this folder only. */

#include "source/helio-aw-client.h"

G_BEGIN_DECLS

HelioAwInfo *helio_aw_answer_read_info (const GString *body, const char *server, GError **error);
GPtrArray *helio_aw_answer_read_buckets (const GString *body, const char *server, GError **error);

/* Whether the answer to the request for one event means that there is none. */
gboolean helio_aw_answer_is_no_event (guint status, const char *body);

/* Sets the error that an answer means which is not the one asked for. */
void helio_aw_answer_set_error (
    GError **error, const char *server, gboolean has_key, guint status, const char *body);

G_END_DECLS
