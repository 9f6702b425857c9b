/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * HelioColumns:
 *
 * Two children side by side, each half of the width; where that is narrow, one below the other.
 */
#define HELIO_TYPE_COLUMNS (helio_columns_get_type ())
G_DECLARE_FINAL_TYPE (HelioColumns, helio_columns, HELIO, COLUMNS, GtkWidget)

G_END_DECLS
