/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-agent-private.h"

#include <string.h>

#include "model/helio-text.h"
#include "model/helio-time.h"

/* A verification goes in steps: read ActivityWatch, compare with the destination; what differs is
 * uncovered, history mends it, and it is compared again. */

/* How often it is compared. */
#define MAX_TRIES 3

/* How many days a verdict names. */
#define MAX_DAYS 100

void
helio_verification_begin (HelioAgentTrack *track)
{
  g_clear_pointer (&track->verify, helio_verify_free);
  track->verify = helio_verify_new (helio_time_now ());
  track->verify_tries = 0;
}

void
helio_verification_drop (HelioAgent *agent)
{
  for (guint i = 0; i < agent->targets->len; i++)
    {
      HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        {
          HelioAgentTrack *track = target->tracks->pdata[t];

          if (track->verify == NULL || helio_waiter_wants_verdict (agent, target, track->bucket))
            continue;
          g_clear_pointer (&track->verify, helio_verify_free);
          if (target->is_verifying && target->yield != NULL)
            g_cancellable_cancel (target->yield);
        }
    }
}

/* It may have begun again while the step was under way. */
static gboolean
is_present (const HelioAgentTrack *track, const HelioVerify *verify)
{
  return track->verify != NULL && track->verify->id == verify->id;
}

/* A destination that was set back to a backup is made the ledger's truth before it is compared:
 * then they agree, but what it has lost is uncovered. */
static gboolean
is_uncovered (HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track)
{
  helio_scheduler_refresh (agent, target, track);
  return track->needs_history;
}

void
helio_verification_take_read (HelioAgentTrack *track, const HelioVerify *verify)
{
  if (!is_present (track, verify))
    return;
  helio_verify_free (track->verify);
  track->verify = helio_verify_copy (verify);
}

void
helio_verification_take_set_back (HelioTarget *target, GHashTable *set_back)
{
  for (guint t = 0; t < target->tracks->len; t++)
    {
      HelioAgentTrack *track = target->tracks->pdata[t];
      GHashTable *days = g_hash_table_lookup (set_back, track->bucket);
      g_autofree char *first_unnamed = NULL;
      GHashTableIter iter;
      gpointer day;

      if (track->verify == NULL || days == NULL)
        continue;
      /* An answer that was lost looks the same, so what is of no news otherwise is none here. */
      first_unnamed = helio_text_typed_day (track->verify->now - HELIO_DAY);
      g_hash_table_iter_init (&iter, days);
      while (g_hash_table_iter_next (&iter, &day, NULL))
        if (strcmp (day, first_unnamed) < 0)
          g_hash_table_add (track->verify->days, g_strdup (day));
    }
}

/* -- verdicts ----------------------------------------------------------------------------- */

static gboolean
is_equal (const HelioVerdict *verdict, gboolean must_mend)
{
  return !must_mend && verdict->allowed == verdict->held && verdict->refused == 0
         && verdict->waiting == 0;
}

static void
put_int (GVariantDict *dict, const char *key, int64_t value)
{
  g_variant_dict_insert (dict, key, "x", value);
}

static GVariant *
make_verdict (HelioTarget *target,
              const HelioVerdict *verdict,
              const GPtrArray *days,
              gboolean must_mend)
{
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  guint n_named = MIN (days->len, MAX_DAYS);
  g_autoptr (GStrvBuilder) named = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint i = days->len - n_named; i < days->len; i++)
    g_strv_builder_add (named, days->pdata[i]);
  names = g_strv_builder_end (named);
  g_variant_dict_insert (dict, "destination", "s", target->settings->id);
  g_variant_dict_insert (dict, "bucket", "s", verdict->bucket);
  put_int (dict, "at", helio_time_now ());
  put_int (dict, "in-aw", verdict->in_aw);
  put_int (dict, "allowed", verdict->allowed - verdict->kept - verdict->waiting + verdict->refused);
  put_int (dict, "kept", verdict->kept);
  put_int (dict, "waiting", verdict->waiting);
  put_int (dict, "refused", verdict->refused);
  put_int (dict, "held", verdict->held);
  g_variant_dict_insert (dict, "equal", "b", is_equal (verdict, must_mend));
  g_variant_dict_insert (dict, "mended", "b", !must_mend && days->len > 0);
  g_variant_dict_insert (dict, "days", "u", days->len);
  g_variant_dict_insert (dict, "differing-days", "^as", names);
  g_variant_dict_insert (dict, "outdated", "b", FALSE);
  return g_variant_ref_sink (g_variant_dict_end (dict));
}

void
helio_verification_take_verdict (HelioAgent *agent,
                                 HelioTarget *target,
                                 HelioAgentTrack *track,
                                 const HelioVerify *verify,
                                 const HelioVerdict *verdict)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

  if (!is_present (track, verify) || watch == NULL || agent->rules == NULL)
    return;
  for (guint i = 0; i < verdict->differs->len; i++)
    g_hash_table_add (track->verify->days, g_strdup (verdict->differs->pdata[i]));

  gboolean must_mend = is_uncovered (agent, target, track) || verdict->differs->len > 0;

  if (must_mend && ++track->verify_tries < MAX_TRIES)
    {
      track->needs_history = TRUE;
      return;
    }

  g_autoptr (GPtrArray) days = helio_verify_sort_days (track->verify->days);

  g_clear_pointer (&track->verdict, g_variant_unref);
  track->verdict = make_verdict (target, verdict, days, must_mend);
  track->verdict_rules = helio_rules_get_hash (agent->rules, watch->bucket);
  g_clear_pointer (&track->verify, helio_verify_free);
  g_message ("Bucket %s at %s is verified: %s; %u days differed", track->bucket, target->address,
             is_equal (verdict, must_mend) ? "equal" : "not equal", days->len);
  helio_waiter_take_verdict (agent, target, track);
}

GVariant *
helio_verification_list_verdicts (HelioAgent *agent)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < agent->targets->len; i++)
    {
      const HelioTarget *target = agent->targets->pdata[i];

      for (guint t = 0; t < target->tracks->len; t++)
        {
          const HelioAgentTrack *track = target->tracks->pdata[t];
          const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);

          if (track->verdict == NULL || watch == NULL || agent->rules == NULL)
            continue;

          g_autoptr (GVariantDict) dict = g_variant_dict_new (track->verdict);

          g_variant_dict_insert (dict, "outdated", "b",
                                 track->verdict_rules
                                     != helio_rules_get_hash (agent->rules, watch->bucket));
          g_variant_builder_add_value (&builder, g_variant_dict_end (dict));
        }
    }
  return g_variant_builder_end (&builder);
}

/* -- progress ----------------------------------------------------------------------------- */

static double
divide (int64_t part, int64_t whole)
{
  return whole <= 0 ? 0 : CLAMP ((double) part / (double) whole, 0, 1);
}

const char *
helio_verification_get_work (HelioAgent *agent, const HelioAgentTrack *track, double *part)
{
  const HelioWatch *watch = helio_agent_find_watch (agent, track->bucket);
  gboolean is_gone = watch == NULL || watch->is_gone;

  *part = 1;
  if (track->needs_history && track->rest.is_of_other_rules)
    {
      *part = divide (track->rows - track->rest.rows, track->rows);
      return "rules";
    }
  if (!is_gone && track->needs_history && (watch->in_aw < 0 || track->rows < watch->in_aw))
    {
      *part = divide (track->rows - track->rest.rows, watch->in_aw);
      return "publish";
    }
  if (track->verify != NULL)
    {
      /* What is mended in between is a part of it. */
      *part = track->verify->is_read ? 0.99 : divide (track->verify->n_read, track->rows);
      return "verify";
    }
  if (!track->needs_history)
    return "";
  *part = divide (track->rows - track->rest.rows, track->rows);
  return "look";
}
