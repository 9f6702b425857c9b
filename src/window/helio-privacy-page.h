/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_PRIVACY_PAGE (helio_privacy_page_get_type ())
G_DECLARE_FINAL_TYPE (HelioPrivacyPage, helio_privacy_page, HELIO, PRIVACY_PAGE, HelioView)

G_END_DECLS
