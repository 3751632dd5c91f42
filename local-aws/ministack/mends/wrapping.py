"""Replacing a function of MiniStack wherever it is known."""

import importlib
import sys

CLOUDFORMATION = "ministack.services.cloudformation"


def cloudformation(module):
    return importlib.import_module(f"{CLOUDFORMATION}.{module}")


def wrap(module, name, wrapper):
    """Replaces `module.name` by `wrapper(original)`.

    `from .stacks import f` binds a second name to the same function, so every loaded module of the package is
    looked through; a module that is loaded later finds the replacement.
    """
    original = getattr(cloudformation(module), name, None)
    if not callable(original):
        sys.exit(f"this MiniStack has no {module}.{name}: the mends do not fit it")
    replacement = wrapper(original)
    for loaded_name, loaded in list(sys.modules.items()):
        if loaded_name.startswith(CLOUDFORMATION) and getattr(loaded, name, None) is original:
            setattr(loaded, name, replacement)


def wrap_handlers(resource_type, **wrappers):
    """Replaces a resource type's create, update or delete handler by `wrapper(original)`."""
    handlers = cloudformation("provisioners")._RESOURCE_HANDLERS.get(resource_type, {})
    missing = [verb for verb in wrappers if verb not in handlers]
    if missing:
        sys.exit(f"this MiniStack cannot {', '.join(missing)} {resource_type}: the mends do not fit it")
    handlers.update({verb: wrapper(handlers[verb]) for verb, wrapper in wrappers.items()})
