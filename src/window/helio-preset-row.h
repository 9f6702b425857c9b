/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "window/helio-rule-book.h"

G_BEGIN_DECLS

/* Ready privacy rules, one click away. */
#define HELIO_TYPE_PRESET_ROW (helio_preset_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioPresetRow, helio_preset_row, HELIO, PRESET_ROW, AdwActionRow)

/* @preset: one dictionary of the answer to ListPresets */
HelioPresetRow *helio_preset_row_new (HelioRuleBook *book, GVariant *preset);

/* @rules: (nullable): those that are there */
void helio_preset_row_update (HelioPresetRow *row, GPtrArray *rules);

G_END_DECLS
