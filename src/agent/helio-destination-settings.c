/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-destination-settings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "agent/helio-secrets.h"
#include "model/helio-error.h"

HelioDestinationSettings *
helio_destination_settings_new (const char *id, const char *url)
{
  HelioDestinationSettings *settings = g_new0 (HelioDestinationSettings, 1);

  settings->id = g_strdup (id);
  settings->url = g_strdup (url);
  settings->name = g_strdup ("");
  settings->device = g_strdup ("");
  settings->token_file = g_strdup ("");
  settings->level = HELIO_LEVEL_STATE;
  settings->has_history = TRUE;
  return settings;
}

HelioDestinationSettings *
helio_destination_settings_copy (const HelioDestinationSettings *settings)
{
  HelioDestinationSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->id = g_strdup (settings->id);
  copy->url = g_strdup (settings->url);
  copy->name = g_strdup (settings->name);
  copy->device = g_strdup (settings->device);
  copy->token_file = g_strdup (settings->token_file);
  return copy;
}

void
helio_destination_settings_free (HelioDestinationSettings *settings)
{
  g_free (settings->id);
  g_free (settings->url);
  g_free (settings->name);
  g_free (settings->device);
  g_free (settings->token_file);
  g_free (settings);
}

static gboolean
wrong_type (const char *key, const char *wanted, GError **error)
{
  /* Translators: a setting, and "true or false" or the like. */
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, _ ("“%s” takes %s"), key, wanted);
  return FALSE;
}

static gboolean
take_string (const char *key, GVariant *value, char **field, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return wrong_type (key, _ ("a text"), error);
  g_free (*field);
  *field = g_variant_dup_string (value, NULL);
  return TRUE;
}

static gboolean
take_boolean (const char *key, GVariant *value, gboolean *field, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return wrong_type (key, _ ("true or false"), error);
  *field = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
take_level (GVariant *value, HelioLevel *level, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      || !helio_level_from_string (g_variant_get_string (value, NULL), level))
    return wrong_type ("level", _ ("nothing, state, app or title"), error);
  return TRUE;
}

gboolean
helio_destination_settings_change (HelioDestinationSettings *settings,
                                   GVariant *options,
                                   GError **error)
{
  g_autofree char *old_url = g_strdup (settings->url);
  g_autoptr (GVariant) plain = NULL;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      gboolean is_taken;

      if (strcmp (key, "name") == 0)
        is_taken = take_string (key, value, &settings->name, error);
      else if (strcmp (key, "url") == 0)
        is_taken = take_string (key, value, &settings->url, error);
      else if (strcmp (key, "token-file") == 0)
        is_taken = take_string (key, value, &settings->token_file, error);
      else if (strcmp (key, "level") == 0)
        is_taken = take_level (value, &settings->level, error);
      else if (strcmp (key, "history") == 0)
        is_taken = take_boolean (key, value, &settings->has_history, error);
      else if (strcmp (key, "allow-plain-http") == 0)
        is_taken = take_boolean (key, value, &settings->allows_plain_http, error);
      else
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       _ ("A destination has no setting “%s”"), key);
          is_taken = FALSE;
        }
      if (!is_taken)
        return FALSE;
    }
  /* What was allowed was allowed for the old address. */
  plain = g_variant_lookup_value (options, "allow-plain-http", NULL);
  if (plain == NULL && strcmp (old_url, settings->url) != 0)
    settings->allows_plain_http = FALSE;
  return TRUE;
}

char *
helio_destination_settings_read_token (const HelioDestinationSettings *settings,
                                       const char *token,
                                       GError **error)
{
  gboolean has_file = *settings->token_file != '\0';
  g_autofree char *stripped = g_strstrip (g_strdup (token));

  if (has_file && *token != '\0')
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           _ ("Give a token or a token file, not both"));
      return NULL;
    }
  if (has_file)
    return helio_secrets_read_file (settings->token_file, error);
  if (*stripped == '\0')
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN,
                           _ ("A destination needs a token; make one at your server with: "
                              "heliograph-server token add NAME"));
      return NULL;
    }
  return g_steal_pointer (&stripped);
}
