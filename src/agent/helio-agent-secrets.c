/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include "agent/helio-secrets.h"

/* How often a locked keyring is looked at again. */
#define SECRETS_RETRY_US (60 * G_USEC_PER_SEC)

typedef struct
{
  char *id;
  gboolean may_ask;
  char *secret;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_free (lookup->id);
  g_free (lookup->secret);
  g_free (lookup);
}

static void
lookup_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Lookup *lookup = data;

  lookup->secret = helio_secrets_lookup (lookup->id, lookup->may_ask, cancellable, error);
}

static void
take_token (HelioAgent *agent, HelioTarget *target, const char *token, const GError *error)
{
  gboolean had_none = target->token == NULL;

  g_free (target->token);
  target->token = g_strdup (token);
  target->is_secret_locked = FALSE;
  if (error != NULL)
    helio_target_fail (target, error, 0);
  else if (had_none)
    helio_target_reopen (target);
  helio_agent_update (agent);
}

static void
on_token_found (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Lookup *lookup = data;
  HelioTarget *target = helio_agent_find_target (agent, lookup->id);

  if (target == NULL || helio_error_is_cancelled (error))
    return;
  target->token_work = NULL;
  if (target->is_moving)
    return;
  take_token (agent, target, lookup->secret, error);
  helio_status_kick (agent);
  helio_scheduler_kick (agent);
}

void
helio_agent_load_token (HelioAgent *agent, HelioTarget *target, gboolean may_ask)
{
  if (*target->settings->token_file != '\0')
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *token = helio_secrets_read_file (target->settings->token_file, &error);

      take_token (agent, target, token, error);
      return;
    }
  if (target->token_work != NULL || target->is_moving)
    return;

  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->id = g_strdup (target->settings->id);
  lookup->may_ask = may_ask;
  target->token_work = helio_works_start (agent->works, FALSE, lookup_in_thread, on_token_found,
                                          lookup, lookup_free);
}

static void
on_aw_key_found (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Lookup *lookup = data;

  if (lookup->secret == NULL)
    return;
  g_free (agent->aw_key);
  agent->aw_key = g_steal_pointer (&lookup->secret);
  helio_agent_wake (agent);
}

void
helio_agent_load_aw_key (HelioAgent *agent, gboolean may_ask)
{
  const char *file = helio_settings_get_options (agent->settings)->aw_key_file;

  if (*file != '\0')
    {
      g_autoptr (GError) error = NULL;
      char *key = helio_secrets_read_file (file, &error);

      if (error != NULL && g_strcmp0 (agent->aw_key_error, error->message) != 0)
        g_warning ("ActivityWatch's API key: %s", error->message);
      g_free (agent->aw_key_error);
      agent->aw_key_error = error != NULL ? g_strdup (error->message) : NULL;
      g_free (agent->aw_key);
      agent->aw_key = key;
      return;
    }
  g_clear_pointer (&agent->aw_key_error, g_free);
  /* The store is asked only once ActivityWatch wants a key: most have none. */
  if (agent->is_aw_key_tried && !may_ask)
    return;
  agent->is_aw_key_tried = TRUE;

  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->id = g_strdup (HELIO_SECRET_AW_KEY);
  lookup->may_ask = may_ask;
  helio_works_start (agent->works, FALSE, lookup_in_thread, on_aw_key_found, lookup, lookup_free);
}

/* A keyring that is unlocked later, or starts after us; a token file that was corrected. */
void
helio_agent_retry_secrets (HelioAgent *agent)
{
  int64_t now_us = g_get_monotonic_time ();

  if (now_us - agent->secrets_tried_us < SECRETS_RETRY_US)
    return;
  agent->secrets_tried_us = now_us;
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (target->is_secret_locked
          || (target->token == NULL && *target->settings->token_file != '\0'))
        helio_agent_load_token (agent, target, FALSE);
    }
}
