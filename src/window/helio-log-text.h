/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A text that wraps, for long lists: a label tries several widths to find its best one, which takes
 * a second for the rows of a log. This one takes the width that it is given. */

#define HELIO_TYPE_LOG_TEXT (helio_log_text_get_type ())
G_DECLARE_FINAL_TYPE (HelioLogText, helio_log_text, HELIO, LOG_TEXT, GtkWidget)

void helio_log_text_set_text (HelioLogText *widget, const char *text);

G_END_DECLS
