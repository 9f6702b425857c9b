/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Days in the owner's time zone, where a day need not have 24 hours. A day is a Julian day as
 * GDate has them. */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* An unknown zone is UTC. (transfer full) */
GTimeZone *helio_calendar_get_zone (const char *name);

/* The day that a moment lies in. @time: ms */
guint32 helio_calendar_get_day (GTimeZone *zone, int64_t time);

/* The first moment of a day, ms. */
int64_t helio_calendar_get_midnight (GTimeZone *zone, guint32 day);

/* The first moments of days, and of the one after the last. (transfer full) (array) */
int64_t *helio_calendar_list_midnights (GTimeZone *zone, guint32 first, guint n_days);

/* `2026-11-20` */
gboolean helio_calendar_parse (const char *text, guint32 *day);
void helio_calendar_append (GString *text, guint32 day);

G_END_DECLS
