/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-first-run-destination.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-text.h"
#include "window/helio-toast.h"

/* The second step: where to publish. A server is really asked, but only when the person says so:
 * a half-typed address may be somebody else's, who would be given the token. */

struct _HelioFirstRunDestination
{
  HelioView view;

  /* owned */
  GCancellable *checking; /* NULL: nothing is under way */

  /* values */
  gboolean is_checked;      /* the server took address and token as they are now */
  gboolean is_leaving;      /* the check is for the sake of the next step */
  gboolean has_chosen;      /* the person, or what there was at the first look */
  gboolean is_file_offered; /* there is no secret store: an error said so */

  /* template widgets */
  AdwActionRow *as_it_is_row;
  GtkCheckButton *as_it_is;
  GtkCheckButton *this_computer;
  GtkCheckButton *my_server;
  GtkWidget *file_group;
  GtkSwitch *keep_file;
  GtkEditable *address;
  GtkEditable *token;
  GtkWidget *plain_row;
  GtkSwitch *allow_plain;
  AdwActionRow *verdict;
  GtkImage *sign;
  GtkSpinner *spinner;
  GtkWidget *check_button;
};

G_DEFINE_FINAL_TYPE (HelioFirstRunDestination, helio_first_run_destination, HELIO_TYPE_VIEW)

typedef enum
{
  PROP_IS_READY = 1,
} HelioFirstRunDestinationProperty;

static GParamSpec *properties[PROP_IS_READY + 1];

enum
{
  PASSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static char *
get_text (GtkEditable *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (entry)));
}

static gboolean
is_filled (HelioFirstRunDestination *step)
{
  g_autofree char *address = get_text (step->address);
  g_autofree char *token = get_text (step->token);

  return *address != '\0' && *token != '\0';
}

static gboolean
is_ready (HelioFirstRunDestination *step)
{
  switch (helio_first_run_destination_get_place (step))
    {
    case HELIO_FIRST_RUN_MY_SERVER:
      return is_filled (step) && step->checking == NULL;
    case HELIO_FIRST_RUN_THIS_COMPUTER:
      return !gtk_widget_get_visible (step->file_group) || gtk_switch_get_active (step->keep_file);
    case HELIO_FIRST_RUN_AS_IT_IS:
    default:
      return TRUE;
    }
}

/* @css_class: (nullable): of the sign, or none */
static void
show_verdict (HelioFirstRunDestination *step,
              const char *css_class,
              const char *title,
              const char *subtitle)
{
  gboolean is_good = g_strcmp0 (css_class, "success") == 0;
  const char *classes[] = { css_class, NULL };

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (step->verdict), title);
  adw_action_row_set_subtitle (step->verdict, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (step->sign), css_class != NULL);
  gtk_image_set_from_icon_name (step->sign,
                                is_good ? "object-select-symbolic" : "dialog-error-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (step->sign), classes);
  gtk_spinner_set_spinning (step->spinner, step->checking != NULL);
  gtk_widget_set_visible (GTK_WIDGET (step->spinner), step->checking != NULL);
  gtk_widget_set_visible (step->check_button, !step->is_checked);
  gtk_widget_set_sensitive (step->check_button, step->checking == NULL && is_filled (step));
  g_object_notify_by_pspec (G_OBJECT (step), properties[PROP_IS_READY]);
}

static void
show_unchecked (HelioFirstRunDestination *step)
{
  if (is_filled (step))
    show_verdict (step, NULL, _ ("Not checked yet"), "");
  else
    show_verdict (step, NULL, _ ("Enter the address and the token"),
                  _ ("The token is made at your server: heliograph-server token add NAME"));
}

static void
show_passed (HelioFirstRunDestination *step, GVariant *result)
{
  g_autofree char *device = helio_text_clean (helio_dict_get_text (result, "device"));
  g_autofree char *server = helio_text_clean (helio_dict_get_text (result, "server"));
  g_autofree char *subtitle
      /* Translators: %s is the name of this computer at a server */
      = g_strdup_printf (_ ("This computer is called “%s” there"), device);

  step->is_checked = TRUE;
  show_verdict (step, "success", *server != '\0' ? server : _ ("It works"), subtitle);
}

static void
show_refused (HelioFirstRunDestination *step, const GError *error)
{
  g_autofree char *text = helio_error_get_text (error);
  g_autofree char *clean = helio_text_clean (text);
  gboolean is_plain = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_INSECURE);

  if (is_plain)
    gtk_widget_set_visible (step->plain_row, TRUE);
  show_verdict (step, "error", _ ("That does not work yet"), clean);
  if (!gtk_widget_get_mapped (GTK_WIDGET (step)))
    return;
  if (is_plain)
    gtk_widget_grab_focus (GTK_WIDGET (step->allow_plain));
  else if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_TOKEN))
    gtk_widget_grab_focus (GTK_WIDGET (step->token));
  else
    gtk_widget_grab_focus (GTK_WIDGET (step->address));
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_tested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRunDestination) step = data;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_passed = helio_agent1_call_test_new_destination_finish (HELIO_AGENT1 (source),
                                                                       &answer, result, &error);

  /* What was typed has changed since: this is about something else. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&step->checking);
  if (!has_passed)
    show_refused (step, error);
  else
    show_passed (step, answer);
  if (has_passed && step->is_leaving)
    g_signal_emit (step, signals[PASSED], 0);
  step->is_leaving = FALSE;
}

static void
check (HelioFirstRunDestination *step, gboolean is_leaving)
{
  g_autofree char *address = get_text (step->address);
  g_autofree char *token = get_text (step->token);
  GVariantBuilder options;

  if (step->view.agent == NULL || step->checking != NULL || !is_filled (step))
    return;
  step->is_leaving = is_leaving;
  step->checking = g_cancellable_new ();
  show_verdict (step, NULL, _ ("Checking…"), "");
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  helio_first_run_destination_add_options (step, &options);
  helio_agent1_call_test_new_destination (step->view.agent, address, token,
                                          g_variant_builder_end (&options), step->checking,
                                          on_tested, g_object_ref (step));
}

static void
on_check_clicked (HelioFirstRunDestination *step)
{
  check (step, FALSE);
}

/* Enter leads from the address to the token, and from there on. */
static void
on_entry_activated (HelioFirstRunDestination *step)
{
  if (is_filled (step))
    check (step, FALSE);
  else if (*gtk_editable_get_text (step->address) != '\0')
    gtk_widget_grab_focus (GTK_WIDGET (step->token));
}

static void
on_server_changed (HelioFirstRunDestination *step)
{
  if (step->checking != NULL)
    g_cancellable_cancel (step->checking);
  g_clear_object (&step->checking);
  step->is_checked = FALSE;
  step->is_leaving = FALSE;
  show_unchecked (step);
}

/* What was allowed for one server is not for another. */
static void
on_address_changed (HelioFirstRunDestination *step)
{
  gtk_switch_set_active (step->allow_plain, FALSE);
  gtk_widget_set_visible (step->plain_row, FALSE);
  on_server_changed (step);
}

static void
on_changed (HelioFirstRunDestination *step)
{
  g_object_notify_by_pspec (G_OBJECT (step), properties[PROP_IS_READY]);
}

static void
show_file_offer (HelioFirstRunDestination *step)
{
  GVariant *machine = step->view.agent != NULL ? helio_agent1_get_machine (step->view.agent) : NULL;
  const char *store = machine != NULL ? helio_dict_get_text (machine, "secret-store") : "";
  gboolean is_needed = g_str_equal (store, "none") || step->is_file_offered;

  gtk_widget_set_visible (step->file_group,
                          is_needed && gtk_check_button_get_active (step->this_computer));
  on_changed (step);
}

static void
on_choice_toggled (HelioFirstRunDestination *step)
{
  show_file_offer (step);
  if (gtk_check_button_get_active (step->my_server) && !is_filled (step))
    gtk_widget_grab_focus (GTK_WIDGET (step->address));
}

/* Who publishes already need not add anything. */
static void
on_destinations_changed (HelioFirstRunDestination *step)
{
  GVariant *destinations
      = step->view.agent != NULL ? helio_agent1_get_destinations (step->view.agent) : NULL;
  gsize n = destinations != NULL ? g_variant_n_children (destinations) : 0;
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      g_autofree char *name = helio_text_clean (helio_dict_get_text (one, "name"));

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
    }
  adw_action_row_set_subtitle (step->as_it_is_row, names->str);
  gtk_widget_set_visible (GTK_WIDGET (step->as_it_is_row), n > 0);
  if (n > 0 && !step->has_chosen)
    gtk_check_button_set_active (step->as_it_is, TRUE);
  if (n == 0 && gtk_check_button_get_active (step->as_it_is))
    gtk_check_button_set_active (step->this_computer, TRUE);
  step->has_chosen |= n > 0;
}

static void
update (HelioFirstRunDestination *step)
{
  on_destinations_changed (step);
  show_file_offer (step);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_first_run_destination_dispose (GObject *object)
{
  HelioFirstRunDestination *step = HELIO_FIRST_RUN_DESTINATION (object);

  if (step->checking != NULL)
    g_cancellable_cancel (step->checking);
  g_clear_object (&step->checking);
  G_OBJECT_CLASS (helio_first_run_destination_parent_class)->dispose (object);
}

static void
helio_first_run_destination_get_property (GObject *object,
                                          guint prop_id,
                                          GValue *value,
                                          GParamSpec *pspec)
{
  HelioFirstRunDestination *step = HELIO_FIRST_RUN_DESTINATION (object);

  switch ((HelioFirstRunDestinationProperty) prop_id)
    {
    case PROP_IS_READY:
      g_value_set_boolean (value, is_ready (step));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_first_run_destination_class_init (HelioFirstRunDestinationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_first_run_destination_dispose;
  object_class->get_property = helio_first_run_destination_get_property;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  properties[PROP_IS_READY] = g_param_spec_boolean (
      "is-ready", NULL, NULL, FALSE,
      (GParamFlags) (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * HelioFirstRunDestination::passed:
   *
   * The server was checked for the sake of the next step, which may come now.
   */
  signals[PASSED] = g_signal_new ("passed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  helio_error_quark ();
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-first-run-destination.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, as_it_is_row);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, as_it_is);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, this_computer);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, my_server);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, file_group);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, keep_file);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, address);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, token);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, plain_row);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, allow_plain);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, verdict);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, sign);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, spinner);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRunDestination, check_button);
  gtk_widget_class_bind_template_callback (widget_class, on_check_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_choice_toggled);
}

static void
helio_first_run_destination_init (HelioFirstRunDestination *step)
{
  gtk_widget_init_template (GTK_WIDGET (step));
  helio_view_watch (HELIO_VIEW (step), G_CALLBACK (on_destinations_changed), "destinations", NULL);
  helio_view_watch (HELIO_VIEW (step), G_CALLBACK (show_file_offer), "machine", NULL);
  show_unchecked (step);
}

HelioFirstRunPlace
helio_first_run_destination_get_place (HelioFirstRunDestination *step)
{
  if (gtk_check_button_get_active (step->my_server))
    return HELIO_FIRST_RUN_MY_SERVER;
  return gtk_check_button_get_active (step->as_it_is) ? HELIO_FIRST_RUN_AS_IT_IS
                                                      : HELIO_FIRST_RUN_THIS_COMPUTER;
}

char *
helio_first_run_destination_describe (HelioFirstRunDestination *step)
{
  switch (helio_first_run_destination_get_place (step))
    {
    case HELIO_FIRST_RUN_MY_SERVER:
      return get_text (step->address);
    case HELIO_FIRST_RUN_THIS_COMPUTER:
      return g_strdup ("bundled");
    case HELIO_FIRST_RUN_AS_IT_IS:
    default:
      return g_strdup ("");
    }
}

char *
helio_first_run_destination_find_bundled (HelioFirstRunDestination *step)
{
  GVariant *destinations
      = step->view.agent != NULL ? helio_agent1_get_destinations (step->view.agent) : NULL;

  for (gsize i = 0; destinations != NULL && i < g_variant_n_children (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);

      if (helio_dict_get_flag (one, "bundled"))
        return g_strdup (helio_dict_get_text (one, "id"));
    }
  return NULL;
}

char *
helio_first_run_destination_get_address (HelioFirstRunDestination *step)
{
  return get_text (step->address);
}

char *
helio_first_run_destination_get_token (HelioFirstRunDestination *step)
{
  return get_text (step->token);
}

void
helio_first_run_destination_add_options (HelioFirstRunDestination *step, GVariantBuilder *options)
{
  if (gtk_check_button_get_active (step->this_computer))
    g_variant_builder_add (options, "{sv}", "name", g_variant_new_string (_ ("This computer")));
  if (gtk_check_button_get_active (step->my_server) && gtk_widget_get_visible (step->plain_row))
    g_variant_builder_add (options, "{sv}", "allow-plain-http",
                           g_variant_new_boolean (gtk_switch_get_active (step->allow_plain)));
  if (gtk_check_button_get_active (step->this_computer)
      && gtk_widget_get_visible (step->file_group))
    g_variant_builder_add (options, "{sv}", "keep-token-file",
                           g_variant_new_boolean (gtk_switch_get_active (step->keep_file)));
}

gboolean
helio_first_run_destination_leave (HelioFirstRunDestination *step)
{
  step->has_chosen = TRUE;
  if (helio_first_run_destination_get_place (step) != HELIO_FIRST_RUN_MY_SERVER || step->is_checked)
    return TRUE;
  check (step, TRUE);
  return FALSE;
}

void
helio_first_run_destination_offer_file (HelioFirstRunDestination *step)
{
  step->is_file_offered = TRUE;
  show_file_offer (step);
  gtk_widget_grab_focus (GTK_WIDGET (step->keep_file));
}

void
helio_first_run_destination_focus (HelioFirstRunDestination *step)
{
  GtkCheckButton *choices[] = { step->as_it_is, step->this_computer, step->my_server };

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (gtk_check_button_get_active (choices[i]))
      gtk_widget_grab_focus (GTK_WIDGET (choices[i]));
}
