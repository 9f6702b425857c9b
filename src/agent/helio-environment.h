/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the environment says for headless use. It decides over the settings. */

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <stdint.h>

#include "rules/helio-rules.h"

G_BEGIN_DECLS

/* NULL (or FALSE) where the environment says nothing. */
typedef struct
{
  char *aw_url;
  char *aw_key_file;
  char *url;
  char *token_file;
  GStrv buckets;
  gboolean has_history_from;
  int64_t history_from; /* ms; 0 for all */
  gboolean allows_plain_http;
  HelioLevel level;
} HelioEnvironment;

/* Text for --help. */
#define HELIO_ENVIRONMENT_HELP                                                                     \
  N_ ("Environment (decides over the settings):\n"                                                 \
      "  HELIOGRAPH_AW_URL            address of ActivityWatch\n"                                  \
      "  HELIOGRAPH_AW_KEY_FILE       file with its API key (mode 0600)\n"                         \
      "  HELIOGRAPH_URL               address of a backend to publish to\n"                        \
      "  HELIOGRAPH_TOKEN_FILE        file with its token (mode 0600)\n"                           \
      "  HELIOGRAPH_BUCKETS           ids of the buckets to publish, with commas between;\n"       \
      "                               \"default\": window and afk bucket of this host\n"           \
      "  HELIOGRAPH_HISTORY_FROM      2026-01-31, a full time, or \"all\"\n"                       \
      "  HELIOGRAPH_LEVEL             live status: nothing, state (if unset), app, title\n"        \
      "  HELIOGRAPH_ALLOW_PLAIN_HTTP  1: plain http to another host is allowed\n")

/* Errors: HELIO_ERROR_SETTINGS if what it says can't be understood. */
HelioEnvironment *helio_environment_read (GError **error);
void helio_environment_free (HelioEnvironment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioEnvironment, helio_environment_free)

G_END_DECLS
