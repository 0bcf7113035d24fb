"""Find, remove and replace parts of a CloudFormation template."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Template = dict[str, Any]
Resource = dict[str, Any]

NO_VALUE = {"Ref": "AWS::NoValue"}


def of_type(template: Template, *types: str) -> Iterator[tuple[str, Resource]]:
    """Logical name and resource of each resource of these types; removing on the way is safe."""
    return iter([(n, r) for n, r in template["Resources"].items() if r["Type"] in types])


def remove(template: Template, names: set[str]) -> int:
    """Remove resources with what points at them: dependencies, outputs, references; count them.

    A reference to one becomes `AWS::NoValue`, which takes the property or list item away.
    """
    for name in names:
        template["Resources"].pop(name, None)
    for resource in template["Resources"].values():
        _forget_dependencies(resource, names)
    outputs = template.get("Outputs", {})
    for output in [key for key, value in outputs.items() if _mentions(value, names)]:
        del outputs[output]
    replace(template["Resources"], lambda node: NO_VALUE if _target(node) in names else None)
    return len(names)


def _forget_dependencies(resource: Resource, names: set[str]) -> None:
    listed = resource.get("DependsOn", [])
    kept = [name for name in ([listed] if isinstance(listed, str) else listed) if name not in names]
    resource.pop("DependsOn", None)
    if kept:
        resource["DependsOn"] = kept


def _target(node: Mapping[str, Any]) -> str | None:
    """The logical name that a `Ref` or `Fn::GetAtt` points at."""
    if len(node) != 1:
        return None
    attribute = node.get("Fn::GetAtt")
    target = attribute.split(".") if isinstance(attribute, str) else attribute
    return str(target[0]) if target else node.get("Ref")


def _mentions(node: Any, names: set[str]) -> bool:
    if isinstance(node, dict):
        return _target(node) in names or any(_mentions(value, names) for value in node.values())
    return isinstance(node, list) and any(_mentions(value, names) for value in node)


def replace(node: Any, change: Callable[[dict[str, Any]], Any]) -> int:
    """Replace, in place, each mapping below `node` for which `change` gives another; count them."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    touched = 0
    for key, value in list(items):
        if not isinstance(value, dict | list):
            continue
        other = change(value) if isinstance(value, dict) else None
        if other is None:
            touched += replace(value, change)
        else:
            node[key] = other
            touched += 1
    return touched
