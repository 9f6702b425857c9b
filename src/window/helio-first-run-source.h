/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "window/helio-view.h"

G_BEGIN_DECLS

#define HELIO_TYPE_FIRST_RUN_SOURCE (helio_first_run_source_get_type ())
G_DECLARE_FINAL_TYPE (
    HelioFirstRunSource, helio_first_run_source, HELIO, FIRST_RUN_SOURCE, HelioView)

G_END_DECLS
