/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-use.h"

#include "json/helio-json.h"
#include "model/helio-event.h"
#include "server/helio-calendar.h"
#include "server/helio-spans.h"

/* An answer is bounded: what is left out of it is counted. */
#define MAX_APPS 100
#define MAX_SPANS 2000
/* So many names are told apart, the first ones of the range, each as long as this; the time of all
 * that come later is that of others. */
#define MAX_NAMES 1000
#define NAME_LENGTH 200
#define UNNAMED MAX_NAMES

/* A window watcher looks once a second, so between two titles of one app there may be a moment. */
#define MOMENT_MS 2000

/**
 * App:
 * @name: NULL for all that are not told apart
 * @until: no time before this is counted again
 */
typedef struct
{
  char *name;
  int64_t active;
  int64_t until;
  guint number;
} App;

/**
 * Use:
 * @here: when somebody was there
 * @away: when the device says that nobody was
 * @first: no window that is still to come ends before this element of @here
 * @spans: (nullable): is filled, too
 * @knows_away: whether the device tells when nobody is there
 */
typedef struct
{
  GTimeZone *zone;
  guint32 first_day;
  guint n_days;
  int64_t *midnights;
  int64_t from;
  int64_t to;
  gboolean knows_away;
  GArray *here;
  GArray *away;
  guint first;
  GHashTable *apps;   /* name -> App */
  GPtrArray *numbers; /* App, borrowed */
  App unnamed;
  guint left_out_buckets;
  App *last;
  GArray *spans;
  GString *name;
} Use;

static void
app_free (gpointer data)
{
  App *app = data;

  g_free (app->name);
  g_free (app);
}

static Use *
use_new (const char *timezone, guint32 first_day, guint n_days, int64_t now)
{
  Use *use = g_new0 (Use, 1);

  use->zone = helio_calendar_get_zone (timezone);
  use->first_day = first_day;
  use->n_days = n_days;
  use->midnights = helio_calendar_list_midnights (use->zone, first_day, n_days);
  use->from = use->midnights[0];
  use->to = MIN (use->midnights[n_days], now); /* nobody was active in the future */
  use->here = helio_spans_new ();
  use->away = helio_spans_new ();
  use->apps = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, app_free);
  use->numbers = g_ptr_array_new ();
  use->unnamed = (App){ .until = use->from, .number = UNNAMED };
  use->name = g_string_new (NULL);
  return use;
}

static void
use_free (Use *use)
{
  g_time_zone_unref (use->zone);
  g_free (use->midnights);
  g_array_unref (use->here);
  g_array_unref (use->away);
  g_hash_table_unref (use->apps);
  g_ptr_array_unref (use->numbers);
  g_clear_pointer (&use->spans, g_array_unref);
  g_string_free (use->name, TRUE);
  g_free (use);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Use, use_free)

/* -- windows ------------------------------------------------------------------------------ */

static void
cut_name (GString *name)
{
  if (name->len > NAME_LENGTH && g_utf8_strlen (name->str, (gssize) name->len) > NAME_LENGTH)
    g_string_truncate (name,
                       (gsize) (g_utf8_offset_to_pointer (name->str, NAME_LENGTH) - name->str));
}

static gboolean
read_name (GString *name, const char *data, gsize length)
{
  HelioJson json;
  const char *key;
  gsize key_length;

  helio_json_init (&json, data, length);
  if (!helio_json_enter_object (&json))
    return FALSE;
  while (helio_json_next_member (&json, &key, &key_length))
    {
      const char *text;
      gsize text_length;

      if (helio_json_key_is (key, key_length, "app"))
        {
          g_string_truncate (name, 0);
          if (!helio_json_take_string (&json, name))
            return FALSE;
          cut_name (name);
          return name->len > 0;
        }
      if (!helio_json_take_value (&json, &text, &text_length))
        return FALSE;
    }
  return FALSE;
}

static App *
find_app (Use *use, const char *data, gsize length)
{
  App *app;

  if (!read_name (use->name, data, length))
    return NULL;
  if (use->last != NULL && g_str_equal (use->last->name, use->name->str))
    return use->last;
  app = g_hash_table_lookup (use->apps, use->name->str);
  if (app == NULL && use->numbers->len >= MAX_NAMES)
    return &use->unnamed;
  if (app == NULL)
    {
      app = g_new0 (App, 1);
      app->name = g_strdup (use->name->str);
      app->until = use->from;
      app->number = use->numbers->len;
      g_hash_table_insert (use->apps, app->name, app);
      g_ptr_array_add (use->numbers, app);
    }
  use->last = app;
  return app;
}

static void
add_span (Use *use, const App *app, int64_t start, int64_t end)
{
  HelioSpan span = { start, end, app->number };
  HelioSpan *last
      = use->spans->len > 0 ? &g_array_index (use->spans, HelioSpan, use->spans->len - 1) : NULL;

  if (last != NULL && last->app == app->number && start - last->end <= MOMENT_MS)
    last->end = end;
  else
    g_array_append_val (use->spans, span);
}

/* Windows come by their start, so each app is counted once although windows overlap. */
static void
on_window (int64_t start, int64_t duration, const char *data, gsize length, gpointer user_data)
{
  Use *use = user_data;
  int64_t end = MIN (start + duration, use->to);
  App *app = end > use->from ? find_app (use, data, length) : NULL;
  int64_t from;

  if (app == NULL)
    return;
  from = MAX (start, app->until);
  app->until = MAX (app->until, end);
  while (use->first < use->here->len
         && g_array_index (use->here, HelioSpan, use->first).end <= start)
    use->first++;
  for (guint i = use->first; i < use->here->len; i++)
    {
      const HelioSpan *here = &g_array_index (use->here, HelioSpan, i);
      int64_t piece_start = MAX (from, here->start);
      int64_t piece_end = MIN (end, here->end);

      if (here->start >= end)
        break;
      if (piece_end <= piece_start)
        continue;
      app->active += piece_end - piece_start;
      if (use->spans != NULL)
        add_span (use, app, piece_start, piece_end);
    }
}

/* Without a word about who is there, a window in front has to do. */
static void
on_window_alone (
    int64_t start, int64_t duration, const char *data, gsize length, gpointer user_data)
{
  Use *use = user_data;
  HelioSpan *last
      = use->here->len > 0 ? &g_array_index (use->here, HelioSpan, use->here->len - 1) : NULL;

  (void) data;
  (void) length;
  if (last != NULL && start <= last->end)
    last->end = MAX (last->end, MIN (start + duration, use->to));
  else
    helio_spans_add (use->here, start, start + duration, use->from, use->to);
}

static gboolean
use_read (Use *use, HelioStore *store, int64_t device, GError **error)
{
  if (!helio_store_has_afk (store, device, &use->knows_away, error))
    return FALSE;
  if (use->knows_away
          ? !helio_spans_read_presence (store, device, use->from, use->to, use->here, use->away,
                                        error)
          : !helio_store_each_window (store, device, use->from, use->to, on_window_alone, use,
                                      &use->left_out_buckets, error))
    return FALSE;
  return helio_store_each_window (store, device, use->from, use->to, on_window, use,
                                  &use->left_out_buckets, error);
}

/* -- answers ------------------------------------------------------------------------------ */

static int64_t
sum_here (const Use *use)
{
  int64_t sum = 0;

  for (guint i = 0; i < use->here->len; i++)
    {
      const HelioSpan *here = &g_array_index (use->here, HelioSpan, i);

      sum += here->end - here->start;
    }
  return sum;
}

static int
compare_apps (gconstpointer a, gconstpointer b)
{
  const App *one = *(App *const *) a;
  const App *two = *(App *const *) b;

  return one->active > two->active   ? -1
         : one->active < two->active ? 1
                                     : g_strcmp0 (one->name, two->name);
}

/* Most used first, ends with what is common to both answers. */
static void
append_apps (GString *json, const Use *use)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  int64_t others = use->unnamed.active;

  for (guint i = 0; i < use->numbers->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (use->numbers, i));
  g_ptr_array_sort (sorted, compare_apps);
  g_string_append_printf (json, ",\"knows_away\":%s,\"active\":%" G_GINT64_FORMAT ",\"apps\":[",
                          use->knows_away ? "true" : "false", sum_here (use) / HELIO_SECOND);
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
  g_string_append_printf (json, "],\"others\":%" G_GINT64_FORMAT ",\"left_out_buckets\":%u",
                          others / HELIO_SECOND, use->left_out_buckets);
}

gboolean
helio_use_read_apps (HelioStore *store,
                     int64_t device,
                     const char *timezone,
                     guint32 first,
                     guint32 last,
                     int64_t now,
                     GString *json,
                     GError **error)
{
  guint n_days = last - first + 1;
  g_autoptr (Use) use = use_new (timezone, first, n_days, now);
  g_autofree int64_t *sums = g_new0 (int64_t, n_days);

  if (!use_read (use, store, device, error))
    return FALSE;
  helio_spans_sum_days (use->here, use->midnights, n_days, sums);
  g_string_append (json, "{\"from\":\"");
  helio_calendar_append (json, first);
  g_string_append (json, "\",\"to\":\"");
  helio_calendar_append (json, last);
  g_string_append (json, "\",\"timezone\":");
  helio_json_append_string (json, timezone, -1);
  append_apps (json, use);
  g_string_append (json, ",\"days\":[");
  for (guint i = 0; i < n_days; i++)
    {
      g_string_append (json, i == 0 ? "{\"date\":\"" : ",{\"date\":\"");
      helio_calendar_append (json, first + i);
      g_string_append_printf (json, "\",\"active\":%" G_GINT64_FORMAT "}", sums[i] / HELIO_SECOND);
    }
  g_string_append (json, "]}");
  return TRUE;
}

/* Returns how many there were. */
static guint
remove_unnamed (GArray *spans)
{
  guint kept = 0, all = spans->len;

  for (guint i = 0; i < all; i++)
    {
      const HelioSpan span = g_array_index (spans, HelioSpan, i);

      if (span.app != UNNAMED)
        g_array_index (spans, HelioSpan, kept++) = span;
    }
  g_array_set_size (spans, kept);
  return all - kept;
}

static void
append_spans (GString *json, const char *name, const GArray *spans, const Use *use)
{
  g_string_append_printf (json, ",\"%s\":[", name);
  for (guint i = 0; i < spans->len; i++)
    {
      const HelioSpan *span = &g_array_index (spans, HelioSpan, i);

      g_string_append_printf (json, "%s{\"start\":%" G_GINT64_FORMAT ",\"end\":%" G_GINT64_FORMAT,
                              i == 0 ? "" : ",", span->start, span->end);
      if (spans == use->spans)
        {
          const App *app = g_ptr_array_index (use->numbers, span->app);

          g_string_append (json, ",\"app\":");
          helio_json_append_string (json, app->name, -1);
        }
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

gboolean
helio_use_read_timeline (HelioStore *store,
                         int64_t device,
                         const char *timezone,
                         guint32 day,
                         int64_t now,
                         GString *json,
                         GError **error)
{
  g_autoptr (Use) use = use_new (timezone, day, 1, now);
  guint left_out;

  use->spans = helio_spans_new ();
  if (!use_read (use, store, device, error))
    return FALSE;
  g_string_append (json, "{\"date\":\"");
  helio_calendar_append (json, day);
  g_string_append (json, "\",\"timezone\":");
  helio_json_append_string (json, timezone, -1);
  g_string_append_printf (json, ",\"from\":%" G_GINT64_FORMAT ",\"to\":%" G_GINT64_FORMAT,
                          use->midnights[0], use->midnights[1]);
  append_apps (json, use);
  left_out = remove_unnamed (use->spans) + helio_spans_limit (use->spans, MAX_SPANS)
             + helio_spans_limit (use->here, MAX_SPANS) + helio_spans_limit (use->away, MAX_SPANS);
  append_spans (json, "here", use->here, use);
  append_spans (json, "away", use->away, use);
  append_spans (json, "spans", use->spans, use);
  g_string_append_printf (json, ",\"left_out\":%u}", left_out);
  return TRUE;
}
