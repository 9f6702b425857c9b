/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Our SQLite file: which events each destination holds, in which form, and which ranges of
 * starts are covered. One handle per thread; several handles on one file are fine (WAL).
 *
 * Vocabulary: a *track* is one bucket at one destination. A row of a track is one event: its key
 * (start, n) and its check. Payloads are never stored: ActivityWatch's own database is the queue.
 */

#include <gio/gio.h>
#include <stdint.h>

#include "model/helio-event.h"
#include "model/helio-pause.h"

G_BEGIN_DECLS

typedef struct _HelioLedger HelioLedger;

/**
 * helio_ledger_open:
 * @path: the file; made with mode 0600 (its folder 0700) if missing
 *
 * Errors: HELIO_ERROR_LEDGER_NEWER, HELIO_ERROR_LEDGER_DAMAGED (not ours or corrupt; the file is
 * left as it is and the message says where it is and what to do), HELIO_ERROR_LEDGER (can't be
 * opened, read-only, disk full).
 */
HelioLedger *helio_ledger_open (const char *path, GError **error);
void helio_ledger_close (HelioLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioLedger, helio_ledger_close)

/* -- destinations ------------------------------------------------------------------------- */

/**
 * HelioLedgerDestination:
 * @id: row id in this ledger
 * @store: the store the receiver named, or "" if none was seen yet
 * @reserved_seq: the highest seq that may ever have been sent
 * @acked_seq: the highest seq whose write the receiver acknowledged
 */
typedef struct
{
  int64_t id;
  char *store;
  int64_t reserved_seq;
  int64_t acked_seq;
} HelioLedgerDestination;

void helio_ledger_destination_clear (HelioLedgerDestination *destination);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HelioLedgerDestination, helio_ledger_destination_clear)

/* Finds the destination by the name settings give it, or makes it. What @destination held before
 * is not freed. */
gboolean helio_ledger_get_destination (HelioLedger *ledger,
                                       const char *name,
                                       HelioLedgerDestination *destination,
                                       GError **error);

/* Persists @store; if @is_new, also forgets, in one transaction, what the data before it held: the
 * rows, rejected lists and covered ranges of the destination's tracks, and @acked_seq. */
gboolean helio_ledger_set_store (
    HelioLedger *ledger, int64_t destination, const char *store, gboolean is_new, GError **error);

/* Sets what is acknowledged to @seq and raises the reserved seq to at least that: after the
 * ledger was compared with the destination. */
gboolean
helio_ledger_set_acked (HelioLedger *ledger, int64_t destination, int64_t seq, GError **error);

/* Persists and returns the next seq, larger than any before; -1 on an error. */
int64_t helio_ledger_reserve_seq (HelioLedger *ledger, int64_t destination, GError **error);

/* Forgets the destination with its tracks and rejected list. */
gboolean helio_ledger_remove_destination (HelioLedger *ledger, int64_t destination, GError **error);

/* -- tracks ------------------------------------------------------------------------------- */

typedef enum
{
  HELIO_HELD_NO,
  HELIO_HELD_FEW,    /* a sweep is complete and found few: the deferred ones go */
  HELIO_HELD_ASKING, /* deletions are held, the user is asked */
  HELIO_HELD_KEEP,   /* answered: what the destination has stays */
  HELIO_HELD_DELETE, /* answered: it goes */
} HelioHeld;

/**
 * HelioTrack:
 * @id: row id
 * @created: ActivityWatch's `created` when the track was last swept, or ""
 * @held: whether deletions wait for an answer
 * @missing: sum of the deferred deletions (read-only)
 * @is_suspicious: `created` changed: the first missing event makes the track ask
 * @swept_at: ms, end of the last complete sweep over everything, or 0
 * @held_rows: rows with a check (also kept ones): what the destination holds
 * @rows: all rows, dropped ones included, kept ones not: what ActivityWatch has
 * @kept_rows: rows that ActivityWatch no longer has and the user chose to keep
 * @rejected_rows: rows that the destination refused
 * @type: of the bucket when ActivityWatch had it last, or "", as are the next two
 */
typedef struct
{
  int64_t id;
  char *created;
  HelioHeld held;
  int64_t missing;
  gboolean is_suspicious;
  int64_t swept_at;
  int64_t held_rows;
  int64_t rows;
  int64_t kept_rows;
  int64_t rejected_rows;
  char *type;
  char *client;
  char *hostname;
} HelioTrack;

void helio_track_clear (HelioTrack *track);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HelioTrack, helio_track_clear)

/* Finds the track, or makes it. What @track held before is not freed. */
gboolean helio_ledger_get_track (HelioLedger *ledger,
                                 int64_t destination,
                                 const char *bucket,
                                 HelioTrack *track,
                                 GError **error);

/* Persists created, held, is_suspicious, swept_at, type, client and hostname. */
gboolean helio_ledger_set_track (HelioLedger *ledger, const HelioTrack *track, GError **error);

/* (element-type utf8): ids of the buckets that have a track at the destination, sorted. */
GPtrArray *helio_ledger_list_tracks (HelioLedger *ledger, int64_t destination, GError **error);

/* Forgets the track: rows, ranges, rejected list. */
gboolean helio_ledger_remove_track (HelioLedger *ledger, int64_t track, GError **error);

/* -- rows --------------------------------------------------------------------------------- */

typedef enum
{
  HELIO_ROW_HELD,     /* the destination holds it */
  HELIO_ROW_DROPPED,  /* ActivityWatch has it, the rules drop it */
  HELIO_ROW_KEPT,     /* the destination holds it, ActivityWatch does not: the user's wish */
  HELIO_ROW_REJECTED, /* the destination refused this form for good and holds nothing of it */
} HelioRowKind;

typedef struct
{
  int64_t start;
  uint32_t n;
  uint32_t check; /* of the published form; 0 for dropped */
  HelioRowKind kind;
} HelioRow;

/* Appends the rows of [lo, hi] to @rows (element-type HelioRow), newest start first, then by n.
 * The statement does not stay open. */
gboolean helio_ledger_read_rows (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GArray *rows, GError **error);

/**
 * helio_ledger_read_newest_rows:
 * @most: no further group of equal start is begun when there are so many
 * @rows: (element-type HelioRow): empty
 * @from: (out): @rows are all rows of [@from, @hi]
 *
 * As helio_ledger_read_rows(), but not without bounds.
 */
gboolean helio_ledger_read_newest_rows (HelioLedger *ledger,
                                        int64_t track,
                                        int64_t lo,
                                        int64_t hi,
                                        guint most,
                                        GArray *rows,
                                        int64_t *from,
                                        GError **error);

/**
 * HelioDeferred:
 * @start: start of a group of events, ms
 * @count: how many of it ActivityWatch no longer has; 0: none any more
 *
 * A deletion that is put off until the sweep is complete.
 */
typedef struct
{
  int64_t start;
  int64_t count;
} HelioDeferred;

/**
 * HelioRecord:
 * @put: (element-type HelioRow) (nullable): rows to write
 * @remove: (element-type HelioRow) (nullable): rows to remove; done before @put
 * @deferred: (element-type HelioDeferred) (nullable): deletions put off, or no longer
 * @lo: covered range, with @hi; nothing is covered if @lo > @hi
 * @rules_hash: what they were published under
 * @acked_seq: seq that was acknowledged, or -1
 * @next_seq: (out): the next seq, reserved in the same transaction if @acked_seq >= 0
 */
typedef struct
{
  int64_t destination;
  int64_t track;
  const GArray *put;
  const GArray *remove;
  const GArray *deferred;
  int64_t lo;
  int64_t hi;
  uint64_t rules_hash;
  int64_t acked_seq;
  int64_t next_seq;
} HelioRecord;

/* Rows, covered range and seq in one transaction; removes before it puts. The covered range joins
 * its neighbours of the same hash and replaces what lies under it of another. If this fails,
 * nothing is changed; HELIO_ERROR_NOT_FOUND: the track or destination was removed meanwhile. */
gboolean helio_ledger_record (HelioLedger *ledger, HelioRecord *record, GError **error);

/* (element-type HelioDeferred): deletions put off, newest first. */
GArray *helio_ledger_list_deferred (HelioLedger *ledger, int64_t track, GError **error);

/* Count and sum of checks of the rows the destination should hold, in steps: the same sums that
 * `GET base/ranges` gives for [from, to), oldest first. Appends HelioLedgerSum. */
typedef struct
{
  int64_t from;
  int64_t count;
  uint64_t check;
} HelioLedgerSum;

gboolean helio_ledger_sum (HelioLedger *ledger,
                           int64_t track,
                           int64_t from,
                           int64_t to,
                           int64_t step,
                           GArray *sums,
                           GError **error);

/* First and last start the destination should hold; FALSE in @has_any if none. */
gboolean helio_ledger_get_extent (HelioLedger *ledger,
                                  int64_t track,
                                  gboolean *has_any,
                                  int64_t *first,
                                  int64_t *last,
                                  GError **error);

/* -- covered ranges ----------------------------------------------------------------------- */

/* In a rules hash: only what the destination held was looked at there, for the bucket was switched
 * off. Who asks with this bit is also content with what was covered without it; who asks without
 * it, when the bucket is on again, finds a gap. */
#define HELIO_LEDGER_LEFT (UINT64_C (1) << 63)
/* The same, and ActivityWatch was not even asked, or is to be asked again: what the destination
 * held obeys these rules as far as it tells by itself. */
#define HELIO_LEDGER_OWN (UINT64_C (1) << 62)
#define HELIO_LEDGER_RULES (~(HELIO_LEDGER_LEFT | HELIO_LEDGER_OWN))

/**
 * helio_ledger_get_gap:
 * @lo: the beginning of what is wanted, ms (HELIO_TIME_MIN: everything)
 * @hi: its end, ms, inclusive
 * @rules_hash: ranges under another hash count as uncovered
 * @has_gap: (out): FALSE if all is covered
 * @gap_lo: (out): the newest uncovered range
 * @gap_hi: (out): its end, inclusive
 */
gboolean helio_ledger_get_gap (HelioLedger *ledger,
                               int64_t track,
                               int64_t lo,
                               int64_t hi,
                               uint64_t rules_hash,
                               gboolean *has_gap,
                               int64_t *gap_lo,
                               int64_t *gap_hi,
                               GError **error);

/**
 * HelioLedgerRest:
 * @rows: of what is uncovered, as far as they are counted
 * @is_of_other_rules: some of it was published under other rules
 *
 * What is left to be looked at again.
 */
typedef struct
{
  int64_t rows;
  gboolean is_of_other_rules;
} HelioLedgerRest;

/**
 * helio_ledger_get_rest:
 * @most: no more rows are counted, for that takes its time
 *
 * Counts what is uncovered of [lo, hi]; as of helio_ledger_get_gap().
 */
gboolean helio_ledger_get_rest (HelioLedger *ledger,
                                int64_t track,
                                int64_t lo,
                                int64_t hi,
                                uint64_t rules_hash,
                                int64_t most,
                                HelioLedgerRest *rest,
                                GError **error);

/* The newest start that ActivityWatch need not be asked about, under whatever rules; HELIO_TIME_MIN
 * if none. */
gboolean
helio_ledger_get_newest (HelioLedger *ledger, int64_t track, int64_t *newest, GError **error);

/**
 * HelioLedgerPiece:
 * @is_there: FALSE: nothing is left to be looked at
 * @lo: its first start
 * @hi: its last
 * @rules_hash: what the destination holds there was published under, or 0 if nobody knows
 *
 * A part of a gap, of one kind.
 */
typedef struct
{
  gboolean is_there;
  int64_t lo;
  int64_t hi;
  uint64_t rules_hash;
} HelioLedgerPiece;

/* The newest piece of what is uncovered of [lo, hi]; as of helio_ledger_get_gap(). */
gboolean helio_ledger_get_piece (HelioLedger *ledger,
                                 int64_t track,
                                 int64_t lo,
                                 int64_t hi,
                                 uint64_t rules_hash,
                                 HelioLedgerPiece *piece,
                                 GError **error);

/* Makes [lo, hi] uncovered: ActivityWatch is to be asked again. What rules the destination's events
 * were published under is still known. */
gboolean
helio_ledger_uncover (HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error);

/* The same where nobody knows any more under what rules the destination's events were published. */
gboolean
helio_ledger_forget (HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error);

/* -- rules -------------------------------------------------------------------------------- */

/* Remembers which rules a hash stands for. @digests: (element-type uint64_t). */
gboolean helio_ledger_note_rules (HelioLedger *ledger,
                                  uint64_t rules_hash,
                                  const GArray *digests,
                                  GError **error);

/* @digests: (out) (nullable) (transfer full): NULL if it does not know. */
gboolean
helio_ledger_get_rules (HelioLedger *ledger, uint64_t rules_hash, GArray **digests, GError **error);

/* -- rejected events ---------------------------------------------------------------------- */

/**
 * HelioRejected:
 *
 * An event that a destination refused for good. At most HELIO_MAX_REJECTED per track are listed;
 * all are rows of kind HELIO_ROW_REJECTED.
 */
typedef struct
{
  char *bucket;
  int64_t start;
  uint32_t n;
  uint32_t check;
  char *reason;
  int64_t at;
} HelioRejected;

#define HELIO_MAX_REJECTED 1000

void helio_rejected_free (HelioRejected *rejected);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioRejected, helio_rejected_free)

/* Writes @row as HELIO_ROW_REJECTED, whatever its kind says, and lists it. Over the limit the one
 * listed longest ago leaves the list. An event leaves it by itself when its row changes. */
gboolean helio_ledger_add_rejected (HelioLedger *ledger,
                                    int64_t track,
                                    const HelioRow *row,
                                    const char *reason,
                                    int64_t at,
                                    GError **error);

/* (element-type HelioRejected), newest first */
GPtrArray *helio_ledger_list_rejected (HelioLedger *ledger, int64_t destination, GError **error);

/* Forgets the rejected rows of the destination and uncovers where they were: they will be sent
 * again. */
gboolean helio_ledger_retry_rejected (HelioLedger *ledger, int64_t destination, GError **error);

/* -- pauses ------------------------------------------------------------------------------- */

/* (element-type HelioPause), oldest first */
GArray *helio_ledger_list_pauses (HelioLedger *ledger, GError **error);

/* Writes the list anew. */
gboolean helio_ledger_set_pauses (HelioLedger *ledger, const GArray *pauses, GError **error);

G_END_DECLS
