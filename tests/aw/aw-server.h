/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the parts of the stand-in share: settings, the store and its lock, statistics, faults. */

#include "aw-faults.h"
#include "aw-lock.h"
#include "aw-stats.h"
#include "aw-store.h"

G_BEGIN_DECLS

/* What reading costs: nothing extra, or as measured on the real servers. */
typedef enum
{
  AW_PACE_NONE,
  AW_PACE_PYTHON,
  AW_PACE_RUST,
  AW_PACE_V4,
} AwPace;

typedef struct
{
  /* set once */
  char *hostname;
  char *api_key;
  gboolean is_testing;
  gboolean is_marked;
  AwPace pace;
  int64_t lock_timeout_us;
  int port;
  /* guarded by the lock */
  AwLock lock;
  AwStore *store;
  AwFlavour flavour;
  int db_version;
  char *device_id;
  int64_t clock_offset;
  guint n_marks;
  /* with locks of their own */
  AwStats stats;
  AwFaults faults;
} AwServer;

/* Now, by the clock that tests can move; ns. */
int64_t aw_server_now (AwServer *server);
char *aw_server_new_device_id (void);

G_END_DECLS
