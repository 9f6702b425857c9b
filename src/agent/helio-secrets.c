/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/helio-error.h"

#define MAX_FILE 4096

static const SecretSchema schema = {
  APP_ID,
  SECRET_SCHEMA_NONE,
  { { "id", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
  0,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
};

typedef enum
{
  STORE_UNKNOWN,
  STORE_AVAILABLE,
  STORE_LOCKED,
  STORE_NONE,
} StoreState;

/* Of the one store that a session has; written by worker threads. */
static int store_state = STORE_UNKNOWN;

const char *
helio_secrets_get_state (void)
{
  static const char *const names[] = {
    [STORE_UNKNOWN] = "unknown",
    [STORE_AVAILABLE] = "available",
    [STORE_LOCKED] = "locked",
    [STORE_NONE] = "none",
  };

  return names[g_atomic_int_get (&store_state)];
}

static void
note (StoreState state)
{
  g_atomic_int_set (&store_state, state);
}

char *
helio_secrets_read_file (const char *path, GError **error)
{
  struct stat status;
  char text[MAX_FILE + 1];
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN, _ ("The file %s can't be read: %s"),
                   path, g_strerror (errno));
      return NULL;
    }
  /* Asked of the open file, so that it can't be another one than the one that is read. */
  gboolean is_known = fstat (fd, &status) == 0;
  gssize length = is_known && S_ISREG (status.st_mode) ? read (fd, text, MAX_FILE) : -1;

  close (fd);
  if (length < 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN, _ ("%s can't be read as a file"),
                   path);
      return NULL;
    }
  if (status.st_uid != geteuid ())
    {
      g_autofree char *quoted = g_shell_quote (path);

      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN,
                   _ ("%s belongs to another user and is not used; run: chown %s %s"), path,
                   g_get_user_name (), quoted);
      return NULL;
    }
  if ((status.st_mode & 077) != 0)
    {
      g_autofree char *quoted = g_shell_quote (path);

      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN,
                   _ ("Others may read %s, so it is not used; run: chmod 600 %s"), path, quoted);
      return NULL;
    }

  text[length] = '\0';
  text[strcspn (text, "\r\n")] = '\0';
  char *secret = g_strdup (g_strstrip (text));
  explicit_bzero (text, sizeof text);
  if (*secret == '\0')
    {
      g_free (secret);
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN, _ ("The file %s is empty"), path);
      return NULL;
    }
  return secret;
}

/* What the store's own error means for the user. */
static void
translate (GError *store_error, GError **error)
{
  if (g_error_matches (store_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, store_error);
      return;
    }
  gboolean is_locked = g_error_matches (store_error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED);

  note (is_locked ? STORE_LOCKED : STORE_NONE);
  if (is_locked)
    g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE,
                         _ ("The keyring is locked: unlock it, then run: heliographctl sync"));
  else
    g_set_error (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE,
                 _ ("The secret store (keyring) can't be used: %s. Start one, or use a file"),
                 store_error->message);
  g_error_free (store_error);
}

/* A store that is locked as a whole may not even tell what it holds. The file store of sandboxes
 * has no collections and is never asked. */
static gboolean
is_collection_locked (GCancellable *cancellable)
{
  if (g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0)
    return FALSE;

  g_autoptr (SecretService) service
      = secret_service_get_sync (SECRET_SERVICE_NONE, cancellable, NULL);
  if (service == NULL)
    return FALSE;

  g_autoptr (SecretCollection) collection = secret_collection_for_alias_sync (
      service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancellable, NULL);
  return collection != NULL && secret_collection_get_locked (collection);
}

char *
helio_secrets_lookup (const char *id, gboolean may_ask, GCancellable *cancellable, GError **error)
{
  GError *store_error = NULL;
  SecretSearchFlags flags = SECRET_SEARCH_LOAD_SECRETS | (may_ask ? SECRET_SEARCH_UNLOCK : 0);
  GList *items
      = secret_password_search_sync (&schema, flags, cancellable, &store_error, "id", id, NULL);
  char *secret = NULL;
  gboolean is_locked = FALSE;

  if (store_error != NULL)
    {
      translate (store_error, error);
      return NULL;
    }
  if (items != NULL)
    {
      g_autoptr (SecretValue) value
          = secret_retrievable_retrieve_secret_sync (items->data, cancellable, NULL);

      if (value != NULL && secret_value_get_text (value) != NULL)
        secret = g_strdup (secret_value_get_text (value));
      /* An item that is there but gives nothing is locked, never "not stored". */
      is_locked = secret == NULL;
    }
  else
    is_locked = is_collection_locked (cancellable);
  g_list_free_full (items, g_object_unref);
  note (secret == NULL && is_locked ? STORE_LOCKED : STORE_AVAILABLE);

  if (secret == NULL && is_locked)
    g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE,
                         _ ("The keyring is locked: unlock it, then run: heliographctl sync"));
  else if (secret == NULL)
    g_set_error_literal (error, HELIO_ERROR, HELIO_ERROR_NO_TOKEN,
                         _ ("The secret store (keyring) holds no token for it: give it one"));
  return secret;
}

gboolean
helio_secrets_store (const char *id,
                     const char *label,
                     const char *secret,
                     GCancellable *cancellable,
                     GError **error)
{
  GError *store_error = NULL;

  if (secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, secret, cancellable,
                                  &store_error, "id", id, NULL))
    {
      note (STORE_AVAILABLE);
      return TRUE;
    }
  if (store_error == NULL)
    store_error = g_error_new_literal (SECRET_ERROR, SECRET_ERROR_IS_LOCKED, _ ("locked"));
  translate (store_error, error);
  return FALSE;
}

gboolean
helio_secrets_clear (const char *id, GCancellable *cancellable, GError **error)
{
  GError *store_error = NULL;

  secret_password_clear_sync (&schema, cancellable, &store_error, "id", id, NULL);
  if (store_error == NULL)
    return TRUE;
  translate (store_error, error);
  return FALSE;
}
