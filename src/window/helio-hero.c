/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "helio-agent-dbus.h"

#include "window/helio-hero.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-headline.h"
#include "model/helio-text.h"
#include "model/helio-time.h"
#include "window/helio-trouble.h"
#include "window/helio-visitor.h"

/* The first thing that a person reads: what Heliograph does now, in large type, and the one thing
 * to do about it where there is one. */

struct _HelioHero
{
  AdwBin parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GSignalGroup *watch;
  char *complaint; /* why there is no agent, and what to do, or NULL */

  /* template widgets */
  GtkWidget *disc;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *detail;
  GtkLabel *note;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (HelioHero, helio_hero, ADW_TYPE_BIN)

typedef enum
{
  PROP_AGENT = 1,
  PROP_COMPLAINT,
} HelioHeroProperty;

static GParamSpec *properties[PROP_COMPLAINT + 1];

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

/* A label without text takes no room. */
static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
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
  GVariant *source = helio_agent1_get_source (hero->agent);
  const char *trouble = helio_agent1_get_trouble (hero->agent);
  const char *text;
  HelioTrouble whose = helio_trouble_find (trouble, source, destinations, &text);
  g_autofree char *detail = helio_text_clean (text);
  g_autoptr (GVariant) adopt
      = helio_dicts_find (helio_agent1_get_questions (hero->agent), "kind", "adopt");
  gboolean is_asking = adopt != NULL;
  g_autofree char *seen = NULL;

  show_text (hero->detail, detail);
  switch (whose)
    {
    case HELIO_TROUBLE_STOPPED:
      gtk_label_set_label (hero->title, _ ("Publishing has stopped"));
      show_text (hero->note, is_asking ? _ ("It goes on when you have answered")
                                       : _ ("It goes on when you have mended that"));
      show_button (hero, is_asking ? NULL : _ ("Show _destinations"), "win.show-page");
      break;
    case HELIO_TROUBLE_SOURCE:
      gtk_label_set_label (hero->title, _ ("Can’t read ActivityWatch"));
      seen = helio_visitor_get_text (helio_agent1_get_presence (hero->agent), destinations);
      show_text (hero->note, seen);
      show_button (hero, _ ("_Try again"), "win.sync-now");
      break;
    case HELIO_TROUBLE_WAITING:
      gtk_label_set_label (hero->title, _ ("Can’t reach your server"));
      show_text (hero->note, _ ("Nothing is lost: Heliograph keeps trying by itself"));
      show_button (hero, _ ("_Try again"), "win.sync-now");
      break;
    case HELIO_TROUBLE_OTHER:
    default:
      show_text (hero->note, "");
      show_button (hero, _ ("_Try again"), "win.sync-now");
    }
}

/* What is under the title, and what can be done. */
static void
show_rest (HelioHero *hero, const char *state)
{
  GVariant *destinations = helio_agent1_get_destinations (hero->agent);

  if (state == NULL)
    {
      show_text (hero->note, hero->complaint != NULL
                                 ? hero->complaint
                                 : _ ("Nothing is published until it runs again"));
      show_button (hero, _ ("_Start again"), "win.start-agent");
    }
  else if (g_str_equal (state, "setup"))
    {
      show_text (hero->note, _ ("Nothing leaves this computer before that"));
      show_button (hero, _ ("_Set up…"), "win.first-run");
    }
  else if (g_str_equal (state, "trouble"))
    show_trouble (hero, destinations);
  else if (g_str_equal (state, "paused"))
    {
      show_text (hero->note, _ ("Nothing leaves this computer meanwhile"));
      show_button (hero, NULL, NULL);
    }
  else if (g_str_equal (state, "publishing") || g_str_equal (state, "idle"))
    {
      g_autofree char *seen
          = helio_visitor_get_text (helio_agent1_get_presence (hero->agent), destinations);
      show_text (hero->note, seen);
      show_button (hero, NULL, NULL);
    }
  else
    {
      /* What there is to complain of without an agent to ask is that there is no bus. */
      if (hero->complaint != NULL)
        gtk_label_set_label (hero->title, _ ("Heliograph needs a session bus"));
      show_text (hero->note, hero->complaint != NULL ? hero->complaint : "");
      show_button (hero, NULL, NULL);
    }
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
on_agent_changed (HelioHero *hero)
{
  helio_hero_refresh (hero);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_hero_dispose (GObject *object)
{
  HelioHero *hero = HELIO_HERO (object);

  g_clear_object (&hero->watch);
  g_clear_object (&hero->agent);
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_HERO);
  G_OBJECT_CLASS (helio_hero_parent_class)->dispose (object);
}

static void
helio_hero_finalize (GObject *object)
{
  HelioHero *hero = HELIO_HERO (object);

  g_free (hero->complaint);
  G_OBJECT_CLASS (helio_hero_parent_class)->finalize (object);
}

static void
helio_hero_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HelioHero *hero = HELIO_HERO (object);

  switch ((HelioHeroProperty) prop_id)
    {
    case PROP_AGENT:
      g_value_set_object (value, hero->agent);
      break;
    case PROP_COMPLAINT:
      g_value_set_string (value, hero->complaint);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_hero_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HelioHero *hero = HELIO_HERO (object);

  switch ((HelioHeroProperty) prop_id)
    {
    case PROP_AGENT:
      if (!g_set_object (&hero->agent, g_value_get_object (value)))
        return;
      g_signal_group_set_target (hero->watch, hero->agent);
      helio_hero_refresh (hero);
      g_object_notify_by_pspec (object, properties[PROP_AGENT]);
      break;
    case PROP_COMPLAINT:
      g_free (hero->complaint);
      hero->complaint = g_value_dup_string (value);
      helio_hero_refresh (hero);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
helio_hero_class_init (HelioHeroClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = helio_hero_dispose;
  object_class->finalize = helio_hero_finalize;
  object_class->get_property = helio_hero_get_property;
  object_class->set_property = helio_hero_set_property;

  properties[PROP_AGENT] = g_param_spec_object (
      "agent", NULL, NULL, HELIO_TYPE_AGENT1,
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  properties[PROP_COMPLAINT] = g_param_spec_string (
      "complaint", NULL, NULL, NULL, (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

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
  static const char *const names[]
      = { "notify::state",  "notify::trouble",      "notify::presence",  "notify::paused-until",
          "notify::source", "notify::destinations", "notify::questions", "notify::g-name-owner" };

  gtk_widget_init_template (GTK_WIDGET (hero));
  hero->watch = g_signal_group_new (HELIO_TYPE_AGENT1_PROXY);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_group_connect_swapped (hero->watch, names[i], G_CALLBACK (on_agent_changed), hero);
  helio_hero_refresh (hero);
}

void
helio_hero_refresh (HelioHero *hero)
{
  /* Before the bus has answered nothing is known: it is not said that nothing runs. */
  HelioSituation situation = { .state = "starting" };
  int64_t now = helio_time_now ();

  g_return_if_fail (HELIO_IS_HERO (hero));

  if (hero->agent != NULL)
    situation = (HelioSituation){
      .state = helio_agent1_get_state (hero->agent),
      .trouble = helio_agent1_get_trouble (hero->agent),
      .paused_until = helio_agent1_get_paused_until (hero->agent),
      .presence = helio_agent1_get_presence (hero->agent),
    };

  g_autofree char *title = helio_situation_get_title (&situation, now);
  g_autofree char *detail = helio_situation_get_detail (&situation, now);
  gtk_label_set_label (hero->title, title);
  show_text (hero->detail, detail);
  show_look (hero, helio_situation_get_look (&situation));
  if (hero->agent != NULL)
    show_rest (hero, situation.state);
  else
    {
      /* What there is to complain of without an agent to ask is that there is no bus. */
      if (hero->complaint != NULL)
        gtk_label_set_label (hero->title, _ ("Heliograph needs a session bus"));
      show_text (hero->note, hero->complaint != NULL ? hero->complaint : "");
      show_button (hero, NULL, NULL);
    }
}
