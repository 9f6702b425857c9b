/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-error.h"

/* Preview: the newest events as ActivityWatch has them beside what would leave of them. The answer
 * goes to the caller alone, is nowhere kept and never logged. */

#define DEFAULT_LIMIT 50
#define MAX_LIMIT 500
#define MAX_BYTES (2 * 1024 * 1024)

typedef struct
{
  GDBusMethodInvocation *invocation;
  char *url;
  char *key;
  HelioRules *rules;
  HelioScope scope;
  guint limit;
  int64_t history_from;
  GPtrArray *buckets; /* HelioBucket */
  /* result */
  GVariantBuilder events;
} Preview;

static void
preview_free (gpointer data)
{
  Preview *preview = data;

  g_free (preview->url);
  g_free (preview->key);
  helio_rules_unref (preview->rules);
  g_ptr_array_unref (preview->buckets);
  g_variant_builder_clear (&preview->events);
  g_free (preview);
}

static void
add_event (Preview *preview,
           const HelioBucket *bucket,
           const HelioPage *page,
           const HelioEvent *event)
{
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  const char *data = helio_page_event_data (page, event);
  HelioPublished published;
  gboolean leaves = helio_rules_publish (preview->rules, bucket, preview->scope, event, data,
                                         scratch, NULL, &published);

  if (preview->scope == HELIO_SCOPE_HISTORY && event->start < preview->history_from)
    leaves = FALSE;
  g_variant_builder_open (&preview->events, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&preview->events, "{sv}", "bucket", g_variant_new_string (bucket->id));
  g_variant_builder_add (&preview->events, "{sv}", "start", g_variant_new_int64 (event->start));
  g_variant_builder_add (&preview->events, "{sv}", "duration",
                         g_variant_new_int64 (event->duration));
  g_variant_builder_add (&preview->events, "{sv}", "data",
                         g_variant_new_take_string (g_strndup (data, event->data_len)));
  g_variant_builder_add (&preview->events, "{sv}", "leaves", g_variant_new_boolean (leaves));
  g_variant_builder_add (&preview->events, "{sv}", "rule",
                         g_variant_new_string (published.rule != NULL ? published.rule : ""));
  if (leaves)
    {
      g_variant_builder_add (&preview->events, "{sv}", "published-duration",
                             g_variant_new_int64 (published.duration));
      g_variant_builder_add (
          &preview->events, "{sv}", "published",
          g_variant_new_take_string (g_strndup (published.data, published.length)));
    }
  g_variant_builder_close (&preview->events);
}

/* Fewer where they are large. */
static gboolean
read_newest (Preview *preview,
             HelioAwClient *client,
             const HelioBucket *bucket,
             HelioPage *page,
             GCancellable *cancellable,
             GError **error)
{
  HelioAwRead read = { HELIO_TIME_MIN, HELIO_TIME_MAX, preview->limit, MAX_BYTES };

  for (;; read.limit /= 2)
    {
      g_autoptr (GError) problem = NULL;

      helio_page_clear (page);
      if (helio_aw_client_read_events (client, bucket->id, &read, page, cancellable, &problem))
        return TRUE;
      if (read.limit == 1 || !g_error_matches (problem, HELIO_ERROR, HELIO_ERROR_TOO_LARGE))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
}

static void
preview_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Preview *preview = data;
  g_autoptr (HelioAwClient) client = helio_aw_client_new (preview->url, preview->key, error);
  g_autoptr (HelioPage) page = helio_page_new ();

  for (guint b = 0; client != NULL && b < preview->buckets->len; b++)
    {
      const HelioBucket *bucket = preview->buckets->pdata[b];

      if (!read_newest (preview, client, bucket, page, cancellable, error))
        return;
      helio_page_sort (page);
      for (guint i = 0; i < page->events->len; i++)
        add_event (preview, bucket, page, helio_page_event (page, i));
    }
}

static void
on_previewed (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Preview *preview = data;

  if (error != NULL)
    helio_agent_fail_call (agent, preview->invocation, error);
  else
    helio_agent1_complete_preview (agent->skeleton, preview->invocation,
                                   g_variant_builder_end (&preview->events));
}

static Preview *
preview_new (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *json)
{
  const HelioOptions *options = helio_settings_get_options (agent->settings);
  g_autofree char *stored = helio_settings_get_rules (agent->settings);
  Preview *preview = g_new0 (Preview, 1);

  preview->invocation = invocation;
  preview->url = g_strdup (options->aw_url);
  preview->key = g_strdup (agent->aw_key);
  preview->rules = helio_rules_new_from_json (*json != '\0' ? json : stored, agent->pauses->list);
  preview->history_from = options->history_from;
  preview->buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_bucket_free);
  g_variant_builder_init (&preview->events, G_VARIANT_TYPE ("aa{sv}"));
  return preview;
}

static gboolean
on_preview (HelioAgent1 *skeleton,
            GDBusMethodInvocation *invocation,
            const char *bucket,
            const char *scope,
            guint limit,
            const char *json,
            HelioAgent *agent)
{
  gboolean is_history = strcmp (scope, "history") == 0;
  Preview *preview;

  if (!is_history && strcmp (scope, "presence") != 0)
    {
      g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                                     _ ("The scope is “history” or “presence”"));
      return TRUE;
    }
  if (*bucket != '\0' && helio_agent_find_watch (agent, bucket) == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                             _ ("There is no bucket “%s”"), bucket);
      return TRUE;
    }
  preview = preview_new (agent, invocation, json);
  preview->scope = is_history ? HELIO_SCOPE_HISTORY : HELIO_SCOPE_PRESENCE;
  preview->limit = limit == 0 ? DEFAULT_LIMIT : MIN (limit, MAX_LIMIT);
  for (guint i = 0; i < agent->watches->len; i++)
    {
      const HelioWatch *watch = agent->watches->pdata[i];

      if (!watch->is_gone
          && (*bucket != '\0' ? strcmp (bucket, watch->bucket->id) == 0 : watch->is_enabled))
        g_ptr_array_add (preview->buckets, helio_bucket_copy (watch->bucket));
    }
  helio_works_start (agent->works, FALSE, preview_in_thread, on_previewed, preview, preview_free);
  return TRUE;
}

void
helio_agent_connect_preview (HelioAgent *agent)
{
  g_signal_connect (agent->skeleton, "handle-preview", G_CALLBACK (on_preview), agent);
}
