/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-once.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "agent/helio-pauses.h"
#include "agent/helio-secrets.h"
#include "destination/helio-address.h"
#include "ledger/helio-ledger.h"
#include "model/helio-error.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "source/helio-aw-client.h"
#include "sync/helio-history.h"
#include "sync/helio-live.h"

/* How often a server that does not answer is asked again, and how long apart. */
#define MAX_TRIES 4
#define WAIT_US (2 * G_USEC_PER_SEC)
#define STEP_US (15 * G_USEC_PER_SEC)

/* Everything the one worker needs; the main thread waits for it or for a signal. */
typedef struct
{
  HelioSettings *settings;
  const char *ledger_path;
  GCancellable *cancellable;
  GMainLoop *loop;
  HelioRules *rules;
  gboolean has_stopped; /* a broken rule kept a bucket from being published */
  char *key;
  GError *error;
} Once;

/* Waits, unless it is cancelled meanwhile. */
static gboolean
wait_a_little (Once *once)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (once->cancellable, &fd))
    return TRUE;
  g_poll (&fd, 1, (int) (WAIT_US / 1000));
  g_cancellable_release_fd (once->cancellable);
  return !g_cancellable_is_cancelled (once->cancellable);
}

static gboolean
may_pass (const GError *error)
{
  return g_error_matches (error, HELIO_ERROR, HELIO_ERROR_RETRY)
         || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE)
         || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_CHANGED)
         || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_SLOW);
}

static gboolean
publish (Once *once, HelioJob *job, const HelioBucket *bucket, const char *name)
{
  int64_t now = helio_time_now (), n_sent = 0, n_deleted = 0;
  HelioAwCost cost = { 0 };
  HelioResult result = { 0 };
  guint tries = 0;

  /* What was edited or came late since the last time; the week's sweep is the resident agent's. Of
   * what is left only changed rules are a reason to look at it. */
  if (!job->is_left && !job->is_gone
      && !helio_history_uncover (job, bucket->id, now - HELIO_DAY, now, &once->error))
    return FALSE;
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_fine = helio_history_run (job, bucket, &cost, now, STEP_US, NULL,
                                            once->cancellable, &result, &error);

      n_sent += result.n_sent;
      n_deleted += result.n_deleted;
      job->is_checked = result.is_checked;
      if (is_fine && result.is_done)
        break;
      if (is_fine)
        {
          tries = 0;
          g_autofree char *sent = helio_text_count (n_sent);
          /* Translators: a bucket, a destination, and a number of events. */
          g_print (_ ("%s to %s: %s sent so far\n"), bucket->id, name, sent);
          continue;
        }
      if (!may_pass (error) || ++tries >= MAX_TRIES || !wait_a_little (once))
        {
          g_propagate_prefixed_error (&once->error, g_steal_pointer (&error), _ ("Bucket %s: "),
                                      bucket->id);
          return FALSE;
        }
    }
  if ((job->is_left || job->is_gone) && n_sent + n_deleted == 0 && !result.is_asking)
    return TRUE;
  g_autofree char *sent = helio_text_count (n_sent);
  g_autofree char *deleted = helio_text_count (n_deleted);
  /* Translators: a bucket, a destination, and two numbers of events. */
  g_print (result.is_asking ? _ (
               "%s to %s: done, %s sent, %s deleted, deletions are held: ask the resident agent\n")
                            : _ ("%s to %s: done, %s sent, %s deleted\n"),
           bucket->id, name, sent, deleted);
  return TRUE;
}

static char *
find_token (Once *once, const HelioDestinationSettings *settings)
{
  if (*settings->token_file != '\0')
    return helio_secrets_read_file (settings->token_file, &once->error);
  return helio_secrets_lookup (settings->id, FALSE, once->cancellable, &once->error);
}

/* The buckets that the ledger knows of; what is deleted it forgets. */
static GPtrArray *
list_held (Once *once, const HelioJob *job)
{
  g_autoptr (HelioLedger) ledger = helio_ledger_open (job->ledger_path, &once->error);
  g_auto (HelioLedgerDestination) row = { 0 };

  if (ledger == NULL
      || !helio_ledger_get_destination (ledger, job->destination, &row, &once->error))
    return NULL;
  return helio_ledger_list_tracks (ledger, row.id, &once->error);
}

/* NULL if ActivityWatch has it no longer. */
static const HelioBucket *
find_bucket (GPtrArray *buckets, const char *id)
{
  for (guint i = 0; i < buckets->len; i++)
    if (strcmp (((const HelioBucket *) buckets->pdata[i])->id, id) == 0)
      return buckets->pdata[i];
  return NULL;
}

/* What it was. NULL on an error. */
static HelioBucket *
recall_bucket (Once *once, const HelioJob *job, const char *id)
{
  g_autoptr (HelioLedger) ledger = helio_ledger_open (job->ledger_path, &once->error);
  g_auto (HelioLedgerDestination) row = { 0 };
  g_auto (HelioTrack) track = { 0 };

  if (ledger == NULL || !helio_ledger_get_destination (ledger, job->destination, &row, &once->error)
      || !helio_ledger_get_track (ledger, row.id, id, &track, &once->error))
    return NULL;
  return helio_bucket_new (id, track.type, track.client, track.hostname, NULL);
}

static gboolean
has_deletion (
    Once *once, const HelioJob *job, GPtrArray *buckets, const char *id, const char *hostname)
{
  g_autoptr (HelioBucket) gone = helio_bucket_new (id, NULL, NULL, NULL, NULL);
  const HelioBucket *bucket = find_bucket (buckets, id);

  if (bucket == NULL)
    bucket = gone;
  return helio_settings_has_deletion (once->settings, job->destination, bucket, hostname);
}

static gboolean
delete_pending (Once *once, HelioJob *job, GPtrArray *buckets, const char *hostname)
{
  g_auto (GStrv) wanted = helio_settings_get_deletions (once->settings, job->destination);
  g_autoptr (GPtrArray) held = list_held (once, job);

  if (held == NULL)
    return FALSE;
  for (GStrv bucket = wanted; *bucket != NULL; bucket++)
    {
      HelioResult result = { 0 };

      if (!g_ptr_array_find_with_equal_func (held, *bucket, g_str_equal, NULL)
          || !has_deletion (once, job, buckets, *bucket, hostname))
        continue;
      if (!helio_history_delete_bucket (job, *bucket, once->cancellable, &result, &once->error))
        return FALSE;
      g_print (_ ("%s: deleted\n"), *bucket);
    }
  return TRUE;
}

/* One that is named and not there is no failure: its watcher may begin later. */
static void
name_missing (Once *once, GPtrArray *buckets)
{
  g_auto (GStrv) ids = helio_settings_get_buckets (once->settings);

  for (GStrv id = ids; *id != NULL; id++)
    {
      gboolean is_there = strcmp (*id, "default") == 0;

      for (guint i = 0; i < buckets->len && !is_there; i++)
        is_there = strcmp (*id, ((const HelioBucket *) buckets->pdata[i])->id) == 0;
      if (is_there)
        continue;
      g_autofree char *text = g_strdup_printf (_ ("ActivityWatch has no bucket “%s”"), *id);
      g_printerr ("heliograph-agent: %s\n", text);
    }
}

static char *
make_name (const HelioDestinationSettings *settings)
{
  g_autoptr (HelioAddress) address = helio_address_parse (settings->url, NULL);

  if (*settings->name != '\0' || address == NULL)
    return g_strdup (*settings->name != '\0' ? settings->name : settings->id);
  return g_strdup (address->name);
}

/* Whether the bucket is off, and what the destination holds of it stays and obeys rules. */
static gboolean
is_left (Once *once,
         const HelioJob *job,
         GPtrArray *held,
         const HelioBucket *bucket,
         const char *hostname)
{
  return g_ptr_array_find_with_equal_func (held, bucket->id, g_str_equal, NULL)
         && !helio_settings_has_deletion (once->settings, job->destination, bucket, hostname);
}

/* What the destination holds of buckets that ActivityWatch has no longer obeys rules, too. */
static gboolean
serve_gone (Once *once, HelioJob *job, GPtrArray *held, GPtrArray *buckets, const char *name)
{
  job->is_gone = TRUE;
  for (guint i = 0; i < held->len; i++)
    {
      g_autoptr (HelioBucket) bucket = NULL;

      if (find_bucket (buckets, held->pdata[i]) != NULL)
        continue;
      bucket = recall_bucket (once, job, held->pdata[i]);
      if (bucket == NULL)
        return FALSE;
      if (helio_rules_is_stopped (once->rules, bucket))
        once->has_stopped = TRUE;
      else if (!publish (once, job, bucket, name))
        return FALSE;
    }
  return TRUE;
}

static gboolean
serve (Once *once,
       const HelioDestinationSettings *settings,
       GPtrArray *buckets,
       const char *hostname)
{
  const HelioOptions *options = helio_settings_get_options (once->settings);

  /* Whoever has its port now would be told the token. */
  if (settings->is_bundled)
    {
      g_set_error_literal (&once->error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           _ ("The receiver on this computer runs only while the agent runs: start "
                              "heliograph-agent without --once"));
      return FALSE;
    }
  g_autofree char *token = find_token (once, settings);
  g_autoptr (HelioAddress) address = helio_address_parse (settings->url, &once->error);

  if (token == NULL || address == NULL)
    return FALSE;
  g_autofree char *name = make_name (settings);

  const HelioJob inputs = {
    .aw_url = options->aw_url,
    .aw_key = once->key,
    .ledger_path = (char *) once->ledger_path,
    .destination = settings->id,
    .url = settings->url,
    .token = token,
    .allows_plain_http = settings->allows_plain_http,
    .rules = once->rules,
    .history_from = options->history_from,
  };
  g_autoptr (HelioJob) job = helio_job_copy (&inputs);
  g_autoptr (GPtrArray) held = NULL;

  if (!delete_pending (once, job, buckets, hostname))
    return FALSE;
  held = list_held (once, job);
  if (held == NULL)
    return FALSE;
  for (guint i = 0; i < buckets->len; i++)
    {
      const HelioBucket *bucket = buckets->pdata[i];

      job->is_left = !helio_settings_is_enabled (once->settings, bucket, hostname);
      if (job->is_left && !is_left (once, job, held, bucket, hostname))
        continue;
      if (helio_rules_is_stopped (once->rules, bucket))
        {
          once->has_stopped = TRUE;
          continue;
        }
      if (!publish (once, job, bucket, name))
        return FALSE;
    }
  return serve_gone (once, job, held, buckets, name);
}

/* Reads the list of buckets; a server that starts just now is given time. */
static GPtrArray *
list_buckets (Once *once, HelioAwInfo **info)
{
  const HelioOptions *options = helio_settings_get_options (once->settings);

  for (guint tries = 1;; tries++)
    {
      g_autoptr (HelioAwClient) client
          = helio_aw_client_new (options->aw_url, once->key, &once->error);
      GPtrArray *buckets = NULL;

      if (client == NULL)
        return NULL;
      *info = helio_aw_client_get_info (client, once->cancellable, &once->error);
      if (*info != NULL)
        buckets = helio_aw_client_list_buckets (client, once->cancellable, &once->error);
      if (buckets != NULL || !may_pass (once->error) || tries >= MAX_TRIES || !wait_a_little (once))
        return buckets;
      g_clear_error (&once->error);
      g_clear_pointer (info, helio_aw_info_free);
    }
}

static gboolean
prepare (Once *once)
{
  const HelioOptions *options = helio_settings_get_options (once->settings);
  g_autoptr (HelioLedger) ledger = helio_ledger_open (once->ledger_path, &once->error);
  g_autoptr (GArray) stored
      = ledger != NULL ? helio_ledger_list_pauses (ledger, &once->error) : NULL;
  g_autoptr (HelioPauses) pauses = helio_pauses_new ();
  g_autofree char *rules = helio_settings_get_rules (once->settings);

  if (stored == NULL)
    return FALSE;
  helio_pauses_load (pauses, stored, helio_time_now (), helio_pauses_boot_now ());
  once->rules = helio_rules_new_from_json (rules, pauses->list);
  if (pauses->n_pieces > 0)
    {
      g_set_error_literal (&once->error, HELIO_ERROR, HELIO_ERROR_FAILED,
                           _ ("Paused: nothing is published until you resume"));
      return FALSE;
    }
  if (*options->aw_key_file != '\0')
    once->key = helio_secrets_read_file (options->aw_key_file, &once->error);
  else if (helio_settings_has_aw_key (once->settings))
    once->key = helio_secrets_lookup (HELIO_SECRET_AW_KEY, FALSE, once->cancellable, &once->error);
  if (once->error != NULL)
    g_prefix_error (&once->error, _ ("ActivityWatch's API key: "));
  return once->error == NULL;
}

static gboolean
is_any_enabled (Once *once, GPtrArray *buckets, const char *hostname)
{
  for (guint i = 0; i < buckets->len; i++)
    if (helio_settings_is_enabled (once->settings, buckets->pdata[i], hostname))
      return TRUE;
  return FALSE;
}

/* One that fails takes nothing from the others. */
static void
serve_all (Once *once, GPtrArray *destinations, GPtrArray *buckets, const char *hostname)
{
  gboolean has_enabled = is_any_enabled (once, buckets, hostname);
  guint n_wanted = 0, n_failed = 0;

  for (guint i = 0; i < destinations->len; i++)
    n_wanted += ((const HelioDestinationSettings *) destinations->pdata[i])->has_history ? 1 : 0;
  for (guint i = 0; i < destinations->len; i++)
    {
      const HelioDestinationSettings *destination = destinations->pdata[i];

      if (!destination->has_history)
        continue;
      if (serve (once, destination, buckets, hostname))
        continue;
      if ((n_wanted == 1 && has_enabled) || g_cancellable_is_cancelled (once->cancellable))
        return;
      n_failed++;
      g_autofree char *name = make_name (destination);
      g_printerr ("heliograph-agent: %s: %s\n", name, once->error->message);
      g_clear_error (&once->error);
    }
  /* Whatever failed besides, this is to be corrected first. */
  if (n_wanted > 0 && !has_enabled)
    g_set_error_literal (&once->error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                         _ ("No bucket of ActivityWatch is switched on: enable some with "
                            "heliographctl, or set HELIOGRAPH_BUCKETS"));
  else if (n_failed > 0)
    g_set_error (&once->error, HELIO_ERROR, HELIO_ERROR_FAILED,
                 g_dngettext (GETTEXT_PACKAGE, "%u of %u destination did not get everything",
                              "%u of %u destinations did not get everything", n_wanted),
                 n_failed, n_wanted);
}

static void
publish_all (Once *once)
{
  g_autoptr (GPtrArray) destinations = helio_settings_list_destinations (once->settings);
  g_autoptr (GPtrArray) buckets = NULL;
  g_autoptr (HelioAwInfo) info = NULL;

  if (destinations->len == 0)
    {
      g_set_error_literal (&once->error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           _ ("There is no destination: add one with heliographctl, or set "
                              "HELIOGRAPH_URL and HELIOGRAPH_TOKEN_FILE"));
      return;
    }
  if (!prepare (once))
    return;
  buckets = list_buckets (once, &info);
  if (buckets == NULL)
    return;
  name_missing (once, buckets);
  serve_all (once, destinations, buckets, info->hostname);
  if (once->error == NULL && once->has_stopped)
    {
      g_autofree char *why = helio_rules_explain (once->rules, NULL);

      g_set_error_literal (&once->error, HELIO_ERROR, HELIO_ERROR_SETTINGS, why);
    }
}

static void
once_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  publish_all (data);
  g_task_return_boolean (task, TRUE);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_main_loop_quit (((Once *) data)->loop);
}

static gboolean
on_signal (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

int
helio_once_run (HelioSettings *settings, const char *ledger_path, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTask) task = NULL;
  Once once = {
    .settings = settings,
    .ledger_path = ledger_path,
    .cancellable = cancellable,
    .loop = loop,
  };

  g_unix_signal_add (SIGTERM, on_signal, cancellable);
  g_unix_signal_add (SIGINT, on_signal, cancellable);
  task = g_task_new (NULL, NULL, on_ended, &once);
  g_task_set_task_data (task, &once, NULL);
  g_task_run_in_thread (task, once_in_thread);
  g_main_loop_run (loop);

  g_clear_pointer (&once.rules, helio_rules_unref);
  g_free (once.key);
  helio_settings_sync (settings);
  if (once.error == NULL)
    return 0;

  gboolean is_settings = g_error_matches (once.error, HELIO_ERROR, HELIO_ERROR_SETTINGS)
                         || g_error_matches (once.error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN)
                         || g_error_matches (once.error, HELIO_ERROR, HELIO_ERROR_INSECURE);
  g_propagate_error (error, once.error);
  return is_settings ? HELIO_EXIT_SETTINGS : HELIO_EXIT_FAILED;
}
