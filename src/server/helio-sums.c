/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-sums.h"

#include <string.h>

#include "json/helio-json.h"
#include "model/helio-event.h"

/* An answer is bounded: what is left out of it is counted. */
#define MAX_APPS 100

typedef struct
{
  int64_t active;
  char name[];
} App;

/**
 * HelioSums:
 * @active: ms that somebody was there
 * @others: ms of all that are not told apart
 */
struct _HelioSums
{
  int64_t active;
  int64_t others;
  GHashTable *apps; /* name -> App */
  GString *name;
};

HelioSums *
helio_sums_new (void)
{
  HelioSums *sums = g_new0 (HelioSums, 1);

  sums->apps = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  sums->name = g_string_new (NULL);
  return sums;
}

void
helio_sums_free (HelioSums *sums)
{
  g_hash_table_unref (sums->apps);
  g_string_free (sums->name, TRUE);
  g_free (sums);
}

HelioDaySum *
helio_sums_make_day (const HelioUse *use)
{
  GString *apps = g_string_new ("[");

  for (guint i = 0; i < use->apps->len; i++)
    {
      const HelioUseApp *app = g_ptr_array_index (use->apps, i);

      if (app->active == 0)
        continue;
      if (apps->len > 1)
        g_string_append_c (apps, ',');
      helio_json_append_string (apps, app->name, -1);
      g_string_append_printf (apps, ",%" G_GINT64_FORMAT, app->active);
    }
  g_string_append_c (apps, ']');
  return helio_day_sum_new (use->from, use->to, helio_use_get_active (use), use->unnamed.active,
                            g_string_free (apps, FALSE));
}

static void
add_app (HelioSums *sums, int64_t active)
{
  App *app = g_hash_table_lookup (sums->apps, sums->name->str);

  if (app == NULL && g_hash_table_size (sums->apps) >= HELIO_USE_NAMES_MAX)
    {
      sums->others += active;
      return;
    }
  if (app == NULL)
    {
      app = g_malloc0 (sizeof (App) + sums->name->len + 1);
      memcpy (app->name, sums->name->str, sums->name->len);
      g_hash_table_insert (sums->apps, app->name, app);
    }
  app->active += active;
}

void
helio_sums_add (HelioSums *sums, const HelioDaySum *day)
{
  HelioJson json;
  int64_t active;

  sums->active += day->active;
  sums->others += day->others;
  helio_json_init (&json, day->apps, strlen (day->apps));
  if (!helio_json_enter_array (&json))
    return;
  while (helio_json_next_element (&json))
    {
      g_string_truncate (sums->name, 0);
      if (helio_json_take_string (&json, sums->name) && helio_json_next_element (&json)
          && helio_json_take_int64 (&json, &active))
        add_app (sums, active);
    }
}

static int
compare_apps (gconstpointer a, gconstpointer b)
{
  const App *one = *(App *const *) a;
  const App *two = *(App *const *) b;

  return one->active > two->active   ? -1
         : one->active < two->active ? 1
                                     : strcmp (one->name, two->name);
}

void
helio_sums_append (const HelioSums *sums, GString *json)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  int64_t others = sums->others;

  g_hash_table_iter_init (&iter, sums->apps);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, compare_apps);
  g_string_append_printf (json, "\"active\":%" G_GINT64_FORMAT ",\"apps\":[",
                          sums->active / HELIO_SECOND);
  for (guint i = 0; i < sorted->len; i++)
    {
      const App *app = g_ptr_array_index (sorted, i);

      if (app->active < HELIO_SECOND)
        break;
      if (i >= MAX_APPS)
        {
          others += app->active;
          continue;
        }
      g_string_append (json, i == 0 ? "{\"app\":" : ",{\"app\":");
      helio_json_append_string (json, app->name, -1);
      g_string_append_printf (json, ",\"active\":%" G_GINT64_FORMAT "}",
                              app->active / HELIO_SECOND);
    }
  g_string_append_printf (json, "],\"others\":%" G_GINT64_FORMAT, others / HELIO_SECOND);
}
