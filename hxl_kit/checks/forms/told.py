"""What the checks on cells are for, and what to do about what they find."""

from __future__ import annotations

from hxl_kit.checks.rule import Check
from hxl_kit.standard.messages import N_

CHECKS = (
    Check(
        "formula",
        "error",
        N_("would run as a formula in a spreadsheet (injection)"),
        N_("A cell that runs as a formula can send data away or change what a reader sees."),
        "OWASP, CSV injection",
        N_("Write the text without the leading sign, or put a word before it."),
    ),
    Check(
        "invisible",
        "warning",
        N_(
            "holds invisible characters (zero-width as U+200B, direction marks or controls): joins on it fail"
        ),
        N_("Two cells that look the same are not, and a join or a count by them misses rows."),
        "Unicode Technical Standard 39, security mechanisms",
        N_("Type the cell again; do not copy it from a page or a chat."),
    ),
    Check(
        "unicode",
        "warning",
        N_("is not normalised Unicode (NFC): the same name can be two in a join"),
        N_("One name in two forms becomes two places or two groups."),
        "Unicode Standard Annex 15, normalisation forms",
        N_("Save the text in the normal form NFC, which most editors and hxl-kit normalise do."),
    ),
    Check(
        "cell-error",
        "warning",
        N_("is an error of a spreadsheet's formula, no value"),
        N_("An error value is read as text, as empty or as a number, by each program in its own way."),
        "ECMA-376, Office Open XML: error values",
        N_("Mend the formula in the spreadsheet, or leave the cell empty."),
    ),
    Check(
        "whitespace",
        "warning",
        N_("has white space around it, or a no-break space: joins on it fail"),
        N_("A name with a space behind it is another name to a program."),
        "HXL schemas, #valid_value+whitespace",
        N_("Remove the white space around the text."),
    ),
    Check(
        "scripts",
        "warning",
        N_("mixes letters that look alike of two scripts (Latin with Cyrillic or Greek)"),
        N_("A Cyrillic letter in a Latin name looks right to people and is another name to a program."),
        "Unicode Technical Standard 39, mixed-script detection",
        N_("Type the word again with one keyboard layout."),
    ),
    Check(
        "mojibake",
        "warning",
        N_("holds letters that were decoded wrongly"),
        N_("Names that were decoded wrongly match no gazetteer and no other table."),
        "Unicode FAQ, mojibake",
        N_("Save the file again from its source as UTF-8."),
    ),
    Check(
        "date",
        "error",
        N_("is not a date, or not one that can be read in one way only"),
        N_("A date that can be read in two ways moves an event by months."),
        "ISO 8601; HXL #date",
        N_("Write dates as 2024-03-01, and leave unknown ones empty."),
    ),
    Check(
        "count",
        "error",
        N_("is not a number of people that can be"),
        N_("A count that is not a plain whole number is dropped or misread when it is added."),
        "HXL #affected",
        N_(
            "Write digits alone, and leave an unknown number empty: words and ranges have columns of their own."
        ),
    ),
    Check(
        "number",
        "error",
        N_("is not a number"),
        N_("A cell that is not a number is dropped or misread when it is added."),
        "Table Schema, number",
        N_("Write digits with a point before decimals, and leave an unknown number empty."),
    ),
    Check(
        "degrees",
        "error",
        N_("is out of range: no place on earth has such degrees"),
        N_("A wrong coordinate puts an event into another country or into the sea."),
        "WGS 84, EPSG:4326",
        N_("Look the place up again; latitude comes first and is at most 90."),
    ),
    Check(
        "pcode",
        "error",
        N_("is not a P-code"),
        N_("Rows whose P-code was changed drop out of every map and every join."),
        "OCHA, Common Operational Datasets: P-codes",
        N_("Format the column as text and copy the codes from the gazetteer (hxl-kit pcode)."),
    ),
    Check(
        "digits",
        "warning",
        N_("has digits other than 0 to 9 (Arabic, Indian, full-width)"),
        N_("Many programs do not read these digits, and leave the number out."),
        "Unicode Standard, decimal digits",
        N_("Write the digits 0 to 9."),
    ),
)
