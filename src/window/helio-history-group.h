/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

/* From which day on history is published. It has the property "agent". */

#define HELIO_TYPE_HISTORY_GROUP (helio_history_group_get_type ())
G_DECLARE_FINAL_TYPE (HelioHistoryGroup, helio_history_group, HELIO, HISTORY_GROUP, HelioView)

G_END_DECLS
