/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Questions to the portals, through which a program in a sandbox meets the desktop. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define HELIO_PORTAL_NAME "org.freedesktop.portal.Desktop"
#define HELIO_PORTAL_PATH "/org/freedesktop/portal/desktop"

typedef enum
{
  HELIO_PORTAL_DONE = 0,
  HELIO_PORTAL_REFUSED = 1, /* by the user, or by what they said before */
} HelioPortalResponse;

/* A path below @kind that is ours on @bus, as portals form it from @token. (transfer full) */
char *helio_portal_make_path (GDBusConnection *bus, const char *kind, const char *token);

/**
 * helio_portal_ask:
 * @method: one that takes a parent window, which we don't have, and options
 * @options: (transfer none): what is asked; gets a handle_token
 * @seconds: how long the answer may take: the desktop may ask a user who is away
 *
 * The call gives the path of a request, whose signal brings the answer.
 */
void helio_portal_ask (GDBusConnection *bus,
                       const char *interface,
                       const char *method,
                       GVariantDict *options,
                       guint seconds,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data);

/* Returns the results, an a{sv}, whatever the @response. Fails with %G_IO_ERROR_TIMED_OUT if no
 * answer came; other errors say that this desktop has no such portal. */
GVariant *helio_portal_ask_finish (GAsyncResult *result, guint32 *response, GError **error);

G_END_DECLS
