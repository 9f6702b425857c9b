/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A person's days: sessions at the machine, breaks in them, windows, pages, music. Each day grows
 * from the seed and its date alone, so that days can be counted backwards from now, to find where
 * a history of N events begins, and then be written forwards. */

#include "aw-history.h"

#include <gio/gio.h>
#include <string.h>

#define MINUTE (60 * AW_SECOND)
#define HOUR (60 * MINUTE)
#define MOST_DAYS 36500

typedef struct
{
  AwServer *server;
  const AwHistory *history;
  AwDice times;
  AwDice words;
  AwDice odds;
  GString *data;
  /* NULL: this watcher is left out. */
  AwBucket *buckets[AW_N_WATCHERS];
  /* counting, not writing */
  gboolean is_counting;
  int64_t counted[AW_N_WATCHERS];
  /* where each begins: day, and how many events of that day are left out */
  int64_t first[AW_N_WATCHERS];
  int64_t skip[AW_N_WATCHERS];
  int64_t day;
  /* odd ones */
  gboolean had_first[AW_N_WATCHERS];
  int64_t last_start[AW_N_WATCHERS];
  int ties_left[AW_N_WATCHERS];
} Generator;

/* Makes one of about fifty events an odd one. Their number stays the same. */
static void
make_odd (Generator *generator, AwWatcher watcher, AwEvent *event)
{
  AwDice *odds = &generator->odds;
  int64_t start = event->start;

  if (!generator->had_first[watcher])
    {
      generator->had_first[watcher] = TRUE;
      event->start = generator->history->now / AW_MS * AW_MS + (1 + (int) watcher) * 40 * AW_DAY;
      return;
    }
  if (generator->ties_left[watcher] > 0)
    {
      generator->ties_left[watcher]--;
      event->start = generator->last_start[watcher];
      return;
    }
  switch (aw_dice_roll (odds, 350))
    {
    case 0:
      event->start = generator->last_start[watcher] != 0 ? generator->last_start[watcher] : start;
      break;
    case 1:
      event->duration += 10 * MINUTE;
      break;
    case 2:
      event->duration = 0;
      break;
    case 3:
      event->duration = -5 * AW_SECOND;
      break;
    case 4:
      if (aw_dice_roll (odds, 20) == 0)
        event->duration = 24 * HOUR + aw_dice_roll (odds, 48) * HOUR;
      break;
    case 5:
    case 6:
      event->start += 1 + aw_dice_roll (odds, 999999);
      event->duration += 1 + aw_dice_roll (odds, 999999);
      break;
    case 7:
      if (aw_dice_roll (odds, 10) == 0)
        generator->ties_left[watcher] = 70;
      break;
    default:
      break;
    }
  generator->last_start[watcher] = event->start;
}

static void
write_data (Generator *generator, AwWatcher watcher, gboolean flag)
{
  AwFlavour flavour = generator->server->flavour;

  if (watcher == AW_WATCHER_WINDOW)
    aw_words_window (generator->server, &generator->words, flag, generator->data);
  else if (watcher == AW_WATCHER_AFK)
    aw_words_afk (flag, flavour, generator->data);
  else if (watcher == AW_WATCHER_WEB)
    aw_words_web (generator->server, &generator->words, generator->data);
  else if (watcher == AW_WATCHER_MEDIA)
    aw_words_media (&generator->words, flavour, generator->data);
  else
    aw_words_stopwatch (&generator->words, FALSE, flavour, generator->data);
}

/* @flag: work for windows, afk for afk. */
static void
emit (Generator *generator, AwWatcher watcher, int64_t start, int64_t end, gboolean flag)
{
  int64_t now = generator->history->now / AW_MS * AW_MS;
  AwEvent event = { .id = -1, .start = start, .duration = MIN (end, now) - start };

  if (start >= now || generator->buckets[watcher] == NULL)
    return;
  if (generator->is_counting)
    {
      generator->counted[watcher]++;
      return;
    }
  if (generator->day < generator->first[watcher]
      || (generator->day == generator->first[watcher] && generator->skip[watcher]-- > 0))
    return;
  write_data (generator, watcher, flag);
  event.data = generator->data->str;
  if (generator->history->is_odd)
    make_odd (generator, watcher, &event);
  if (generator->server->flavour == AW_FLAVOUR_PYTHON)
    {
      event.start = aw_floor (event.start, AW_MS) * AW_MS;
      event.duration = aw_floor (event.duration, 1000) * 1000;
    }
  aw_store_insert (generator->server->store, generator->buckets[watcher], &event);
}

static int64_t
roll_span (Generator *generator, int64_t least, int64_t most)
{
  return least + aw_dice_roll (&generator->times, (int) ((most - least) / AW_MS)) * AW_MS;
}

static void
emit_windows (Generator *generator, int64_t from, int64_t to, gboolean is_work)
{
  int64_t at = from;

  while (at < to)
    {
      /* Mostly glances, now and then a while. */
      int kind = aw_dice_roll (&generator->times, 10);
      int64_t span = kind < 6   ? roll_span (generator, 2 * AW_SECOND, 20 * AW_SECOND)
                     : kind < 9 ? roll_span (generator, 20 * AW_SECOND, 80 * AW_SECOND)
                                : roll_span (generator, 80 * AW_SECOND, 400 * AW_SECOND);
      int64_t end = MIN (at + span, to);

      emit (generator, AW_WATCHER_WINDOW, at, end, is_work);
      if (aw_dice_roll (&generator->times, is_work ? 4 : 2) == 0 && end - at > AW_SECOND)
        emit (generator, AW_WATCHER_WEB, at + 300 * AW_MS, end, FALSE);
      at = end + roll_span (generator, 0, 1500 * AW_MS);
    }
}

static void
emit_music (Generator *generator, int64_t from, int64_t to)
{
  while (from < to)
    {
      int64_t span = roll_span (generator, 140 * AW_SECOND, 320 * AW_SECOND);
      int64_t end = MIN (from + span, to);

      emit (generator, AW_WATCHER_MEDIA, from, end, FALSE);
      from = end + roll_span (generator, 500 * AW_MS, 3 * AW_SECOND);
    }
}

/* A stay at the machine, with breaks. */
static void
emit_session (Generator *generator, int64_t from, int64_t to, gboolean is_work)
{
  int64_t at = from;

  while (at < to)
    {
      int64_t span = roll_span (generator, 20 * MINUTE, 85 * MINUTE);
      int64_t end = MIN (at + span, to);
      int64_t back = end + roll_span (generator, 4 * MINUTE, 16 * MINUTE);

      emit (generator, AW_WATCHER_AFK, at, end, FALSE);
      emit_windows (generator, at, end, is_work);
      if (end < to)
        emit (generator, AW_WATCHER_AFK, end + AW_MS, back, TRUE);
      at = back;
    }
}

static void
emit_day (Generator *generator, int64_t day)
{
  int64_t midnight = day * AW_DAY;
  int weekday = (int) ((day + 3) % 7); /* 0: Monday */
  int luck;

  generator->day = day;
  aw_dice_seed (&generator->times, generator->history->seed, day, 1);
  aw_dice_seed (&generator->words, generator->history->seed, day, 2);
  aw_dice_seed (&generator->odds, generator->history->seed, day, 3);
  luck = aw_dice_roll (&generator->times, 100);
  if (weekday < 5 && luck < 92)
    {
      int64_t begin = midnight + 8 * HOUR + roll_span (generator, 0, 80 * MINUTE);
      int64_t lunch = midnight + 12 * HOUR + roll_span (generator, 0, 40 * MINUTE);
      int64_t again = lunch + roll_span (generator, 35 * MINUTE, 65 * MINUTE);
      int64_t leave = midnight + 16 * HOUR + roll_span (generator, 20 * MINUTE, 110 * MINUTE);

      if (luck % 3 == 0)
        emit (generator, AW_WATCHER_STOPWATCH, begin + 5 * MINUTE, begin + 65 * MINUTE, FALSE);
      emit_session (generator, begin, lunch, TRUE);
      emit_session (generator, again, leave, TRUE);
    }
  else if (luck < 70)
    {
      int64_t begin = midnight + 10 * HOUR + roll_span (generator, 0, 100 * MINUTE);

      emit_session (generator, begin, begin + roll_span (generator, HOUR, 3 * HOUR), FALSE);
    }
  if (aw_dice_roll (&generator->times, 100) < 62)
    {
      int64_t begin = midnight + 19 * HOUR + roll_span (generator, 30 * MINUTE, 90 * MINUTE);
      int64_t end = begin + roll_span (generator, 40 * MINUTE, 170 * MINUTE);

      emit_session (generator, begin, end, FALSE);
      if (aw_dice_roll (&generator->times, 3) > 0)
        emit_music (generator, begin + roll_span (generator, MINUTE, 10 * MINUTE), end);
    }
}

/* Goes back from now until there are @wanted events of @watcher. */
static gboolean
find_first_day (Generator *generator, AwWatcher watcher, int64_t wanted, GError **error)
{
  int64_t today = aw_floor (generator->history->now, AW_DAY);
  int64_t day = today + 1;

  generator->is_counting = TRUE;
  generator->counted[watcher] = 0;
  while (generator->counted[watcher] < wanted && day > today - MOST_DAYS)
    emit_day (generator, --day);
  generator->is_counting = FALSE;
  if (generator->counted[watcher] < wanted)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "a person does not live long enough for %" G_GINT64_FORMAT " events of %s",
                   (gint64) wanted, generator->buckets[watcher]->id);
      return FALSE;
    }
  generator->first[watcher] = day;
  generator->skip[watcher] = generator->counted[watcher] - wanted;
  return TRUE;
}

static gboolean
read_wanted (Generator *generator, const char *text, GError **error)
{
  const char *mark = strrchr (text, '=');
  g_autofree char *id = mark != NULL ? g_strndup (text, (gsize) (mark - text)) : NULL;
  AwWatcher watcher;
  guint64 wanted;

  if (id == NULL || !g_ascii_string_to_unsigned (mark + 1, 10, 1, G_MAXINT, &wanted, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "--events-in is BUCKET=N, not %s", text);
      return FALSE;
    }
  watcher = aw_watcher_guess (id);
  generator->buckets[watcher] = aw_watcher_make_bucket (generator->server, watcher, id);
  return find_first_day (generator, watcher, (int64_t) wanted, error);
}

static gboolean
plan (Generator *generator, GError **error)
{
  const AwHistory *history = generator->history;
  int64_t today = aw_floor (history->now, AW_DAY);
  int64_t first = today - (int64_t) history->years * 365;

  if (history->events > 0 || history->years > 0)
    for (int i = 0; i < AW_N_WATCHERS; i++)
      {
        g_autofree char *id = aw_watcher_get_bucket ((AwWatcher) i, generator->server->hostname);

        generator->buckets[i] = aw_watcher_make_bucket (generator->server, (AwWatcher) i, id);
        generator->first[i] = first;
      }
  if (history->events > 0)
    {
      if (!find_first_day (generator, AW_WATCHER_WINDOW, history->events, error))
        return FALSE;
      first = generator->first[AW_WATCHER_WINDOW];
      for (int i = 0; i < AW_N_WATCHERS; i++)
        generator->first[i] = first;
    }
  for (int i = 0; history->events_in != NULL && history->events_in[i] != NULL; i++)
    if (!read_wanted (generator, history->events_in[i], error))
      return FALSE;
  return TRUE;
}

gboolean
aw_history_generate (AwServer *server, const AwHistory *history, GError **error)
{
  g_autoptr (GString) data = g_string_new (NULL);
  Generator generator = { .server = server, .history = history, .data = data };
  int64_t today = aw_floor (history->now, AW_DAY);
  int64_t first = today;

  if (!plan (&generator, error))
    return FALSE;
  for (int i = 0; i < AW_N_WATCHERS; i++)
    if (generator.buckets[i] != NULL)
      {
        first = MIN (first, generator.first[i]);
        aw_store_set_created (server->store, generator.buckets[i], generator.first[i] * AW_DAY);
      }
  aw_store_begin_bulk (server->store);
  for (int64_t day = first; day <= today; day++)
    emit_day (&generator, day);
  aw_store_end_bulk (server->store);
  return TRUE;
}
