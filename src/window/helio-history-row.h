/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* From which day on history is published. It has the property "agent". */

#define HELIO_TYPE_HISTORY_ROW (helio_history_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioHistoryRow, helio_history_row, HELIO, HISTORY_ROW, AdwActionRow)

G_END_DECLS
