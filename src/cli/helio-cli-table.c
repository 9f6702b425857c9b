/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-cli"

#include "config.h"

#include <string.h>

#include "cli/helio-cli-text.h"
#include "model/helio-text.h"

struct _HelioTable
{
  char *indent;
  GPtrArray *cells; /* (element-type utf8) the headings, then row by row */
  GArray *is_right; /* (element-type gboolean) one per column */
};

HelioTable *
helio_table_new (const char *indent, ...)
{
  HelioTable *table = g_new0 (HelioTable, 1);
  va_list args;
  const char *heading;

  table->indent = g_strdup (indent);
  table->cells = g_ptr_array_new_with_free_func (g_free);
  table->is_right = g_array_new (FALSE, FALSE, sizeof (gboolean));
  va_start (args, indent);
  while ((heading = va_arg (args, const char *)) != NULL)
    {
      gboolean is_right = heading[0] == '>';

      g_array_append_val (table->is_right, is_right);
      g_ptr_array_add (table->cells, g_strdup (is_right ? heading + 1 : heading));
    }
  va_end (args);
  return table;
}

void
helio_table_add (HelioTable *table, const char *text)
{
  g_ptr_array_add (table->cells, helio_text_clean (text));
}

guint
helio_table_rows (const HelioTable *table)
{
  return table->cells->len / table->is_right->len - 1;
}

void
helio_table_print (const HelioTable *table)
{
  guint columns = table->is_right->len;
  g_autofree guint *widths = g_new0 (guint, columns);

  for (guint i = 0; i < table->cells->len; i++)
    widths[i % columns] = MAX (widths[i % columns], helio_text_width (table->cells->pdata[i]));

  for (guint i = 0; i + columns <= table->cells->len; i += columns)
    {
      g_autoptr (GString) line = g_string_new (table->indent);

      for (guint column = 0; column < columns; column++)
        {
          const char *cell = table->cells->pdata[i + column];
          int gap = (int) (widths[column] - helio_text_width (cell));

          if (column > 0)
            g_string_append (line, "  ");
          if (g_array_index (table->is_right, gboolean, column))
            g_string_append_printf (line, "%*s%s", gap, "", cell);
          else
            g_string_append_printf (line, "%s%*s", cell, gap, "");
        }
      while (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate (line, line->len - 1);
      g_print ("%s\n", line->str);
    }
}

void
helio_table_free (HelioTable *table)
{
  g_free (table->indent);
  g_ptr_array_unref (table->cells);
  g_array_unref (table->is_right);
  g_free (table);
}
