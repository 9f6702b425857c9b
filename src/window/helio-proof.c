/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-proof.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "model/helio-verdict-text.h"

/* Days named of one bucket. */
#define DAYS 5

static void
add_verdict (HelioProof *proof, GVariant *verdict)
{
  int64_t at = helio_dict_get_number (verdict, "at");
  int64_t in_aw = helio_dict_get_number (verdict, "in-aw");

  proof->at = proof->at == 0 ? at : MIN (proof->at, at);
  proof->is_outdated |= helio_dict_get_flag (verdict, "outdated");
  proof->is_equal &= helio_dict_get_flag (verdict, "equal");
  proof->is_mended |= helio_dict_get_flag (verdict, "mended");
  proof->in_aw = proof->in_aw < 0 || in_aw < 0 ? -1 : proof->in_aw + in_aw;
  proof->allowed += helio_dict_get_number (verdict, "allowed");
  proof->held += helio_dict_get_number (verdict, "held");
}

static gboolean
has_verdict (GVariant *verdicts, const char *destination, const char *bucket)
{
  for (guint i = 0; i < helio_dicts_count (verdicts); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (verdicts, i);

      if (g_str_equal (helio_dict_get_text (one, "destination"), destination)
          && g_str_equal (helio_dict_get_text (one, "bucket"), bucket))
        return TRUE;
    }
  return FALSE;
}

void
helio_proof_sum (GVariant *progress, GVariant *verdicts, const char *destination, HelioProof *proof)
{
  double done = 0, all = 0;
  gboolean is_verifying = FALSE;

  g_return_if_fail (destination != NULL);
  g_return_if_fail (proof != NULL);

  *proof = (HelioProof){ .part = -1, .is_whole = TRUE, .is_equal = TRUE };
  for (guint i = 0; i < helio_dicts_count (verdicts); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (verdicts, i);

      if (g_str_equal (helio_dict_get_text (one, "destination"), destination))
        add_verdict (proof, one);
    }
  for (guint i = 0; i < helio_dicts_count (progress); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (progress, i);
      /* One that is over counts as a whole; an empty bucket counts, too. */
      double weight = (double) helio_dict_get_number (one, "rows") + 1;
      gboolean is_verified = g_str_equal (helio_dict_get_text (one, "work"), "verify");

      if (!g_str_equal (helio_dict_get_text (one, "destination"), destination))
        continue;
      is_verifying |= is_verified;
      all += weight;
      done += weight * (is_verified ? helio_dict_get_part (one, "part") : 1);
      proof->is_whole &= has_verdict (verdicts, destination, helio_dict_get_text (one, "bucket"));
    }
  if (is_verifying)
    proof->part = done / all;
}

/* What is known without the verification that runs. */
static char *
describe_last (const HelioProof *proof, int64_t now)
{
  g_autofree char *ago = helio_text_ago (proof->at, now);

  /* Translators: each %s of these is "12 min ago" or a day and time */
  if (proof->at == 0)
    return g_strdup (_ ("Not verified yet"));
  if (proof->is_outdated)
    return g_strdup_printf (_ ("Verified %s, before the rules changed"), ago);
  if (!proof->is_equal)
    return g_strdup_printf (_ ("Verified %s: not equal"), ago);
  if (!proof->is_whole)
    return g_strdup_printf (_ ("Verified in part %s"), ago);
  if (proof->is_mended)
    return g_strdup_printf (_ ("Verified %s: equal, after a repair"), ago);
  return g_strdup_printf (_ ("Verified %s: equal"), ago);
}

char *
helio_proof_get_title (const HelioProof *proof, int64_t now)
{
  g_autofree char *percent = helio_text_percent ((int64_t) (proof->part * 100), 100);

  if (proof->part < 0)
    return describe_last (proof, now);
  /* Translators: %s is a percentage */
  return g_strdup_printf (_ ("Verifying: %s"), percent);
}

static char *
describe_numbers (int64_t in_aw, int64_t allowed, int64_t held)
{
  g_autofree char *source = in_aw < 0 ? g_strdup ("?") : helio_text_count (in_aw);
  g_autofree char *most = helio_text_count (allowed);
  g_autofree char *there = helio_text_count (held);

  /* Translators: three numbers of events; the last is what the destination holds */
  return g_strdup_printf (_ ("%s in ActivityWatch · %s allowed by the rules · %s held"), source,
                          most, there);
}

char *
helio_proof_get_detail (const HelioProof *proof, int64_t now)
{
  if (proof->at == 0)
    return g_strdup ("");
  /* Numbers of before are not shown beside what runs now. */
  if (proof->part >= 0)
    return describe_last (proof, now);
  return describe_numbers (proof->in_aw, proof->allowed, proof->held);
}

char *
helio_proof_get_verdict (GVariant *verdict)
{
  g_autofree char *numbers = describe_numbers (helio_dict_get_number (verdict, "in-aw"),
                                               helio_dict_get_number (verdict, "allowed"),
                                               helio_dict_get_number (verdict, "held"));
  g_autofree char *result = helio_verdict_text_result (verdict, DAYS);
  int64_t n_kept = helio_dict_get_number (verdict, "kept");
  g_autofree char *count = helio_text_count (n_kept);
  g_autofree char *kept
      = n_kept == 0
            ? NULL
            /* Translators: %s is a number */
            : g_strdup_printf (
                g_dngettext (GETTEXT_PACKAGE, "%s of these kept though it is gone there",
                             "%s of these kept though they are gone there", (gulong) n_kept),
                count);

  return g_strdup_printf ("%s%s%s\n%s", numbers, kept != NULL ? " · " : "",
                          kept != NULL ? kept : "", result);
}
