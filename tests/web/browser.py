# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, driven over chromedriver's W3C protocol with the standard library only."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--disable-dev-shm-usage', '--hide-scrollbars', '--lang=en-GB']
WAIT = 15
LONGEST_WAIT = 90


def installed():
    return shutil.which('chromium') and shutil.which('chromedriver')


class Browser:
    def __init__(self, languages='en-GB,en'):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.driver = subprocess.Popen([shutil.which('chromedriver'), '--port=0'],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                       env={**os.environ, 'HOME': self.profile.name})
        for line in self.driver.stdout:
            if match := re.search(r'started successfully on port (\d+)', line):
                self.root = f'http://127.0.0.1:{match[1]}/session'
                break
        else:
            raise RuntimeError('chromedriver did not start')
        options = {'binary': shutil.which('chromium'),
                   'args': FLAGS + [f'--user-data-dir={self.profile.name}'],
                   'prefs': {'intl.accept_languages': languages}}
        answer = self.post('', {'capabilities': {'alwaysMatch': {
            'browserName': 'chrome', 'timeouts': {'script': 1000 * (LONGEST_WAIT + 5)},
            'goog:chromeOptions': options}}})
        self.root += '/' + answer['sessionId']
        self.cdp('Emulation.setTimezoneOverride', timezoneId='Europe/Berlin')
        # Every breach of the policy is remembered, from before the page's first byte.
        self.before_load('window.breaches = []; document.addEventListener('
                         '"securitypolicyviolation", (e) => breaches.push(e.blockedURI));')

    def post(self, path, body=None):
        data = json.dumps(body or {}).encode()
        request = urllib.request.Request(self.root + path, data, {'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=LONGEST_WAIT + 10) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)['value']['message'].splitlines()[0]) from None

    def cdp(self, command, **params):
        return self.post('/goog/cdp/execute', {'cmd': command, 'params': params})

    def before_load(self, source):
        return self.cdp('Page.addScriptToEvaluateOnNewDocument', source=source)['identifier']

    def forget(self, identifier):
        self.cdp('Page.removeScriptToEvaluateOnNewDocument', identifier=identifier)

    def open(self, url):
        self.post('/url', {'url': url})

    def size(self, width, height, mobile=False):
        self.cdp('Emulation.setDeviceMetricsOverride', width=width, height=height,
                 deviceScaleFactor=1, mobile=mobile)

    def scheme(self, name):
        self.cdp('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': name},
            {'name': 'prefers-reduced-motion', 'value': 'reduce'}])

    def run(self, expression):
        return self.post('/execute/sync', {'script': f'return {expression}', 'args': []})

    def until(self, condition, seconds=WAIT):
        """Waits in the browser until the expression is true; on time-out says what stood there."""
        script = ('const done = arguments[arguments.length - 1]; const end = performance.now() + '
                  f'{seconds}e3; (function look() {{ let now = false; try {{ now = {condition}; }} catch {{}}'
                  ' if (now) done(true); else if (performance.now() > end) done(false);'
                  ' else requestAnimationFrame(look); })();')
        if not self.post('/execute/async', {'script': script, 'args': []}):
            text = self.run('document.body.innerText')
            raise AssertionError(f'never true: {condition}; the page says: {text!r}')

    def screenshot(self, path):
        shot = self.cdp('Page.captureScreenshot', format='png')
        path.write_bytes(base64.b64decode(shot['data']))

    def close(self):
        request = urllib.request.Request(self.root, method='DELETE')
        try:
            urllib.request.urlopen(request, timeout=20).close()
        except OSError:
            pass
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        self.profile.cleanup()
