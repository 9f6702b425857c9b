/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-error.h"
#include "model/helio-time.h"

/* -- source ------------------------------------------------------------------------------- */

typedef struct
{
  GDBusMethodInvocation *invocation;
  char *url;
  char *key;
  HelioAwInfo *info;
  guint n_buckets;
} Test;

static void
test_free (gpointer data)
{
  Test *test = data;

  g_free (test->url);
  g_free (test->key);
  g_clear_pointer (&test->info, helio_aw_info_free);
  g_free (test);
}

static void
test_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Test *test = data;
  g_autoptr (HelioAwClient) client = helio_aw_client_new (test->url, test->key, error);
  g_autoptr (GPtrArray) buckets = NULL;

  if (client == NULL)
    return;
  test->info = helio_aw_client_get_info (client, cancellable, error);
  if (test->info == NULL)
    return;
  buckets = helio_aw_client_list_buckets (client, cancellable, error);
  if (buckets != NULL)
    test->n_buckets = buckets->len;
}

static void
on_tested (gpointer data, const GError *error, gpointer owner)
{
  HelioAgent *agent = owner;
  Test *test = data;
  GVariantBuilder builder;

  if (error != NULL)
    {
      g_dbus_method_invocation_return_gerror (test->invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "hostname", g_variant_new_string (test->info->hostname));
  g_variant_builder_add (&builder, "{sv}", "version", g_variant_new_string (test->info->version));
  g_variant_builder_add (&builder, "{sv}", "buckets", g_variant_new_uint32 (test->n_buckets));
  helio_agent1_complete_test_source (agent->skeleton, test->invocation,
                                     g_variant_builder_end (&builder));
}

static gboolean
on_test_source (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  Test *test = g_new0 (Test, 1);

  test->invocation = invocation;
  test->url = g_strdup (helio_settings_get_options (agent->settings)->aw_url);
  test->key = g_strdup (agent->aw_key);
  helio_works_start (agent->works, FALSE, test_in_thread, on_tested, test, test_free);
  return TRUE;
}

/* -- pause, synchronise ------------------------------------------------------------------- */

static gboolean
on_pause (HelioAgent1 *skeleton,
          GDBusMethodInvocation *invocation,
          int64_t until,
          HelioAgent *agent)
{
  helio_pause_begin (agent, until, invocation);
  return TRUE;
}

static gboolean
on_resume (HelioAgent1 *skeleton,
           GDBusMethodInvocation *invocation,
           gboolean publishes_gap,
           HelioAgent *agent)
{
  helio_pause_end (agent, publishes_gap, invocation);
  return TRUE;
}

static gboolean
refuse_while_paused (HelioAgent *agent, GDBusMethodInvocation *invocation)
{
  if (agent->is_paused)
    g_dbus_method_invocation_return_error_literal (
        invocation, HELIO_ERROR, HELIO_ERROR_FAILED,
        _ ("Paused: nothing is published until you resume"));
  return agent->is_paused;
}

/* What the ledger knows can't be told without it. */
static gboolean
refuse_without_ledger (HelioAgent *agent, GDBusMethodInvocation *invocation)
{
  if (agent->ledger == NULL)
    g_dbus_method_invocation_return_error_literal (
        invocation, HELIO_ERROR, HELIO_ERROR_LEDGER,
        agent->ledger_error != NULL ? agent->ledger_error : _ ("The ledger is not open yet"));
  return agent->ledger == NULL;
}

/* Ends all waiting, whatever the reason. */
static void
try_again (HelioAgent *agent)
{
  helio_agent_open_ledger (agent, TRUE);
  agent->secrets_tried_us = g_get_monotonic_time ();
  /* A file may hold another key or token by now. */
  if (*helio_settings_get_options (agent->settings)->aw_key_file != '\0'
      || (agent->aw_key == NULL && helio_settings_has_aw_key (agent->settings)))
    helio_agent_load_aw_key (agent, TRUE);
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];
      gboolean was_stopped = target->state == HELIO_TARGET_STOPPED;

      helio_target_reopen (target);
      if (was_stopped || target->token == NULL || *target->settings->token_file != '\0')
        helio_agent_load_token (agent, target, TRUE);
    }
  helio_agent_match_receiver (agent);
  agent->needs_list = agent->needs_counts = TRUE;
  agent->list_asked_at = helio_time_now ();
}

static gboolean
on_sync_now (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  int64_t now = helio_time_now ();

  if (refuse_while_paused (agent, invocation))
    return TRUE;
  try_again (agent);
  for (guint i = 0; i < agent->targets->len && agent->ledger != NULL; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        if (!((HelioAgentTrack *) target->tracks->pdata[t])->is_left)
          helio_scheduler_uncover (agent, target, target->tracks->pdata[t], now - HELIO_DAY, now);
    }
  helio_waiter_add_sync (agent, invocation);
  helio_agent_wake (agent);
  return TRUE;
}

static gboolean
on_verify (HelioAgent1 *skeleton,
           GDBusMethodInvocation *invocation,
           const char *bucket,
           HelioAgent *agent)
{
  if (refuse_while_paused (agent, invocation))
    return TRUE;
  try_again (agent);
  if (refuse_without_ledger (agent, invocation))
    return TRUE;
  helio_waiter_add_verify (agent, invocation, bucket);
  helio_agent_wake (agent);
  return TRUE;
}

static gboolean
on_stop_verify (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  helio_waiter_stop_verify (agent);
  helio_agent1_complete_stop_verify (skeleton, invocation);
  return TRUE;
}

/* -- log and rejected events -------------------------------------------------------------- */

static gboolean
on_list_log (HelioAgent1 *skeleton,
             GDBusMethodInvocation *invocation,
             guint after,
             HelioAgent *agent)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uxsss)"));
  for (const GList *link = helio_log_get_ring (agent->log)->head; link != NULL; link = link->next)
    {
      const HelioLogEntry *entry = link->data;

      if (entry->serial > after)
        g_variant_builder_add (&builder, "(uxsss)", entry->serial, entry->time, entry->level,
                               entry->domain, entry->message);
    }
  helio_agent1_complete_list_log (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

/* The destination named, or all for "". FALSE: there is none, and the call was answered. */
static gboolean
check_name (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *id)
{
  if (*id == '\0' || helio_agent_find_target (agent, id) != NULL)
    return TRUE;
  g_dbus_method_invocation_return_error (invocation, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
                                         _ ("There is no destination %s"), id);
  return FALSE;
}

static gboolean
on_list_rejected (HelioAgent1 *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *id,
                  HelioAgent *agent)
{
  GVariantBuilder builder;
  GError *error = NULL;

  if (!check_name (agent, invocation, id) || refuse_without_ledger (agent, invocation))
    return TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];
      g_autoptr (GPtrArray) list = NULL;

      if (*id != '\0' && strcmp (id, target->settings->id) != 0)
        continue;
      list = helio_ledger_list_rejected (agent->ledger, target->ledger_id, &error);
      if (list == NULL)
        {
          g_variant_builder_clear (&builder);
          g_dbus_method_invocation_take_error (invocation, error);
          return TRUE;
        }
      for (guint r = 0; r < list->len; r++)
        {
          const HelioRejected *rejected = list->pdata[r];

          g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
          g_variant_builder_add (&builder, "{sv}", "bucket",
                                 g_variant_new_string (rejected->bucket));
          g_variant_builder_add (&builder, "{sv}", "start", g_variant_new_int64 (rejected->start));
          g_variant_builder_add (&builder, "{sv}", "reason",
                                 g_variant_new_string (rejected->reason));
          g_variant_builder_add (&builder, "{sv}", "at", g_variant_new_int64 (rejected->at));
          g_variant_builder_close (&builder);
        }
    }
  helio_agent1_complete_list_rejected (skeleton, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static GError *
apply_retry (HelioChange *change)
{
  HelioAgent *agent = change->agent;
  GError *error = NULL;

  try_again (agent);
  if (agent->ledger == NULL)
    return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_LEDGER, agent->ledger_error);
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (*change->name != '\0' && strcmp (change->name, target->settings->id) != 0)
        continue;
      if (!helio_ledger_retry_rejected (agent->ledger, target->ledger_id, &error))
        return error;
      for (guint t = 0; t < target->tracks->len; t++)
        ((HelioAgentTrack *) target->tracks->pdata[t])->needs_history = TRUE;
      helio_agent_count_rejected (agent, target);
    }
  return NULL;
}

static gboolean
on_retry (HelioAgent1 *skeleton,
          GDBusMethodInvocation *invocation,
          const char *id,
          HelioAgent *agent)
{
  if (check_name (agent, invocation, id))
    helio_change_make (helio_change_new (agent, invocation, apply_retry, id));
  return TRUE;
}

static gboolean
on_quit (HelioAgent1 *skeleton, GDBusMethodInvocation *invocation, HelioAgent *agent)
{
  helio_agent1_complete_quit (skeleton, invocation);
  helio_agent_quit (agent, 0);
  return TRUE;
}

static gboolean
on_get_page (HelioAgent1 *skeleton,
             GDBusMethodInvocation *invocation,
             const char *id,
             HelioAgent *agent)
{
  HelioTarget *target = helio_agent_find_target_for (agent, invocation, id);

  if (target != NULL)
    {
      g_autofree char *page = helio_target_make_page (target);

      helio_agent1_complete_get_page (skeleton, invocation, page);
    }
  return TRUE;
}

void
helio_agent_connect_methods (HelioAgent *agent)
{
  HelioAgent1 *skeleton = agent->skeleton;

  g_signal_connect (skeleton, "handle-get-page", G_CALLBACK (on_get_page), agent);
  g_signal_connect (skeleton, "handle-test-source", G_CALLBACK (on_test_source), agent);
  g_signal_connect (skeleton, "handle-pause", G_CALLBACK (on_pause), agent);
  g_signal_connect (skeleton, "handle-resume", G_CALLBACK (on_resume), agent);
  g_signal_connect (skeleton, "handle-sync-now", G_CALLBACK (on_sync_now), agent);
  g_signal_connect (skeleton, "handle-verify", G_CALLBACK (on_verify), agent);
  g_signal_connect (skeleton, "handle-stop-verify", G_CALLBACK (on_stop_verify), agent);
  g_signal_connect (skeleton, "handle-list-log", G_CALLBACK (on_list_log), agent);
  g_signal_connect (skeleton, "handle-list-rejected", G_CALLBACK (on_list_rejected), agent);
  g_signal_connect (skeleton, "handle-retry", G_CALLBACK (on_retry), agent);
  g_signal_connect (skeleton, "handle-quit", G_CALLBACK (on_quit), agent);
}
