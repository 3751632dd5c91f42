"""On AWS a resource whose Delete failed keeps what it depends on, and stays in the stack until a later delete of the
stack succeeds. MiniStack deletes the dependencies (for a custom resource: its function, so that no retry can work),
and after a failed roll-back of a create forgets the resource."""

from contextvars import ContextVar

from .wrapping import cloudformation, wrap

# What runs in the current task: a task's context reaches the worker threads that delete its resources.
current = ContextVar("deletion", default=None)


def apply():
    wrap("stacks", "_deploy_stack_async", know_the_template)
    wrap("stacks", "_delete_resource", hold_back_dependencies)
    wrap("stacks", "_delete_stack_async", delete_as_one)
    wrap("stacks", "_roll_back_operation", roll_back_as_one)


class Deletion:
    """One walk through the resources of a stack, dependents first."""

    def __init__(self, stack_name, stack):
        self.stack_name = stack_name
        self.stack = stack
        self.definitions = (stack.get("_template") or {}).get("Resources", {})
        self.records = dict(stack.get("_resources", {}))
        self.failed = {}
        self.kept = set()

    def fail(self, logical_id, failure):
        self.failed[logical_id] = failure
        needed = cloudformation("stacks")._with_dependencies([logical_id], self.definitions, set(self.records))
        self.kept |= needed - {logical_id}

    def restore(self):
        """Puts back what the walk took for deleted. (Its DELETE_COMPLETE events stay: they are not worth the code.)"""
        resources = self.stack.setdefault("_resources", {})
        for logical_id in [*self.kept, *self.failed]:
            if logical_id in self.records:
                resources.setdefault(logical_id, self.records[logical_id])
        for logical_id, failure in self.failed.items():
            if logical_id in resources:
                resources[logical_id].update(ResourceStatus="DELETE_FAILED", ResourceStatusReason=str(failure))


def know_the_template(deploy):
    """A stack that a change set creates has no template until it stands, but its dependencies matter before."""

    async def deploy_stack_async(stack_name, stack_id, template, *rest, **options):
        from ministack.services.cloudformation import _stacks

        stack = _stacks[stack_name]
        if not stack.get("_template"):
            stack["_template"] = template
        return await deploy(stack_name, stack_id, template, *rest, **options)

    return deploy_stack_async


def hold_back_dependencies(delete):
    def delete_resource(resource_type, physical_id, props, stack_name=None, logical_id=None):
        deletion = current.get()
        if deletion is None or deletion.stack_name != stack_name:
            return delete(resource_type, physical_id, props, stack_name, logical_id)
        if logical_id in deletion.kept:
            return None
        try:
            return delete(resource_type, physical_id, props, stack_name, logical_id)
        except Exception as failure:
            deletion.fail(logical_id, failure)
            raise

    return delete_resource


def delete_as_one(delete_stack):
    async def delete_stack_async(stack_name, stack_id, retain_resources=(), force=False):
        from ministack.services.cloudformation import _stacks

        stack = _stacks.get(stack_name)
        if stack is None or force:
            return await delete_stack(stack_name, stack_id, retain_resources, force)
        return await walk(stack_name, stack, delete_stack(stack_name, stack_id, retain_resources, force))

    return delete_stack_async


def roll_back_as_one(roll_back):
    async def roll_back_operation(stack_name, stack_id, stack, operation, *rest, **options):
        rolling_back = roll_back(stack_name, stack_id, stack, operation, *rest, **options)
        # An update's roll-back skips what it cannot delete and ends well, on AWS too.
        if operation.get("is_update"):
            return await rolling_back
        return await walk(stack_name, stack, rolling_back)

    return roll_back_operation


async def walk(stack_name, stack, steps):
    deletion = Deletion(stack_name, stack)
    outer = current.set(deletion)
    try:
        return await steps
    finally:
        current.reset(outer)
        deletion.restore()
