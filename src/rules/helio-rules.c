/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-rules"

#include "config.h"

#include "rules/helio-rules.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "rules/helio-rule-list.h"

/* Raised when the same rules would make another published form than before. */
#define FORM_VERSION 1

struct _HelioRules
{
  GArray *pauses;      /* HelioPause, oldest first */
  HelioRules *whole;   /* NULL, or those that these are a part of, which own the list */
  HelioRuleList *list; /* NULL if there is none */
  GPtrArray *enabled;  /* HelioRule, of the list, in order */
  gboolean has_broken; /* one of these, or the list */
};

static const char *const level_names[] = {
  [HELIO_LEVEL_NOTHING] = "nothing",
  [HELIO_LEVEL_STATE] = "state",
  [HELIO_LEVEL_APP] = "app",
  [HELIO_LEVEL_TITLE] = "title",
};

const char *
helio_level_to_string (HelioLevel level)
{
  g_return_val_if_fail (level < G_N_ELEMENTS (level_names), "nothing");
  return level_names[level];
}

gboolean
helio_level_from_string (const char *text, HelioLevel *level)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (g_strcmp0 (text, level_names[i]) == 0)
      {
        *level = (HelioLevel) i;
        return TRUE;
      }
  return FALSE;
}

static int
compare_pauses (gconstpointer a, gconstpointer b)
{
  const HelioPause *one = a;
  const HelioPause *two = b;

  return one->start < two->start ? -1 : one->start > two->start ? 1 : 0;
}

HelioRules *
helio_rules_new (const GArray *pauses)
{
  return helio_rules_new_from_json ("", pauses);
}

HelioRules *
helio_rules_new_from_json (const char *json, const GArray *pauses)
{
  HelioRules *rules = g_atomic_rc_box_new0 (HelioRules);

  rules->pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  /* One that ended at once holds nothing: no event may be cut at its beginning. */
  for (guint i = 0; pauses != NULL && i < pauses->len; i++)
    if (g_array_index (pauses, HelioPause, i).start < g_array_index (pauses, HelioPause, i).end)
      g_array_append_vals (rules->pauses, &g_array_index (pauses, HelioPause, i), 1);
  g_array_sort (rules->pauses, compare_pauses);

  rules->list = *json != '\0' ? helio_rule_list_new (json) : NULL;
  rules->enabled = g_ptr_array_new ();
  rules->has_broken = rules->list != NULL && rules->list->error != NULL;
  for (guint i = 0; rules->list != NULL && i < rules->list->rules->len; i++)
    {
      HelioRule *rule = rules->list->rules->pdata[i];

      if (!rule->is_enabled)
        continue;
      g_ptr_array_add (rules->enabled, rule);
      rules->has_broken |= rule->error != NULL;
    }
  return rules;
}

HelioRules *
helio_rules_ref (HelioRules *rules)
{
  return g_atomic_rc_box_acquire (rules);
}

static void
rules_free (gpointer data)
{
  HelioRules *rules = data;

  g_array_unref (rules->pauses);
  g_ptr_array_unref (rules->enabled);
  if (rules->whole != NULL)
    helio_rules_unref (rules->whole);
  else
    g_clear_pointer (&rules->list, helio_rule_list_free);
}

void
helio_rules_unref (HelioRules *rules)
{
  g_atomic_rc_box_release_full (rules, rules_free);
}

/* -- what is wrong ------------------------------------------------------------------------ */

static void
problem_free (gpointer data)
{
  HelioRuleProblem *problem = data;

  g_free (problem->id);
  g_free (problem->name);
  g_free (problem->error);
  g_free (problem);
}

static void
add_problem (
    GPtrArray *problems, const char *id, const char *name, const char *error, gboolean is_enabled)
{
  HelioRuleProblem *problem = g_new0 (HelioRuleProblem, 1);

  problem->id = g_strdup (id);
  problem->name = g_strdup (name);
  problem->error = g_strdup (error);
  problem->is_enabled = is_enabled;
  g_ptr_array_add (problems, problem);
}

GPtrArray *
helio_rules_list_problems (const HelioRules *rules)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func (problem_free);

  if (rules->list != NULL && rules->list->error != NULL)
    add_problem (problems, "", "", rules->list->error, TRUE);
  for (guint i = 0; rules->list != NULL && i < rules->list->rules->len; i++)
    {
      const HelioRule *rule = rules->list->rules->pdata[i];

      if (rule->error != NULL)
        add_problem (problems, rule->id != NULL ? rule->id : "", rule->name, rule->error,
                     rule->is_enabled);
    }
  return problems;
}

char *
helio_rules_explain (const HelioRules *rules, const HelioBucket *bucket)
{
  if (rules->list == NULL)
    return NULL;
  if (rules->list->error != NULL)
    return g_strdup_printf (
        _ ("The privacy rules can't be understood, so nothing is published: %s"),
        rules->list->error);
  for (guint i = 0; i < rules->enabled->len; i++)
    {
      const HelioRule *rule = rules->enabled->pdata[i];

      if (rule->error != NULL && (bucket == NULL || helio_rule_concerns (rule, bucket)))
        return g_strdup_printf (_ ("The privacy rule “%s” is broken, so what it concerns is not "
                                   "published: %s"),
                                rule->name, rule->error);
    }
  return NULL;
}

gboolean
helio_rules_is_stopped (const HelioRules *rules, const HelioBucket *bucket)
{
  if (!rules->has_broken)
    return FALSE;
  if (rules->list->error != NULL)
    return TRUE;
  for (guint i = 0; i < rules->enabled->len; i++)
    {
      const HelioRule *rule = rules->enabled->pdata[i];

      if (rule->error != NULL && helio_rule_concerns (rule, bucket))
        return TRUE;
    }
  return FALSE;
}

/* -- hash --------------------------------------------------------------------------------- */

uint64_t
helio_rules_get_hash (const HelioRules *rules, const HelioBucket *bucket)
{
  g_autoptr (GChecksum) checksum = NULL;
  uint8_t digest[32];
  gsize length = sizeof digest;
  uint64_t hash;

  for (guint i = 0; i < rules->enabled->len; i++)
    {
      const HelioRule *rule = rules->enabled->pdata[i];

      if (!rule->in_history || !helio_rule_concerns (rule, bucket))
        continue;
      if (checksum == NULL)
        checksum = g_checksum_new (G_CHECKSUM_SHA256);
      g_checksum_update (checksum, (const uint8_t *) rule->digest, (gssize) strlen (rule->digest));
    }
  if (checksum == NULL)
    return FORM_VERSION;
  g_checksum_get_digest (checksum, digest, &length);
  memcpy (&hash, digest, sizeof hash);
  /* Two bits tell other things in the ledger. */
  return ((GUINT64_FROM_LE (hash) >> 2) + FORM_VERSION) & ~(UINT64_C (3) << 62);
}

/* The first 8 bytes of its SHA-256. */
static uint64_t
get_digest (const HelioRule *rule)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  uint8_t digest[32];
  gsize length = sizeof digest;
  uint64_t number;

  g_checksum_update (checksum, (const uint8_t *) rule->digest, (gssize) strlen (rule->digest));
  g_checksum_get_digest (checksum, digest, &length);
  memcpy (&number, digest, sizeof number);
  return GUINT64_FROM_LE (number);
}

GArray *
helio_rules_list_digests (const HelioRules *rules, const HelioBucket *bucket)
{
  GArray *digests = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  for (guint i = 0; i < rules->enabled->len; i++)
    {
      const HelioRule *rule = rules->enabled->pdata[i];
      uint64_t digest;

      if (!rule->in_history || !helio_rule_concerns (rule, bucket))
        continue;
      digest = get_digest (rule);
      g_array_append_val (digests, digest);
    }
  return digests;
}

static gboolean
is_among (const GArray *digests, uint64_t digest)
{
  for (guint i = 0; i < digests->len; i++)
    if (g_array_index (digests, uint64_t, i) == digest)
      return TRUE;
  return FALSE;
}

HelioRules *
helio_rules_new_since (HelioRules *rules, const HelioBucket *bucket, const GArray *known)
{
  g_autoptr (HelioRules) since = helio_rules_new (NULL);

  for (guint i = 0; i < rules->enabled->len; i++)
    {
      HelioRule *rule = rules->enabled->pdata[i];

      if (rule->in_history && helio_rule_concerns (rule, bucket)
          && (known == NULL || !is_among (known, get_digest (rule))))
        g_ptr_array_add (since->enabled, rule);
    }
  if (since->enabled->len == 0)
    return NULL;
  since->whole = helio_rules_ref (rules);
  since->list = rules->list;
  since->has_broken = rules->has_broken;
  return g_steal_pointer (&since);
}

/* -- pauses ------------------------------------------------------------------------------- */

/* The first pause that ends after @time, or NULL: it holds @time or is the next one. */
static const HelioPause *
pause_after (const HelioRules *rules, int64_t time)
{
  for (guint i = 0; i < rules->pauses->len; i++)
    {
      const HelioPause *pause = &g_array_index (rules->pauses, HelioPause, i);

      if (time < pause->end)
        return pause;
    }
  return NULL;
}

gboolean
helio_rules_get_pause (const HelioRules *rules, int64_t time, HelioPause *pause)
{
  const HelioPause *found = pause_after (rules, time);

  if (found == NULL || time < found->start)
    return FALSE;
  if (pause != NULL)
    *pause = *found;
  return TRUE;
}

/* -- the published form ------------------------------------------------------------------- */

static gboolean
is_in_force (const HelioRule *rule, const HelioBucket *bucket, HelioScope scope)
{
  return (scope == HELIO_SCOPE_HISTORY ? rule->in_history : rule->in_presence)
         && helio_rule_concerns (rule, bucket);
}

/* Lets the rules work on the data. What was made is appended to @scratch. */
static void
work (const HelioRules *rules,
      const HelioBucket *bucket,
      HelioScope scope,
      const char *data,
      gsize length,
      GByteArray *scratch,
      HelioMemory *made)
{
  g_auto (HelioForm) form = { 0 };
  g_auto (HelioPatternRoom) room = { 0 };

  *made = (HelioMemory){ .rule = -1 };
  for (guint i = 0; i < rules->enabled->len && !made->is_dropped; i++)
    {
      const HelioRule *rule = rules->enabled->pdata[i];
      HelioOutcome outcome = HELIO_OUTCOME_DROPPED;

      if (!is_in_force (rule, bucket, scope))
        continue;
      /* Data that is no object has nothing a rule could look at: it stays here. */
      if (form.fields != NULL || helio_form_init (&form, data, length))
        outcome = helio_rule_apply (rule, &form, &room);
      if (outcome != HELIO_OUTCOME_NOTHING)
        made->rule = (int) i;
      made->is_dropped = outcome == HELIO_OUTCOME_DROPPED;
    }
  made->is_changed = !made->is_dropped && form.is_changed;
  if (made->is_changed)
    {
      guint at = scratch->len;

      helio_form_write (&form, scratch);
      made->data = (const char *) scratch->data + at;
      made->length = scratch->len - at;
    }
}

static gboolean
has_rules (const HelioRules *rules, const HelioBucket *bucket, HelioScope scope)
{
  for (guint i = 0; i < rules->enabled->len; i++)
    if (is_in_force (rules->enabled->pdata[i], bucket, scope))
      return TRUE;
  return FALSE;
}

/* FALSE if the rules drop the event. */
static gboolean
apply_rules (const HelioRules *rules,
             const HelioBucket *bucket,
             HelioScope scope,
             GByteArray *scratch,
             HelioMemo *memo,
             HelioPublished *published)
{
  HelioMemory made;

  if (helio_rules_is_stopped (rules, bucket))
    return FALSE;
  if (!has_rules (rules, bucket, scope))
    return TRUE;
  if (memo != NULL)
    helio_memo_begin (memo, rules, bucket->id, (int) scope);
  if (memo != NULL && helio_memo_find (memo, published->data, published->length, &made))
    {
      /* The memo may forget it before it is sent. */
      guint at = scratch->len;

      if (made.is_changed)
        {
          g_byte_array_append (scratch, (const uint8_t *) made.data, (guint) made.length);
          made.data = (const char *) scratch->data + at;
        }
    }
  else
    {
      work (rules, bucket, scope, published->data, published->length, scratch, &made);
      if (memo != NULL)
        helio_memo_keep (memo, published->data, published->length, &made);
    }
  if (made.rule >= 0)
    published->rule = ((const HelioRule *) rules->enabled->pdata[made.rule])->name;
  if (made.is_changed)
    {
      published->data = made.data;
      published->length = made.length;
    }
  return !made.is_dropped;
}

gboolean
helio_rules_publish (const HelioRules *rules,
                     const HelioBucket *bucket,
                     HelioScope scope,
                     const HelioEvent *event,
                     const char *data,
                     GByteArray *scratch,
                     HelioMemo *memo,
                     HelioPublished *published)
{
  const HelioPause *pause = pause_after (rules, event->start);

  *published = (HelioPublished){
    .start = event->start,
    .duration = event->duration,
    .data = data,
    .length = event->data_len,
  };
  if (rules->list != NULL && !apply_rules (rules, bucket, scope, scratch, memo, published))
    return FALSE;
  if (pause == NULL)
    return TRUE;

  if (scope == HELIO_SCOPE_HISTORY)
    {
      if (pause->start <= event->start)
        return FALSE;
      published->duration = MIN (event->duration, pause->start - event->start);
      return TRUE;
    }

  /* What began in a pause and still lasts is told from the end of the pause on. */
  while (pause != NULL && pause->start <= published->start)
    {
      if (pause->end == HELIO_TIME_MAX)
        return FALSE;
      published->start = pause->end;
      published->duration = MAX (0, event->start + event->duration - pause->end);
      pause = pause_after (rules, published->start);
    }
  return TRUE;
}
