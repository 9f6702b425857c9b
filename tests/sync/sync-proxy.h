/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Stands between the agent and the receiver and loses, cuts, delays or answers what a test says:
 * at the n-th request from now, so that a run with the same seed meets the same faults. */

#include <gio/gio.h>

typedef struct _SyncProxy SyncProxy;

typedef enum
{
  SYNC_PROXY_LOSE_ANSWER, /* the receiver commits, the agent never hears of it */
  SYNC_PROXY_CUT_ANSWER,
  SYNC_PROXY_CUT_REQUEST,
  SYNC_PROXY_LATE,       /* the request arrives after the next write */
  SYNC_PROXY_STATUS,     /* the proxy answers @status */
  SYNC_PROXY_TOO_LARGE,  /* 413 to a body of more than 2,000 bytes */
  SYNC_PROXY_HOOK,       /* the hook is called, then the request goes on */
  SYNC_PROXY_HOOK_AFTER, /* the hook is called after the answer, which is lost */
  SYNC_PROXY_N_FAULTS,
} SyncProxyFault;

/* @target_url: as "http://127.0.0.1:5680" */
SyncProxy *sync_proxy_new (const char *target_url);
void sync_proxy_free (SyncProxy *proxy);

const char *sync_proxy_get_url (SyncProxy *proxy);

/* The @nth request from now on (from 0; only writes, if @writes_only) meets the fault; @hook is
 * called in the thread of the proxy. */
void sync_proxy_add_fault (SyncProxy *proxy,
                           SyncProxyFault fault,
                           guint nth,
                           gboolean writes_only,
                           guint status,
                           GFunc hook,
                           gpointer data);

/* Forgets faults and the late request. */
void sync_proxy_clear (SyncProxy *proxy);

/* (transfer full) (element-type GBytes): all that came from the agent since the last call, a
 * request in each, whatever became of it. */
GPtrArray *sync_proxy_take_requests (SyncProxy *proxy);

/* Faults that were met since the proxy began. */
guint sync_proxy_get_n_met (SyncProxy *proxy);
