/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/helio-cli.h"

G_BEGIN_DECLS

/**
 * HelioPreviewOptions:
 * @bucket: (nullable): NULL for all that are on
 * @scope: (nullable): NULL for history
 * @limit: events of each bucket
 * @is_json: for programs
 */
typedef struct
{
  char *bucket;
  char *scope;
  int limit;
  gboolean is_json;
} HelioPreviewOptions;

/* clang-format off */
#define HELIO_PREVIEW_ENTRIES(options)                                                             \
  { "bucket", 'b', 0, G_OPTION_ARG_STRING, &(options).bucket, N_ ("Only this bucket"), N_ ("ID") }, \
  { "scope", 's', 0, G_OPTION_ARG_STRING, &(options).scope,                                        \
    N_ ("history (if nothing is said) or presence"), N_ ("SCOPE") },                               \
  { "limit", 'n', 0, G_OPTION_ARG_INT, &(options).limit,                                           \
    N_ ("So many events of each bucket"), N_ ("NUMBER") },                                         \
  HELIO_CLI_JSON_ENTRY (&(options).is_json)
/* clang-format on */

void helio_preview_options_clear (HelioPreviewOptions *options);

/* @rules: to be tried, "" for those in force. */
HelioExit
helio_cli_print_preview (HelioCli *cli, const HelioPreviewOptions *options, const char *rules);

G_END_DECLS
