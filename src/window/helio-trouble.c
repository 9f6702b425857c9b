/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-trouble.h"

#include <string.h>

#include "model/helio-dict.h"

/* The agent puts the name of a destination before what it says of it. NULL: it says another. */
static const char *
skip_name (const char *trouble, GVariant *destination)
{
  g_autofree char *start = g_strdup_printf ("%s: ", helio_dict_get_text (destination, "name"));

  return g_str_has_prefix (trouble, start) ? trouble + strlen (start) : NULL;
}

HelioTrouble
helio_trouble_find (const char *trouble,
                    GVariant *source,
                    GVariant *destinations,
                    const char **text)
{
  gsize n = destinations != NULL ? g_variant_n_children (destinations) : 0;

  *text = trouble != NULL ? trouble : "";
  if (**text == '\0')
    return HELIO_TROUBLE_OTHER;
  if (source != NULL && g_str_equal (helio_dict_get_text (source, "error"), trouble))
    return HELIO_TROUBLE_SOURCE;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *rest = skip_name (trouble, one);

      if (rest == NULL)
        continue;
      *text = rest;
      return g_str_equal (helio_dict_get_text (one, "state"), "stopped") ? HELIO_TROUBLE_STOPPED
                                                                         : HELIO_TROUBLE_WAITING;
    }
  return HELIO_TROUBLE_OTHER;
}
