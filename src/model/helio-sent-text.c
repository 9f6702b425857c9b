/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "config.h"

#include "model/helio-sent-text.h"

#include <glib/gi18n-lib.h>
#include <stdint.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"

static const char *
get_state (GVariant *item)
{
  static const struct
  {
    const char *state;
    const char *text;
  } states[] = {
    { "active", N_ ("Live status: active") },   { "away", N_ ("Live status: away") },
    { "locked", N_ ("Live status: locked") },   { "online", N_ ("Live status: online") },
    { "offline", N_ ("Live status: offline") }, { "paused", N_ ("Live status: paused") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (helio_dict_get_text (item, "state"), states[i].state))
      return _ (states[i].text);
  return helio_dict_get_text (item, "state");
}

static char *
describe_presence (GVariant *item)
{
  static const char *const keys[] = { "app", "title", "media-title", "media-artist" };
  g_autoptr (GString) text = g_string_new (get_state (item));

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *value = helio_dict_get_text (item, keys[i]);

      if (*value != '\0')
        g_string_append_printf (text, " · %s", value);
    }
  return helio_text_clean (text->str);
}

static char *
describe_deletions (GVariant *item)
{
  int64_t n = helio_dict_get_number (item, "count");
  g_autofree char *count = helio_text_count (n);

  /* Translators: %s is a number */
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s event deleted", "%s events deleted", (gulong) n), count);
}

char *
helio_sent_text (GVariant *item)
{
  const char *kind;

  g_return_val_if_fail (item != NULL, NULL);

  kind = helio_dict_get_text (item, "kind");
  if (g_str_equal (kind, "presence"))
    return describe_presence (item);
  return g_str_equal (kind, "deletions") ? describe_deletions (item) : NULL;
}
