/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-time.h"

/* Changes that follow each other are told together. */
#define TOGETHER_MS 50
/* How exactly "last-success" is told: not with each poll. */
#define SUCCESS_STEP HELIO_MINUTE
/* Of a broken privacy rule, for programs. */
#define RULES_WORD "Settings"

static void
put_string (GVariantBuilder *builder, const char *key, const char *value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value != NULL ? value : ""));
}

/* A sentence for people, in their language, and a word for programs. */
static void
put_error (GVariantBuilder *builder, const char *error, const char *word)
{
  put_string (builder, "error", error);
  put_string (builder, "error-code", error != NULL ? word : NULL);
}

static void
put_int (GVariantBuilder *builder, const char *key, int64_t value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_int64 (value));
}

static void
put_boolean (GVariantBuilder *builder, const char *key, gboolean value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (value));
}

/* The last success, told in steps so that an idle agent has nothing to tell. */
static int64_t
in_steps (int64_t time)
{
  return time - time % SUCCESS_STEP;
}

static gboolean
is_publishing (HelioAgent *agent, HelioTarget *target)
{
  if (target->state != HELIO_TARGET_OPEN || target->token == NULL)
    return FALSE;
  for (guint i = 0; i < target->tracks->len; i++)
    if (((HelioAgentTrack *) target->tracks->pdata[i])->needs_history)
      return TRUE;
  return target->events_work != NULL && !target->is_verifying;
}

/* One that can't be reached for so long shows "offline" by itself. */
static gboolean
is_shown (const HelioTarget *target)
{
  return target->sent != NULL
         && g_get_monotonic_time () - target->sent_at_us < HELIO_STATUS_TTL * G_USEC_PER_SEC;
}

static GVariant *
make_presence (HelioAgent *agent)
{
  const HelioPresence *presence = NULL;
  HelioLevel level = HELIO_LEVEL_NOTHING;
  GVariantBuilder builder;

  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (!is_shown (target) || target->settings->level < level)
        continue;
      presence = target->sent;
      level = target->settings->level;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (presence != NULL)
    {
      put_string (&builder, "state", helio_state_to_string (presence->state));
      put_int (&builder, "since", presence->since);
      if (presence->app != NULL)
        {
          put_string (&builder, "app", presence->app);
          put_int (&builder, "activity-since", presence->activity_since);
        }
      if (presence->title != NULL)
        put_string (&builder, "title", presence->title);
      if (presence->media_title != NULL)
        put_string (&builder, "media-title", presence->media_title);
      if (presence->media_artist != NULL)
        put_string (&builder, "media-artist", presence->media_artist);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_source (HelioAgent *agent)
{
  const char *url = helio_settings_get_options (agent->settings)->aw_url;
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "";
  g_autofree char *address
      = uri != NULL && g_uri_get_port (uri) > 0
            ? g_strdup_printf (strchr (host, ':') ? "[%s]:%d" : "%s:%d", host, g_uri_get_port (uri))
            : g_strdup (host);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  put_string (&builder, "address", address);
  put_boolean (&builder, "reachable", agent->is_source_reachable);
  put_error (&builder, agent->source_error, agent->source_error_word);
  put_string (&builder, "hostname", agent->info != NULL ? agent->info->hostname : NULL);
  put_string (&builder, "version", agent->info != NULL ? agent->info->version : NULL);
  put_int (&builder, "last-success", in_steps (agent->source_success));
  return g_variant_builder_end (&builder);
}

static int64_t
get_last_event (const HelioWatch *watch)
{
  const HelioPage *page = watch->live != NULL ? watch->live->tail.page : NULL;
  int64_t last = watch->bucket->last;

  if (page != NULL && page->events->len > 0)
    last = helio_page_event (page, 0)->start + helio_page_event (page, 0)->duration;
  return last == HELIO_TIME_MIN ? 0 : in_steps (last);
}

static GVariant *
make_buckets (HelioAgent *agent)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < agent->watches->len; i++)
    {
      const HelioWatch *watch = agent->watches->pdata[i];
      g_autofree char *stopped
          = agent->rules != NULL ? helio_rules_explain (agent->rules, watch->bucket) : NULL;

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      put_string (&builder, "id", watch->bucket->id);
      put_string (&builder, "type", watch->bucket->type);
      put_string (&builder, "client", watch->bucket->client);
      put_string (&builder, "hostname", watch->bucket->hostname);
      put_boolean (&builder, "enabled", watch->is_enabled);
      put_boolean (&builder, "synced-copy", watch->bucket->is_synced_copy);
      put_boolean (&builder, "gone", watch->is_gone);
      put_boolean (&builder, "new", watch->is_new);
      put_int (&builder, "last-event", get_last_event (watch));
      put_int (&builder, "in-aw", watch->in_aw);
      put_error (&builder, stopped != NULL ? stopped : watch->error,
                 stopped != NULL ? RULES_WORD : watch->error_word);
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static const char *
get_target_state (HelioAgent *agent, HelioTarget *target)
{
  if (target->state == HELIO_TARGET_STOPPED)
    return "stopped";
  if (agent->is_paused)
    return "paused";
  if (target->error != NULL)
    return "waiting";
  if (target->last_success == 0)
    return "connecting";
  return is_publishing (agent, target) ? "publishing" : "idle";
}

/* What people call it. */
static const char *
get_name (const HelioTarget *target)
{
  if (*target->settings->name != '\0')
    return target->settings->name;
  return target->settings->is_bundled ? _ ("This computer") : target->address;
}

static GVariant *
make_destinations (HelioAgent *agent)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];
      const HelioDestinationSettings *settings = target->settings;

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      put_string (&builder, "id", settings->id);
      put_string (&builder, "name", get_name (target));
      put_string (&builder, "address", target->address);
      put_string (&builder, "device", settings->device);
      put_string (&builder, "level", helio_level_to_string (settings->level));
      put_boolean (&builder, "history", settings->has_history);
      put_boolean (&builder, "allow-plain-http", settings->allows_plain_http);
      put_boolean (&builder, "bundled", settings->is_bundled);
      put_string (&builder, "state", get_target_state (agent, target));
      put_error (&builder, target->error, target->error_word);
      put_int (&builder, "last-success", in_steps (target->last_success));
      put_int (&builder, "retry-at", target->retry_at);
      put_int (&builder, "rejected", target->n_rejected);
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_progress (HelioAgent *agent)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        {
          const HelioAgentTrack *track = target->tracks->pdata[t];
          const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
          double part = 1;
          const char *work = helio_verification_get_work (agent, track, &part);

          /* Nothing is to be told of what is left, unless it changes. */
          if (track->is_left && !track->needs_history)
            continue;
          g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
          put_string (&builder, "destination", target->settings->id);
          put_string (&builder, "bucket", track->bucket);
          put_boolean (&builder, "done", !track->needs_history);
          put_int (&builder, "held", track->held);
          put_int (&builder, "rows", track->rows);
          put_int (&builder, "in-aw", watch != NULL ? watch->in_aw : -1);
          put_int (&builder, "oldest", track->oldest);
          g_variant_builder_add (
              &builder, "{sv}", "rate",
              g_variant_new_double (track->needs_history && !agent->is_paused ? track->rate : 0));
          put_boolean (&builder, "asking", track->is_asking);
          put_string (&builder, "work", work);
          g_variant_builder_add (&builder, "{sv}", "part", g_variant_new_double (part));
          g_variant_builder_close (&builder);
        }
    }
  return g_variant_builder_end (&builder);
}

static char *
name_trouble (const HelioTarget *target, const char **word)
{
  *word = target->error_word;
  return g_strdup_printf (
      "%s: %s", *target->settings->name != '\0' ? target->settings->name : target->address,
      target->error);
}

/* What the user should know first, or NULL. (transfer full)
 * @word: (out): the same for programs, or "" */
static char *
find_trouble (HelioAgent *agent, const char **word)
{
  *word = agent->ledger_error_word;
  if (agent->ledger_error != NULL)
    return g_strdup (agent->ledger_error);
  *word = RULES_WORD;
  if (agent->rules != NULL)
    {
      char *problem = helio_rules_explain (agent->rules, NULL);

      if (problem != NULL)
        return problem;
    }
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (target->state == HELIO_TARGET_STOPPED)
        return name_trouble (target, word);
    }
  *word = agent->source_error_word;
  if (agent->source_error != NULL)
    return g_strdup (agent->source_error);
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      if (target->error != NULL)
        return name_trouble (target, word);
    }
  *word = "";
  return NULL;
}

static gboolean
has_enabled (HelioAgent *agent)
{
  g_auto (GStrv) named = helio_settings_get_buckets (agent->settings);

  return named[0] != NULL;
}

static const char *
get_state (HelioAgent *agent, const char *trouble)
{
  if (agent->is_quitting)
    return "quitting";
  if (agent->tick_id == 0)
    return "starting";
  if (agent->is_paused)
    return "paused";
  if (agent->ledger_error == NULL && (agent->targets->len == 0 || !has_enabled (agent)))
    return "setup";
  if (trouble != NULL)
    return "trouble";
  if (!agent->is_source_known)
    return "starting";
  for (guint i = 0; i < agent->targets->len; i++)
    if (is_publishing (agent, agent->targets->pdata[i]))
      return "publishing";
  return "idle";
}

void
helio_agent_update_now (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;
  const char *word;
  g_autofree char *trouble = find_trouble (agent, &word);
  const char *state = get_state (agent, trouble);

  g_clear_handle_id (&agent->update_id, g_source_remove);
  helio_agent1_set_version (skeleton, PACKAGE_VERSION);
  helio_agent1_set_trouble (skeleton, strcmp (state, "trouble") == 0 ? trouble : "");
  helio_agent1_set_trouble_code (skeleton, strcmp (state, "trouble") == 0 ? word : "");
  helio_agent1_set_paused_since (skeleton, agent->is_paused ? agent->pause.start : 0);
  helio_agent1_set_paused_until (skeleton, agent->is_paused ? agent->pause.end : 0);
  helio_agent1_set_presence (skeleton, make_presence (agent));
  helio_agent1_set_source (skeleton, make_source (agent));
  helio_agent1_set_buckets (skeleton, make_buckets (agent));
  helio_agent1_set_destinations (skeleton, make_destinations (agent));
  helio_agent1_set_progress (skeleton, make_progress (agent));
  helio_agent1_set_verdicts (skeleton, helio_verification_list_verdicts (agent));
  helio_agent1_set_questions (skeleton, helio_agent_list_questions (agent));
  helio_agent1_set_machine (skeleton, helio_agent_make_machine (agent));
  /* Last: who sees a new state finds the rest agree with it. */
  helio_agent1_set_state (skeleton, state);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (skeleton));
  helio_agent_show_notices (agent);
  helio_agent_tell_background (agent);
}

static gboolean
on_update (gpointer data)
{
  HelioAgent *agent = data;

  agent->update_id = 0;
  helio_agent_update_now (agent);
  return G_SOURCE_REMOVE;
}

void
helio_agent_update (HelioAgent *agent)
{
  if (agent->update_id == 0)
    agent->update_id = g_timeout_add (TOGETHER_MS, on_update, agent);
}
