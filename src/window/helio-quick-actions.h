/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_QUICK_ACTIONS (helio_quick_actions_get_type ())
G_DECLARE_FINAL_TYPE (HelioQuickActions, helio_quick_actions, HELIO, QUICK_ACTIONS, HelioView)

G_END_DECLS
