/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "config.h"

#include "model/helio-headline.h"

#include <glib/gi18n-lib.h>

#include "model/helio-dict.h"
#include "model/helio-event.h"
#include "model/helio-presence.h"
#include "model/helio-text.h"

/* What the first words are about; the order of the cases is that of find_case(). */
typedef enum
{
  CASE_NOT_RUNNING,
  CASE_QUITTING,
  CASE_STARTING,
  CASE_SETUP,
  CASE_PAUSED,
  CASE_TROUBLE,
  CASE_ACTIVE,
  CASE_AWAY,
  CASE_LOCKED,
  CASE_ONLINE,
  CASE_OFFLINE,
  CASE_NO_PRESENCE, /* no destination shows a live status */
} Case;

static const char *
get_text (const HelioSituation *situation, const char *key)
{
  return situation->presence != NULL ? helio_dict_get_text (situation->presence, key) : "";
}

static int64_t
get_number (const HelioSituation *situation, const char *key)
{
  return situation->presence != NULL ? helio_dict_get_number (situation->presence, key) : 0;
}

static Case
find_case (const HelioSituation *situation)
{
  const char *state = situation->state;
  HelioState presence;

  if (state == NULL)
    return CASE_NOT_RUNNING;
  if (g_str_equal (state, "quitting"))
    return CASE_QUITTING;
  if (g_str_equal (state, "starting"))
    return CASE_STARTING;
  if (g_str_equal (state, "setup"))
    return CASE_SETUP;
  /* In these two the presence may still be what was published before. */
  if (g_str_equal (state, "paused"))
    return CASE_PAUSED;
  if (g_str_equal (state, "trouble"))
    return CASE_TROUBLE;

  if (!helio_state_from_string (get_text (situation, "state"), &presence))
    return CASE_NO_PRESENCE;
  switch (presence)
    {
    case HELIO_STATE_ACTIVE:
      return CASE_ACTIVE;
    case HELIO_STATE_AWAY:
      return CASE_AWAY;
    case HELIO_STATE_LOCKED:
      return CASE_LOCKED;
    case HELIO_STATE_ONLINE:
      return CASE_ONLINE;
    case HELIO_STATE_PAUSED:
    case HELIO_STATE_OFFLINE:
    default:
      /* Said before a pause or a sleep that is over by now. */
      return CASE_OFFLINE;
    }
}

HelioLook
helio_situation_get_look (const HelioSituation *situation)
{
  g_return_val_if_fail (situation != NULL, HELIO_LOOK_OFFLINE);

  switch (find_case (situation))
    {
    case CASE_ACTIVE:
      return HELIO_LOOK_ACTIVE;
    case CASE_AWAY:
    case CASE_LOCKED:
    case CASE_ONLINE:
    case CASE_NO_PRESENCE:
      return HELIO_LOOK_AWAY;
    case CASE_PAUSED:
      return HELIO_LOOK_PAUSED;
    case CASE_TROUBLE:
      return HELIO_LOOK_TROUBLE;
    case CASE_NOT_RUNNING:
    case CASE_QUITTING:
    case CASE_STARTING:
    case CASE_SETUP:
    case CASE_OFFLINE:
    default:
      return HELIO_LOOK_OFFLINE;
    }
}

const char *
helio_look_to_icon_name (HelioLook look)
{
  static const char *const names[] = {
    [HELIO_LOOK_ACTIVE] = APP_ID "-active-symbolic",
    [HELIO_LOOK_AWAY] = APP_ID "-away-symbolic",
    [HELIO_LOOK_PAUSED] = APP_ID "-paused-symbolic",
    [HELIO_LOOK_TROUBLE] = APP_ID "-trouble-symbolic",
    [HELIO_LOOK_OFFLINE] = APP_ID "-offline-symbolic",
  };

  g_return_val_if_fail (look < G_N_ELEMENTS (names), names[HELIO_LOOK_OFFLINE]);
  return names[look];
}

static const char *
get_title (const HelioSituation *situation)
{
  switch (find_case (situation))
    {
    case CASE_NOT_RUNNING:
      return _ ("Heliograph is not running");
    case CASE_QUITTING:
      return _ ("Quitting…");
    case CASE_STARTING:
      return _ ("Starting…");
    case CASE_SETUP:
      return _ ("Not set up yet");
    case CASE_PAUSED:
      return _ ("Paused");
    case CASE_TROUBLE:
      return _ ("Trouble");
    case CASE_ACTIVE:
      return _ ("Publishing");
    case CASE_AWAY:
      return _ ("Away");
    case CASE_LOCKED:
      return _ ("Locked");
    case CASE_ONLINE:
      return _ ("Online");
    case CASE_OFFLINE:
      return _ ("Offline");
    case CASE_NO_PRESENCE:
    default:
      return g_str_equal (situation->state, "publishing") ? _ ("Publishing")
                                                          : _ ("Everything is published");
    }
}

char *
helio_situation_get_title (const HelioSituation *situation, int64_t now)
{
  g_return_val_if_fail (situation != NULL, NULL);

  (void) now;
  return g_strdup (get_title (situation));
}

/* "10:42 (12 min)". A span below a minute would be wrong a second later: it is not said. */
static char *
describe_since (int64_t since, int64_t now)
{
  g_autofree char *begin = helio_text_time (since, now);

  if (now - since < HELIO_MINUTE)
    return g_steal_pointer (&begin);
  g_autofree char *span = helio_text_span (now - since);
  /* Translators: a time and how long ago that is: 10:42 (12 min) */
  return g_strdup_printf (_ ("%s (%s)"), begin, span);
}

static char *
describe_activity (const HelioSituation *situation, int64_t now)
{
  g_autofree char *app = helio_text_clean (get_text (situation, "app"));
  int64_t since = get_number (situation, *app != '\0' ? "activity-since" : "since");

  if (since <= 0)
    return g_steal_pointer (&app);
  if (*app == '\0')
    {
      g_autofree char *time = helio_text_time (since, now);
      /* Translators: %s is a time like 10:42 or Mon 10:42 */
      return g_strdup_printf (_ ("active since %s"), time);
    }
  g_autofree char *begin = describe_since (since, now);
  /* Translators: an app, and then like: 10:42 (12 min) */
  return g_strdup_printf (_ ("%s · since %s"), app, begin);
}

static char *
describe_away (const HelioSituation *situation, int64_t now)
{
  int64_t since = get_number (situation, "since");

  if (since <= 0)
    return g_strdup ("");
  g_autofree char *begin = describe_since (since, now);
  /* Translators: %s is like: 10:42 (12 min) */
  return g_strdup_printf (_ ("since %s"), begin);
}

static char *
describe_pause (const HelioSituation *situation, int64_t now)
{
  if (situation->paused_until >= HELIO_TIME_MAX)
    return g_strdup (_ ("until you resume"));
  /* Over, or not known. */
  if (situation->paused_until <= now)
    return g_strdup ("");
  g_autofree char *end = helio_text_time (situation->paused_until, now);
  /* Translators: %s is a time like 15:30 or Mon 15:30 */
  return g_strdup_printf (_ ("until %s"), end);
}

char *
helio_situation_get_detail (const HelioSituation *situation, int64_t now)
{
  g_return_val_if_fail (situation != NULL, NULL);

  switch (find_case (situation))
    {
    case CASE_SETUP:
      return g_strdup (_ ("Choose where to publish"));
    case CASE_PAUSED:
      return describe_pause (situation, now);
    case CASE_TROUBLE:
      return helio_text_clean (situation->trouble != NULL ? situation->trouble : "");
    case CASE_ACTIVE:
      return describe_activity (situation, now);
    case CASE_AWAY:
    case CASE_LOCKED:
      return describe_away (situation, now);
    case CASE_ONLINE:
      return g_strdup (_ ("ActivityWatch says nothing fresh"));
    case CASE_NO_PRESENCE:
      return g_strdup (_ ("No live status is shown"));
    case CASE_NOT_RUNNING:
    case CASE_QUITTING:
    case CASE_STARTING:
    case CASE_OFFLINE:
    default:
      return g_strdup ("");
    }
}
