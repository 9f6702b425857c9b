/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The program speaks the user's language from here on; called first in main(). */
void helio_language_begin (void);

G_END_DECLS
