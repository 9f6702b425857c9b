/* SPDX-FileCopyrightText: 2026 The Heliograph authors
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "sync/helio-apply.h"

/* The pure merge, played against a model of ledger and destination: after each page the model
 * holds what the batches said. */

typedef struct
{
  HelioBucket *bucket;
  HelioRules *rules;
  HelioPage *page;
  GArray *rows; /* HelioRow: the ledger, newest first */
  GString *log; /* what was sent: "+start/n:duration" and "-start/n" */
  GString *covered;
  HelioApply apply;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->bucket = helio_bucket_new ("b", "currentwindow", NULL, NULL, NULL);
  fixture->rules = helio_rules_new (NULL);
  fixture->page = helio_page_new ();
  fixture->rows = g_array_new (FALSE, FALSE, sizeof (HelioRow));
  fixture->log = g_string_new (NULL);
  fixture->covered = g_string_new (NULL);
  helio_apply_init (&fixture->apply, fixture->bucket, fixture->rules, HELIO_HELD_NO, 1000, 1 << 20);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  helio_apply_clear (&fixture->apply);
  helio_bucket_free (fixture->bucket);
  helio_rules_unref (fixture->rules);
  helio_page_unref (fixture->page);
  g_array_unref (fixture->rows);
  g_string_free (fixture->log, TRUE);
  g_string_free (fixture->covered, TRUE);
}

static void
begin_page (Fixture *fixture, int64_t lo, int64_t hi)
{
  helio_page_clear (fixture->page);
  fixture->page->lo = lo;
  fixture->page->hi = hi;
}

static void
add (Fixture *fixture, int64_t start, int64_t duration, const char *data)
{
  helio_page_add (fixture->page, start, duration, 1, data, strlen (data));
}

static void
put_row (Fixture *fixture, const HelioRow *row)
{
  guint i = 0;

  for (; i < fixture->rows->len; i++)
    {
      HelioRow *old = &g_array_index (fixture->rows, HelioRow, i);

      if (old->start == row->start && old->n == row->n)
        {
          *old = *row;
          return;
        }
      if (old->start < row->start || (old->start == row->start && old->n > row->n))
        break;
    }
  g_array_insert_vals (fixture->rows, i, row, 1);
}

static void
remove_row (Fixture *fixture, const HelioRow *row)
{
  for (guint i = 0; i < fixture->rows->len; i++)
    {
      HelioRow *old = &g_array_index (fixture->rows, HelioRow, i);

      if (old->start == row->start && old->n == row->n)
        {
          g_array_remove_index (fixture->rows, i);
          return;
        }
    }
  g_assert_not_reached ();
}

static gboolean
take_batch (HelioBatch *batch, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpint (helio_events_body_get_n_upserts (batch->body), ==, batch->upserts->len);
  g_assert_cmpint (helio_events_body_get_n_deletes (batch->body), ==, batch->deletes->len);
  g_assert_cmpint (batch->replaces->len, <=, batch->upserts->len);
  for (guint i = 0; i < batch->deletes->len; i++)
    {
      const HelioRow *row = &g_array_index (batch->deletes, HelioRow, i);

      g_string_append_printf (fixture->log, "-%d/%u ", (int) row->start, row->n);
      if (row->kind == HELIO_ROW_DROPPED)
        put_row (fixture, row);
      else
        remove_row (fixture, row);
    }
  for (guint i = 0; i < batch->upserts->len; i++)
    {
      const HelioRow *row = &g_array_index (batch->upserts, HelioRow, i);

      g_string_append_printf (fixture->log, "+%d/%u ", (int) row->start, row->n);
      put_row (fixture, row);
    }
  for (guint i = 0; i < batch->remove->len; i++)
    remove_row (fixture, &g_array_index (batch->remove, HelioRow, i));
  for (guint i = 0; i < batch->put->len; i++)
    put_row (fixture, &g_array_index (batch->put, HelioRow, i));
  for (guint i = 0; i < batch->deferred->len; i++)
    {
      const HelioDeferred *deferred = &g_array_index (batch->deferred, HelioDeferred, i);

      g_string_append_printf (fixture->log, "?%d:%d ", (int) deferred->start,
                              (int) deferred->count);
    }
  if (batch->lo <= batch->hi)
    g_string_append_printf (fixture->covered, "[%d,%d]", (int) batch->lo, (int) batch->hi);
  helio_batch_free (batch);
  return TRUE;
}

/* Applies the page; what was sent must be @sent and what is covered @covered. */
static void
apply (Fixture *fixture, const char *sent, const char *covered)
{
  g_autoptr (GArray) inside = g_array_new (FALSE, FALSE, sizeof (HelioRow));

  for (guint i = 0; i < fixture->rows->len; i++)
    {
      const HelioRow *row = &g_array_index (fixture->rows, HelioRow, i);

      if (row->start >= fixture->page->lo && row->start <= fixture->page->hi)
        g_array_append_vals (inside, row, 1);
    }
  g_string_truncate (fixture->log, 0);
  g_string_truncate (fixture->covered, 0);
  helio_page_sort (fixture->page);
  helio_apply_page (&fixture->apply, fixture->page, inside, take_batch, fixture);
  g_assert_cmpstr (g_strchomp (fixture->log->str), ==, sent);
  g_assert_cmpstr (fixture->covered->str, ==, covered);
}

static void
test_sends_what_is_new (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 30, 5, "{}");
  add (fixture, 20, 5, "{}");
  apply (fixture, "+30/0 +20/0", "[0,100]");
  apply (fixture, "", "[0,100]");

  begin_page (fixture, 0, 100);
  add (fixture, 30, 6, "{}");
  add (fixture, 20, 5, "{\"a\":1}");
  apply (fixture, "+30/0 +20/0", "[0,100]");
}

static void
test_ties_are_ordered_by_data (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 30, 9, "{\"b\":1}");
  add (fixture, 30, 1, "{\"a\":1}");
  add (fixture, 30, 5, "{\"b\":1}");
  apply (fixture, "+30/0 +30/1 +30/2", "[0,100]");
  g_assert_cmpuint (g_array_index (fixture->rows, HelioRow, 0).check, ==,
                    helio_event_check (30, 1, "{\"a\":1}", 7));
  g_assert_cmpuint (g_array_index (fixture->rows, HelioRow, 1).check, ==,
                    helio_event_check (30, 5, "{\"b\":1}", 7));

  /* In whatever order they come: nothing is sent. */
  begin_page (fixture, 0, 100);
  add (fixture, 30, 5, "{\"b\":1}");
  add (fixture, 30, 9, "{\"b\":1}");
  add (fixture, 30, 1, "{\"a\":1}");
  apply (fixture, "", "[0,100]");
}

static void
test_batches_cover_disjoint_ranges (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->apply.max_events = 2;
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{}");
  add (fixture, 40, 1, "{\"a\":1}");
  add (fixture, 40, 1, "{\"b\":1}");
  add (fixture, 10, 1, "{}");
  apply (fixture, "+50/0 +40/0 +40/1 +10/0", "[40,100][0,39]");
}

static void
test_puts_deletions_off (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"a\":1}");
  add (fixture, 50, 1, "{\"b\":1}");
  add (fixture, 10, 1, "{}");
  apply (fixture, "+50/0 +50/1 +10/0", "[0,100]");

  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"b\":1}");
  apply (fixture, "?50:1 ?10:1", "[0,100]");
  g_assert_cmpint (fixture->apply.n_deferred, ==, 2);
  apply (fixture, "", "[0,100]");

  /* One is back: no longer put off. The other goes once the sweep found few. */
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"b\":1}");
  add (fixture, 50, 1, "{\"a\":1}");
  apply (fixture, "?50:0", "[0,100]");
  g_assert_cmpint (fixture->apply.n_deferred, ==, 1);
  fixture->apply.held = HELIO_HELD_FEW;
  apply (fixture, "-10/0 ?10:0", "[0,100]");
  g_assert_cmpint (fixture->rows->len, ==, 2);
}

/* Neither side has it any more. */
static void
test_forgets_what_was_put_off (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  helio_apply_defer (&fixture->apply, 50, 2);
  begin_page (fixture, 60, 100);
  apply (fixture, "", "[60,100]");
  begin_page (fixture, 0, 100);
  apply (fixture, "?50:0", "[0,100]");
  g_assert_cmpint (fixture->apply.n_deferred, ==, 0);
}

static void
test_few_deletes_only_what_was_put_off (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{}");
  add (fixture, 10, 1, "{}");
  apply (fixture, "+50/0 +10/0", "[0,100]");
  helio_apply_defer (&fixture->apply, 10, 1);
  fixture->apply.held = HELIO_HELD_FEW;
  begin_page (fixture, 0, 100);
  apply (fixture, "-10/0 ?50:1 ?10:0", "[0,100]");
}

static void
test_deletes_on_the_users_word (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"a\":1}");
  add (fixture, 50, 1, "{\"b\":1}");
  apply (fixture, "+50/0 +50/1", "[0,100]");

  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"b\":1}");
  fixture->apply.held = HELIO_HELD_ASKING;
  apply (fixture, "?50:1", "[0,100]");
  apply (fixture, "", "[0,100]");
  begin_page (fixture, 0, 100);
  apply (fixture, "?50:2", "[0,100]");
  g_assert_cmpint (fixture->apply.n_deferred, ==, 2);
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"b\":1}");
  apply (fixture, "?50:1", "[0,100]");
  fixture->apply.held = HELIO_HELD_DELETE;
  apply (fixture, "-50/1 +50/0 ?50:0", "[0,100]");
  apply (fixture, "", "[0,100]");
}

static void
test_keeps_on_the_users_word (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"a\":1}");
  add (fixture, 50, 1, "{\"b\":1}");
  add (fixture, 10, 1, "{}");
  apply (fixture, "+50/0 +50/1 +10/0", "[0,100]");

  /* "b" and the one at 10 vanish and are kept; nothing is sent then and later. */
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"a\":1}");
  fixture->apply.held = HELIO_HELD_KEEP;
  apply (fixture, "", "[0,100]");
  fixture->apply.held = HELIO_HELD_NO;
  apply (fixture, "", "[0,100]");
  g_assert_cmpint (g_array_index (fixture->rows, HelioRow, 1).kind, ==, HELIO_ROW_KEPT);
  g_assert_cmpint (g_array_index (fixture->rows, HelioRow, 2).kind, ==, HELIO_ROW_KEPT);

  /* A new event of that start leaves the kept one alone. */
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"a\":1}");
  add (fixture, 50, 1, "{\"c\":1}");
  apply (fixture, "+50/2", "[0,100]");

  /* The kept one is back: nothing is sent, and it is an ordinary row. */
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"a\":1}");
  add (fixture, 50, 1, "{\"b\":1}");
  add (fixture, 50, 1, "{\"c\":1}");
  apply (fixture, "", "[0,100]");
  g_assert_cmpint (g_array_index (fixture->rows, HelioRow, 1).kind, ==, HELIO_ROW_HELD);
}

static void
test_page_without_proof_leaves_holes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{}");
  add (fixture, 30, 1, "{}");
  apply (fixture, "+50/0 +30/0", "[0,100]");

  begin_page (fixture, 20, 100);
  fixture->page->proves_absence = FALSE;
  add (fixture, 60, 1, "{}");
  add (fixture, 50, 2, "{}");
  apply (fixture, "+60/0 +50/0", "[31,100][20,29]");
  g_assert_true (fixture->apply.is_incomplete);
}

static void
test_rules_delete_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GArray) pauses = g_array_new (FALSE, FALSE, sizeof (HelioPause));
  HelioPause pause = { 40, 60 };

  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{}");
  add (fixture, 30, 20, "{}");
  apply (fixture, "+50/0 +30/0", "[0,100]");

  g_array_append_val (pauses, pause);
  helio_rules_unref (fixture->rules);
  fixture->apply.rules = fixture->rules = helio_rules_new (pauses);
  apply (fixture, "-50/0 +30/0", "[0,100]");
  g_assert_cmpint (g_array_index (fixture->rows, HelioRow, 0).kind, ==, HELIO_ROW_DROPPED);
  g_assert_cmpuint (g_array_index (fixture->rows, HelioRow, 1).check, ==,
                    helio_event_check (30, 10, "{}", 2));
  apply (fixture, "", "[0,100]");

  /* A dropped event that goes from ActivityWatch is nobody's loss. */
  begin_page (fixture, 0, 100);
  add (fixture, 30, 20, "{}");
  apply (fixture, "", "[0,100]");
  g_assert_cmpint (fixture->rows->len, ==, 1);
}

static void
test_rejected_is_not_sent_again (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioRow row = { 50, 0, helio_event_check (50, 1, "{}", 2), HELIO_ROW_REJECTED };

  put_row (fixture, &row);
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{}");
  apply (fixture, "", "[0,100]");
  begin_page (fixture, 0, 100);
  add (fixture, 50, 2, "{}");
  apply (fixture, "+50/0", "[0,100]");
}

/* -- what is left of a bucket that is switched off ------------------------------------------------
 */

static void
use_rules (Fixture *fixture, const char *rules)
{
  gboolean is_left = fixture->apply.is_left;

  helio_apply_clear (&fixture->apply);
  helio_rules_unref (fixture->rules);
  fixture->rules = helio_rules_new_from_json (rules, NULL);
  helio_apply_init (&fixture->apply, fixture->bucket, fixture->rules, HELIO_HELD_NO, 1000, 1 << 20);
  fixture->apply.is_left = is_left;
  fixture->apply.left_at = 1000;
  g_assert_false (helio_rules_is_stopped (fixture->rules, fixture->bucket));
}

#define HIDE                                                                                       \
  "{\"version\":1,\"rules\":[{\"id\":\"h\",\"name\":\"h\",\"field\":\"title\",\"match\":\"glob\"," \
  "\"pattern\":\"*\",\"action\":\"hide\"}]}"
#define DROP_A                                                                                     \
  "{\"version\":1,\"rules\":[{\"id\":\"d\",\"name\":\"d\",\"field\":\"app\",\"match\":\"exact\","  \
  "\"pattern\":\"a\",\"action\":\"drop\"}]}"

static void
test_left_passes_over_gaps (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{}");
  add (fixture, 10, 1, "{}");
  apply (fixture, "+50/0 +10/0", "[0,100]");

  fixture->apply.is_left = TRUE;
  fixture->apply.left_at = 1000;
  begin_page (fixture, 0, 100);
  add (fixture, 70, 1, "{}");
  add (fixture, 50, 2, "{}");
  add (fixture, 30, 1, "{}");
  add (fixture, 10, 1, "{}");
  apply (fixture, "+50/0", "[0,100]");
  fixture->apply.is_left = FALSE;
  apply (fixture, "+70/0 +30/0", "[0,100]");
}

static void
test_left_gets_nothing_new (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"app\":\"b\",\"title\":\"t\"}");
  apply (fixture, "+50/0", "[0,100]");

  /* It was recorded, or imported, later; also with the start of one that is held. */
  fixture->apply.is_left = TRUE;
  add (fixture, 60, 1, "{\"app\":\"b\",\"title\":\"new\"}");
  add (fixture, 50, 1, "{\"app\":\"a\",\"title\":\"new\"}");
  add (fixture, 40, 1, "{\"app\":\"b\",\"title\":\"new\"}");
  add (fixture, 40, 1, "{\"app\":\"c\",\"title\":\"new\"}");
  apply (fixture, "", "[0,100]");
  g_assert_cmpuint (g_array_index (fixture->rows, HelioRow, 0).check, ==,
                    helio_event_check (50, 1, "{\"app\":\"b\",\"title\":\"t\"}", 23));
  apply (fixture, "", "[0,100]");

  /* Nothing tells any more which of the two was sent: neither stays. */
  use_rules (fixture, HIDE);
  apply (fixture, "-50/0", "[0,100]");
  apply (fixture, "", "[0,100]");

  fixture->apply.is_left = FALSE;
  apply (fixture, "+60/0 +50/0 +50/1 +40/0 +40/1", "[0,100]");
}

static void
test_left_obeys_rules (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"app\":\"a\",\"title\":\"t\"}");
  add (fixture, 50, 1, "{\"app\":\"b\",\"title\":\"t\"}");
  add (fixture, 30, 1, "{\"app\":\"a\",\"title\":\"t\"}");
  add (fixture, 20, 1, "{\"app\":\"b\",\"title\":\"t\"}");
  apply (fixture, "+50/0 +50/1 +30/0 +20/0", "[0,100]");

  fixture->apply.is_left = TRUE;
  apply (fixture, "", "[0,100]");
  use_rules (fixture, HIDE);
  apply (fixture, "+50/0 +50/1 +30/0 +20/0", "[0,100]");
  use_rules (fixture, DROP_A);
  apply (fixture, "-50/1 -30/0 +50/0 +20/0", "[0,100]");
  /* What was taken back stays away. */
  use_rules (fixture, "");
  apply (fixture, "", "[0,100]");

  /* What is gone from ActivityWatch is deleted as ever. */
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"app\":\"a\",\"title\":\"t\"}");
  add (fixture, 50, 1, "{\"app\":\"b\",\"title\":\"t\"}");
  apply (fixture, "?20:1", "[0,100]");
  fixture->apply.held = HELIO_HELD_FEW;
  apply (fixture, "-20/0 ?20:0", "[0,100]");
}

/* Old: one held, one dropped. What the destination held of it goes, what it never had stays away,
 * whatever the order. */
static void
test_left_takes_no_other_in_place (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  use_rules (fixture, DROP_A);
  begin_page (fixture, 0, 100);
  add (fixture, 50, 1, "{\"app\":\"a\",\"title\":\"t\"}");
  add (fixture, 50, 1, "{\"app\":\"b\",\"title\":\"t\"}");
  add (fixture, 30, 1, "{\"app\":\"a\",\"title\":\"t\"}");
  apply (fixture, "+50/0", "[0,100]");
  fixture->apply.is_left = TRUE;
  use_rules (fixture, "");
  apply (fixture, "", "[0,100]");
  use_rules (fixture, "{\"version\":1,\"rules\":[{\"id\":\"d\",\"name\":\"d\",\"field\":\"app\","
                      "\"match\":\"exact\",\"pattern\":\"b\",\"action\":\"drop\"}]}");
  apply (fixture, "-50/0", "[0,100]");
}

/* It grew on in ActivityWatch after the bucket was switched off. */
static void
test_left_tells_no_end (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *app = "{\"app\":\"b\"}";

  begin_page (fixture, 0, 100);
  add (fixture, 50, 20, "{\"app\":\"b\",\"title\":\"t\"}");
  add (fixture, 20, 10, "{\"app\":\"b\",\"title\":\"t\"}");
  apply (fixture, "+50/0 +20/0", "[0,100]");

  fixture->apply.is_left = TRUE;
  begin_page (fixture, 0, 100);
  add (fixture, 50, 40, "{\"app\":\"b\",\"title\":\"t\"}");
  add (fixture, 20, 10, "{\"app\":\"b\",\"title\":\"t\"}");
  use_rules (fixture, HIDE);
  fixture->apply.left_at = 75;
  apply (fixture, "+50/0 +20/0", "[0,100]");
  g_assert_cmpuint (g_array_index (fixture->rows, HelioRow, 0).check, ==,
                    helio_event_check (50, 25, app, strlen (app)));
  g_assert_cmpuint (g_array_index (fixture->rows, HelioRow, 1).check, ==,
                    helio_event_check (20, 10, app, strlen (app)));
  apply (fixture, "", "[0,100]");
  /* What was published so stays so. */
  fixture->apply.left_at = 22;
  apply (fixture, "+50/0", "[0,100]");
}

static void
test_left_forgets_what_was_put_off (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  HelioRow row = { 50, 0, 0, HELIO_ROW_DROPPED };

  /* The row was held when its deletion was put off. */
  put_row (fixture, &row);
  helio_apply_defer (&fixture->apply, 50, 1);
  fixture->apply.is_left = TRUE;
  begin_page (fixture, 0, 100);
  apply (fixture, "?50:0", "[0,100]");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/sync/apply/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sends-what-is-new-or-changed", test_sends_what_is_new);
  ADD ("orders-ties-by-data-and-duration", test_ties_are_ordered_by_data);
  ADD ("batches-cover-disjoint-ranges", test_batches_cover_disjoint_ranges);
  ADD ("puts-deletions-off", test_puts_deletions_off);
  ADD ("forgets-what-was-put-off", test_forgets_what_was_put_off);
  ADD ("few-deletes-only-what-was-put-off", test_few_deletes_only_what_was_put_off);
  ADD ("deletes-on-the-users-word", test_deletes_on_the_users_word);
  ADD ("keeps-on-the-users-word", test_keeps_on_the_users_word);
  ADD ("page-without-proof-leaves-holes", test_page_without_proof_leaves_holes);
  ADD ("rules-delete-at-once", test_rules_delete_at_once);
  ADD ("rejected-is-not-sent-again", test_rejected_is_not_sent_again);
  ADD ("left-passes-over-gaps", test_left_passes_over_gaps);
  ADD ("left-gets-nothing-new", test_left_gets_nothing_new);
  ADD ("left-obeys-rules", test_left_obeys_rules);
  ADD ("left-takes-no-other-in-its-place", test_left_takes_no_other_in_place);
  ADD ("left-tells-no-end", test_left_tells_no_end);
  ADD ("left-forgets-what-was-put-off", test_left_forgets_what_was_put_off);
  return g_test_run ();
}
