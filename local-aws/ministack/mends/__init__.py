"""Where MiniStack's CloudFormation is kinder, or harder, than Amazon's: each module here mends one such place.

They replace private functions, so the version is pinned, and a name that is gone ends the start (see wrapping.py).
Each is proven by a test of its own in test/e2e/local-aws.
"""

from . import failed_creates, failed_deletes, full_buckets, long_answers, secret_ref


def apply_all():
    for mend in (long_answers, failed_creates, failed_deletes, secret_ref, full_buckets):
        mend.apply()
