/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/**
 * HelioPreview:
 *
 * The newest events of one bucket, and what rules let leave of each, in history or in the live
 * status. It asks the agent when it is shown and when it is told other rules.
 */
#define HELIO_TYPE_PREVIEW (helio_preview_get_type ())
G_DECLARE_FINAL_TYPE (HelioPreview, helio_preview, HELIO, PREVIEW, AdwPreferencesGroup)

/* @agent: (nullable) */
void helio_preview_set_agent (HelioPreview *preview, HelioAgent1 *agent);

/* @rules: (nullable): rules to try, "" for those in force; NULL: there are none yet to try */
void helio_preview_set_rules (HelioPreview *preview, const char *rules);

/* Asks again. */
void helio_preview_refresh (HelioPreview *preview);

G_END_DECLS
