/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * helio_cli_read_secret:
 * @file: a path, or "-" for stdin
 * @prompt: what to ask for when stdin is a terminal
 *
 * Reads a token or key: one line, without the white space around it. From a terminal nothing of
 * it is echoed. It is never an argument: every user of a machine can read those.
 *
 * Returns: (transfer full): the secret, to be freed with helio_cli_free_secret(), or NULL
 */
char *helio_cli_read_secret (const char *file, const char *prompt, GError **error);

/* Overwrites it first. */
void helio_cli_free_secret (char *secret);

typedef char HelioSecret;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioSecret, helio_cli_free_secret)

G_END_DECLS
