/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "aw-server.h"

G_BEGIN_DECLS

/* Starts a thread that sends heartbeats to the store, as watchers do, until the program ends. */
void aw_live_start (AwServer *server, guint32 seed);

G_END_DECLS
