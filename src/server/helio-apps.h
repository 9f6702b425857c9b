/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The time per app and per day, over years. What a day that is over was used for is counted when it
 * is first asked for, and kept in the store until its events change; today is counted each time. */

#include "server/helio-store.h"

G_BEGIN_DECLS

/* Most days of one answer: ten years. */
#define HELIO_APPS_DAYS_MAX 3660

/* @store: of HELIO_STORE_COUNT; @first, @last: days of helio-calendar.h */
gboolean helio_apps_read (HelioStore *store,
                          int64_t device,
                          const char *timezone,
                          guint32 first,
                          guint32 last,
                          int64_t now,
                          GString *json,
                          GError **error);

/* Appends members that tell how far the answer can be trusted. */
gboolean helio_apps_append_trust (HelioStore *store, int64_t device, GString *json, GError **error);

G_END_DECLS
