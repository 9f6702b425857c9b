/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A read of one's own data. Over a million events it takes a good part of a second, so a thread
 * does it, with a database handle of its own, while the main loop serves everybody else. */

#include "server/helio-exchange.h"

G_BEGIN_DECLS

typedef struct _HelioReading HelioReading;

/* Appends the JSON of the answer. Called in a thread. */
typedef gboolean (*HelioReadFunc) (HelioStore *store,
                                   const HelioReading *reading,
                                   GString *json,
                                   GError **error);

/**
 * HelioReading:
 * @mode: HELIO_STORE_READ unless set
 * @bucket: (nullable)
 * @cursor: (nullable)
 * @timezone: (nullable)
 */
struct _HelioReading
{
  HelioReadFunc func;
  HelioStoreMode mode;
  int64_t device;
  char *bucket;
  int64_t from;
  int64_t to;
  int64_t step;
  int64_t limit;
  char *cursor;
  char *timezone;
  guint32 first_day;
  guint32 last_day;
  int64_t now;

  /* the reading's own */
  char *dir;
  GCancellable *cancellable;
  GSource *leave; /* (nullable): the client leaves */
};

HelioReading *helio_reading_new (HelioReadFunc func, int64_t device, const char *bucket);
void helio_reading_free (HelioReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioReading, helio_reading_free)

/* Answers when all was read. (transfer full) @reading */
void helio_reading_start (HelioReading *reading, HelioExchange *exchange);

G_END_DECLS
