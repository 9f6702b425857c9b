/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* For the files that form HelioStore only. */

#include <sqlite3.h>

#include "server/helio-store.h"

G_BEGIN_DECLS

/* Each is prepared once, at its first use. The name of a file below sql/, or the text itself. */
/* Events that one statement writes. */
#define HELIO_STORE_ROWS_AT_ONCE 16

typedef enum
{
  SQL_BEGIN,
  SQL_COMMIT,
  SQL_ROLLBACK,
  SQL_DATA_VERSION,
  SQL_LIST_DEVICES,
  SQL_LIST_TOKENS,
  SQL_SAVE_PRESENCE,
  SQL_FIND_DEVICE,
  SQL_ADD_DEVICE,
  SQL_FIND_TOKEN,
  SQL_ADD_TOKEN,
  SQL_REVOKE_TOKEN,
  SQL_SET_AUDIENCE,
  SQL_SET_HOURS,
  SQL_SET_TIMEZONE,
  SQL_FIND_SEQ,
  SQL_SET_SEQ,
  SQL_FIND_BUCKET,
  SQL_UPSERT_BUCKET,
  SQL_DELETE_EVENT,
  SQL_UPSERT_EVENT,
  SQL_UPSERT_EVENTS,
  SQL_DROP_BUCKET,
  SQL_FIND_DROPPED,
  SQL_CLEAR_EVENTS,
  SQL_REMOVE_BUCKET,
  SQL_LIST_BUCKETS,
  SQL_BUCKET_EXTENT,
  SQL_LIST_CHECKS,
  SQL_LIST_KEYS,
  SQL_LIST_EVENTS,
  SQL_COUNT_BUCKETS,
  SQL_LIST_TOUCHING,
  SQL_LIST_SUMS,
  SQL_KEEP_SUM,
  SQL_FORGET_SUMS,
  SQL_LIST_EXPORT,
  SQL_LAST
} HelioSql;

struct _HelioStore
{
  sqlite3 *db;
  char *path;
  int lock_fd;
  int64_t data_version;
  sqlite3_stmt *statements[SQL_LAST];
};

/* The statement, reset and ready to bind; NULL with an error. Borrowed. */
sqlite3_stmt *helio_store_sql (HelioStore *store, HelioSql sql, GError **error);

/* Steps: TRUE with a row in @has_row; the statement is reset unless there is a row. */
gboolean
helio_store_step (HelioStore *store, sqlite3_stmt *stmt, gboolean *has_row, GError **error);

/* Steps a statement that answers nothing. */
gboolean helio_store_run (HelioStore *store, HelioSql sql, GError **error);
gboolean helio_store_finish (HelioStore *store, sqlite3_stmt *stmt, GError **error);

/* Sets the error for what SQLite just said. Returns FALSE. */
gboolean helio_store_fail (HelioStore *store, const char *what, GError **error);

/* A transaction: begin; then end with the outcome so far, which commits or rolls back. Returns
 * whether all is well and durable. */
gboolean helio_store_begin (HelioStore *store, GError **error);
gboolean helio_store_end (HelioStore *store, gboolean is_good, GError **error);

/* Id of the bucket, or 0. */
gboolean helio_store_find_bucket (
    HelioStore *store, int64_t device, const char *name, int64_t *id, GError **error);

/* The last seq of the device, or -1 if it is gone. */
gboolean helio_store_find_seq (HelioStore *store, int64_t device, int64_t *seq, GError **error);

/* Forgets the sums of all days that end after @since, for something changed there. */
gboolean helio_store_forget_sums (HelioStore *store, int64_t device, int64_t since, GError **error);

G_END_DECLS
