/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A day from midnight to midnight: when which app was used, and when nobody was there. */

#include "server/helio-store.h"

G_BEGIN_DECLS

/* @day: of helio-calendar.h */
gboolean helio_timeline_read (HelioStore *store,
                              int64_t device,
                              const char *timezone,
                              guint32 day,
                              int64_t now,
                              GString *json,
                              GError **error);

G_END_DECLS
