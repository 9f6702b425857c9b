/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the Inhibit portal tells a sandbox, which sees no logind: the session is locked, or ends.
 * On a desktop without that portal it is never locked. */

#include "agent/helio-session.h"

G_BEGIN_DECLS

typedef struct _HelioMonitor HelioMonitor;

/* Tells of every state, whether it is new or not. */
HelioMonitor *helio_monitor_new (GDBusConnection *bus, HelioSessionFunc func, gpointer data);
void helio_monitor_free (HelioMonitor *monitor);

G_END_DECLS
