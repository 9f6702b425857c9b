/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What the user chose: GSettings (or a key file) under what the environment says. Only the agent
 * writes them. */

#include <gio/gio.h>
#include <stdint.h>

#include "agent/helio-destination-settings.h"
#include "model/helio-bucket.h"

G_BEGIN_DECLS

/* The destination that the environment describes; it is not written to the settings. */
#define HELIO_ENVIRONMENT_DESTINATION "environment"

typedef struct _HelioSettings HelioSettings;

/**
 * HelioOptions:
 * @aw_url: where ActivityWatch is
 * @aw_key_file: a file with its API key, or ""
 * @poll_interval: s
 * @away_threshold: s
 * @starts_at_login: asked for last; helio_autostart_is_on() tells what is so
 * @history_from: ms, or HELIO_TIME_MIN
 */
typedef struct
{
  char *aw_url;
  char *aw_key_file;
  guint poll_interval;
  guint away_threshold;
  gboolean media_keeps_active;
  gboolean pause_on_metered;
  gboolean shows_tray_icon;
  gboolean starts_at_login;
  int64_t history_from;
} HelioOptions;

/* @file: (nullable): a key file to use instead of the desktop's settings */
HelioSettings *helio_settings_new (const char *file, GError **error);
void helio_settings_free (HelioSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioSettings, helio_settings_free)

/* Valid until the next change. */
const HelioOptions *helio_settings_get_options (HelioSettings *settings);

/* Changes one of the root options named in the D-Bus interface. */
gboolean helio_settings_set_option (HelioSettings *settings,
                                    const char *key,
                                    GVariant *value,
                                    GError **error);

/* Whether the secret store holds ActivityWatch's key. */
gboolean helio_settings_has_aw_key (HelioSettings *settings);
/* From now on, with @has_key or without, no key file counts. */
void helio_settings_set_has_aw_key (HelioSettings *settings, gboolean has_key);

/* -- buckets ------------------------------------------------------------------------------ */

/* @hostname: ActivityWatch's own, for the environment's word "default" */
gboolean helio_settings_is_enabled (HelioSettings *settings,
                                    const HelioBucket *bucket,
                                    const char *hostname);

/* Whether the user ever decided on the bucket. */
gboolean helio_settings_is_known (HelioSettings *settings, const char *bucket);

/* What is switched on is no longer to be deleted anywhere. */
gboolean helio_settings_set_bucket (HelioSettings *settings,
                                    const char *bucket,
                                    gboolean is_enabled,
                                    GError **error);

/* (transfer full): the ids that are named, without what "default" means */
GStrv helio_settings_get_buckets (HelioSettings *settings);

/* -- privacy rules ------------------------------------------------------------------------ */

/* (transfer full): as they are stored, "" for none; perhaps broken */
char *helio_settings_get_rules (HelioSettings *settings);
gboolean helio_settings_set_rules (HelioSettings *settings, const char *json, GError **error);

/* -- destinations ------------------------------------------------------------------------- */

/* (element-type HelioDestinationSettings) */
GPtrArray *helio_settings_list_destinations (HelioSettings *settings);

/* Adds it or writes it anew. */
gboolean helio_settings_put_destination (HelioSettings *settings,
                                         const HelioDestinationSettings *destination,
                                         GError **error);

gboolean
helio_settings_remove_destination (HelioSettings *settings, const char *id, GError **error);

/* (transfer full): an id that no destination has */
char *helio_settings_make_id (HelioSettings *settings);

/* -- what is still to be deleted ---------------------------------------------------------- */

/* Whether it is to be deleted there. What the environment switches on is not, though the stored
 * wish is kept: deleting it would only publish it anew.
 * @hostname: (nullable): ActivityWatch's own; NULL while it is not known, and then nothing is
 *   deleted that might be of the environment's word "default" */
gboolean helio_settings_has_deletion (HelioSettings *settings,
                                      const char *destination,
                                      const HelioBucket *bucket,
                                      const char *hostname);
/* @destination: (nullable): at all of them
 * @bucket: (nullable): all of the destination's */
void
helio_settings_drop_deletion (HelioSettings *settings, const char *destination, const char *bucket);
gboolean helio_settings_add_deletion (HelioSettings *settings,
                                      const char *destination,
                                      const char *bucket,
                                      GError **error);

/* (transfer full): the ids of buckets that are to be deleted at the destination, as they are
 * stored; helio_settings_has_deletion() decides */
GStrv helio_settings_get_deletions (HelioSettings *settings, const char *destination);

/* Waits until all is written. */
void helio_settings_sync (HelioSettings *settings);

G_END_DECLS
