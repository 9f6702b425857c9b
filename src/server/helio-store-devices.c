/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-server"

#include "config.h"

/* Devices, their settings, their last status, and the tokens. */

#include "server/helio-store.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/random.h>

#include "server/helio-store-private.h"

#define TOKEN_BYTES 32
#define STORE_BYTES 12
#define MAX_NAME_CHARS 64

static const char *const audiences[] = {
  [HELIO_AUDIENCE_NONE] = "none",
  [HELIO_AUDIENCE_STATE] = "state",
  [HELIO_AUDIENCE_ACTIVITY] = "activity",
};

const char *
helio_audience_to_string (HelioAudience audience)
{
  g_return_val_if_fail (audience < G_N_ELEMENTS (audiences), "none");
  return audiences[audience];
}

gboolean
helio_audience_from_string (const char *text, HelioAudience *audience)
{
  for (guint i = 0; i < G_N_ELEMENTS (audiences); i++)
    if (g_strcmp0 (text, audiences[i]) == 0)
      {
        *audience = (HelioAudience) i;
        return TRUE;
      }
  return FALSE;
}

void
helio_device_free (HelioDevice *device)
{
  g_free (device->name);
  g_free (device->store);
  g_free (device->timezone);
  g_clear_pointer (&device->presence, helio_presence_free);
  g_free (device);
}

static void
token_free (gpointer data)
{
  HelioToken *token = data;

  g_free (token->name);
  g_free (token);
}

static char *
column_text (sqlite3_stmt *stmt, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (stmt, column));
}

static HelioDevice *
read_device (sqlite3_stmt *stmt)
{
  HelioDevice *device = g_new0 (HelioDevice, 1);
  HelioPresence *presence;

  device->id = sqlite3_column_int64 (stmt, 0);
  device->name = column_text (stmt, 1);
  device->store = column_text (stmt, 2);
  device->seq = sqlite3_column_int64 (stmt, 3);
  device->created = sqlite3_column_int64 (stmt, 4);
  helio_audience_from_string ((const char *) sqlite3_column_text (stmt, 5), &device->audience);
  device->shows_hours = sqlite3_column_int (stmt, 6) != 0;
  device->timezone = column_text (stmt, 7);
  device->last_seen = sqlite3_column_int64 (stmt, 8);
  device->ttl = sqlite3_column_int (stmt, 9);
  presence = helio_presence_new (HELIO_STATE_OFFLINE, device->created);
  device->presence = presence;
  if (sqlite3_column_type (stmt, 8) == SQLITE_NULL)
    return device;
  helio_state_from_string ((const char *) sqlite3_column_text (stmt, 10), &presence->state);
  presence->since = sqlite3_column_int64 (stmt, 11);
  presence->app = column_text (stmt, 12);
  presence->title = column_text (stmt, 13);
  presence->activity_since = sqlite3_column_int64 (stmt, 14);
  presence->media_title = column_text (stmt, 15);
  presence->media_artist = column_text (stmt, 16);
  return device;
}

GPtrArray *
helio_store_list_devices (HelioStore *store, GError **error)
{
  g_autoptr (GPtrArray) devices
      = g_ptr_array_new_with_free_func ((GDestroyNotify) helio_device_free);
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_LIST_DEVICES, error);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  do
    {
      if (!helio_store_step (store, stmt, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (devices, read_device (stmt));
    }
  while (has_row);
  return g_steal_pointer (&devices);
}

GPtrArray *
helio_store_list_tokens (HelioStore *store, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (token_free);
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_LIST_TOKENS, error);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  for (;;)
    {
      HelioToken *token;

      if (!helio_store_step (store, stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&tokens);
      if (sqlite3_column_bytes (stmt, 1) != HELIO_TOKEN_HASH)
        continue;
      token = g_new0 (HelioToken, 1);
      token->name = column_text (stmt, 0);
      memcpy (token->hash, sqlite3_column_blob (stmt, 1), HELIO_TOKEN_HASH);
      token->device = sqlite3_column_int64 (stmt, 2);
      token->created = sqlite3_column_int64 (stmt, 3);
      g_ptr_array_add (tokens, token);
    }
}

/* -- tokens ------------------------------------------------------------------------------- */

/* Random bytes as unpadded base64url. */
static char *
random_text (gsize n_bytes)
{
  g_autofree uint8_t *bytes = g_malloc (n_bytes);
  char *text;

  for (gsize done = 0; done < n_bytes;)
    {
      ssize_t got = getrandom (bytes + done, n_bytes - done, 0);

      if (got > 0)
        done += (gsize) got;
      else if (errno != EINTR)
        g_error ("The system gives no random numbers: %s", g_strerror (errno));
    }
  text = g_base64_encode (bytes, n_bytes);
  for (char *at = text; *at != '\0'; at++)
    *at = *at == '+' ? '-' : *at == '/' ? '_' : *at == '=' ? '\0' : *at;
  explicit_bzero (bytes, n_bytes);
  return text;
}

static gboolean
check_name (const char *name, GError **error)
{
  gboolean is_good = g_utf8_validate (name, -1, NULL) && name[0] != '\0' && name[0] != '-'
                     && strcmp (name, ".") != 0 && strcmp (name, "..") != 0
                     && g_utf8_strlen (name, -1) <= MAX_NAME_CHARS && strchr (name, '/') == NULL;

  for (const char *at = name; is_good && *at != '\0'; at = g_utf8_next_char (at))
    is_good = g_unichar_isprint (g_utf8_get_char (at));
  if (!is_good)
    g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_INVALID,
                 _ ("A name has 1 to %d printable characters, no '/' and no '-' at its beginning"),
                 MAX_NAME_CHARS);
  return is_good;
}

/* Answers one number of the row named so. */
static gboolean
find_by_name (HelioStore *store,
              HelioSql sql,
              const char *name,
              gboolean *is_there,
              int64_t *value,
              GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_TRANSIENT);
  if (!helio_store_step (store, stmt, is_there, error))
    return FALSE;
  *value = *is_there ? sqlite3_column_int64 (stmt, 0) : 0;
  sqlite3_reset (stmt);
  return TRUE;
}

static gboolean
insert_token (HelioStore *store,
              const char *name,
              const char *token,
              int64_t device,
              int64_t now,
              GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_ADD_TOKEN, error);
  uint8_t hash[HELIO_TOKEN_HASH];

  if (stmt == NULL)
    return FALSE;
  helio_token_hash (token, hash);
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_blob (stmt, 2, hash, sizeof hash, SQLITE_TRANSIENT);
  if (device != 0)
    sqlite3_bind_int64 (stmt, 3, device);
  else
    sqlite3_bind_null (stmt, 3);
  sqlite3_bind_int64 (stmt, 4, now);
  return helio_store_finish (store, stmt, error);
}

static gboolean
insert_device (HelioStore *store, const char *name, int64_t now, int64_t *id, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_ADD_DEVICE, error);
  g_autofree char *random = random_text (STORE_BYTES);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (stmt, 2, random, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (stmt, 3, now);
  if (!helio_store_finish (store, stmt, error))
    return FALSE;
  *id = sqlite3_last_insert_rowid (store->db);
  return TRUE;
}

static gboolean
add_token (HelioStore *store,
           const char *name,
           gboolean only_reads,
           int64_t now,
           const char *token,
           GError **error)
{
  gboolean has_token, has_device;
  int64_t device;

  if (!find_by_name (store, SQL_FIND_TOKEN, name, &has_token, &device, error)
      || !find_by_name (store, SQL_FIND_DEVICE, name, &has_device, &device, error))
    return FALSE;
  if (has_token || has_device)
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_EXISTS,
                   _ ("\"%s\" is there already. For a new token in place of its old one: "
                      "heliograph-server token rotate"),
                   name);
      return FALSE;
    }
  if (!only_reads && !insert_device (store, name, now, &device, error))
    return FALSE;
  return insert_token (store, name, token, only_reads ? 0 : device, now, error);
}

char *
helio_store_add_token (
    HelioStore *store, const char *name, gboolean only_reads, int64_t now, GError **error)
{
  g_autofree char *random = random_text (TOKEN_BYTES);
  g_autofree char *token = g_strconcat (only_reads ? "hgr_" : "hg_", random, NULL);

  if (!check_name (name, error) || !helio_store_begin (store, error))
    return NULL;
  if (!helio_store_end (store, add_token (store, name, only_reads, now, token, error), error))
    return NULL;
  return g_steal_pointer (&token);
}

static gboolean
remove_token (HelioStore *store, const char *name, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_REVOKE_TOKEN, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_TRANSIENT);
  return helio_store_finish (store, stmt, error);
}

G_GNUC_PRINTF (1, 0)
static gboolean
set_not_found (const char *format, const char *name, GError **error)
{
  g_autofree char *text = g_strdup_printf (format, name);

  g_set_error_literal (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_NOT_FOUND, text);
  return FALSE;
}

/* A device whose token was revoked gets a new one too. */
static gboolean
rotate_token (HelioStore *store, const char *name, int64_t now, char **token, GError **error)
{
  g_autofree char *random = random_text (TOKEN_BYTES);
  gboolean has_token, has_device;
  int64_t device, id;

  if (!find_by_name (store, SQL_FIND_TOKEN, name, &has_token, &device, error)
      || !find_by_name (store, SQL_FIND_DEVICE, name, &has_device, &id, error))
    return FALSE;
  if (!has_token && !has_device)
    return set_not_found (_ ("There is no token named \"%s\""), name, error);
  *token = g_strconcat (has_device ? "hg_" : "hgr_", random, NULL);
  return remove_token (store, name, error)
         && insert_token (store, name, *token, has_device ? id : 0, now, error);
}

char *
helio_store_rotate_token (HelioStore *store, const char *name, int64_t now, GError **error)
{
  g_autofree char *token = NULL;

  if (!helio_store_begin (store, error))
    return NULL;
  if (!helio_store_end (store, rotate_token (store, name, now, &token, error), error))
    return NULL;
  return g_steal_pointer (&token);
}

gboolean
helio_store_revoke_token (HelioStore *store, const char *name, GError **error)
{
  if (!remove_token (store, name, error))
    return FALSE;
  return sqlite3_changes (store->db) > 0
         || set_not_found (_ ("There is no token named \"%s\""), name, error);
}

/* -- settings and status ------------------------------------------------------------------ */

static gboolean
set_text (HelioStore *store, HelioSql sql, const char *name, const char *text, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_text (stmt, 1, name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (stmt, 2, text, -1, SQLITE_TRANSIENT);
  return helio_store_finish (store, stmt, error);
}

static gboolean
set_device (HelioStore *store,
            const char *name,
            const char *audience,
            int shows_hours,
            const char *timezone,
            GError **error)
{
  gboolean is_there;
  int64_t id;

  if (!find_by_name (store, SQL_FIND_DEVICE, name, &is_there, &id, error))
    return FALSE;
  if (!is_there)
    return set_not_found (_ ("There is no device named \"%s\""), name, error);
  if (audience != NULL && !set_text (store, SQL_SET_AUDIENCE, name, audience, error))
    return FALSE;
  if (shows_hours >= 0 && !set_text (store, SQL_SET_HOURS, name, shows_hours ? "1" : "0", error))
    return FALSE;
  return timezone == NULL || set_text (store, SQL_SET_TIMEZONE, name, timezone, error);
}

gboolean
helio_store_set_device (HelioStore *store,
                        const char *name,
                        const char *audience,
                        int shows_hours,
                        const char *timezone,
                        GError **error)
{
  HelioAudience known;

  if (audience != NULL && !helio_audience_from_string (audience, &known))
    {
      g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_INVALID,
                   _ ("\"%s\" is not none, state or activity"), audience);
      return FALSE;
    }
  if (timezone != NULL)
    {
      g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (timezone);

      if (zone == NULL)
        {
          g_set_error (error, HELIO_STORE_ERROR, HELIO_STORE_ERROR_INVALID,
                       _ ("The time zone \"%s\" is not known here; it looks like Europe/Berlin"),
                       timezone);
          return FALSE;
        }
    }
  if (!helio_store_begin (store, error))
    return FALSE;
  return helio_store_end (store, set_device (store, name, audience, shows_hours, timezone, error),
                          error);
}

static gboolean
save_presence (HelioStore *store, const HelioDevice *device, GError **error)
{
  sqlite3_stmt *stmt = helio_store_sql (store, SQL_SAVE_PRESENCE, error);
  const HelioPresence *presence = device->presence;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, device->id);
  sqlite3_bind_int64 (stmt, 2, device->last_seen);
  sqlite3_bind_int (stmt, 3, device->ttl);
  sqlite3_bind_text (stmt, 4, helio_state_to_string (presence->state), -1, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 5, presence->since);
  sqlite3_bind_text (stmt, 6, presence->app, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (stmt, 7, presence->title, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (stmt, 8, presence->activity_since);
  sqlite3_bind_text (stmt, 9, presence->media_title, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (stmt, 10, presence->media_artist, -1, SQLITE_TRANSIENT);
  return helio_store_finish (store, stmt, error);
}

gboolean
helio_store_save_presences (HelioStore *store, const GPtrArray *devices, GError **error)
{
  gboolean is_good = TRUE;

  if (!helio_store_begin (store, error))
    return FALSE;
  for (guint i = 0; i < devices->len && is_good; i++)
    is_good = save_presence (store, g_ptr_array_index (devices, i), error);
  return helio_store_end (store, is_good, error);
}
