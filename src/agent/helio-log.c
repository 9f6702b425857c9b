/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/helio-time.h"

/* Longer messages are cut: one entry must not push all others out of the file. */
#define MAX_MESSAGE 2000

struct _HelioLog
{
  GThread *main_thread;
  GQueue ring; /* HelioLogEntry, oldest first */
  uint32_t serial;
  char *path;
  int fd;
  gsize size;
  HelioLogFunc listener;
  gpointer listener_data;
};

/* The writer function has no owner that could be passed on. */
static HelioLog *installed;

static void
entry_free (HelioLogEntry *entry)
{
  g_free (entry->domain);
  g_free (entry->message);
  g_free (entry);
}

static const char *
level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    return "warning";
  if (level & G_LOG_LEVEL_MESSAGE)
    return "message";
  return level & G_LOG_LEVEL_INFO ? "info" : "debug";
}

static const char *
level_from_text (const char *text)
{
  static const char *const names[] = { "debug", "info", "message", "warning" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i]) == 0)
      return names[i];
  return NULL;
}

static void
push (HelioLog *log, HelioLogEntry *entry)
{
  entry->serial = ++log->serial;
  g_queue_push_tail (&log->ring, entry);
  while (log->ring.length > HELIO_LOG_RING)
    entry_free (g_queue_pop_head (&log->ring));
}

static gboolean
open_file (HelioLog *log)
{
  struct stat status;

  log->fd = g_open (log->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  log->size = log->fd >= 0 && fstat (log->fd, &status) == 0 ? (gsize) status.st_size : 0;
  return log->fd >= 0;
}

static void
close_file (HelioLog *log)
{
  if (log->fd >= 0)
    close (log->fd);
  log->fd = -1;
}

/* One entry a line, its parts set apart by tabs. A full disk costs entries in the file, nothing
 * else: it can't be reported here. */
static void
write_entry (HelioLog *log, const HelioLogEntry *entry)
{
  char time[HELIO_TIME_TEXT];

  if (log->fd < 0)
    return;

  helio_time_format (entry->time, time);
  g_autofree char *line
      = g_strdup_printf ("%s\t%s\t%s\t%s\n", time, entry->level, entry->domain, entry->message);
  gsize length = strlen (line);

  if (log->size + length > HELIO_LOG_FILE_SIZE)
    {
      g_autofree char *old = g_strconcat (log->path, ".old", NULL);

      close_file (log);
      if (g_rename (log->path, old) != 0 || !open_file (log))
        return;
    }
  if (write (log->fd, line, length) == (gssize) length)
    log->size += length;
}

static gboolean
on_entry_made (gpointer data)
{
  HelioLogEntry *entry = data;
  HelioLog *log = installed;

  push (log, entry);
  write_entry (log, entry);
  if (log->listener != NULL)
    log->listener (entry, log->listener_data);
  return G_SOURCE_REMOVE;
}

/* Control characters would break the lines of the file and terminals. */
static char *
clean (const char *text, gssize length)
{
  g_autofree char *bounded = g_strndup (
      text, length < 0 ? strnlen (text, MAX_MESSAGE) : (gsize) MIN (length, (gssize) MAX_MESSAGE));
  char *clean_text = g_utf8_make_valid (bounded, -1);

  for (char *c = clean_text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return clean_text;
}

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  HelioLog *log = data;
  const char *domain = NULL;
  const GLogField *message = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = &fields[i];
      else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0 && fields[i].length < 0)
        domain = fields[i].value;
    }
  gboolean is_ours = domain != NULL && g_str_has_prefix (domain, "helio");
  gboolean is_dropped = g_log_writer_default_would_drop (level, domain);
  /* Milestones of ours are kept in the ring though the terminal does not show them. */
  gboolean is_kept = !is_dropped || (is_ours && (level & G_LOG_LEVEL_INFO));

  if (is_kept && message != NULL)
    {
      HelioLogEntry *entry = g_new0 (HelioLogEntry, 1);

      entry->time = helio_time_now ();
      entry->level = level_name (level);
      entry->domain = g_strdup (domain != NULL ? domain : "");
      entry->message = clean (message->value, message->length);
      /* Runs at once in the main thread: what was logged before a crash is in the file. */
      if (g_thread_self () == log->main_thread)
        on_entry_made (entry);
      else
        g_idle_add_full (G_PRIORITY_DEFAULT, on_entry_made, entry, NULL);
    }
  if (is_dropped)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, NULL);
}

HelioLog *
helio_log_install (void)
{
  g_assert (installed == NULL);
  installed = g_new0 (HelioLog, 1);
  installed->main_thread = g_thread_self ();
  installed->fd = -1;
  g_queue_init (&installed->ring);
  g_log_set_writer_func (on_log, installed, NULL);
  return installed;
}

static void
seed_line (GQueue *seeds, char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "\t", 4);
  int64_t seconds;
  int32_t nanoseconds;

  if (g_strv_length (parts) != 4 || level_from_text (parts[1]) == NULL
      || !helio_time_parse (parts[0], strlen (parts[0]), &seconds, &nanoseconds)
      || !g_utf8_validate (parts[3], -1, NULL) || !g_utf8_validate (parts[2], -1, NULL))
    return;

  HelioLogEntry *entry = g_new0 (HelioLogEntry, 1);

  entry->time = seconds * 1000 + nanoseconds / 1000000;
  entry->level = level_from_text (parts[1]);
  entry->domain = g_strdup (parts[2]);
  entry->message = g_strdup (parts[3]);
  g_queue_push_tail (seeds, entry);
  if (seeds->length > HELIO_LOG_RING)
    entry_free (g_queue_pop_head (seeds));
}

static void
seed_file (GQueue *seeds, const char *path)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return;
  for (char *line = text; line < text + length;)
    {
      char *end = memchr (line, '\n', (gsize) (text + length - line));

      if (end == NULL)
        return;
      *end = '\0';
      seed_line (seeds, line);
      line = end + 1;
    }
}

gboolean
helio_log_open_file (HelioLog *log, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *old = g_strconcat (path, ".old", NULL);
  GQueue seeds = G_QUEUE_INIT;
  GQueue early = log->ring;

  g_return_val_if_fail (log->path == NULL, FALSE);

  g_mkdir_with_parents (folder, 0700);
  log->path = g_strdup (path);
  seed_file (&seeds, old);
  seed_file (&seeds, path);

  /* What was logged before the file was known comes after what is in it. */
  g_queue_init (&log->ring);
  while (!g_queue_is_empty (&seeds))
    push (log, g_queue_pop_head (&seeds));
  gboolean is_open = open_file (log);
  int saved_errno = errno;
  while (!g_queue_is_empty (&early))
    {
      HelioLogEntry *entry = g_queue_pop_head (&early);

      push (log, entry);
      write_entry (log, entry);
    }
  if (!is_open)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno),
                 _ ("The log can't be written to %s: %s"), path, g_strerror (saved_errno));
  return is_open;
}

void
helio_log_set_listener (HelioLog *log, HelioLogFunc func, gpointer data)
{
  log->listener = func;
  log->listener_data = data;
}

const GQueue *
helio_log_get_ring (HelioLog *log)
{
  return &log->ring;
}
