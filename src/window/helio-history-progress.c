/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-history-progress.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"

/* Longer forecasts are guesses. */
#define LONGEST_LEFT_MS (INT64_C (7) * 24 * 3600 * 1000)

static void
add_bucket (HelioHistoryProgress *sum, GVariant *one)
{
  int64_t rows = helio_dict_get_number (one, "rows");
  int64_t in_aw = helio_dict_get_number (one, "in-aw");
  int64_t oldest = helio_dict_get_number (one, "oldest");
  gboolean is_done = helio_dict_get_flag (one, "done");
  double rate = 0;

  g_variant_lookup (one, "rate", "d", &rate);
  sum->published += helio_dict_get_number (one, "held");
  sum->known += rows;
  /* ActivityWatch is counted now and then only: it may have more by now, never fewer known. */
  if (in_aw < 0 || sum->total < 0)
    sum->total = -1;
  else
    sum->total += is_done ? rows : MAX (in_aw, rows);
  sum->rate += rate;
  sum->is_asking |= helio_dict_get_flag (one, "asking");
  if (g_str_equal (helio_dict_get_text (one, "work"), "rules"))
    {
      sum->ruled += rows;
      sum->unruled += (int64_t) ((1 - helio_dict_get_part (one, "part")) * (double) rows);
    }

  /* What all buckets that are still at it have reached; in the end the oldest of all. */
  if (sum->is_done && !is_done)
    sum->oldest = oldest;
  else if (sum->is_done)
    sum->oldest
        = sum->oldest == 0 || oldest == 0 ? MAX (sum->oldest, oldest) : MIN (sum->oldest, oldest);
  else if (!is_done)
    sum->oldest = sum->oldest == 0 || oldest == 0 ? 0 : MAX (sum->oldest, oldest);
  sum->is_done &= is_done;
}

void
helio_history_progress_sum (GVariant *progress, const char *destination, HelioHistoryProgress *sum)
{
  gsize n = progress != NULL ? g_variant_n_children (progress) : 0;

  g_return_if_fail (destination != NULL);
  g_return_if_fail (sum != NULL);

  *sum = (HelioHistoryProgress){ .is_done = TRUE };
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);

      if (g_str_equal (helio_dict_get_text (one, "destination"), destination))
        add_bucket (sum, one);
    }
}

gboolean
helio_history_progress_is_checking (const HelioHistoryProgress *sum)
{
  return !sum->is_done && !helio_history_progress_is_applying (sum) && sum->total >= 0
         && sum->known >= sum->total;
}

gboolean
helio_history_progress_is_applying (const HelioHistoryProgress *sum)
{
  return !sum->is_done && sum->ruled > 0;
}

double
helio_history_progress_get_fraction (const HelioHistoryProgress *sum)
{
  if (sum->is_done)
    return 1;
  if (helio_history_progress_is_applying (sum))
    return MIN (0.99, (double) (sum->ruled - sum->unruled) / (double) sum->ruled);
  if (sum->total <= 0)
    return 0;
  return MIN (0.99, (double) sum->known / (double) sum->total);
}

char *
helio_history_progress_get_text (const HelioHistoryProgress *sum)
{
  g_autofree char *published = helio_text_count (sum->published);
  g_autofree char *total = helio_text_count (sum->is_done ? sum->known : sum->total);

  if (sum->is_done && sum->known == 0)
    return g_strdup (_ ("No events yet"));
  if (sum->is_done && sum->published >= sum->known)
    /* Translators: %s is a number, never below 1 */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event is published",
                                         "All %s events are published",
                                         (gulong) MAX (1, sum->published)),
                            published);
  if (sum->is_done)
    /* Translators: two numbers */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                         "%s of %s event is published; it is kept back",
                                         "%s of %s events are published; the others are kept back",
                                         (gulong) MAX (0, sum->known)),
                            published, total);
  if (helio_history_progress_is_applying (sum))
    {
      int64_t part = (int64_t) (helio_history_progress_get_fraction (sum) * 100);
      g_autofree char *percent = helio_text_percent (part, 100);
      /* Translators: %s is a percentage */
      return g_strdup_printf (_ ("Applying the rules: %s"), percent);
    }
  if (sum->total < 0 || helio_history_progress_is_checking (sum))
    /* Translators: %s is a number */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event is published so far",
                                         "%s events are published so far",
                                         (gulong) MAX (0, sum->published)),
                            published);
  /* Translators: two numbers; the second counts */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of %s event is published",
                                       "%s of %s events are published", (gulong) sum->total),
                          published, total);
}

static char *
describe_left (const HelioHistoryProgress *sum, double rate)
{
  double left_ms
      = rate > 0 && sum->total >= 0 ? (double) MAX (0, sum->total - sum->known) / rate * 1000 : -1;

  if (left_ms < 0 || left_ms > (double) LONGEST_LEFT_MS)
    return NULL;
  if (left_ms < 10000)
    return g_strdup (_ ("a few seconds left"));

  g_autofree char *span = helio_text_span ((int64_t) left_ms);
  /* Translators: %s is a span of time like 5 min */
  return g_strdup_printf (_ ("%s left"), span);
}

static char *
describe_oldest (int64_t oldest)
{
  if (oldest == 0)
    return NULL;
  g_autofree char *day = helio_text_day (oldest);
  /* Translators: %s is a day */
  return g_strdup_printf (_ ("back to %s"), day);
}

char *
helio_history_progress_get_detail (const HelioHistoryProgress *sum, double rate)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (helio_history_progress_is_checking (sum))
    return g_strdup ("");
  gboolean is_applying = helio_history_progress_is_applying (sum);
  char *left = sum->is_done || is_applying ? NULL : describe_left (sum, rate);
  /* What is covered without an event there says nothing yet. */
  char *oldest = describe_oldest (sum->known > 0 ? sum->oldest : 0);

  if (!sum->is_done && !is_applying && sum->total > 0)
    {
      int64_t percent = (int64_t) (helio_history_progress_get_fraction (sum) * 100);
      g_ptr_array_add (parts, helio_text_percent (percent, 100));
    }
  if (!sum->is_done && !is_applying && rate >= 1)
    {
      g_autofree char *count = helio_text_count ((int64_t) rate);
      /* Translators: %s is a number */
      g_ptr_array_add (parts, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event per second",
                                                            "%s events per second", (gulong) rate),
                                               count));
    }
  if (left != NULL)
    g_ptr_array_add (parts, left);
  if (oldest != NULL)
    g_ptr_array_add (parts, oldest);
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}
