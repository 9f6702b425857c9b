/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HELIO_TYPE_LOGS_PAGE (helio_logs_page_get_type ())
G_DECLARE_FINAL_TYPE (HelioLogsPage, helio_logs_page, HELIO, LOGS_PAGE, AdwBin)

G_END_DECLS
