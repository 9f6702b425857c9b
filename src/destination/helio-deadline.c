/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-destination"

#include "config.h"

#include "destination/helio-deadline.h"

#include <glib/gi18n-lib.h>

#include "model/helio-error.h"

struct _HelioDeadline
{
  GCancellable *inner;
  GCancellable *outer;
  gulong handler;
  int64_t span_us;

  /* the watcher waits on the queue for the word that all is done */
  GAsyncQueue *done;
  GThread *watcher;
};

/* Returns TRUE if the time ran out. */
static gpointer
watch (gpointer data)
{
  HelioDeadline *deadline = data;

  if (g_async_queue_timeout_pop (deadline->done, (guint64) deadline->span_us) != NULL)
    return GINT_TO_POINTER (FALSE);

  g_cancellable_cancel (deadline->inner);
  return GINT_TO_POINTER (TRUE);
}

static void
on_outer_cancelled (GCancellable *outer, gpointer data)
{
  (void) outer;
  g_cancellable_cancel (G_CANCELLABLE (data));
}

static void
deadline_free (HelioDeadline *deadline)
{
  if (deadline->outer != NULL)
    g_cancellable_disconnect (deadline->outer, deadline->handler);
  g_clear_object (&deadline->outer);
  g_clear_object (&deadline->inner);
  g_clear_pointer (&deadline->done, g_async_queue_unref);
  g_free (deadline);
}

HelioDeadline *
helio_deadline_start (GCancellable *outer, int64_t span_us, GError **error)
{
  HelioDeadline *deadline = g_new0 (HelioDeadline, 1);
  g_autoptr (GError) local = NULL;

  deadline->inner = g_cancellable_new ();
  deadline->span_us = MAX (span_us, 0);
  deadline->done = g_async_queue_new ();
  if (outer != NULL)
    {
      deadline->outer = g_object_ref (outer);
      deadline->handler = g_cancellable_connect (outer, G_CALLBACK (on_outer_cancelled),
                                                 g_object_ref (deadline->inner), g_object_unref);
    }

  deadline->watcher = g_thread_try_new ("deadline", watch, deadline, &local);
  if (deadline->watcher == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED, _ ("Can't start a thread: %s"),
                   local->message);
      deadline_free (deadline);
      return NULL;
    }

  return deadline;
}

GCancellable *
helio_deadline_get_cancellable (HelioDeadline *deadline)
{
  return deadline->inner;
}

gboolean
helio_deadline_end (HelioDeadline *deadline)
{
  g_async_queue_push (deadline->done, deadline);
  gboolean is_over = GPOINTER_TO_INT (g_thread_join (deadline->watcher));

  deadline_free (deadline);
  return is_over;
}
