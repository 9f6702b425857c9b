/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What this machine can do at this moment: plain prepared upserts of EVENTS rows into a database
 * in FOLDER. Writes the wall and CPU seconds that 1,000,000 take. Work that shares the machine
 * makes both grow, as it does with what is measured; so only their ratio is compared.
 *
 * yardstick FOLDER EVENTS */

#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

#define BATCH 5000

static double
seconds (clockid_t clock)
{
  struct timespec at;

  clock_gettime (clock, &at);
  return (double) at.tv_sec + (double) at.tv_nsec / 1e9;
}

static sqlite3 *
open_database (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "plain.db", NULL);
  sqlite3 *db = NULL;

  if (sqlite3_open (path, &db) != SQLITE_OK
      || sqlite3_exec (db,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                       "CREATE TABLE event (bucket INTEGER, start INTEGER, n INTEGER,"
                       "  duration INTEGER, \"check\" INTEGER, data TEXT,"
                       "  PRIMARY KEY (bucket, start DESC, n)) WITHOUT ROWID",
                       NULL, NULL, NULL)
             != SQLITE_OK)
    g_error ("%s: %s", path, sqlite3_errmsg (db));
  return db;
}

static void
upsert (sqlite3_stmt *stmt, guint i)
{
  char data[128];
  int length = g_snprintf (data, sizeof data,
                           "{\"app\":\"firefox\",\"title\":\"Page %u of a site with a longer"
                           " name — Mozilla Firefox\"}",
                           i);

  sqlite3_bind_int64 (stmt, 1, 1);
  sqlite3_bind_int64 (stmt, 2, G_GINT64_CONSTANT (1763680000000) - (int64_t) i * 60000);
  sqlite3_bind_int64 (stmt, 3, 0);
  sqlite3_bind_int64 (stmt, 4, i % 60000);
  sqlite3_bind_int64 (stmt, 5, (int64_t) (i * 2654435761U));
  sqlite3_bind_text (stmt, 6, data, length, SQLITE_STATIC);
  if (sqlite3_step (stmt) != SQLITE_DONE)
    g_error ("The database takes no rows");
  sqlite3_reset (stmt);
}

int
main (int argc, char **argv)
{
  guint n_events = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : 0;
  sqlite3_stmt *stmt = NULL;
  sqlite3 *db;
  double wall, cpu;

  if (n_events == 0)
    {
      fprintf (stderr, "usage: yardstick FOLDER EVENTS\n");
      return 2;
    }
  db = open_database (argv[1]);
  sqlite3_prepare_v2 (db,
                      "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                      " ON CONFLICT (bucket, start, n) DO UPDATE SET duration = excluded.duration,"
                      " \"check\" = excluded.\"check\", data = excluded.data"
                      " WHERE duration <> excluded.duration OR \"check\" <> excluded.\"check\""
                      " OR data <> excluded.data",
                      -1, &stmt, NULL);
  wall = seconds (CLOCK_MONOTONIC);
  cpu = seconds (CLOCK_PROCESS_CPUTIME_ID);
  for (guint i = 0; i < n_events; i++)
    {
      if (i % BATCH == 0)
        sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
      upsert (stmt, i);
      if (i % BATCH == BATCH - 1 || i == n_events - 1)
        sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
    }
  printf ("%.4f %.4f\n", (seconds (CLOCK_MONOTONIC) - wall) * 1e6 / n_events,
          (seconds (CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / n_events);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return 0;
}
