/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include "cli/helio-cli-published.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "model/helio-text.h"

const char *
helio_published_choose (const HelioPublished *published, const char *name, gboolean is_held)
{
  char line[64];

  if (published->is_deleted)
    return "delete";
  if (published->keep || !is_held || !isatty (STDIN_FILENO) || !isatty (STDERR_FILENO))
    return "keep";

  g_autofree char *clean = helio_text_clean (name);
  g_printerr (_ ("Delete what was published of %s? Type “delete”, or press Enter to keep it: "),
              clean);
  if (fgets (line, sizeof line, stdin) == NULL)
    return "keep";
  g_strstrip (line);
  return g_str_equal (line, "delete") ? "delete" : "keep";
}
