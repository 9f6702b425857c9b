/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Where the other programs of Heliograph are. */

#include <glib.h>

G_BEGIN_DECLS

/**
 * helio_programs_find:
 * @name: "heliograph-server" and the like
 *
 * Looks in the folders of HELIOGRAPH_PROGRAMS (with colons between), in the folder of this
 * program, where programs are installed, and in PATH.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *helio_programs_find (const char *name);

/* The path of this program, absolute. (transfer full) (nullable) */
char *helio_programs_get_own (void);

G_END_DECLS
