"""How a test or a person makes the stand-in life-cycle system go wrong: on loopback only, no part of its contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from plugin.sandbox.faults import MODES, MOMENTS, Fault, Faults, UnknownFault
from plugin.sandbox.web import Problem, answer_json, json_object

control = Blueprint("control", __name__, url_prefix="/sandbox")


@control.get("/faults")
def faults_armed() -> Response:
    """What will go wrong next, and what could."""
    armed = faults().armed
    found = {**asdict(armed[0]), "left": armed[1]} if armed else None
    return answer_json({"armed": found, "modes": MODES, "moments": MOMENTS})


@control.post("/faults")
def arm_fault() -> ResponseReturnValue:
    """From the page's form or as JSON; without a mode everything goes well again."""
    given = json_object() if request.is_json else request.form.to_dict()
    try:
        if given.get("mode"):
            faults().arm(fault_of(given))
        else:
            faults().clear()
    except UnknownFault as error:
        raise Problem(422, "UNKNOWN_FAULT", str(error)) from error
    return faults_armed() if request.is_json else redirect("/", 303)


def fault_of(given: dict[str, Any]) -> Fault:
    times, stores = given.get("times", 1), given.get("stores")
    if not str(times).isdecimal() or stores not in (None, True, False):
        raise UnknownFault("次数应为整数，stores 应为 true、false 或不写。")
    return Fault(str(given["mode"]), str(given.get("moment") or "any"), int(times), stores)


def faults() -> Faults:
    found: Faults = current_app.extensions["faults"]
    return found
