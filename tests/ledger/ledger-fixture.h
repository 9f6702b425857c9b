/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ledger/helio-ledger.h"

G_BEGIN_DECLS

/* A ledger in a folder of its own, with one destination and one track. */
typedef struct
{
  char *folder;
  char *path;
  HelioLedger *ledger;
  HelioLedgerDestination destination;
  HelioTrack track;
} LedgerFixture;

void ledger_fixture_set_up (LedgerFixture *fixture, gconstpointer data);
void ledger_fixture_tear_down (LedgerFixture *fixture, gconstpointer data);

/* Closes and opens it again. */
void ledger_fixture_reopen (LedgerFixture *fixture);

/* Reads destination and track anew. */
void ledger_fixture_refresh (LedgerFixture *fixture);

void ledger_fixture_remove_folder (const char *folder);

GArray *ledger_rows_new (void);
void ledger_rows_add (GArray *rows, int64_t start, uint32_t n, uint32_t check, HelioRowKind kind);

/* All rows of the track. */
GArray *ledger_fixture_read_all (LedgerFixture *fixture);

/* Compares the counts of the track with its rows. */
void ledger_fixture_check_counts (LedgerFixture *fixture);

/* Puts @rows and covers nothing. */
void ledger_fixture_put (LedgerFixture *fixture, const GArray *rows);

/* How many ms of [lo, hi] are covered, by the gaps that are left. */
int64_t ledger_fixture_get_covered (
    LedgerFixture *fixture, int64_t track, int64_t lo, int64_t hi, uint64_t rules_hash);

void ledger_fixture_cover (LedgerFixture *fixture, int64_t lo, int64_t hi, uint64_t rules_hash);

G_END_DECLS
