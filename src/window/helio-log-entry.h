/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/* One entry of the agent's log, as an item of a list model. Never changes. */

typedef enum
{
  HELIO_LOG_LEVEL_DEBUG,
  HELIO_LOG_LEVEL_INFO,
  HELIO_LOG_LEVEL_MESSAGE,
  HELIO_LOG_LEVEL_WARNING,
} HelioLogLevel;

#define HELIO_TYPE_LOG_ENTRY (helio_log_entry_get_type ())
G_DECLARE_FINAL_TYPE (HelioLogEntry, helio_log_entry, HELIO, LOG_ENTRY, GObject)

/* @entry: (uxsss), as in ListLog */
HelioLogEntry *helio_log_entry_new (GVariant *entry);

uint32_t helio_log_entry_get_serial (HelioLogEntry *entry);
HelioLogLevel helio_log_entry_get_level (HelioLogEntry *entry);
const char *helio_log_entry_get_message (HelioLogEntry *entry);

/* The level as people say it. */
const char *helio_log_entry_get_level_name (HelioLogEntry *entry);

/* "14:05:09". (transfer full) */
char *helio_log_entry_dup_time (HelioLogEntry *entry);

/* "Sunday, 1 March 2026". (transfer full) */
char *helio_log_entry_dup_day (HelioLogEntry *entry);

/* Whether both were made on one day, as the clock on the wall has it. */
gboolean helio_log_entry_is_same_day (HelioLogEntry *entry, HelioLogEntry *other);

/* Whether @words, folded for search, are in the message. */
gboolean helio_log_entry_matches (HelioLogEntry *entry, const char *folded);

/* A text as helio_log_entry_matches() takes it: letter case does not count. (transfer full) */
char *helio_log_fold (const char *text);

/* The line for a file or a clipboard, with its end: what heliographctl log prints.
 * (transfer full) */
char *helio_log_entry_dup_line (HelioLogEntry *entry);

G_END_DECLS
