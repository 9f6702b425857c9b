/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-autostart.h"

#include <glib/gi18n.h>

#include "model/helio-error.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define REQUEST "org.freedesktop.portal.Request"
/* The desktop may ask the user, who may be away. */
#define ANSWER_SECONDS 120

/* One question: the call gives the path of a request, whose signal brings the answer. */
typedef struct
{
  GDBusConnection *bus;
  gboolean is_on;
  guint response_id;
  guint bound_id;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->response_id != 0)
    g_dbus_connection_signal_unsubscribe (question->bus, question->response_id);
  g_clear_handle_id (&question->bound_id, g_source_remove);
  g_object_unref (question->bus);
  g_free (question);
}

/* The signal's subscription and the timer hold no reference: the task lives until it returns. */
static void
end (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  if (question->response_id != 0)
    g_dbus_connection_signal_unsubscribe (question->bus, question->response_id);
  question->response_id = 0;
  g_clear_handle_id (&question->bound_id, g_source_remove);
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
  g_autoptr (GVariant) results = NULL;
  gboolean is_on = FALSE;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &is_on);
  if (response == 0 && is_on == question->is_on)
    g_task_return_boolean (task, is_on);
  else if (response == 0 || response == 1)
    g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                             _ ("The desktop did not allow Heliograph to begin with the session: "
                                "allow it in the settings of the desktop, under applications"));
  else
    g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                             _ ("The desktop could not arrange that Heliograph begins with the "
                                "session"));
  end (task);
}

static gboolean
on_bound (gpointer data)
{
  GTask *task = data;
  Question *question = g_task_get_task_data (task);

  question->bound_id = 0;
  g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                           _ ("The desktop did not answer whether Heliograph may begin with the "
                              "session; try again"));
  end (task);
  return G_SOURCE_REMOVE;
}

static void
subscribe (GTask *task, const char *path)
{
  Question *question = g_task_get_task_data (task);

  if (question->response_id != 0)
    g_dbus_connection_signal_unsubscribe (question->bus, question->response_id);
  question->response_id
      = g_dbus_connection_signal_subscribe (question->bus, PORTAL, REQUEST, "Response", path, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, on_response, task, NULL);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *path;

  if (g_task_get_completed (task))
    return;
  if (answer == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_task_return_error (task, g_steal_pointer (&error));
      else
        g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                                 _ ("This desktop has no way to let a sandboxed program begin with "
                                    "the session; add heliograph-agent to its autostart yourself"));
      end (task);
      return;
    }
  /* Old portals choose a path of their own. */
  g_variant_get (answer, "(&o)", &path);
  subscribe (task, path);
}

void
helio_autostart_ask (GDBusConnection *bus,
                     gboolean is_on,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  static const char *const words[] = { "heliograph-agent", NULL };
  g_autofree char *token = g_strdup_printf ("heliograph%u", g_random_int ());
  g_autofree char *sender
      = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  g_autofree char *path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Question *question = g_new0 (Question, 1);
  GVariantBuilder options;

  g_task_set_task_data (task, question, question_free);
  question->bus = g_object_ref (bus);
  question->is_on = is_on;
  question->bound_id = g_timeout_add_seconds (ANSWER_SECONDS, on_bound, task);
  subscribe (task, path);

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (
      &options, "{sv}", "reason",
      g_variant_new_string (_ ("Heliograph publishes what ActivityWatch records while you work.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (is_on));
  g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (words, -1));
  g_variant_builder_add (&options, "{sv}", "dbus-activatable", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, "org.freedesktop.portal.Background",
                          "RequestBackground", g_variant_new ("(sa{sv})", "", &options),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_asked,
                          g_object_ref (task));
}

gboolean
helio_autostart_ask_finish (GAsyncResult *result, gboolean *is_on, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *is_on = g_task_propagate_boolean (G_TASK (result), &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
