"""MiniStack ignores a template's bucket tags. The function behind CDK's `autoDeleteObjects` empties a bucket only if it
is tagged for it, and fails on one without tags: every destroy would."""

from ministack.services import s3

from .wrapping import wrap_handlers


def apply():
    wrap_handlers("AWS::S3::Bucket", create=tag_created, update=tag_updated)


def tag_created(create):
    def create_bucket(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        tag(name, props)
        return name, attributes

    return create_bucket


def tag_updated(update):
    def update_bucket(physical_id, old_props, props, stack_name):
        name, attributes = update(physical_id, old_props, props, stack_name)
        tag(name, props)
        return name, attributes

    return update_bucket


def tag(name, props):
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props.get("Tags") or []}
