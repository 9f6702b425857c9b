/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "model/helio-rules-json.h"

G_BEGIN_DECLS

/* Where a privacy rule looks: everywhere, in buckets of a type, or in one bucket. */
#define HELIO_TYPE_WHERE_ROW (helio_where_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioWhereRow, helio_where_row, HELIO, WHERE_ROW, AdwComboRow)

/* @buckets: (nullable): the agent's; @rule: (nullable): whose place is chosen at first */
void helio_where_row_fill (HelioWhereRow *row, GVariant *buckets, JsonNode *rule);

/* Puts the choice into a rule. */
void helio_where_row_write (HelioWhereRow *row, JsonObject *rule);

G_END_DECLS
