/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HELIO_TYPE_PROGRESS_ROW (helio_progress_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioProgressRow, helio_progress_row, HELIO, PROGRESS_ROW, AdwPreferencesRow)

HelioProgressRow *helio_progress_row_new (void);

/* @destination: one of the agent's Destinations, with history; @progress: (nullable): all of its
 * Progress; @names_it: whether the name of the destination is shown, too. */
void helio_progress_row_show (HelioProgressRow *row,
                              GVariant *destination,
                              GVariant *progress,
                              gboolean is_source_well,
                              gboolean names_it);

G_END_DECLS
