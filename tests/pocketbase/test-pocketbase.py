#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only PocketBase has: other ways to the data, a dashboard, logs, and one database for all.

usage: test-pocketbase.py FOLDER    PocketBase is fetched into it, if it is not there
"""

import concurrent.futures
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance'))
import backends  # noqa: E402
from client import BASE, Client, now, run_tests, until  # noqa: E402

COLLECTIONS = ('devices', 'stores', 'tokens', 'buckets', 'events')
PROGRAM = None
SOON = 75


class Addon(Client):
    def setUp(self):
        self.backend = backends.PocketBase(PROGRAM)
        self.addCleanup(self.backend.close)
        self.token = self.backend.add_token('laptop')
        self.seq = 0
        self.start()

    def start(self):
        self.backend.start()
        self.port = self.backend.port

    def show(self, **options):
        self.backend.set_device('laptop', **options)

    def watch(self):
        watcher = self.backend.watcher(self.port)
        self.addCleanup(watcher.close)
        return watcher

    def report_secrets(self):
        self.report(activity={'app': 'secretapp', 'title': 'secrettitle', 'since': now()},
                    media={'title': 'secretsong', 'artist': 'secretartist'})

    def add_superuser(self):
        self.backend.superuser('upsert', 'owner@example.org', 'a long password')
        answer = self.ask('POST', '/api/collections/_superusers/auth-with-password',
                          {'identity': 'owner@example.org', 'password': 'a long password'}, token=None)
        return answer.json()['token']

    def records(self, collection, token=None, **query):
        return self.ask('GET', f'/api/collections/heliograph_{collection}/records?'
                        + urllib.parse.urlencode(query), token=token)

    def read_log(self):
        """What PocketBase wrote down of its requests, until the last one of them failed."""
        self.api('GET', '/the-last-one')

        def read():
            with sqlite3.connect(os.path.join(self.backend.data, 'auxiliary.db')) as database:
                lines = [json.dumps(row) for row
                         in database.execute('SELECT message, data FROM _logs')]
            return any('the-last-one' in line for line in lines) and lines
        return until(read)


class Guest(Addon):
    def test_sees_no_collection_but_devices(self):
        self.report_secrets()
        self.events([self.event(1, title='secrettitle')])
        for name in COLLECTIONS[1:]:
            answer = self.records(name)
            self.assertEqual(answer.status, 403, name)
            self.assertNotIn(b'laptop', answer.body)
            for method, path in (('GET', '/x'), ('POST', ''), ('PATCH', '/x'), ('DELETE', '/x')):
                answer = self.ask(method, f'/api/collections/heliograph_{name}/records{path}',
                                  {} if method in ('POST', 'PATCH') else None, token=None)
                self.assertIn(answer.status, (403, 404), (method, name))
        for method, path in (('POST', ''), ('PATCH', '/x'), ('DELETE', '/x')):
            answer = self.ask(method, f'/api/collections/heliograph_devices/records{path}',
                              {} if method != 'DELETE' else None, token=None)
            self.assertIn(answer.status, (403, 404), method)

    def test_a_device_token_is_no_key_to_pocketbase(self):
        self.events([self.event(1)])
        for name in COLLECTIONS[1:]:
            self.assertEqual(self.records(name, token=self.token).status, 403, name)
        self.assertEqual(self.records('devices', token=self.token).json()['items'], [])

    def test_sees_nothing_of_a_private_device(self):
        self.report_secrets()
        for query in ({}, {'filter': 'name = "laptop"'}, {'sort': '-last_seen'}, {'skipTotal': 1}):
            answer = self.records('devices', **query)
            self.assertEqual((answer.status, answer.json()['items']), (200, []))

    def test_sees_the_state_and_no_more_where_that_was_chosen(self):
        self.report_secrets()
        self.show(public='state')
        answer = self.records('devices')
        [record] = answer.json()['items']
        self.assertEqual((record['name'], record['state']), ('laptop', 'active'))
        self.assertNotIn(b'secret', answer.body)
        for filter in ('activity_title ~ "secret"', 'activity_app != ""', 'media_title ?~ "secret"',
                       'activity_since > 0', 'media_artist:length > 0'):
            answer = self.records('devices', filter=filter)
            self.assertEqual(answer.json().get('items', []), [], filter)
        # Nor by way of the collections that it can't read.
        for filter in ('status ~ "secret"', 'token != ""', 'heliograph_tokens_via_store.hash ~ "a"',
                       '@collection.heliograph_stores.status ?~ "secret"',
                       '@collection.heliograph_tokens.hash ?~ "a"',
                       '@collection.heliograph_events.data ?~ "secret"'):
            answer = self.records('devices', filter=filter)
            self.assertIn(answer.status, (400, 403), (filter, answer.body))
        for sort in ('status', '-seq', 'hash', '@collection.heliograph_stores.seq'):
            answer = self.records('devices', sort=sort)
            self.assertIn(answer.status, (400, 403), sort)
        answer = self.records('devices', expand='store,heliograph_stores_via_name', fields='*')
        self.assertNotIn(b'secret', answer.body)

    def test_hears_that_a_device_became_private_and_nothing_after(self):
        self.show(public='state')
        everything = []
        for topic in ('heliograph_devices/*', 'heliograph_devices', 'heliograph_stores/*',
                      'heliograph_events/*', 'heliograph_tokens/*', 'heliograph_buckets/*'):
            watcher = type('Watcher', (backends.RealtimeWatcher,), {'topic': topic})(self.port)
            self.addCleanup(watcher.close)
            everything.append(watcher)
        self.report_secrets()
        everything[0].until(lambda shown: shown['laptop']['state'] == 'active')
        self.show(public='none')
        everything[0].until(lambda shown: not shown, SOON)
        self.report_secrets()
        self.events([self.event(1, title='secrettitle')])
        self.show(public='state', hours='on')
        everything[0].until(lambda shown: shown, SOON)
        for watcher in everything:
            self.assertNotIn('secret', watcher.heard)
        for watcher in everything[2:]:
            self.assertNotIn('laptop', watcher.heard)
        # A console command is another process: what it deleted was told all the same.
        self.assertIn('"delete"', everything[0].heard)

    def test_who_listens_to_one_device_hears_of_no_other(self):
        self.backend.add_token('other')
        self.backend.set_device('other', public='state')
        self.show(public='state')
        ids = {record['name']: record['id'] for record in self.records('devices').json()['items']}
        all_of_them = self.watch()
        one = type('Watcher', (backends.RealtimeWatcher,),
                   {'topic': 'heliograph_devices/' + ids['laptop']})(self.port)
        self.addCleanup(one.close)
        self.report()  # the server looks, and knows of both
        self.backend.set_device('other', public='none')
        all_of_them.until(lambda _: ids['other'] in all_of_them.heard, SOON)
        self.show(public='none')
        one.until(lambda shown: not shown, SOON)
        self.assertIn(ids['laptop'], one.heard)
        self.assertNotIn(ids['other'], one.heard)

    def test_batch_and_file_routes_lead_nowhere(self):
        answer = self.ask('POST', '/api/batch', {'requests': [
            {'method': 'POST', 'url': '/api/collections/heliograph_events/records', 'body': {}}]},
            token=None)
        self.assertIn(answer.status, (400, 403))
        self.assertEqual(self.ask('GET', '/api/collections', token=None).status, 401)
        for path in ('/pb_hooks/heliograph.pb.js', '/../pb_data/data.db', '/pb_data/data.db',
                     '/api/files/heliograph_events/x/y'):
            self.assertNotIn(b'heliograph-token', self.ask('GET', path, token=None).body)


class Owner(Addon):
    def test_sees_and_changes_all_in_the_dashboard(self):
        owner = self.add_superuser()
        self.report_secrets()
        self.events([self.event(1, title='a title')])
        watcher = self.watch()
        [store] = self.records('stores', owner).json()['items']
        path = '/api/collections/heliograph_stores/records/' + store['id']
        self.assertEqual(self.ask('PATCH', path, {'public': 'activity'}, token=owner).status, 200)
        watcher.until(lambda shown: shown.get('laptop', {}).get('activity'), 5)
        self.assertEqual(self.ask('PATCH', path, {'public': 'state'}, token=owner).status, 200)
        watcher.until(lambda shown: shown['laptop']['activity'] is None, 5)
        self.assertEqual(self.ask('PATCH', path, {'public': 'none'}, token=owner).status, 200)
        watcher.until(lambda shown: not shown, 5)
        [event] = self.records('events', owner, filter='data.title = "a title"').json()['items']
        self.assertEqual((event['start'], event['data']), (1, {'title': 'a title'}))
        # What the dashboard saves is what was changed there: no write is undone by it.
        self.events([self.event(2)])
        self.assertEqual(self.ask('PATCH', path, {'hours': True}, token=owner).status, 200)
        self.assertEqual(self.api('GET', '').json()['seq'], 2)

    def test_a_store_that_is_deleted_takes_all_with_it(self):
        owner = self.add_superuser()
        self.show(public='state')
        for i in range(4):
            self.events([self.event(i * 5000 + t) for t in range(5000)])
        watcher = self.watch()
        watcher.until(lambda shown: shown)
        [store] = self.records('stores', owner).json()['items']
        path = '/api/collections/heliograph_stores/records/' + store['id']
        self.assertEqual(self.ask('DELETE', path, token=owner).status, 204)
        watcher.until(lambda shown: not shown, 5)
        self.assertEqual(self.api('GET', '').status, 401)
        for name in COLLECTIONS:
            self.assertEqual(self.records(name, owner).json()['totalItems'], 0, name)
        fresh = self.backend.add_token('laptop')
        self.assertEqual(self.api('GET', '', token=fresh).json()['seq'], 0)

    def test_a_state_that_ended_is_in_no_record(self):
        self.show(public='activity')
        for read in (lambda: self.records('devices').json()['items'][0],
                     lambda: self.ask('GET', '/api/collections/heliograph_devices/records/' + one['id'],
                                      token=None).json()):
            self.report(ttl=1, activity={'app': 'secretapp', 'title': 'secrettitle', 'since': now()})
            one = self.records('devices').json()['items'][0]
            self.assertEqual((one['state'], one['activity_app']), ('active', 'secretapp'))
            # Nobody listens, so that nothing of it is in the database yet.
            until(lambda: self.devices()[0]['state'] == 'offline')
            found = read()
            self.assertEqual((found['state'], found['activity_app'], found['activity_title']),
                             ('offline', '', ''))
            self.assertEqual(found['since'], one['last_seen'])
        # Nor where it can't be written down.
        self.report(ttl=1, activity={'app': 'secretapp', 'title': 'secrettitle', 'since': now()})
        until(lambda: self.devices()[0]['state'] == 'offline')
        with sqlite3.connect(self.backend.database(), timeout=30) as database:
            database.execute('CREATE TRIGGER never BEFORE UPDATE ON heliograph_devices '
                             "BEGIN SELECT RAISE(ABORT, 'never'); END")
        database.close()
        answer = self.records('devices')
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([(one['state'], one['activity_app']) for one in answer.json()['items']],
                         [('offline', '')])

    def hide_by_hand(self):
        """As if nothing had made the records what they should be yet."""
        with sqlite3.connect(self.backend.database(), timeout=30) as database:
            database.execute("UPDATE heliograph_stores SET public = 'none' WHERE name = 'desk'")
        database.close()

    def test_a_device_that_just_became_private_is_in_no_record(self):
        self.backend.add_token('desk')
        self.show(public='state')
        self.backend.set_device('desk', public='state')
        found = self.records('devices', sort='name').json()
        self.assertEqual([item['name'] for item in found['items']], ['desk', 'laptop'])
        self.hide_by_hand()
        found = self.records('devices').json()
        self.assertEqual([item['name'] for item in found['items']], ['laptop'])
        self.assertEqual(found['totalItems'], 1)
        self.backend.set_device('desk', public='state')
        [desk] = [item for item in self.records('devices').json()['items'] if item['name'] == 'desk']
        self.hide_by_hand()
        path = '/api/collections/heliograph_devices/records/' + desk['id']
        self.assertEqual(self.ask('GET', path, token=None).status, 404)

    def test_a_device_that_got_another_name_keeps_its_kind_of_token(self):
        owner = self.add_superuser()
        [store] = self.records('stores', owner).json()['items']
        path = '/api/collections/heliograph_stores/records/' + store['id']
        self.assertEqual(self.ask('PATCH', path, {'name': 'desk'}, token=owner).status, 200)
        fresh = self.backend.command('token', 'rotate', 'laptop')
        self.assertTrue(fresh.startswith('hg_'), 'not one that reads everything')
        self.assertEqual(self.api('GET', '', token=fresh).json()['device'], 'desk')
        self.assertEqual(self.api('GET', '').status, 401)
        newest = self.backend.command('token', 'rotate', 'desk')
        self.assertEqual(self.api('GET', '', token=newest).json()['device'], 'desk')
        self.assertEqual(self.api('GET', '', token=fresh).status, 401)

    def test_a_token_whose_store_is_gone_opens_nothing(self):
        self.backend.add_token('other')
        self.backend.stop()
        with sqlite3.connect(self.backend.database()) as database:
            database.execute("DELETE FROM heliograph_stores WHERE name = 'laptop'")
        database.close()
        self.start()
        for path in ('', '/buckets?device=other'):
            self.assertEqual(self.api('GET', path).status, 401, path)

    def test_events_made_by_hand_are_in_nobodys_way(self):
        owner = self.add_superuser()
        self.events([self.event(t) for t in range(100)])
        [bucket] = self.records('buckets', owner).json()['items']
        for i, name in enumerate((None, 'h00000000000999', 'h0000zzzzzzzzzz', '5xyxyxyxyxyxyxy')):
            body = {'bucket': bucket['id'], 'start': 9000 + i, 'data': {}}
            answer = self.ask('POST', '/api/collections/heliograph_events/records',
                              {**body, 'id': name} if name else body, token=owner)
            self.assertEqual(answer.status, 200, answer.body)
            self.assertEqual(self.events([self.event(1000 * i + 200 + t) for t in range(50)])
                             .json()['stored'], 50)

    def count(self):
        """app -> seconds, of two days."""
        answer = self.api('GET', '/apps?from=2026-03-02&to=2026-03-03')
        self.assertEqual(answer.status, 200, answer.body)
        return {app['app']: app['active'] for app in answer.json()['apps']}

    def test_what_is_changed_by_hand_is_counted_anew(self):
        owner = self.add_superuser()
        morning = 1772445600000  # 2026-03-02 10:00 UTC
        self.events([self.event(morning, 60000, app='a')])
        self.assertEqual(self.count(), {'a': 60})
        records = '/api/collections/heliograph_%s/records'
        [bucket] = self.records('buckets', owner).json()['items']
        answer = self.ask('POST', records % 'events', {'bucket': bucket['id'], 'data': {'app': 'b'},
                          'start': morning, 'n': 1, 'duration': 5000}, token=owner)
        self.assertEqual(self.count(), {'a': 60, 'b': 5})
        path = f'{records % "events"}/{answer.json()["id"]}'
        self.ask('PATCH', path, {'duration': 7000}, token=owner)
        self.assertEqual(self.count(), {'a': 60, 'b': 7})
        self.ask('DELETE', path, token=owner)
        self.assertEqual(self.count(), {'a': 60})
        path = f'{records % "buckets"}/{bucket["id"]}'
        self.ask('PATCH', path, {'type': 'other'}, token=owner)
        self.assertEqual(self.count(), {})
        self.ask('PATCH', path, {'type': 'currentwindow'}, token=owner)
        self.assertEqual(self.count(), {'a': 60})
        self.assertEqual(self.ask('DELETE', '/api/collections/heliograph_events/truncate',
                                  token=owner).status, 204)
        self.assertEqual(self.count(), {})
        self.events([self.event(morning, 60000, app='a')])
        self.assertEqual(self.count(), {'a': 60})
        [store] = self.records('stores', owner).json()['items']
        self.ask('DELETE', f'{records % "stores"}/{store["id"]}', token=owner)
        with sqlite3.connect(self.backend.database()) as database:
            self.assertEqual(database.execute('SELECT count(*) FROM heliograph_sums').fetchone(), (0,))
        database.close()

    def test_a_change_by_hand_is_whole_or_none(self):
        owner = self.add_superuser()
        morning = 1772445600000  # 2026-03-02 10:00 UTC
        self.events([self.event(morning, 60000, app='a')])
        self.assertEqual(self.count(), {'a': 60})
        [event] = self.records('events', owner).json()['items']
        [bucket] = self.records('buckets', owner).json()['items']
        with sqlite3.connect(self.backend.database(), timeout=30) as database:
            database.execute('CREATE TRIGGER never BEFORE DELETE ON heliograph_sums '
                             "BEGIN SELECT RAISE(ABORT, 'never'); END")
        records = '/api/collections/heliograph_%s/records'
        new = {'bucket': bucket['id'], 'start': morning, 'n': 1, 'duration': 5000, 'data': {'app': 'b'}}
        for method, path, body in (
                ('POST', records % 'events', new),
                ('PATCH', f'{records % "events"}/{event["id"]}', {'duration': 7000}),
                ('DELETE', f'{records % "events"}/{event["id"]}', None),
                ('PATCH', f'{records % "buckets"}/{bucket["id"]}', {'type': 'other'}),
                ('DELETE', f'{records % "buckets"}/{bucket["id"]}', None)):
            self.assertEqual(self.ask(method, path, body, token=owner).status, 400)
            self.assertEqual(self.records('events', owner).json()['items'], [event], (method, path))
            self.assertEqual(self.records('buckets', owner).json()['items'], [bucket])
        database.execute('DROP TRIGGER never')
        database.close()
        self.assertEqual(self.ask('DELETE', f'{records % "buckets"}/{bucket["id"]}', token=owner).status, 204)
        self.assertEqual(self.count(), {})
        # Nothing is left of a device, nor that it did nothing.
        [store] = self.records('stores', owner).json()['items']
        self.assertEqual(self.ask('DELETE', f'{records % "stores"}/{store["id"]}', token=owner).status, 204)
        with sqlite3.connect(self.backend.database()) as database:
            self.assertEqual(database.execute('SELECT count(*) FROM heliograph_sums').fetchone(), (0,))
        database.close()

    def test_an_older_install_gets_what_is_new(self):
        self.events([self.event(1772445600000, 60000, app='a')])
        self.assertEqual(self.count(), {'a': 60})
        self.backend.stop()
        tables = ("SELECT name FROM sqlite_schema WHERE name IN "
                  "('heliograph_sums', 'heliograph_events_long') ORDER BY name")
        for words, names in ((['down', '1'], []),
                             (['up'], ['heliograph_events_long', 'heliograph_sums'])):
            subprocess.run([*self.backend.words, 'migrate', *words], check=True, input=b'y\n',
                           capture_output=True, timeout=60)
            with sqlite3.connect(self.backend.database()) as database:
                self.assertEqual([row[0] for row in database.execute(tables)], names, words)
            database.close()
        self.start()
        self.assertEqual(self.count(), {'a': 60})

    def rename(self, *names):
        """Device by device, as nobody but a hand in the database can."""
        self.backend.stop()
        with sqlite3.connect(self.backend.database()) as database:
            for old, new in names:
                database.execute('UPDATE heliograph_stores SET name = ? WHERE name = ?', (new, old))
        database.close()
        self.start()

    def read_board(self):
        return {item['name']: item['id'] for item in self.records('devices').json()['items']}

    def test_names_that_are_handed_on_are_seen_from_the_start(self):
        self.backend.add_token('desk')
        self.show(public='state')
        self.backend.set_device('desk', public='state')
        self.rename()
        before = self.read_board()
        self.assertEqual(set(before), {'laptop', 'desk'})
        self.rename(('desk', 'attic'), ('laptop', 'desk'))
        self.assertEqual(self.read_board(), {'desk': before['laptop'], 'attic': before['desk']})
        self.rename(('desk', 'other'), ('attic', 'desk'), ('other', 'attic'))
        self.assertEqual(self.read_board(), {'attic': before['laptop'], 'desk': before['desk']})

    def test_installing_again_keeps_everything(self):
        self.show(public='state')
        self.events([self.event(1)])
        self.backend.stop()
        # An update is copied over what is there.
        hooks = os.path.join(self.backend.folder, 'pb_hooks')
        for _ in range(2):
            shutil.copytree(os.path.join(backends.ROOT, 'data', 'pocketbase', 'pb_hooks'), hooks,
                            dirs_exist_ok=True)
        self.backend.words[self.backend.words.index('--hooksDir') + 1] = hooks
        self.start()
        self.assertEqual(self.api('GET', '/buckets').json()[0]['count'], 1)
        self.assertEqual(len(self.devices()), 1)


class Trouble(Addon):
    def test_a_database_in_use_is_no_refusal(self):
        days = '/apps?from=2026-03-02&to=2026-03-05'
        self.assertEqual(self.api('GET', days).json()['timezone'], 'UTC')
        self.show(timezone='Europe/Berlin')
        database = sqlite3.connect(self.backend.database(), isolation_level=None)
        self.addCleanup(database.close)
        database.execute('BEGIN IMMEDIATE')
        body = {'seq': 1, 'bucket': {'id': 'b'}, 'upsert': [self.event(1)]}
        status = {'now': 1, 'since': 1, 'state': 'away', 'ttl': 9}
        calls = (('POST', '/events', body), ('PUT', '/status', status))
        self.patience = 90  # SQLite waits for 10 s, and one call waits for the other
        with concurrent.futures.ThreadPoolExecutor() as pool:
            reading = pool.submit(self.api, 'GET', days)
            answers = list(pool.map(lambda call: self.api(*call), calls))
        # Sums that can't be kept, or forgotten, are told all the same.
        self.assertEqual((reading.result().status, reading.result().json()['apps']), (200, []))
        for answer in answers:
            self.assertEqual((answer.status, answer.json()['status']), (503, 503), answer.body)
            self.assertGreater(int(answer.headers['retry-after']), 0)
        database.execute('ROLLBACK')
        self.assertEqual(self.api('GET', '').json()['seq'], 0)
        self.assertEqual(self.events([self.event(1)]).status, 200)

    def test_commands_work_beside_a_busy_server(self):
        end = threading.Event()
        wrong = []

        def report():
            for state in itertools.cycle(('active', 'away')):
                answer = self.api('PUT', '/status', {'now': 1, 'since': 1, 'state': state, 'ttl': 90})
                if answer.status != 204:
                    wrong.append(answer.body)
                if end.is_set():
                    return
        reporter = threading.Thread(target=report)
        reporter.start()
        try:
            for i in range(6):
                self.show(public=('none', 'state', 'activity')[i % 3])
                self.backend.add_token(f'other {i}')
                self.backend.command('token', 'rotate', f'other {i}')
        finally:
            end.set()
            reporter.join()
        self.assertEqual(wrong, [])

    def test_nothing_secret_is_logged(self):
        self.show(public='activity')
        self.report_secrets()
        self.events([self.event(1, title='secrettitle'), {'start': 'secretstart'}])
        self.api('POST', '/events', b'{"seq":9,"bucket":{"id":"b"},"upsert":["secrettitle"')
        self.api('POST', '/events', {'seq': 1, 'bucket': {'id': 'b'}, 'upsert': [
            self.event(1, title='secrettitle')]})
        self.api('PUT', '/status', {'state': 'secretstate'})
        self.api('GET', '/buckets', token='hg_wrongtoken')
        for line in [*self.read_log(), self.backend.read_log()]:
            for secret in ('secret', self.token, 'hg_'):
                self.assertNotIn(secret, line)

    def test_calls_that_succeed_leave_no_line(self):
        for _ in range(50):
            self.events([self.event(self.seq)])
            self.report()
            self.devices()
        lines = [line for line in self.read_log() if 'heliograph/v1' in line]
        self.assertEqual(len(lines), 1, lines)

    def test_ends_at_once(self):
        self.show(public='state')
        watcher = self.watch()
        self.report()
        watcher.until(lambda shown: shown['laptop']['state'] == 'active')
        begin = now()
        self.backend.stop()
        self.assertLess(now() - begin, 8000)

    def test_a_backup_that_comes_back_is_seen(self):
        self.events([self.event(1)])
        self.backend.stop()
        shutil.copytree(self.backend.data, self.backend.data + '.old')
        self.start()
        store = self.api('GET', '').json()['store']
        self.events([self.event(2)])
        self.backend.stop()
        shutil.rmtree(self.backend.data)
        os.rename(self.backend.data + '.old', self.backend.data)
        self.start()
        info = self.api('GET', '').json()
        self.assertEqual((info['store'], info['seq']), (store, 1))


if __name__ == '__main__':
    PROGRAM, why = backends.fetch_pocketbase(sys.argv[1])
    if PROGRAM is None:
        print(f'1..0 # SKIP skipped: {why}')
    else:
        run_tests(room='pocketbase')
