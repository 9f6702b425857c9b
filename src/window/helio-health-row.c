/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-health-row.h"

#include <glib/gi18n.h>

#include "model/helio-dict.h"
#include "model/helio-event.h"
#include "model/helio-text.h"
#include "model/helio-time.h"

/* Whether one server does well: ActivityWatch, or a destination. Leads to the page where it is
 * looked after. */

struct _HelioHealthRow
{
  AdwActionRow parent_instance;

  /* template widgets */
  GtkImage *sign;
  GtkWidget *try_button;
};

G_DEFINE_FINAL_TYPE (HelioHealthRow, helio_health_row, ADW_TYPE_ACTION_ROW)

/* How a server does, and how that is drawn. */
typedef enum
{
  HEALTH_WELL,
  HEALTH_RESTS, /* paused, or not asked yet */
  HEALTH_WAITS,
  HEALTH_ILL,
} Health;

static void
show_health (HelioHealthRow *row, Health health)
{
  static const struct
  {
    const char *icon;
    const char *css_class;
  } signs[] = {
    [HEALTH_WELL] = { "object-select-symbolic", "success" },
    [HEALTH_RESTS] = { "process-working-symbolic", "dim-label" },
    [HEALTH_WAITS] = { "dialog-warning-symbolic", "warning" },
    [HEALTH_ILL] = { "dialog-error-symbolic", "error" },
  };

  gtk_image_set_from_icon_name (row->sign, signs[health].icon);
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (i == (gsize) health)
      gtk_widget_add_css_class (GTK_WIDGET (row->sign), signs[i].css_class);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (row->sign), signs[i].css_class);
  gtk_widget_set_visible (row->try_button, health == HEALTH_WAITS || health == HEALTH_ILL);
}

static void
lead_to (HelioHealthRow *row, const char *page)
{
  GtkActionable *actionable = GTK_ACTIONABLE (row);

  if (gtk_actionable_get_action_name (actionable) != NULL)
    return;
  gtk_actionable_set_action_target (actionable, "s", page);
  gtk_actionable_set_action_name (actionable, "win.show-page");
}

static void
take_line (GPtrArray *lines, char *line)
{
  if (*line != '\0')
    g_ptr_array_add (lines, line);
  else
    g_free (line);
}

static void
show_lines (HelioHealthRow *row, GPtrArray *lines)
{
  g_ptr_array_add (lines, NULL);
  g_autofree char *text = g_strjoinv ("\n", (char **) lines->pdata);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
}

static char *
describe_success (int64_t last, int64_t now)
{
  g_autofree char *ago = helio_text_ago (last, now);

  if (last == 0)
    return g_strdup (_ ("No answer yet"));
  /* Translators: %s is "12 min ago" or a day and time */
  return g_strdup_printf (_ ("Last answer %s"), ago);
}

static char *
describe_retry (int64_t retry, int64_t now)
{
  if (retry <= now)
    return g_strdup (_ ("Tries again soon"));
  if (retry - now < HELIO_MINUTE)
    return g_strdup (_ ("Tries again within a minute"));
  g_autofree char *span = helio_text_span (retry - now);
  /* Translators: %s is a span of time like 5 min */
  return g_strdup_printf (_ ("Tries again in %s"), span);
}

static const char *
name_state (const char *state)
{
  static const struct
  {
    const char *state;
    const char *name;
  } names[] = {
    { "connecting", N_ ("Connecting…") },
    { "publishing", N_ ("Publishing") },
    { "idle", N_ ("Everything is published") },
    { "waiting", N_ ("Waiting") },
    { "stopped", N_ ("Stopped") },
    { "paused", N_ ("Paused") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].state, state))
      return _ (names[i].name);
  return "";
}

static Health
find_health (const char *state)
{
  if (g_str_equal (state, "stopped"))
    return HEALTH_ILL;
  if (g_str_equal (state, "waiting"))
    return HEALTH_WAITS;
  if (g_str_equal (state, "publishing") || g_str_equal (state, "idle"))
    return HEALTH_WELL;
  return HEALTH_RESTS;
}

/* "Publishing as “laptop”": whole sentences, which languages order as they must. */
static char *
describe_state_as (const char *state, const char *device)
{
  /* Translators: here and below %s is the name of this computer at a server */
  if (g_str_equal (state, "connecting"))
    return g_strdup_printf (_ ("Connecting as “%s”…"), device);
  if (g_str_equal (state, "publishing"))
    return g_strdup_printf (_ ("Publishing as “%s”"), device);
  if (g_str_equal (state, "idle"))
    return g_strdup_printf (_ ("Everything is published as “%s”"), device);
  if (g_str_equal (state, "waiting"))
    return g_strdup_printf (_ ("Waiting to publish as “%s”"), device);
  if (g_str_equal (state, "stopped"))
    return g_strdup_printf (_ ("Stopped publishing as “%s”"), device);
  if (g_str_equal (state, "paused"))
    return g_strdup_printf (_ ("Paused publishing as “%s”"), device);
  return g_strdup ("");
}

static char *
describe_state (GVariant *destination)
{
  const char *state = helio_dict_get_text (destination, "state");
  g_autofree char *device = helio_text_clean (helio_dict_get_text (destination, "device"));

  return *device != '\0' ? describe_state_as (state, device) : g_strdup (name_state (state));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_health_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), HELIO_TYPE_HEALTH_ROW);
  G_OBJECT_CLASS (helio_health_row_parent_class)->dispose (object);
}

static void
helio_health_row_class_init (HelioHealthRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = helio_health_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-health-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioHealthRow, sign);
  gtk_widget_class_bind_template_child (widget_class, HelioHealthRow, try_button);
}

static void
helio_health_row_init (HelioHealthRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
}

HelioHealthRow *
helio_health_row_new (void)
{
  return g_object_new (HELIO_TYPE_HEALTH_ROW, NULL);
}

void
helio_health_row_show_source (HelioHealthRow *row, GVariant *source)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  const char *error = helio_dict_get_text (source, "error");
  const char *version = helio_dict_get_text (source, "version");
  int64_t now = helio_time_now ();

  g_return_if_fail (HELIO_IS_HEALTH_ROW (row));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), "ActivityWatch");
  if (*error != '\0')
    take_line (lines, helio_text_clean (error));
  else if (*version != '\0')
    {
      g_autofree char *at = helio_text_clean (helio_dict_get_text (source, "address"));
      g_autofree char *clean = helio_text_clean (version);
      /* Translators: a version, and an address: Version v0.13.2 at localhost:5600 */
      take_line (lines, g_strdup_printf (_ ("Version %s at %s"), clean, at));
    }
  else
    take_line (lines, helio_text_clean (helio_dict_get_text (source, "address")));
  take_line (lines, describe_success (helio_dict_get_number (source, "last-success"), now));
  show_lines (row, lines);
  if (*error != '\0')
    show_health (row, HEALTH_ILL);
  else
    show_health (row, helio_dict_get_flag (source, "reachable") ? HEALTH_WELL : HEALTH_RESTS);
  lead_to (row, "settings");
}

void
helio_health_row_show_destination (HelioHealthRow *row, GVariant *destination)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = helio_text_clean (helio_dict_get_text (destination, "name"));
  const char *state = helio_dict_get_text (destination, "state");
  int64_t rejected = helio_dict_get_number (destination, "rejected");
  int64_t now = helio_time_now ();

  g_return_if_fail (HELIO_IS_HEALTH_ROW (row));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  take_line (lines, describe_state (destination));
  take_line (lines, helio_text_clean (helio_dict_get_text (destination, "error")));
  if (g_str_equal (state, "waiting"))
    take_line (lines, describe_retry (helio_dict_get_number (destination, "retry-at"), now));
  if (rejected > 0)
    {
      g_autofree char *count = helio_text_count (rejected);
      take_line (lines, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s event was refused",
                                                      "%s events were refused", (gulong) rejected),
                                         count));
    }
  take_line (lines, describe_success (helio_dict_get_number (destination, "last-success"), now));
  show_lines (row, lines);
  show_health (row, find_health (state));
  lead_to (row, "destinations");
}
