/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What aw-store.c and aw-event.c share. */

#include "aw-store.h"

#include <sqlite3.h>

/* So many rows go into one statement while a history is written. */
#define BULK_ROWS 64

typedef enum
{
  INSERT,
  INSERT_BULK,
  OVERWRITE,
  DELETE_EVENT,
  GET,
  GET_ROW,
  READ,
  COUNT,
  COUNT_STARTS,
  COUNT_ALL,
  EQUAL,
  NTH,
  TRUTH,
  N_STATEMENTS,
} AwStatement;

struct AwStore
{
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
  AwFlavour flavour;
  int db_version;
  GPtrArray *buckets;
  GHashTable *by_id;
  GHashTable *last;
  gboolean is_memory;
  gboolean is_bulk;
  AwEvent bulk[BULK_ROWS];
  int64_t bulk_rows[BULK_ROWS];
  int bulk_count;
  /* Rust's open transaction. */
  int64_t changes;
  int64_t changed_at;
};

void aw_store_run (AwStore *store, const char *sql);
sqlite3_stmt *aw_store_prepare (AwStore *store, const char *sql);
void aw_store_finish (AwStore *store, sqlite3_stmt *statement);
void aw_store_change (AwStore *store);
void aw_store_flush_bulk (AwStore *store);
