/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The world of one seed: ActivityWatch, the receiver, and an agent in small that does what the
 * agent's scheduler does, one tick at a time. */

#include "converge-rules.h"
#include "model/helio-time.h"
#include "source/helio-tail.h"
#include "sync/helio-live.h"
#include "sync-fixture.h"
#include "sync-proxy.h"

typedef struct
{
  char *id;
  guint number;        /* BOOK_WINDOW, … */
  HelioBucket *bucket; /* as listed last */
  HelioTail tail;
  HelioPage *kept;
  HelioRepair repair;
  HelioAwCost cost;
  gboolean is_off;
  gboolean deletes; /* what was published, as long as it is off */
  gboolean is_left; /* off, and what was published is kept and obeys rules */
  gboolean needs_history;
  gboolean needs_count;
  gboolean is_asking;
  gboolean may_delete;  /* a change of pauses, or an answer, makes many deletions right */
  gboolean is_swept;    /* nothing was changed since history was done */
  gboolean was_kept;    /* "keep" was answered at least once */
  GHashTable *ever;     /* start -> data of all that ActivityWatch ever had */
  GHashTable *sent;     /* "start data" of all that may be held */
  GHashTable *ordinals; /* start -> how many were sent while it was on; G_MAXUINT: who knows */
  GHashTable *spans;    /* "start duration" of what was sent while it was on */
  GHashTable *forms;    /* start -> GPtrArray of the forms it may be held in */
  GPtrArray *lists;     /* GPtrArray of the rules at work, one for each time they were changed */
  gboolean may_repeat;  /* what was known of the rules it was published under may be lost */
  int64_t off_at;
  char *must_stay; /* what was held when "keep" was the last answer */
  int64_t known_hi;
} Track;

typedef struct
{
  SyncFixture fixture;
  SyncProxy *proxy;
  GRand *rand;
  guint seed;
  GPtrArray *tracks; /* Track */

  int is_killed; /* the receiver, by a fault; set in another thread */

  /* the agent */
  RuleBook *book;
  char *rules; /* as JSON */
  HelioLevel level;
  HelioPresence *presence; /* sent last */
  int64_t said_at;
  gboolean is_source_readable;
  gboolean is_conflict;
  int64_t retry_at;
  gboolean is_ledger_failed;
  guint attempt;
  GCancellable *cancellable; /* of the run under way */
  gboolean is_paused;
  HelioPause pause;
  int64_t paused_until; /* the latest time seen in it */
  GArray *pauses;

  /* what is wrong with it */
  int n_full;     /* runs that the disk is full for */
  gboolean kills; /* the next run of history */
  int child;      /* to be killed; read in another thread */

  /* the model */
  gboolean hides_vault;
  GHashTable *marks; /* mark -> Known of it */
  gboolean is_quiet;
  guint n_failed_in_quiet;
  gboolean is_conflict_due; /* a run that succeeds without adopting is a fault */
  gboolean has_backup;
  gboolean has_ledger_copy;
  int64_t max_now;
  guint n_answers;
  guint n_adopted;
  guint n_left;     /* buckets that were off and kept in the end */
  guint n_kept;     /* events, in the end */
  guint n_exact;    /* of them those that no rule may have been applied to twice */
  guint n_shown;    /* activities */
  guint n_full_met; /* runs that the full disk ended */
  guint n_killed;
  guint n_rule_changes;
} World;

World *world_new (guint seed);
void world_free (World *world);

/* One line of the story that is printed when the seed fails. */
void world_tell (World *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
void world_expect (World *world, gboolean holds, const char *what);
/* From now on an abort prints the story and ends the programs started. */
void world_catch_abort (void);

/* -- converge-agent.c: what the agent does ---------------------------------------------------- */

void world_tick (World *world);
/* Whether ActivityWatch may be asked about it: it is on, or it is off and something is left. */
gboolean world_is_open (World *world, const Track *track);
/* Tells the receiver what is happening now, if that is due. */
void world_say (World *world);
HelioLedger *world_open_ledger (World *world, HelioLedgerDestination *destination);
void world_refresh (World *world, Track *track);
void world_take_error (World *world, Track *track, const HelioResult *result, const GError *error);
gboolean world_is_stopped (World *world, const Track *track);

/* -- converge-child.c: one that is killed ----------------------------------------------------- */

/* Runs history of the track in a process of its own. FALSE: it was killed, or failed. */
gboolean world_run_child (World *world, Track *track);
/* The main function of that process. */
int converge_child_main (int argc, char **argv);

/* -- converge-user.c: what the user does ------------------------------------------------------ */

/* Answers all questions; returns how many there were. */
guint world_answer (World *world);
gboolean world_is_busy (World *world);
void world_restart_agent (World *world);
void world_pause (World *world, int64_t until);
void world_resume (World *world, gboolean publishes_gap);
/* A pause of the past is published after all. */
void world_publish_pause (World *world);
/* Longer, if the clock was set back. */
void world_extend_pause (World *world);
/* From the book and the pauses. */
void world_load_rules (World *world);
void world_change_rules (World *world);
void world_switch_bucket (World *world, Track *track, gboolean deletes);

/* -- converge-world.c: ActivityWatch ---------------------------------------------------------- */

Track *world_pick_track (World *world);
void world_set_now (World *world, int64_t now);
/* A POST that ActivityWatch may refuse. */
void world_try_aw (World *world, const char *path, const char *body);
int world_delete_oldest (World *world, const char *bucket, int n);
void world_note_truth (World *world);
/* The programs to be ended when the test aborts. */
void world_note_children (World *world);

/* -- converge-receiver.c: the receiver and the ledger ------------------------------------------ */

void world_ensure_receiver (World *world);
void world_back_up_receiver (World *world);
void world_restore_receiver (World *world);
void world_lose_receiver (World *world);
void world_copy_ledger (World *world);
void world_restore_ledger (World *world);
void world_delete_ledger (World *world);
void world_run_other_agent (World *world);
/* Whether the receiver may hold what the ledger does not know of. */
gboolean world_has_lost_an_answer (World *world);

/* -- converge-leaks.c: what left ----------------------------------------------------------------
 */

/* What leaves of a bucket that is off was there before. */
gboolean world_was_sent (const Track *track, int64_t start, int64_t n);
void world_note_event (World *world, Track *track, int64_t start, const char *data);
gboolean world_is_in_pause (World *world, int64_t start);
/* All that was sent since the last time, under the rules of now. */
void world_check_requests (World *world);
/* What is at rest: files, and the log. */
void world_check_files (World *world);
/* What programs and the test log, as it comes. */
void world_catch_log (void);

/* -- converge-forms.c: what may be held without ActivityWatch ---------------------------------- */

void forms_init (Track *track);
void forms_clear (Track *track);
/* The rules, or where they are at work, were changed. */
void forms_change_rules (World *world, Track *track);
/* Rules may be applied once more to what they were applied to. */
void forms_may_repeat (World *world, Track *track);
/* It was sent under the rules of now. */
void forms_note (World *world, Track *track, int64_t start, const char *data);
/* Whether it may be, or be sent, so under the rules of now. */
gboolean forms_has (const Track *track, int64_t start, const char *data);
gboolean forms_has_mark (const Track *track, int64_t start, const char *mark);
gboolean forms_may_be_dropped (World *world, const Track *track, int64_t start);

/* -- converge-check.c: what must hold ---------------------------------------------------------- */

/* Ends all faults. */
void world_become_quiet (World *world);
/* What must hold of buckets that are off as long as they are; then they are switched on. */
void world_end_left (World *world);
/* What must hold at any time. */
void world_check (World *world);
/* What must hold in the end. */
void world_assert_converged (World *world);
