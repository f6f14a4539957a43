"""What a source is: where its data come from, on which terms, and the layouts that they come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError, nearest
from hxl_kit.reading.masking import without_persons
from hxl_kit.sources.layout import Expectation, Layout, Lookalike, Measure, TableMap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.standard.tags import Tag

__all__ = ["Expectation", "Layout", "Lookalike", "Measure", "Source", "TableMap"]

_NAMED_COLUMNS = 6
_SHARE = 0.8


@dataclass(frozen=True)
class Source:
    """A provider's dataset: identity, terms and layouts.

    `layouts` are the shapes in which the data come, the main one first; a file is of the one that knows most
    of its columns. `recognise` makes the layout of a file whose columns no list could name (tagged tables,
    forms) and returns None for what it cannot read. A `generic` source yields to any other that knows a file.
    """

    id: str
    title: str
    provider: str
    url: str
    licence: str
    licence_title: str
    licence_url: str
    redistribution: str
    access: str
    source_type: str
    language: str
    terms: str
    layouts: tuple[Layout, ...] = ()
    lookalikes: tuple[Lookalike, ...] = ()
    recognise: Callable[[TableText], Layout | None] | None = None
    generic: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the source fills, each once, in the order of its maps."""
        return tuple(dict.fromkeys(name for layout in self.layouts for name in layout.tables))

    def layout(self, name: str = "") -> Layout:
        """Return the layout of that id, or the main one."""
        return next(found for found in self.layouts if name in ("", found.id))

    def layout_of(self, text: TableText) -> Layout:
        """Return the layout of an open table.

        Raises:
            SourceMismatchError: it is a known other layout, or required columns are missing.
        """
        made = self.recognise(text) if self.recognise else None
        return made or self.fitting_layout(text.header, text.tags)

    def fitting_layout(self, header: Sequence[str], tags: Sequence[Tag | None] = ()) -> Layout:
        """Return the layout whose required columns are all there; of several, the one that knows most columns.

        A layout that knows far fewer columns than another is not taken: the file is of that other one, damaged.

        Raises:
            SourceMismatchError: it is a known other layout, or required columns are missing.
        """
        for lookalike in self.lookalikes:
            if lookalike.is_of(header):
                raise SourceMismatchError(f"{self.id}: {lookalike.message}")
        if not self.layouts:
            raise SourceMismatchError(
                f"{self.id}: this is not {self.title}: its columns say nothing that it reads"
            )
        fits = [(layout, frozenset(layout.names_in(header, tags).values())) for layout in self.layouts]
        complete = [(layout, known) for layout, known in fits if layout.required <= known]
        most = max(len(known) for _, known in fits)
        if complete:
            layout, known = max(complete, key=lambda fit: len(fit[1]))
            if len(known) >= _SHARE * most:
                return layout
            likeliest = max(fits, key=lambda fit: len(fit[1]))[0]
            raise SourceMismatchError(self._missing_columns(likeliest, header, tags))
        nearest_layout = max(fits, key=lambda fit: len(fit[0].required & fit[1]) / len(fit[0].required))[0]
        raise SourceMismatchError(self._missing_columns(nearest_layout, header, tags))

    def _missing_columns(self, layout: Layout, header: Sequence[str], tags: Sequence[Tag | None]) -> str:
        names = layout.names_in(header, tags)
        missing = sorted(layout.required - frozenset(names.values()))
        spare = [name for name in header if name not in names]
        layout_told = "" if layout is self.layouts[0] else f" (layout: {layout.title})"
        if len(missing) == 1:
            hint = _nearest(missing[0], layout, spare)
            return f"{self.id}: column '{missing[0]}' missing{hint}{layout_told}"
        if len(missing) > len(layout.required) / 2:
            first = ", ".join(without_persons(header)[:_NAMED_COLUMNS])
            return (
                f"{self.id}: this is not {self.title}: {len(missing)} of its {len(layout.required)} columns are "
                f"missing (the file's {len(header)} columns begin {first}); `hxl-kit describe FILE` says what it may be"
            )
        named = ", ".join(f"'{name}'{_hint(name, layout, spare)}" for name in missing[:_NAMED_COLUMNS])
        more = f" and {len(missing) - _NAMED_COLUMNS} more" if len(missing) > _NAMED_COLUMNS else ""
        return f"{self.id}: {len(missing)} columns missing: {named}{more}{layout_told}"


def _nearest(name: str, layout: Layout, spare: list[str]) -> str:
    """Return the hint at the column of the file that comes nearest to one of a column's names."""
    hints = (nearest(known, spare) for known in (name, *layout.other_names.get(name, ())))
    return next(filter(None, hints), "")


def _hint(name: str, layout: Layout, spare: list[str]) -> str:
    hint = _nearest(name, layout, spare).removeprefix("; ")
    return f" ({hint})" if hint else ""
