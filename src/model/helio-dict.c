/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-model"

#include "model/helio-dict.h"

#include <math.h>

const char *
helio_dict_get_text (GVariant *dict, const char *key)
{
  const char *value = "";

  g_variant_lookup (dict, key, "&s", &value);
  return value;
}

int64_t
helio_dict_get_number (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  if (value == NULL)
    return 0;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return g_variant_get_int64 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return (int64_t) round (g_variant_get_double (value));
  return 0;
}

gboolean
helio_dict_get_flag (GVariant *dict, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (dict, key, "b", &value);
  return value;
}

double
helio_dict_get_part (GVariant *dict, const char *key)
{
  double part = 0;

  return g_variant_lookup (dict, key, "d", &part) ? CLAMP (part, 0, 1) : 0;
}

GVariant *
helio_dicts_find (GVariant *dicts, const char *key, const char *value)
{
  for (guint i = 0; i < helio_dicts_count (dicts); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (dicts, i);

      if (g_str_equal (helio_dict_get_text (dict, key), value))
        return g_steal_pointer (&dict);
    }
  return NULL;
}

guint
helio_dicts_count (GVariant *dicts)
{
  return dicts != NULL ? (guint) g_variant_n_children (dicts) : 0;
}

guint
helio_dicts_count_flags (GVariant *dicts, const char *key)
{
  guint count = 0;

  for (guint i = 0; i < helio_dicts_count (dicts); i++)
    {
      g_autoptr (GVariant) dict = g_variant_get_child_value (dicts, i);

      count += helio_dict_get_flag (dict, key) ? 1 : 0;
    }
  return count;
}
