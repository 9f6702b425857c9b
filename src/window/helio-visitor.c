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

static void
append_activity (GString *text, GVariant *presence)
{
  g_autofree char *app = helio_text_clean (helio_dict_get_text (presence, "app"));
  g_autofree char *title = helio_text_clean (helio_dict_get_text (presence, "title"));
  g_autofree char *media = helio_text_clean (helio_dict_get_text (presence, "media-title"));

  if (*app != '\0')
    g_string_append_printf (text, ", %s", app);
  if (*title != '\0')
    /* Translators: the title of a window, after its app */
    g_string_append_printf (text, _ (", “%s”"), title);
  if (*media != '\0')
    /* Translators: the title of a song or film that plays */
    g_string_append_printf (text, _ (", listening to “%s”"), media);
}

char *
helio_visitor_get_text (GVariant *presence, GVariant *destinations)
{
  g_autoptr (GString) text = NULL;

  if (destinations == NULL || g_variant_n_children (destinations) == 0)
    return g_strdup ("");
  if (presence == NULL || helio_dict_get_text (presence, "state")[0] == '\0')
    return g_strdup (_ ("Your website shows nothing of now"));

  text = g_string_new (name_state (helio_dict_get_text (presence, "state")));
  append_activity (text, presence);
  if (!have_one_level (destinations))
    /* Translators: %s is what visitors see, like: active, Firefox. Other websites show less. */
    return g_strdup_printf (_ ("Your website shows at most: %s"), text->str);
  if (are_bundled (destinations))
    /* Translators: %s is what the page shows, like: active, Firefox */
    return g_strdup_printf (_ ("Your live page shows: %s"), text->str);
  /* Translators: %s is what visitors see, like: active, Firefox */
  return g_strdup_printf (_ ("Your website shows: %s"), text->str);
}
