/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "rules/helio-form.h"

#include <string.h>

#include "json/helio-json.h"

/* Both as canonical JSON. */
typedef struct
{
  const char *key;
  gsize key_length;
  const char *value;
  gsize value_length;
  char *own_value; /* NULL unless it was replaced */
} Field;

static void
field_clear (gpointer data)
{
  g_free (((Field *) data)->own_value);
}

gboolean
helio_form_init (HelioForm *form, const char *data, gsize length)
{
  Field field = { 0 };
  HelioJson json;

  form->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (form->fields, field_clear);
  form->text = NULL;
  form->is_changed = FALSE;
  form->asked = NULL;

  helio_json_init (&json, data, length);
  if (!helio_json_enter_object (&json))
    return FALSE;
  while (helio_json_next_member (&json, &field.key, &field.key_length)
         && helio_json_take_value (&json, &field.value, &field.value_length))
    g_array_append_val (form->fields, field);
  if (helio_json_finish (&json))
    return TRUE;
  g_array_set_size (form->fields, 0);
  return FALSE;
}

void
helio_form_clear (HelioForm *form)
{
  g_clear_pointer (&form->fields, g_array_unref);
  if (form->text != NULL)
    g_string_free (g_steal_pointer (&form->text), TRUE);
}

static gboolean
has_key (const Field *field, const char *key, gsize key_length)
{
  return field->key_length == key_length && memcmp (field->key, key, key_length) == 0;
}

static Field *
find (const HelioForm *form, const char *key, gsize key_length)
{
  for (guint i = 0; i < form->fields->len; i++)
    {
      Field *field = &g_array_index (form->fields, Field, i);

      if (has_key (field, key, key_length))
        return field;
    }
  return NULL;
}

static gboolean
is_ascii (const char *text, gsize length)
{
  guchar bits = 0;

  for (gsize i = 0; i < length; i++)
    bits |= (guchar) text[i];
  return bits < 0x80;
}

/* The text of a JSON string that has escapes. */
static void
undo_escapes (HelioForm *form, const Field *field)
{
  HelioJson json;

  if (form->text == NULL)
    form->text = g_string_new (NULL);
  g_string_truncate (form->text, 0);
  helio_json_init (&json, field->value, field->value_length);
  helio_json_take_string (&json, form->text);
  form->answer.text = form->text->str;
  form->answer.length = form->text->len;
}

const HelioFormText *
helio_form_get (HelioForm *form, const char *key, gsize key_length)
{
  HelioFormText *answer = &form->answer;
  const Field *field;

  if (form->asked != NULL && form->asked_length == key_length
      && memcmp (form->asked, key, key_length) == 0)
    return answer->text != NULL ? answer : NULL;

  form->asked = key;
  form->asked_length = key_length;
  field = find (form, key, key_length);
  answer->text = NULL;
  if (field == NULL)
    return NULL;
  if (*field->value != '"')
    {
      answer->text = field->value;
      answer->length = field->value_length;
    }
  else if (memchr (field->value, '\\', field->value_length) == NULL)
    {
      answer->text = field->value + 1;
      answer->length = field->value_length - 2;
    }
  else
    undo_escapes (form, field);
  answer->is_ascii = is_ascii (answer->text, answer->length);
  return answer;
}

void
helio_form_set (HelioForm *form, const char *key, gsize key_length, const char *text)
{
  Field *field = find (form, key, key_length);
  GString *value;

  form->asked = NULL;
  if (field == NULL)
    return;
  value = g_string_new (NULL);
  helio_json_append_string (value, text, -1);
  g_free (field->own_value);
  field->value_length = value->len;
  field->value = field->own_value = g_string_free (value, FALSE);
  form->is_changed = TRUE;
}

void
helio_form_hide (HelioForm *form, const char *key, gsize key_length)
{
  const Field *field = find (form, key, key_length);

  form->asked = NULL;
  if (field == NULL)
    return;
  g_array_remove_index (form->fields, (guint) (field - (const Field *) form->fields->data));
  form->is_changed = TRUE;
}

void
helio_form_keep (HelioForm *form, const char *key, gsize key_length)
{
  form->asked = NULL;
  for (guint i = form->fields->len; i > 0; i--)
    if (!has_key (&g_array_index (form->fields, Field, i - 1), key, key_length))
      {
        g_array_remove_index (form->fields, i - 1);
        form->is_changed = TRUE;
      }
}

static void
append (GByteArray *data, const char *text, gsize length)
{
  g_byte_array_append (data, (const uint8_t *) text, (guint) length);
}

void
helio_form_write (const HelioForm *form, GByteArray *data)
{
  append (data, "{", 1);
  for (guint i = 0; i < form->fields->len; i++)
    {
      const Field *field = &g_array_index (form->fields, Field, i);

      append (data, i > 0 ? ",\"" : "\"", i > 0 ? 2 : 1);
      append (data, field->key, field->key_length);
      append (data, "\":", 2);
      append (data, field->value, field->value_length);
    }
  append (data, "}", 1);
}
