/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "rules/helio-rules.h"

/* Raised when the same rules would make another published form than before. */
#define FORM_VERSION 1

struct _HelioRules
{
  GArray *pauses; /* HelioPause, oldest first */
};

static const char *const level_names[] = {
  [HELIO_LEVEL_NOTHING] = "nothing",
  [HELIO_LEVEL_STATE] = "state",
  [HELIO_LEVEL_APP] = "app",
  [HELIO_LEVEL_TITLE] = "title",
};

const char *
helio_level_to_string (HelioLevel level)
{
  g_return_val_if_fail (level < G_N_ELEMENTS (level_names), "nothing");
  return level_names[level];
}

gboolean
helio_level_from_string (const char *text, HelioLevel *level)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (g_strcmp0 (text, level_names[i]) == 0)
      {
        *level = (HelioLevel) i;
        return TRUE;
      }
  return FALSE;
}

static int
compare_pauses (gconstpointer a, gconstpointer b)
{
  const HelioPause *one = a;
  const HelioPause *two = b;

  return one->start < two->start ? -1 : one->start > two->start ? 1 : 0;
}

HelioRules *
helio_rules_new (const GArray *pauses)
{
  HelioRules *rules = g_atomic_rc_box_new0 (HelioRules);

  rules->pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  /* One that ended at once holds nothing: no event may be cut at its beginning. */
  for (guint i = 0; pauses != NULL && i < pauses->len; i++)
    if (g_array_index (pauses, HelioPause, i).start < g_array_index (pauses, HelioPause, i).end)
      g_array_append_vals (rules->pauses, &g_array_index (pauses, HelioPause, i), 1);
  g_array_sort (rules->pauses, compare_pauses);
  return rules;
}

HelioRules *
helio_rules_ref (HelioRules *rules)
{
  return g_atomic_rc_box_acquire (rules);
}

static void
rules_free (gpointer data)
{
  HelioRules *rules = data;

  g_array_unref (rules->pauses);
}

void
helio_rules_unref (HelioRules *rules)
{
  g_atomic_rc_box_release_full (rules, rules_free);
}

uint64_t
helio_rules_get_hash (const HelioRules *rules G_GNUC_UNUSED)
{
  return FORM_VERSION;
}

/* The first pause that ends after @time, or NULL: it holds @time or is the next one. */
static const HelioPause *
pause_after (const HelioRules *rules, int64_t time)
{
  for (guint i = 0; i < rules->pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (rules->pauses, HelioPause, i);

      if (time < pause->end)
        return pause;
    }
  return NULL;
}

gboolean
helio_rules_get_pause (const HelioRules *rules, int64_t time, HelioPause *pause)
{
  const HelioPause *found = pause_after (rules, time);

  if (found == NULL || time < found->start)
    return FALSE;
  if (pause != NULL)
    *pause = *found;
  return TRUE;
}

gboolean
helio_rules_publish (const HelioRules *rules,
                     const HelioBucket *bucket G_GNUC_UNUSED,
                     HelioScope scope,
                     const HelioEvent *event,
                     const char *data,
                     GByteArray *scratch G_GNUC_UNUSED,
                     HelioPublished *published)
{
  const HelioPause *pause = pause_after (rules, event->start);

  *published = (HelioPublished){
    .start = event->start,
    .duration = event->duration,
    .data = data,
    .length = event->data_len,
  };
  if (pause == NULL)
    return TRUE;

  if (scope == HELIO_SCOPE_HISTORY)
    {
      if (pause->start <= event->start)
        return FALSE;
      published->duration = MIN (event->duration, pause->start - event->start);
      return TRUE;
    }

  /* What began in a pause and still lasts is told from the end of the pause on. */
  while (pause != NULL && pause->start <= published->start)
    {
      if (pause->end == HELIO_TIME_MAX)
        return FALSE;
      published->start = pause->end;
      published->duration = MAX (0, event->start + event->duration - pause->end);
      pause = pause_after (rules, published->start);
    }
  return TRUE;
}
