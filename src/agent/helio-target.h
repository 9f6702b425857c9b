/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* One destination as the agent sees it: its settings, its token, and how it fares. */

#include "agent/helio-settings.h"
#include "agent/helio-work.h"
#include "ledger/helio-ledger.h"
#include "model/helio-page.h"
#include "model/helio-presence.h"
#include "sync/helio-history.h"
#include "sync/helio-verify.h"

G_BEGIN_DECLS

/**
 * HelioAgentTrack:
 * @bucket: its id
 * @is_left: nothing more is published, but what the destination holds still obeys the rules: the
 *   bucket is switched off, or the destination takes no history any more
 * @needs_history: something may be uncovered
 * @is_asking: deletions are held, the user is asked
 * @kept: (nullable): the newest events as keep-up last published them
 * @kept_at_us: when
 * @repair: what was looked at again, and when
 * @needs_count: the count is to be compared
 * @held: events the destination holds
 * @rows: events known of ActivityWatch
 * @missing: deletions that are held
 * @oldest: ms, history reaches down to here, or 0
 * @known_hi: ms, up to here it was published once
 * @gap_hi: ms, end of the newest range that is uncovered below
 * @rest: what is uncovered
 * @counted: the rows of a rest that is too large to be counted at once, under @counted_rules, or 0
 *   while they are not known
 * @is_counting: they are counted
 * @count_rest_at_us: not before
 * @is_running: a history run is under way
 * @rate: events per second while history runs
 * @attempt: failures in a row that ActivityWatch is the reason of
 * @retry_at_us: not before
 * @verify: (nullable): the verification under way
 * @verify_tries: how often it found that something differs
 * @verdict: (nullable): a{sv}, the last one
 * @verdict_rules: hash of the rules it was made under
 *
 * One bucket at one destination.
 */
typedef struct
{
  char *bucket;
  gboolean is_left;
  gboolean needs_history;
  gboolean is_asking;
  HelioPage *kept;
  int64_t kept_at_us;
  HelioRepair repair;
  gboolean needs_count;
  int64_t held;
  int64_t rows;
  int64_t missing;
  int64_t oldest;
  int64_t known_hi;
  int64_t gap_hi;
  HelioLedgerRest rest;
  int64_t counted;
  uint64_t counted_rules;
  gboolean is_counting;
  int64_t count_rest_at_us;
  gboolean is_running;
  double rate;
  guint attempt;
  int64_t retry_at_us;
  HelioVerify *verify;
  int verify_tries;
  GVariant *verdict;
  uint64_t verdict_rules;
} HelioAgentTrack;

typedef enum
{
  HELIO_TARGET_OPEN,    /* may be used, as far as retry_at allows */
  HELIO_TARGET_STOPPED, /* needs the user */
} HelioTargetState;

/**
 * HelioTarget:
 * @settings: (owned)
 * @address: host and port
 * @is_local: it is on this machine
 * @server: (nullable): name and version of the backend, once it told
 * @token: (nullable)
 * @is_moving: a token for another address is on its way into the secret store, whose answer is not
 *   for the present one
 * @tracks: (element-type HelioAgentTrack) by bucket
 * @state: whether it may be used
 * @error: (nullable): why it waits or is stopped
 * @error_word: the same for programs, while there is an @error
 * @is_conflict: stopped because somebody else wrote
 * @is_refused: stopped because the token was refused
 * @is_adopting: the user said to adopt
 * @events_work: (nullable): the one writer of events under way
 * @is_verifying: that work only looks
 * @yield: (nullable): ends a history run after its page
 * @attempt: failures of events in a row
 * @retry_at_us: events not before; @retry_at is the same on the wall clock
 * @asked_to_wait: the server itself named @retry_at
 * @status_work: (nullable): the one status request under way
 * @sent: (nullable): the presence the server has
 * @presence: (nullable): the presence decided last
 * @sent_list: what it took lately
 * @status_wait: s, how long the status waits after it was not taken last, or 0
 * @status_retry_at_us: the status not before
 */
typedef struct
{
  HelioDestinationSettings *settings;
  char *address;
  gboolean is_local;
  char *server;
  char *token;
  HelioWork *token_work;
  gboolean is_moving;
  int64_t ledger_id;
  GPtrArray *tracks;

  HelioTargetState state;
  char *error;
  const char *error_word;
  gboolean is_conflict;
  gboolean is_refused;
  gboolean is_adopting;
  gboolean is_secret_locked;
  int64_t last_success;
  int64_t n_rejected;

  HelioWork *events_work;
  gboolean is_verifying;
  GCancellable *yield;
  gboolean is_checked;
  guint attempt;
  int64_t retry_at_us;
  int64_t retry_at;
  gboolean asked_to_wait;

  HelioWork *status_work;
  HelioPresence *sent;
  HelioPresence *presence;
  HelioSentList *sent_list;
  int64_t sent_at_us;
  int status_wait;
  int64_t status_retry_at_us;
} HelioTarget;

HelioTarget *helio_target_new (const HelioDestinationSettings *settings);
void helio_target_free (HelioTarget *target);

/* Puts other settings in place. */
void helio_target_set_settings (HelioTarget *target, const HelioDestinationSettings *settings);

/* Makes it try again at once. */
void helio_target_reopen (HelioTarget *target);

/**
 * helio_target_fail:
 * @retry_after: s, what it asked to wait, or 0
 *
 * Takes an error of the destination: it waits, or it is stopped.
 */
void helio_target_fail (HelioTarget *target, const GError *error, int retry_after);

/* Everything was fine just now. One that is stopped stays so, and says why: what was fine then was
 * under way already. */
void helio_target_succeed (HelioTarget *target, int64_t now);

/* The address of its live page; "" where the backend is not our own. (transfer full) */
char *helio_target_make_page (const HelioTarget *target);

HelioAgentTrack *helio_target_find_track (HelioTarget *target, const char *bucket);
HelioAgentTrack *helio_target_add_track (HelioTarget *target, const char *bucket);
void helio_target_remove_track (HelioTarget *target, const char *bucket);

/* Whether the error is about the ledger, about ActivityWatch. */
gboolean helio_error_is_ledger (const GError *error);
gboolean helio_error_is_source (const GError *error);
gboolean helio_error_is_cancelled (const GError *error);

G_END_DECLS
