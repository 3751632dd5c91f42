"""A bucket that still holds objects cannot be deleted on AWS. MiniStack's CloudFormation deletes them along with it, so that
a stack which forgets to empty its bucket, or refuses to, would seem to have none."""

from ministack.services import s3

from .wrapping import wrap_handlers


def apply():
    wrap_handlers("AWS::S3::Bucket", delete=delete_empty)


def delete_empty(delete):
    def delete_bucket(name, props):
        bucket = s3._buckets.get(name)
        if bucket and bucket["objects"]:
            raise RuntimeError("The bucket you tried to delete is not empty (Service: S3, Status Code: 409)")
        return delete(name, props)

    return delete_bucket
