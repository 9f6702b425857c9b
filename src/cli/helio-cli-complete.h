/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For the completion of the shell: the ids of "buckets", "destinations" or "questions", one to a
 * line. It starts no agent and says nothing about what goes wrong: a key was pressed, no more. */
void helio_cli_complete (const char *what);

G_END_DECLS
