/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "model/helio-error.h"
#include "rules/helio-rules.h"
#include "sync/helio-sent-list.h"

G_BEGIN_DECLS

/**
 * HelioJob:
 * @aw_url: where ActivityWatch is
 * @aw_key: (nullable): its API key
 * @ledger_path: the ledger file
 * @destination: the destination's name in settings and ledger
 * @url: its URL
 * @token: its token
 * @allows_plain_http: whether plain http to another host is allowed
 * @is_checked: whether the destination's store and seq were compared with the ledger since the
 *   last failure. If FALSE, a run compares them first; else when it has something to send
 * @rules: rules and pauses
 * @is_left: the bucket is switched off, or the destination takes no history any more: what it holds
 *   obeys the rules, and it gets nothing more
 * @is_gone: ActivityWatch has the bucket no longer: what the destination holds obeys the rules as
 * far as it tells by itself
 * @history_from: ms; nothing that starts earlier is published; HELIO_TIME_MIN for all
 * @notes_sent: whether the result tells what was sent last, and where the destination was set back
 *
 * Copied inputs of one run in a worker thread.
 */
typedef struct
{
  char *aw_url;
  char *aw_key;
  char *ledger_path;
  char *destination;
  char *url;
  char *token;
  gboolean allows_plain_http;
  gboolean is_checked;
  HelioRules *rules;
  gboolean is_left;
  gboolean is_gone;
  int64_t history_from;
  gboolean notes_sent;
} HelioJob;

HelioJob *helio_job_copy (const HelioJob *job);
void helio_job_free (HelioJob *job);

/* What a run of the job covers, and finds covered, in the ledger. */
uint64_t helio_job_get_hash (const HelioJob *job, const HelioBucket *bucket);

/**
 * HelioResult:
 * @n_read: events read from ActivityWatch
 * @n_sent: events sent and stored
 * @n_deleted: events deleted at the destination
 * @n_rejected: events it refused for good
 * @oldest: ms, how far down the run reached; HELIO_TIME_MAX if nowhere
 * @newest: ms, end of the newest event seen, or HELIO_TIME_MIN
 * @is_done: nothing is left uncovered
 * @is_asking: deletions are held and the user is asked
 * @is_checked: store and seq agree with the ledger now
 * @retry_after: s, what the destination asked to wait after HELIO_ERROR_RETRY, or 0
 * @sent: (nullable) (owned): the last things it took, if the job notes them
 * @set_back: (nullable) (owned): where the destination held something else than it had said before,
 *   as after a backup came back: sets of local days ("2026-03-01") by bucket, if the job notes them
 *
 * What a run did; valid also after an error.
 */
typedef struct
{
  int64_t n_read;
  int64_t n_sent;
  int64_t n_deleted;
  int64_t n_rejected;
  int64_t oldest;
  int64_t newest;
  gboolean is_done;
  gboolean is_asking;
  gboolean is_checked;
  int retry_after;
  HelioSentList *sent;
  GHashTable *set_back;
} HelioResult;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioJob, helio_job_free)

G_END_DECLS
