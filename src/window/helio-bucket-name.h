/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * helio_bucket_get_plain_name:
 * @type: the bucket's type: "currentwindow"
 * @client: the program that fills it
 * @id: the bucket's id
 *
 * What a bucket holds, in words of a person: "Active window", "Firefox tabs". A bucket of a kind
 * not known here is called after its client. The name comes from outside in part: show it without
 * markup.
 *
 * Returns: (transfer full): the name, never empty unless @id is
 */
char *helio_bucket_get_plain_name (const char *type, const char *client, const char *id);

G_END_DECLS
