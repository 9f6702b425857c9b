/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The engine between a stand-in ActivityWatch and a real receiver, each a process of its own. */

#include <gio/gio.h>

#include "model/helio-error.h"
#include "sync/helio-history.h"
#include "sync/helio-reconcile.h"
#include "sync/helio-verify.h"

typedef struct
{
  char *folder;
  char *aw_url;
  char *server_url;
  GSubprocess *aw;
  GSubprocess *server;
  HelioJob *job;
  HelioAwCost cost;
  int64_t now;
} SyncFixture;

/* Standard error of the programs goes to a file in the folder. Paths of the two programs come from
 * the environment: HELIO_TEST_AW and HELIO_TEST_SERVER. */
void sync_fixture_set_up (SyncFixture *fixture, gconstpointer aw_options);
void sync_fixture_tear_down (SyncFixture *fixture, gconstpointer aw_options);

/* Ends and starts the receiver again, on the same data and port. */
void sync_fixture_stop_server (SyncFixture *fixture);
void sync_fixture_kill_server (SyncFixture *fixture);
void sync_fixture_start_server (SyncFixture *fixture);

/* A file or folder of the fixture's, in place of another: "server" while it is stopped, "agent". */
void sync_fixture_copy (SyncFixture *fixture, const char *from, const char *to);

/* Makes a token at the receiver and puts it into the job. */
void sync_fixture_add_token (SyncFixture *fixture, const char *name);

/* A control call or an API call at the stand-in; @body NULL: GET. Asserts success. */
char *
sync_fixture_aw (SyncFixture *fixture, const char *method, const char *path, const char *body);
char *sync_fixture_server (SyncFixture *fixture, const char *path);

/* What ActivityWatch's list says of the bucket. */
HelioBucket *sync_fixture_bucket (SyncFixture *fixture, const char *id);

/* Buckets of the stand-in, by id. */
GPtrArray *sync_fixture_buckets (SyncFixture *fixture);

/* Runs history until it is done or asks; asserts that it does not fail. */
void sync_fixture_run (SyncFixture *fixture, const char *bucket, HelioResult *sum);
void sync_fixture_uncover (SyncFixture *fixture, const char *bucket);

/* "start/n duration data" of every event, a line each: what the receiver should hold by
 * ActivityWatch's own truth, and what it holds. */
char *sync_fixture_truth (SyncFixture *fixture, const char *bucket);
char *sync_fixture_held (SyncFixture *fixture, const char *bucket);

/* Asserts that both are equal for a bucket. */
void sync_fixture_assert_equal (SyncFixture *fixture, const char *bucket);
