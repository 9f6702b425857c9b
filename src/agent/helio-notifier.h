/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Notifications of the desktop: one for each cause, until the cause is gone. */

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HelioNotice:
 * @cause: names it; what the user dismissed is not shown again while its cause lasts
 *
 * Something that needs the person.
 */
typedef struct
{
  char *cause;
  char *title;
  char *text;
} HelioNotice;

HelioNotice *helio_notice_new (const char *cause, const char *title, const char *text);
void helio_notice_free (HelioNotice *notice);

typedef struct _HelioNotifier HelioNotifier;

/* @uses_portal: in a sandbox */
HelioNotifier *helio_notifier_new (GDBusConnection *bus, gboolean uses_portal);
/* Closes all. */
void helio_notifier_free (HelioNotifier *notifier);

/* Shows what is new in the list, and closes what is not in it any more.
 * @notices: (element-type HelioNotice) */
void helio_notifier_show (HelioNotifier *notifier, GPtrArray *notices);

G_END_DECLS
