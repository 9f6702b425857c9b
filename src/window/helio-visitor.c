/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-visitor.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"

static const char *
name_state (const char *state)
{
  static const struct
  {
    const char *state;
    const char *name;
  } names[] = {
    { "active", N_ ("active") }, { "away", N_ ("away") },     { "locked", N_ ("locked") },
    { "online", N_ ("online") }, { "paused", N_ ("paused") }, { "offline", N_ ("offline") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].state, state))
      return _ (names[i].name);
  return state;
}

static gboolean
have_one_level (GVariant *destinations)
{
  g_autoptr (GVariant) first = g_variant_get_child_value (destinations, 0);

  for (gsize i = 1; i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);

      if (!g_str_equal (helio_dict_get_text (one, "level"), helio_dict_get_text (first, "level")))
        return FALSE;
    }
  return TRUE;
}

/* Nothing leaves this computer. */
static gboolean
are_bundled (GVariant *destinations)
{
  for (gsize i = 0; i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);

      if (!helio_dict_get_flag (one, "bundled"))
        return FALSE;
    }
  return TRUE;
}

/* Which words a whole sentence is made of: one to translate for each, since what is before the
 * colon and after it belong together. */
typedef enum
{
  SHOWN_AT_MOST,
  SHOWN_ON_PAGE,
  SHOWN_ON_WEBSITE,
} Shown;

/* (transfer full): what visitors see, like: active, Firefox, “News” */
static char *
describe_activity (GVariant *presence)
{
  const char *state = name_state (helio_dict_get_text (presence, "state"));
  g_autofree char *app = helio_text_clean (helio_dict_get_text (presence, "app"));
  g_autofree char *title = helio_text_clean (helio_dict_get_text (presence, "title"));

  if (*app != '\0' && *title != '\0')
    /* Translators: a state (active), an app, and the title of its window */
    return g_strdup_printf (_ ("%s, %s, “%s”"), state, app, title);
  if (*title != '\0')
    /* Translators: a state (active), and the title of a window */
    return g_strdup_printf (_ ("%s, “%s”"), state, title);
  if (*app != '\0')
    /* Translators: a state (active), and an app */
    return g_strdup_printf (_ ("%s, %s"), state, app);
  return g_strdup (state);
}

static char *
say (Shown shown, const char *seen)
{
  switch (shown)
    {
    case SHOWN_AT_MOST:
      /* Translators: %s is what visitors see, like: active, Firefox. Other websites show less. */
      return g_strdup_printf (_ ("Your website shows at most: %s"), seen);
    case SHOWN_ON_PAGE:
      /* Translators: %s is what the page shows, like: active, Firefox */
      return g_strdup_printf (_ ("Your live page shows: %s"), seen);
    case SHOWN_ON_WEBSITE:
    default:
      /* Translators: %s is what visitors see, like: active, Firefox */
      return g_strdup_printf (_ ("Your website shows: %s"), seen);
    }
}

static char *
say_with_media (Shown shown, const char *seen, const char *media)
{
  switch (shown)
    {
    case SHOWN_AT_MOST:
      /* Translators: what visitors see, like: active, Firefox; and the title of a song or film that
       * plays. Other websites show less. */
      return g_strdup_printf (_ ("Your website shows at most: %s, listening to “%s”"), seen, media);
    case SHOWN_ON_PAGE:
      /* Translators: what the page shows, like: active, Firefox; and the title of a song or film
       * that plays */
      return g_strdup_printf (_ ("Your live page shows: %s, listening to “%s”"), seen, media);
    case SHOWN_ON_WEBSITE:
    default:
      /* Translators: what visitors see, like: active, Firefox; and the title of a song or film that
       * plays */
      return g_strdup_printf (_ ("Your website shows: %s, listening to “%s”"), seen, media);
    }
}

char *
helio_visitor_get_text (GVariant *presence, GVariant *destinations)
{
  if (destinations == NULL || g_variant_n_children (destinations) == 0)
    return g_strdup ("");
  if (presence == NULL || helio_dict_get_text (presence, "state")[0] == '\0')
    return g_strdup (_ ("Your website shows nothing of now"));

  g_autofree char *seen = describe_activity (presence);
  g_autofree char *media = helio_text_clean (helio_dict_get_text (presence, "media-title"));
  Shown shown = SHOWN_ON_WEBSITE;

  if (!have_one_level (destinations))
    shown = SHOWN_AT_MOST;
  else if (are_bundled (destinations))
    shown = SHOWN_ON_PAGE;
  return *media != '\0' ? say_with_media (shown, seen, media) : say (shown, seen);
}
