/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a person typed into a field, without the blanks around it. Texts are (transfer full). */

gboolean helio_entry_is_filled (GtkEditable *entry);
char *helio_entry_get_text (GtkEditable *entry);

/* Who types a bare host means the safe scheme. */
char *helio_entry_get_address (GtkEditable *entry);

/* "~/" is the home folder. */
char *helio_entry_get_path (GtkEditable *entry);

G_END_DECLS
