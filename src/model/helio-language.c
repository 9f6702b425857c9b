/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every program, the agent too, speaks the language of the session it runs in: an error is
 * translated where it arises and crosses the bus as a text to be shown. What programs read (JSON,
 * the protocol, names and codes on the bus) and the words of the log are never translated. */

#define G_LOG_DOMAIN "helio-model"

#include "config.h"

#include "model/helio-language.h"

#include <libintl.h>
#include <locale.h>

void
helio_language_begin (void)
{
  /* Where there is nothing installed: the build folder, for tests. */
  const char *folder = g_getenv ("HELIOGRAPH_LOCALES");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
