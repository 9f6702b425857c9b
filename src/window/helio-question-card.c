/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-question-card.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-text.h"
#include "window/helio-toast.h"

/* What only the user can decide. The agent goes on as the first choice says until there is an
 * answer; the card goes when the agent does not ask any more. */

struct _HelioQuestionCard
{
  AdwBin parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GVariant *question;

  /* borrowed, weak */
  GtkWidget *window; /* which outlives the card, and tells of its answer */
  GtkWindow *dialog; /* that asks once more, or NULL */

  /* template widgets */
  GtkLabel *title;
  GtkLabel *text;
  GtkFlowBox *choices;
};

G_DEFINE_FINAL_TYPE (HelioQuestionCard, helio_question_card, ADW_TYPE_BIN)

static const char *
get_title (const char *kind)
{
  if (g_str_equal (kind, "deletions"))
    return _ ("Events are gone from ActivityWatch");
  if (g_str_equal (kind, "adopt"))
    return _ ("Your server knows more than this computer");
  if (g_str_equal (kind, "renamed-host"))
    return _ ("Was this computer renamed?");
  return _ ("A question");
}

/* Where a destination is, as people know it. (transfer full) */
static char *
name_destination (HelioQuestionCard *card, const char *id)
{
  g_autoptr (GVariant) one
      = helio_dicts_find (helio_agent1_get_destinations (card->agent), "id", id);

  return one != NULL ? helio_text_clean (helio_dict_get_text (one, "name"))
                     : g_strdup (_ ("your server"));
}

/* What the title says is not said again: the agent's text is for where there is none.
 * (transfer full) */
static char *
get_text (HelioQuestionCard *card, GVariant *question)
{
  const char *kind = helio_dict_get_text (question, "kind");
  int64_t number = helio_dict_get_number (question, "count");
  g_autofree char *bucket = helio_text_clean (helio_dict_get_text (question, "bucket"));
  g_autofree char *server = name_destination (card, helio_dict_get_text (question, "destination"));
  g_autofree char *count = helio_text_count (number);

  if (g_str_equal (kind, "deletions"))
    return g_strdup_printf (
        /* Translators: a number, the id of a bucket, and the name of a server */
        g_dngettext (GETTEXT_PACKAGE,
                     "%s event of “%s” is no longer there. Keep it at %s, or delete it there too?",
                     "%s events of “%s” are no longer there. Keep them at %s, or delete them there "
                     "too?",
                     (gulong) MAX (number, 0)),
        count, bucket, server);
  if (g_str_equal (kind, "adopt"))
    return g_strdup_printf (
        /* Translators: %s is the name of a server */
        _ ("Somebody else wrote to %s with this token, or what this computer remembers of it is "
           "old. Take over what it holds and go on, or leave it stopped?"),
        server);
  if (g_str_equal (kind, "renamed-host"))
    return g_strdup_printf (
        /* Translators: %s is the id of a bucket */
        _ ("ActivityWatch records “%s” now, which is switched off, and none of the buckets that "
           "are switched on."),
        bucket);
  return helio_text_clean (helio_dict_get_text (question, "text"));
}

/* (transfer full): a choice in words, or the choice itself where it is not known here */
static char *
get_label (const char *choice)
{
  static const struct
  {
    const char *choice;
    const char *label;
  } labels[] = {
    { "adopt", N_ ("Take over and go on") }, { "delete", N_ ("Delete them there…") },
    { "ignore", N_ ("Leave it off") },       { "keep", N_ ("Keep them there") },
    { "stop", N_ ("Leave it stopped") },     { "switch-on", N_ ("Switch it on") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_equal (labels[i].choice, choice))
      return g_strdup (_ (labels[i].label));
  return helio_text_clean (choice);
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioQuestionCard) card = data;
  g_autoptr (GError) error = NULL;

  /* Of a question that has changed the agent takes no answer: the new one is there by then, in the
   * place of this card. */
  gtk_widget_set_sensitive (GTK_WIDGET (card), TRUE);
  if (!helio_agent1_call_answer_finish (HELIO_AGENT1 (source), result, &error)
      && card->window != NULL)
    helio_toast_error (card->window, error);
}

static void
answer (HelioQuestionCard *card, const char *choice)
{
  g_set_weak_pointer (&card->window, GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (card))));
  gtk_widget_set_sensitive (GTK_WIDGET (card), FALSE);
  helio_agent1_call_answer (card->agent, helio_dict_get_text (card->question, "id"), choice, NULL,
                            on_answered, g_object_ref (card));
}

static void
on_delete_response (HelioQuestionCard *card, const char *response)
{
  if (g_str_equal (response, "delete"))
    answer (card, "delete");
}

/* What is deleted at a server can't be had back: asked once more. */
static void
confirm_delete (HelioQuestionCard *card)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/heliograph/Heliograph/helio-delete-dialog.ui");
  GtkWindow *dialog = GTK_WINDOW (gtk_builder_get_object (builder, "dialog"));
  int64_t number = helio_dict_get_number (card->question, "count");
  g_autofree char *count = helio_text_count (number);
  g_autofree char *body = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s event is deleted there for good.",
                   "%s events are deleted there for good.", (gulong) MAX (number, 0)),
      count);

  g_object_set (dialog, "body", body, NULL);
  gtk_window_set_transient_for (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (card))));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response), card,
                           G_CONNECT_SWAPPED);
  g_set_weak_pointer (&card->dialog, dialog);
  gtk_window_present (dialog);
}

static void
on_choice_clicked (HelioQuestionCard *card, GtkButton *button)
{
  const char *choice = g_object_get_data (G_OBJECT (button), "choice");

  if (g_str_equal (choice, "delete"))
    confirm_delete (card);
  else
    answer (card, choice);
}

/* -- class -------------------------------------------------------------------------------- */

static void
add_choice (HelioQuestionCard *card, const char *choice)
{
  g_autofree char *label = get_label (choice);
  GtkWidget *button = gtk_button_new_with_label (label);

  g_object_set_data_full (G_OBJECT (button), "choice", g_strdup (choice), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choice_clicked), card,
                           G_CONNECT_SWAPPED);
  gtk_flow_box_insert (card->choices, button, -1);
  /* The keyboard goes to the button, not to the place that holds it. */
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
}

static gboolean
has_choices (HelioQuestionCard *card, GVariant *question)
{
  g_autoptr (GVariant) shown = NULL;
  g_autoptr (GVariant) asked = g_variant_lookup_value (question, "choices", NULL);

  if (card->question == NULL)
    return FALSE;
  shown = g_variant_lookup_value (card->question, "choices", NULL);
  return shown == asked || (shown != NULL && asked != NULL && g_variant_equal (shown, asked));
}

/* The keyboard stays with the choices if it was there. */
static void
show_choices (HelioQuestionCard *card, GVariant *question)
{
  GtkWidget *flow = GTK_WIDGET (card->choices);
  gboolean has_focus = (gtk_widget_get_state_flags (flow) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
  g_autofree const char **choices = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (flow)) != NULL)
    gtk_flow_box_remove (card->choices, child);
  g_variant_lookup (question, "choices", "^a&s", &choices);
  for (gsize i = 0; choices != NULL && choices[i] != NULL; i++)
    add_choice (card, choices[i]);
  if (has_focus)
    gtk_widget_child_focus (flow, GTK_DIR_TAB_FORWARD);
}

static void
helio_question_card_dispose (GObject *object)
{
  HelioQuestionCard *card = HELIO_QUESTION_CARD (object);

  g_clear_weak_pointer (&card->window);
  g_clear_weak_pointer (&card->dialog);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_QUESTION_CARD);
  G_OBJECT_CLASS (helio_question_card_parent_class)->dispose (object);
}

static void
helio_question_card_finalize (GObject *object)
{
  HelioQuestionCard *card = HELIO_QUESTION_CARD (object);

  g_clear_object (&card->agent);
  g_clear_pointer (&card->question, g_variant_unref);
  G_OBJECT_CLASS (helio_question_card_parent_class)->finalize (object);
}

static void
helio_question_card_class_init (HelioQuestionCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_question_card_dispose;
  object_class->finalize = helio_question_card_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-question-card.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioQuestionCard, title);
  gtk_widget_class_bind_template_child (widget_class, HelioQuestionCard, text);
  gtk_widget_class_bind_template_child (widget_class, HelioQuestionCard, choices);
}

static void
helio_question_card_init (HelioQuestionCard *card)
{
  gtk_widget_init_template (GTK_WIDGET (card));
}

HelioQuestionCard *
helio_question_card_new (HelioAgent1 *agent, GVariant *question)
{
  HelioQuestionCard *card = g_object_new (HELIO_TYPE_QUESTION_CARD, NULL);

  card->agent = g_object_ref (agent);
  helio_question_card_show (card, question);
  return card;
}

void
helio_question_card_show (HelioQuestionCard *card, GVariant *question)
{
  g_return_if_fail (HELIO_IS_QUESTION_CARD (card));

  g_autofree char *text = get_text (card, question);
  if (card->question != NULL && !g_variant_equal (card->question, question))
    helio_question_card_withdraw (card);
  if (!has_choices (card, question))
    show_choices (card, question);
  g_clear_pointer (&card->question, g_variant_unref);
  card->question = g_variant_ref (question);
  gtk_label_set_label (card->title, get_title (helio_dict_get_text (question, "kind")));
  gtk_label_set_label (card->text, text);
}

void
helio_question_card_withdraw (HelioQuestionCard *card)
{
  g_return_if_fail (HELIO_IS_QUESTION_CARD (card));

  if (card->dialog == NULL)
    return;
  helio_toast (GTK_WIDGET (card), _ ("The question has changed: nothing was deleted"));
  gtk_window_destroy (card->dialog);
}
