/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-settings-file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/helio-error.h"

struct _HelioSettingsFile
{
  char *path; /* of the file itself, not of a link to it */
  GKeyFile *keys;
};

/* -- values ------------------------------------------------------------------------------- */

/* What a key takes, for people. (transfer full) */
static char *
describe (GSettingsSchemaKey *key)
{
  const GVariantType *type = g_settings_schema_key_get_value_type (key);
  g_autoptr (GVariant) range = g_settings_schema_key_get_range (key);
  g_autoptr (GVariant) detail = NULL;
  const char *kind;

  g_variant_get (range, "(&sv)", &kind, &detail);
  if (strcmp (kind, "range") == 0)
    {
      g_autoptr (GVariant) least = g_variant_get_child_value (detail, 0);
      g_autoptr (GVariant) most = g_variant_get_child_value (detail, 1);
      g_autofree char *from = g_variant_print (least, FALSE);
      g_autofree char *to = g_variant_print (most, FALSE);

      return g_strdup_printf (_ ("a whole number from %s to %s"), from, to);
    }
  if (strcmp (kind, "enum") == 0)
    {
      g_autofree const char **choices = g_variant_get_strv (detail, NULL);
      g_autofree char *list = g_strjoinv (", ", (char **) choices);

      return g_strdup_printf (_ ("one of %s"), list);
    }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (_ ("true or false"));
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return g_strdup (_ ("a text"));
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING_ARRAY))
    return g_strdup (_ ("a list of texts"));
  return g_strdup_printf (_ ("a value of type %.*s"), (int) g_variant_type_get_string_length (type),
                          g_variant_type_peek_string (type));
}

gboolean
helio_settings_check_value (GSettingsSchema *schema,
                            const char *key,
                            GVariant *value,
                            GError **error)
{
  g_autoptr (GSettingsSchemaKey) schema_key = g_settings_schema_get_key (schema, key);

  if (value != NULL
      && g_variant_is_of_type (value, g_settings_schema_key_get_value_type (schema_key))
      && g_settings_schema_key_range_check (schema_key, value))
    return TRUE;

  g_autofree char *wanted = describe (schema_key);
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS, _ ("“%s” takes %s"), key, wanted);
  return FALSE;
}

/* -- the file ----------------------------------------------------------------------------- */

HelioSettingsFile *
helio_settings_file_open (const char *path, GError **error)
{
  g_autoptr (HelioSettingsFile) file = g_new0 (HelioSettingsFile, 1);
  g_autoptr (GError) problem = NULL;
  char *target = realpath (path, NULL);

  file->path = target != NULL ? g_strdup (target) : g_canonicalize_filename (path, NULL);
  file->keys = g_key_file_new ();
  free (target);
  if (g_key_file_load_from_file (file->keys, file->path, G_KEY_FILE_KEEP_COMMENTS, &problem)
      || g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&file);

  /* It may name a line that is no UTF-8; where this is shown takes nothing else. */
  g_autofree char *reason = g_utf8_make_valid (problem->message, -1);
  g_set_error (
      error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
      _ ("The settings file %s can't be read: %s. It was left as it is: correct it, or move "
         "it away to begin with new settings"),
      file->path, reason);
  return NULL;
}

void
helio_settings_file_free (HelioSettingsFile *file)
{
  g_free (file->path);
  g_key_file_unref (file->keys);
  g_free (file);
}

gboolean
helio_settings_file_read (HelioSettingsFile *file,
                          const char *group,
                          GSettings *settings,
                          GSettingsSchema *schema,
                          GError **error)
{
  g_auto (GStrv) names = g_settings_schema_list_keys (schema);

  for (GStrv name = names; *name != NULL; name++)
    {
      g_autofree char *text = g_key_file_get_value (file->keys, group, *name, NULL);
      g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, *name);
      g_autoptr (GVariant) value = NULL;

      if (text == NULL)
        {
          g_settings_reset (settings, *name);
          continue;
        }
      /* GVariant takes nothing but UTF-8, and says so by a complaint about the program. */
      if (g_utf8_validate (text, -1, NULL))
        value
            = g_variant_parse (g_settings_schema_key_get_value_type (key), text, NULL, NULL, NULL);
      if (!helio_settings_check_value (schema, *name, value, error))
        {
          g_prefix_error (error, _ ("In the settings file %s, under [%s]: "), file->path, group);
          return FALSE;
        }
      g_settings_set_value (settings, *name, value);
    }
  return TRUE;
}

static gboolean
save (HelioSettingsFile *file, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) problem = NULL;

  /* A file that the user made read-only stays. */
  if (g_access (file->path, W_OK) != 0 && errno != ENOENT)
    g_set_error_literal (&problem, G_FILE_ERROR, G_FILE_ERROR_ACCES, g_strerror (errno));
  else if (g_file_set_contents_full (file->path, text, (gssize) length,
                                     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                     0600, &problem))
    return TRUE;

  g_set_error (error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
               _ ("The settings file %s can't be written, so nothing was changed: %s"), file->path,
               problem->message);
  return FALSE;
}

gboolean
helio_settings_file_write (HelioSettingsFile *file,
                           const char *group,
                           GSettings *settings,
                           GSettingsSchema *schema,
                           GError **error)
{
  g_auto (GStrv) names = g_settings_schema_list_keys (schema);
  gsize old_length, length;
  g_autofree char *old = g_key_file_to_data (file->keys, &old_length, NULL);
  gboolean is_empty = TRUE;

  for (GStrv name = names; *name != NULL; name++)
    {
      g_autoptr (GVariant) value = g_settings_get_user_value (settings, *name);
      g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : NULL;

      if (text != NULL)
        g_key_file_set_value (file->keys, group, *name, text);
      else
        g_key_file_remove_key (file->keys, group, *name, NULL);
      is_empty &= text == NULL;
    }
  if (is_empty)
    g_key_file_remove_group (file->keys, group, NULL);

  g_autofree char *text = g_key_file_to_data (file->keys, &length, NULL);
  if (strcmp (old, text) == 0 || save (file, text, length, error))
    return TRUE;

  g_key_file_unref (file->keys);
  file->keys = g_key_file_new ();
  g_key_file_load_from_data (file->keys, old, old_length, G_KEY_FILE_KEEP_COMMENTS, NULL);
  helio_settings_file_read (file, group, settings, schema, NULL);
  return FALSE;
}
