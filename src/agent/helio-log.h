/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The log: every structured message goes to stderr or the journal, into a ring of the newest
 * entries for those who ask over D-Bus, and into a file of bounded size that seeds the ring after
 * a restart. Our messages hold no titles, no tokens and no URL beyond its host. */

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

#define HELIO_LOG_RING 2000
#define HELIO_LOG_FILE_SIZE (1024 * 1024)

typedef struct _HelioLog HelioLog;

/**
 * HelioLogEntry:
 * @serial: larger than that of any entry before
 * @time: ms
 * @level: "debug", "info", "message" or "warning"
 * @domain: which room wrote it
 * @message: the text
 */
typedef struct
{
  uint32_t serial;
  int64_t time;
  const char *level;
  char *domain;
  char *message;
} HelioLogEntry;

/* Called in the main thread for each new entry. */
typedef void (*HelioLogFunc) (const HelioLogEntry *entry, gpointer data);

/* Becomes the writer of all logs of the process. Call once, before any other thread. */
HelioLog *helio_log_install (void);

/* Opens the file and seeds the ring from it. Without a file the log works all the same. */
gboolean helio_log_open_file (HelioLog *log, const char *path, GError **error);

/* @func may be NULL */
void helio_log_set_listener (HelioLog *log, HelioLogFunc func, gpointer data);

/* (element-type HelioLogEntry) (transfer none): oldest first */
const GQueue *helio_log_get_ring (HelioLog *log);

G_END_DECLS
