/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-first-run.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-owner.h"
#include "model/helio-text.h"
#include "window/helio-first-run-buckets.h"
#include "window/helio-first-run-destination.h"
#include "window/helio-first-run-source.h"
#include "window/helio-label.h"
#include "window/helio-toast.h"

/* From nothing to publishing in three steps; made anew for each run. The steps only ask; what they
 * were told is done when the last button is pressed, one call to the agent after the other. Where
 * one fails it stays at that, says why, and goes on from there when the button is pressed again. */

struct _HelioFirstRun
{
  HelioView view;

  /* owned */
  char *added_place; /* what was added as a destination already, or NULL */
  char *added_id;
  char *left_id; /* of what this run added at a place that was not chosen in the end, or NULL */
  GStrv chosen;  /* buckets, while they are switched on */

  /* values */
  gboolean is_starting;
  gboolean is_ours;   /* added by this run, and not there before */
  gboolean is_placed; /* the destination is there, and as it was chosen */
  guint n_switched;   /* of those chosen */

  /* template widgets */
  AdwWindowTitle *title;
  GtkWidget *back_button;
  GtkWidget *later_button;
  GtkStack *places;
  GtkStack *steps;
  HelioFirstRunSource *source;
  HelioFirstRunDestination *destination;
  HelioFirstRunBuckets *buckets;
  GtkLabel *error;
  GtkWidget *progress;
  GtkLabel *progress_text;
  GtkWidget *next_button;
};

G_DEFINE_FINAL_TYPE (HelioFirstRun, helio_first_run, HELIO_TYPE_VIEW)

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

#define N_STEPS 3

static GtkWidget *
get_step (HelioFirstRun *page, guint n)
{
  GtkWidget *const steps[N_STEPS]
      = { GTK_WIDGET (page->source), GTK_WIDGET (page->destination), GTK_WIDGET (page->buckets) };

  return steps[n];
}

static guint
get_current (HelioFirstRun *page)
{
  GtkWidget *visible = gtk_stack_get_visible_child (page->steps);

  for (guint i = 1; i < N_STEPS; i++)
    if (get_step (page, i) == visible)
      return i;
  return 0;
}

static void
update (HelioFirstRun *page)
{
  guint current = get_current (page);
  g_autofree char *subtitle = g_strdup_printf (_ ("Step %u of %u"), current + 1, N_STEPS);
  gboolean is_ready;

  g_object_get (get_step (page, current), "is-ready", &is_ready, NULL);
  adw_window_title_set_subtitle (page->title, subtitle);
  gtk_widget_set_visible (page->back_button, current > 0);
  gtk_widget_set_sensitive (page->back_button, !page->is_starting);
  gtk_widget_set_sensitive (page->later_button, !page->is_starting);
  gtk_button_set_label (GTK_BUTTON (page->next_button),
                        current + 1 < N_STEPS ? _ ("_Next") : _ ("_Start publishing"));
  gtk_widget_set_sensitive (page->next_button, is_ready && !page->is_starting);
  gtk_widget_set_sensitive (GTK_WIDGET (page->steps), !page->is_starting);
  gtk_widget_set_visible (page->progress, page->is_starting);
}

static void
show_error (HelioFirstRun *page, const char *text)
{
  g_autofree char *clean = helio_text_clean (text);

  helio_label_show (page->error, clean);
}

static void
focus (HelioFirstRun *page)
{
  switch (get_current (page))
    {
    case 1:
      helio_first_run_destination_focus (page->destination);
      break;
    case 2:
      helio_first_run_buckets_focus (page->buckets);
      break;
    default:
      gtk_widget_grab_focus (page->next_button);
    }
}

static void
show_step (HelioFirstRun *page, guint n)
{
  HelioFirstRunPlace place = helio_first_run_destination_get_place (page->destination);

  helio_first_run_buckets_ask_level (page->buckets, place != HELIO_FIRST_RUN_AS_IT_IS);
  gtk_stack_set_visible_child (page->steps, get_step (page, n));
  show_error (page, "");
  update (page);
  focus (page);
}

/* -- starting to publish ------------------------------------------------------------------ */

static void go_on (HelioFirstRun *page);

static void
stop (HelioFirstRun *page, const GError *error)
{
  gboolean lacks_store = g_error_matches (error, HELIO_ERROR, HELIO_ERROR_SECRET_STORE);
  HelioFirstRunPlace place = helio_first_run_destination_get_place (page->destination);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_autofree char *text = helio_error_get_text (error);
  page->is_starting = FALSE;
  update (page);
  gtk_widget_grab_focus (page->next_button);
  if (lacks_store && place == HELIO_FIRST_RUN_THIS_COMPUTER)
    {
      show_step (page, 1);
      helio_first_run_destination_offer_file (page->destination);
    }
  else if (lacks_store)
    {
      g_autofree char *advised = g_strdup_printf (
          /* Translators: %s is a sentence that says what is wrong */
          _ ("%s. Or add your server in a terminal: heliographctl destination add ADDRESS "
             "--token-file FILE"),
          text);
      show_error (page, advised);
      return;
    }
  show_error (page, text);
}

static void
finish (HelioFirstRun *page, const char *toast)
{
  page->is_starting = FALSE;
  helio_toast (GTK_WIDGET (page), toast);
  g_signal_emit (page, signals[DONE], 0);
}

/* It publishes by now: that it does not begin by itself is no reason to stay here. */
static void
on_login_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRun) page = data;
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error))
    {
      finish (page, _ ("Heliograph publishes now"));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_autofree char *reason = helio_error_get_text (error);
  /* Translators: %s is a sentence that says why */
  g_autofree char *text
      = g_strdup_printf (_ ("Heliograph publishes now, but does not start at login: %s"), reason);
  finish (page, text);
}

static void
on_bucket_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRun) page = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_set_bucket_finish (HELIO_AGENT1 (source), result, &error))
    {
      stop (page, error);
      return;
    }
  page->n_switched++;
  go_on (page);
}

static void
take_added (HelioFirstRun *page, const char *id, gboolean is_ours)
{
  g_free (page->added_place);
  page->added_place = helio_first_run_destination_describe (page->destination);
  g_free (page->added_id);
  page->added_id = g_strdup (id);
  page->is_ours = is_ours;
  page->is_placed = TRUE;
  go_on (page);
}

static void
on_this_computer_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRun) page = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (helio_agent1_call_add_this_computer_finish (HELIO_AGENT1 (source), &id, NULL, result, &error))
    take_added (page, id, TRUE);
  else
    stop (page, error);
}

static void
on_server_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRun) page = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (helio_agent1_call_add_destination_finish (HELIO_AGENT1 (source), &id, NULL, result, &error))
    take_added (page, id, TRUE);
  else
    stop (page, error);
}

static void
on_destination_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRun) page = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strdup (page->added_id);

  if (helio_agent1_call_set_destination_finish (HELIO_AGENT1 (source), result, &error))
    take_added (page, id, page->is_ours);
  else
    stop (page, error);
}

static GVariant *
make_options (HelioFirstRun *page, gboolean is_new)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "level",
                         g_variant_new_string (helio_first_run_buckets_get_level (page->buckets)));
  g_variant_builder_add (
      &options, "{sv}", "history",
      g_variant_new_boolean (helio_first_run_buckets_has_history (page->buckets)));
  if (is_new)
    helio_first_run_destination_add_options (page->destination, &options);
  return g_variant_builder_end (&options);
}

static gboolean
has_destination (HelioFirstRun *page, const char *id)
{
  g_autoptr (GVariant) one
      = helio_dicts_find (helio_agent1_get_destinations (page->view.agent), "id", id);

  return one != NULL;
}

static void
on_left_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioFirstRun) page = data;
  g_autoptr (GError) error = NULL;

  if (!helio_agent1_call_remove_destination_finish (HELIO_AGENT1 (source), result, &error))
    {
      stop (page, error);
      return;
    }
  g_clear_pointer (&page->left_id, g_free);
  go_on (page);
}

/* Nothing stays at a place that the person thought better of. */
static void
remove_left (HelioFirstRun *page)
{
  gtk_label_set_label (page->progress_text, _ ("Removing what was chosen before…"));
  helio_agent1_call_remove_destination (page->view.agent, page->left_id, "delete",
                                        page->view.cancellable, on_left_removed,
                                        g_object_ref (page));
}

static void
add_destination (HelioFirstRun *page)
{
  HelioFirstRunPlace place = helio_first_run_destination_get_place (page->destination);

  if (place == HELIO_FIRST_RUN_AS_IT_IS)
    {
      take_added (page, "", FALSE);
      return;
    }
  gtk_label_set_label (page->progress_text, place == HELIO_FIRST_RUN_THIS_COMPUTER
                                                ? _ ("Preparing this computer…")
                                                : _ ("Connecting to your server…"));
  if (place == HELIO_FIRST_RUN_THIS_COMPUTER && page->added_id == NULL)
    page->added_id = helio_first_run_destination_find_bundled (page->destination);
  if (page->added_id != NULL)
    helio_agent1_call_set_destination (page->view.agent, page->added_id, make_options (page, FALSE),
                                       page->view.cancellable, on_destination_set,
                                       g_object_ref (page));
  else if (place == HELIO_FIRST_RUN_THIS_COMPUTER)
    helio_agent1_call_add_this_computer (page->view.agent, make_options (page, TRUE),
                                         page->view.cancellable, on_this_computer_added,
                                         g_object_ref (page));
  else
    {
      g_autofree char *address = helio_first_run_destination_get_address (page->destination);
      g_autofree char *token = helio_first_run_destination_get_token (page->destination);

      helio_agent1_call_add_destination (page->view.agent, address, token,
                                         make_options (page, TRUE), page->view.cancellable,
                                         on_server_added, g_object_ref (page));
    }
}

/* The next thing that is still to do. */
static void
go_on (HelioFirstRun *page)
{
  gboolean starts = helio_first_run_buckets_starts_at_login (page->buckets);

  if (page->left_id != NULL && has_destination (page, page->left_id))
    remove_left (page);
  else if (!page->is_placed)
    add_destination (page);
  else if (page->chosen[page->n_switched] != NULL)
    {
      gtk_label_set_label (page->progress_text, _ ("Switching buckets on…"));
      helio_agent1_call_set_bucket (page->view.agent, page->chosen[page->n_switched], TRUE, "keep",
                                    page->view.cancellable, on_bucket_set, g_object_ref (page));
    }
  else
    helio_agent1_call_set_option (page->view.agent, "start-at-login",
                                  g_variant_new_variant (g_variant_new_boolean (starts)),
                                  page->view.cancellable, on_login_set, g_object_ref (page));
}

/* Another place may have been chosen since the last start; else its level may have been, and is set
 * again. What is left as it is stays. */
static void
take_place (HelioFirstRun *page)
{
  g_autofree char *place = helio_first_run_destination_describe (page->destination);
  gboolean is_other = g_strcmp0 (page->added_place, place) != 0;

  if (is_other && page->is_ours && *place != '\0')
    {
      g_free (page->left_id);
      page->left_id = g_steal_pointer (&page->added_id);
    }
  if (!is_other && (page->added_id == NULL || has_destination (page, page->added_id)))
    return;
  g_clear_pointer (&page->added_id, g_free);
  g_clear_pointer (&page->added_place, g_free);
  page->is_ours = FALSE;
}

static void
start (HelioFirstRun *page)
{
  if (page->view.agent == NULL || page->is_starting)
    return;
  take_place (page);
  page->is_placed = FALSE;
  g_strfreev (page->chosen);
  page->chosen = helio_first_run_buckets_list_chosen (page->buckets);
  page->n_switched = 0;
  page->is_starting = TRUE;
  show_error (page, "");
  update (page);
  go_on (page);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_ready_changed (HelioFirstRun *page)
{
  update (page);
  /* ActivityWatch was found: there is nothing to do in the first step but to go on. */
  if (get_current (page) == 0 && gtk_widget_get_mapped (GTK_WIDGET (page))
      && gtk_widget_get_sensitive (page->next_button))
    gtk_widget_grab_focus (page->next_button);
}

static void
on_destination_passed (HelioFirstRun *page)
{
  if (get_current (page) == 1)
    show_step (page, 2);
}

static void
on_next_clicked (HelioFirstRun *page)
{
  guint current = get_current (page);

  if (current + 1 == N_STEPS)
    start (page);
  else if (current != 1 || helio_first_run_destination_leave (page->destination))
    show_step (page, current + 1);
}

static void
on_back_clicked (HelioFirstRun *page)
{
  guint current = get_current (page);

  if (current > 0)
    show_step (page, current - 1);
}

static void
on_later_clicked (HelioFirstRun *page)
{
  g_signal_emit (page, signals[DONE], 0);
}

static void
on_owner_changed (HelioFirstRun *page)
{
  gtk_stack_set_visible_child_name (page->places,
                                    helio_has_owner (page->view.agent) ? "steps" : "no-agent");
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_first_run_finalize (GObject *object)
{
  HelioFirstRun *page = HELIO_FIRST_RUN (object);

  g_free (page->added_place);
  g_free (page->added_id);
  g_free (page->left_id);
  g_strfreev (page->chosen);
  G_OBJECT_CLASS (helio_first_run_parent_class)->finalize (object);
}

static void
helio_first_run_class_init (HelioFirstRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = helio_first_run_finalize;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) on_owner_changed;

  /**
   * HelioFirstRun::done:
   *
   * All is set up, or the person wants to do that later.
   */
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  g_type_ensure (HELIO_TYPE_FIRST_RUN_SOURCE);
  g_type_ensure (HELIO_TYPE_FIRST_RUN_DESTINATION);
  g_type_ensure (HELIO_TYPE_FIRST_RUN_BUCKETS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-first-run.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, title);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, back_button);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, later_button);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, places);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, steps);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, source);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, destination);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, buckets);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, error);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, progress);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, progress_text);
  gtk_widget_class_bind_template_child (widget_class, HelioFirstRun, next_button);
  gtk_widget_class_bind_template_callback (widget_class, on_ready_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_destination_passed);
  gtk_widget_class_bind_template_callback (widget_class, on_next_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_later_clicked);
}

static void
helio_first_run_init (HelioFirstRun *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  update (page);
}
