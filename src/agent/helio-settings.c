/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"
#define G_SETTINGS_ENABLE_BACKEND

#include "config.h"

#include "agent/helio-settings.h"

#include <errno.h>
#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>
#include <string.h>

#include "agent/helio-environment.h"
#include "agent/helio-settings-file.h"
#include "model/helio-error.h"

#define ROOT_PATH "/io/github/heliograph/Heliograph/"
#define ROOT_GROUP "heliograph"

struct _HelioSettings
{
  /* for a key file, else NULL */
  HelioSettingsFile *file;
  GSettingsBackend *backend;

  GSettingsSchema *schema;
  GSettingsSchema *destination_schema;
  GSettings *root;
  HelioEnvironment *environment;
  HelioOptions options;
};

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
  options->shows_tray_icon = g_settings_get_boolean (settings->root, "tray-icon");
  options->starts_at_login = g_settings_get_boolean (settings->root, "start-at-login");
  options->history_from = environment->has_history_from
                              ? environment->history_from
                              : g_settings_get_int64 (settings->root, "history-from");
  if (options->history_from == 0)
    options->history_from = HELIO_TIME_MIN;
}

static GSettings *
open_destination (HelioSettings *settings, const char *id)
{
  g_autofree char *path = g_strconcat (ROOT_PATH "destinations/", id, "/", NULL);

  return g_settings_new_full (settings->destination_schema, settings->backend, path);
}

static char *
get_group (const char *id)
{
  return g_strconcat ("destinations/", id, NULL);
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

/* -- the file ----------------------------------------------------------------------------- */

/* The file's values live in memory; each change is written at once. */
static gboolean
load_file (HelioSettings *settings, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   _ ("The folder %s of the settings can't be made: %s"), folder,
                   g_strerror (errno));
      return FALSE;
    }
  settings->file = helio_settings_file_open (path, error);
  if (settings->file == NULL
      || !helio_settings_file_read (settings->file, ROOT_GROUP, settings->root, settings->schema,
                                    error))
    return FALSE;

  g_auto (GStrv) ids = g_settings_get_strv (settings->root, "destinations");
  for (GStrv id = ids; *id != NULL; id++)
    {
      g_autofree char *group = get_group (*id);
      g_autoptr (GSettings) stored = is_good_id (*id) ? open_destination (settings, *id) : NULL;

      if (stored != NULL
          && !helio_settings_file_read (settings->file, group, stored, settings->destination_schema,
                                        error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
save_root (HelioSettings *settings, GError **error)
{
  return settings->file == NULL
         || helio_settings_file_write (settings->file, ROOT_GROUP, settings->root, settings->schema,
                                       error);
}

static gboolean
save_destination (HelioSettings *settings, const char *id, GSettings *stored, GError **error)
{
  g_autofree char *group = get_group (id);

  return settings->file == NULL
         || helio_settings_file_write (settings->file, group, stored, settings->destination_schema,
                                       error);
}

/* Where nobody waits for an answer. */
static void
save_root_or_warn (HelioSettings *settings)
{
  g_autoptr (GError) error = NULL;

  if (!save_root (settings, &error))
    g_warning ("%s", error->message);
}

HelioSettings *
helio_settings_new (const char *file, GError **error)
{
  g_autoptr (HelioSettings) settings = g_new0 (HelioSettings, 1);

  settings->environment = helio_environment_read (error);
  if (settings->environment == NULL)
    return NULL;

  /* GSettings aborts where a schema is missing. */
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  if (source != NULL)
    {
      settings->schema = g_settings_schema_source_lookup (source, APP_ID, TRUE);
      settings->destination_schema
          = g_settings_schema_source_lookup (source, APP_ID ".Destination", TRUE);
    }
  if (settings->schema == NULL || settings->destination_schema == NULL)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                   _ ("The settings schema %s is not installed. Install Heliograph completely, or "
                      "set GSETTINGS_SCHEMA_DIR to the folder that holds gschemas.compiled"),
                   APP_ID);
      return NULL;
    }

  if (file != NULL)
    settings->backend = g_memory_settings_backend_new ();
  settings->root = g_settings_new_full (settings->schema, settings->backend, NULL);
  if (file != NULL && !load_file (settings, file, error))
    return NULL;
  read_options (settings);
  return g_steal_pointer (&settings);
}

void
helio_settings_free (HelioSettings *settings)
{
  g_clear_object (&settings->root);
  g_clear_object (&settings->backend);
  g_clear_pointer (&settings->file, helio_settings_file_free);
  g_clear_pointer (&settings->schema, g_settings_schema_unref);
  g_clear_pointer (&settings->destination_schema, g_settings_schema_unref);
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
  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
      _ ("The setting “%s” can't be written: the administrator of this computer locked it"), key);
  return FALSE;
}

static gboolean
overridden (const char *variable, GError **error)
{
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
               _ ("%s is set in the agent's environment and decides; change it there"), variable);
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
          "history-from", "media-keeps-active", "buckets",       "pause-on-metered",
          "tray-icon",    "start-at-login" };
  const HelioEnvironment *environment = settings->environment;
  gboolean is_option = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    is_option |= strcmp (keys[i], key) == 0;
  if (!is_option)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, _ ("There is no setting “%s”"), key);
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

  if (!helio_settings_check_value (settings->schema, key, value, error))
    return FALSE;
  if (strcmp (key, "aw-url") == 0)
    {
      const char *url = g_variant_get_string (value, NULL);
      g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

      if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
          || (strcmp (g_uri_get_scheme (uri), "http") != 0
              && strcmp (g_uri_get_scheme (uri), "https") != 0))
        {
          g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                               _ ("ActivityWatch has an address like http://127.0.0.1:5600"));
          return FALSE;
        }
    }
  if (!g_settings_set_value (settings->root, key, value))
    return not_writable (key, error);
  gboolean is_saved = save_root (settings, error);
  read_options (settings);
  return is_saved;
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
  /* The key that was given last counts. */
  g_settings_reset (settings->root, "aw-key-file");
  save_root_or_warn (settings);
  read_options (settings);
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
  if (is_enabled)
    helio_settings_drop_deletion (settings, NULL, bucket);
  return save_root (settings, error);
}

/* -- privacy rules ------------------------------------------------------------------------ */

char *
helio_settings_get_rules (HelioSettings *settings)
{
  return g_settings_get_string (settings->root, "rules");
}

gboolean
helio_settings_set_rules (HelioSettings *settings, const char *json, GError **error)
{
  if (!g_settings_set_string (settings->root, "rules", json))
    return not_writable ("rules", error);
  return save_root (settings, error);
}

/* -- destinations ------------------------------------------------------------------------- */

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
          g_warning ("The settings name a destination “%s”; an id has only letters, digits, - and "
                     "_, so it is left out",
                     *id);
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
      each->is_bundled = g_settings_get_boolean (stored, "bundled");
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
        && g_settings_set_boolean (stored, "bundled", destination->is_bundled)
        && g_settings_set_string (stored, "level", helio_level_to_string (destination->level))
        && change_list (settings->root, "destinations", destination->id, TRUE);

  if (!is_written)
    return not_writable ("destinations", error);
  /* A group that no list names does no harm; a name without its group would. */
  if (save_destination (settings, destination->id, stored, error))
    return save_root (settings, error);
  if (settings->file != NULL)
    helio_settings_file_read (settings->file, ROOT_GROUP, settings->root, settings->schema, NULL);
  return FALSE;
}

gboolean
helio_settings_remove_destination (HelioSettings *settings, const char *id, GError **error)
{
  static const char *const keys[] = { "url",        "name",    "device",
                                      "token-file", "history", "allow-plain-http",
                                      "bundled",    "level" };

  if (strcmp (id, HELIO_ENVIRONMENT_DESTINATION) == 0)
    return overridden ("HELIOGRAPH_URL", error);
  if (!change_list (settings->root, "destinations", id, FALSE))
    return not_writable ("destinations", error);
  if (!save_root (settings, error))
    return FALSE;

  g_autoptr (GSettings) stored = open_destination (settings, id);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (stored, keys[i]);
  /* What stays behind of it, nobody names any more. */
  save_destination (settings, id, stored, NULL);
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
    if ((destination != NULL && strcmp (each_destination, destination) != 0)
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
helio_settings_has_deletion (HelioSettings *settings,
                             const char *destination,
                             const HelioBucket *bucket,
                             const char *hostname)
{
  g_auto (GStrv) buckets = helio_settings_get_deletions (settings, destination);
  GStrv named = settings->environment->buckets;

  if (!g_strv_contains ((const char *const *) buckets, bucket->id))
    return FALSE;
  if (named == NULL)
    return TRUE;
  if (hostname == NULL && g_strv_contains ((const char *const *) named, "default"))
    return FALSE;
  return !helio_settings_is_enabled (settings, bucket, hostname);
}

void
helio_settings_drop_deletion (HelioSettings *settings, const char *destination, const char *bucket)
{
  GVariantBuilder builder;

  deletions_without (settings, destination, bucket, &builder);
  g_settings_set_value (settings->root, "pending-deletions", g_variant_builder_end (&builder));
  save_root_or_warn (settings);
}

gboolean
helio_settings_add_deletion (HelioSettings *settings,
                             const char *destination,
                             const char *bucket,
                             GError **error)
{
  GVariantBuilder builder;

  deletions_without (settings, destination, bucket, &builder);
  g_variant_builder_add (&builder, "(ss)", destination, bucket);
  if (!g_settings_set_value (settings->root, "pending-deletions", g_variant_builder_end (&builder)))
    return not_writable ("pending-deletions", error);
  return save_root (settings, error);
}

void
helio_settings_sync (HelioSettings *settings)
{
  /* Key files are written at once; waiting is for the desktop's own settings. */
  if (settings->file == NULL)
    g_settings_sync ();
}
