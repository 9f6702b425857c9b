/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What a device was used for from one time to another, counted event by event. An app is used while
 * its window is in front and somebody is there; where no bucket tells that, all of the time that it
 * is in front. Who is there and what is in front at a time follows from the events that lie in it
 * alone, so the counts of several days are those of each day, added up. */

#include "server/helio-store.h"

G_BEGIN_DECLS

/* Where buckets of windows are not read, for there are too many. */
#define HELIO_USE_WINDOW_BUCKETS_MAX 64

/* So many names are told apart, the first ones, each as long as this; the time of all that come
 * later is that of others. */
#define HELIO_USE_NAMES_MAX 1000
#define HELIO_USE_UNNAMED HELIO_USE_NAMES_MAX

/**
 * HelioUseApp:
 * @name: NULL for all that are not told apart
 * @active: ms
 * @until: no time before this is counted again
 */
typedef struct
{
  char *name;
  int64_t active;
  int64_t until;
  guint number;
} HelioUseApp;

/**
 * HelioUse:
 * @here: when somebody was there
 * @away: when the device says that nobody was
 * @apps: (element-type HelioUseApp): the first one first
 * @spans: (nullable): when which app was used, by its number
 */
typedef struct
{
  int64_t from;
  int64_t to;
  GArray *here;
  GArray *away;
  GPtrArray *apps;
  HelioUseApp unnamed;
  GArray *spans;

  /* while it is counted */
  GHashTable *by_name; /* name -> HelioUseApp, borrowed */
  HelioUseApp *last;
  GString *name;
  guint first; /* no window that is still to come ends before this element of @here */
} HelioUse;

/* NULL with an error. */
HelioUse *helio_use_read (HelioStore *store,
                          int64_t device,
                          int64_t from,
                          int64_t to,
                          gboolean wants_spans,
                          GError **error);
void helio_use_free (HelioUse *use);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioUse, helio_use_free)

int64_t helio_use_get_active (const HelioUse *use);

G_END_DECLS
