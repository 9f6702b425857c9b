/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_HERO (helio_hero_get_type ())
G_DECLARE_FINAL_TYPE (HelioHero, helio_hero, HELIO, HERO, HelioView)

G_END_DECLS
