/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Work in threads: synchronous, cancellable functions with copied inputs. All state stays in the
 * main thread, which starts the work and takes its result. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioWork HelioWork;
typedef struct _HelioWorks HelioWorks;

/* In a worker thread. Sets @error on failure. */
typedef void (*HelioWorkFunc) (gpointer data, GCancellable *cancellable, GError **error);
/* In the main thread, also after a failure or a cancellation. */
typedef void (*HelioWorkDone) (gpointer data, const GError *error, gpointer owner);

/**
 * HelioWorks:
 *
 * The work under way. A *hold* keeps new jobs from starting; a *join* also cancels those under
 * way and waits for their end.
 */
HelioWorks *helio_works_new (gpointer owner);
void helio_works_free (HelioWorks *works);

/**
 * helio_works_start:
 * @is_job: whether a join cancels it and waits for it; FALSE for what a method call asked for
 * @data: (transfer full): inputs and results
 *
 * Returns: (transfer none): valid until @done returns
 */
HelioWork *helio_works_start (HelioWorks *works,
                              gboolean is_job,
                              HelioWorkFunc func,
                              HelioWorkDone done,
                              gpointer data,
                              GDestroyNotify free_data);

void helio_work_cancel (HelioWork *work);

/* Runs @func when no job is under way. No job may start until helio_works_release(). */
void helio_works_join (HelioWorks *works, void (*func) (gpointer data), gpointer data);
void helio_works_release (HelioWorks *works);

/* Whether jobs may start. */
gboolean helio_works_is_held (HelioWorks *works);

/* Cancels everything, what method calls asked for too. */
void helio_works_cancel_all (HelioWorks *works);

G_END_DECLS
