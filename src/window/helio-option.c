/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-option.h"

#include <adwaita.h>
#include <math.h>

#include "window/helio-label.h"
#include "window/helio-toast.h"

struct _HelioOption
{
  GObject parent_instance;

  /* owned */
  char *key;
  char *property;
  HelioAgent1 *agent;
  GCancellable *cancellable;
  GVariant *value; /* what the agent has, NULL until known */
  GVariant *sent;  /* what it was asked to take, else NULL */

  /* borrowed; NULL when gone */
  GtkWidget *widget;
  GtkLabel *complaint;

  /* values */
  gulong changed_id; /* 0 for a text */
  gboolean is_complaining;
};

G_DEFINE_FINAL_TYPE (HelioOption, helio_option, G_TYPE_OBJECT)

/* The widget's value in the type that the agent takes. (transfer full) */
static GVariant *
read_widget (HelioOption *option)
{
  if (g_variant_is_of_type (option->value, G_VARIANT_TYPE_BOOLEAN))
    {
      gboolean is_on;

      g_object_get (option->widget, option->property, &is_on, NULL);
      return g_variant_ref_sink (g_variant_new_boolean (is_on));
    }
  if (g_variant_is_of_type (option->value, G_VARIANT_TYPE_UINT32))
    {
      double number;

      g_object_get (option->widget, option->property, &number, NULL);
      return g_variant_ref_sink (g_variant_new_uint32 ((guint32) lround (MAX (number, 0))));
    }
  g_autofree char *text = NULL;
  g_object_get (option->widget, option->property, &text, NULL);
  return g_variant_ref_sink (g_variant_new_string (g_strstrip (text)));
}

/* A row must not offer to apply what the agent has. */
static void
write_text (HelioOption *option, const char *text)
{
  if (ADW_IS_ENTRY_ROW (option->widget))
    adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (option->widget), FALSE);
  g_object_set (option->widget, option->property, text, NULL);
  if (ADW_IS_ENTRY_ROW (option->widget))
    adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (option->widget), TRUE);
}

static void
write_widget (HelioOption *option)
{
  if (option->changed_id != 0)
    g_signal_handler_block (option->widget, option->changed_id);
  if (g_variant_is_of_type (option->value, G_VARIANT_TYPE_BOOLEAN))
    g_object_set (option->widget, option->property, g_variant_get_boolean (option->value), NULL);
  else if (g_variant_is_of_type (option->value, G_VARIANT_TYPE_UINT32))
    g_object_set (option->widget, option->property, (double) g_variant_get_uint32 (option->value),
                  NULL);
  else
    write_text (option, g_variant_get_string (option->value, NULL));
  if (option->changed_id != 0)
    g_signal_handler_unblock (option->widget, option->changed_id);
}

/* @text: (nullable): NULL takes back what was said, unless others said it */
static void
complain (HelioOption *option, const char *text)
{
  if (text == NULL && !option->is_complaining)
    return;
  option->is_complaining = text != NULL;
  helio_label_show (option->complaint, text);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioOption) option = data;
  g_autoptr (GVariant) sent = g_steal_pointer (&option->sent);
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_set_option_finish (HELIO_AGENT1 (source), result, &error))
    {
      g_clear_pointer (&option->value, g_variant_unref);
      option->value = g_steal_pointer (&sent);
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || option->widget == NULL)
    return;
  g_autofree char *text = error != NULL ? helio_error_get_text (error) : NULL;
  complain (option, text);
  /* A text stays, for who typed it to correct it. */
  if (error != NULL && option->changed_id != 0)
    write_widget (option);
  /* It may have been changed meanwhile. */
  if (error == NULL && option->changed_id != 0)
    helio_option_apply (option);
}

static void
helio_option_dispose (GObject *object)
{
  HelioOption *option = HELIO_OPTION (object);

  g_cancellable_cancel (option->cancellable);
  g_clear_object (&option->agent);
  g_clear_weak_pointer (&option->widget);
  g_clear_weak_pointer (&option->complaint);
  G_OBJECT_CLASS (helio_option_parent_class)->dispose (object);
}

static void
helio_option_finalize (GObject *object)
{
  HelioOption *option = HELIO_OPTION (object);

  g_free (option->key);
  g_free (option->property);
  g_object_unref (option->cancellable);
  g_clear_pointer (&option->value, g_variant_unref);
  g_clear_pointer (&option->sent, g_variant_unref);
  G_OBJECT_CLASS (helio_option_parent_class)->finalize (object);
}

static void
helio_option_class_init (HelioOptionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = helio_option_dispose;
  object_class->finalize = helio_option_finalize;
}

static void
helio_option_init (HelioOption *option)
{
  option->cancellable = g_cancellable_new ();
}

HelioOption *
helio_option_new (const char *key, GtkWidget *widget, const char *property, GtkLabel *complaint)
{
  HelioOption *option = g_object_new (HELIO_TYPE_OPTION, NULL);
  g_autofree char *signal = g_strconcat ("notify::", property, NULL);

  option->key = g_strdup (key);
  option->property = g_strdup (property);
  g_set_weak_pointer (&option->widget, widget);
  g_set_weak_pointer (&option->complaint, complaint);
  if (!g_str_equal (property, "text"))
    option->changed_id = g_signal_connect_object (widget, signal, G_CALLBACK (helio_option_apply),
                                                  option, G_CONNECT_SWAPPED);
  return option;
}

void
helio_option_set_agent (HelioOption *option, HelioAgent1 *agent)
{
  g_return_if_fail (HELIO_IS_OPTION (option));

  g_set_object (&option->agent, agent);
}

void
helio_option_show (HelioOption *option, GVariant *options)
{
  g_return_if_fail (HELIO_IS_OPTION (option));
  g_return_if_fail (options != NULL);

  g_autoptr (GVariant) value = g_variant_lookup_value (options, option->key, NULL);

  /* An older agent may not know it. */
  gtk_widget_set_sensitive (option->widget, value != NULL);
  if (value == NULL || option->sent != NULL)
    return;
  g_clear_pointer (&option->value, g_variant_unref);
  option->value = g_steal_pointer (&value);
  complain (option, NULL);
  write_widget (option);
}

void
helio_option_apply (HelioOption *option)
{
  g_return_if_fail (HELIO_IS_OPTION (option));

  if (option->agent == NULL || option->value == NULL || option->sent != NULL)
    return;
  g_autoptr (GVariant) wanted = read_widget (option);
  if (g_variant_equal (wanted, option->value))
    {
      complain (option, NULL);
      return;
    }
  option->sent = g_steal_pointer (&wanted);
  helio_agent1_call_set_option (option->agent, option->key, g_variant_new_variant (option->sent),
                                option->cancellable, on_set, g_object_ref (option));
}
