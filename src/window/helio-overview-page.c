/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-overview-page.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "window/helio-health-row.h"
#include "window/helio-hero.h"
#include "window/helio-progress-row.h"
#include "window/helio-proof-group.h"
#include "window/helio-question-card.h"
#include "window/helio-quick-actions.h"
#include "window/helio-rows.h"

/* All at a glance: questions first, then what is published now, what was, and whether the servers
 * do well. Rows stay as long as what they show: the keyboard may be in them. */

struct _HelioOverviewPage
{
  HelioView view;

  /* owned */
  GHashTable *question_cards; /* id of the question -> borrowed HelioQuestionCard */
  GHashTable *history_rows;   /* id of the destination -> borrowed HelioProgressRow */
  GHashTable *health_rows;    /* id of the destination -> borrowed HelioHealthRow */

  /* borrowed */
  HelioHealthRow *source_row;

  /* template widgets */
  GtkBox *questions;
  AdwPreferencesGroup *history;
  AdwPreferencesGroup *health;
};

G_DEFINE_FINAL_TYPE (HelioOverviewPage, helio_overview_page, HELIO_TYPE_VIEW)

/* -- questions ---------------------------------------------------------------------------- */

static void
remove_question (gpointer page, GtkWidget *card)
{
  helio_question_card_withdraw (HELIO_QUESTION_CARD (card));
  gtk_box_remove (HELIO_OVERVIEW_PAGE (page)->questions, card);
}

static void
show_questions (HelioOverviewPage *page)
{
  GVariant *questions
      = page->view.agent != NULL ? helio_agent1_get_questions (page->view.agent) : NULL;

  helio_rows_keep_listed (page->question_cards, questions, remove_question, page);
  for (guint i = 0; i < helio_dicts_count (questions); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (questions, i);
      const char *id = helio_dict_get_text (one, "id");
      HelioQuestionCard *card = g_hash_table_lookup (page->question_cards, id);

      if (card != NULL)
        {
          helio_question_card_show (card, one);
          continue;
        }
      card = helio_question_card_new (page->view.agent, one);
      gtk_box_append (page->questions, GTK_WIDGET (card));
      g_hash_table_insert (page->question_cards, g_strdup (id), card);
    }
  gtk_widget_set_visible (GTK_WIDGET (page->questions), helio_dicts_count (questions) > 0);
}

/* -- history ------------------------------------------------------------------------------ */

static void
remove_history (gpointer page, GtkWidget *row)
{
  adw_preferences_group_remove (HELIO_OVERVIEW_PAGE (page)->history, row);
}

/* Those destinations of which there is a history to show. (transfer full) */
static GVariant *
list_with_history (GVariant *destinations, GVariant *progress)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < helio_dicts_count (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      g_autoptr (GVariant) first
          = helio_dicts_find (progress, "destination", helio_dict_get_text (one, "id"));

      if (first != NULL && helio_dict_get_flag (one, "history"))
        g_variant_builder_add_value (&builder, one);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
show_history (HelioOverviewPage *page)
{
  GVariant *progress
      = page->view.agent != NULL ? helio_agent1_get_progress (page->view.agent) : NULL;
  g_autoptr (GVariant) destinations = list_with_history (
      page->view.agent != NULL ? helio_agent1_get_destinations (page->view.agent) : NULL, progress);

  GVariant *source = page->view.agent != NULL ? helio_agent1_get_source (page->view.agent) : NULL;
  gboolean is_source_well = source != NULL && helio_dict_get_text (source, "error")[0] == '\0';

  helio_rows_keep_listed (page->history_rows, destinations, remove_history, page);
  for (guint i = 0; i < helio_dicts_count (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *id = helio_dict_get_text (one, "id");
      HelioProgressRow *row = g_hash_table_lookup (page->history_rows, id);

      if (row == NULL)
        {
          row = helio_progress_row_new ();
          adw_preferences_group_add (page->history, GTK_WIDGET (row));
          g_hash_table_insert (page->history_rows, g_strdup (id), row);
        }
      helio_progress_row_show (row, one, progress, is_source_well,
                               helio_dicts_count (destinations) > 1);
    }
  gtk_widget_set_visible (GTK_WIDGET (page->history), helio_dicts_count (destinations) > 0);
}

/* -- health ------------------------------------------------------------------------------- */

static void
remove_health (gpointer page, GtkWidget *row)
{
  adw_preferences_group_remove (HELIO_OVERVIEW_PAGE (page)->health, row);
}

static void
show_source (HelioOverviewPage *page, GVariant *source)
{
  if (page->source_row == NULL)
    {
      page->source_row = helio_health_row_new ();
      adw_preferences_group_add (page->health, GTK_WIDGET (page->source_row));
    }
  helio_health_row_show_source (page->source_row, source);
}

static void
show_health (HelioOverviewPage *page)
{
  GVariant *source = page->view.agent != NULL ? helio_agent1_get_source (page->view.agent) : NULL;
  GVariant *destinations
      = page->view.agent != NULL ? helio_agent1_get_destinations (page->view.agent) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (page->health), source != NULL);
  if (source != NULL)
    show_source (page, source);
  helio_rows_keep_listed (page->health_rows, destinations, remove_health, page);
  for (guint i = 0; i < helio_dicts_count (destinations); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (destinations, i);
      const char *id = helio_dict_get_text (one, "id");
      HelioHealthRow *row = g_hash_table_lookup (page->health_rows, id);

      if (row == NULL)
        {
          row = helio_health_row_new ();
          adw_preferences_group_add (page->health, GTK_WIDGET (row));
          g_hash_table_insert (page->health_rows, g_strdup (id), row);
        }
      helio_health_row_show_destination (row, one);
    }
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_servers_changed (HelioOverviewPage *page)
{
  show_health (page);
  show_history (page);
}

/* -- class -------------------------------------------------------------------------------- */

static void
update (HelioOverviewPage *page)
{
  show_questions (page);
  show_history (page);
  show_health (page);
}

static void
helio_overview_page_dispose (GObject *object)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (object);

  g_clear_pointer (&page->question_cards, g_hash_table_unref);
  g_clear_pointer (&page->history_rows, g_hash_table_unref);
  g_clear_pointer (&page->health_rows, g_hash_table_unref);
  G_OBJECT_CLASS (helio_overview_page_parent_class)->dispose (object);
}

static void
helio_overview_page_class_init (HelioOverviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_overview_page_dispose;
  HELIO_VIEW_CLASS (klass)->is_dated = TRUE;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  g_type_ensure (HELIO_TYPE_HERO);
  g_type_ensure (HELIO_TYPE_PROOF_GROUP);
  g_type_ensure (HELIO_TYPE_QUICK_ACTIONS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, questions);
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, history);
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, health);
}

static void
helio_overview_page_init (HelioOverviewPage *page)
{
  page->question_cards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->history_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->health_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (page));
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (show_questions), "questions", NULL);
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (show_history), "progress", NULL);
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (on_servers_changed), "source", "destinations",
                    NULL);
}
