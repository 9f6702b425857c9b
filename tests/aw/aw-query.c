/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "aw-query.h"

#include <string.h>

static gboolean
read_period (const AwJson *json, AwFlavour flavour, AwRange *range)
{
  g_auto (GStrv) ends = NULL;

  *range = (AwRange){ TRUE, TRUE, 0, 0, INT64_MIN, -1 };
  if (json->kind != AW_JSON_STRING)
    return FALSE;
  ends = g_strsplit (json->text->str, "/", -1);
  return g_strv_length (ends) == 2 && aw_time_parse (ends[0], flavour, &range->start)
         && aw_time_parse (ends[1], flavour, &range->end);
}

/* What stands between @before and @after in @text. */
static char *
find_between (const char *text, const char *before, const char *after)
{
  const char *begin = strstr (text, before);
  const char *end;

  if (begin == NULL)
    return NULL;
  begin += strlen (before);
  end = strstr (begin, after);
  return end != NULL ? g_strndup (begin, (gsize) (end - begin)) : NULL;
}

static void
reply_unknown (AwExchange *exchange, const char *text)
{
  g_autofree char *name = find_between (text, "= ", "(");
  g_autofree char *body = NULL;

  if (exchange->server->flavour == AW_FLAVOUR_PYTHON)
    {
      body = g_strdup_printf ("{\"type\": \"QueryInterpretException\", \"message\": \"Tried to call"
                              " function '%s' which doesn't exist\"}\n",
                              name != NULL ? name : "");
      aw_reply (exchange->response, 400, "application/json", body);
      return;
    }
  body = g_strdup_printf ("{\"message\":\"VariableNotDefined(\\\"%s\\\")\"}",
                          name != NULL ? name : "");
  aw_reply (exchange->response, 500, "application/json", body);
}

gboolean
aw_query_answer (AwExchange *exchange, const AwJson *json)
{
  AwServer *server = exchange->server;
  const AwJson *periods = aw_json_get (json, "timeperiods");
  const AwJson *lines = aw_json_get (json, "query");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) body = g_string_new ("[");
  g_autofree char *id = NULL;
  AwBucket *bucket;

  if (periods == NULL || periods->kind != AW_JSON_ARRAY || lines == NULL
      || lines->kind != AW_JSON_ARRAY)
    return FALSE;
  for (guint i = 0; i < lines->items->len; i++)
    {
      const AwJson *line = lines->items->pdata[i];

      if (line->kind != AW_JSON_STRING)
        return FALSE;
      g_string_append (text, line->text->str);
    }
  id = find_between (text->str, "query_bucket(\"", "\")");
  bucket = id != NULL ? aw_store_find (server->store, id) : NULL;
  for (guint i = 0; i < periods->items->len; i++)
    {
      AwRange range;

      if (!read_period (periods->items->pdata[i], server->flavour, &range))
        return FALSE;
      if (server->flavour == AW_FLAVOUR_PYTHON)
        range.oldest = range.start - AW_DAY;
      if (i > 0)
        g_string_append_c (body, ',');
      if (bucket != NULL)
        aw_store_write_query (server->store, bucket, &range, body);
    }
  g_string_append (body, server->flavour == AW_FLAVOUR_PYTHON ? "]\n" : "]");
  if (bucket == NULL)
    reply_unknown (exchange, text->str);
  else
    aw_reply (exchange->response, 200, "application/json", body->str);
  return TRUE;
}
