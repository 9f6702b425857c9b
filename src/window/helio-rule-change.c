/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rule-change.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-error.h"

typedef enum
{
  CHANGE_PUT,
  CHANGE_REMOVE,
  CHANGE_MOVE,
  CHANGE_SWITCH,
  CHANGE_MERGE,
  CHANGE_CLEAR,
} Kind;

struct _HelioRuleChange
{
  Kind kind;
  JsonNode *rule;
  JsonNode *before; /* as it was looked at; NULL for none, and for a new rule */
  int by;
  gboolean is_on;
  char *json;
};

char *
helio_rule_make_key (JsonNode *rule)
{
  const char *id = helio_rule_json_get (rule, "id");

  return *id != '\0' ? g_strdup (id) : json_to_string (rule, FALSE);
}

static HelioRuleChange *
change_new (Kind kind, JsonNode *before)
{
  HelioRuleChange *change = g_new0 (HelioRuleChange, 1);

  change->kind = kind;
  change->before = before != NULL ? helio_rule_json_copy (before) : NULL;
  return change;
}

HelioRuleChange *
helio_rule_change_put (JsonNode *rule, JsonNode *before)
{
  HelioRuleChange *change = change_new (CHANGE_PUT, before);

  change->rule = helio_rule_json_copy (rule);
  return change;
}

HelioRuleChange *
helio_rule_change_remove (JsonNode *before)
{
  return change_new (CHANGE_REMOVE, before);
}

HelioRuleChange *
helio_rule_change_move (JsonNode *before, int by)
{
  HelioRuleChange *change = change_new (CHANGE_MOVE, before);

  change->by = by;
  return change;
}

HelioRuleChange *
helio_rule_change_switch (JsonNode *before, gboolean is_on)
{
  HelioRuleChange *change = change_new (CHANGE_SWITCH, before);

  change->is_on = is_on;
  return change;
}

HelioRuleChange *
helio_rule_change_merge (const char *json)
{
  HelioRuleChange *change = change_new (CHANGE_MERGE, NULL);

  change->json = g_strdup (json);
  return change;
}

HelioRuleChange *
helio_rule_change_clear (void)
{
  return change_new (CHANGE_CLEAR, NULL);
}

void
helio_rule_change_free (HelioRuleChange *change)
{
  g_clear_pointer (&change->rule, json_node_unref);
  g_clear_pointer (&change->before, json_node_unref);
  g_free (change->json);
  g_free (change);
}

/* -- doing it ----------------------------------------------------------------------------- */

static gboolean
find (GPtrArray *rules, JsonNode *before, guint *index)
{
  for (*index = 0; *index < rules->len; (*index)++)
    if (json_node_equal (rules->pdata[*index], before))
      return TRUE;
  return FALSE;
}

static gboolean
fail_changed (GError **error)
{
  g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_RULES_CHANGED,
                       _ ("This rule was changed or removed elsewhere. Look at it again"));
  return FALSE;
}

static gboolean
put (const HelioRuleChange *change, GPtrArray *rules, guint index)
{
  g_autoptr (JsonNode) rule = helio_rule_json_copy (change->rule);
  g_autofree char *id = NULL;
  guint taken;

  if (change->before != NULL)
    {
      json_node_unref (rules->pdata[index]);
      rules->pdata[index] = g_steal_pointer (&rule);
      return TRUE;
    }
  /* Somebody else's new rule may have the id that was free a moment ago. */
  if (helio_rules_json_find (rules, helio_rule_json_get (rule, "id"), &taken)
      && JSON_NODE_HOLDS_OBJECT (rule))
    {
      id = helio_rules_json_make_id (rules);
      json_object_set_string_member (json_node_get_object (rule), "id", id);
    }
  g_ptr_array_add (rules, g_steal_pointer (&rule));
  return TRUE;
}

/* The rule that the change is about is mended, switched off or removed by it, or stays what it
 * is. */
static gboolean
check_clear (const HelioRuleChange *change, const char *json, guint index, GError **error)
{
  gboolean is_mended = change->kind == CHANGE_REMOVE
                       || (change->kind == CHANGE_PUT && change->before != NULL)
                       || (change->kind == CHANGE_SWITCH && !change->is_on);

  if (change->kind == CHANGE_CLEAR
      || helio_rules_json_is_clear (json, is_mended ? (int) index : -1))
    return TRUE;
  g_set_error_literal (
      error, HELIO_ERROR, HELIO_ERROR_SETTINGS,
      _ ("A broken rule says one thing twice. Mend, switch off or remove it first"));
  return FALSE;
}

static gboolean
apply (const HelioRuleChange *change, const char *json, GPtrArray *rules, GError **error)
{
  g_autoptr (GPtrArray) added = NULL;
  guint index = 0;

  if (change->before != NULL && !find (rules, change->before, &index))
    return fail_changed (error);
  if (!check_clear (change, json, index, error))
    return FALSE;
  switch (change->kind)
    {
    case CHANGE_PUT:
      return put (change, rules, index);
    case CHANGE_REMOVE:
      g_ptr_array_remove_index (rules, index);
      return TRUE;
    case CHANGE_MOVE:
      {
        int place = CLAMP ((int) index + change->by, 0, (int) rules->len - 1);

        g_ptr_array_insert (rules, place, g_ptr_array_steal_index (rules, index));
        return TRUE;
      }
    case CHANGE_SWITCH:
      return helio_rule_json_set_on (rules->pdata[index], change->is_on) || fail_changed (error);
    case CHANGE_MERGE:
      added = helio_rules_json_parse (change->json);
      if (added != NULL)
        helio_rules_json_merge (rules, added);
      return TRUE;
    case CHANGE_CLEAR:
      g_ptr_array_set_size (rules, 0);
      return TRUE;
    }
  return TRUE;
}

char *
helio_rule_change_apply (const HelioRuleChange *change, const char *json, GError **error)
{
  g_autoptr (GPtrArray) rules = helio_rules_json_parse (change->kind == CHANGE_CLEAR ? "" : json);

  if (rules == NULL)
    {
      g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_RULES_CHANGED,
                           _ ("The privacy rules were changed elsewhere and can’t be understood"));
      return NULL;
    }
  return apply (change, json, rules, error) ? helio_rules_json_write (rules, FALSE) : NULL;
}
