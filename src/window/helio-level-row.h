/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What presence shows at a destination. Watch its property "selected". */

#define HELIO_TYPE_LEVEL_ROW (helio_level_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioLevelRow, helio_level_row, HELIO, LEVEL_ROW, AdwComboRow)

/* "nothing", "state", "app" or "title", as over D-Bus. */
const char *helio_level_row_get_level (HelioLevelRow *row);
void helio_level_row_set_level (HelioLevelRow *row, const char *level);

G_END_DECLS
