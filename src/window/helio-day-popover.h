/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where a day is chosen, or all of history. It emits "chosen" with the midnight in ms, 0 for all.
 */

#define HELIO_TYPE_DAY_POPOVER (helio_day_popover_get_type ())
G_DECLARE_FINAL_TYPE (HelioDayPopover, helio_day_popover, HELIO, DAY_POPOVER, GtkPopover)

GtkWidget *helio_day_popover_new (void);

/* @from: ms; 0 shows today */
void helio_day_popover_show (HelioDayPopover *popover, int64_t from);

G_END_DECLS
