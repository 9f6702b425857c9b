/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-protocol"

#include "protocol/helio-protocol-fields.h"

#include <string.h>

#include "model/helio-error.h"

gboolean
helio_fields_fail (HelioJson *json, const char *problem)
{
  if (json->problem == NULL)
    json->problem = problem;
  return FALSE;
}

gboolean
helio_fields_take_integer (
    HelioJson *json, int64_t min, int64_t max, int64_t *value, const char *problem)
{
  if (helio_json_peek (json) != HELIO_JSON_NUMBER)
    return helio_fields_fail (json, problem);
  if (!helio_json_take_int64 (json, value))
    return FALSE;
  if (*value < min || *value > max)
    return helio_fields_fail (json, problem);
  return TRUE;
}

gboolean
helio_fields_take_text (HelioJson *json, char **text, const char *problem)
{
  g_autoptr (GString) value = g_string_new (NULL);

  if (*text != NULL || helio_json_peek (json) != HELIO_JSON_STRING)
    return helio_fields_fail (json, problem);
  if (!helio_json_take_string (json, value))
    return FALSE;
  if (strlen (value->str) != value->len)
    return helio_fields_fail (json, problem);
  *text = g_string_free (g_steal_pointer (&value), FALSE);
  return TRUE;
}

gboolean
helio_fields_take_text_or_null (HelioJson *json, char **text, const char *problem)
{
  if (helio_json_peek (json) == HELIO_JSON_NULL)
    return helio_json_take_null (json);
  return helio_fields_take_text (json, text, problem);
}

gboolean
helio_fields_skip (HelioJson *json)
{
  const char *text;
  gsize length;

  return helio_json_take_value (json, &text, &length);
}

gboolean
helio_fields_set_error (const HelioJson *json, int code, const char *what, GError **error)
{
  g_set_error (error, HELIO_ERROR, code, "%s: %s, at byte %zu", what,
               json->problem != NULL ? json->problem : "not understood",
               (gsize) (json->at - json->start));
  return FALSE;
}
