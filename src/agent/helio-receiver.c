/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-receiver.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "agent/helio-child.h"
#include "agent/helio-programs.h"
#include "model/helio-error.h"

#define PROGRAM "heliograph-server"
#define USUAL_PORT 5680
#define LAST_PORT 5779

/* Exit codes, as its --help tells them. */
#define EXIT_DATA 65
#define EXIT_ADDRESS 69
#define EXIT_CANT_WRITE 73
#define EXIT_RUNNING 75

struct _HelioReceiver
{
  HelioChild *child;
  guint port;
  gboolean is_listening;
  HelioReceiverFunc func;
  gpointer data;
  GArray *waiting; /* Waiting, for its end */
};

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
} Waiting;

char *
helio_receiver_get_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "heliograph", "receiver", NULL);
}

/* -- the program -------------------------------------------------------------------------- */

static GError *
make_error (HelioReceiver *receiver, int exit_code)
{
  g_autofree char *folder = helio_receiver_get_folder ();
  g_autofree char *program = helio_programs_find (PROGRAM);

  if (program == NULL)
    return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_RETRY,
                                _ ("heliograph-server is not installed: install it"));
  switch (exit_code)
    {
    case EXIT_ADDRESS:
      return g_error_new (HELIO_ERROR, HELIO_ERROR_BUSY,
                          _ ("Another program uses port %u of this computer, so the receiver can't "
                             "begin: end that one"),
                          receiver->port);
    case EXIT_DATA:
      return g_error_new (
          HELIO_ERROR, HELIO_ERROR_RETRY,
          _ ("What the receiver keeps in %s is damaged or of a newer version: move it "
             "away, or update Heliograph"),
          folder);
    case EXIT_CANT_WRITE:
      return g_error_new (
          HELIO_ERROR, HELIO_ERROR_RETRY,
          _ ("The receiver can't write to %s: make it writable, and see that the disk "
             "is not full"),
          folder);
    case EXIT_RUNNING:
      return g_error_new (HELIO_ERROR, HELIO_ERROR_RETRY,
                          _ ("Another heliograph-server uses %s: end that one"), folder);
    default:
      return g_error_new_literal (HELIO_ERROR, HELIO_ERROR_RETRY,
                                  _ ("The receiver on this computer ended and is started again"));
    }
}

static void
end_waiting (HelioReceiver *receiver)
{
  g_autoptr (GArray) waiting = g_steal_pointer (&receiver->waiting);

  receiver->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  for (guint i = 0; i < waiting->len; i++)
    {
      const Waiting *one = &g_array_index (waiting, Waiting, i);

      one->func (one->data);
    }
}

static void
on_child (HelioChildEvent event, int exit_code, gpointer data)
{
  HelioReceiver *receiver = data;
  g_autoptr (GError) error = NULL;

  receiver->is_listening = event == HELIO_CHILD_READY;
  switch (event)
    {
    case HELIO_CHILD_READY:
      g_message ("The receiver on this computer listens at port %u", receiver->port);
      receiver->func (NULL, receiver->data);
      break;
    case HELIO_CHILD_FAILED:
      error = make_error (receiver, exit_code);
      receiver->func (error, receiver->data);
      break;
    case HELIO_CHILD_STOPPED:
      end_waiting (receiver);
      break;
    case HELIO_CHILD_GIVEN_UP:
    default:
      g_assert_not_reached ();
    }
}

HelioReceiver *
helio_receiver_new (HelioReceiverFunc func, gpointer data)
{
  HelioReceiver *receiver = g_new0 (HelioReceiver, 1);

  receiver->func = func;
  receiver->data = data;
  receiver->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  return receiver;
}

void
helio_receiver_free (HelioReceiver *receiver)
{
  g_clear_pointer (&receiver->child, helio_child_free);
  g_array_unref (receiver->waiting);
  g_free (receiver);
}

void
helio_receiver_start (HelioReceiver *receiver, guint port)
{
  g_autofree char *folder = helio_receiver_get_folder ();
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", port);
  const char *const words[] = { PROGRAM, "--listen", listen, "--data", folder, NULL };

  /* Who waits for its end needs it, and starts it again if it is wanted. */
  if (receiver->waiting->len > 0)
    return;
  if (receiver->child != NULL && receiver->port == port)
    {
      helio_child_start (receiver->child);
      return;
    }
  g_clear_pointer (&receiver->child, helio_child_free);
  receiver->port = port;
  receiver->is_listening = FALSE;
  receiver->child = helio_child_new (words, TRUE, 0, on_child, receiver);
  helio_child_start (receiver->child);
}

void
helio_receiver_stop (HelioReceiver *receiver, void (*func) (gpointer data), gpointer data)
{
  const Waiting one = { func, data };

  receiver->port = 0;
  receiver->is_listening = FALSE;
  if (receiver->child != NULL)
    helio_child_stop (receiver->child);
  if (func == NULL)
    return;
  if (receiver->child != NULL && helio_child_is_alive (receiver->child))
    g_array_append_val (receiver->waiting, one);
  else
    func (data);
}

gboolean
helio_receiver_is_listening (HelioReceiver *receiver)
{
  return receiver->is_listening;
}

static gboolean
is_free (guint port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, (guint16) port);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  return socket != NULL && g_socket_bind (socket, address, TRUE, NULL)
         && g_socket_listen (socket, NULL);
}

guint
helio_receiver_find_port (guint first)
{
  for (guint port = MAX (first, USUAL_PORT); port <= LAST_PORT; port++)
    if (is_free (port))
      return port;
  return 0;
}

/* -- commands ----------------------------------------------------------------------------- */

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
on_communicated (GObject *process, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* As g_subprocess_communicate_utf8(). That one's context may end in GLib's own thread while this
 * one takes the cancellable's source from it: with GLib 2.74, once in some 5,000 starts of the
 * agent, the thread hung or memory was written that had been freed. This context outlives all that
 * is in it. */
static gboolean
communicate (GSubprocess *process,
             GCancellable *cancellable,
             char **printed,
             char **complaint,
             GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GAsyncResult *result = NULL;
  gboolean is_good;

  g_main_context_push_thread_default (context);
  g_subprocess_communicate_utf8_async (process, NULL, cancellable, on_communicated, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  is_good = g_subprocess_communicate_utf8_finish (process, result, printed, complaint, error);
  g_object_unref (result);
  g_main_context_pop_thread_default (context);
  return is_good;
}

/* What the command printed. */
static char *
run (GCancellable *cancellable, GError **error, const char *word, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *program = helio_programs_find (PROGRAM);
  g_autofree char *folder = helio_receiver_get_folder ();
  g_autofree char *complaint = NULL;
  char *printed = NULL;
  va_list rest;

  if (program == NULL)
    {
      g_set_error_literal (
          error, HELIO_ERROR, HELIO_ERROR_NOT_FOUND,
          _ ("heliograph-server is not installed: install it, or publish to another address"));
      return NULL;
    }
  g_ptr_array_add (words, program);
  g_ptr_array_add (words, (gpointer) "--data");
  g_ptr_array_add (words, folder);
  va_start (rest, word);
  for (; word != NULL; word = va_arg (rest, const char *))
    g_ptr_array_add (words, (gpointer) word);
  va_end (rest);
  g_ptr_array_add (words, NULL);

  process
      = g_subprocess_newv ((const char *const *) words->pdata,
                           G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
  if (process == NULL)
    return NULL;
  if (!communicate (process, cancellable, &printed, &complaint, error))
    {
      g_subprocess_force_exit (process);
      return NULL;
    }
  if (g_subprocess_get_successful (process))
    return printed;
  wipe (printed);
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED, _ ("The receiver can't be prepared: %s"),
               complaint != NULL ? g_strstrip (complaint) : "");
  return NULL;
}

static const char *
get_audience (HelioLevel level)
{
  switch (level)
    {
    case HELIO_LEVEL_STATE:
      return "state";
    case HELIO_LEVEL_APP:
    case HELIO_LEVEL_TITLE:
      return "activity";
    case HELIO_LEVEL_NOTHING:
    default:
      return "none";
    }
}

/* One line for each device, with its name before a tab. */
static gboolean
is_listed (const char *list, const char *device)
{
  g_auto (GStrv) lines = g_strsplit (list, "\n", -1);
  g_autofree char *beginning = g_strconcat (device, "\t", NULL);

  for (GStrv line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, beginning))
      return TRUE;
  return FALSE;
}

char *
helio_receiver_make_token (const char *device,
                           HelioLevel level,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autofree char *folder = helio_receiver_get_folder ();
  g_autofree char *devices = NULL;
  char *token;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED, _ ("The folder %s can't be made: %s"),
                   folder, g_strerror (errno));
      return NULL;
    }
  devices = run (cancellable, error, "device", "list", NULL);
  if (devices == NULL)
    return NULL;
  /* What was kept of it goes on. */
  token = run (cancellable, error, "token", is_listed (devices, device) ? "rotate" : "add", device,
               NULL);
  if (token == NULL)
    return NULL;
  if (g_str_has_prefix (g_strstrip (token), "hg_")
      && helio_receiver_set_level (device, level, cancellable, error))
    return token;
  if (error != NULL && *error == NULL)
    g_set_error_literal (
        error, HELIO_ERROR, HELIO_ERROR_FAILED,
        _ ("The receiver made no token: is heliograph-server of the same version?"));
  wipe (token);
  return NULL;
}

gboolean
helio_receiver_set_level (const char *device,
                          HelioLevel level,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *printed
      = run (cancellable, error, "device", "set", device, "--public", get_audience (level), NULL);

  return printed != NULL;
}

/* It has files only. */
static gboolean
delete_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  return g_rmdir (folder) == 0 || errno == ENOENT;
}

gboolean
helio_receiver_delete (GError **error)
{
  g_autofree char *folder = helio_receiver_get_folder ();
  g_autofree char *deleted = g_strconcat (folder, ".deleted", NULL);

  /* All or nothing: what can't be moved away is as it was. */
  if (delete_folder (deleted) && (g_rename (folder, deleted) == 0 || errno == ENOENT))
    {
      if (!delete_folder (deleted))
        g_warning ("The folder %s can't be deleted: %s. Delete it yourself", deleted,
                   g_strerror (errno));
      return TRUE;
    }
  g_set_error (error, HELIO_ERROR, HELIO_ERROR_FAILED,
               _ ("The folder %s of the receiver can't be deleted: %s"), folder,
               g_strerror (errno));
  return FALSE;
}
