/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "window/helio-log-entry.h"

G_BEGIN_DECLS

/* One entry of the log, below the name of its day where a new one begins. */

#define HELIO_TYPE_LOG_ROW (helio_log_row_get_type ())
G_DECLARE_FINAL_TYPE (HelioLogRow, helio_log_row, HELIO, LOG_ROW, GtkBox)

HelioLogRow *helio_log_row_new (void);

void helio_log_row_set_entry (HelioLogRow *row, HelioLogEntry *entry);

/* @before: (nullable): the entry above, NULL for the first row */
void helio_log_row_set_before (HelioLogRow *row, HelioLogEntry *before);

G_END_DECLS
