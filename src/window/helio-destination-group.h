/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* One destination: how it is, and what can be changed about it. */

#define HELIO_TYPE_DESTINATION_GROUP (helio_destination_group_get_type ())
G_DECLARE_FINAL_TYPE (
    HelioDestinationGroup, helio_destination_group, HELIO, DESTINATION_GROUP, AdwPreferencesGroup)

HelioDestinationGroup *helio_destination_group_new (void);

/* @destination: one dictionary of the agent's Destinations; @now: ms. What is in the person's
 * hands stays as it is. */
void helio_destination_group_update (HelioDestinationGroup *group,
                                     HelioAgent1 *agent,
                                     GVariant *destination,
                                     int64_t now);

G_END_DECLS
