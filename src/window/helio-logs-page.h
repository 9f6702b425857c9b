/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_LOGS_PAGE (helio_logs_page_get_type ())
G_DECLARE_FINAL_TYPE (HelioLogsPage, helio_logs_page, HELIO, LOGS_PAGE, HelioView)

G_END_DECLS
