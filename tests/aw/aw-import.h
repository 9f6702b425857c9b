/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Buckets from JSON: one that is created, or a whole file that is imported. */

#include "aw-server.h"

G_BEGIN_DECLS

gboolean aw_import_is_bucket (const AwJson *json);
/* Returns NULL if @json is no bucket. */
AwBucket *aw_import_bucket (AwServer *server, const char *id, const AwJson *json);
/* Refuses a file with a bucket that exists; gives new ids. */
gboolean aw_import_python (AwServer *server, const AwJson *json);
/* Merges into what is there; ids of the file are honoured and take the rows of other events. */
gboolean aw_import_rust (AwServer *server, const AwJson *json);

G_END_DECLS
