/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* What helps those who look into a report: versions and states. It will be public: no titles, no
 * names of buckets, devices or destinations, and hosts only where an error names one. In English,
 * for them. (transfer full)
 * @agent: (nullable) */
char *helio_debug_info (HelioAgent1 *agent);

G_END_DECLS
