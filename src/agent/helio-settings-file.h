/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Settings in a key file. It is read once, whole or not at all, and replaced in one piece: neither
 * a typing error nor a full disk may cost the user the settings there are. Comments stay, and so
 * does what we don't know. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HelioSettingsFile HelioSettingsFile;

/* A file that is not there is empty. */
HelioSettingsFile *helio_settings_file_open (const char *path, GError **error);
void helio_settings_file_free (HelioSettingsFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioSettingsFile, helio_settings_file_free)

/* Gives @settings, whose schema is @schema, what the file says in @group and nothing else. An error
 * names the value that can't be. */
gboolean helio_settings_file_read (HelioSettingsFile *file,
                                   const char *group,
                                   GSettings *settings,
                                   GSettingsSchema *schema,
                                   GError **error);

/* Puts what was set in @settings into @group of the file. If it can't be written, @settings is as
 * it was. */
gboolean helio_settings_file_write (HelioSettingsFile *file,
                                    const char *group,
                                    GSettings *settings,
                                    GSettingsSchema *schema,
                                    GError **error);

/* Checks @value against the type and the range that the schema gives @key. An error says what is
 * wanted. */
gboolean helio_settings_check_value (GSettingsSchema *schema,
                                     const char *key,
                                     GVariant *value,
                                     GError **error);

G_END_DECLS
