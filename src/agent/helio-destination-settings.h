/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the user chose for one destination. */

#include <gio/gio.h>

#include "rules/helio-rules.h"

G_BEGIN_DECLS

/**
 * HelioDestinationSettings:
 * @id: names it in settings, ledger and D-Bus
 * @name: for people, may be ""
 * @device: name of this device at the backend, may be ""
 * @is_bundled: the receiver on this computer, which the agent runs
 * @token_file: a file with the token, or "": then it is in the secret store
 */
typedef struct
{
  char *id;
  char *url;
  char *name;
  char *device;
  HelioLevel level;
  gboolean has_history;
  gboolean allows_plain_http;
  gboolean is_bundled;
  char *token_file;
} HelioDestinationSettings;

HelioDestinationSettings *helio_destination_settings_new (const char *id, const char *url);
HelioDestinationSettings *
helio_destination_settings_copy (const HelioDestinationSettings *settings);
void helio_destination_settings_free (HelioDestinationSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioDestinationSettings, helio_destination_settings_free)

/* Takes "name", "url", "level", "history", "allow-plain-http", "token-file" from a{sv}. */
gboolean helio_destination_settings_change (HelioDestinationSettings *settings,
                                            GVariant *options,
                                            GError **error);

/**
 * helio_destination_settings_read_token:
 * @token: as the user gave it; "" where @settings name a file
 *
 * Returns: (transfer full): the token, never empty
 */
char *helio_destination_settings_read_token (const HelioDestinationSettings *settings,
                                             const char *token,
                                             GError **error);

G_END_DECLS
