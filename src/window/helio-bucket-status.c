/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-bucket-status.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"

static double
get_fraction (GVariant *one)
{
  int64_t rows = helio_dict_get_number (one, "rows");
  int64_t in_aw = helio_dict_get_number (one, "in-aw");

  if (helio_dict_get_flag (one, "done"))
    return 1;
  if (in_aw <= 0)
    return -1;
  return CLAMP ((double) rows / (double) in_aw, 0, 1);
}

HelioBucketPublished
helio_bucket_find_published (GVariant *progress, const char *bucket)
{
  HelioBucketPublished published = { .is_done = TRUE, .in_aw = -1, .fraction = 1 };
  gsize n = progress != NULL ? g_variant_n_children (progress) : 0;

  g_return_val_if_fail (bucket != NULL, published);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);
      double fraction = get_fraction (one);
      int64_t held = helio_dict_get_number (one, "held");

      if (!g_str_equal (helio_dict_get_text (one, "bucket"), bucket))
        continue;
      published.is_held |= held > 0;
      published.is_done &= helio_dict_get_flag (one, "done");
      if (!published.is_known || fraction < published.fraction
          || (fraction == published.fraction && held < published.held))
        {
          published.held = held;
          published.in_aw = helio_dict_get_number (one, "in-aw");
          published.fraction = fraction;
        }
      published.is_known = TRUE;
    }
  published.is_done &= published.is_known;
  return published;
}

static char *
get_events (GVariant *bucket, const HelioBucketPublished *published)
{
  int64_t in_aw = helio_dict_get_number (bucket, "in-aw");
  g_autofree char *all = helio_text_count (MAX (in_aw, 0));
  g_autofree char *held = helio_text_count (published->held);

  if (helio_dict_get_flag (bucket, "enabled") && published->is_known)
    {
      if (in_aw < 0 || published->held >= in_aw)
        /* Translators: %s is a number */
        return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event published",
                                             "%s events published", (gulong) published->held),
                                held);
      /* Translators: both %s are numbers; the second is what ActivityWatch has */
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of %s event published",
                                           "%s of %s events published", (gulong) in_aw),
                              held, all);
    }
  if (in_aw < 0)
    return NULL;
  /* Translators: %s is a number */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event in ActivityWatch",
                                       "%s events in ActivityWatch", (gulong) in_aw),
                          all);
}

char *
helio_bucket_get_status (GVariant *bucket, const HelioBucketPublished *published, int64_t now)
{
  int64_t last = helio_dict_get_number (bucket, "last-event");
  g_autofree char *events = get_events (bucket, published);
  g_autofree char *ago = NULL;

  g_return_val_if_fail (published != NULL, NULL);

  if (last > 0)
    {
      g_autofree char *time = helio_text_ago (last, now);
      /* Translators: %s is "12 min ago" or a day and time */
      ago = g_strdup_printf (_ ("last event %s"), time);
    }
  else if (helio_dict_get_number (bucket, "in-aw") == 0)
    return g_strdup (_ ("No events yet"));
  if (events != NULL && ago != NULL)
    return g_strdup_printf ("%s · %s", events, ago);
  if (ago != NULL)
    return g_steal_pointer (&ago);
  return events != NULL ? g_steal_pointer (&events) : g_strdup ("");
}
