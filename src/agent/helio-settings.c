/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"
#define G_SETTINGS_ENABLE_BACKEND

#include "config.h"

#include "agent/helio-settings.h"

#include <gio/gsettingsbackend.h>
#include <string.h>

#include "agent/helio-environment.h"
#include "model/helio-error.h"

#define ROOT_PATH "/io/github/heliograph/Heliograph/"

struct _HelioSettings
{
  GSettingsBackend *backend; /* NULL for the desktop's own */
  GSettingsSchemaSource *source;
  GSettings *root;
  HelioEnvironment *environment;
  HelioOptions options;
};

/* -- one destination ---------------------------------------------------------------------- */

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
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, "“%s” takes %s", key, wanted);
  return FALSE;
}

static gboolean
take_string (const char *key, GVariant *value, char **field, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return wrong_type (key, "a text", error);
  g_free (*field);
  *field = g_variant_dup_string (value, NULL);
  return TRUE;
}

static gboolean
take_boolean (const char *key, GVariant *value, gboolean *field, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return wrong_type (key, "true or false", error);
  *field = g_variant_get_boolean (value);
  return TRUE;
}

static gboolean
take_level (GVariant *value, HelioLevel *level, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      || !helio_level_from_string (g_variant_get_string (value, NULL), level))
    return wrong_type ("level", "nothing, state, app or title", error);
  return TRUE;
}

gboolean
helio_destination_settings_change (HelioDestinationSettings *settings,
                                   GVariant *options,
                                   GError **error)
{
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
                       "A destination has no setting “%s”", key);
          is_taken = FALSE;
        }
      if (!is_taken)
        return FALSE;
    }
  return TRUE;
}

/* -- all ---------------------------------------------------------------------------------- */

static void
clear_options (HelioOptions *options)
{
  g_free (options->aw_url);
  g_free (options->aw_key_file);
}

static void
read_options (HelioSettings *settings)
{
  const HelioEnvironment *environment = settings->environment;
  HelioOptions *options = &settings->options;

  clear_options (options);
  options->aw_url = environment->aw_url != NULL ? g_strdup (environment->aw_url)
                                                : g_settings_get_string (settings->root, "aw-url");
  options->aw_key_file = environment->aw_key_file != NULL
                             ? g_strdup (environment->aw_key_file)
                             : g_settings_get_string (settings->root, "aw-key-file");
  options->poll_interval = g_settings_get_uint (settings->root, "poll-interval");
  options->away_threshold = g_settings_get_uint (settings->root, "away-threshold");
  options->media_keeps_active = g_settings_get_boolean (settings->root, "media-keeps-active");
  options->pause_on_metered = g_settings_get_boolean (settings->root, "pause-on-metered");
  options->history_from = environment->has_history_from
                              ? environment->history_from
                              : g_settings_get_int64 (settings->root, "history-from");
  if (options->history_from == 0)
    options->history_from = HELIO_TIME_MIN;
}

HelioSettings *
helio_settings_new (const char *file, GError **error)
{
  g_autoptr (HelioSettings) settings = g_new0 (HelioSettings, 1);

  settings->environment = helio_environment_read (error);
  if (settings->environment == NULL)
    return NULL;
  if (g_settings_schema_source_get_default () != NULL)
    settings->source = g_settings_schema_source_ref (g_settings_schema_source_get_default ());

  /* GSettings aborts where a schema is missing. */
  g_autoptr (GSettingsSchema) schema
      = settings->source != NULL ? g_settings_schema_source_lookup (settings->source, APP_ID, TRUE)
                                 : NULL;
  g_autoptr (GSettingsSchema) destination
      = settings->source != NULL
            ? g_settings_schema_source_lookup (settings->source, APP_ID ".Destination", TRUE)
            : NULL;
  if (schema == NULL || destination == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   "The settings schema %s is not installed. Install Heliograph completely, or "
                   "set GSETTINGS_SCHEMA_DIR to the folder that holds gschemas.compiled",
                   APP_ID);
      return NULL;
    }

  if (file != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (file, NULL);
      g_autofree char *folder = g_path_get_dirname (path);

      if (g_mkdir_with_parents (folder, 0700) != 0)
        {
          g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                       "The folder %s of the settings can't be made", folder);
          return NULL;
        }
      settings->backend = g_keyfile_settings_backend_new (path, ROOT_PATH, "heliograph");
    }
  settings->root = g_settings_new_full (schema, settings->backend, NULL);
  read_options (settings);
  return g_steal_pointer (&settings);
}

void
helio_settings_free (HelioSettings *settings)
{
  g_clear_object (&settings->root);
  g_clear_object (&settings->backend);
  g_clear_pointer (&settings->source, g_settings_schema_source_unref);
  g_clear_pointer (&settings->environment, helio_environment_free);
  clear_options (&settings->options);
  g_free (settings);
}

const HelioOptions *
helio_settings_get_options (HelioSettings *settings)
{
  return &settings->options;
}

static gboolean
not_writable (const char *key, GError **error)
{
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
               "The setting “%s” can't be written: it is locked", key);
  return FALSE;
}

static gboolean
overridden (const char *variable, GError **error)
{
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
               "%s is set in the agent's environment and decides; change it there", variable);
  return FALSE;
}

gboolean
helio_settings_set_option (HelioSettings *settings,
                           const char *key,
                           GVariant *value,
                           GError **error)
{
  static const char *const keys[]
      = { "aw-url",       "aw-key-file",        "poll-interval", "away-threshold",
          "history-from", "media-keeps-active", "buckets",       "pause-on-metered" };
  const HelioEnvironment *environment = settings->environment;
  gboolean is_option = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    is_option |= strcmp (keys[i], key) == 0;
  if (!is_option)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, "There is no setting “%s”", key);
      return FALSE;
    }
  if (strcmp (key, "aw-url") == 0 && environment->aw_url != NULL)
    return overridden ("HELIOGRAPH_AW_URL", error);
  if (strcmp (key, "aw-key-file") == 0 && environment->aw_key_file != NULL)
    return overridden ("HELIOGRAPH_AW_KEY_FILE", error);
  if (strcmp (key, "history-from") == 0 && environment->has_history_from)
    return overridden ("HELIOGRAPH_HISTORY_FROM", error);
  if (strcmp (key, "buckets") == 0 && environment->buckets != NULL)
    return overridden ("HELIOGRAPH_BUCKETS", error);

  g_autoptr (GSettingsSchema) schema
      = g_settings_schema_source_lookup (settings->source, APP_ID, TRUE);
  g_autoptr (GSettingsSchemaKey) schema_key = g_settings_schema_get_key (schema, key);
  const GVariantType *type = g_settings_schema_key_get_value_type (schema_key);

  if (!g_variant_is_of_type (value, type))
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   "“%s” takes a value of type %.*s, not %s", key,
                   (int) g_variant_type_get_string_length (type), g_variant_type_peek_string (type),
                   g_variant_get_type_string (value));
      return FALSE;
    }
  if (!g_settings_schema_key_range_check (schema_key, value))
    {
      g_autoptr (GVariant) range = g_settings_schema_key_get_range (schema_key);
      g_autofree char *text = g_variant_print (range, FALSE);

      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, "“%s” must be in the range %s", key,
                   text);
      return FALSE;
    }
  if (strcmp (key, "aw-url") == 0)
    {
      const char *url = g_variant_get_string (value, NULL);
      g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

      if (uri == NULL || g_uri_get_host (uri) == NULL
          || (strcmp (g_uri_get_scheme (uri), "http") != 0
              && strcmp (g_uri_get_scheme (uri), "https") != 0))
        return wrong_type (key, "an address like http://127.0.0.1:5600", error);
    }
  if (!g_settings_set_value (settings->root, key, value))
    return not_writable (key, error);
  read_options (settings);
  return TRUE;
}

gboolean
helio_settings_has_aw_key (HelioSettings *settings)
{
  return g_settings_get_boolean (settings->root, "aw-key-stored");
}

void
helio_settings_set_has_aw_key (HelioSettings *settings, gboolean has_key)
{
  g_settings_set_boolean (settings->root, "aw-key-stored", has_key);
}

/* -- buckets ------------------------------------------------------------------------------ */

static gboolean
is_default (const HelioBucket *bucket, const char *hostname)
{
  return !bucket->is_synced_copy && hostname != NULL && g_strcmp0 (bucket->hostname, hostname) == 0
         && (strcmp (bucket->type, "currentwindow") == 0
             || strcmp (bucket->type, "afkstatus") == 0);
}

gboolean
helio_settings_is_enabled (HelioSettings *settings, const HelioBucket *bucket, const char *hostname)
{
  GStrv named = settings->environment->buckets;

  if (named == NULL)
    {
      g_auto (GStrv) buckets = g_settings_get_strv (settings->root, "buckets");
      return g_strv_contains ((const char *const *) buckets, bucket->id);
    }
  if (g_strv_contains ((const char *const *) named, bucket->id))
    return TRUE;
  return g_strv_contains ((const char *const *) named, "default") && is_default (bucket, hostname);
}

gboolean
helio_settings_is_known (HelioSettings *settings, const char *bucket)
{
  g_auto (GStrv) known = g_settings_get_strv (settings->root, "known-buckets");
  g_auto (GStrv) enabled = g_settings_get_strv (settings->root, "buckets");

  return g_strv_contains ((const char *const *) known, bucket)
         || g_strv_contains ((const char *const *) enabled, bucket)
         || settings->environment->buckets != NULL;
}

GStrv
helio_settings_get_buckets (HelioSettings *settings)
{
  if (settings->environment->buckets != NULL)
    return g_strdupv (settings->environment->buckets);
  return g_settings_get_strv (settings->root, "buckets");
}

/* Adds @word to the list under @key or takes it away. */
static gboolean
change_list (GSettings *root, const char *key, const char *word, gboolean is_in)
{
  g_auto (GStrv) old = g_settings_get_strv (root, key);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (g_strv_contains ((const char *const *) old, word) == is_in)
    return TRUE;
  for (GStrv each = old; *each != NULL; each++)
    if (strcmp (*each, word) != 0)
      g_strv_builder_add (builder, *each);
  if (is_in)
    g_strv_builder_add (builder, word);

  g_auto (GStrv) words = g_strv_builder_end (builder);
  return g_settings_set_strv (root, key, (const char *const *) words);
}

gboolean
helio_settings_set_bucket (HelioSettings *settings,
                           const char *bucket,
                           gboolean is_enabled,
                           GError **error)
{
  if (settings->environment->buckets != NULL)
    return overridden ("HELIOGRAPH_BUCKETS", error);
  if (!change_list (settings->root, "buckets", bucket, is_enabled)
      || !change_list (settings->root, "known-buckets", bucket, TRUE))
    return not_writable ("buckets", error);
  return TRUE;
}

/* -- destinations ------------------------------------------------------------------------- */

static GSettings *
open_destination (HelioSettings *settings, const char *id)
{
  g_autoptr (GSettingsSchema) schema
      = g_settings_schema_source_lookup (settings->source, APP_ID ".Destination", TRUE);
  g_autofree char *path = g_strconcat (ROOT_PATH "destinations/", id, "/", NULL);

  return g_settings_new_full (schema, settings->backend, path);
}

/* Ids are made by us; one from a hand-written file must fit into a path all the same. */
static gboolean
is_good_id (const char *id)
{
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return FALSE;
  return *id != '\0' && strcmp (id, HELIO_ENVIRONMENT_DESTINATION) != 0;
}

GPtrArray *
helio_settings_list_destinations (HelioSettings *settings)
{
  GPtrArray *list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_destination_settings_free);
  const HelioEnvironment *environment = settings->environment;
  g_auto (GStrv) ids = g_settings_get_strv (settings->root, "destinations");

  for (GStrv id = ids; *id != NULL; id++)
    {
      if (!is_good_id (*id))
        {
          g_warning ("The settings name a destination with an impossible id; it is left out");
          continue;
        }
      g_autoptr (GSettings) stored = open_destination (settings, *id);
      HelioDestinationSettings *each = g_new0 (HelioDestinationSettings, 1);
      g_autofree char *level = g_settings_get_string (stored, "level");

      each->id = g_strdup (*id);
      each->url = g_settings_get_string (stored, "url");
      each->name = g_settings_get_string (stored, "name");
      each->device = g_settings_get_string (stored, "device");
      each->token_file = g_settings_get_string (stored, "token-file");
      each->has_history = g_settings_get_boolean (stored, "history");
      each->allows_plain_http = g_settings_get_boolean (stored, "allow-plain-http");
      if (!helio_level_from_string (level, &each->level))
        each->level = HELIO_LEVEL_NOTHING;
      g_ptr_array_add (list, each);
    }
  if (environment->url != NULL)
    {
      HelioDestinationSettings *each
          = helio_destination_settings_new (HELIO_ENVIRONMENT_DESTINATION, environment->url);

      g_free (each->token_file);
      each->token_file = g_strdup (environment->token_file);
      each->level = environment->level;
      each->allows_plain_http = environment->allows_plain_http;
      g_ptr_array_add (list, each);
    }
  return list;
}

gboolean
helio_settings_put_destination (HelioSettings *settings,
                                const HelioDestinationSettings *destination,
                                GError **error)
{
  if (strcmp (destination->id, HELIO_ENVIRONMENT_DESTINATION) == 0)
    return overridden ("HELIOGRAPH_URL", error);

  g_autoptr (GSettings) stored = open_destination (settings, destination->id);
  gboolean is_written
      = g_settings_set_string (stored, "url", destination->url)
        && g_settings_set_string (stored, "name", destination->name)
        && g_settings_set_string (stored, "device", destination->device)
        && g_settings_set_string (stored, "token-file", destination->token_file)
        && g_settings_set_boolean (stored, "history", destination->has_history)
        && g_settings_set_boolean (stored, "allow-plain-http", destination->allows_plain_http)
        && g_settings_set_string (stored, "level", helio_level_to_string (destination->level))
        && change_list (settings->root, "destinations", destination->id, TRUE);

  return is_written ? TRUE : not_writable ("destinations", error);
}

gboolean
helio_settings_remove_destination (HelioSettings *settings, const char *id, GError **error)
{
  static const char *const keys[]
      = { "url", "name", "device", "token-file", "history", "allow-plain-http", "level" };

  if (strcmp (id, HELIO_ENVIRONMENT_DESTINATION) == 0)
    return overridden ("HELIOGRAPH_URL", error);
  if (!change_list (settings->root, "destinations", id, FALSE))
    return not_writable ("destinations", error);

  g_autoptr (GSettings) stored = open_destination (settings, id);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (stored, keys[i]);
  helio_settings_drop_deletion (settings, id, NULL);
  return TRUE;
}

char *
helio_settings_make_id (HelioSettings *settings)
{
  g_auto (GStrv) ids = g_settings_get_strv (settings->root, "destinations");

  /* Never one that was used before: the ledger may still know it. */
  for (;;)
    {
      char *id = g_strdup_printf ("d%08x", g_random_int ());

      if (!g_strv_contains ((const char *const *) ids, id))
        return id;
      g_free (id);
    }
}

/* -- what is still to be deleted ---------------------------------------------------------- */

/* The list without the given pairs, as a builder. */
static void
deletions_without (HelioSettings *settings,
                   const char *destination,
                   const char *bucket,
                   GVariantBuilder *builder)
{
  g_autoptr (GVariant) old = g_settings_get_value (settings->root, "pending-deletions");
  GVariantIter iter;
  const char *each_destination, *each_bucket;

  g_variant_builder_init (builder, G_VARIANT_TYPE ("a(ss)"));
  g_variant_iter_init (&iter, old);
  while (g_variant_iter_next (&iter, "(&s&s)", &each_destination, &each_bucket))
    if (strcmp (each_destination, destination) != 0
        || (bucket != NULL && strcmp (each_bucket, bucket) != 0))
      g_variant_builder_add (builder, "(ss)", each_destination, each_bucket);
}

GStrv
helio_settings_get_deletions (HelioSettings *settings, const char *destination)
{
  g_autoptr (GVariant) old = g_settings_get_value (settings->root, "pending-deletions");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GVariantIter iter;
  const char *each_destination, *each_bucket;

  g_variant_iter_init (&iter, old);
  while (g_variant_iter_next (&iter, "(&s&s)", &each_destination, &each_bucket))
    if (strcmp (each_destination, destination) == 0)
      g_strv_builder_add (builder, each_bucket);
  return g_strv_builder_end (builder);
}

gboolean
helio_settings_has_deletion (HelioSettings *settings, const char *destination, const char *bucket)
{
  g_auto (GStrv) buckets = helio_settings_get_deletions (settings, destination);

  return g_strv_contains ((const char *const *) buckets, bucket);
}

void
helio_settings_drop_deletion (HelioSettings *settings, const char *destination, const char *bucket)
{
  GVariantBuilder builder;

  deletions_without (settings, destination, bucket, &builder);
  g_settings_set_value (settings->root, "pending-deletions", g_variant_builder_end (&builder));
}

void
helio_settings_add_deletion (HelioSettings *settings, const char *destination, const char *bucket)
{
  GVariantBuilder builder;

  deletions_without (settings, destination, bucket, &builder);
  g_variant_builder_add (&builder, "(ss)", destination, bucket);
  g_settings_set_value (settings->root, "pending-deletions", g_variant_builder_end (&builder));
}

void
helio_settings_sync (HelioSettings *settings)
{
  /* Key files are written at once; waiting is for the desktop's own settings. */
  if (settings->backend == NULL)
    g_settings_sync ();
}
