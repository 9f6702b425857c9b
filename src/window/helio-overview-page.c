/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "helio-agent-dbus.h"

#include "window/helio-overview-page.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "window/helio-health-row.h"
#include "window/helio-hero.h"
#include "window/helio-progress-row.h"
#include "window/helio-proof-group.h"
#include "window/helio-question-card.h"
#include "window/helio-quick-actions.h"

/* All at a glance: questions first, then what is published now, what was, and whether the servers
 * do well. Rows stay as long as what they show: the keyboard may be in them. */

/* "12 min ago" grows with time, while the page is seen. */
#define REFRESH_SECONDS 30

struct _HelioOverviewPage
{
  AdwBin parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GSignalGroup *watch;
  char *complaint;            /* of the window, for the hero */
  GHashTable *question_cards; /* id of the question -> borrowed HelioQuestionCard */
  GHashTable *history_rows;   /* id of the destination -> borrowed HelioProgressRow */
  GHashTable *health_rows;    /* id of the destination -> borrowed HelioHealthRow */
  guint refresh_id;

  /* borrowed */
  HelioHealthRow *source_row;

  /* template widgets */
  GtkBox *questions;
  HelioHero *hero;
  AdwPreferencesGroup *history;
  HelioProofGroup *proof;
  AdwPreferencesGroup *health;
};

G_DEFINE_FINAL_TYPE (HelioOverviewPage, helio_overview_page, ADW_TYPE_BIN)

typedef enum
{
  PROP_AGENT = 1,
  PROP_COMPLAINT,
} HelioOverviewPageProperty;

static GParamSpec *properties[PROP_COMPLAINT + 1];

typedef void (*RemoveFunc) (HelioOverviewPage *page, GtkWidget *row);

/* Takes the rows away whose id is in none of @dicts. */
static void
remove_others (HelioOverviewPage *page, GHashTable *rows, GVariant *dicts, RemoveFunc remove)
{
  GHashTableIter iter;
  gpointer id;
  gpointer row;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    {
      g_autoptr (GVariant) dict = helio_dicts_find (dicts, "id", id);

      if (dict != NULL)
        continue;
      remove (page, row);
      g_hash_table_iter_remove (&iter);
    }
}

/* -- questions ---------------------------------------------------------------------------- */

static void
remove_question (HelioOverviewPage *page, GtkWidget *card)
{
  helio_question_card_withdraw (HELIO_QUESTION_CARD (card));
  gtk_box_remove (page->questions, card);
}

static void
show_questions (HelioOverviewPage *page)
{
  GVariant *questions = page->agent != NULL ? helio_agent1_get_questions (page->agent) : NULL;

  remove_others (page, page->question_cards, questions, remove_question);
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
      card = helio_question_card_new (page->agent, one);
      gtk_box_append (page->questions, GTK_WIDGET (card));
      g_hash_table_insert (page->question_cards, g_strdup (id), card);
    }
  gtk_widget_set_visible (GTK_WIDGET (page->questions), helio_dicts_count (questions) > 0);
}

/* -- history ------------------------------------------------------------------------------ */

static void
remove_history (HelioOverviewPage *page, GtkWidget *row)
{
  adw_preferences_group_remove (page->history, row);
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
  GVariant *progress = page->agent != NULL ? helio_agent1_get_progress (page->agent) : NULL;
  g_autoptr (GVariant) destinations = list_with_history (
      page->agent != NULL ? helio_agent1_get_destinations (page->agent) : NULL, progress);

  GVariant *source = page->agent != NULL ? helio_agent1_get_source (page->agent) : NULL;
  gboolean is_source_well = source != NULL && helio_dict_get_text (source, "error")[0] == '\0';

  remove_others (page, page->history_rows, destinations, remove_history);
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
remove_health (HelioOverviewPage *page, GtkWidget *row)
{
  adw_preferences_group_remove (page->health, row);
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
  GVariant *source = page->agent != NULL ? helio_agent1_get_source (page->agent) : NULL;
  GVariant *destinations = page->agent != NULL ? helio_agent1_get_destinations (page->agent) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (page->health), source != NULL);
  if (source != NULL)
    show_source (page, source);
  remove_others (page, page->health_rows, destinations, remove_health);
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
on_questions_changed (HelioOverviewPage *page)
{
  show_questions (page);
}

static void
on_progress_changed (HelioOverviewPage *page)
{
  show_history (page);
}

static void
on_servers_changed (HelioOverviewPage *page)
{
  show_health (page);
  show_history (page);
}

static gboolean
on_refresh (gpointer data)
{
  HelioOverviewPage *page = data;

  helio_hero_refresh (page->hero);
  helio_proof_group_refresh (page->proof);
  show_health (page);
  return G_SOURCE_CONTINUE;
}

/* -- class -------------------------------------------------------------------------------- */

static void
show_all (HelioOverviewPage *page)
{
  show_questions (page);
  show_history (page);
  show_health (page);
}

static void
helio_overview_page_map (GtkWidget *widget)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (widget);

  GTK_WIDGET_CLASS (helio_overview_page_parent_class)->map (widget);
  on_refresh (page);
  page->refresh_id = g_timeout_add_seconds (REFRESH_SECONDS, on_refresh, page);
}

static void
helio_overview_page_unmap (GtkWidget *widget)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (widget);

  g_clear_handle_id (&page->refresh_id, g_source_remove);
  GTK_WIDGET_CLASS (helio_overview_page_parent_class)->unmap (widget);
}

static void
helio_overview_page_dispose (GObject *object)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (object);

  g_clear_handle_id (&page->refresh_id, g_source_remove);
  g_clear_object (&page->watch);
  g_clear_object (&page->agent);
  g_clear_pointer (&page->question_cards, g_hash_table_unref);
  g_clear_pointer (&page->history_rows, g_hash_table_unref);
  g_clear_pointer (&page->health_rows, g_hash_table_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_OVERVIEW_PAGE);
  G_OBJECT_CLASS (helio_overview_page_parent_class)->dispose (object);
}

static void
helio_overview_page_finalize (GObject *object)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (object);

  g_free (page->complaint);
  G_OBJECT_CLASS (helio_overview_page_parent_class)->finalize (object);
}

static void
helio_overview_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (object);

  switch ((HelioOverviewPageProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, page->agent);
      break;
    case PROP_COMPLAINT:
      g_value_set_string (value, page->complaint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_overview_page_set_property (GObject *object,
                                  guint prop_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  HelioOverviewPage *page = HELIO_OVERVIEW_PAGE (object);

  switch ((HelioOverviewPageProperty) prop_id)
    {
    case PROP_AGENT:
      if (!g_set_object (&page->agent, g_value_get_object (value)))
        return;
      g_signal_group_set_target (page->watch, page->agent);
      show_all (page);
      g_object_notify_by_pspec (object, properties[PROP_AGENT]);
      break;
    case PROP_COMPLAINT:
      g_free (page->complaint);
      page->complaint = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_overview_page_class_init (HelioOverviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_overview_page_dispose;
  object_class->finalize = helio_overview_page_finalize;
  object_class->get_property = helio_overview_page_get_property;
  object_class->set_property = helio_overview_page_set_property;
  widget_class->map = helio_overview_page_map;
  widget_class->unmap = helio_overview_page_unmap;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_COMPLAINT] = g_param_spec_string (
      "complaint", NULL, NULL, NULL, (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (HELIO_TYPE_HERO);
  g_type_ensure (HELIO_TYPE_PROOF_GROUP);
  g_type_ensure (HELIO_TYPE_QUICK_ACTIONS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, questions);
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, hero);
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, history);
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, proof);
  gtk_widget_class_bind_template_child (widget_class, HelioOverviewPage, health);
}

static void
helio_overview_page_init (HelioOverviewPage *page)
{
  static const struct
  {
    const char *name;
    void (*callback) (HelioOverviewPage *page);
  } signals[] = {
    { "notify::questions", on_questions_changed }, { "notify::progress", on_progress_changed },
    { "notify::source", on_servers_changed },      { "notify::destinations", on_servers_changed },
    { "notify::g-name-owner", show_all },
  };

  page->question_cards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->history_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->health_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (page));
  page->watch = g_signal_group_new (HELIO_TYPE_AGENT1_PROXY);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_group_connect_swapped (page->watch, signals[i].name, G_CALLBACK (signals[i].callback),
                                    page);
}
