/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-log-entry.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HelioLogEntry
{
  GObject parent_instance;

  uint32_t serial;
  HelioLogLevel level;
  GDateTime *time; /* local */
  char *domain;
  char *message;
  char *folded; /* the message, for search; NULL until first searched */
};

G_DEFINE_FINAL_TYPE (HelioLogEntry, helio_log_entry, G_TYPE_OBJECT)

static const char *const level_words[] = { "debug", "info", "message", "warning" };

G_STATIC_ASSERT (G_N_ELEMENTS (level_words) == HELIO_LOG_LEVEL_WARNING + 1);

static void
helio_log_entry_finalize (GObject *object)
{
  HelioLogEntry *entry = HELIO_LOG_ENTRY (object);

  g_date_time_unref (entry->time);
  g_free (entry->domain);
  g_free (entry->message);
  g_free (entry->folded);
  G_OBJECT_CLASS (helio_log_entry_parent_class)->finalize (object);
}

static void
helio_log_entry_class_init (HelioLogEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = helio_log_entry_finalize;
}

static void
helio_log_entry_init (HelioLogEntry *entry G_GNUC_UNUSED)
{
}

/* An unknown level is not hidden. */
static HelioLogLevel
parse_level (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_words); i++)
    if (strcmp (level_words[i], word) == 0)
      return (HelioLogLevel) i;
  return HELIO_LOG_LEVEL_WARNING;
}

static GDateTime *
local_time (int64_t ms)
{
  int64_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  GDateTime *time = g_date_time_new_from_unix_local (seconds);

  return time != NULL ? time : g_date_time_new_from_unix_utc (0);
}

HelioLogEntry *
helio_log_entry_new (GVariant *variant)
{
  HelioLogEntry *entry = g_object_new (HELIO_TYPE_LOG_ENTRY, NULL);
  int64_t ms;
  const char *level;

  g_variant_get (variant, "(ux&sss)", &entry->serial, &ms, &level, &entry->domain, &entry->message);
  entry->level = parse_level (level);
  entry->time = local_time (ms);
  return entry;
}

uint32_t
helio_log_entry_get_serial (HelioLogEntry *entry)
{
  return entry->serial;
}

HelioLogLevel
helio_log_entry_get_level (HelioLogEntry *entry)
{
  return entry->level;
}

const char *
helio_log_entry_get_message (HelioLogEntry *entry)
{
  return entry->message;
}

const char *
helio_log_entry_get_level_name (HelioLogEntry *entry)
{
  switch (entry->level)
    {
    case HELIO_LOG_LEVEL_WARNING:
      return _ ("Warning");
    case HELIO_LOG_LEVEL_MESSAGE:
      return _ ("Message");
    case HELIO_LOG_LEVEL_DEBUG:
      return _ ("Detail");
    case HELIO_LOG_LEVEL_INFO:
    default:
      return _ ("Information");
    }
}

char *
helio_log_entry_dup_time (HelioLogEntry *entry)
{
  return g_date_time_format (entry->time, "%H:%M:%S");
}

char *
helio_log_entry_dup_day (HelioLogEntry *entry)
{
  /* Translators: a day as g_date_time_format() writes it, like “Sunday, 1 March 2026”. */
  return g_date_time_format (entry->time, _ ("%A, %-d %B %Y"));
}

gboolean
helio_log_entry_is_same_day (HelioLogEntry *entry, HelioLogEntry *other)
{
  return g_date_time_get_day_of_year (entry->time) == g_date_time_get_day_of_year (other->time)
         && g_date_time_get_year (entry->time) == g_date_time_get_year (other->time);
}

gboolean
helio_log_entry_matches (HelioLogEntry *entry, const char *folded)
{
  if (*folded == '\0')
    return TRUE;
  if (entry->folded == NULL)
    entry->folded = helio_log_fold (entry->message);
  return strstr (entry->folded, folded) != NULL;
}

char *
helio_log_fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

char *
helio_log_entry_dup_line (HelioLogEntry *entry)
{
  g_autofree char *moment = g_date_time_format (entry->time, "%Y-%m-%d %H:%M:%S");

  return g_strdup_printf ("%s  %-7s  %s: %s\n", moment, level_words[entry->level], entry->domain,
                          entry->message);
}
