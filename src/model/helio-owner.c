/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-owner.h"

gboolean
helio_has_owner (gpointer proxy)
{
  g_return_val_if_fail (proxy == NULL || G_IS_DBUS_PROXY (proxy), FALSE);

  g_autofree char *owner = proxy != NULL ? g_dbus_proxy_get_name_owner (proxy) : NULL;
  return owner != NULL;
}
