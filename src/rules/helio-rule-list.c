/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "config.h"

#include "rules/helio-rule-list.h"

#include <glib/gi18n-lib.h>

#include "json/helio-json.h"

#define VERSION 1

typedef struct
{
  gboolean has_version;
  int64_t version;
  const char *rules;
  gsize rules_length;
} Document;

/* (transfer full): what is wrong, or NULL. */
static char *
take_document (const char *text, Document *document)
{
  HelioJson json;
  const char *key;
  gsize key_length;

  helio_json_init (&json, text, strlen (text));
  if (!helio_json_enter_object (&json))
    return g_strdup (_ ("they are not a JSON object"));
  while (helio_json_next_member (&json, &key, &key_length))
    if (helio_json_key_is (key, key_length, "version") && !document->has_version)
      document->has_version = helio_json_take_int64 (&json, &document->version);
    else if (helio_json_key_is (key, key_length, "rules") && document->rules == NULL
             && helio_json_peek (&json) == HELIO_JSON_ARRAY)
      helio_json_take_value (&json, &document->rules, &document->rules_length);
    else if (!helio_json_failed (&json))
      return g_strdup_printf (_ ("they have a member “%.*s” that is unknown, twice there or of the "
                                 "wrong kind"),
                              helio_rule_name_length (key_length), key);
  if (!helio_json_finish (&json))
    return g_strdup_printf (_ ("they are not valid JSON at byte %u: %s"), (guint) (json.at - text),
                            _ (json.problem));
  if (!document->has_version)
    return g_strdup (_ ("they have no “version”"));
  if (document->version != VERSION)
    {
      g_autofree char *version = g_strdup_printf ("%" G_GINT64_FORMAT, document->version);

      return g_strdup_printf (_ ("they have version %s, and this program knows only version %d"),
                              version, VERSION);
    }
  if (document->rules == NULL)
    return g_strdup (_ ("they have no list “rules”"));
  return NULL;
}

static void
take_rules (HelioRuleList *list, const Document *document)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  HelioJson json;

  helio_json_init (&json, document->rules, document->rules_length);
  helio_json_enter_array (&json);
  while (helio_json_next_element (&json))
    {
      HelioRule *rule;
      const char *text;
      gsize length;

      if (!helio_json_take_value (&json, &text, &length))
        return;
      rule = helio_rule_new (text, length);
      g_ptr_array_add (list->rules, rule);
      if (rule->id != NULL && !g_hash_table_add (ids, rule->id))
        helio_rule_break (rule, g_strdup_printf (_ ("another rule has the id “%s”"), rule->id));
    }
}

HelioRuleList *
helio_rule_list_new (const char *json)
{
  HelioRuleList *list = g_new0 (HelioRuleList, 1);
  Document document = { 0 };

  list->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_rule_free);
  if (*json == '\0')
    return list;
  if (strlen (json) > HELIO_RULES_MAX_BYTES)
    list->error = g_strdup_printf (_ ("they are longer than %d bytes"), HELIO_RULES_MAX_BYTES);
  else
    list->error = take_document (json, &document);
  if (list->error == NULL)
    take_rules (list, &document);
  if (list->rules->len > HELIO_RULES_MAX)
    {
      g_ptr_array_set_size (list->rules, 0);
      list->error = g_strdup_printf (_ ("there are more than %d of them"), HELIO_RULES_MAX);
    }
  return list;
}

void
helio_rule_list_free (HelioRuleList *list)
{
  g_ptr_array_unref (list->rules);
  g_free (list->error);
  g_free (list);
}
