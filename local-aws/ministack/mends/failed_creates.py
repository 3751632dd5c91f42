"""After a failed Create AWS sends a Delete, with the id that the failed answer named or one that it makes up if there
was no answer. MiniStack forgets the resource, and so looks free of leaks where AWS is not."""

import random
import string
import threading

from .wrapping import wrap

STATUS = "CREATE_FAILED"

# The token of the invocation that runs on this thread (each custom resource waits on a thread of its own), and what
# was answered to it: the answer arrives on another thread.
invocation = threading.local()
failed_ids = {}


def apply():
    wrap("custom_resource", "register_token", remember_token)
    wrap("custom_resource", "deliver_response", remember_failed_id)
    wrap("custom_resource", "invoke_custom_resource", record_failed_create)
    wrap("stacks", "_roll_back_operation", roll_back_failed_create_too)


def remember_token(register):
    def register_token(token):
        invocation.token = token
        return register(token)

    return register_token


def remember_failed_id(deliver):
    def deliver_response(token, answer):
        if answer.get("Status") == "FAILED":
            failed_ids[token] = answer.get("PhysicalResourceId")
        return deliver(token, answer)

    return deliver_response


def record_failed_create(invoke):
    def invoke_custom_resource(request_type, logical_id, props, stack_name, stack_id, resource_type, **ids):
        invocation.token = None
        try:
            return invoke(request_type, logical_id, props, stack_name, stack_id, resource_type, **ids)
        except Exception as failure:
            # Without a token the function was never called.
            if request_type == "Create" and invocation.token is not None:
                physical_id = failed_ids.pop(invocation.token, None) or made_up_id(stack_name, logical_id)
                keep(stack_name, logical_id, resource_type, physical_id, props, failure)
            raise
        finally:
            failed_ids.pop(invocation.token, None)

    return invoke_custom_resource


def keep(stack_name, logical_id, resource_type, physical_id, props, failure):
    """Makes the resource part of its stack: a roll-back and a delete of the stack then find it."""
    from ministack.core.responses import now_iso
    from ministack.services.cloudformation import _stacks

    stack = _stacks.get(stack_name)
    if stack is None:
        return
    stack.setdefault("_resources", {})[logical_id] = {
        "PhysicalResourceId": physical_id,
        "ResourceType": resource_type,
        "ResourceStatus": STATUS,
        "ResourceStatusReason": str(failure),
        "LogicalResourceId": logical_id,
        "Properties": props,
        "Attributes": {},
        "Timestamp": now_iso(),
    }


def roll_back_failed_create_too(roll_back):
    async def roll_back_operation(stack_name, stack_id, stack, operation, *rest, **options):
        failed = operation.get("failed_logical_id")
        record = stack.get("_resources", {}).get(failed)
        if record is not None and record.get("ResourceStatus") == STATUS:
            operation = {**operation, "created": [*operation.get("created", []), failed]}
        await roll_back(stack_name, stack_id, stack, operation, *rest, **options)

    return roll_back_operation


def made_up_id(stack_name, logical_id):
    suffix = "".join(random.choices(string.ascii_uppercase + string.digits, k=12))
    return f"{stack_name}-{logical_id}-{suffix}"
