/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-settings-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "window/helio-label.h"
#include "window/helio-minutes.h"
#include "window/helio-option.h"
#include "window/helio-toast.h"

/* The agent keeps the settings; they are asked for whenever the page comes into sight, since
 * heliographctl changes them, too. */

#define N_OPTIONS 7

struct _HelioSettingsPage
{
  HelioView view;

  /* owned */
  HelioOption *options[N_OPTIONS];
  char *known; /* of the connection, as the agent's properties tell it */

  /* borrowed */
  HelioOption *address_option;

  /* values */
  gboolean has_failed;  /* the test that is shown */
  int64_t last_success; /* of the agent, when it failed: ms, to the minute */
  gboolean is_setting_key;

  /* template widgets */
  GtkStack *views;
  GtkWidget *preferences;
  AdwEntryRow *address;
  AdwEntryRow *key;
  GtkWidget *forget_key;
  AdwActionRow *connection;
  GtkImage *connection_icon;
  GtkSpinner *spinner;
  GtkWidget *test;
  GtkLabel *source_complaint;
  GtkWidget *poll_interval;
  GtkWidget *away_threshold;
  GtkWidget *media_keeps_active;
  GtkLabel *presence_complaint;
  GtkWidget *start_at_login;
  GtkWidget *tray_icon;
  AdwActionRow *tray_row;
  GtkWidget *pause_on_metered;
  AdwActionRow *metered_row;
  GtkLabel *desktop_complaint;
  AdwActionRow *about;
  GtkWidget *version_warning;
};

G_DEFINE_FINAL_TYPE (HelioSettingsPage, helio_settings_page, HELIO_TYPE_VIEW)

/* -- the connection ----------------------------------------------------------------------- */

static void
show_connection (HelioSettingsPage *page, const char *text, gboolean is_good, gboolean is_bad)
{
  GtkWidget *icon = GTK_WIDGET (page->connection_icon);

  adw_action_row_set_subtitle (page->connection, text);
  gtk_image_set_from_icon_name (page->connection_icon,
                                is_bad ? "dialog-warning-symbolic" : "object-select-symbolic");
  gtk_widget_set_visible (icon, is_good || is_bad);
  gtk_widget_remove_css_class (icon, is_bad ? "success" : "warning");
  gtk_widget_add_css_class (icon, is_bad ? "warning" : "success");
}

/* "laptop, v0.13.2". (transfer full) */
static char *
name_source (GVariant *dict)
{
  g_autofree char *host = helio_text_clean (helio_dict_get_text (dict, "hostname"));
  g_autofree char *version = helio_text_clean (helio_dict_get_text (dict, "version"));

  return g_strdup_printf ("%s, %s%s", host, g_ascii_isdigit (*version) ? "v" : "", version);
}

/* A verdict holds until the agent learns something else. */
static void
update_connection (HelioSettingsPage *page)
{
  GVariant *source = page->view.agent != NULL ? helio_agent1_get_source (page->view.agent) : NULL;
  const char *error = source != NULL ? helio_dict_get_text (source, "error") : "";
  gboolean is_reachable = source != NULL && helio_dict_get_flag (source, "reachable");
  g_autofree char *text = NULL;

  if (is_reachable)
    {
      g_autofree char *name = name_source (source);
      /* Translators: %s is a computer and a version, like “laptop, v0.13.2”. */
      text = g_strdup_printf (_ ("Connected: %s"), name);
    }
  else
    text = *error != '\0' ? helio_text_clean (error) : g_strdup (_ ("Not tried yet"));
  /* The agent says what it said before; but it reached what the test could not. */
  gboolean is_mended = page->has_failed && is_reachable
                       && helio_dict_get_number (source, "last-success") > page->last_success;

  if (g_strcmp0 (text, page->known) == 0 && !is_mended)
    return;
  page->has_failed = FALSE;
  g_free (page->known);
  page->known = g_steal_pointer (&text);
  if (!gtk_spinner_get_spinning (page->spinner))
    show_connection (page, page->known, is_reachable, !is_reachable && *error != '\0');
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioSettingsPage) page = data;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *verdict = NULL;
  gboolean is_good
      = helio_agent1_call_test_source_finish (HELIO_AGENT1 (source), &answer, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_stop (page->spinner);
  gtk_widget_set_sensitive (page->test, TRUE);
  if (is_good)
    {
      guint n = (guint) helio_dict_get_number (answer, "buckets");
      g_autofree char *name = name_source (answer);
      g_autofree char *buckets
          = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u bucket", "%u buckets", n), n);

      /* Translators: a computer and a version, then “6 buckets”. */
      verdict = g_strdup_printf (_ ("Connected: %s, %s"), name, buckets);
    }
  else
    verdict = helio_error_get_text (error);
  GVariant *known = helio_agent1_get_source (HELIO_AGENT1 (source));
  page->has_failed = !is_good;
  page->last_success = known != NULL ? helio_dict_get_number (known, "last-success") : 0;
  show_connection (page, verdict, is_good, !is_good);
}

static void
on_test_clicked (HelioSettingsPage *page)
{
  if (page->view.agent == NULL)
    return;
  gtk_spinner_start (page->spinner);
  gtk_widget_set_sensitive (page->test, FALSE);
  show_connection (page, _ ("Testing…"), FALSE, FALSE);
  helio_agent1_call_test_source (page->view.agent, page->view.cancellable, on_tested,
                                 g_object_ref (page));
}

static void
on_address_apply (HelioSettingsPage *page)
{
  helio_option_apply (page->address_option);
}

/* -- the key ------------------------------------------------------------------------------ */

/* The key itself never comes back from the agent: only whether there is one. */
static void
show_key (HelioSettingsPage *page, gboolean is_set)
{
  adw_entry_row_set_show_apply_button (page->key, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (page->key), "");
  adw_entry_row_set_show_apply_button (page->key, TRUE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (page->key),
                                 is_set ? _ ("API _key (one is set)") : _ ("API _key (none set)"));
  gtk_widget_set_visible (page->forget_key, is_set);
}

static void
on_key_answered (HelioSettingsPage *page, gboolean is_set, GError *error)
{
  g_autofree char *text = error != NULL ? helio_error_get_text (error) : NULL;
  g_autofree char *advised = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  page->is_setting_key = FALSE;
  if (error == NULL)
    show_key (page, is_set);
  else if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE))
    /* Translators: %s is an error that ends in “or use a file”. Leave the command as it is. */
    advised = g_strdup_printf (_ ("%s: heliographctl source key --key-file FILE --keep-key-file"),
                               text);
  helio_label_show (page->source_complaint, advised != NULL ? advised : text);
}

static void
on_key_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioSettingsPage) page = data;
  g_autoptr (GError) error = NULL;

  helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error);
  on_key_answered (page, TRUE, error);
}

static void
on_key_forgotten (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioSettingsPage) page = data;
  g_autoptr (GError) error = NULL;

  helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error);
  on_key_answered (page, FALSE, error);
}

/* @key: "" forgets the one there is */
static void
set_key (HelioSettingsPage *page, const char *key)
{
  if (page->view.agent == NULL || page->is_setting_key)
    return;
  page->is_setting_key = TRUE;
  helio_agent1_call_set_option (
      page->view.agent, "aw-key", g_variant_new_variant (g_variant_new_string (key)),
      page->view.cancellable, *key != '\0' ? on_key_stored : on_key_forgotten, g_object_ref (page));
}

static void
on_key_apply (HelioSettingsPage *page)
{
  g_autofree char *key = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (page->key))));

  if (*key != '\0')
    set_key (page, key);
}

static void
on_forget_key_clicked (HelioSettingsPage *page)
{
  set_key (page, "");
}

/* -- minutes ------------------------------------------------------------------------------ */

static int
on_minutes_input (GtkSpinButton *spin, double *value, HelioSettingsPage *page G_GNUC_UNUSED)
{
  guint seconds;

  if (!helio_minutes_parse (gtk_editable_get_text (GTK_EDITABLE (spin)), &seconds))
    return GTK_INPUT_ERROR;
  *value = seconds;
  return TRUE;
}

static gboolean
on_minutes_output (GtkSpinButton *spin, HelioSettingsPage *page G_GNUC_UNUSED)
{
  g_autofree char *text = helio_minutes_format ((guint) lround (gtk_spin_button_get_value (spin)));

  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (spin))))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

/* -- what the agent tells ----------------------------------------------------------------- */

static void
update_machine (HelioSettingsPage *page)
{
  GVariant *machine = page->view.agent != NULL ? helio_agent1_get_machine (page->view.agent) : NULL;

  if (machine == NULL)
    return;
  adw_action_row_set_subtitle (
      page->tray_row, helio_dict_get_flag (machine, "tray-host")
                          ? _ ("Shows what is published, and pauses it")
                          : _ ("This desktop shows no tray icons. Nothing is lost without"));
  adw_action_row_set_subtitle (page->metered_row,
                               helio_dict_get_flag (machine, "metered")
                                   ? _ ("The connection is metered now. The live status goes on")
                                   : _ ("The live status goes on: it is small"));
}

static void
update_version (HelioSettingsPage *page)
{
  const char *version
      = page->view.agent != NULL ? helio_agent1_get_version (page->view.agent) : NULL;
  g_autofree char *text = NULL;

  if (version == NULL)
    return;
  gboolean is_same = g_str_equal (version, PACKAGE_VERSION);
  if (is_same)
    text = g_strdup_printf (_ ("Version %s"), version);
  else
    text = g_strdup_printf (_ ("The window is version %s, the agent is version %s. Restart "
                               "Heliograph: quit it, and open it again"),
                            PACKAGE_VERSION, version);
  adw_action_row_set_subtitle (page->about, text);
  gtk_widget_set_visible (page->version_warning, !is_same);
}

static void
on_options_got (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioSettingsPage) page = data;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_get_options_finish (HELIO_AGENT1 (source), &options, result, &error))
    {
      helio_toast_error (GTK_WIDGET (page), error);
      return;
    }
  for (guint i = 0; i < N_OPTIONS; i++)
    helio_option_show (page->options[i], options);
  helio_label_show (page->source_complaint, NULL);
  if (!page->is_setting_key)
    show_key (page, helio_dict_get_flag (options, "aw-key-set"));
  gtk_widget_set_sensitive (page->preferences, TRUE);
}

static void
update (HelioSettingsPage *page)
{
  gboolean runs = helio_has_owner (page->view.agent);

  for (guint i = 0; i < N_OPTIONS; i++)
    helio_option_set_agent (page->options[i], page->view.agent);
  gtk_stack_set_visible_child_name (page->views, runs ? "settings" : "stopped");
  if (!runs || !gtk_widget_get_mapped (GTK_WIDGET (page)))
    return;
  update_connection (page);
  update_machine (page);
  update_version (page);
  helio_agent1_call_get_options (page->view.agent, page->view.cancellable, on_options_got,
                                 g_object_ref (page));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_settings_page_dispose (GObject *object)
{
  HelioSettingsPage *page = HELIO_SETTINGS_PAGE (object);

  for (guint i = 0; i < N_OPTIONS; i++)
    g_clear_object (&page->options[i]);
  G_OBJECT_CLASS (helio_settings_page_parent_class)->dispose (object);
}

static void
helio_settings_page_finalize (GObject *object)
{
  HelioSettingsPage *page = HELIO_SETTINGS_PAGE (object);

  g_free (page->known);
  G_OBJECT_CLASS (helio_settings_page_parent_class)->finalize (object);
}

static void
helio_settings_page_class_init (HelioSettingsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_settings_page_dispose;
  object_class->finalize = helio_settings_page_finalize;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  /* Registered before an error of it comes over the bus. */
  helio_error_quark ();
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-settings-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, HelioSettingsPage, child)
  BIND (views);
  BIND (preferences);
  BIND (address);
  BIND (key);
  BIND (forget_key);
  BIND (connection);
  BIND (connection_icon);
  BIND (spinner);
  BIND (test);
  BIND (source_complaint);
  BIND (poll_interval);
  BIND (away_threshold);
  BIND (media_keeps_active);
  BIND (presence_complaint);
  BIND (start_at_login);
  BIND (tray_icon);
  BIND (tray_row);
  BIND (pause_on_metered);
  BIND (metered_row);
  BIND (desktop_complaint);
  BIND (about);
  BIND (version_warning);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_address_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_key_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_key_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_minutes_input);
  gtk_widget_class_bind_template_callback (widget_class, on_minutes_output);
  gtk_widget_class_bind_template_callback (widget_class, on_test_clicked);
}

static void
helio_settings_page_init (HelioSettingsPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));

  const struct
  {
    const char *key;
    GtkWidget *widget;
    const char *property;
    GtkLabel *complaint;
  } options[N_OPTIONS] = {
    { "aw-url", GTK_WIDGET (page->address), "text", page->source_complaint },
    { "poll-interval", page->poll_interval, "value", page->presence_complaint },
    { "away-threshold", page->away_threshold, "value", page->presence_complaint },
    { "media-keeps-active", page->media_keeps_active, "active", page->presence_complaint },
    { "start-at-login", page->start_at_login, "active", page->desktop_complaint },
    { "tray-icon", page->tray_icon, "active", page->desktop_complaint },
    { "pause-on-metered", page->pause_on_metered, "active", page->desktop_complaint },
  };
  for (guint i = 0; i < N_OPTIONS; i++)
    page->options[i] = helio_option_new (options[i].key, options[i].widget, options[i].property,
                                         options[i].complaint);
  page->address_option = page->options[0];
  /* Nothing is changed before it is known how it is. */
  gtk_widget_set_sensitive (page->preferences, FALSE);
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (update_connection), "source", NULL);
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (update_machine), "machine", NULL);
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (update_version), "version", NULL);
}
