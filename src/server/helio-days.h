/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Hours per day: the union of the intervals in which somebody was at the device, cut at midnight
 * in the owner's time zone. */

#include "server/helio-store.h"

G_BEGIN_DECLS

#define HELIO_DAYS_MAX 366

typedef struct _HelioDays HelioDays;

HelioDays *helio_days_new (HelioStore *store);
void helio_days_free (HelioDays *days);

/* To be called after the device's events changed. */
void helio_days_forget (HelioDays *days, int64_t device);

/* Appends `[{"date","active"}]`, oldest first, the last one today. @count: 1 to HELIO_DAYS_MAX */
gboolean helio_days_read (HelioDays *days,
                          const HelioDevice *device,
                          int64_t now,
                          guint count,
                          GString *json,
                          GError **error);

G_END_DECLS
