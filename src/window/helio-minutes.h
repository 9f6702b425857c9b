/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Spans of minutes and seconds, as people read and type them. */

/* "3:05". (transfer full) */
char *helio_minutes_format (guint seconds);

/* "3:05", or seconds alone, as watchers are told them: "185". */
gboolean helio_minutes_parse (const char *text, guint *seconds);

G_END_DECLS
