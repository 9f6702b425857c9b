/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/helio-programs.h"

/* Who lived that long did not die of its start. */
#define QUICK_US (10 * G_USEC_PER_SEC)
#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS 60000
#define KILL_MS 1000

struct _HelioChild
{
  GStrv words;
  gboolean is_tied;
  guint most_deaths;
  HelioChildFunc func;
  gpointer data;

  gboolean is_wanted;
  GPid pid; /* 0 while it is not alive */
  int64_t started_us;
  guint deaths; /* quick ones in a row */
  int out;      /* until it wrote its first line */
  guint watch_id;
  guint out_id;
  guint restart_id;
  guint kill_id;
};

static void start (HelioChild *child);

static void
close_out (HelioChild *child)
{
  g_clear_handle_id (&child->out_id, g_source_remove);
  if (child->out >= 0)
    close (child->out);
  child->out = -1;
}

static gboolean
on_restart (gpointer data)
{
  HelioChild *child = data;

  child->restart_id = 0;
  start (child);
  return G_SOURCE_REMOVE;
}

/* Nobody asked for its end: again, later and later. */
static void
fail (HelioChild *child, int exit_code)
{
  guint wait = FIRST_WAIT_MS;

  child->deaths = g_get_monotonic_time () - child->started_us < QUICK_US ? child->deaths + 1 : 1;
  if (child->most_deaths > 0 && child->deaths >= child->most_deaths)
    {
      child->is_wanted = FALSE;
      g_warning ("%s ended %u times in a row and is not started again", child->words[0],
                 child->deaths);
      child->func (HELIO_CHILD_GIVEN_UP, exit_code, child->data);
      return;
    }
  for (guint i = 1; i < child->deaths && wait < LONGEST_WAIT_MS; i++)
    wait *= 2;
  if (child->deaths == 1)
    g_message ("%s ended and is started again", child->words[0]);
  child->restart_id = g_timeout_add (MIN (wait, LONGEST_WAIT_MS), on_restart, child);
  child->func (HELIO_CHILD_FAILED, exit_code, child->data);
}

static void
on_ended (GPid pid, int status, gpointer data)
{
  HelioChild *child = data;
  int exit_code = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
  gboolean was_stopped = child->kill_id != 0;

  g_spawn_close_pid (pid);
  g_clear_handle_id (&child->kill_id, g_source_remove);
  close_out (child);
  child->watch_id = 0;
  child->pid = 0;
  if (!was_stopped)
    fail (child, exit_code);
  else if (child->is_wanted)
    start (child);
  else
    child->func (HELIO_CHILD_STOPPED, exit_code, child->data);
}

static gboolean
on_out (int fd, GIOCondition condition, gpointer data)
{
  HelioChild *child = data;
  char text[256];
  ssize_t length = read (fd, text, sizeof text);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  /* What it writes after that, nobody reads. */
  if (length > 0 && memchr (text, '\n', (size_t) length) == NULL)
    return G_SOURCE_CONTINUE;
  child->out_id = 0;
  close_out (child);
  if (length > 0)
    child->func (HELIO_CHILD_READY, 0, child->data);
  return G_SOURCE_REMOVE;
}

/* In the child, before the program: only calls that are safe after a fork. */
static void
stand_apart (gpointer data)
{
  /* Ctrl-C in a terminal is for the agent, who has a goodbye to say first. */
  setpgid (0, 0);
}

static void
stand_apart_tied (gpointer data)
{
  stand_apart (data);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != GPOINTER_TO_INT (data))
    _exit (1);
}

static gboolean
spawn (HelioChild *child, GError **error)
{
  g_autofree char *path = helio_programs_find (child->words[0]);
  g_autofree char **words
      = g_memdup2 (child->words, (g_strv_length (child->words) + 1) * sizeof (char *));
  int out[2];
  gboolean is_started;

  if (path == NULL)
    {
      g_set_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT, _ ("%s is not installed"),
                   child->words[0]);
      return FALSE;
    }
  if (!g_unix_open_pipe (out, FD_CLOEXEC, error))
    return FALSE;
  words[0] = path;
  is_started = g_spawn_async_with_fds (
      NULL, words, NULL, G_SPAWN_DO_NOT_REAP_CHILD, child->is_tied ? stand_apart_tied : stand_apart,
      GINT_TO_POINTER ((int) getpid ()), &child->pid, -1, out[1], -1, error);
  close (out[1]);
  if (!is_started)
    {
      close (out[0]);
      return FALSE;
    }
  child->out = out[0];
  return TRUE;
}

static void
start (HelioChild *child)
{
  g_autoptr (GError) error = NULL;

  child->started_us = g_get_monotonic_time ();
  if (!spawn (child, &error))
    {
      if (child->deaths == 0)
        g_warning ("%s can't be started: %s", child->words[0], error->message);
      child->pid = 0;
      fail (child, -1);
      return;
    }
  g_unix_set_fd_nonblocking (child->out, TRUE, NULL);
  child->out_id = g_unix_fd_add (child->out, G_IO_IN | G_IO_HUP, on_out, child);
  child->watch_id = g_child_watch_add (child->pid, on_ended, child);
}

HelioChild *
helio_child_new (const char *const *words,
                 gboolean is_tied,
                 guint most_deaths,
                 HelioChildFunc func,
                 gpointer data)
{
  HelioChild *child = g_new0 (HelioChild, 1);

  child->words = g_strdupv ((char **) words);
  child->is_tied = is_tied;
  child->most_deaths = most_deaths;
  child->func = func;
  child->data = data;
  child->out = -1;
  return child;
}

void
helio_child_free (HelioChild *child)
{
  g_clear_handle_id (&child->watch_id, g_source_remove);
  g_clear_handle_id (&child->restart_id, g_source_remove);
  g_clear_handle_id (&child->kill_id, g_source_remove);
  close_out (child);
  if (child->pid != 0)
    {
      kill (child->pid, SIGKILL);
      waitpid (child->pid, NULL, 0);
    }
  g_strfreev (child->words);
  g_free (child);
}

void
helio_child_start (HelioChild *child)
{
  child->is_wanted = TRUE;
  g_clear_handle_id (&child->restart_id, g_source_remove);
  if (child->pid == 0)
    start (child);
}

static gboolean
on_kill (gpointer data)
{
  HelioChild *child = data;

  /* The id stays set: it tells that the end was asked for. */
  kill (child->pid, SIGKILL);
  return G_SOURCE_CONTINUE;
}

void
helio_child_stop (HelioChild *child)
{
  child->is_wanted = FALSE;
  g_clear_handle_id (&child->restart_id, g_source_remove);
  if (child->pid == 0 || child->kill_id != 0)
    return;
  child->kill_id = g_timeout_add (KILL_MS, on_kill, child);
  kill (child->pid, SIGTERM);
}

gboolean
helio_child_is_alive (HelioChild *child)
{
  return child->pid != 0;
}

gboolean
helio_child_is_wanted (HelioChild *child)
{
  return child->is_wanted;
}
