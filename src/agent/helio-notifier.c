/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-agent"

#include "config.h"

#include "agent/helio-notifier.h"

#include <glib/gi18n.h>
#include <string.h>

#include "agent/helio-programs.h"

#define DAEMON "org.freedesktop.Notifications"
#define DAEMON_PATH "/org/freedesktop/Notifications"
#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Notification"
#define WINDOW_PATH "/io/github/heliograph/Heliograph"
#define OPEN "default"
/* A desktop that is still beginning has nobody to show it. */
#define RETRY_US (60 * G_USEC_PER_SEC)

typedef struct
{
  char *cause;
  guint id;          /* what the desktop calls it, or 0 */
  gboolean is_shown; /* the desktop took it */
  gboolean is_asked; /* a call is under way */
  int64_t retry_at_us;
} Shown;

struct _HelioNotifier
{
  GDBusConnection *bus;
  gboolean uses_portal;
  GCancellable *cancellable;
  GPtrArray *shown; /* Shown */
  char *activation; /* lets the window come to the front; comes before the action */
  guint signal_id;
};

HelioNotice *
helio_notice_new (const char *cause, const char *title, const char *text)
{
  HelioNotice *notice = g_new0 (HelioNotice, 1);

  notice->cause = g_strdup (cause);
  notice->title = g_strdup (title);
  notice->text = g_strdup (text);
  return notice;
}

void
helio_notice_free (HelioNotice *notice)
{
  g_free (notice->cause);
  g_free (notice->title);
  g_free (notice->text);
  g_free (notice);
}

static void
shown_free (gpointer data)
{
  Shown *shown = data;

  g_free (shown->cause);
  g_free (shown);
}

static Shown *
find (HelioNotifier *notifier, const char *cause)
{
  for (guint i = 0; i < notifier->shown->len; i++)
    {
      Shown *shown = notifier->shown->pdata[i];

      if (strcmp (shown->cause, cause) == 0)
        return shown;
    }
  return NULL;
}

/* -- the window --------------------------------------------------------------------------- */

static void
on_activated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autofree char *program = answer == NULL ? helio_programs_find ("heliograph") : NULL;
  char *words[] = { program, NULL };
  g_autoptr (GError) error = NULL;

  if (program != NULL
      && !g_spawn_async (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &error))
    g_message ("The window can't be opened: %s", error->message);
}

static void
open_window (HelioNotifier *notifier)
{
  g_autofree char *activation = g_steal_pointer (&notifier->activation);
  GVariantBuilder platform;

  g_variant_builder_init (&platform, G_VARIANT_TYPE_VARDICT);
  if (activation != NULL)
    {
      g_variant_builder_add (&platform, "{sv}", "activation-token",
                             g_variant_new_string (activation));
      g_variant_builder_add (&platform, "{sv}", "desktop-startup-id",
                             g_variant_new_string (activation));
    }
  g_dbus_connection_call (notifier->bus, APP_ID, WINDOW_PATH, "org.freedesktop.Application",
                          "Activate", g_variant_new ("(a{sv})", &platform), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_activated, NULL);
}

/* -- the desktop -------------------------------------------------------------------------- */

static void
close_one (HelioNotifier *notifier, const char *cause, guint id)
{
  if (notifier->uses_portal)
    g_dbus_connection_call (notifier->bus, PORTAL, PORTAL_PATH, PORTAL_INTERFACE,
                            "RemoveNotification", g_variant_new ("(s)", cause), NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  else if (id != 0)
    g_dbus_connection_call (notifier->bus, DAEMON, DAEMON_PATH, DAEMON, "CloseNotification",
                            g_variant_new ("(u)", id), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                            NULL, NULL, NULL);
}

typedef struct
{
  HelioNotifier *notifier;
  char *cause;
} Call;

static void
on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autofree char *cause = call->cause;
  HelioNotifier *notifier = call->notifier;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  Shown *shown;
  guint id = 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  shown = find (notifier, cause);
  if (answer != NULL && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(u)")))
    g_variant_get (answer, "(u)", &id);
  if (answer == NULL)
    g_debug ("No notification: %s", error->message);
  if (shown == NULL)
    {
      /* Its cause went away meanwhile. */
      if (answer != NULL)
        close_one (notifier, cause, id);
      return;
    }
  shown->is_asked = FALSE;
  shown->is_shown = answer != NULL;
  shown->id = id;
  shown->retry_at_us = g_get_monotonic_time () + RETRY_US;
}

static void
show_by_portal (HelioNotifier *notifier, const HelioNotice *notice, Call *call)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "title", g_variant_new_string (notice->title));
  g_variant_builder_add (&options, "{sv}", "body", g_variant_new_string (notice->text));
  g_variant_builder_add (&options, "{sv}", "priority", g_variant_new_string ("normal"));
  g_variant_builder_add (&options, "{sv}", "default-action", g_variant_new_string (OPEN));
  g_dbus_connection_call (notifier->bus, PORTAL, PORTAL_PATH, PORTAL_INTERFACE, "AddNotification",
                          g_variant_new ("(sa{sv})", notice->cause, &options), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, notifier->cancellable, on_shown, call);
}

static void
show_by_daemon (HelioNotifier *notifier, const HelioNotice *notice, Call *call)
{
  const char *const actions[] = { OPEN, _ ("Open Heliograph"), NULL };
  /* The text may hold what the daemon would take for markup. */
  g_autofree char *text = g_markup_escape_text (notice->text, -1);
  GVariantBuilder hints;

  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (APP_ID));
  g_variant_builder_add (&hints, "{sv}", "urgency", g_variant_new_byte (1));
  g_dbus_connection_call (notifier->bus, DAEMON, DAEMON_PATH, DAEMON, "Notify",
                          g_variant_new ("(susss^asa{sv}i)", "Heliograph", 0, APP_ID, notice->title,
                                         text, actions, &hints, -1),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, notifier->cancellable,
                          on_shown, call);
}

static void
show_one (HelioNotifier *notifier, const HelioNotice *notice)
{
  Shown *shown = find (notifier, notice->cause);
  Call *call;

  if (shown == NULL)
    {
      shown = g_new0 (Shown, 1);
      shown->cause = g_strdup (notice->cause);
      g_ptr_array_add (notifier->shown, shown);
    }
  if (shown->is_shown || shown->is_asked || g_get_monotonic_time () < shown->retry_at_us)
    return;
  shown->is_asked = TRUE;
  call = g_new0 (Call, 1);
  call->notifier = notifier;
  call->cause = g_strdup (notice->cause);
  if (notifier->uses_portal)
    show_by_portal (notifier, notice, call);
  else
    show_by_daemon (notifier, notice, call);
}

static void
on_daemon_signal (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *name,
                  GVariant *parameters,
                  gpointer data)
{
  HelioNotifier *notifier = data;
  gboolean is_ours = FALSE;
  const char *word;
  guint id;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    return;
  g_variant_get (parameters, "(u&s)", &id, &word);
  /* All programs hear of all notifications. */
  for (guint i = 0; i < notifier->shown->len; i++)
    is_ours |= id != 0 && ((Shown *) notifier->shown->pdata[i])->id == id;
  if (is_ours && strcmp (name, "ActivationToken") == 0)
    {
      g_free (notifier->activation);
      notifier->activation = g_strdup (word);
    }
  else if (is_ours && strcmp (name, "ActionInvoked") == 0 && strcmp (word, OPEN) == 0)
    open_window (notifier);
}

static void
on_portal_signal (GDBusConnection *bus,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *name,
                  GVariant *parameters,
                  gpointer data)
{
  HelioNotifier *notifier = data;
  const char *cause;

  if (strcmp (name, "ActionInvoked") != 0
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssav)")))
    return;
  g_variant_get_child (parameters, 0, "&s", &cause);
  if (find (notifier, cause) != NULL)
    open_window (notifier);
}

HelioNotifier *
helio_notifier_new (GDBusConnection *bus, gboolean uses_portal)
{
  HelioNotifier *notifier = g_new0 (HelioNotifier, 1);

  notifier->bus = g_object_ref (bus);
  notifier->uses_portal = uses_portal;
  notifier->cancellable = g_cancellable_new ();
  notifier->shown = g_ptr_array_new_with_free_func (shown_free);
  return notifier;
}

void
helio_notifier_free (HelioNotifier *notifier)
{
  g_cancellable_cancel (notifier->cancellable);
  if (notifier->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (notifier->bus, notifier->signal_id);
  for (guint i = 0; i < notifier->shown->len; i++)
    {
      const Shown *shown = notifier->shown->pdata[i];

      if (shown->is_shown)
        close_one (notifier, shown->cause, shown->id);
    }
  g_dbus_connection_flush_sync (notifier->bus, NULL, NULL);
  g_ptr_array_unref (notifier->shown);
  g_free (notifier->activation);
  g_object_unref (notifier->cancellable);
  g_object_unref (notifier->bus);
  g_free (notifier);
}

/* Who never has anything to show need not listen. */
static void
listen (HelioNotifier *notifier)
{
  if (notifier->signal_id != 0)
    return;
  notifier->signal_id = g_dbus_connection_signal_subscribe (
      notifier->bus, notifier->uses_portal ? PORTAL : DAEMON,
      notifier->uses_portal ? PORTAL_INTERFACE : DAEMON, NULL,
      notifier->uses_portal ? PORTAL_PATH : DAEMON_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      notifier->uses_portal ? on_portal_signal : on_daemon_signal, notifier, NULL);
}

void
helio_notifier_show (HelioNotifier *notifier, GPtrArray *notices)
{
  for (guint i = notifier->shown->len; i > 0; i--)
    {
      const Shown *shown = notifier->shown->pdata[i - 1];
      gboolean is_there = FALSE;

      for (guint n = 0; n < notices->len; n++)
        is_there |= strcmp (((HelioNotice *) notices->pdata[n])->cause, shown->cause) == 0;
      if (is_there)
        continue;
      if (shown->is_shown)
        close_one (notifier, shown->cause, shown->id);
      g_ptr_array_remove_index (notifier->shown, i - 1);
    }
  if (notices->len > 0)
    listen (notifier);
  for (guint n = 0; n < notices->len; n++)
    show_one (notifier, notices->pdata[n]);
}
