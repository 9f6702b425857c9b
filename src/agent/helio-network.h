/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Tells when the network has changed: it may have come back. It is only a hint: what can be reached
 * is found out by trying. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioNetwork HelioNetwork;

/* Called when the network has changed and then was quiet for two seconds. */
typedef void (*HelioNetworkFunc) (gpointer data);

HelioNetwork *helio_network_new (HelioNetworkFunc func, gpointer data);
void helio_network_free (HelioNetwork *network);

gboolean helio_network_is_available (HelioNetwork *network);
gboolean helio_network_is_metered (HelioNetwork *network);

G_END_DECLS
