/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-pauses.h"

#include <time.h>

#include "model/helio-event.h"

/* Two readings of two clocks differ by less. */
#define TOLERANCE 100

static HelioPause *
get (const HelioPauses *pauses, guint index)
{
  return &g_array_index (pauses->list, HelioPause, index);
}

/* The piece that holds now. */
static HelioPause *
get_present (const HelioPauses *pauses)
{
  return get (pauses, pauses->list->len - 1);
}

static void
add_piece (HelioPauses *pauses, int64_t start)
{
  HelioPause piece = { start, pauses->until };

  g_array_append_val (pauses->list, piece);
  pauses->n_pieces++;
}

HelioPauses *
helio_pauses_new (void)
{
  HelioPauses *pauses = g_new0 (HelioPauses, 1);

  pauses->list = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  return pauses;
}

void
helio_pauses_free (HelioPauses *pauses)
{
  g_array_unref (pauses->list);
  g_free (pauses);
}

int64_t
helio_pauses_boot_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_BOOTTIME, &time);
  return (int64_t) time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A timed pause that is going on is marked by an entry of no length at its end, which holds
 * nothing: when the clock was set back, one that is over looks like one to come. Returns FALSE if
 * none is going on. */
static gboolean
find_until (const GArray *stored, int64_t now, int64_t *until)
{
  for (guint i = 0; i < stored->len; i++)
    {
      const HelioPause *pause = &g_array_index (stored, HelioPause, i);

      if (pause->end != HELIO_TIME_MAX && (pause->start != pause->end || pause->end <= now))
        continue;
      *until = pause->end;
      return TRUE;
    }
  return FALSE;
}

void
helio_pauses_load (HelioPauses *pauses, const GArray *stored, int64_t now, int64_t boot)
{
  int64_t until = 0;
  gboolean is_going_on = find_until (stored, now, &until);
  const HelioPause *present = NULL;

  g_array_set_size (pauses->list, 0);
  pauses->n_pieces = 0;
  pauses->until = until;
  pauses->wall = now;
  pauses->boot = boot;
  for (guint i = 0; i < stored->len; i++)
    {
      const HelioPause *pause = &g_array_index (stored, HelioPause, i);

      if (pause->start < pause->end && !(is_going_on && pause->end == until))
        g_array_append_vals (pauses->list, pause, 1);
    }
  if (!is_going_on)
    return;

  for (guint i = 0; i < stored->len; i++)
    {
      const HelioPause *pause = &g_array_index (stored, HelioPause, i);

      if (pause->start >= pause->end || pause->end != until)
        continue;
      if (pause->start <= now && (present == NULL || pause->start > present->start))
        present = pause;
    }
  for (guint i = 0; i < stored->len; i++)
    {
      const HelioPause *pause = &g_array_index (stored, HelioPause, i);

      if (pause != present && pause->start < pause->end && pause->end == until)
        add_piece (pauses, pause->start);
    }
  add_piece (pauses, present != NULL ? present->start : now);
}

GArray *
helio_pauses_get_stored (const HelioPauses *pauses)
{
  GArray *stored = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  HelioPause mark = { pauses->until, pauses->until };

  for (guint i = 0; i < pauses->list->len; i++)
    if (get (pauses, i)->start < get (pauses, i)->end)
      g_array_append_vals (stored, get (pauses, i), 1);
  if (pauses->n_pieces > 0 && pauses->until != HELIO_TIME_MAX)
    g_array_append_val (stored, mark);
  return stored;
}

gboolean
helio_pauses_look (HelioPauses *pauses, int64_t now, int64_t boot)
{
  int64_t passed = MAX (boot - pauses->boot, 0);
  int64_t expected = pauses->wall + passed;
  gboolean is_set = pauses->n_pieces > 0 && ABS (now - expected) > TOLERANCE;

  pauses->wall = now;
  pauses->boot = boot;
  if (!is_set)
    return FALSE;

  /* It was set at some moment since the last look: each of the two clocks may have shown all the
   * time that passed. */
  HelioPause *present = get_present (pauses);

  present->end = MIN (pauses->until, MAX (present->start, expected + 1));
  add_piece (pauses, MIN (now - passed, pauses->until));
  return TRUE;
}

void
helio_pauses_begin (HelioPauses *pauses, int64_t until, int64_t now, int64_t boot)
{
  helio_pauses_look (pauses, now, boot);
  for (guint i = pauses->list->len - pauses->n_pieces; i < pauses->list->len; i++)
    if (get (pauses, i)->end == pauses->until)
      get (pauses, i)->end = until;
  pauses->until = until;
  if (pauses->n_pieces == 0)
    add_piece (pauses, now);
}

GArray *
helio_pauses_end (HelioPauses *pauses, gboolean publishes_gap, int64_t now, int64_t boot)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  guint first;

  helio_pauses_look (pauses, now, boot);
  first = pauses->list->len - pauses->n_pieces;
  for (guint i = first; i < pauses->list->len; i++)
    {
      HelioPause *piece = get (pauses, i);

      /* The millisecond of the end is part of it, too: nobody knows what of it came before. */
      if (piece->end == pauses->until)
        piece->end = piece->start > now ? piece->start + HELIO_DAY : MIN (pauses->until, now + 1);
      g_array_append_vals (pieces, piece, 1);
    }
  if (publishes_gap)
    g_array_set_size (pauses->list, first);
  pauses->n_pieces = 0;
  return pieces;
}
