"""What is done where files arrive damaged: what was served before comes back, or else nothing is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import TargetError
from hxl_kit.targets.hdx.committing import ArrivedWrongError, MovedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hxl_kit.targets.hdx.committing import Committing
    from hxl_kit.targets.hdx.served import Served
    from hxl_kit.targets.hdx.wanted import Wanted

_AGAIN = "publish it again: what is damaged is sent anew, and it is public again when every file is verified"

_SENT = "what was published before was sent again, but not proven: look at the dataset, from another network if need be"


def retreat(
    committing: Committing,
    was: Served,
    error: ArrivedWrongError,
    back: Callable[[Served], Wanted] | None,
) -> TargetError:
    """Go back to what was served before; where that fails as well, take the dataset out of public sight.

    Args:
        committing: the means of changing the dataset.
        was: the dataset before it was changed.
        error: what is wrong with it now.
        back: gives the dataset as it was, to be made so again; None where that is not whole, or was never public.

    Returns:
        What to raise: what happened, what the public sees now, and the way out.
    """
    there = committing.show(was.id)
    if there is None or there.pin == was.pin:
        return error
    is_damaged = error.is_damaged
    if back:
        try:
            committing.make(there, back(there))
        except MovedError:
            return TargetError(f"{error}; somebody else changed it since; plan again")
        except ArrivedWrongError as again:
            is_damaged = again.is_damaged
        except TargetError:
            pass
        else:
            return TargetError(f"{error}; what was published before is served again")
    if is_damaged:
        return _hidden(committing, was, error)
    return TargetError(f"{error}; {_SENT}") if back else error


def _hidden(committing: Committing, was: Served, error: TargetError) -> TargetError:
    """Take the dataset out of public sight, unless it is already; return what to raise."""
    try:
        there = committing.show(was.id)
        if there is None or there.is_private:
            return error
        committing.hide(there)
    except TargetError as failed:
        return TargetError(f"{error}; it could not be taken out of public sight either: {failed}; {_AGAIN}")
    return TargetError(f"{error}; the dataset is not public for now; {_AGAIN}")
