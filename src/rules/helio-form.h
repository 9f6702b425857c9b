/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The data of one event, taken apart so that rules can look at its fields and change them. Written
 * again it is canonical as before: the order of the fields stays. For this folder only. */

#include <glib.h>

G_BEGIN_DECLS

/* A field's value: a text as it is, anything else as its JSON; not ended by NUL. */
typedef struct
{
  const char *text;
  gsize length;
  gboolean is_ascii;
} HelioFormText;

/**
 * HelioForm:
 * @fields: the fields that are left
 * @is_changed: whether it differs from what it was made of
 * @asked: (nullable): the field that was asked for last, and its value: rule after rule asks for
 *   the same
 */
typedef struct
{
  GArray *fields;
  GString *text;
  gboolean is_changed;
  const char *asked;
  gsize asked_length;
  HelioFormText answer;
} HelioForm;

/* @data: canonical, must live as long as the form. FALSE: it is no object; the form is empty. */
gboolean helio_form_init (HelioForm *form, const char *data, gsize length);
void helio_form_clear (HelioForm *form);

/**
 * helio_form_get:
 * @key: as canonical JSON, without its quotes; lives as long as the form
 *
 * Returns: (nullable): valid until the next call; NULL if there is no such field
 */
const HelioFormText *helio_form_get (HelioForm *form, const char *key, gsize key_length);

/* Replaces a field that is there by a text. */
void helio_form_set (HelioForm *form, const char *key, gsize key_length, const char *text);
void helio_form_hide (HelioForm *form, const char *key, gsize key_length);
/* Hides all but one. */
void helio_form_keep (HelioForm *form, const char *key, gsize key_length);

void helio_form_write (const HelioForm *form, GByteArray *data);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HelioForm, helio_form_clear)

G_END_DECLS
