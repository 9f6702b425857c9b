/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-target.h"

#include <string.h>

#include "destination/helio-address.h"
#include "model/helio-error.h"
#include "model/helio-time.h"
#include "sync/helio-live.h"

static void
track_free (HelioAgentTrack *track)
{
  g_free (track->bucket);
  g_clear_pointer (&track->kept, helio_page_unref);
  g_clear_pointer (&track->verify, helio_verify_free);
  g_clear_pointer (&track->verdict, g_variant_unref);
  g_free (track);
}

HelioTarget *
helio_target_new (const HelioDestinationSettings *settings)
{
  HelioTarget *target = g_new0 (HelioTarget, 1);

  target->sent_list = helio_sent_list_new ();
  target->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) track_free);
  helio_target_set_settings (target, settings);
  return target;
}

void
helio_target_free (HelioTarget *target)
{
  g_clear_pointer (&target->settings, helio_destination_settings_free);
  g_free (target->address);
  g_free (target->server);
  g_free (target->token);
  g_free (target->error);
  g_ptr_array_unref (target->tracks);
  g_clear_object (&target->yield);
  g_clear_pointer (&target->sent, helio_presence_free);
  g_clear_pointer (&target->presence, helio_presence_free);
  helio_sent_list_free (target->sent_list);
  g_free (target);
}

void
helio_target_set_settings (HelioTarget *target, const HelioDestinationSettings *settings)
{
  g_autoptr (HelioAddress) address = helio_address_parse (settings->url, NULL);

  if (target->settings != NULL && strcmp (target->settings->url, settings->url) != 0)
    {
      g_clear_pointer (&target->server, g_free);
      /* That was another server. */
      helio_sent_list_clear (target->sent_list);
    }
  g_clear_pointer (&target->settings, helio_destination_settings_free);
  target->settings = helio_destination_settings_copy (settings);
  g_free (target->address);
  target->address = g_strdup (address != NULL ? address->name : "");
  target->is_local = address != NULL && address->is_local;
  if (address != NULL && settings->allows_plain_http
      && !helio_address_check_secure (address, FALSE, NULL))
    g_warning ("Your activity and the token go to %s unencrypted: others on the way can read them",
               target->address);
}

void
helio_target_reopen (HelioTarget *target)
{
  target->state = HELIO_TARGET_OPEN;
  target->is_conflict = target->is_refused = FALSE;
  target->is_checked = FALSE;
  target->attempt = 0;
  target->status_wait = 0;
  target->retry_at_us = target->retry_at = target->status_retry_at_us = 0;
  target->asked_to_wait = FALSE;
  g_clear_pointer (&target->error, g_free);
  g_clear_pointer (&target->sent, helio_presence_free);
  for (guint i = 0; i < target->tracks->len; i++)
    {
      HelioAgentTrack *track = target->tracks->pdata[i];

      track->attempt = 0;
      track->retry_at_us = 0;
    }
}

gboolean
helio_error_is_ledger (const GError *error)
{
  return g_error_matches (error, HELIO_ERROR, HELIO_ERROR_LEDGER)
         || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_LEDGER_NEWER)
         || g_error_matches (error, HELIO_ERROR, HELIO_ERROR_LEDGER_DAMAGED);
}

gboolean
helio_error_is_source (const GError *error)
{
  return error != NULL && error->domain == HELIO_ERROR && error->code >= HELIO_ERROR_AW_UNREACHABLE
         && error->code <= HELIO_ERROR_AW_SLOW;
}

gboolean
helio_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Whether trying again without the user would be useless. What is no backend now may be one in a
 * while: a hotel's portal stands before it, or a proxy whose backend restarts. */
static gboolean
is_final (const GError *error)
{
  if (error->domain != HELIO_ERROR)
    return FALSE;
  switch ((HelioError) error->code)
    {
    case HELIO_ERROR_TOKEN:
    case HELIO_ERROR_NO_TOKEN:
    case HELIO_ERROR_SECRET_STORE:
    case HELIO_ERROR_INSECURE:
    case HELIO_ERROR_REFUSED:
    case HELIO_ERROR_SETTINGS:
    case HELIO_ERROR_CONFLICT:
      return TRUE;
    default:
      return FALSE;
    }
}

void
helio_target_fail (HelioTarget *target, const GError *error, int retry_after)
{
  gboolean is_news = g_strcmp0 (target->error, error->message) != 0;
  const char *name = *target->settings->name != '\0' ? target->settings->name : target->address;

  /* What was under way when it was stopped says nothing of why. */
  if (target->state == HELIO_TARGET_STOPPED && !is_final (error))
    return;
  g_free (target->error);
  target->error = g_strdup (error->message);
  target->error_word = helio_error_get_word (error);
  target->is_checked = FALSE;
  if (is_final (error))
    {
      target->state = HELIO_TARGET_STOPPED;
      target->is_conflict = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_CONFLICT);
      target->is_refused = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_TOKEN);
      target->is_secret_locked = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE);
      if (is_news)
        g_warning ("Destination %s is stopped: %s", name, error->message);
      return;
    }

  /* A status and events that fail together are one failure. */
  if (g_get_monotonic_time () >= target->retry_at_us)
    target->attempt++;

  int wait = helio_backoff_next (target->attempt, retry_after, g_random_double ());
  target->retry_at_us = g_get_monotonic_time () + wait * G_TIME_SPAN_SECOND;
  target->retry_at = helio_time_now () + wait * HELIO_SECOND;
  target->asked_to_wait = retry_after > 0;
  if (is_news)
    g_message ("Destination %s waits: %s", name, error->message);
  g_debug ("Destination %s is tried again in %d s", name, wait);
}

void
helio_target_succeed (HelioTarget *target, int64_t now)
{
  target->last_success = now;
  if (target->state == HELIO_TARGET_STOPPED)
    return;
  if (target->error != NULL)
    g_message ("Destination %s answers again",
               *target->settings->name != '\0' ? target->settings->name : target->address);
  g_clear_pointer (&target->error, g_free);
  target->attempt = 0;
  target->retry_at_us = target->retry_at = 0;
  target->asked_to_wait = FALSE;
}

char *
helio_target_make_page (const HelioTarget *target)
{
  const char *url = target->settings->url;

  if (!target->settings->is_bundled
      && (target->server == NULL || !g_str_has_prefix (target->server, "heliograph-server")))
    return g_strdup ("");
  return g_strconcat (url, g_str_has_suffix (url, "/") ? "" : "/", NULL);
}

static gboolean
find (HelioTarget *target, const char *bucket, guint *index)
{
  for (guint i = 0; i < target->tracks->len; i++)
    if (strcmp (((HelioAgentTrack *) target->tracks->pdata[i])->bucket, bucket) == 0)
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

HelioAgentTrack *
helio_target_find_track (HelioTarget *target, const char *bucket)
{
  guint index;

  return find (target, bucket, &index) ? target->tracks->pdata[index] : NULL;
}

HelioAgentTrack *
helio_target_add_track (HelioTarget *target, const char *bucket)
{
  HelioAgentTrack *track = g_new0 (HelioAgentTrack, 1);

  track->bucket = g_strdup (bucket);
  track->needs_history = TRUE;
  g_ptr_array_add (target->tracks, track);
  return track;
}

void
helio_target_remove_track (HelioTarget *target, const char *bucket)
{
  guint index;

  if (find (target, bucket, &index))
    g_ptr_array_remove_index (target->tracks, index);
}
