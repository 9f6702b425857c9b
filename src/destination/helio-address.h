/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The address of a backend as a user typed it, checked. */

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HelioAddress:
 * @base: the backend's URL with the base path of the protocol
 * @text: the same as text, without a `/` at its end
 * @name: host and port for messages: never the path
 * @is_local: whether the host is this machine: 127.0.0.0/8, ::1 or localhost
 */
typedef struct
{
  GUri *base;
  char *text;
  char *name;
  gboolean is_local;
} HelioAddress;

/* Errors are HELIO_ERROR_SETTINGS and never repeat the URL: what is wrong with it may be a
 * password in it. */
HelioAddress *helio_address_parse (const char *url, GError **error);

/* Refuses what everybody on the way could read (HELIO_ERROR_INSECURE), unless the user allowed it
 * or it stays on this machine. */
gboolean helio_address_check_secure (const HelioAddress *address,
                                     gboolean allows_plain_http,
                                     GError **error);
void helio_address_free (HelioAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioAddress, helio_address_free)

G_END_DECLS
