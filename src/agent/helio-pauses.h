/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The pauses that were and the one that is going on, under a clock that may be set back or forward
 * meanwhile. Pure: both clocks are parameters.
 *
 * Rules know pauses by the wall clock alone, for an event has no other time. So a pause that is
 * going on consists of pieces: one for each stretch that the wall clock went without a jump, and
 * together they are the times that it showed while the pause lasted. Nothing that is recorded in
 * a pause is published. Given up for that:
 * - When the clock is set back to before the beginning of the pause, it shows some times twice.
 *   What began in them before the pause can't be told from what began in the pause: it is not
 *   published, and taken back where it was; what runs into them is cut. Not more than that: a
 *   clock that is wrong by years for a minute takes one minute away.
 * - A jump is known as exactly as the agent looks (LONGEST_TICK): the pieces are longer by that.
 * - When the clock was set back while no agent ran, nobody knows how far it went before: after a
 *   Resume a day from the old beginning on is kept back. */

#include "model/helio-pause.h"

G_BEGIN_DECLS

/**
 * HelioPauses:
 * @list: (element-type HelioPause): the pieces of the present pause are the last ones, and the one
 *   that holds now is the very last
 * @n_pieces: of the present pause; 0 if none is going on
 * @until: ms, when the present pause ends by itself, or HELIO_TIME_MAX
 * @wall: ms, the wall clock when last looked at
 * @boot: ms since the machine was started, at the same moment; asleep or not, and never set
 */
typedef struct
{
  GArray *list;
  guint n_pieces;
  int64_t until;
  int64_t wall;
  int64_t boot;
} HelioPauses;

HelioPauses *helio_pauses_new (void);
void helio_pauses_free (HelioPauses *pauses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioPauses, helio_pauses_free)

/* The present value of HelioPauses::boot. */
int64_t helio_pauses_boot_now (void);

/**
 * helio_pauses_load:
 * @stored: (element-type HelioPause): what helio_pauses_get_stored() gave
 *
 * Finds out whether a pause is going on, also if the clock was set back to before its beginning;
 * then it has a new piece, which is to be stored.
 */
void helio_pauses_load (HelioPauses *pauses, const GArray *stored, int64_t now, int64_t boot);

/* (element-type HelioPause) (transfer full) */
GArray *helio_pauses_get_stored (const HelioPauses *pauses);

/* Looks at the clock. Returns: TRUE if it was set, and the pauses are to be stored */
gboolean helio_pauses_look (HelioPauses *pauses, int64_t now, int64_t boot);

/* Begins a pause, or gives the present one another end. */
void helio_pauses_begin (HelioPauses *pauses, int64_t until, int64_t now, int64_t boot);

/**
 * helio_pauses_end:
 * @publishes_gap: whether what happened in the pause is published after all
 *
 * Returns: (element-type HelioPause) (transfer full): the pieces it had
 */
GArray *helio_pauses_end (HelioPauses *pauses, gboolean publishes_gap, int64_t now, int64_t boot);

G_END_DECLS
