/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-group.h"

#include <string.h>

int
helio_group_compare_forms (gconstpointer a, gconstpointer b)
{
  const HelioGroupForm *one = a;
  const HelioGroupForm *two = b;
  int order = memcmp (one->data, two->data, MIN (one->length, two->length));

  if (order != 0)
    return order;
  if (one->length != two->length)
    return one->length < two->length ? -1 : 1;
  return one->duration < two->duration ? -1 : one->duration > two->duration ? 1 : 0;
}

gboolean
helio_group_has_row (const HelioRow *row)
{
  return row->kind == HELIO_ROW_HELD || row->kind == HELIO_ROW_KEPT;
}

gboolean
helio_group_has_any (const HelioRow *rows, guint n_rows)
{
  for (guint r = 0; r < n_rows; r++)
    if (helio_group_has_row (&rows[r]))
      return TRUE;
  return FALSE;
}

static gboolean
has_form (const HelioRow *rows, guint n_rows, uint32_t check)
{
  for (guint r = 0; r < n_rows; r++)
    if (helio_group_has_row (&rows[r]) && rows[r].check == check)
      return TRUE;
  return FALSE;
}

void
helio_group_cut (GArray *forms, int64_t start, int64_t left_at, const HelioRow *rows, guint n_rows)
{
  int64_t longest = MAX (0, left_at - start);

  for (guint f = 0; f < forms->len; f++)
    {
      HelioGroupForm *form = &g_array_index (forms, HelioGroupForm, f);

      if (form->duration <= longest || has_form (rows, n_rows, form->check))
        continue;
      form->duration = longest;
      form->check = helio_event_check (start, longest, form->data, form->length);
    }
  g_array_sort (forms, helio_group_compare_forms);
}

void
helio_group_drop_unknown (GArray *forms, const HelioRow *rows, guint n_rows, gboolean has_more)
{
  g_autofree gboolean *is_taken = g_new0 (gboolean, n_rows);

  for (guint f = forms->len; f > 0; f--)
    {
      uint32_t check = g_array_index (forms, HelioGroupForm, f - 1).check;
      gboolean is_known = FALSE;

      for (guint r = 0; r < n_rows && !is_known; r++)
        if (!is_taken[r] && rows[r].check == check
            && (rows[r].kind == HELIO_ROW_HELD || (has_more && rows[r].kind == HELIO_ROW_KEPT)))
          is_known = is_taken[r] = TRUE;
      if (!is_known)
        g_array_remove_index (forms, f - 1);
    }
}
