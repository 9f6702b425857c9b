/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* The receiver's database: devices, tokens, their last status, buckets and events. The only
 * place where the server speaks SQL. The server and the commands open it side by side. */

#include <gio/gio.h>
#include <stdint.h>

#include "protocol/helio-protocol-request.h"
#include "server/helio-token.h"

G_BEGIN_DECLS

#define HELIO_STORE_ERROR (helio_store_error_quark ())

/**
 * HelioStoreError:
 * @HELIO_STORE_ERROR_FAILED: SQLite failed in a way nobody foresaw
 * @HELIO_STORE_ERROR_BUSY: another process holds the database: try again
 * @HELIO_STORE_ERROR_FULL: no room, or the place can't be written
 * @HELIO_STORE_ERROR_NEWER: written by a newer version
 * @HELIO_STORE_ERROR_DAMAGED: not our database, or damaged
 * @HELIO_STORE_ERROR_LOCKED: another server uses the folder
 * @HELIO_STORE_ERROR_EXISTS: the name is taken
 * @HELIO_STORE_ERROR_NOT_FOUND: no such device or token
 * @HELIO_STORE_ERROR_INVALID: a name, setting or cursor that can't be
 */
typedef enum
{
  HELIO_STORE_ERROR_FAILED,
  HELIO_STORE_ERROR_BUSY,
  HELIO_STORE_ERROR_FULL,
  HELIO_STORE_ERROR_NEWER,
  HELIO_STORE_ERROR_DAMAGED,
  HELIO_STORE_ERROR_LOCKED,
  HELIO_STORE_ERROR_EXISTS,
  HELIO_STORE_ERROR_NOT_FOUND,
  HELIO_STORE_ERROR_INVALID,
} HelioStoreError;

GQuark helio_store_error_quark (void);

typedef struct _HelioStore HelioStore;

typedef enum
{
  HELIO_STORE_SERVE, /* make it if missing, and keep every other server out */
  HELIO_STORE_USE,   /* make it if missing, beside a server */
  HELIO_STORE_READ,  /* one moment of a database that is open elsewhere; nothing can be written */
  HELIO_STORE_COUNT, /* as READ, and sums of that moment may be kept */
} HelioStoreMode;

/* The folder used unless told otherwise. (transfer full) */
char *helio_store_default_dir (void);

HelioStore *helio_store_open (const char *dir, HelioStoreMode mode, GError **error);
void helio_store_close (HelioStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioStore, helio_store_close)

/* What reads it fails once this is cancelled, in the middle of a statement, too. */
void helio_store_set_cancellable (HelioStore *store, GCancellable *cancellable);

/* The folder it is in. (transfer full) */
char *helio_store_get_dir (HelioStore *store);

/* Whether another process wrote since the last call. Cheap: asked before each answer. */
gboolean helio_store_has_changed (HelioStore *store);

/* -- devices and tokens ------------------------------------------------------------------- */

/* What everybody may see of a device. */
typedef enum
{
  HELIO_AUDIENCE_NONE,
  HELIO_AUDIENCE_STATE,
  HELIO_AUDIENCE_ACTIVITY,
} HelioAudience;

const char *helio_audience_to_string (HelioAudience audience);
gboolean helio_audience_from_string (const char *text, HelioAudience *audience);

/**
 * HelioDevice:
 * @store: random id of the device's data, made with the device
 * @last_seen: ms, or 0 before the first status
 * @ttl: s, of the last status
 * @presence: the last status as it was told, times by our clock
 */
typedef struct
{
  int64_t id;
  char *name;
  char *store;
  int64_t seq;
  int64_t created;
  HelioAudience audience;
  gboolean shows_hours;
  char *timezone;
  int64_t last_seen;
  int ttl;
  HelioPresence *presence;
} HelioDevice;

void helio_device_free (HelioDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioDevice, helio_device_free)

/**
 * HelioToken:
 * @hash: SHA-256 of the token; the token itself is nowhere
 * @device: id of the device it stands for, or 0: it reads all devices
 */
typedef struct
{
  char *name;
  uint8_t hash[HELIO_TOKEN_HASH];
  int64_t device;
  int64_t created;
} HelioToken;

/* (element-type HelioDevice) with a free function set, by name */
GPtrArray *helio_store_list_devices (HelioStore *store, GError **error);

/* (element-type HelioToken) with a free function set, by name */
GPtrArray *helio_store_list_tokens (HelioStore *store, GError **error);

/* Makes a device and its token, or a token that reads. Returns: (transfer full): the token */
char *helio_store_add_token (
    HelioStore *store, const char *name, gboolean only_reads, int64_t now, GError **error);

/* A new token in place of the old one, which ends at once; the device and its history stay. */
char *helio_store_rotate_token (HelioStore *store, const char *name, int64_t now, GError **error);

gboolean helio_store_revoke_token (HelioStore *store, const char *name, GError **error);

/* NULL or -1 leaves a setting alone. */
gboolean helio_store_set_device (HelioStore *store,
                                 const char *name,
                                 const char *audience,
                                 int shows_hours,
                                 const char *timezone,
                                 GError **error);

/* Writes the last status of some devices. @devices: (element-type HelioDevice) */
gboolean helio_store_save_presences (HelioStore *store, const GPtrArray *devices, GError **error);

/* -- writing events ----------------------------------------------------------------------- */

/**
 * HelioApplied:
 * @is_late: nothing was done, because @seq, the last one, is not smaller than the request's
 */
typedef struct
{
  gboolean is_late;
  int64_t seq;
  int64_t stored;
  int64_t unchanged;
  int64_t deleted;
} HelioApplied;

/* The whole request or nothing. */
gboolean helio_store_apply (HelioStore *store,
                            int64_t device,
                            const HelioEventsRequest *request,
                            HelioApplied *applied,
                            GError **error);

/* Deletes a bucket; its events are gone for every reader at once, and cleared away bit by bit by
 * helio_store_sweep(). */
gboolean helio_store_drop_bucket (HelioStore *store,
                                  int64_t device,
                                  const char *bucket,
                                  int64_t seq,
                                  HelioApplied *applied,
                                  GError **error);

/* Clears away a few thousand events of deleted buckets. Returns: whether there is more. */
gboolean helio_store_sweep (HelioStore *store);

/* -- reading events ----------------------------------------------------------------------- */

/* Each appends the JSON of its answer, and fails with HELIO_STORE_ERROR_INVALID for a range,
 * limit or cursor that can't be. A bucket that is not there has no events. Ranges are half open:
 * @from <= start < @to. */

gboolean
helio_store_read_buckets (HelioStore *store, int64_t device, GString *json, GError **error);

gboolean helio_store_read_ranges (HelioStore *store,
                                  int64_t device,
                                  const char *bucket,
                                  int64_t from,
                                  int64_t to,
                                  int64_t step,
                                  GString *json,
                                  GError **error);

gboolean helio_store_read_keys (HelioStore *store,
                                int64_t device,
                                const char *bucket,
                                int64_t limit,
                                const char *cursor,
                                GString *json,
                                GError **error);

gboolean helio_store_read_events (HelioStore *store,
                                  int64_t device,
                                  const char *bucket,
                                  int64_t from,
                                  int64_t to,
                                  int64_t limit,
                                  const char *cursor,
                                  GString *json,
                                  GError **error);

typedef void (*HelioEventFunc) (
    int64_t start, int64_t duration, const char *data, gsize length, gpointer user_data);

/* The events of the device's buckets of that type that lie in the range or reach into it, by start.
 * @n_buckets: no more are read, or -1 */
gboolean helio_store_each_touching (HelioStore *store,
                                    int64_t device,
                                    const char *type,
                                    int n_buckets,
                                    int64_t from,
                                    int64_t to,
                                    HelioEventFunc func,
                                    gpointer user_data,
                                    GError **error);

/* How many buckets of that type the device has. */
gboolean helio_store_count_buckets (
    HelioStore *store, int64_t device, const char *type, int64_t *count, GError **error);

/* -- sums of days that are over ----------------------------------------------------------- */

/**
 * HelioDaySum:
 * @start: ms, as are all
 * @active: how long somebody was there
 * @others: of apps that have no name here
 * @apps: a flat JSON array of names and how long each was used
 */
typedef struct
{
  int64_t start;
  int64_t until;
  int64_t active;
  int64_t others;
  char *apps;
} HelioDaySum;

/* (transfer full) @apps */
HelioDaySum *
helio_day_sum_new (int64_t start, int64_t until, int64_t active, int64_t others, char *apps);
void helio_day_sum_free (HelioDaySum *day);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelioDaySum, helio_day_sum_free)

typedef gboolean (*HelioDaySumFunc) (const HelioDaySum *day, gpointer user_data, GError **error);

/* The sums that are kept and whose days end in the range, the earliest first. */
gboolean helio_store_each_sum (HelioStore *store,
                               int64_t device,
                               int64_t from,
                               int64_t to,
                               HelioDaySumFunc func,
                               gpointer user_data,
                               GError **error);

/* Keeps what was counted with this store of HELIO_STORE_COUNT, unless the device wrote something
 * since it was opened: then another time will do. @days: (element-type HelioDaySum);
 * @forgets_others: all that was kept is forgotten before. Ends the moment that the store shows. */
void helio_store_keep_sums (HelioStore *store,
                            int64_t device,
                            const GPtrArray *days,
                            gboolean forgets_others);

typedef enum
{
  HELIO_EXPORT_JSONL,
  HELIO_EXPORT_CSV,
} HelioExportFormat;

/* All events, or those of one device, oldest first, from one moment of the database. */
gboolean helio_store_export (HelioStore *store,
                             HelioExportFormat format,
                             const char *device,
                             GOutputStream *out,
                             GError **error);

G_END_DECLS
