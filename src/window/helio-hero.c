/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-hero.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-headline.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-label.h"
#include "window/helio-trouble.h"
#include "window/helio-visitor.h"

/* The first thing that a person reads: what Heliograph does now, in large type, and the one thing
 * to do about it where there is one. */

struct _HelioHero
{
  HelioView view;

  /* template widgets */
  GtkWidget *disc;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *detail;
  GtkLabel *note;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (HelioHero, helio_hero, HELIO_TYPE_VIEW)

static void
show_look (HelioHero *hero, HelioLook look)
{
  /* Classes of style.css, and what our icons are called (meson.build). */
  static const char *const classes[] = {
    [HELIO_LOOK_ACTIVE] = "active",   [HELIO_LOOK_AWAY] = "away",
    [HELIO_LOOK_PAUSED] = "paused",   [HELIO_LOOK_TROUBLE] = "trouble",
    [HELIO_LOOK_OFFLINE] = "offline",
  };

  g_autofree char *icon_name = g_strdup_printf ("helio-%s-symbolic", classes[look]);

  gtk_image_set_from_icon_name (hero->icon, icon_name);
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    if (i == (gsize) look)
      gtk_widget_add_css_class (hero->disc, classes[i]);
    else
      gtk_widget_remove_css_class (hero->disc, classes[i]);
}

static void
show_button (HelioHero *hero, const char *label, const char *action)
{
  GtkActionable *actionable = GTK_ACTIONABLE (hero->button);

  gtk_widget_set_visible (GTK_WIDGET (hero->button), label != NULL);
  if (label == NULL)
    return;
  gtk_button_set_label (hero->button, label);
  if (g_strcmp0 (gtk_actionable_get_action_name (actionable), action) == 0)
    return;
  /* An action with the target of another is complained about, be it for a moment. */
  gtk_actionable_set_action_name (actionable, NULL);
  gtk_actionable_set_action_target_value (actionable, NULL);
  if (g_str_equal (action, "win.show-page"))
    gtk_actionable_set_action_target (actionable, "s", "destinations");
  gtk_actionable_set_action_name (actionable, action);
}

static void
show_trouble (HelioHero *hero, GVariant *destinations)
{
  GVariant *source = helio_agent1_get_source (hero->view.agent);
  const char *trouble = helio_agent1_get_trouble (hero->view.agent);
  const char *text;
  HelioTrouble whose = helio_trouble_find (trouble, source, destinations, &text);
  g_autofree char *detail = helio_text_clean (text);
  g_autoptr (GVariant) adopt
      = helio_dicts_find (helio_agent1_get_questions (hero->view.agent), "kind", "adopt");
  gboolean is_asking = adopt != NULL;
  g_autofree char *seen = NULL;

  helio_label_show (hero->detail, detail);
  switch (whose)
    {
    case HELIO_TROUBLE_STOPPED:
      gtk_label_set_label (hero->title, _ ("Publishing has stopped"));
      helio_label_show (hero->note, is_asking ? _ ("It goes on when you have answered")
                                              : _ ("It goes on when you have mended that"));
      show_button (hero, is_asking ? NULL : _ ("Show _destinations"), "win.show-page");
      break;
    case HELIO_TROUBLE_SOURCE:
      gtk_label_set_label (hero->title, _ ("Can’t read ActivityWatch"));
      seen = helio_visitor_get_text (helio_agent1_get_presence (hero->view.agent), destinations);
      helio_label_show (hero->note, seen);
      show_button (hero, _ ("_Try again"), "win.sync-now");
      break;
    case HELIO_TROUBLE_WAITING:
      gtk_label_set_label (hero->title, _ ("Can’t reach your server"));
      helio_label_show (hero->note, _ ("Nothing is lost: Heliograph keeps trying by itself"));
      show_button (hero, _ ("_Try again"), "win.sync-now");
      break;
    case HELIO_TROUBLE_OTHER:
    default:
      helio_label_show (hero->note, "");
      show_button (hero, _ ("_Try again"), "win.sync-now");
    }
}

/* What is under the title, and what can be done. */
static void
show_rest (HelioHero *hero, const char *state)
{
  GVariant *destinations
      = hero->view.agent != NULL ? helio_agent1_get_destinations (hero->view.agent) : NULL;

  if (state == NULL)
    {
      helio_label_show (hero->note, hero->view.complaint != NULL
                                        ? hero->view.complaint
                                        : _ ("Nothing is published until it runs again"));
      show_button (hero, _ ("_Start again"), "win.start-agent");
    }
  else if (g_str_equal (state, "setup"))
    {
      helio_label_show (hero->note, _ ("Nothing leaves this computer before that"));
      show_button (hero, _ ("_Set up…"), "win.first-run");
    }
  else if (g_str_equal (state, "trouble"))
    show_trouble (hero, destinations);
  else if (g_str_equal (state, "paused"))
    {
      helio_label_show (hero->note, _ ("Nothing leaves this computer meanwhile"));
      show_button (hero, NULL, NULL);
    }
  else if (g_str_equal (state, "publishing") || g_str_equal (state, "idle"))
    {
      g_autofree char *seen
          = helio_visitor_get_text (helio_agent1_get_presence (hero->view.agent), destinations);
      helio_label_show (hero->note, seen);
      show_button (hero, NULL, NULL);
    }
  else
    {
      /* What there is to complain of without an agent to ask is that there is no bus. */
      if (hero->view.complaint != NULL)
        gtk_label_set_label (hero->title, _ ("Heliograph needs a session bus"));
      helio_label_show (hero->note, hero->view.complaint);
      show_button (hero, NULL, NULL);
    }
}

static void
update (HelioHero *hero)
{
  /* Before the bus has answered nothing is known: it is not said that nothing runs. */
  HelioSituation situation = { .state = "starting" };
  int64_t now = helio_time_now ();

  if (hero->view.agent != NULL)
    situation = (HelioSituation){
      .state = helio_agent1_get_state (hero->view.agent),
      .trouble = helio_agent1_get_trouble (hero->view.agent),
      .paused_until = helio_agent1_get_paused_until (hero->view.agent),
      .presence = helio_agent1_get_presence (hero->view.agent),
    };

  g_autofree char *title = helio_situation_get_title (&situation, now);
  g_autofree char *detail = helio_situation_get_detail (&situation, now);
  gtk_label_set_label (hero->title, title);
  helio_label_show (hero->detail, detail);
  show_look (hero, helio_situation_get_look (&situation));
  show_rest (hero, situation.state);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_hero_class_init (HelioHeroClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  HELIO_VIEW_CLASS (klass)->is_dated = TRUE;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/heliograph/Heliograph/helio-hero.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioHero, disc);
  gtk_widget_class_bind_template_child (widget_class, HelioHero, icon);
  gtk_widget_class_bind_template_child (widget_class, HelioHero, title);
  gtk_widget_class_bind_template_child (widget_class, HelioHero, detail);
  gtk_widget_class_bind_template_child (widget_class, HelioHero, note);
  gtk_widget_class_bind_template_child (widget_class, HelioHero, button);
}

static void
helio_hero_init (HelioHero *hero)
{
  gtk_widget_init_template (GTK_WIDGET (hero));
  helio_view_watch (HELIO_VIEW (hero), G_CALLBACK (update), "state", "trouble", "presence",
                    "paused-until", "source", "destinations", "questions", NULL);
}
