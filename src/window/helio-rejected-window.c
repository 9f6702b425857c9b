/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rejected-window.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-toast.h"

/* Nobody reads more, and the reasons repeat. */
#define MAX_ROWS 200

struct _HelioRejectedWindow
{
  AdwWindow parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GCancellable *cancellable;
  char *destination;

  /* template widgets */
  AdwPreferencesGroup *group;
  GtkWidget *retry_button;
};

G_DEFINE_FINAL_TYPE (HelioRejectedWindow, helio_rejected_window, ADW_TYPE_WINDOW)

static void
add_row (HelioRejectedWindow *window, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *clean_title = helio_text_clean (title);
  g_autofree char *clean_subtitle = helio_text_clean (subtitle);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), clean_title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), clean_subtitle);
  adw_preferences_group_add (window->group, row);
}

/* The protocol's words for it; else the server's own sentence. */
static const char *
explain (const char *reason)
{
  static const struct
  {
    const char *reason;
    const char *text;
  } texts[] = {
    { "start", N_ ("The server can’t take its start") },
    { "n", N_ ("The server can’t take its number") },
    { "duration", N_ ("The server can’t take its duration") },
    { "check", N_ ("The server can’t take its check") },
    { "data", N_ ("The server can’t take its data") },
    { "too-large", N_ ("It is too large for the server") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (reason, texts[i].reason))
      return _ (texts[i].text);
  return reason;
}

static void
show_events (HelioRejectedWindow *window, GVariant *events)
{
  int64_t now = helio_time_now ();
  gsize n = g_variant_n_children (events);

  for (gsize i = 0; i < MIN (n, MAX_ROWS); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (events, i);
      g_autofree char *time = helio_text_time (helio_dict_get_number (one, "start"), now);
      g_autofree char *title
          = g_strdup_printf ("%s · %s", time, helio_dict_get_text (one, "bucket"));

      add_row (window, title, explain (helio_dict_get_text (one, "reason")));
    }
  if (n > MAX_ROWS)
    {
      g_autofree char *count = helio_text_count ((int64_t) n - MAX_ROWS);
      /* Translators: %s is a number of events */
      g_autofree char *title = g_strdup_printf (_ ("%s more"), count);

      add_row (window, title, "");
    }
  if (n == 0)
    add_row (window, _ ("None any more"), "");
  gtk_widget_set_sensitive (window->retry_button, n > 0);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioRejectedWindow) window = data;
  g_autoptr (GVariant) events = NULL;
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_list_rejected_finish (HELIO_AGENT1 (source), &events, result, &error))
    {
      if (window->group != NULL)
        show_events (window, events);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *text = helio_error_get_text (error);
      add_row (window, text, "");
    }
}

static void
on_retried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioRejectedWindow) window = data;
  g_autoptr (GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (window));
  gboolean is_retried = helio_agent1_call_retry_finish (HELIO_AGENT1 (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || parent == NULL)
    return;
  if (is_retried)
    helio_toast (GTK_WIDGET (parent), _ ("The refused events are sent again"));
  else
    helio_toast_error (GTK_WIDGET (parent), error);
  gtk_window_close (GTK_WINDOW (window));
}

static void
on_retry_clicked (HelioRejectedWindow *window)
{
  gtk_widget_set_sensitive (window->retry_button, FALSE);
  helio_agent1_call_retry (window->agent, window->destination, window->cancellable, on_retried,
                           g_object_ref (window));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_rejected_window_dispose (GObject *object)
{
  HelioRejectedWindow *window = HELIO_REJECTED_WINDOW (object);

  g_cancellable_cancel (window->cancellable);
  g_clear_object (&window->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_REJECTED_WINDOW);
  G_OBJECT_CLASS (helio_rejected_window_parent_class)->dispose (object);
}

static void
helio_rejected_window_finalize (GObject *object)
{
  HelioRejectedWindow *window = HELIO_REJECTED_WINDOW (object);

  g_clear_object (&window->cancellable);
  g_clear_pointer (&window->destination, g_free);
  G_OBJECT_CLASS (helio_rejected_window_parent_class)->finalize (object);
}

static void
helio_rejected_window_class_init (HelioRejectedWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_rejected_window_dispose;
  object_class->finalize = helio_rejected_window_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-rejected-window.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioRejectedWindow, group);
  gtk_widget_class_bind_template_child (widget_class, HelioRejectedWindow, retry_button);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
helio_rejected_window_init (HelioRejectedWindow *window)
{
  window->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (window));
}

GtkWindow *
helio_rejected_window_new (GtkWindow *parent, HelioAgent1 *agent, const char *destination)
{
  g_return_val_if_fail (HELIO_IS_AGENT1 (agent), NULL);

  HelioRejectedWindow *window
      = g_object_new (HELIO_TYPE_REJECTED_WINDOW, "transient-for", parent, NULL);

  window->agent = g_object_ref (agent);
  window->destination = g_strdup (destination);
  helio_agent1_call_list_rejected (agent, destination, window->cancellable, on_listed,
                                   g_object_ref (window));
  return GTK_WINDOW (window);
}
