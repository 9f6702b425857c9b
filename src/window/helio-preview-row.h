/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "model/helio-rules-json.h"

G_BEGIN_DECLS

/* One event of a preview: left what ActivityWatch has, right what would leave. */
#define HELIO_TYPE_PREVIEW_ROW (helio_preview_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioPreviewRow, helio_preview_row, HELIO, PREVIEW_ROW, AdwPreferencesRow)

HelioPreviewRow *helio_preview_row_new (void);
/**
 * helio_preview_row_show:
 * @event: one dictionary of the answer to Preview
 * @rules: (nullable): the rules that were tried: one without a name is told by what it does
 */
void helio_preview_row_show (HelioPreviewRow *row, GVariant *event, GPtrArray *rules, int64_t now);

G_END_DECLS
