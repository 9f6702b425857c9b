/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* A program that runs while the agent runs: started again when it ends unasked, and, if it is tied
 * to the agent, never left behind, not even by an agent that is killed. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioChild HelioChild;

typedef enum
{
  HELIO_CHILD_READY,    /* it wrote its first line */
  HELIO_CHILD_FAILED,   /* it ended unasked, or could not be started: it is tried again */
  HELIO_CHILD_GIVEN_UP, /* it ended unasked too often */
  HELIO_CHILD_STOPPED,  /* it ended as asked */
} HelioChildEvent;

/* @exit_code: of HELIO_CHILD_FAILED; -1: a signal ended it, or it could not be started */
typedef void (*HelioChildFunc) (HelioChildEvent event, int exit_code, gpointer data);

/**
 * helio_child_new:
 * @words: the program's name and its arguments; it is looked for at each start
 * @most_deaths: how many quick deaths in a row are enough, or 0
 * @is_tied: whether it dies with an agent that is killed
 */
HelioChild *helio_child_new (const char *const *words,
                             guint most_deaths,
                             gboolean is_tied,
                             HelioChildFunc func,
                             gpointer data);
/* Kills it. */
void helio_child_free (HelioChild *child);

/* Forgets earlier deaths. */
void helio_child_start (HelioChild *child);

/* Asks it to end; kills it after a second. HELIO_CHILD_STOPPED follows if it is alive now. */
void helio_child_stop (HelioChild *child);

gboolean helio_child_is_alive (HelioChild *child);

G_END_DECLS
