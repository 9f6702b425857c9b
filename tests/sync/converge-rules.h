/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Random privacy rules, and what they must make of an event, told in the simplest way: by searches
 * for plain texts. It knows nothing of src/rules, which reads the same rules as JSON, with globs
 * and regular expressions. */

#include <glib.h>

typedef struct _RuleBook RuleBook;

/* The buckets that the rules are about, as numbers. */
enum
{
  BOOK_WINDOW,
  BOOK_AFK,
  BOOK_WEB,
  BOOK_N_BUCKETS,
};

typedef enum
{
  BOOK_HISTORY,
  BOOK_PRESENCE,
} BookScope;

/* @hides_vault: from the beginning to the end the titles of the app Vault are hidden. */
RuleBook *rule_book_new (gboolean hides_vault);
void rule_book_free (RuleBook *book);

/* One change by the user: a rule more or less, other, elsewhere, off, or broken. Says which. */
char *rule_book_change (RuleBook *book, GRand *rand);
/* One more, which makes of what it made another thing. */
void rule_book_add_greedy (RuleBook *book);
/* Mends what is broken. FALSE if nothing was. */
gboolean rule_book_mend (RuleBook *book);

/* (transfer full): as the settings hold it. */
char *rule_book_write (const RuleBook *book);

/* Whether a broken rule stops the bucket. */
gboolean rule_book_is_stopped (const RuleBook *book, guint bucket);

/* (transfer full) (nullable): canonical data; NULL if the event is dropped. */
char *
rule_book_publish (const RuleBook *book, guint bucket, BookScope scope, const char *canonical);

/* (transfer full) (element-type utf8): the rules that are at work in the bucket's history, without
 * what they are called and where they are at work. */
GPtrArray *rule_book_list (const RuleBook *book, guint bucket);

/* The same of what was published under the rules of the list @known (nullable: under others): only
 * those that came since are at work. */
char *
rule_book_obey (const RuleBook *book, guint bucket, const GPtrArray *known, const char *canonical);
