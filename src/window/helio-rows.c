/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rows.h"

#include "model/helio-dict.h"

void
helio_rows_keep (GHashTable *rows,
                 GHashTable *ids,
                 void (*remove) (gpointer parent, GtkWidget *row),
                 gpointer parent)
{
  GHashTableIter iter;
  gpointer id, row;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    if (!g_hash_table_contains (ids, id))
      {
        remove (parent, row);
        g_hash_table_iter_remove (&iter);
      }
}

void
helio_rows_keep_listed (GHashTable *rows,
                        GVariant *dicts,
                        void (*remove) (gpointer parent, GtkWidget *row),
                        gpointer parent)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < helio_dicts_count (dicts); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (dicts, i);

      /* The text stays where it is in @dicts. */
      g_hash_table_add (ids, (gpointer) helio_dict_get_text (dict, "id"));
    }
  helio_rows_keep (rows, ids, remove, parent);
}
