/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HELIO_TYPE_HEALTH_ROW (helio_health_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioHealthRow, helio_health_row, HELIO, HEALTH_ROW, AdwActionRow)

HelioHealthRow *helio_health_row_new (void);

/* @source: the agent's Source */
void helio_health_row_show_source (HelioHealthRow *row, GVariant *source);

/* @destination: one of the agent's Destinations */
void helio_health_row_show_destination (HelioHealthRow *row, GVariant *destination);

G_END_DECLS
