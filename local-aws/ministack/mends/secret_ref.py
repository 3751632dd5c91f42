"""Ref of an AWS::SecretsManager::Secret is its ARN on AWS, its name in MiniStack."""

from ministack.services import secretsmanager

from .wrapping import wrap_handlers


def apply():
    wrap_handlers("AWS::SecretsManager::Secret", create=answer_arn, update=take_and_answer_arn, delete=take_arn)


def answer_arn(create):
    def create_secret(*args):
        _, attributes = create(*args)
        return attributes["Arn"], attributes

    return create_secret


def take_and_answer_arn(update):
    def update_secret(arn, *args):
        _, attributes = update(name_of(arn), *args)
        return attributes["Arn"], attributes

    return update_secret


def take_arn(delete):
    def delete_secret(arn, *args):
        return delete(name_of(arn), *args)

    return delete_secret


def name_of(arn):
    """The name MiniStack files the secret under, or what was given if it has no such secret (any more)."""
    return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)
