/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Shared by the files that make up HelioLedger, one per noun. */

#include <sqlite3.h>

#include "ledger/helio-ledger.h"

G_BEGIN_DECLS

/* Rows that are added by one statement. */
#define HELIO_LEDGER_ROWS_AT_ONCE 16

typedef enum
{
  STATEMENT_BEGIN,
  STATEMENT_COMMIT,
  STATEMENT_ROLLBACK,

  STATEMENT_FIND_DESTINATION,
  STATEMENT_ADD_DESTINATION,
  STATEMENT_SET_STORE,
  STATEMENT_SET_ACKED,
  STATEMENT_RESERVE_SEQ,
  STATEMENT_READ_SEQ,
  STATEMENT_ACK_SEQ,
  STATEMENT_CLEAR_ACKED,
  STATEMENT_REMOVE_DESTINATION,

  STATEMENT_FIND_TRACK,
  STATEMENT_ADD_TRACK,
  STATEMENT_HAS_TRACK,
  STATEMENT_SET_TRACK,
  STATEMENT_LIST_TRACKS,
  STATEMENT_LIST_TRACK_IDS,
  STATEMENT_REMOVE_TRACK,
  STATEMENT_ADD_COUNTS,
  STATEMENT_CLEAR_COUNTS,

  STATEMENT_READ_ROWS,
  STATEMENT_TAKE_ROWS,
  STATEMENT_FIND_ROW,
  STATEMENT_ADD_ROW,
  STATEMENT_ADD_ROWS,
  STATEMENT_HAS_ROWS,
  STATEMENT_UPDATE_ROW,
  STATEMENT_REMOVE_ROW,
  STATEMENT_REMOVE_ROWS,
  STATEMENT_SUM_ROWS,
  STATEMENT_COUNT_ROWS,
  STATEMENT_FIRST_START,
  STATEMENT_LAST_START,

  STATEMENT_RANGES_DOWN,
  STATEMENT_ADD_RANGE,
  STATEMENT_MOVE_RANGE,
  STATEMENT_REMOVE_RANGE,
  STATEMENT_REMOVE_RANGES,

  STATEMENT_ADD_DEFERRED,
  STATEMENT_REMOVE_DEFERRED,
  STATEMENT_REMOVE_ALL_DEFERRED,
  STATEMENT_LIST_DEFERRED,

  STATEMENT_FORGET_OLDEST_REJECTED,
  STATEMENT_ADD_REJECTED,
  STATEMENT_LIST_REJECTED,
  STATEMENT_REMOVE_REJECTED,
  STATEMENT_REMOVE_ALL_REJECTED,
  STATEMENT_TRACKS_WITH_REJECTED,
  STATEMENT_FORGET_REJECTED_ROWS,

  STATEMENT_FIND_RULES,
  STATEMENT_ADD_RULES,

  STATEMENT_LIST_PAUSES,
  STATEMENT_ADD_PAUSE,
  STATEMENT_REMOVE_PAUSES,

  N_STATEMENTS
} HelioLedgerStatement;

struct _HelioLedger
{
  /* owned */
  char *path;
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];

  /* borrowed, while a statement with take_row() runs */
  GArray *taken;
  guint take_most; /* no group is begun when there are so many */
};

/* -- statements: helio-ledger-statements.c -- */

/* A statement is borrowed from the handle and put back, reset, at the end of the scope, so that
 * none stays open: an open one would pin the WAL. */
void helio_ledger_put_back (sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, helio_ledger_put_back)

/* The text of sql/@name, NUL-terminated. */
char *helio_ledger_load_sql (const char *name);

/* NULL on an error. */
sqlite3_stmt *
helio_ledger_statement (HelioLedger *ledger, HelioLedgerStatement which, GError **error);

void helio_ledger_bind_ints (sqlite3_stmt *statement, int n_values, const int64_t *values);

/* Binds integers from parameter 1 on. */
#define BIND(statement, ...)                                                                       \
  helio_ledger_bind_ints ((statement), G_N_ELEMENTS (((const int64_t[]){ __VA_ARGS__ })),          \
                          (const int64_t[]){ __VA_ARGS__ })

/* 1: there is a row; 0: there is none (any more); -1: error. */
int helio_ledger_step (HelioLedger *ledger, sqlite3_stmt *statement, GError **error);

/* Runs a statement that has integer parameters and gives no rows. */
gboolean helio_ledger_run_ints (HelioLedger *ledger,
                                HelioLedgerStatement which,
                                int n_values,
                                const int64_t *values,
                                GError **error);

#define RUN(ledger, which, error, ...)                                                             \
  helio_ledger_run_ints ((ledger), (which), G_N_ELEMENTS (((const int64_t[]){ __VA_ARGS__ })),     \
                         (const int64_t[]){ __VA_ARGS__ }, (error))

/* Sets @error to what the last call of SQLite on the handle complained about. */
void helio_ledger_set_error (HelioLedger *ledger, GError **error);

/* Takes the write lock at once, so that a transaction never fails half way for another handle. */
gboolean helio_ledger_begin (HelioLedger *ledger, GError **error);

/* Commits if @ok, else rolls back; so too if the commit fails. */
gboolean helio_ledger_end (HelioLedger *ledger, gboolean ok, GError **error);

/* -- parts of a transaction -- */

/* How many rows of each HelioRowKind came, less those that went. */
typedef struct
{
  int64_t by_kind[4];
} HelioRowCounts;

gboolean helio_ledger_check_track (HelioLedger *ledger, int64_t track, GError **error);
gboolean helio_ledger_add_counts (HelioLedger *ledger,
                                  int64_t track,
                                  const HelioRowCounts *counts,
                                  GError **error);

/* (element-type int64_t) */
GArray *helio_ledger_list_ids (HelioLedger *ledger,
                               HelioLedgerStatement which,
                               int64_t destination,
                               GError **error);

/* Rows, counts, rejected and deferred lists and covered ranges. */
gboolean helio_ledger_empty_track (HelioLedger *ledger, int64_t track, GError **error);

void helio_ledger_decode_row (sqlite3_stmt *statement, int column, HelioRow *row);

/* The SQL function take_row (start, n, form): appends the row to ledger->taken (element-type
 * HelioRow) and returns NULL; or 1 for the first that is too much. */
void helio_ledger_take_row (sqlite3_context *context, int n_values, sqlite3_value **values);
gboolean helio_ledger_put_rows (
    HelioLedger *ledger, int64_t track, const GArray *rows, HelioRowCounts *counts, GError **error);
gboolean helio_ledger_drop_rows (
    HelioLedger *ledger, int64_t track, const GArray *rows, HelioRowCounts *counts, GError **error);

gboolean
helio_ledger_defer (HelioLedger *ledger, int64_t track, const GArray *deferred, GError **error);
gboolean helio_ledger_cover (HelioLedger *ledger,
                             int64_t track,
                             int64_t lo,
                             int64_t hi,
                             uint64_t rules_hash,
                             GError **error);
/* As helio_ledger_uncover() and helio_ledger_forget(). */
gboolean helio_ledger_leave_ranges (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error);
gboolean helio_ledger_cut_ranges (
    HelioLedger *ledger, int64_t track, int64_t lo, int64_t hi, GError **error);

/* -1 on an error. */
int64_t helio_ledger_next_seq (HelioLedger *ledger, int64_t destination, GError **error);

G_END_DECLS
