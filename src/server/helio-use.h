/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What a device was used for, for its owner: time per app, and a day from midnight to midnight.
 * An app is used while its window is in front and somebody is there; where no bucket tells that,
 * all of the time that it is in front. */

#include "server/helio-store.h"

G_BEGIN_DECLS

/* Most days of one answer: ten years. */
#define HELIO_USE_DAYS_MAX 3660

/* Appends the time per app and per day. @first, @last: days of helio-calendar.h */
gboolean helio_use_read_apps (HelioStore *store,
                              int64_t device,
                              const char *timezone,
                              guint32 first,
                              guint32 last,
                              int64_t now,
                              GString *json,
                              GError **error);

/* Appends when which app was used, and when nobody was there. */
gboolean helio_use_read_timeline (HelioStore *store,
                                  int64_t device,
                                  const char *timezone,
                                  guint32 day,
                                  int64_t now,
                                  GString *json,
                                  GError **error);

G_END_DECLS
