/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-agent-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "agent/helio-receiver.h"
#include "agent/helio-secrets.h"
#include "destination/helio-destination.h"
#include "model/helio-error.h"

/* How long each step may take: the call is always answered. */
#define TOKEN_SECONDS 20
#define KEYRING_SECONDS 120 /* somebody may be asked for a password */
#define LISTEN_SECONDS 20
#define CONNECT_SECONDS 20
#define UNDO_SECONDS 5

/* This computer becomes a destination: a token is made, the receiver begins, it is tried, and only
 * then written to the settings. What fails leaves nothing behind. */
struct _HelioAdding
{
  HelioAgent *agent;
  GDBusMethodInvocation *invocation;
  HelioDestinationSettings *settings;
  char *token;
  gboolean has_folder; /* from an earlier time: it stays */
  guint port;
  HelioWork *work; /* under way, of a step */
  GCancellable *undo;
  guint bound_id; /* of the step */
  gboolean is_late;
  gboolean is_connecting;
  HelioBackendInfo *info;
  GError *error;
};

static HelioTarget *
find_bundled (HelioAgent *agent)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      if (target->settings->is_bundled)
        return target;
    }
  return NULL;
}

/* Where the token is if there is no secret store, and the user said so. */
static char *
get_token_file (void)
{
  return g_build_filename (g_get_user_data_dir (), "heliograph", "this-computer.token", NULL);
}

static void
forget_token (const HelioDestinationSettings *settings)
{
  g_autofree char *path = get_token_file ();

  if (strcmp (settings->token_file, path) == 0)
    g_unlink (path);
}

/* Works own their data as long as they run; this lives longer. */
static void
keep (gpointer data)
{
}

static void
adding_free (HelioAdding *adding)
{
  HelioAgent *agent = adding->agent;

  agent->adding = NULL;
  g_clear_handle_id (&adding->bound_id, g_source_remove);
  g_object_unref (adding->undo);
  helio_destination_settings_free (adding->settings);
  if (adding->token != NULL)
    explicit_bzero (adding->token, strlen (adding->token));
  g_free (adding->token);
  g_clear_pointer (&adding->info, helio_backend_info_free);
  g_clear_error (&adding->error);
  g_free (adding);
  helio_agent_leave (agent);
}

/* -- back to where it began --------------------------------------------------------------- */

/* Perhaps: who asks may not have been answered. */
static gboolean
is_in_store (const HelioAdding *adding)
{
  return adding->token != NULL && *adding->settings->token_file == '\0';
}

static void
undo_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  HelioAdding *adding = data;

  forget_token (adding->settings);
  if (is_in_store (adding))
    /* Not cancelled by the agent's end, which waits for it. */
    helio_secrets_clear (adding->settings->id, adding->undo, NULL);
  if (!adding->has_folder)
    helio_receiver_delete (NULL);
}

static void
on_undone (gpointer data, const GError *error, gpointer owner)
{
  HelioAdding *adding = data;

  helio_agent_update_now (adding->agent);
  if (helio_error_is_cancelled (adding->error))
    g_dbus_method_invocation_return_error_literal (adding->invocation, HELIO_ERROR,
                                                   HELIO_ERROR_FAILED, _ ("The agent ends"));
  else
    g_dbus_method_invocation_return_gerror (adding->invocation, adding->error);
  adding_free (adding);
}

static gboolean
on_undo_late (gpointer data)
{
  HelioAdding *adding = data;

  adding->bound_id = 0;
  g_warning ("The secret store does not answer: the token of this computer may still be there");
  g_cancellable_cancel (adding->undo);
  return G_SOURCE_REMOVE;
}

static void
on_stopped_for_undo (gpointer data)
{
  HelioAdding *adding = data;

  if (is_in_store (adding))
    adding->bound_id = g_timeout_add_seconds (UNDO_SECONDS, on_undo_late, adding);
  helio_works_start (adding->agent->works, FALSE, undo_in_thread, on_undone, adding, keep);
}

/* @error: (nullable): NULL when the agent ends */
static void
adding_fail (HelioAdding *adding, const GError *error)
{
  HelioAgent *agent = adding->agent;

  g_clear_handle_id (&adding->bound_id, g_source_remove);
  adding->error = error != NULL ? g_error_copy (error)
                                : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  if (agent->receiver != NULL)
    helio_receiver_stop (agent->receiver, on_stopped_for_undo, adding);
  else
    on_stopped_for_undo (adding);
}

/* -- step by step ------------------------------------------------------------------------- */

static gboolean
on_work_late (gpointer data)
{
  HelioAdding *adding = data;

  adding->bound_id = 0;
  adding->is_late = TRUE;
  helio_work_cancel (adding->work);
  return G_SOURCE_REMOVE;
}

static void
begin_work (HelioAdding *adding, guint seconds, HelioWorkFunc func, HelioWorkDone done)
{
  adding->is_late = FALSE;
  adding->bound_id = g_timeout_add_seconds (seconds, on_work_late, adding);
  adding->work = helio_works_start (adding->agent->works, FALSE, func, done, adding, keep);
}

/* Returns whether the next step may begin.
 * @code, @late: what it means if the time was over before the end */
static gboolean
end_work (HelioAdding *adding, const GError *error, HelioError code, const char *late)
{
  g_autoptr (GError) late_error = NULL;

  adding->work = NULL;
  g_clear_handle_id (&adding->bound_id, g_source_remove);
  if (error == NULL && !adding->agent->is_quitting)
    return TRUE;
  if (adding->is_late && !adding->agent->is_quitting)
    late_error = g_error_new_literal (HELIO_ERROR, code, late);
  adding_fail (adding, late_error != NULL ? late_error : error);
  return FALSE;
}

static void
on_joined_for_add (gpointer data)
{
  HelioAdding *adding = data;
  HelioAgent *agent = adding->agent;
  HelioTarget *target;
  GError *error = NULL;
  gboolean is_put = helio_settings_put_destination (agent->settings, adding->settings, &error);

  if (is_put)
    {
      helio_agent_load_targets (agent);
      target = find_bundled (agent);
      if (target != NULL && target->token == NULL)
        target->token = g_strdup (adding->token);
      if (target != NULL)
        {
          target->server = g_strdup (adding->info->server);
          /* Nobody but us ever wrote what was kept. */
          target->is_adopting = adding->has_folder;
        }
      g_message ("This computer is a destination now");
    }
  helio_works_release (agent->works);
  helio_agent_update_now (agent);
  if (is_put)
    {
      helio_agent1_complete_add_this_computer (agent->skeleton, adding->invocation,
                                               adding->settings->id, adding->settings->device);
      adding_free (adding);
    }
  else
    adding_fail (adding, error);
  g_clear_error (&error);
  helio_agent_wake (agent);
}

static void
connect_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  HelioAdding *adding = data;
  g_autoptr (HelioDestination) destination
      = helio_destination_new (adding->settings->url, adding->token, FALSE, error);

  if (destination == NULL)
    return;
  adding->info = helio_destination_connect (destination, cancellable, error);
  if (adding->info != NULL && adding->info->device == NULL)
    g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_TOKEN,
                         _ ("The receiver on this computer does not know the token it made"));
}

static void
on_connected (gpointer data, const GError *error, gpointer owner)
{
  HelioAdding *adding = data;

  if (!end_work (adding, error, HELIO_ERROR_FAILED,
                 _ ("The receiver does not answer: see its messages in the journal")))
    return;
  g_free (adding->settings->device);
  adding->settings->device = g_strdup (adding->info->device);
  helio_works_join (adding->agent->works, on_joined_for_add, adding);
}

static gboolean
on_bound (gpointer data)
{
  HelioAdding *adding = data;
  g_autoptr (GError) error
      = g_error_new_literal (HELIO_ERROR, HELIO_ERROR_FAILED,
                             _ ("The receiver does not begin: see its messages in the journal"));

  adding->bound_id = 0;
  adding_fail (adding, error);
  return G_SOURCE_REMOVE;
}

/* At the next port that nobody uses, after the one that somebody else was faster to take. */
static gboolean
begin_receiver (HelioAdding *adding)
{
  HelioAgent *agent = adding->agent;

  adding->port = helio_receiver_find_port (adding->port + 1);
  if (adding->port == 0)
    return FALSE;
  g_free (adding->settings->url);
  adding->settings->url = g_strdup_printf ("http://127.0.0.1:%u", adding->port);
  helio_receiver_start (agent->receiver, adding->port);
  return TRUE;
}

static void
on_receiver_for_add (HelioAdding *adding, const GError *error)
{
  /* If it ends while it is tried, the trial fails. */
  if (adding->error != NULL || adding->is_connecting)
    return;
  if (error == NULL)
    {
      g_clear_handle_id (&adding->bound_id, g_source_remove);
      adding->is_connecting = TRUE;
      begin_work (adding, CONNECT_SECONDS, connect_in_thread, on_connected);
    }
  else if (!g_error_matches (error, HELIO_ERROR, HELIO_ERROR_BUSY) || !begin_receiver (adding))
    adding_fail (adding, error);
}

static void
on_receiver (const GError *error, gpointer data)
{
  HelioAgent *agent = data;
  HelioTarget *target = find_bundled (agent);

  if (agent->adding != NULL)
    on_receiver_for_add (agent->adding, error);
  else if (target != NULL && error != NULL && target->state == HELIO_TARGET_OPEN)
    {
      helio_target_fail (target, error, 0);
      helio_agent_update (agent);
    }
  else if (target != NULL && error == NULL && target->state == HELIO_TARGET_OPEN)
    {
      /* What waited for it need not wait longer. */
      helio_target_reopen (target);
      helio_agent_wake (agent);
    }
}

static void
begin_to_listen (HelioAdding *adding)
{
  HelioAgent *agent = adding->agent;
  g_autoptr (GError) no_port = NULL;

  if (agent->receiver == NULL)
    agent->receiver = helio_receiver_new (on_receiver, agent);
  adding->bound_id = g_timeout_add_seconds (LISTEN_SECONDS, on_bound, adding);
  if (begin_receiver (adding))
    return;
  no_port = g_error_new_literal (HELIO_ERROR, HELIO_ERROR_FAILED,
                                 _ ("No port of this computer is free for the receiver"));
  adding_fail (adding, no_port);
}

static void
store_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  HelioAdding *adding = data;
  HelioDestinationSettings *settings = adding->settings;

  if (*settings->token_file != '\0')
    g_file_set_contents_full (settings->token_file, adding->token, -1,
                              G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  else if (!helio_secrets_store (settings->id, _ ("Heliograph's token for this computer"),
                                 adding->token, cancellable, error))
    g_prefix_error (error, _ ("The token of this computer has no place to stay: "));
}

static void
on_stored (gpointer data, const GError *error, gpointer owner)
{
  if (end_work (data, error, HELIO_ERROR_SECRET_STORE,
                _ ("The secret store (keyring) does not answer: unlock it, or use a file")))
    begin_to_listen (data);
}

static void
make_token_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  HelioAdding *adding = data;

  adding->token = helio_receiver_make_token (adding->settings->device, adding->settings->level,
                                             cancellable, error);
}

static void
on_token_made (gpointer data, const GError *error, gpointer owner)
{
  if (!end_work (data, error, HELIO_ERROR_FAILED,
                 _ ("heliograph-server makes no token in time: try again")))
    return;
  g_message ("The receiver on this computer has made a token");
  begin_work (data, KEYRING_SECONDS, store_in_thread, on_stored);
}

/* The name that others know this computer by, as far as the receiver takes it. */
static char *
make_device (void)
{
  const char *host = g_get_host_name ();

  if (*host == '\0' || *host == '-' || *host == '.' || strchr (host, '/') != NULL
      || !g_utf8_validate (host, -1, NULL) || g_utf8_strlen (host, -1) > 64)
    return g_strdup ("this-computer");
  return g_strdup (host);
}

/* What the user may choose of it. */
static gboolean
take_options (HelioDestinationSettings *settings, GVariant *options, GError **error)
{
  static const char *const ours[] = { "url", "token-file", "allow-plain-http" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (options);
  g_autoptr (GVariant) rest = NULL;
  gboolean keeps_file = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_variant_dict_contains (&dict, ours[i]))
      {
        g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                     _ ("“%s” is the agent's own matter for the receiver on this computer"),
                     ours[i]);
        return FALSE;
      }
  if (g_variant_dict_contains (&dict, "keep-token-file")
      && !g_variant_dict_lookup (&dict, "keep-token-file", "b", &keeps_file))
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           _ ("“keep-token-file” takes true or false"));
      return FALSE;
    }
  g_variant_dict_remove (&dict, "keep-token-file");
  rest = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (!helio_destination_settings_change (settings, rest, error))
    return FALSE;
  if (keeps_file)
    {
      g_free (settings->token_file);
      settings->token_file = get_token_file ();
    }
  settings->is_bundled = TRUE;
  return TRUE;
}

static gboolean
on_add_this_computer (HelioAgent1 *skeleton,
                      GDBusMethodInvocation *invocation,
                      GVariant *options,
                      HelioAgent *agent)
{
  g_autofree char *id = helio_settings_make_id (agent->settings);
  g_autofree char *folder = helio_receiver_get_folder ();
  g_autoptr (HelioDestinationSettings) settings = helio_destination_settings_new (id, "");
  GError *error = NULL;
  HelioAdding *adding;

  if (agent->adding != NULL || find_bundled (agent) != NULL)
    {
      g_dbus_method_invocation_return_error_literal (invocation, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                                     _ ("This computer is a destination already"));
      return TRUE;
    }
  if (!take_options (settings, options, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  adding = g_new0 (HelioAdding, 1);
  adding->agent = agent;
  adding->undo = g_cancellable_new ();
  adding->invocation = invocation;
  adding->settings = g_steal_pointer (&settings);
  g_free (adding->settings->device);
  adding->settings->device = make_device ();
  adding->has_folder = g_file_test (folder, G_FILE_TEST_EXISTS);
  agent->adding = adding;
  begin_work (adding, TOKEN_SECONDS, make_token_in_thread, on_token_made);
  return TRUE;
}

void
helio_agent_give_up_adding (HelioAgent *agent)
{
  /* Where a work is under way, its end is the end of this. */
  if (agent->adding != NULL && agent->adding->bound_id != 0 && agent->adding->work == NULL
      && agent->adding->error == NULL)
    adding_fail (agent->adding, NULL);
}

/* -- later -------------------------------------------------------------------------------- */

void
helio_agent_match_receiver (HelioAgent *agent)
{
  HelioTarget *target = find_bundled (agent);
  g_autoptr (GUri) uri
      = target != NULL ? g_uri_parse (target->settings->url, G_URI_FLAGS_NONE, NULL) : NULL;

  if (agent->adding != NULL)
    return;
  if (uri == NULL || g_uri_get_port (uri) <= 0)
    {
      if (agent->receiver != NULL)
        helio_receiver_stop (agent->receiver, NULL, NULL);
      return;
    }
  if (agent->receiver == NULL)
    agent->receiver = helio_receiver_new (on_receiver, agent);
  helio_receiver_start (agent->receiver, (guint) g_uri_get_port (uri));
}

gboolean
helio_agent_can_reach (HelioAgent *agent, const HelioTarget *target)
{
  return !target->settings->is_bundled
         || (agent->receiver != NULL && helio_receiver_is_listening (agent->receiver));
}

void
helio_agent_stop_receiver (HelioAgent *agent, void (*func) (gpointer data), gpointer data)
{
  if (agent->receiver != NULL)
    helio_receiver_stop (agent->receiver, func, data);
  else
    func (data);
}

gboolean
helio_agent_forget_receiver (const HelioDestinationSettings *settings,
                             gboolean deletes,
                             GError **error)
{
  if (deletes && !helio_receiver_delete (error))
    return FALSE;
  forget_token (settings);
  return TRUE;
}

void
helio_agent_connect_receiver (HelioAgent *agent)
{
  g_signal_connect (agent->skeleton, "handle-add-this-computer", G_CALLBACK (on_add_this_computer),
                    agent);
}
