/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "helio-agent-dbus.h"

G_BEGIN_DECLS

/* The newest entries of the agent's log, oldest first, kept up as the agent writes. They stay when
 * the agent goes; one that begins anew brings its own. */

#define HELIO_LOG_FEED_MAX 2000

#define HELIO_TYPE_LOG_FEED (helio_log_feed_get_type ())
G_DECLARE_FINAL_TYPE (HelioLogFeed, helio_log_feed, HELIO, LOG_FEED, GObject)

HelioLogFeed *helio_log_feed_new (void);

/* @agent: (nullable) */
void helio_log_feed_set_agent (HelioLogFeed *feed, HelioAgent1 *agent);

/* (transfer none): of HelioLogEntry */
GListModel *helio_log_feed_get_entries (HelioLogFeed *feed);

G_END_DECLS
