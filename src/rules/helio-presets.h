/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Ready rules for what most people want to keep to themselves. */

#include <glib.h>

G_BEGIN_DECLS

/**
 * HelioPreset:
 * @id: as typed
 * @name: for people, to be translated
 * @summary: one sentence, to be translated
 */
typedef struct
{
  const char *id;
  const char *name;
  const char *summary;
} HelioPreset;

/* (transfer none): the last one has no id */
const HelioPreset *helio_presets_get (void);

/* (transfer full): its rules, as they are stored; their names are translated */
char *helio_preset_make_rules (const HelioPreset *preset);

G_END_DECLS
