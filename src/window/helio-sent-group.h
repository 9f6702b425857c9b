/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

/* The last things that really left, for one destination at a time. */
#define HELIO_TYPE_SENT_GROUP (helio_sent_group_get_type ())
G_DECLARE_FINAL_TYPE (HelioSentGroup, helio_sent_group, HELIO, SENT_GROUP, HelioView)

G_END_DECLS
