/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-first-run-source.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-text.h"
#include "window/helio-browser.h"
#include "window/helio-toast.h"

/* The first step: is ActivityWatch there? It is looked for whenever the step is shown. */

#define WEBSITE "https://activitywatch.net"

struct _HelioFirstRunSource
{
  HelioView view;

  /* owned */
  GCancellable *looking; /* NULL: it is not looked for now */

  /* values */
  gboolean is_ready; /* it was found */

  /* template widgets */
  AdwActionRow *result;
  GtkImage *sign;
  GtkSpinner *spinner;
  GtkWidget *try_button;
  GtkWidget *get_row;
  AdwExpanderRow *other_row;
  GtkEditable *address;
  GtkEditable *key;
};

G_DEFINE_FINAL_TYPE (HelioFirstRunSource, helio_first_run_source, HELIO_TYPE_VIEW)

typedef enum
{
  PROP_IS_READY = 1,
} HelioFirstRunSourceProperty;

static GParamSpec *properties[PROP_IS_READY + 1];

static void
show_result (HelioFirstRunSource *step, const char *title, const char *subtitle)
{
  g_autofree char *clean = helio_text_clean (subtitle);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (step->result), title);
  adw_action_row_set_subtitle (step->result, clean);
  gtk_spinner_set_spinning (step->spinner, step->looking != NULL);
  gtk_widget_set_visible (GTK_WIDGET (step->spinner), step->looking != NULL);
  gtk_widget_set_visible (GTK_WIDGET (step->sign), step->looking == NULL);
  gtk_widget_set_visible (step->try_button, step->looking == NULL && !step->is_ready);
  gtk_image_set_from_icon_name (step->sign, step->is_ready ? "object-select-symbolic"
                                                           : "dialog-warning-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (step->sign),
                              (const char *[]){ step->is_ready ? "success" : "warning", NULL });
  g_object_notify_by_pspec (G_OBJECT (step), properties[PROP_IS_READY]);
}

static void
show_found (HelioFirstRunSource *step, GVariant *result)
{
  g_autofree char *host = helio_text_clean (helio_dict_get_text (result, "hostname"));
  gulong n = (gulong) MAX (0, helio_dict_get_number (result, "buckets"));
  /* Translators: %s is the name of a computer */
  g_autofree char *title = g_strdup_printf (_ ("Found on %s"), host);
  g_autofree char *subtitle = g_strdup_printf (
      /* Translators: a version, and how many buckets there are */
      g_dngettext (GETTEXT_PACKAGE, "Version %s, %lu bucket", "Version %s, %lu buckets", n),
      helio_dict_get_text (result, "version"), n);

  step->is_ready = TRUE;
  gtk_widget_set_visible (step->get_row, FALSE);
  show_result (step, title, subtitle);
}

static const char *
get_error_title (const GError *error)
{
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_KEY))
    return _ ("ActivityWatch asks for a key");
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE))
    return _ ("The key can’t be kept");
  if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SETTINGS))
    return _ ("That can’t be an address");
  return _ ("ActivityWatch not found");
}

static void
show_error (HelioFirstRunSource *step, const GError *error)
{
  gboolean needs_key = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_KEY);
  g_autofree char *text = helio_error_get_text (error);

  step->is_ready = FALSE;
  gtk_widget_set_visible (step->get_row,
                          g_error_matches (error, HELIO_ERROR, HELIO_ERROR_AW_UNREACHABLE));
  show_result (step, get_error_title (error), text);
  if (needs_key)
    adw_expander_row_set_expanded (step->other_row, TRUE);
  if (gtk_widget_get_mapped (GTK_WIDGET (step)))
    gtk_widget_grab_focus (needs_key ? GTK_WIDGET (step->key) : step->try_button);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_tested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRunSource) step = data;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  gboolean is_found
      = helio_agent1_call_test_source_finish (HELIO_AGENT1 (source), &answer, result, &error);

  /* It is looked for elsewhere by now, or not at all. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&step->looking);
  if (is_found)
    show_found (step, answer);
  else
    show_error (step, error);
}

static void
stop_looking (HelioFirstRunSource *step)
{
  g_cancellable_cancel (step->looking);
  g_clear_object (&step->looking);
}

static void
look (HelioFirstRunSource *step)
{
  if (step->view.agent == NULL || step->looking != NULL
      || helio_agent1_get_state (step->view.agent) == NULL)
    return;
  step->looking = g_cancellable_new ();
  step->is_ready = FALSE;
  show_result (step, _ ("Looking for ActivityWatch…"), "");
  helio_agent1_call_test_source (step->view.agent, step->looking, on_tested, g_object_ref (step));
}

static void
on_option_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRunSource) step = data;
  g_autoptr (GError) error = NULL;
  gboolean is_set = helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* What is found where it was looked for until now says nothing any more. */
  stop_looking (step);
  if (is_set)
    look (step);
  else
    show_error (step, error);
}

static void
set_option (HelioFirstRunSource *step, const char *key, GtkEditable *entry)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  if (step->view.agent != NULL)
    helio_agent1_call_set_option (step->view.agent, key,
                                  g_variant_new_variant (g_variant_new_string (text)),
                                  step->view.cancellable, on_option_set, g_object_ref (step));
}

static void
on_address_applied (HelioFirstRunSource *step)
{
  set_option (step, "aw-url", step->address);
}

static void
on_key_applied (HelioFirstRunSource *step)
{
  set_option (step, "aw-key", step->key);
}

static void
on_try_clicked (HelioFirstRunSource *step)
{
  look (step);
}

static void
on_get_activated (HelioFirstRunSource *step)
{
  helio_browser_open (GTK_WIDGET (step), WEBSITE);
}

static void
on_options_got (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRunSource) step = data;
  g_autoptr (GVariant) options = NULL;

  if (helio_agent1_call_get_options_finish (HELIO_AGENT1 (source), &options, result, NULL)
      && *gtk_editable_get_text (step->address) == '\0')
    gtk_editable_set_text (step->address, helio_dict_get_text (options, "aw-url"));
}

/* Shown, or the agent came back. */
static void
begin (HelioFirstRunSource *step)
{
  if (step->view.agent == NULL || !gtk_widget_get_mapped (GTK_WIDGET (step)))
    return;
  look (step);
  helio_agent1_call_get_options (step->view.agent, step->view.cancellable, on_options_got,
                                 g_object_ref (step));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_first_run_source_dispose (GObject *object)
{
  HelioFirstRunSource *step = HELIO_FIRST_RUN_SOURCE (object);

  stop_looking (step);
  G_OBJECT_CLASS (helio_first_run_source_parent_class)->dispose (object);
}

static void
helio_first_run_source_get_property (GObject *object,
                                     guint prop_id,
                                     GValue *value,
                                     GParamSpec *pspec)
{
  HelioFirstRunSource *step = HELIO_FIRST_RUN_SOURCE (object);

  switch ((HelioFirstRunSourceProperty) prop_id)
    {
    case PROP_IS_READY:
      g_value_set_boolean (value, step->is_ready);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_first_run_source_class_init (HelioFirstRunSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_first_run_source_dispose;
  object_class->get_property = helio_first_run_source_get_property;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) begin;

  properties[PROP_IS_READY] = g_param_spec_boolean (
      "is-ready", NULL, NULL, FALSE,
      (GParamFlags) (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /* Errors are told apart only when their names are known before they come. */
  helio_error_quark ();
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-first-run-source.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, result);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, sign);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, spinner);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, try_button);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, get_row);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, other_row);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, address);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunSource, key);
  gtk_widget_class_bind_template_callback (widget_class, on_address_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_key_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_try_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_get_activated);
}

static void
helio_first_run_source_init (HelioFirstRunSource *step)
{
  gtk_widget_init_template (GTK_WIDGET (step));
}
