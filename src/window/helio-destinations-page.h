/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_DESTINATIONS_PAGE (helio_destinations_page_get_type ())
G_DECLARE_FINAL_TYPE (
    HelioDestinationsPage, helio_destinations_page, HELIO, DESTINATIONS_PAGE, HelioView)

G_END_DECLS
