/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "rules/helio-memo.h"

#include <string.h>

#define MANY 200000

/* Something for each number: of three kinds, as rules make them. */
static HelioMemory
make (int number, char *made, gsize size)
{
  HelioMemory memory = { .rule = number % 7 - 1, .is_dropped = number % 3 == 0 };

  if (number % 3 != 1)
    return memory;
  g_snprintf (made, size, "{\"made\":%d}", number);
  memory.is_changed = TRUE;
  memory.data = made;
  memory.length = strlen (made);
  return memory;
}

static gboolean
find (HelioMemo *memo, int number, HelioMemory *memory)
{
  g_autofree char *data = g_strdup_printf ("{\"title\":\"%d\"}", number);

  return helio_memo_find (memo, data, strlen (data), memory);
}

static void
keep (HelioMemo *memo, int number)
{
  g_autofree char *data = g_strdup_printf ("{\"title\":\"%d\"}", number);
  char made[40];
  HelioMemory memory = make (number, made, sizeof made);

  helio_memo_keep (memo, data, strlen (data), &memory);
}

static void
assert_is (int number, const HelioMemory *memory)
{
  char made[40];
  HelioMemory expected = make (number, made, sizeof made);

  g_assert_cmpint (memory->is_dropped, ==, expected.is_dropped);
  g_assert_cmpint (memory->is_changed, ==, expected.is_changed);
  g_assert_cmpint (memory->rule, ==, expected.rule);
  if (expected.is_changed)
    g_assert_cmpmem (memory->data, memory->length, expected.data, expected.length);
}

/* It may forget, but what it remembers is right, however many there were. */
static void
test_remembers (void)
{
  g_autoptr (HelioMemo) memo = helio_memo_new ();
  HelioMemory memory;
  int n_found = 0;

  helio_memo_begin (memo, memo, "bucket", 0);
  for (int i = 0; i < MANY; i++)
    {
      g_assert_false (find (memo, i, &memory));
      keep (memo, i);
      /* Just now it was there. */
      g_assert_true (find (memo, i, &memory));
      assert_is (i, &memory);
    }
  for (int i = 0; i < MANY; i++)
    if (find (memo, i, &memory))
      {
        assert_is (i, &memory);
        n_found++;
      }
  g_assert_cmpint (n_found, >, 10000);
  g_assert_cmpint (n_found, <, MANY / 2);
}

/* Long ones are not kept in the number of short ones. */
static void
test_is_bounded (void)
{
  g_autoptr (HelioMemo) memo = helio_memo_new ();
  const HelioMemory nothing = { .rule = -1 };
  HelioMemory memory;
  int n_found = 0;

  helio_memo_begin (memo, memo, "bucket", 0);
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 40000; i++)
      {
        g_autofree char *data = g_strdup_printf ("%01000d", i);

        if (helio_memo_find (memo, data, 1000, &memory))
          n_found += round;
        else if (round == 0)
          helio_memo_keep (memo, data, 1000, &nothing);
      }
  g_assert_cmpint (n_found, >, 100);
  g_assert_cmpint (n_found, <, 8 * 1024 * 1024 / 1000);
}

/* A few that come again and again stay. */
static void
test_keeps_a_few (void)
{
  g_autoptr (HelioMemo) memo = helio_memo_new ();
  HelioMemory memory;
  int n_missed = 0;

  helio_memo_begin (memo, memo, "bucket", 0);
  for (int round = 0; round < 20; round++)
    for (int i = 0; i < 300; i++)
      if (!find (memo, i, &memory))
        {
          n_missed++;
          keep (memo, i);
        }
  g_assert_cmpint (n_missed, <, 400);
}

static void
test_forgets (void)
{
  g_autoptr (HelioMemo) memo = helio_memo_new ();
  g_autofree char *large = g_strnfill (5000, 'x');
  const HelioMemory nothing = { .rule = -1 };
  HelioMemory memory;

  helio_memo_begin (memo, memo, "bucket", 0);
  g_assert_false (find (memo, 1, &memory));
  keep (memo, 1);
  helio_memo_begin (memo, memo, "bucket", 0);
  g_assert_false (find (memo, 2, &memory));
  g_assert_true (find (memo, 1, &memory));
  helio_memo_begin (memo, memo, "bucket", 1);
  g_assert_false (find (memo, 1, &memory));
  keep (memo, 1);
  helio_memo_begin (memo, &memory, "bucket", 1);
  g_assert_false (find (memo, 1, &memory));
  g_assert_false (helio_memo_find (memo, large, 5000, &memory));
  helio_memo_keep (memo, large, 5000, &nothing);
  g_assert_false (helio_memo_find (memo, large, 5000, &memory));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/memo/remembers-what-it-was-told", test_remembers);
  g_test_add_func ("/rules/memo/is-bounded-in-bytes", test_is_bounded);
  g_test_add_func ("/rules/memo/keeps-a-few-that-come-again", test_keeps_a_few);
  g_test_add_func ("/rules/memo/forgets-what-is-of-other-rules", test_forgets);
  return g_test_run ();
}
