/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The state of the agent, which the main thread alone holds, and the parts that work on it: the
 * files of this folder that include this header form one class. */

#include "helio-agent-dbus.h"

#include "agent/helio-agent.h"
#include "agent/helio-log.h"
#include "agent/helio-network.h"
#include "agent/helio-notifier.h"
#include "agent/helio-outage.h"
#include "agent/helio-pauses.h"
#include "agent/helio-receiver.h"
#include "agent/helio-session.h"
#include "agent/helio-settings.h"
#include "agent/helio-target.h"
#include "agent/helio-tray-child.h"
#include "agent/helio-work.h"
#include "ledger/helio-ledger.h"
#include "source/helio-aw-client.h"
#include "source/helio-page-walker.h"
#include "sync/helio-live.h"
#include "sync/helio-reconcile.h"
#include "sync/helio-verify.h"

G_BEGIN_DECLS

typedef struct _HelioAdding HelioAdding;

/**
 * HelioWatch:
 * @live: (nullable): its newest end, while it is enabled
 * @is_new: nobody decided on it yet
 * @in_aw: how many events, or -1
 * @error: (nullable): why it can't be read as wished
 * @error_word: the same for programs, while there is an @error
 *
 * One bucket of ActivityWatch, or one that is gone but held by a destination.
 */
typedef struct
{
  HelioBucket *bucket;
  HelioLiveBucket *live;
  gboolean is_enabled;
  gboolean is_gone;
  gboolean is_new;
  int64_t in_aw;
  HelioAwCost cost;
  char *error;
  const char *error_word;
} HelioWatch;

struct _HelioAgent
{
  HelioSettings *settings;
  HelioLog *log;
  HelioAgent1 *skeleton;
  HelioWorks *works;
  HelioNetwork *network;
  HelioSession *session;
  GMainLoop *loop;
  int exit_code;

  /* ledger */
  char *ledger_path;
  HelioLedger *ledger; /* NULL while it can't be opened */
  char *ledger_error;
  const char *ledger_error_word; /* for programs; so are the others */
  int64_t ledger_retry_at_us;
  HelioPauses *pauses;
  gboolean are_pauses_known; /* those of the ledger are among them */
  HelioRules *rules;         /* NULL until the pauses are known */
  gboolean is_paused;
  HelioPause pause; /* the present one: since when by the present clock, and its end */

  /* source */
  gboolean is_source_known;
  gboolean is_source_reachable;
  char *source_error;
  const char *source_error_word;
  HelioAwInfo *info;
  int64_t source_success;
  char *aw_key;
  char *aw_key_error; /* why the file with it can't be used */
  gboolean is_aw_key_tried;
  gboolean needs_list;
  int64_t list_asked_at; /* a list that began earlier does not count */
  gboolean needs_counts;
  guint n_slow_lists; /* in a row; begins at 1, so that the very first is believed alone */
  int64_t listed_at_us;
  HelioWork *poll_work;
  int64_t polled_at_us;
  GPtrArray *watches; /* HelioWatch */
  char *renamed_bucket;
  char *renamed_ignored;

  /* destinations */
  GPtrArray *targets;      /* HelioTarget */
  HelioWork *history_work; /* the one reader of history at ActivityWatch */

  HelioReceiver *receiver; /* NULL unless this computer is a destination */
  HelioAdding *adding;     /* NULL unless it becomes one */
  guint n_adds;            /* calls of AddDestination under way */

  /* the machine */
  HelioTrayChild *tray;    /* NULL without a session bus */
  HelioNotifier *notifier; /* the same */
  char *autostart_error;
  char *background;   /* what the desktop was told that the agent is about */
  HelioOutage outage; /* of ActivityWatch */
  gboolean is_source_missed;
  gboolean is_locked;
  int64_t locked_since;
  gboolean is_asleep;
  gboolean is_quitting;
  gboolean has_said_goodbye;
  int64_t secrets_tried_us;

  GPtrArray *waiters; /* HelioWaiter: methods that answer when their work is done */
  guint tick_id;
  guint retry_id;
  guint progress_id;
  guint update_id;
};

/* -- helio-agent.c ------------------------------------------------------------------------ */

HelioTarget *helio_agent_find_target (HelioAgent *agent, const char *id);
HelioWatch *helio_agent_find_watch (HelioAgent *agent, const char *bucket);

/* Inputs of a job at the destination. (transfer full) */
HelioJob *helio_agent_make_job (HelioAgent *agent, HelioTarget *target);

/* Opens the ledger again if it can't be used, at most once a minute unless @at_once. */
gboolean helio_agent_open_ledger (HelioAgent *agent, gboolean at_once);
void helio_agent_fail_ledger (HelioAgent *agent, const GError *error);

/* Reads the destinations of the settings anew. No job may be under way. */
void helio_agent_load_targets (HelioAgent *agent);
void helio_agent_load_token (HelioAgent *agent, HelioTarget *target, gboolean may_ask);
void helio_agent_load_aw_key (HelioAgent *agent, gboolean may_ask);

/* How many events it refused for good. */
void helio_agent_count_rejected (HelioAgent *agent, HelioTarget *target);

/* Looks again for tokens that could not be read. */
void helio_agent_retry_secrets (HelioAgent *agent);

/* (nullable): a bucket that was to be deleted at the destination and of which the ledger knows: for
 * the first time, or because the destination was set back to a backup. */
char *helio_agent_find_deletion (HelioAgent *agent, HelioTarget *target);

/* Whether ActivityWatch has the bucket no longer: what a destination holds of it is all there is.
 */
gboolean helio_agent_is_gone (HelioAgent *agent, const HelioAgentTrack *track);
/* What its ranges are covered under when nothing is left to be done. */
uint64_t helio_agent_get_hash (HelioAgent *agent, const HelioAgentTrack *track);

/* Makes tracks and watches agree with the settings. */
void helio_agent_match_tracks (HelioAgent *agent);

/* While a destination was away the newest events moved on: @page no longer holds those that were
 * published last, and they may have grown since. */
void helio_agent_uncover_left_behind (HelioAgent *agent,
                                      HelioTarget *target,
                                      HelioAgentTrack *track,
                                      const HelioPage *page);

/* Ends the loop if everything is said, and nothing is half added. */
void helio_agent_leave (HelioAgent *agent);

/* Looks at everything anew, at once. */
void helio_agent_wake (HelioAgent *agent);
void helio_agent_set_tick (HelioAgent *agent);

/* -- helio-poll.c ------------------------------------------------------------------------- */

/* Reads ActivityWatch if that is due. */
void helio_poll_kick (HelioAgent *agent);
/* Reads the list of buckets at once. */
void helio_poll_list (HelioAgent *agent);
void helio_watch_free (HelioWatch *watch);

/* -- helio-status.c ----------------------------------------------------------------------- */

/* How long a destination shows what it was told last, s. */
#define HELIO_STATUS_TTL 90

/* Decides presence and sends it where that is due. */
void helio_status_kick (HelioAgent *agent);

/* Says @state to every destination, in parallel, in at most @bound_ms; then calls @func. No
 * job may be under way. */
void helio_status_say (HelioAgent *agent,
                       HelioState state,
                       guint bound_ms,
                       void (*func) (gpointer data),
                       gpointer data);

/* -- helio-step.c ------------------------------------------------------------------------- */

typedef enum
{
  HELIO_STEP_HISTORY,
  HELIO_STEP_KEEP_UP,
  HELIO_STEP_COUNT,
  HELIO_STEP_DELETE,
  HELIO_STEP_ADOPT,
  HELIO_STEP_READ,
  HELIO_STEP_COMPARE,
} HelioStepKind;

/* Starts one step of the job of events at @target.
 * @track: (nullable): of the bucket
 * @bucket: (nullable): NULL for HELIO_STEP_ADOPT */
void helio_step_start (HelioAgent *agent,
                       HelioTarget *target,
                       HelioStepKind kind,
                       HelioAgentTrack *track,
                       const char *bucket);

/* -- helio-scheduler.c -------------------------------------------------------------------- */

/* Starts whatever may and should run now. */
void helio_scheduler_kick (HelioAgent *agent);

/* Whether history waits because the network to the target is metered. */
gboolean helio_scheduler_is_metered (HelioAgent *agent, const HelioTarget *target);

/* Makes [lo, hi] of the track uncovered. */
gboolean helio_scheduler_uncover (
    HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track, int64_t lo, int64_t hi);

/* Reads the track's numbers from the ledger. */
void helio_scheduler_refresh (HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track);

/* -- helio-rest.c ------------------------------------------------------------------------- */

/* Finds out what is uncovered of [lo, hi] of the track, whose ledger row is @row. */
gboolean helio_rest_read (HelioAgent *agent,
                          HelioTarget *target,
                          HelioAgentTrack *track,
                          const HelioTrack *row,
                          int64_t lo,
                          int64_t hi,
                          GError **error);

/* -- helio-waiter.c ----------------------------------------------------------------------- */

typedef struct _HelioWaiter HelioWaiter;

void helio_waiter_add_sync (HelioAgent *agent, GDBusMethodInvocation *invocation);
void
helio_waiter_add_verify (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *bucket);
void helio_waiter_free (HelioWaiter *waiter);

/* Answers what is done and what can't be done. */
void helio_waiter_check (HelioAgent *agent);

/* Whether somebody waits for the track's verdict. */
gboolean helio_waiter_wants_verdict (HelioAgent *agent, HelioTarget *target, const char *bucket);
void helio_waiter_take_verdict (HelioAgent *agent, HelioTarget *target, HelioAgentTrack *track);
/* Ends all calls of Verify. */
void helio_waiter_stop_verify (HelioAgent *agent);
/* Answers all with an error. */
void helio_waiter_end_all (HelioAgent *agent, const char *why);

/* -- helio-verification.c ----------------------------------------------------------------- */

/* Begins a verification of the track, or begins it again. */
void helio_verification_begin (HelioAgentTrack *track);
/* Ends those that nobody waits for any more. */
void helio_verification_drop (HelioAgent *agent);

/* What a step of the verification found; @verify is the one it worked on. */
void helio_verification_take_read (HelioAgentTrack *track, const HelioVerify *verify);
/* What any step found: the destination was set back to a backup. */
void helio_verification_take_set_back (HelioTarget *target, GHashTable *set_back);
void helio_verification_take_verdict (HelioAgent *agent,
                                      HelioTarget *target,
                                      HelioAgentTrack *track,
                                      const HelioVerify *verify,
                                      const HelioVerdict *verdict);

/* What a track is about, as Progress tells it, and how much of that is done, 0 to 1. */
const char *
helio_verification_get_work (HelioAgent *agent, const HelioAgentTrack *track, double *part);

/* The property Verdicts. */
GVariant *helio_verification_list_verdicts (HelioAgent *agent);

/* -- helio-pause.c ------------------------------------------------------------------------ */

void helio_pause_begin (HelioAgent *agent, int64_t until, GDBusMethodInvocation *invocation);
void helio_pause_end (HelioAgent *agent, gboolean publishes_gap, GDBusMethodInvocation *invocation);
/* Finds out from the ledger's pauses whether it is paused. */
gboolean helio_pause_load (HelioAgent *agent, GError **error);
gboolean helio_pause_store (HelioAgent *agent, GError **error);
/* Ends a timed pause whose time is over, and covers what a clock that was set records. */
void helio_pause_check (HelioAgent *agent);

/* -- helio-agent-properties.c ------------------------------------------------------------- */

/* Brings the D-Bus properties up to date, soon. */
void helio_agent_update (HelioAgent *agent);
void helio_agent_update_now (HelioAgent *agent);

/* -- helio-change.c ----------------------------------------------------------------------- */

/**
 * HelioChange:
 * @apply: makes the change while no job is under way, or says why not
 * @name: (nullable): of a setting, bucket or destination
 *
 * A method that changes something: the jobs are joined, the change is made, then it answers.
 */
typedef struct _HelioChange HelioChange;
struct _HelioChange
{
  HelioAgent *agent;
  GDBusMethodInvocation *invocation;
  GError *(*apply) (HelioChange *change);
  char *name;
  GVariant *value;
  gboolean is_on;
  char *published;
  char *secret;
};

HelioChange *helio_change_new (HelioAgent *agent,
                               GDBusMethodInvocation *invocation,
                               GError *(*apply) (HelioChange *change),
                               const char *name);
void helio_change_free (HelioChange *change);
/* @change: (transfer full) */
void helio_change_make (HelioChange *change);

/* -- helio-agent-receiver.c --------------------------------------------------------------- */

/* Gives up what is half added, as the agent ends. */
void helio_agent_give_up_adding (HelioAgent *agent);

/* Runs the receiver exactly if this computer is a destination. */
void helio_agent_match_receiver (HelioAgent *agent);
/* Whether it may be talked to: while our receiver does not listen, whoever has its port would be
 * told the token. */
gboolean helio_agent_can_reach (HelioAgent *agent, const HelioTarget *target);
/* Calls @func when it does not run any more, perhaps at once. */
void helio_agent_stop_receiver (HelioAgent *agent, void (*func) (gpointer data), gpointer data);
/* In a thread, while it does not run: removes its token and, if @deletes, all it holds. */
gboolean helio_agent_forget_receiver (const HelioDestinationSettings *settings,
                                      gboolean deletes,
                                      GError **error);

/* -- helio-agent-notices.c ---------------------------------------------------------------- */

/* Tells the person what needs them, and no longer what does not. */
void helio_agent_show_notices (HelioAgent *agent);

/* Says in a word to a desktop that lists what runs in the background, as GNOME does instead of
 * showing tray icons, what the agent is about. Only of a sandbox it wants to know. */
void helio_agent_tell_background (HelioAgent *agent);
/* Looks whether ActivityWatch is missing, every few seconds. */
void helio_agent_note_outage (HelioAgent *agent);

/* -- helio-agent-desktop.c ---------------------------------------------------------------- */

void helio_agent_begin_desktop (HelioAgent *agent);
/* When the agent quits: nothing of it is to be seen any more. */
void helio_agent_end_desktop (HelioAgent *agent);
void helio_agent_free_desktop (HelioAgent *agent);

/* The property. */
GVariant *helio_agent_make_machine (HelioAgent *agent);

void helio_agent_add_desktop_options (HelioAgent *agent, GVariantBuilder *options);
/* FALSE: it is no option of the desktop; else the call was answered, or will be. */
gboolean helio_agent_set_desktop_option (HelioAgent *agent,
                                         GDBusMethodInvocation *invocation,
                                         const char *key,
                                         GVariant *value);

/* -- helio-agent-rules.c, -preview.c ------------------------------------------------------ */

/* Makes agent->rules of the settings and the pauses, which must be known. */
void helio_agent_load_rules (HelioAgent *agent);
/* Whether a broken rule keeps it from being published. */
gboolean helio_agent_is_stopped (HelioAgent *agent, const HelioWatch *watch);

/* -- the methods: helio-agent-methods.c, -options.c, -destinations.c, -removal.c, -test.c,
 * -questions.c, -sent.c */

void helio_agent_connect_methods (HelioAgent *agent);
void helio_agent_connect_options (HelioAgent *agent);
void helio_agent_connect_tests (HelioAgent *agent);
void helio_agent_connect_receiver (HelioAgent *agent);
void helio_agent_connect_destinations (HelioAgent *agent);
void helio_agent_connect_removal (HelioAgent *agent);
void helio_agent_connect_questions (HelioAgent *agent);
void helio_agent_connect_rules (HelioAgent *agent);
void helio_agent_connect_preview (HelioAgent *agent);
void helio_agent_connect_sent (HelioAgent *agent);

/* Answers a call with what went wrong. */
void
helio_agent_fail_call (HelioAgent *agent, GDBusMethodInvocation *invocation, const GError *error);

/* The destination a call names; NULL when there is none, which was answered. */
HelioTarget *
helio_agent_find_target_for (HelioAgent *agent, GDBusMethodInvocation *invocation, const char *id);

GVariant *helio_agent_list_questions (HelioAgent *agent);

G_END_DECLS
