# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A template for python3-dbusmock: the portal that tells a sandbox of the session.

Parameters: "response" of CreateMonitor (2: it gives none), "locked": the state it tells at once.
"""

import dbus
import dbusmock

BUS_NAME = "org.freedesktop.portal.Desktop"
MAIN_OBJ = "/org/freedesktop/portal/desktop"
MAIN_IFACE = "org.freedesktop.portal.Inhibit"
SYSTEM_BUS = False


def load(mock, parameters):
    mock.response = int(parameters.get("response", 0))
    mock.first = parameters.get("locked")
    mock.monitor = None
    mock.endings = []
    mock.statuses = []


def state(is_locked, session):
    return dbus.Dictionary({"screensaver-active": dbus.Boolean(is_locked),
                            "session-state": dbus.UInt32(session)}, signature="sv")


def emit(mock, path, is_locked, session):
    mock.EmitSignal(MAIN_IFACE, "StateChanged", "oa{sv}",
                    [dbus.ObjectPath(path), state(is_locked, session)])


@dbus.service.method(MAIN_IFACE, in_signature="sa{sv}", out_signature="o", sender_keyword="sender")
def CreateMonitor(self, _window, options, sender):
    """The first state and the answer come before the call returns: that is allowed."""
    owner = sender[1:].replace(".", "_")
    request = f"{MAIN_OBJ}/request/{owner}/{options['handle_token']}"
    self.monitor = f"{MAIN_OBJ}/session/{owner}/{options['session_handle_token']}"
    if self.first is not None:
        emit(self, self.monitor, self.first, 1)
    self.AddObject(request, "org.freedesktop.portal.Request", {}, [])
    dbusmock.get_object(request).EmitSignal(
        "org.freedesktop.portal.Request", "Response", "ua{sv}", [
            dbus.UInt32(self.response),
            dbus.Dictionary({"session_handle": self.monitor}, signature="sv")])
    return dbus.ObjectPath(request)


@dbus.service.method(MAIN_IFACE, in_signature="o", out_signature="")
def QueryEndResponse(self, monitor):
    self.endings.append(str(monitor))


@dbus.service.method(MAIN_IFACE, in_signature="", out_signature="as")
def ListEndings(self):
    """For the test: which monitors agreed to the end."""
    return dbus.Array(self.endings, signature="s")


@dbus.service.method("org.freedesktop.portal.Background", in_signature="a{sv}", out_signature="")
def SetStatus(self, options):
    assert len(options["message"]) < 96
    self.statuses.append(str(options["message"]))


@dbus.service.method(MAIN_IFACE, in_signature="", out_signature="as")
def ListStatuses(self):
    """For the test: what was said that it is about."""
    return dbus.Array(self.statuses, signature="s")


@dbus.service.method(MAIN_IFACE, in_signature="bu", out_signature="")
def Tell(self, is_locked, session):
    """For the test: says so to the monitor."""
    emit(self, self.monitor, is_locked, session)
