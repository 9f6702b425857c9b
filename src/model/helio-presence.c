/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-presence.h"

static const char *const state_names[] = {
  [HELIO_STATE_OFFLINE] = "offline", [HELIO_STATE_ONLINE] = "online",
  [HELIO_STATE_ACTIVE] = "active",   [HELIO_STATE_AWAY] = "away",
  [HELIO_STATE_LOCKED] = "locked",   [HELIO_STATE_PAUSED] = "paused",
};

HelioPresence *
helio_presence_new (HelioState state, int64_t since)
{
  HelioPresence *presence = g_new0 (HelioPresence, 1);

  presence->state = state;
  presence->since = since;
  return presence;
}

HelioPresence *
helio_presence_copy (const HelioPresence *presence)
{
  HelioPresence *copy = g_memdup2 (presence, sizeof *presence);

  copy->app = g_strdup (presence->app);
  copy->title = g_strdup (presence->title);
  copy->media_title = g_strdup (presence->media_title);
  copy->media_artist = g_strdup (presence->media_artist);
  return copy;
}

void
helio_presence_free (HelioPresence *presence)
{
  g_free (presence->app);
  g_free (presence->title);
  g_free (presence->media_title);
  g_free (presence->media_artist);
  g_free (presence);
}

gboolean
helio_presence_equal (const HelioPresence *a, const HelioPresence *b)
{
  return a->state == b->state && a->since == b->since && a->activity_since == b->activity_since
         && g_strcmp0 (a->app, b->app) == 0 && g_strcmp0 (a->title, b->title) == 0
         && g_strcmp0 (a->media_title, b->media_title) == 0
         && g_strcmp0 (a->media_artist, b->media_artist) == 0;
}

const char *
helio_state_to_string (HelioState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), "offline");
  return state_names[state];
}

gboolean
helio_state_from_string (const char *text, HelioState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (text, state_names[i]) == 0)
      {
        *state = (HelioState) i;
        return TRUE;
      }
  return FALSE;
}
