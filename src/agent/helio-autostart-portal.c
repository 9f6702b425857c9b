/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-autostart.h"

#include <glib/gi18n.h>

#include "agent/helio-portal.h"
#include "model/helio-error.h"

/* The desktop may ask the user, who may be away. */
#define ANSWER_SECONDS 120
/* What starts the agent outside of its sandbox. */
#define COMMAND "flatpak run --command=heliograph-agent " APP_ID

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  gboolean is_wanted = GPOINTER_TO_INT (g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  guint32 response;
  g_autoptr (GVariant) results = helio_portal_ask_finish (result, &response, &error);
  gboolean is_on = FALSE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (results != NULL)
    g_variant_lookup (results, "autostart", "b", &is_on);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                             _ ("The desktop did not answer whether Heliograph may begin with the "
                                "session; try again"));
  else if (error != NULL)
    g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                             _ ("This desktop has no way to let a sandboxed program begin with "
                                "the session; add this to its autostart yourself: %s"),
                             COMMAND);
  else if (response == HELIO_PORTAL_DONE && is_on == is_wanted)
    g_task_return_boolean (task, is_on);
  else if (response == HELIO_PORTAL_DONE || response == HELIO_PORTAL_REFUSED)
    g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                             _ ("The desktop did not allow Heliograph to begin with the session: "
                                "allow it in the settings of the desktop, under applications"));
  else
    g_task_return_new_error (task, HELIO_ERROR, HELIO_ERROR_SETTINGS,
                             _ ("The desktop could not arrange that Heliograph begins with the "
                                "session"));
}

void
helio_autostart_ask (GDBusConnection *bus,
                     gboolean is_on,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  static const char *const words[] = { "heliograph-agent", NULL };
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  g_task_set_task_data (task, GINT_TO_POINTER (is_on), NULL);
  g_variant_dict_insert (&options, "reason", "s",
                         _ ("Heliograph publishes what ActivityWatch records while you work."));
  g_variant_dict_insert (&options, "autostart", "b", is_on);
  g_variant_dict_insert (&options, "commandline", "^as", words);
  g_variant_dict_insert (&options, "dbus-activatable", "b", FALSE);
  helio_portal_ask (bus, "org.freedesktop.portal.Background", "RequestBackground", &options,
                    ANSWER_SECONDS, cancellable, on_answered, task);
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
