/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-sync"

#include "sync/helio-job.h"

#include "ledger/helio-ledger.h"

HelioJob *
helio_job_copy (const HelioJob *job)
{
  HelioJob *copy = g_memdup2 (job, sizeof *job);

  copy->aw_url = g_strdup (job->aw_url);
  copy->aw_key = g_strdup (job->aw_key);
  copy->ledger_path = g_strdup (job->ledger_path);
  copy->destination = g_strdup (job->destination);
  copy->url = g_strdup (job->url);
  copy->token = g_strdup (job->token);
  copy->rules = helio_rules_ref (job->rules);
  return copy;
}

void
helio_job_free (HelioJob *job)
{
  g_free (job->aw_url);
  g_free (job->aw_key);
  g_free (job->ledger_path);
  g_free (job->destination);
  g_free (job->url);
  g_free (job->token);
  g_clear_pointer (&job->rules, helio_rules_unref);
  g_free (job);
}

uint64_t
helio_job_get_hash (const HelioJob *job, const HelioBucket *bucket)
{
  uint64_t hash = helio_rules_get_hash (job->rules, bucket);

  if (job->is_gone)
    return hash | HELIO_LEDGER_OWN;
  return job->is_left ? hash | HELIO_LEDGER_LEFT : hash;
}
