/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the rules must make of an event. */

#include "converge-rules-private.h"

#include <string.h>

typedef struct
{
  char *name;
  char *value;       /* JSON */
  char *text;        /* what is compared */
  gboolean is_there; /* it was not hidden */
} Field;

static void
field_clear (gpointer data)
{
  Field *field = data;

  g_free (field->name);
  g_free (field->value);
  g_free (field->text);
}

/* Past the string that begins at @at. */
static const char *
skip_string (const char *at)
{
  for (at++; *at != '"'; at++)
    at += *at == '\\';
  return at + 1;
}

/* What the string at @at says; no other escapes are there. */
static char *
read_string (const char *at)
{
  GString *text = g_string_new (NULL);

  for (at++; *at != '"'; at++)
    {
      at += *at == '\\';
      g_assert_true (at[-1] != '\\' || *at == '"' || *at == '\\');
      g_string_append_c (text, *at);
    }
  return g_string_free (text, FALSE);
}

/* Flat data, as the stand-in makes it. */
static GArray *
take_apart (const char *canonical)
{
  GArray *fields = g_array_new (FALSE, FALSE, sizeof (Field));
  const char *at = canonical + 1;

  g_array_set_clear_func (fields, field_clear);
  while (*at != '}')
    {
      Field field = { .is_there = TRUE };
      const char *end = skip_string (at);

      field.name = g_strndup (at + 1, (gsize) (end - at) - 2);
      at = end + 1;
      end = *at == '"' ? skip_string (at) : at + strcspn (at, ",}");
      field.value = g_strndup (at, (gsize) (end - at));
      field.text = *at == '"' ? read_string (at) : g_strdup (field.value);
      g_array_append_val (fields, field);
      at = end + (*end == ',');
    }
  return fields;
}

static Field *
find (GArray *fields, const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    {
      Field *field = &g_array_index (fields, Field, i);

      if (field->is_there && strcmp (field->name, name) == 0)
        return field;
    }
  return NULL;
}

static gboolean
is_same (const char *a, const char *b, gsize length, gboolean matches_case)
{
  return (matches_case ? strncmp (a, b, length) : g_ascii_strncasecmp (a, b, length)) == 0;
}

/* Where the text is found in @value, or NULL. */
static const char *
search (const Rule *rule, const char *value)
{
  const char *text = rule->match->text;
  gsize length = text != NULL ? strlen (text) : 0;
  gsize n = strlen (value);

  switch (rule->match->says)
    {
    case SAYS_EQUAL:
      return n == length && is_same (value, text, n, rule->matches_case) ? value : NULL;
    case SAYS_BEGINS:
      return is_same (value, text, length, rule->matches_case) ? value : NULL;
    case SAYS_ENDS:
      return n >= length && is_same (value + n - length, text, length, rule->matches_case) ? value
                                                                                           : NULL;
    case SAYS_HOLDS:
      for (; *value != '\0'; value++)
        if (is_same (value, text, length, rule->matches_case))
          return value;
      return NULL;
    case SAYS_URL:
      return g_str_has_prefix (value, "https://") ? value : NULL;
    case SAYS_ANYTHING:
    default:
      return value;
    }
}

static char *
make_text (const Rule *rule, const char *value, const char *at)
{
  const char *text = rule->match->text;

  switch (rule->with)
    {
    case WITH_REST:
      return g_strdup (value + strlen (text));
    case WITH_SIDES:
      return g_strdup_printf ("%.*s…%s", (int) (at - value), value, at + strlen (text));
    case WITH_HOST:
      return g_strndup (value + strlen ("https://"), strcspn (value + strlen ("https://"), "/:"));
    case WITH_TEXT:
    default:
      return g_strdup (rule->text);
    }
}

/* FALSE if the event is dropped. */
static gboolean
obey (const Rule *rule, GArray *fields)
{
  const char *name = rule->match->field;
  const Field *field = name != NULL ? find (fields, name) : NULL;
  const char *at = field != NULL ? search (rule, field->text) : NULL;
  Field *target = rule->target != NULL ? find (fields, rule->target) : NULL;
  GString *value;
  char *text;

  if (name != NULL && at == NULL)
    return TRUE;
  if (rule->does == DOES_DROP)
    return FALSE;
  if (rule->does == DOES_KEEP)
    {
      for (guint i = 0; i < fields->len; i++)
        g_array_index (fields, Field, i).is_there
            &= strcmp (g_array_index (fields, Field, i).name, rule->target) == 0;
      return TRUE;
    }
  if (target == NULL)
    return TRUE;
  if (rule->does == DOES_HIDE)
    {
      target->is_there = FALSE;
      return TRUE;
    }
  text = make_text (rule, field != NULL ? field->text : NULL, at);
  value = g_string_new (NULL);
  rule_append_text (value, text);
  field_clear (target);
  target->name = g_strdup (rule->target);
  target->value = g_string_free (value, FALSE);
  target->text = text;
  return TRUE;
}

static gboolean
concerns (const Rule *rule, guint bucket)
{
  return rule->flaw == FLAW_WHERE || (rule->where->concerns >> bucket & 1) != 0;
}

gboolean
rule_book_is_stopped (const RuleBook *book, guint bucket)
{
  if (book->unknown != NULL)
    return TRUE;
  for (guint i = 0; i < book->rules->len; i++)
    {
      const Rule *rule = &g_array_index (book->rules, Rule, i);

      if (!rule->is_off && rule->flaw != FLAW_NONE && concerns (rule, bucket))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_at_work (const Rule *rule, guint bucket, BookScope scope)
{
  return !rule->is_off && (rule->scope == 0 || rule->scope == (scope == BOOK_HISTORY ? 1 : 2))
         && concerns (rule, bucket);
}

static char *
write_fields (const GArray *fields)
{
  GString *json = g_string_new ("{");

  for (guint i = 0; i < fields->len; i++)
    {
      const Field *field = &g_array_index (fields, Field, i);

      if (field->is_there)
        g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", field->name,
                                field->value);
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

char *
rule_book_publish (const RuleBook *book, guint bucket, BookScope scope, const char *canonical)
{
  g_autoptr (GArray) fields = NULL;

  if (rule_book_is_stopped (book, bucket))
    return NULL;
  fields = take_apart (canonical);
  for (guint i = 0; i < book->rules->len; i++)
    {
      const Rule *rule = &g_array_index (book->rules, Rule, i);

      if (is_at_work (rule, bucket, scope) && !obey (rule, fields))
        return NULL;
    }
  return write_fields (fields);
}

GPtrArray *
rule_book_list (const RuleBook *book, guint bucket)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < book->rules->len; i++)
    {
      const Rule *rule = &g_array_index (book->rules, Rule, i);

      if (is_at_work (rule, bucket, BOOK_HISTORY))
        g_ptr_array_add (list, rule_write_deed (rule));
    }
  return list;
}

char *
rule_book_obey (const RuleBook *book, guint bucket, const GPtrArray *known, const char *canonical)
{
  g_autoptr (GArray) fields = take_apart (canonical);

  for (guint i = 0; i < book->rules->len; i++)
    {
      const Rule *rule = &g_array_index (book->rules, Rule, i);
      g_autofree char *deed = NULL;

      if (!is_at_work (rule, bucket, BOOK_HISTORY))
        continue;
      deed = rule_write_deed (rule);
      if ((known == NULL
           || !g_ptr_array_find_with_equal_func ((GPtrArray *) known, deed, g_str_equal, NULL))
          && !obey (rule, fields))
        return NULL;
    }
  return write_fields (fields);
}
