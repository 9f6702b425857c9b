/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the owner does at the command line, beside a running server or without one. */

#include <gio/gio.h>

G_BEGIN_DECLS

enum
{
  HELIO_EXIT_GOOD = 0,
  HELIO_EXIT_FAILED = 1,
  HELIO_EXIT_USAGE = 2,
  HELIO_EXIT_DATA = 65,       /* the database is damaged or newer */
  HELIO_EXIT_ADDRESS = 69,    /* the address can't be listened on */
  HELIO_EXIT_CANT_WRITE = 73, /* the folder can't be written */
  HELIO_EXIT_RUNNING = 75,    /* another server uses the folder */
};

/* Each gets the words after its own name, NULL-terminated, and gives the exit code. */
int helio_command_token (const char *dir, char **words);
int helio_command_device (const char *dir, char **words);
int helio_command_export (const char *dir, char **words);

/* Says it on stderr and gives the exit code that fits. */
int helio_command_fail (const GError *error);
int helio_command_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
