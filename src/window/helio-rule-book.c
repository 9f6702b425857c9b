/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "helio-window"

#include "config.h"

#include "window/helio-rule-book.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/helio-dict.h"
#include "model/helio-error.h"
#include "model/helio-owner.h"

/* Somebody who changes the rules so often at once is no person. */
#define MAX_TRIES 5

struct _HelioRuleBook
{
  GObject parent_instance;

  /* owned */
  HelioAgent1 *agent;
  GCancellable *cancellable; /* of the agent's answers */
  char *json;                /* NULL: not known */
  GPtrArray *rules;          /* JsonNode; NULL: can't be understood */
  GVariant *problems;
  GError *failure; /* why they are not known; NULL while they are, or are awaited */
};

G_DEFINE_FINAL_TYPE (HelioRuleBook, helio_rule_book, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
take_rules (HelioRuleBook *book, const char *json, GVariant *problems)
{
  g_free (book->json);
  book->json = g_strdup (json);
  g_clear_pointer (&book->rules, g_ptr_array_unref);
  g_clear_pointer (&book->problems, g_variant_unref);
  g_clear_error (&book->failure);
  if (json != NULL)
    {
      book->rules = helio_rules_json_parse (json);
      book->problems = problems != NULL ? g_variant_ref (problems) : NULL;
    }
  g_signal_emit (book, signals[CHANGED], 0);
}

static void
on_rules (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HelioRuleBook) book = data;
  g_autofree char *json = NULL;
  g_autoptr (GVariant) problems = NULL;
  g_autoptr (GError) error = NULL;

  if (helio_agent1_call_get_rules_finish (HELIO_AGENT1 (source), &json, &problems, result, &error))
    take_rules (book, json, problems);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      take_rules (book, NULL, NULL);
      book->failure = g_steal_pointer (&error);
      g_signal_emit (book, signals[CHANGED], 0);
    }
}

static void
read_rules (HelioRuleBook *book)
{
  g_cancellable_cancel (book->cancellable);
  g_clear_object (&book->cancellable);
  if (!helio_has_owner (book->agent))
    {
      take_rules (book, NULL, NULL);
      return;
    }
  book->cancellable = g_cancellable_new ();
  helio_agent1_call_get_rules (book->agent, book->cancellable, on_rules, g_object_ref (book));
}

/* -- class -------------------------------------------------------------------------------- */

static void
helio_rule_book_dispose (GObject *object)
{
  HelioRuleBook *book = HELIO_RULE_BOOK (object);

  g_cancellable_cancel (book->cancellable);
  g_clear_object (&book->cancellable);
  if (book->agent != NULL)
    g_signal_handlers_disconnect_by_data (book->agent, book);
  g_clear_object (&book->agent);
  G_OBJECT_CLASS (helio_rule_book_parent_class)->dispose (object);
}

static void
helio_rule_book_finalize (GObject *object)
{
  HelioRuleBook *book = HELIO_RULE_BOOK (object);

  g_free (book->json);
  g_clear_pointer (&book->rules, g_ptr_array_unref);
  g_clear_pointer (&book->problems, g_variant_unref);
  g_clear_error (&book->failure);
  G_OBJECT_CLASS (helio_rule_book_parent_class)->finalize (object);
}

static void
helio_rule_book_class_init (HelioRuleBookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = helio_rule_book_dispose;
  object_class->finalize = helio_rule_book_finalize;

  signals[CHANGED] = g_signal_new ("changed", HELIO_TYPE_RULE_BOOK, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
helio_rule_book_init (HelioRuleBook *book G_GNUC_UNUSED)
{
}

HelioRuleBook *
helio_rule_book_new (void)
{
  return g_object_new (HELIO_TYPE_RULE_BOOK, NULL);
}

void
helio_rule_book_set_agent (HelioRuleBook *book, HelioAgent1 *agent)
{
  g_return_if_fail (HELIO_IS_RULE_BOOK (book));

  if (agent == book->agent)
    return;
  if (book->agent != NULL)
    g_signal_handlers_disconnect_by_data (book->agent, book);
  g_set_object (&book->agent, agent);
  if (agent != NULL)
    {
      g_signal_connect_object (agent, "rules-changed", G_CALLBACK (read_rules), book,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (agent, "notify::g-name-owner", G_CALLBACK (read_rules), book,
                               G_CONNECT_SWAPPED);
    }
  read_rules (book);
}

HelioAgent1 *
helio_rule_book_get_agent (HelioRuleBook *book)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);

  return book->agent;
}

void
helio_rule_book_read (HelioRuleBook *book)
{
  g_return_if_fail (HELIO_IS_RULE_BOOK (book));

  read_rules (book);
}

const GError *
helio_rule_book_get_failure (HelioRuleBook *book)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);

  return book->failure;
}

const char *
helio_rule_book_get_json (HelioRuleBook *book)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);

  return book->json;
}

GPtrArray *
helio_rule_book_get_rules (HelioRuleBook *book)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);

  return book->rules;
}

/* One whose id can't be read is told of by the name the agent gives it. */
static gboolean
is_about (HelioRuleBook *book, GVariant *problem, int index)
{
  const char *id = helio_dict_get_text (problem, "id");
  const char *name = helio_dict_get_text (problem, "name");
  const char *own_id, *own_name;

  if (index < 0)
    return *name == '\0';
  own_id = helio_rule_json_get (book->rules->pdata[index], "id");
  own_name = helio_rule_json_get (book->rules->pdata[index], "name");
  if (*id != '\0')
    return strcmp (id, own_id) == 0;
  if (*own_name == '\0')
    own_name = *own_id != '\0' ? own_id : "?";
  return strcmp (name, own_name) == 0;
}

char *
helio_rule_book_get_error (HelioRuleBook *book, int index)
{
  g_return_val_if_fail (HELIO_IS_RULE_BOOK (book), NULL);
  g_return_val_if_fail (index < 0 || (guint) index < book->rules->len, NULL);

  for (gsize i = 0; book->problems != NULL && i < g_variant_n_children (book->problems); i++)
    {
      g_autoptr (GVariant) problem = g_variant_get_child_value (book->problems, i);

      if (is_about (book, problem, index))
        return g_strdup (helio_dict_get_text (problem, "error"));
    }
  return NULL;
}

/* -- changing them ------------------------------------------------------------------------ */

typedef struct
{
  HelioRuleChange *change;
  char *before;
  guint n_tries;
} Changing;

static void
changing_free (gpointer data)
{
  Changing *changing = data;

  helio_rule_change_free (changing->change);
  g_free (changing->before);
  g_free (changing);
}

static void try_change (GTask *task);

static void
on_read_again (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Changing *changing = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_pointer (&changing->before, g_free);
  if (helio_agent1_call_get_rules_finish (HELIO_AGENT1 (source), &changing->before, NULL, result,
                                          &error))
    try_change (task);
  else
    g_task_return_error (task, error);
}

static void
on_replaced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Changing *changing = g_task_get_task_data (task);
  GError *error = NULL;

  if (helio_agent1_call_replace_rules_finish (HELIO_AGENT1 (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, HELIO_ERROR, HELIO_ERROR_RULES_CHANGED)
           && ++changing->n_tries < MAX_TRIES)
    {
      g_error_free (error);
      helio_agent1_call_get_rules (HELIO_AGENT1 (source), g_task_get_cancellable (task),
                                   on_read_again, g_object_ref (task));
    }
  else
    g_task_return_error (task, error);
}

static void
try_change (GTask *task)
{
  HelioRuleBook *book = g_task_get_source_object (task);
  Changing *changing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *json = helio_rule_change_apply (changing->change, changing->before, &error);

  if (json == NULL)
    g_task_return_error (task, error);
  else if (book->agent == NULL)
    g_task_return_new_error (task, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN,
                             _ ("Heliograph is not running"));
  else
    helio_agent1_call_replace_rules (book->agent, changing->before, json,
                                     g_task_get_cancellable (task), on_replaced,
                                     g_object_ref (task));
}

void
helio_rule_book_change_async (HelioRuleBook *book,
                              HelioRuleChange *change,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_return_if_fail (HELIO_IS_RULE_BOOK (book));

  g_autoptr (GTask) task = g_task_new (book, cancellable, callback, data);
  Changing *changing = g_new0 (Changing, 1);

  changing->change = change;
  changing->before = g_strdup (book->json != NULL ? book->json : "");
  g_task_set_name (task, "helio_rule_book_change_async");
  g_task_set_task_data (task, changing, changing_free);
  try_change (task);
}

gboolean
helio_rule_book_change_finish (HelioRuleBook *book, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, book), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
