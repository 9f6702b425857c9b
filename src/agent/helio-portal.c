/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "agent/helio-portal.h"

#define REQUEST "org.freedesktop.portal.Request"

typedef struct
{
  GDBusConnection *bus;
  guint32 response;
  guint response_id; /* 0 once it is over */
  guint bound_id;
  GSource *cancelled;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->bus);
  g_free (question);
}

/* The signal's subscription, the timer and the source hold no reference: the task lives until it
 * returns. */
static void
end (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  g_dbus_connection_signal_unsubscribe (question->bus, question->response_id);
  question->response_id = 0;
  g_clear_handle_id (&question->bound_id, g_source_remove);
  if (question->cancelled != NULL)
    g_source_destroy (question->cancelled);
  g_clear_pointer (&question->cancelled, g_source_unref);
  g_object_unref (task);
}

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *name,
             GVariant *parameters,
             gpointer data)
{
  GTask *task = data;
  Question *question = g_task_get_task_data (task);
  GVariant *results;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &question->response, &results);
  g_task_return_pointer (task, results, (GDestroyNotify) g_variant_unref);
  end (task);
}

static gboolean
on_bound (gpointer data)
{
  GTask *task = data;
  Question *question = g_task_get_task_data (task);

  question->bound_id = 0;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s", HELIO_PORTAL_NAME);
  end (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;

  g_task_return_error_if_cancelled (task);
  end (task);
  return G_SOURCE_REMOVE;
}

static void
subscribe (GTask *task, const char *path)
{
  Question *question = g_task_get_task_data (task);

  if (question->response_id != 0)
    g_dbus_connection_signal_unsubscribe (question->bus, question->response_id);
  question->response_id = g_dbus_connection_signal_subscribe (
      question->bus, HELIO_PORTAL_NAME, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_response, task, NULL);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  Question *question = g_task_get_task_data (task);
  const char *path;

  if (question->response_id == 0)
    {
      g_clear_error (&error);
      return;
    }
  if (answer == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, error);
      end (task);
      return;
    }
  /* Old portals choose a path of their own. */
  g_variant_get (answer, "(&o)", &path);
  subscribe (task, path);
}

char *
helio_portal_make_path (GDBusConnection *bus, const char *kind, const char *token)
{
  g_autofree char *sender
      = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');

  return g_strdup_printf (HELIO_PORTAL_PATH "/%s/%s/%s", kind, sender, token);
}

void
helio_portal_ask (GDBusConnection *bus,
                  const char *interface,
                  const char *method,
                  GVariantDict *options,
                  guint seconds,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer data)
{
  g_autofree char *token = g_strdup_printf ("heliograph%u", g_random_int ());
  g_autofree char *path = helio_portal_make_path (bus, "request", token);
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);

  g_task_set_task_data (task, question, question_free);
  question->bus = g_object_ref (bus);
  question->bound_id = g_timeout_add_seconds (seconds, on_bound, task);
  if (cancellable != NULL)
    {
      question->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (question->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
      g_source_attach (question->cancelled, g_main_context_get_thread_default ());
    }
  /* Before the call: the answer may come before the call returns. */
  subscribe (task, path);
  g_variant_dict_insert (options, "handle_token", "s", token);
  g_dbus_connection_call (bus, HELIO_PORTAL_NAME, HELIO_PORTAL_PATH, interface, method,
                          g_variant_new ("(s@a{sv})", "", g_variant_dict_end (options)),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_asked,
                          g_object_ref (task));
}

GVariant *
helio_portal_ask_finish (GAsyncResult *result, guint32 *response, GError **error)
{
  Question *question = g_task_get_task_data (G_TASK (result));

  *response = question->response;
  return g_task_propagate_pointer (G_TASK (result), error);
}
