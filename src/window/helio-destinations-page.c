/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-destinations-page.h"

#include "model/helio-dict.h"
#include "model/helio-owner.h"
#include "model/helio-time.h"
#include "window/helio-destination-dialog.h"
#include "window/helio-destination-group.h"
#include "window/helio-rows.h"

/* Every destination, in the order of the agent. Groups are kept by id and updated in place:
 * nothing moves under a person's hand. Hidden, the page does nothing. */

struct _HelioDestinationsPage
{
  HelioView view;

  /* owned */
  GHashTable *by_id; /* id -> HelioDestinationGroup, borrowed from the page */

  /* template widgets */
  GtkStack *views;
  GtkBox *groups;
  GtkWidget *this_computer_row;
};

G_DEFINE_FINAL_TYPE (HelioDestinationsPage, helio_destinations_page, HELIO_TYPE_VIEW)

static void
remove_group (gpointer groups, GtkWidget *group)
{
  gtk_box_remove (groups, group);
}

static const char *
choose_view (HelioDestinationsPage *page, gsize n)
{
  if (!helio_has_owner (page->view.agent))
    return "away";
  return n > 0 ? "destinations" : "empty";
}

static void
update (HelioDestinationsPage *page)
{
  GVariant *destinations
      = page->view.agent != NULL ? helio_agent1_get_destinations (page->view.agent) : NULL;
  gsize n = destinations != NULL ? g_variant_n_children (destinations) : 0;
  int64_t now = helio_time_now ();
  gboolean has_bundled = FALSE;

  if (!gtk_widget_get_mapped (GTK_WIDGET (page)))
    return;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) destination = g_variant_get_child_value (destinations, i);
      const char *id = helio_dict_get_text (destination, "id");
      HelioDestinationGroup *group = g_hash_table_lookup (page->by_id, id);

      has_bundled |= helio_dict_get_flag (destination, "bundled");
      if (group == NULL)
        {
          group = helio_destination_group_new ();
          gtk_box_append (page->groups, GTK_WIDGET (group));
          g_hash_table_insert (page->by_id, g_strdup (id), group);
        }
      helio_destination_group_update (group, page->view.agent, destination, now);
    }
  /* Without an agent nothing is known to be removed. */
  if (destinations != NULL)
    helio_rows_keep_listed (page->by_id, destinations, remove_group, page->groups);
  gtk_widget_set_visible (page->this_computer_row, !has_bundled);
  gtk_stack_set_visible_child_name (page->views, choose_view (page, n));
}

/* -- callbacks ---------------------------------------------------------------------------- */

static void
present (GtkWidget *widget, GtkWindow *(*make) (GtkWindow *parent, HelioAgent1 *agent))
{
  HelioDestinationsPage *page = HELIO_DESTINATIONS_PAGE (widget);

  if (page->view.agent != NULL)
    gtk_window_present (make (GTK_WINDOW (gtk_widget_get_root (widget)), page->view.agent));
}

/* -- actions ------------------------------------------------------------------------------ */

static void
add_action (GtkWidget *widget, const char *name G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED)
{
  present (widget, helio_destination_dialog_new);
}

static void
add_this_computer_action (GtkWidget *widget,
                          const char *name G_GNUC_UNUSED,
                          GVariant *parameter G_GNUC_UNUSED)
{
  present (widget, helio_destination_dialog_new_this_computer);
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_destinations_page_finalize (GObject *object)
{
  HelioDestinationsPage *page = HELIO_DESTINATIONS_PAGE (object);

  g_clear_pointer (&page->by_id, g_hash_table_unref);
  G_OBJECT_CLASS (helio_destinations_page_parent_class)->finalize (object);
}

static void
helio_destinations_page_class_init (HelioDestinationsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = helio_destinations_page_finalize;
  HELIO_VIEW_CLASS (klass)->is_dated = TRUE;
  HELIO_VIEW_CLASS (klass)->update = (HelioViewFunc) update;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/heliograph/Heliograph/helio-destinations-page.ui");
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationsPage, views);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationsPage, groups);
  gtk_widget_class_bind_template_child (widget_class, HelioDestinationsPage, this_computer_row);
  gtk_widget_class_install_action (widget_class, "destinations.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "destinations.add-this-computer", NULL,
                                   add_this_computer_action);
}

static void
helio_destinations_page_init (HelioDestinationsPage *page)
{
  page->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (page));
  helio_view_watch (HELIO_VIEW (page), G_CALLBACK (update), "destinations", NULL);
}
