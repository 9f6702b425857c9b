/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "converge-world.h"

#include <string.h>

/* In which forms an event may be at the receiver: those it was sent in, and what the rules that
 * came since make of them, for that is all that is left of it where ActivityWatch does not tell
 * more. */

/* More often nothing is made of the same. */
#define MAX_ROUNDS 8

/* @list: index of the rules it was made under */
typedef struct
{
  char *data;
  guint list;
} Form;

static void
form_free (gpointer data)
{
  Form *form = data;

  g_free (form->data);
  g_free (form);
}

void
forms_init (Track *track)
{
  track->forms = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
  track->lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
}

void
forms_clear (Track *track)
{
  g_hash_table_unref (track->forms);
  g_ptr_array_unref (track->lists);
}

/* FALSE if it is there. @data: (transfer full). */
static gboolean
add_form (GPtrArray *forms, char *data, guint list)
{
  Form *form;

  for (guint i = 0; i < forms->len; i++)
    {
      const Form *other = forms->pdata[i];

      if (other->list != list || strcmp (other->data, data) != 0)
        continue;
      g_free (data);
      return FALSE;
    }
  form = g_new0 (Form, 1);
  form->data = data;
  form->list = list;
  g_ptr_array_add (forms, form);
  return TRUE;
}

/* What the rules of now make of the form; @is_dropped: whether they drop it. */
static gboolean
derive (World *world, const Track *track, GPtrArray *forms, guint index, gboolean *is_dropped)
{
  const Form *form = forms->pdata[index];
  guint list = track->lists->len - 1;
  gboolean is_new = FALSE;
  char *made;

  made = rule_book_obey (world->book, track->number, track->lists->pdata[form->list], form->data);
  *is_dropped = made == NULL;
  is_new = made != NULL && add_form (forms, made, list);
  if (!track->may_repeat)
    return is_new;
  form = forms->pdata[index];
  made = rule_book_obey (world->book, track->number, NULL, form->data);
  *is_dropped |= made == NULL;
  return (made != NULL && add_form (forms, made, list)) || is_new;
}

/* FALSE if some form is dropped. */
static gboolean
derive_all (World *world, const Track *track, GPtrArray *forms)
{
  gboolean is_whole = TRUE;
  guint done = 0;

  for (int round = 0; round < MAX_ROUNDS && done < forms->len; round++)
    for (guint n = forms->len; done < n; done++)
      {
        gboolean is_dropped;

        derive (world, track, forms, done, &is_dropped);
        is_whole &= !is_dropped;
      }
  return is_whole;
}

void
forms_change_rules (World *world, Track *track)
{
  GHashTableIter iter;
  gpointer forms;

  /* Until the broken rule is mended nothing is done. */
  if (rule_book_is_stopped (world->book, track->number))
    return;
  g_ptr_array_add (track->lists, rule_book_list (world->book, track->number));
  g_hash_table_iter_init (&iter, track->forms);
  while (g_hash_table_iter_next (&iter, NULL, &forms))
    derive_all (world, track, forms);
}

void
forms_may_repeat (World *world, Track *track)
{
  GHashTableIter iter;
  gpointer forms;

  if (track->may_repeat)
    return;
  track->may_repeat = TRUE;
  if (rule_book_is_stopped (world->book, track->number))
    return;
  g_hash_table_iter_init (&iter, track->forms);
  while (g_hash_table_iter_next (&iter, NULL, &forms))
    derive_all (world, track, forms);
}

void
forms_note (World *world, Track *track, int64_t start, const char *data)
{
  GPtrArray *forms = g_hash_table_lookup (track->forms, &start);

  if (track->lists->len == 0)
    return;
  if (forms == NULL)
    {
      forms = g_ptr_array_new_with_free_func (form_free);
      g_hash_table_insert (track->forms, g_memdup2 (&start, sizeof start), forms);
    }
  if (add_form (forms, g_strdup (data), track->lists->len - 1) && track->may_repeat)
    derive_all (world, track, forms);
}

gboolean
forms_has (const Track *track, int64_t start, const char *data)
{
  const GPtrArray *forms = g_hash_table_lookup (track->forms, &start);

  for (guint i = 0; forms != NULL && i < forms->len; i++)
    {
      const Form *form = forms->pdata[i];

      if (form->list == track->lists->len - 1 && g_str_equal (form->data, data))
        return TRUE;
    }
  return FALSE;
}

gboolean
forms_has_mark (const Track *track, int64_t start, const char *mark)
{
  const GPtrArray *forms = g_hash_table_lookup (track->forms, &start);

  for (guint i = 0; forms != NULL && i < forms->len; i++)
    {
      const Form *form = forms->pdata[i];

      if (form->list == track->lists->len - 1 && strstr (form->data, mark) != NULL)
        return TRUE;
    }
  return FALSE;
}

gboolean
forms_may_be_dropped (World *world, const Track *track, int64_t start)
{
  GPtrArray *forms = g_hash_table_lookup (track->forms, &start);

  return forms != NULL && !derive_all (world, track, forms);
}
