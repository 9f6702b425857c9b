/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-work.h"

struct _HelioWork
{
  HelioWorks *works;
  gboolean is_job;
  HelioWorkFunc func;
  HelioWorkDone done;
  gpointer data;
  GDestroyNotify free_data;
  GCancellable *cancellable;
};

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
} Join;

struct _HelioWorks
{
  gpointer owner;
  GPtrArray *works; /* HelioWork under way */
  GArray *joins;    /* Join, waiting */
  guint holds;
};

HelioWorks *
helio_works_new (gpointer owner)
{
  HelioWorks *works = g_new0 (HelioWorks, 1);

  works->owner = owner;
  works->works = g_ptr_array_new ();
  works->joins = g_array_new (FALSE, FALSE, sizeof (Join));
  return works;
}

void
helio_works_free (HelioWorks *works)
{
  /* What is still under way when the program ends holds on to it. */
  if (works->works->len > 0)
    return;
  g_ptr_array_unref (works->works);
  g_array_unref (works->joins);
  g_free (works);
}

static gboolean
has_jobs (HelioWorks *works)
{
  for (guint i = 0; i < works->works->len; i++)
    if (((HelioWork *) works->works->pdata[i])->is_job)
      return TRUE;
  return FALSE;
}

static void
run_joins (HelioWorks *works)
{
  while (works->joins->len > 0 && !has_jobs (works))
    {
      Join join = g_array_index (works->joins, Join, 0);

      g_array_remove_index (works->joins, 0);
      join.func (join.data);
    }
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HelioWork *work = data;
  GError *error = NULL;

  work->func (work->data, work->cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  HelioWork *work = data;
  HelioWorks *works = work->works;

  g_task_propagate_boolean (G_TASK (result), &error);
  g_ptr_array_remove_fast (works->works, work);
  work->done (work->data, error, works->owner);
  work->free_data (work->data);
  g_object_unref (work->cancellable);
  g_free (work);
  run_joins (works);
}

HelioWork *
helio_works_start (HelioWorks *works,
                   gboolean is_job,
                   HelioWorkFunc func,
                   HelioWorkDone done,
                   gpointer data,
                   GDestroyNotify free_data)
{
  HelioWork *work = g_new0 (HelioWork, 1);

  work->works = works;
  work->is_job = is_job;
  work->func = func;
  work->done = done;
  work->data = data;
  work->free_data = free_data;
  work->cancellable = g_cancellable_new ();
  g_ptr_array_add (works->works, work);

  /* The task gets no cancellable of its own: its end must be the end of the thread's work. */
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_ended, work);
  g_task_set_task_data (task, work, NULL);
  g_task_run_in_thread (task, run_in_thread);
  return work;
}

void
helio_work_cancel (HelioWork *work)
{
  g_cancellable_cancel (work->cancellable);
}

static gboolean
on_idle_joins (gpointer data)
{
  run_joins (data);
  return G_SOURCE_REMOVE;
}

void
helio_works_join (HelioWorks *works, void (*func) (gpointer data), gpointer data)
{
  Join join = { func, data };

  works->holds++;
  for (guint i = 0; i < works->works->len; i++)
    if (((HelioWork *) works->works->pdata[i])->is_job)
      helio_work_cancel (works->works->pdata[i]);
  g_array_append_val (works->joins, join);
  if (!has_jobs (works))
    g_idle_add (on_idle_joins, works);
}

void
helio_works_release (HelioWorks *works)
{
  g_assert (works->holds > 0);
  works->holds--;
}

gboolean
helio_works_is_held (HelioWorks *works)
{
  return works->holds > 0;
}

void
helio_works_cancel_all (HelioWorks *works)
{
  for (guint i = 0; i < works->works->len; i++)
    helio_work_cancel (works->works->pdata[i]);
}
