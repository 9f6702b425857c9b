# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template for python3-dbusmock: what a desktop does behind the real xdg-desktop-portal."""

import os

import dbus.service

BUS_NAME = "org.freedesktop.impl.portal.desktop.heliograph"
MAIN_OBJ = "/org/freedesktop/portal/desktop"
MAIN_IFACE = "io.github.heliograph.Test"
SYSTEM_BUS = False
BACKGROUND = "org.freedesktop.impl.portal.Background"
SECRET = "org.freedesktop.impl.portal.Secret"
INHIBIT = "org.freedesktop.impl.portal.Inhibit"
# The portals want one for questions before they offer the others.
ACCESS = "org.freedesktop.impl.portal.Access"
INTERFACES = (ACCESS, BACKGROUND, SECRET, INHIBIT)
# What a keyring would keep for the app.
MASTER_SECRET = b"0123456789abcdef" * 4


def load(mock, _parameters):
    mock.monitors = []
    mock.is_locked = False


def tell(mock, monitor, session=1):
    mock.EmitSignal(INHIBIT, "StateChanged", "oa{sv}", [
        dbus.ObjectPath(monitor),
        dbus.Dictionary({"screensaver-active": dbus.Boolean(mock.is_locked),
                         "session-state": dbus.UInt32(session)}, signature="sv")])


@dbus.service.method(BACKGROUND, in_signature="sbasu", out_signature="b")
def EnableAutostart(self, app, is_on, words, flags):
    self.log(f"autostart {app} {int(is_on)} {' '.join(words)} {flags}")
    return bool(is_on)


@dbus.service.method(BACKGROUND, in_signature="", out_signature="a{sv}")
def GetAppState(self):
    return dbus.Dictionary({}, signature="sv")


@dbus.service.method(SECRET, in_signature="osha{sv}", out_signature="ua{sv}")
def RetrieveSecret(self, _handle, app, pipe, _options):
    self.log(f"secret {app}")
    with os.fdopen(pipe.take(), "wb") as file:
        file.write(MASTER_SECRET)
    return dbus.UInt32(0), dbus.Dictionary({}, signature="sv")


@dbus.service.method(INHIBIT, in_signature="ooss", out_signature="u")
def CreateMonitor(self, _handle, monitor, app, _window):
    self.log(f"monitor {app}")
    self.monitors.append(str(monitor))
    tell(self, monitor)
    return dbus.UInt32(0)


@dbus.service.method(INHIBIT, in_signature="o", out_signature="")
def QueryEndResponse(self, monitor):
    self.log(f"agreed {monitor}")


@dbus.service.method(MAIN_IFACE, in_signature="bu", out_signature="")
def Tell(self, is_locked, session):
    """For the test: the session is locked or not, runs (1), may end (2), ends (3)."""
    self.is_locked = bool(is_locked)
    for monitor in self.monitors:
        tell(self, monitor, session)
