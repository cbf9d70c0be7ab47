"""Whether two names of encryption keys mean the same key.

How KMS names keys: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
"""

from typing import TypeGuard


def is_other_key(old: object, new: object) -> bool:
    """Whether the second names another KMS key than the first.

    An id and the ARN of a key are the same key. What an alias stands for is not known, so that it
    is compared with aliases only; a name that is not known yet is compared with nothing.

    >>> arn = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd"
    >>> is_other_key("1234abcd", arn), is_other_key("99999999", arn), is_other_key("alias/a", arn)
    (False, True, False)
    """
    if not _names(old) or not _names(new) or ("alias/" in old) is not ("alias/" in new):
        return False
    whole = old.startswith("arn:") and new.startswith("arn:")
    return old != new if whole else _bare(old) != _bare(new)


def _names(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value[:1].isalnum()


def _bare(name: str) -> str:
    return name.rpartition(":")[2].removeprefix("key/")
