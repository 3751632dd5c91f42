"""AWS refuses an answer of a custom resource beyond 4,096 bytes; MiniStack takes any."""

import json

from .wrapping import wrap

LIMIT = 4096


def apply():
    wrap("custom_resource", "deliver_response", refuse_long_answers)


def refuse_long_answers(deliver):
    def deliver_response(token, answer):
        if len(as_sent(answer)) > LIMIT:
            # No physical id: it is taken to be lost with the rest of the answer (AWS does not say).
            answer = {"Status": "FAILED", "Reason": "Response object is too long."}
        return deliver(token, answer)

    return deliver_response


def as_sent(answer):
    """The bytes that arrived, as far as they can be told from the parsed answer: what JSON.stringify writes."""
    return json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode()
