/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * HelioState:
 *
 * What a person is doing at a device, as DESIGN.md section 6 orders it.
 */
typedef enum
{
  HELIO_STATE_OFFLINE,
  HELIO_STATE_ONLINE,
  HELIO_STATE_ACTIVE,
  HELIO_STATE_AWAY,
  HELIO_STATE_LOCKED,
  HELIO_STATE_PAUSED,
} HelioState;

/**
 * HelioPresence:
 * @state: what is happening now
 * @since: ms, since when
 * @app: (nullable): the activity, or NULL for none
 * @title: (nullable): its title, or NULL when unknown or hidden
 * @activity_since: ms, since when this activity lasts
 * @media_title: (nullable): what plays, or NULL for nothing
 * @media_artist: (nullable): who plays it
 */
typedef struct
{
  HelioState state;
  int64_t since;
  char *app;
  char *title;
  int64_t activity_since;
  char *media_title;
  char *media_artist;
} HelioPresence;

HelioPresence *helio_presence_new (HelioState state, int64_t since);
HelioPresence *helio_presence_copy (const HelioPresence *presence);
void helio_presence_free (HelioPresence *presence);
gboolean helio_presence_equal (const HelioPresence *a, const HelioPresence *b);

/* "active", "away", …: the words of the protocol. */
const char *helio_state_to_string (HelioState state);
gboolean helio_state_from_string (const char *text, HelioState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioPresence, helio_presence_free)

G_END_DECLS
