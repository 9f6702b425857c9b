/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "agent/helio-secrets.h"
#include "model/helio-error.h"
#include "model/helio-time.h"

static gboolean
on_get_options (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  const HelioOptions *options = helio_settings_get_options (agent->settings);
  g_auto (GStrv) buckets = helio_settings_get_buckets (agent->settings);
  gboolean has_key = *options->aw_key_file != '\0' || helio_settings_has_aw_key (agent->settings);
  int64_t from = options->history_from == HELIO_TIME_MIN ? 0 : options->history_from;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "aw-url", g_variant_new_string (options->aw_url));
  g_variant_builder_add (&builder, "{sv}", "poll-interval",
                         g_variant_new_uint32 (options->poll_interval));
  g_variant_builder_add (&builder, "{sv}", "away-threshold",
                         g_variant_new_uint32 (options->away_threshold));
  g_variant_builder_add (&builder, "{sv}", "media-keeps-active",
                         g_variant_new_boolean (options->media_keeps_active));
  g_variant_builder_add (&builder, "{sv}", "history-from", g_variant_new_int64 (from));
  g_variant_builder_add (&builder, "{sv}", "buckets",
                         g_variant_new_strv ((const char *const *) buckets, -1));
  g_variant_builder_add (&builder, "{sv}", "pause-on-metered",
                         g_variant_new_boolean (options->pause_on_metered));
  g_variant_builder_add (&builder, "{sv}", "aw-key-set", g_variant_new_boolean (has_key));
  helio_agent_add_desktop_options (agent, &builder);
  helio_agent1_complete_get_options (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static GError *
refuse_unknown (HelioAgent *agent, const char *bucket)
{
  if (helio_agent_find_watch (agent, bucket) != NULL
      || helio_settings_is_known (agent->settings, bucket))
    return NULL;
  return g_error_new (HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                      agent->is_source_reachable
                          ? _ ("There is no bucket “%s”")
                          : _ ("There is no bucket “%s”; ActivityWatch could not be read yet"),
                      bucket);
}

/* What the type of an option does not tell. */
static GError *
check_option (HelioAgent *agent, const char *key, GVariant *value)
{
  GError *error = NULL;

  if (strcmp (key, "buckets") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **buckets = g_variant_get_strv (value, NULL);

      for (gsize i = 0; buckets[i] != NULL && error == NULL; i++)
        error = refuse_unknown (agent, buckets[i]);
    }
  if (strcmp (key, "aw-key-file") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      && *g_variant_get_string (value, NULL) != '\0')
    g_free (helio_secrets_read_file (g_variant_get_string (value, NULL), &error));
  return error;
}

static GError *
apply_option (HelioChange *change)
{
  HelioAgent *agent = change->agent;
  GError *error = check_option (agent, change->name, change->value);

  if (error != NULL
      || !helio_settings_set_option (agent->settings, change->name, change->value, &error))
    return error;
  if (strcmp (change->name, "aw-key-file") == 0)
    helio_agent_load_aw_key (agent, TRUE);
  if (strcmp (change->name, "aw-url") == 0)
    {
      /* Another ActivityWatch: nothing of what was read holds. */
      g_ptr_array_set_size (agent->watches, 0);
      g_clear_pointer (&agent->info, helio_aw_info_free);
      g_clear_pointer (&agent->source_error, g_free);
      agent->is_source_known = agent->is_source_reachable = FALSE;
      agent->needs_counts = TRUE;
    }
  if (strcmp (change->name, "history-from") == 0)
    for (guint i = 0; i < agent->targets->len; i++)
      {
        HelioTarget *target = agent->targets->pdata[i];

        for (guint t = 0; t < target->tracks->len; t++)
          ((HelioAgentTrack *) target->tracks->pdata[t])->needs_history = TRUE;
      }
  agent->needs_list = TRUE;
  helio_agent_match_tracks (agent);
  helio_agent_set_tick (agent);
  return NULL;
}

static void
store_key_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  HelioChange *change = data;

  if (*change->secret == '\0')
    helio_secrets_clear (HELIO_SECRET_AW_KEY, cancellable, error);
  else
    helio_secrets_store (HELIO_SECRET_AW_KEY, _ ("ActivityWatch's API key for Heliograph"),
                         change->secret, cancellable, error);
}

static GError *
apply_key (HelioChange *change)
{
  HelioAgent *agent = change->agent;
  gboolean has_key = *change->secret != '\0';

  helio_settings_set_has_aw_key (agent->settings, has_key);
  g_clear_pointer (&agent->aw_key, g_free);
  if (has_key)
    agent->aw_key = g_strdup (change->secret);
  agent->needs_list = TRUE;
  return NULL;
}

static void
on_key_stored (gpointer data, const GError *error, gpointer owner)
{
  HelioChange *change = data;
  HelioChange *joined;

  if (error != NULL)
    {
      g_dbus_method_invocation_return_gerror (change->invocation, error);
      return;
    }
  joined = helio_change_new (owner, change->invocation, apply_key, NULL);
  joined->secret = g_steal_pointer (&change->secret);
  helio_change_make (joined);
}

static gboolean
on_set_option (HelioAgent1 *skeleton,
               GDBusMethodInvocation *invocation,
               const char *key,
               GVariant *value,
               HelioAgent *agent)
{
  g_autoptr (GVariant) inner = g_variant_get_variant (value);
  HelioChange *change;

  if (helio_agent_set_desktop_option (agent, invocation, key, inner))
    return TRUE;
  change = helio_change_new (agent, invocation, apply_option, key);
  if (strcmp (key, "aw-key") == 0 && g_variant_is_of_type (inner, G_VARIANT_TYPE_STRING))
    {
      change->secret = g_variant_dup_string (inner, NULL);
      /* A machine without a secret store has nothing to remove from it. */
      if (*change->secret == '\0' && !helio_settings_has_aw_key (agent->settings))
        {
          change->apply = apply_key;
          helio_change_make (change);
          return TRUE;
        }
      helio_works_start (agent->works, FALSE, store_key_in_thread, on_key_stored, change,
                         (GDestroyNotify) helio_change_free);
      return TRUE;
    }
  change->value = g_steal_pointer (&inner);
  helio_change_make (change);
  return TRUE;
}

/* -- buckets ------------------------------------------------------------------------------ */

static GError *
apply_bucket (HelioChange *change)
{
  HelioAgent *agent = change->agent;
  GError *error = refuse_unknown (agent, change->name);

  if (error != NULL)
    return error;
  if (!change->is_on && strcmp (change->published, "delete") != 0
      && strcmp (change->published, "keep") != 0 && *change->published != '\0')
    return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                _ ("What was published: “keep” or “delete”"));
  if (!helio_settings_set_bucket (agent->settings, change->name, change->is_on, &error))
    return error;

  for (guint i = 0; !change->is_on && i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (strcmp (change->published, "keep") == 0)
        helio_settings_drop_deletion (agent->settings, target->settings->id, change->name);
      else if (strcmp (change->published, "delete") == 0
               && !helio_settings_add_deletion (agent->settings, target->settings->id, change->name,
                                                &error))
        break;
    }
  g_message (change->is_on ? "Bucket %s is switched on" : "Bucket %s is switched off",
             change->name);
  helio_agent_match_tracks (agent);
  return error;
}

static gboolean
on_set_bucket (HelioAgent1 *skeleton,
               GDBusMethodInvocation *invocation,
               const char *bucket,
               gboolean is_enabled,
               const char *published,
               HelioAgent *agent)
{
  HelioChange *change = helio_change_new (agent, invocation, apply_bucket, bucket);

  change->is_on = is_enabled;
  change->published = g_strdup (published);
  helio_change_make (change);
  return TRUE;
}

void
helio_agent_connect_options (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;

  g_signal_connect (skeleton, "handle-get-options", G_CALLBACK (on_get_options), agent);
  g_signal_connect (skeleton, "handle-set-option", G_CALLBACK (on_set_option), agent);
  g_signal_connect (skeleton, "handle-set-bucket", G_CALLBACK (on_set_bucket), agent);
}
