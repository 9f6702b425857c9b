/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "server/helio-use.h"

#include "json/helio-json.h"
#include "server/helio-spans.h"

#define NAME_LENGTH 200

/* A window watcher looks once a second, so between two titles of one app there may be a moment. */
#define MOMENT_MS 2000

static void
app_free (gpointer data)
{
  HelioUseApp *app = data;

  g_free (app->name);
  g_free (app);
}

static HelioUse *
use_new (int64_t from, int64_t to)
{
  HelioUse *use = g_new0 (HelioUse, 1);

  use->from = from;
  use->to = to;
  use->here = helio_spans_new ();
  use->away = helio_spans_new ();
  use->apps = g_ptr_array_new_with_free_func (app_free);
  use->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  use->unnamed = (HelioUseApp){ .until = from, .number = HELIO_USE_UNNAMED };
  use->name = g_string_new (NULL);
  return use;
}

void
helio_use_free (HelioUse *use)
{
  g_array_unref (use->here);
  g_array_unref (use->away);
  g_hash_table_unref (use->by_name);
  g_ptr_array_unref (use->apps);
  g_clear_pointer (&use->spans, g_array_unref);
  g_string_free (use->name, TRUE);
  g_free (use);
}

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

static HelioUseApp *
find_app (HelioUse *use, const char *data, gsize length)
{
  HelioUseApp *app;

  if (!read_name (use->name, data, length))
    return NULL;
  if (use->last != NULL && g_str_equal (use->last->name, use->name->str))
    return use->last;
  app = g_hash_table_lookup (use->by_name, use->name->str);
  if (app == NULL && use->apps->len >= HELIO_USE_NAMES_MAX)
    return &use->unnamed;
  if (app == NULL)
    {
      app = g_new0 (HelioUseApp, 1);
      app->name = g_strdup (use->name->str);
      app->until = use->from;
      app->number = use->apps->len;
      g_hash_table_insert (use->by_name, app->name, app);
      g_ptr_array_add (use->apps, app);
    }
  use->last = app;
  return app;
}

static void
add_span (HelioUse *use, const HelioUseApp *app, int64_t start, int64_t end)
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
  HelioUse *use = user_data;
  int64_t end = MIN (start + duration, use->to);
  HelioUseApp *app = end > use->from ? find_app (use, data, length) : NULL;
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
  HelioUse *use = user_data;
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
read_use (HelioUse *use, HelioStore *store, int64_t device, GError **error)
{
  int64_t n_afk;

  if (!helio_store_count_buckets (store, device, "afkstatus", &n_afk, error))
    return FALSE;
  if (n_afk > 0 ? !helio_spans_read_presence (store, device, use->from, use->to, use->here,
                                              use->away, error)
                : !helio_store_each_touching (store, device, "currentwindow",
                                              HELIO_USE_WINDOW_BUCKETS_MAX, use->from, use->to,
                                              on_window_alone, use, error))
    return FALSE;
  return helio_store_each_touching (store, device, "currentwindow", HELIO_USE_WINDOW_BUCKETS_MAX,
                                    use->from, use->to, on_window, use, error);
}

HelioUse *
helio_use_read (HelioStore *store,
                int64_t device,
                int64_t from,
                int64_t to,
                gboolean wants_spans,
                GError **error)
{
  g_autoptr (HelioUse) use = use_new (from, to);

  if (wants_spans)
    use->spans = helio_spans_new ();
  return read_use (use, store, device, error) ? g_steal_pointer (&use) : NULL;
}

int64_t
helio_use_get_active (const HelioUse *use)
{
  int64_t sum = 0;

  for (guint i = 0; i < use->here->len; i++)
    {
      const HelioSpan *here = &g_array_index (use->here, HelioSpan, i);

      sum += here->end - here->start;
    }
  return sum;
}
