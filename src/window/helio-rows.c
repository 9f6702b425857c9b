/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rows.h"

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
