/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_SETTINGS_PAGE (helio_settings_page_get_type ())
G_DECLARE_FINAL_TYPE (HelioSettingsPage, helio_settings_page, HELIO, SETTINGS_PAGE, HelioView)

G_END_DECLS
