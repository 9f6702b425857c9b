/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What systemd-logind tells: the session is locked, the machine falls asleep. Without a system
 * bus or logind it is never locked and never asleep. In a sandbox, which sees neither, the Inhibit
 * portal tells of lock and logout. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioSession HelioSession;

typedef enum
{
  HELIO_SESSION_LOCKED,
  HELIO_SESSION_UNLOCKED,
  HELIO_SESSION_FALLS_ASLEEP, /* say goodbye, then helio_session_let_sleep() */
  HELIO_SESSION_WOKE_UP,
  HELIO_SESSION_ENDS,
  HELIO_SESSION_KNOWN, /* once: whether it is locked is known now */
} HelioSessionEvent;

typedef void (*HelioSessionFunc) (HelioSessionEvent event, gpointer data);

/* @portal_bus: (nullable): the session bus, in a sandbox */
HelioSession *helio_session_new (GDBusConnection *portal_bus, HelioSessionFunc func, gpointer data);
void helio_session_free (HelioSession *session);

/* Gives up the delay that the goodbye needed. */
void helio_session_let_sleep (HelioSession *session);

/* Whether it was found out if the session is locked: before, nobody may be told what happens in it.
 * That takes 6 s at most. */
gboolean helio_session_is_known (HelioSession *session);

/* Whether its user is the one who has the screen now. */
gboolean helio_session_is_active (HelioSession *session);

G_END_DECLS
