/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-network.h"

/* One change of network brings a shower of signals. */
#define QUIET_SECONDS 2

struct _HelioNetwork
{
  GNetworkMonitor *monitor;
  HelioNetworkFunc func;
  gpointer data;
  guint quiet_id;
};

static gboolean
on_quiet (gpointer data)
{
  HelioNetwork *network = data;

  network->quiet_id = 0;
  network->func (network->data);
  return G_SOURCE_REMOVE;
}

static void
on_changed (HelioNetwork *network)
{
  g_clear_handle_id (&network->quiet_id, g_source_remove);
  network->quiet_id = g_timeout_add_seconds (QUIET_SECONDS, on_quiet, network);
}

HelioNetwork *
helio_network_new (HelioNetworkFunc func, gpointer data)
{
  HelioNetwork *network = g_new0 (HelioNetwork, 1);

  network->monitor = g_object_ref (g_network_monitor_get_default ());
  network->func = func;
  network->data = data;
  g_signal_connect_swapped (network->monitor, "network-changed", G_CALLBACK (on_changed), network);
  g_signal_connect_swapped (network->monitor, "notify::connectivity", G_CALLBACK (on_changed),
                            network);
  g_signal_connect_swapped (network->monitor, "notify::network-metered", G_CALLBACK (on_changed),
                            network);
  return network;
}

void
helio_network_free (HelioNetwork *network)
{
  g_signal_handlers_disconnect_by_data (network->monitor, network);
  g_clear_handle_id (&network->quiet_id, g_source_remove);
  g_object_unref (network->monitor);
  g_free (network);
}

gboolean
helio_network_is_available (HelioNetwork *network)
{
  return g_network_monitor_get_network_available (network->monitor);
}

gboolean
helio_network_is_metered (HelioNetwork *network)
{
  return g_network_monitor_get_network_metered (network->monitor);
}
