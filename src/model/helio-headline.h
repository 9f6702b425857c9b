/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What tray and window say first: one look, one title, one detail, made of the agent's properties.
 * Nothing here is kept: who shows it asks again when a property changes or a minute is over. */

/**
 * HelioLook:
 * @HELIO_LOOK_ACTIVE: it publishes that somebody is there
 * @HELIO_LOOK_AWAY: it runs, but no activity is shown
 * @HELIO_LOOK_PAUSED: the user paused
 * @HELIO_LOOK_TROUBLE: something needs the user, or a server does not answer
 * @HELIO_LOOK_OFFLINE: nothing is published
 *
 * The icons that exist: more states would not be told apart at 16 pixels.
 */
typedef enum
{
  HELIO_LOOK_ACTIVE,
  HELIO_LOOK_AWAY,
  HELIO_LOOK_PAUSED,
  HELIO_LOOK_TROUBLE,
  HELIO_LOOK_OFFLINE,
} HelioLook;

/**
 * HelioSituation:
 * @state: (nullable): the agent's State, or NULL when no agent runs
 * @trouble: (nullable): its Trouble
 * @paused_until: its PausedUntil
 * @presence: (nullable): its Presence
 *
 * Borrowed values of the agent's properties.
 */
typedef struct
{
  const char *state;
  const char *trouble;
  int64_t paused_until;
  GVariant *presence;
} HelioSituation;

HelioLook helio_situation_get_look (const HelioSituation *situation);

/* "io.github.heliograph.Heliograph-away-symbolic": a name in the icon theme. */
const char *helio_look_to_icon_name (HelioLook look);

/**
 * helio_situation_get_title:
 *
 * Returns: (transfer full): one or a few words: "Publishing", "Away", "Paused"
 */
char *helio_situation_get_title (const HelioSituation *situation, int64_t now);

/**
 * helio_situation_get_detail:
 * @now: ms
 *
 * Returns: (transfer full): more about the title: "Firefox · since 10:42 (12 min)"; may be empty
 */
char *helio_situation_get_detail (const HelioSituation *situation, int64_t now);

G_END_DECLS
