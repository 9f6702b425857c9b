/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether they are alike but for a slash at the end. */
gboolean helio_web_address_is_same (const char *a, const char *b);

G_END_DECLS
