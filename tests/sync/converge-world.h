/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The world of one seed: ActivityWatch, the receiver, and an agent in small that does what the
 * agent's scheduler does, one tick at a time. */

#include "model/helio-time.h"
#include "source/helio-tail.h"
#include "sync-fixture.h"
#include "sync-proxy.h"

typedef struct
{
  char *id;
  HelioBucket *bucket; /* as listed last */
  HelioTail tail;
  HelioPage *kept;
  HelioRepair repair;
  HelioAwCost cost;
  gboolean needs_history;
  gboolean needs_count;
  gboolean is_asking;
  gboolean may_delete; /* a change of pauses, or an answer, makes many deletions right */
  gboolean is_swept;   /* nothing was changed since history was done */
  gboolean was_kept;   /* "keep" was answered at least once */
  GHashTable *ever;    /* "start data" of all that ActivityWatch ever had */
  char *must_stay;     /* what was held when "keep" was the last answer */
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
  gboolean is_conflict;
  int64_t retry_at;
  guint attempt;
  GCancellable *cancellable; /* of the run under way */
  gboolean is_paused;
  HelioPause pause;
  int64_t paused_until; /* the latest time seen in it */
  GArray *pauses;

  /* the model */
  gboolean is_quiet;
  guint n_failed_in_quiet;
  gboolean is_conflict_due; /* a run that succeeds without adopting is a fault */
  gboolean has_backup;
  gboolean has_ledger_copy;
  int64_t copied_seq; /* reserved in the copy of the ledger */
  int64_t max_now;
  guint n_answers;
  guint n_adopted;
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
/* Answers all questions; returns how many there were. */
guint world_answer (World *world);
gboolean world_is_busy (World *world);
void world_restart_agent (World *world);
void world_pause (World *world, int64_t until);
void world_resume (World *world, gboolean publishes_gap);
/* A pause of the past is published after all. */
void world_publish_pause (World *world);

/* -- converge-world.c: what is done to both sides ---------------------------------------------- */

Track *world_pick_track (World *world);
void world_set_now (World *world, int64_t now);
/* A POST that ActivityWatch may refuse. */
void world_try_aw (World *world, const char *path, const char *body);
int world_delete_oldest (World *world, const char *bucket, int n);
void world_note_truth (World *world);

void world_ensure_receiver (World *world);
void world_back_up_receiver (World *world);
void world_restore_receiver (World *world);
void world_lose_receiver (World *world);
void world_copy_ledger (World *world);
void world_restore_ledger (World *world);
void world_delete_ledger (World *world);
void world_run_other_agent (World *world);

/* Ends all faults. */
void world_become_quiet (World *world);
/* What must hold at any time. */
void world_check (World *world);
/* What must hold in the end. */
void world_assert_converged (World *world);
