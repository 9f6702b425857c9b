/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "window/helio-entry.h"

#include <string.h>

gboolean
helio_entry_is_filled (GtkEditable *entry)
{
  const char *text = gtk_editable_get_text (entry);

  return strspn (text, " \t") < strlen (text);
}

char *
helio_entry_get_text (GtkEditable *entry)
{
  return g_strstrip (gtk_editable_get_chars (entry, 0, -1));
}

char *
helio_entry_get_address (GtkEditable *entry)
{
  g_autofree char *text = helio_entry_get_text (entry);

  if (*text == '\0' || strstr (text, "://") != NULL)
    return g_steal_pointer (&text);
  return g_strconcat ("https://", text, NULL);
}

char *
helio_entry_get_path (GtkEditable *entry)
{
  g_autofree char *path = helio_entry_get_text (entry);

  if (!g_str_has_prefix (path, "~/"))
    return g_steal_pointer (&path);
  return g_build_filename (g_get_home_dir (), path + 2, NULL);
}
